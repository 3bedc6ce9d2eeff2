"""A CV as Markdown, from a template, and as DOCX, LaTeX and plain text: one simple HTML document through pandoc.

The HTML is made from templates/config/cv/document.html.

The folder ``pandoc`` has what each format adds: a template, and for DOCX the styles (``python -m tests.docx_styles``
makes them). ``filter.lua`` lays out dates and numbers, and removes what a document cannot have.
"""

import re
from base64 import b64encode
from functools import partial
from html import escape, unescape
from pathlib import Path

from django.template.loader import render_to_string
from django.utils.html import format_html, format_html_join
from django.utils.safestring import mark_safe

from config.cv.content import with_host
from config.cv.words import words_of
from config.pictures.photos import jpeg_of
from config.text.markdown import render, render_inline
from config.text.plain import plain
from config.text.source import escaped, tidy, with_absolute_links
from profiles.content.addresses import safe_url
from publications.citations.citeproc import clean
from publications.citations.conversion import convert
from publications.references.values import maths
from publications.references.values.markup import with_formulas

FOLDER = Path(__file__).with_name("pandoc")
FILTER = f"--lua-filter={FOLDER / 'filter.lua'}"
COLUMNS = 78
ISOLATES = re.compile("[\u2066-\u2069]")  # TeX has no such characters
CJK = re.compile("[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef]")  # Chinese, Japanese and Korean
PATH = re.compile(r' href="(/[^"]*)"')
PAPERS = {"a4": ("a4", 11906, 16838), "us-letter": ("letter", 12240, 15840)}  # TeX's name, and twentieths of a point


def as_docx(cv, absolute):
    _, width, height = PAPERS[cv.cv.paper]
    return convert(
        html_of(cv, absolute, photo=_data_url(cv)), "--to=docx", FILTER, "--shift-heading-level-by=-1",
        f"--template={FOLDER / 'template.openxml'}", f"--reference-doc={FOLDER / 'reference.docx'}",
        f"--variable=width={width}", f"--variable=height={height}", changed=cv.changed,
    )  # fmt: skip


def as_latex(cv, absolute):
    paper, _, _ = PAPERS[cv.cv.paper]
    html = ISOLATES.sub("", html_of(cv, absolute))
    return convert(
        html, "--to=latex", FILTER, "--shift-heading-level-by=-1", f"--template={FOLDER / 'template.latex'}",
        f"--variable=paper={paper}", *(["--variable=cjk"] if CJK.search(html) else []), f"--columns={COLUMNS}",
        changed=cv.changed,
    )  # fmt: skip


def as_text(cv, absolute):
    html = html_of(cv, absolute, is_text=True)
    return convert(html, "--to=plain", FILTER, f"--columns={COLUMNS}", changed=cv.changed)


def as_markdown(cv, absolute):
    text = tidy(render_to_string("config/cv.md", {"cv": cv, "absolute_url": absolute}))
    return with_absolute_links(text, cv.page, absolute)


def html_of(cv, absolute, *, is_text=False, photo=""):
    """Return the HTML document of a CVDocument; ``is_text`` writes formulas in Unicode, ``photo`` is a data URL."""
    content = {
        "cv": cv,
        "title": f"{cv.title} of {cv.owner.name}" if cv.cv.language == "en" else f"{cv.title}: {cv.owner.name}",
        "contacts": [_contact(*one) if is_text else one for one in cv.contacts],
        "longest_date": max((entry.when for section in cv.sections for entry in section.entries), key=len, default=""),
        "is_text": is_text,
        "photo": photo,
        "sections": [
            {
                "section": section,
                "text": _block(section.text, is_text),
                "groups": [_group(section, group, absolute, is_text) for group in section.groups],
            }
            for section in cv.sections
        ],
    }
    html = render_to_string("config/cv/document.html", content)
    return PATH.sub(lambda link: f' href="{escape(absolute(unescape(link[1])))}"', html)


def _data_url(cv):
    """Return the photo of a CV as a data URL, "" if it shows none. pandoc reads no files."""
    photo = jpeg_of(cv.photo)
    return f"data:image/jpeg;base64,{b64encode(photo).decode()}" if photo else ""


def _contact(text, url):
    """Return a contact for plain text: with its URL, unless the text says the same."""
    is_said = not url.startswith("http") or text.removeprefix("ORCID ") in url
    return (text if is_said else f"{text}: {url}"), url


def _group(section, group, absolute, is_text):
    is_works = section.kind == "publications"
    draft = words_of(section.part.cv.language)["draft"]
    write = partial(_work if is_works else partial(_line, draft=draft), absolute=absolute, is_text=is_text)
    terms = [_number(entry, draft) if is_works else entry.when for entry in group.entries]
    return {
        "title": group.title,
        "entries": list(zip(terms, map(write, group.entries), strict=True)),
        "has_terms": any(terms),
        "kind": "numbered" if is_works else "dated",
    }


def _number(entry, draft):
    if entry.number:
        return f"[{entry.number}]"
    return draft if entry.is_draft else ""


def _line(entry, absolute, is_text, draft):
    """Return the HTML of an entry that is not a publication."""
    first = format_html("<strong>{}</strong>", _inline(entry.title, is_text))
    first = _linked(first, with_host(entry.href, absolute))
    if entry.is_draft:
        first = format_html("[{}] {}", draft, first)
    lines = [format_html("{}, {}", first, entry.role) if entry.role else first, entry.where, entry.details]
    shown = format_html_join(mark_safe("<br>"), "{}", ((line,) for line in lines if line))
    return format_html("<p>{}</p>{}", shown, _block(entry.text, is_text))


def _work(entry, absolute, is_text):
    """Return the HTML of a publication: the title upright and the journal in italics, as is custom."""
    own = format_html("<br>{}", _sentence(entry.contribution)) if entry.contribution else ""
    if entry.citation:
        return format_html("<p>{}{}</p>", mark_safe(clean(entry.citation)), own)
    href = with_host(entry.href, absolute)
    venue = [format_html("<em>{}</em>", _inline(entry.venue, is_text))] if entry.venue else []
    facts = format_html_join(", ", "{}", ((one,) for one in [*venue, *entry.facts]))
    names = format_html_join(
        ", ", "{}{}", ((format_html("<strong>{}</strong>", one.text) if one.is_owner else one.text, one.remark)
                       for one in entry.names)
    )  # fmt: skip
    names = format_html("{}{}{}", names, f" {entry.others}" if entry.others else "", entry.names_end)
    sentences = [
        (names, entry.names_text),
        (_linked(_inline(entry.title, is_text), href), plain(entry.title)),
        (facts, plain(str([entry.venue, *entry.facts][-1]))),
        (_linked(entry.identifier, href) if entry.identifier else "", entry.identifier),
        (format_html("<strong>{}</strong>", entry.award) if entry.award else "", entry.award),
    ]
    shown = format_html_join(" ", "{}{}", ((html, _stop(text)) for html, text in sentences if html))
    return format_html("<p>{}{}</p>", shown, own)


def _sentence(text):
    return f"{text}{_stop(text)}"


def _stop(text):
    """Return the full stop that a text lacks."""
    return "" if text.rstrip("\u2069").endswith((".", "?", "!", "…")) else "."


def _linked(html, href):
    return format_html('<a href="{}">{}</a>', href, html) if safe_url(href) else html


def _in_unicode(text):
    return with_formulas(text, lambda tex: escaped(maths.plain(tex)))


def _inline(text, is_text):
    return mark_safe(render_inline(_in_unicode(text) if is_text else text))


def _block(text, is_text):
    return mark_safe(render(_in_unicode(text) if is_text else text, 4)) if text else ""
