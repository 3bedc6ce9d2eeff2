"""PDFs and pictures typeset by Typst, from the templates in templates/config/*.typ.

A template gets its content as JSON and inserts it as text, never as markup, so that nothing an editor types can break
the page or run as code. Formulas are trees, from which maths.typ makes Typst's functions.
"""

import json
from functools import cache
from html import unescape
from html.parser import HTMLParser
from itertools import count

from django.conf import settings

from config.text.markdown import BLOCK_PARSER
from config.text.plain import pieces
from profiles.content.addresses import safe_url
from publications.references.values import maths

FONTS = settings.BASE_DIR / "config" / "fonts"
TEMPLATES = settings.BASE_DIR / "templates" / "config"

OVERLINE = maths.ACCENTS["―"]


def typeset(template, content, **options):
    """Return the PDF or PNG that Typst renders from a template and a dict; ``options`` are for ``typst.compile``."""
    import typst  # noqa: PLC0415 (7 MB of memory, only for processes that typeset something)

    return typst.compile(
        (TEMPLATES / template).read_bytes(),
        root=TEMPLATES,
        font_paths=fonts(),
        sys_inputs={"content": json.dumps(content, ensure_ascii=False)},
        **options,
    )


def accessible_pdf(template, content):
    """Return a PDF that is valid by PDF/UA-1; only tagged, if it has a sign that no font has, such as an emoji."""
    import typst  # noqa: PLC0415

    try:
        return typeset(template, content, format="pdf", pdf_standards="ua-1")
    except typst.TypstError:
        return typeset(template, content, format="pdf")


@cache
def fonts():
    """Return the site's and the system's fonts; finding them takes longer than typesetting a page."""
    import typst  # noqa: PLC0415

    return typst.Fonts(font_paths=[FONTS])


def with_formulas(text):
    """Return plain text in pieces for a template: strings, and formulas as {"formula": tree, "alt": Unicode}."""
    return [_formula(piece) if place % 2 else piece for place, piece in enumerate(pieces(text)) if piece]


def blocks(text):
    """Return Markdown in blocks for a template: {"kind": "paragraph", "heading" or "item", "runs": […]}.

    The runs are those of ``_runs``. An item of an ordered list has its "number", too. Tables, pictures and blocks of
    the site are left out, as in plain text.
    """
    found, lists, kind = [], [], {"kind": "paragraph"}
    for token in BLOCK_PARSER.parse(text.strip()):
        match token.type:
            case "footnote_block_open":
                break
            case "bullet_list_open":
                lists.append(None)
            case "ordered_list_open":
                lists.append(count(token.attrs.get("start", 1)))
            case "bullet_list_close" | "ordered_list_close":
                lists.pop()
            case "heading_open":
                kind = {"kind": "heading"}
            case "list_item_open":
                kind = {"kind": "item", "number": next(lists[-1]) if lists[-1] else None}
            case "inline":
                found.append({**kind, "runs": _runs(token.children)})
                kind = {"kind": "paragraph"}
            case "fence" | "code_block":
                found.append({"kind": "paragraph", "runs": [_run([token.content.rstrip()], {}, "")]})
            case "math_block":
                found.append({"kind": "paragraph", "runs": [_run([_formula(token.content)], {}, "")]})
    return [block for block in found if block["runs"]]


def _runs(tokens):
    """Return the inline tokens of Markdown as runs: {"text": pieces, "emph": …, "strong": …, "href": …}."""
    runs, style, href = [], {"em": 0, "strong": 0}, ""
    for token in tokens:
        name = token.type.rpartition("_")[0]
        match token.type:
            case "em_open" | "strong_open" | "em_close" | "strong_close":
                style[name] += token.nesting
            case "link_open":
                href = safe_url(str(token.attrs.get("href", "")))
            case "link_close":
                href = ""
            case "text" | "text_special" | "code_inline":
                runs.append(_run([token.content], style, href))
            case "math_inline" | "math_display":
                runs.append(_run([_formula(token.content)], style, href))
            case "softbreak" | "hardbreak":
                runs.append(_run([" "], style, href))
    return runs


def _run(found, style, href):
    return {"text": found, "emph": bool(style.get("em")), "strong": bool(style.get("strong")), "href": href}


class _Runs(HTMLParser):
    def __init__(self):
        super().__init__()
        self.runs, self.style, self.href = [], {"em": 0, "strong": 0}, ""

    def handle_starttag(self, tag, attributes):
        self._style(tag, 1)
        if tag == "a":
            self.href = safe_url(dict(attributes).get("href") or "")

    def handle_endtag(self, tag):
        self._style(tag, -1)
        if tag == "a":
            self.href = ""

    def _style(self, tag, change):
        if name := {"em": "em", "i": "em", "strong": "strong", "b": "strong"}.get(tag):
            self.style[name] += change

    def handle_data(self, data):
        self.runs.append(_run([data], self.style, self.href))


def from_html(html):
    """Return the HTML of a citation as runs, like those of ``blocks``."""
    parser = _Runs()
    parser.feed(html)
    parser.close()
    return parser.runs


def _formula(tex):
    alt = maths.plain(tex)
    try:
        return {"formula": _node(maths.tree(tex)), "alt": alt}
    # latex2mathml raises errors of every kind.
    except Exception:  # noqa: BLE001
        return alt


def _node(element):
    """Return an element of MathML as a list of its kind, for maths.typ, and its parts."""
    text, kind = unescape(element.text or ""), element.tag
    parts = [_node(child) for child in element]
    match kind:
        case "mi" | "mo" if len(text) == 1:
            found = ["sign", text, element.get("mathvariant", "")]
        case "mi" | "mo" if text:
            found = ["operator", text.removeprefix("\\")]
        case "mn" | "mtext" if text:
            found = ["words", text]
        case "mfrac" if element.get("linethickness") == "0":
            found = ["binomial", *parts]
        case "msub" | "munder":
            found = ["scripts", parts[0], parts[1], None]
        case "mover" if accent := maths.ACCENTS.get(unescape(element[1].text or "")):
            found = ["overline", parts[0]] if accent == OVERLINE else ["accent", parts[0], accent]
        case "msup" | "mover":
            found = ["scripts", parts[0], None, parts[1]]
        case "msubsup" | "munderover":
            found = ["scripts", *parts]
        case "mrow" if parts and element[0].get("fence"):
            found = ["fenced", *parts]
        case _:
            found = [kind, *parts]
    return found
