"""Views for the admin's forms: previews, image upload, kinds of links, and names of cities."""

import re

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.storage import default_storage
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from config.pages.home import Home
from profiles.content import websites
from profiles.content.publishing import changes_no_page
from profiles.content.websites import whole_address
from profiles.files.images import clean_image, store_in_text
from profiles.files.storage import storage_message
from profiles.forms import LookForm
from profiles.models import resource
from profiles.places import cities

PREVIEW_LIMIT = 100_000  # characters
ADDRESS_LIMIT = 500  # characters
IMAGE_SIDE = 1600  # pixels: twice the width of a text


@changes_no_page
@require_POST
def preview_markdown(request):
    """Return an HTML page that shows the Markdown ``text`` as the site does, with headings from h``level`` on.

    With ``blocks``, it shows them as the user sees them on the page.
    """
    text = request.POST.get("text", "")
    if len(text) > PREVIEW_LIMIT:
        return HttpResponse("This text is too long for a live preview.", status=413, content_type="text/plain")
    level = request.POST.get("level", "")
    level = int(level) if level in {"2", "3", "4"} else 2
    context = {"text": text, "level": level, "blocks": "blocks" in request.POST}
    return render(request, "admin/content/markdown_preview.html", context)


@changes_no_page
@require_POST
def upload_image(request):
    """Store the uploaded ``file`` without its metadata. Return JSON: its ``url``, or an ``error`` message."""
    if not can_edit_content(request.user):
        raise PermissionDenied
    upload = request.FILES.get("file")
    if upload is None:
        error = "That is not an image. Paste or drop a JPEG, PNG, WebP or AVIF image."
        return JsonResponse({"error": error}, status=400)
    try:
        name = store_in_text(clean_image(upload, longest=IMAGE_SIDE))
    except ValidationError as error:
        return JsonResponse({"error": " ".join(error.messages)}, status=400)
    except OSError as error:
        if not (sentence := storage_message(error)):
            raise
        return JsonResponse({"error": sentence}, status=503)
    return JsonResponse({"url": default_storage.url(name)})


@require_safe
def read_kind(request):
    """Return JSON: the whole ``address`` for a typed ``text``, and its ``kind`` as a link or ``of`` a resource."""
    try:
        address = whole_address(request.GET.get("text", "")[:ADDRESS_LIMIT])
    except ValueError:
        return JsonResponse({"address": "", "kind": ""})
    guess = resource.guess_kind if request.GET.get("of") == "resource" else websites.guess_kind
    return JsonResponse({"address": address, "kind": guess(address)})


@require_safe
def suggest_cities(request):
    """Return JSON: the ``cities`` whose name starts with ``q``, the largest first."""
    found = cities.suggest(request.GET.get("q", ""))
    return JsonResponse({"cities": [{"name": city.name, "country": city.country} for city in found]})


@changes_no_page
@require_POST
def preview_look(request):
    """Return the home page as visitors would see it with the posted look, without saving the look."""
    if not request.user.has_perm("profiles.change_look"):
        raise PermissionDenied
    form = LookForm(request.POST)
    if not form.is_valid():
        name, errors = next(iter(form.errors.items()))
        label = f"{form[name].label}: " if name in form.fields else ""
        return HttpResponse(f"{label}{errors[0]}", status=400, content_type="text/plain")
    request.look, request.user, request.method = form.instance, AnonymousUser(), "GET"
    return Home.as_view()(request)


def can_edit_content(user):
    """Return whether a user may add or change any kind of content."""
    permission = re.compile(r"(?:profiles|publications|projects)\.(?:add|change)_")
    return any(map(permission.match, user.get_all_permissions()))
