"""Filters for texts. Only this folder marks HTML as safe, after it was cleaned."""

from django import template
from django.utils.html import conditional_escape
from django.utils.safestring import mark_safe

from config.pages import blocks
from config.text import beginning, languages, matches, periods, source
from config.text import markdown as md
from config.text import plain as plain_text
from publications.citations.citeproc import clean

register = template.Library()

register.filter("period", periods.period)
register.filter("running", periods.running)
register.filter("years", periods.years)
register.filter("plain", plain_text.plain)
register.filter("escape_markdown", source.escaped)
register.filter("public_source", source.public_source)
register.filter("blocks_as_links", blocks.as_links)


@register.filter
def markdown(text, level=3):
    """Markdown as clean HTML whose headings start at h``level``."""
    return mark_safe(md.render(text, level)) if text else ""


@register.simple_tag(takes_context=True)
def markdown_with_blocks(context, text, level=3):
    """Return Markdown with blocks as clean HTML whose headings start at h``level``."""
    return mark_safe(blocks.render(text, context["request"], level)) if text else ""


@register.filter
def split_beginning(text):
    """Return [beginning, rest] of a long Markdown text, as Markdown; the rest is "" if the text is short."""
    return beginning.split(text)


@register.simple_tag(takes_context=True)
def source_with_blocks(context, text):
    """Return Markdown with links in place of its blocks, for pages that are themselves Markdown."""
    return blocks.as_source(source.public_source(text), context["request"])


@register.simple_tag(takes_context=True)
def anchored_with_blocks(context, text, level=2):
    """Return the AnchoredText of Markdown with blocks: its HTML, with ids for its headings, and a table of contents."""
    anchored = blocks.anchored(text, context["request"], level)
    anchored.html = mark_safe(anchored.html)
    for heading in anchored.contents:
        for one in (heading, *heading.below):
            one.html = mark_safe(one.html)
    return anchored


@register.filter
def inline(text):
    """Return a title with emphasis and maths, in its direction; no blocks, no links."""
    return languages.isolated(mark_safe(md.render_inline(str(text))), str(text))


@register.filter
def comma_separated(items):
    """Return the names of objects as a list for Markdown: "Ada Lovelace, Charles Babbage"."""
    return ", ".join(map(source.escaped, items))


@register.filter
def marked(text, query):
    """Return a text or clean HTML with the words of a search, a Query, in <mark>."""
    html = conditional_escape(text)
    return mark_safe(matches.marked_html(html, query)) if query else html


@register.filter
def title(publication):
    """Return the title of a publication, with its language and direction if they are not those of the page."""
    html = mark_safe(md.render_inline(publication.title))
    return languages.isolated(html, publication.title, publication.language_tag)


@register.filter
def title_text(publication):
    """Return the title of a publication without emphasis, as ``title`` does; for names that screen readers say."""
    text = plain_text.plain(publication.title)
    return languages.isolated(text, text, publication.language_tag)


@register.filter
def in_language_of(html, item):
    """Return the HTML of a text of a publication, with its language and direction as ``title`` does.

    A text of other content, which has no language, gets its direction.
    """
    return languages.isolated(html, html, getattr(item, "language_tag", ""))


@register.simple_tag
def language(text, tag):
    """Return the attributes ``lang`` and ``dir`` of an element with a text, where they are needed."""
    return languages.attributes(text, tag)


@register.filter
def citation(html):
    """Return a formatted citation. It is stored as HTML, so it is cleaned again."""
    return mark_safe(clean(html))
