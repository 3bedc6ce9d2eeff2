"""PDFs and pictures typeset by Typst, from the templates in templates/config/*.typ.

A template gets its content as JSON and inserts it as text, never as markup, so that nothing an editor types can break
the page or run as code. Formulas are trees, from which maths.typ makes Typst's functions.
"""

import json
from functools import cache
from html import unescape

from django.conf import settings

from config.text.plain import pieces
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


@cache
def fonts():
    """Return the site's and the system's fonts; finding them takes longer than typesetting a page."""
    import typst  # noqa: PLC0415

    return typst.Fonts(font_paths=[FONTS])


def with_formulas(text):
    """Return plain text in pieces for a template: strings, and formulas as {"formula": tree, "alt": Unicode}."""
    return [_formula(piece) if place % 2 else piece for place, piece in enumerate(pieces(text)) if piece]


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
