"""TeX maths as MathML, so that formulas need no script in the browser.

latex2mathml parses the TeX. Its own output is not escaped, so this module writes its tree as HTML, with a list of
allowed elements and attributes, and adds the spaces around names of functions: "n log n".
"""

import re
import unicodedata
from html import escape, unescape

from publications.references.values import maths

TAGS = {
    *("math", "menclose", "mfrac", "mi", "mmultiscripts", "mn", "mo", "mover", "mpadded", "mphantom", "mroot", "mrow"),
    *("mspace", "msqrt", "mstyle", "msub", "msubsup", "msup", "mtable", "mtd", "mtext", "mtr", "munder"),
    "munderover",
}
ATTRIBUTES = {
    *("accent", "columnalign", "columnlines", "columnspacing", "depth", "display", "displaystyle", "fence", "form"),
    *("height", "largeop", "linethickness", "lspace", "mathvariant", "maxsize", "minsize", "movablelimits"),
    *("notation", "rowlines", "rowspacing", "rspace", "scriptlevel", "stretchy", "symmetric", "voffset", "width"),
}
APPLIED = "<mo>\u2061</mo>"  # FUNCTION APPLICATION: invisible, read as "of"
SPACE = '<mspace width="0.167em"></mspace>'
# Excludes the units of TeX that MathML does not have.
ATTRIBUTE_VALUE = re.compile(r"(?!.*\d(?:mu|bp|dd|cc|sp))[\w.+% -]*", re.ASCII)


def mathml(tex, *, display=False):
    """Return a formula as MathML (a block if ``display``), or as code if latex2mathml cannot read it."""
    tex = tex.strip()
    try:
        return _html(maths.tree(tex, "block" if display else "inline"))
    # latex2mathml raises errors of every kind, StopIteration and RecursionError among them.
    except Exception:  # noqa: BLE001
        dollars = "$$" if display else "$"
        return f"<code>{escape(dollars + tex + dollars)}</code>"


def _html(element):
    """Return an element as HTML. Raise ValueError for an unlisted element or an unread TeX command."""
    text = unescape(element.text or "")
    if element.tag not in TAGS or re.match(r"\\[a-zA-Z]", text):
        raise ValueError(element.tag)
    if (variant := element.get("mathvariant", "")) in {"bold", "bold-italic"} and element.tag in {"mi", "mn"}:
        text = _bold(text, variant)
    attributes = "".join(
        f' {name}="{value}"'
        for name, value in element.attrib.items()
        if name in ATTRIBUTES and ATTRIBUTE_VALUE.fullmatch(value)
    )
    content = escape(text) + "".join(_children(element))
    return f"<{element.tag}{attributes}>{content}</{element.tag}>"


def _children(element):
    """Yield the HTML of the children, with TeX's space before and after the name of a function."""
    before = None
    for child in element:
        if before is not None and element.tag not in maths.CHILDREN:
            if maths.is_function(before):
                yield APPLIED if child.tag == "mo" else f"{APPLIED}{SPACE}"
            elif maths.is_function(child) and before.tag != "mo":
                yield SPACE
        yield _html(child) + escape(unescape(child.tail or ""))
        before = child


def _bold(text, variant):
    """Return the bold Unicode characters of letters, since MathML Core supports only ``mathvariant="normal"``."""
    style = f"MATHEMATICAL {variant.replace('-', ' ').upper()} "
    names = (unicodedata.name(letter, "") for letter in text)
    bold = (re.sub(r"^(?:LATIN|GREEK) (SMALL|CAPITAL) LETTER |^(?=DIGIT)", rf"{style}\1 ", name) for name in names)
    try:
        return "".join(unicodedata.lookup(" ".join(name.split())) for name in bold)
    except KeyError:
        return text
