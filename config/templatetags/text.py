"""Filters for texts. Only this folder marks HTML as safe, after it was cleaned."""

from django import template
from django.utils.safestring import mark_safe

from config.text import languages, periods, source
from config.text import markdown as md
from config.text import plain as plain_text
from publications.citations import clean

register = template.Library()

register.filter("period", periods.period)
register.filter("plain", plain_text.plain)
register.filter("escape_markdown", source.escaped)
register.filter("public_source", source.public_source)


@register.filter
def markdown(text, level=3):
    """Markdown as clean HTML whose headings start at h``level``."""
    return mark_safe(md.render(text, level)) if text else ""


@register.filter
def inline(text):
    """Return a title with emphasis and maths; no blocks, no links."""
    return mark_safe(md.render_inline(str(text)))


@register.filter
def comma_separated(items):
    """Return the names of objects as a list for Markdown: "Ada Lovelace, Charles Babbage"."""
    return ", ".join(map(source.escaped, items))


@register.filter
def title(publication):
    """Return the title of a publication, with its language and direction if they are not those of the page."""
    return languages.isolated(inline(publication.title), publication.title, publication.language_tag)


@register.simple_tag
def language(text, tag):
    """Return the attributes ``lang`` and ``dir`` of an element with a text, where they are needed."""
    return languages.attributes(text, tag)


@register.filter
def citation(html):
    """Return a formatted citation. It is stored as HTML, so it is cleaned again."""
    return mark_safe(clean(html))
