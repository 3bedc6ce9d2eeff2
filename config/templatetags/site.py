"""Tags for the parts that pages share: navigation, icons, external links, page numbers."""

import re
from functools import cache
from pathlib import Path

from django import template
from django.conf import settings
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import mark_safe

from config.pages.contents import introductions_of_request
from config.pages.menu import menu_of_request
from config.text import links, videos
from config.web.page_cache import is_anonymous
from profiles.content import addresses
from profiles.files.images import thumbnails_in_text

ICONS = Path(__file__).parents[1] / "static/img/icons.svg"
SYMBOL = re.compile(r'<symbol id="(.*?)" (.*?)>\s*(.*?)\s*</symbol>', re.DOTALL)

register = template.Library()

register.filter("safe_url", addresses.safe_url)
register.filter("obfuscated", links.obfuscated)
register.filter("mailto", links.mailto)
register.simple_tag(links.external, name="external")


@cache
def icons():
    """Return {name: (attributes, shapes)} of the symbols in icons.svg."""
    return {name: parts for name, *parts in SYMBOL.findall(ICONS.read_text(encoding="utf-8"))}


@register.simple_tag
def icon(name):
    """Return an icon of icons.svg, hidden from screen readers: the text beside it says the same.

    It is part of the page, which needs no request for it.
    """
    attributes, shapes = icons().get(name, icons()["other"])
    return mark_safe(f'<svg class="icon" aria-hidden="true" {attributes}>{shapes}</svg>')


@register.simple_tag
def sources(picture, sizes):
    """Return the source elements of a picture's renditions. A browser loads the one that fits ``sizes``."""
    renditions = [item for formats in picture.aspect_ratios.values() for item in formats.items()]
    return format_html_join(
        "\n",
        '<source type="image/{}" sizes="{}" srcset="{}">',
        (
            (name.lower(), sizes, ", ".join(f"{file.url} {width:.0f}w" for width, file in by_width.items()))
            for name, by_width in renditions
        ),
    )


@register.filter
def thumbnails(address):
    """Return the srcset with the thumbnails of an image that was uploaded for a text; "" if there are none."""
    name = address.removeprefix(settings.MEDIA_URL)
    return ", ".join(f"{thumbnail.url} {thumbnail.width}w" for thumbnail in thumbnails_in_text(name))


@register.simple_tag(takes_context=True)
def videos_of(context, resources):
    """Return {resource: variables of blocks/video.html} of those resources that can play on the page.

    ``request.frame_origins`` makes the Content Security Policy of this page allow the players.
    """
    request, found = context["request"], {}
    for resource in resources:
        video = videos.read(resource.url)
        if video:
            request.frame_origins = {*getattr(request, "frame_origins", ()), video.origin}
        if video or (resource.file and resource.media_type.startswith("video/")):
            file = resource.preview_href if context.get("preview") else resource.href
            found[resource] = {"video": video, "file": file, "title": resource.label}
    return found


@register.simple_tag(takes_context=True)
def navigation(context):
    """Return the MenuLinks of the menu (see config.pages.menu), as the current page shows them."""
    return [link.at(context["request"].path) for link in menu_of_request(context["request"])]


@register.simple_tag(takes_context=True)
def statistics(context):
    """Return the script element that counts visitors, or "": editors and previews are not counted.

    ``request.analytics_origin`` makes the Content Security Policy of this page allow it.
    """
    request = context["request"]
    settings = request.site_settings
    if not settings.analytics_origin or context.get("preview") or not is_visitor(request):
        return ""
    request.analytics_origin = settings.analytics_origin
    attribute = format_html(' {}="{}"', *settings.analytics_attribute) if settings.analytics_attribute else ""
    return format_html('<script defer src="{}"{}></script>', settings.analytics_script, attribute)


def is_visitor(request):
    """Return whether nobody is logged in, neither for this page nor for the request that renders it as a visitor."""
    user = getattr(request, "user", None)
    return (user is None or not user.is_authenticated) and is_anonymous(request.META, request.COOKIES)


@register.simple_tag
def edit_address(item):
    """Return the address of the admin's form of an object."""
    return reverse(f"admin:{item._meta.app_label}_{item._meta.model_name}_change", args=[item.pk])


@register.simple_tag(takes_context=True)
def introduction(context, url_name):
    """Return the page that introduces the built-in page with that URL name, or None; drafts only for editors."""
    return introductions_of_request(context["request"]).get(url_name)


@register.simple_tag
def page_links(page):
    """Return the numbers of the pages that a list links to, with None for each gap: 1 … 4 5 6 … 9.

    Long lists also link to pages farther away, so that a few steps lead to every page.
    """
    last = page.paginator.num_pages
    steps = [1] + [digit * 10**power for power in range(1, len(str(last))) for digit in (1, 2, 5)]
    near = {page.number + sign * step for step in steps for sign in (1, -1)}
    numbers = sorted({1, last, page.number, *(number for number in near if 1 < number < last)})
    links = []
    for number in numbers:
        missing = number - links[-1] - 1 if links else 0
        links += [number - 1] if missing == 1 else [None] * (missing > 1)
        links.append(number)
    return links
