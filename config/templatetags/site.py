"""Tags for the parts that pages share: navigation, icons, external links, page numbers."""

from functools import cache

from django import template
from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import format_html, format_html_join

from config.pages.contents import pages_of_request
from config.text import links
from profiles.content import addresses

register = template.Library()

NAVIGATION = [
    ("publications:publications", "Publications"),
    ("projects:projects", "Projects"),
    ("profiles:activities", "Activities"),
    ("profiles:people", "People"),
    ("tags", "Tags"),
    ("cv", "CV"),
    ("search", "Search"),
]

register.filter("safe_url", addresses.safe_url)
register.filter("obfuscated", links.obfuscated)
register.filter("mailto", links.mailto)
register.simple_tag(links.external, name="external")


@register.simple_tag
@cache
def icon(name):
    """Return an icon of img/icons.svg, hidden from screen readers: the text beside it says the same."""
    sprite = static("img/icons.svg")
    return format_html('<svg class="icon" aria-hidden="true"><use href="{}#{}"></use></svg>', sprite, name)


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


@register.simple_tag(takes_context=True)
def navigation(context):
    """Return [{"href", "label", "current"}] of the pages that have content; ``current`` is for ``aria-current``."""
    request = context["request"]
    path, pages = request.path, pages_of_request(request)
    links = [{"href": reverse(name), "label": label} for name, label in NAVIGATION if name in pages]
    for link in links:
        link["current"] = "page" if path == link["href"] else "true" if path.startswith(link["href"]) else ""
    return links


@register.simple_tag
def page_links(page):
    """Return the page numbers that a list links to: few, but enough to reach every page in a few steps."""
    last = page.paginator.num_pages
    steps = [digit * 10**power for power in range(len(str(last))) for digit in (1, 2, 5)]
    near = {page.number + sign * step for step in steps for sign in (1, -1)}
    return sorted({1, last, page.number, *(number for number in near if 1 < number < last)})
