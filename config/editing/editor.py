"""What boxes of the admin ask of the server: what they hold as the page will show it, and a place for images."""

import secrets

from django.apps import apps
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.storage import default_storage
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from config.pages.views import Home
from profiles.content.images import clean_image
from profiles.content.storage import trouble
from profiles.forms import LookForm

LONGEST = 100_000  # characters: a longer text is rendered for its page only
LARGEST_SIDE = 1600  # pixels, twice the width of a text


@require_POST
def preview_markdown(request):
    """A whole HTML page with the ``text``, its headings starting at h``level``, in the site's own look."""
    text = request.POST.get("text", "")
    if len(text) > LONGEST:
        return HttpResponse("This text is too long for a live preview.", status=413, content_type="text/plain")
    level = request.POST.get("level", "")
    level = int(level) if level in {"2", "3", "4"} else 2
    return render(request, "admin/markdown_preview.html", {"text": text, "level": level})


@require_POST
def upload_image(request):
    """Keep the image in ``file``; answers its ``url``, or ``error``, a sentence."""
    if not may_write(request.user):
        raise PermissionDenied
    upload = request.FILES.get("file")
    if upload is None:
        return JsonResponse({"error": "There was no image in what you pasted or dropped."}, status=400)
    try:
        image = clean_image(upload, longest=LARGEST_SIDE)
    except ValidationError as error:
        return JsonResponse({"error": " ".join(error.messages)}, status=400)
    try:
        name = default_storage.save(f"images/text/{secrets.token_urlsafe(12)}/{image.name}", image)
    except OSError as error:
        if not (sentence := trouble(error)):
            raise
        return JsonResponse({"error": sentence}, status=503)
    return JsonResponse({"url": default_storage.url(name)})


@require_POST
def preview_look(request):
    """The home page as visitors would see it with the look of the form that is posted; nothing is saved."""
    if not request.user.has_perm("profiles.change_look"):
        raise PermissionDenied
    form = LookForm(request.POST)
    if not form.is_valid():
        return HttpResponse("Choose among what is offered.", status=400, content_type="text/plain")
    request.look, request.user, request.method = form.instance, AnonymousUser(), "GET"
    return Home.as_view()(request)


def may_write(user):
    """Whether a user may add or change anything of the site's content."""
    labels = ("profiles", "publications", "projects")
    models = [model for label in labels for model in apps.get_app_config(label).get_models()]
    return any(
        user.has_perm(f"{model._meta.app_label}.{action}_{model._meta.model_name}")
        for model in models
        for action in ("change", "add")
    )
