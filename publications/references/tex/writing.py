"""Writes CSL's rich text as TeX."""

import re
import unicodedata
from functools import lru_cache

from pylatexenc.latexencode import UnicodeToLatexEncoder

from publications.references.tex.macros import ACCENT_NAMES, ESCAPES, NOCASE, PARAGRAPH, TAG
from publications.references.tex.reading import from_tex
from publications.references.values.markup import DOLLARS

PROTECTED = "\ue006"  # replaces the brace of NOCASE until the text is complete
TAGS = {
    "<i>": r"\textit{",
    "<b>": r"\textbf{",
    "<sub>": r"\textsubscript{",
    "<sup>": r"\textsuperscript{",
    NOCASE: PROTECTED,
}
SMALL_CAPS = r"\textsc{"  # of the tag that has several spellings


def to_tex(text, *, unicode=False):
    """Return the TeX of rich text in ASCII, with braces around every macro, or with Unicode letters if ``unicode``."""
    if "<" not in text or not _is_balanced(text):
        return _escaped(text, unicode)
    pieces, end = [], 0
    for mark in TAG.finditer(text):
        opening = TAGS.get(mark["open"], SMALL_CAPS) if mark["open"] else "}"
        pieces += [_escaped(text[end : mark.start()], unicode), opening]
        end = mark.end()
    joined = "".join([*pieces, _escaped(text[end:], unicode)])
    # An empty group keeps a macro from being the first in a group, which would protect nothing.
    return joined.replace(f"{PROTECTED}\\", "{{}\\").replace(PROTECTED, "{")


def _is_balanced(text):
    """Return whether the tags of a rich text are closed in the right order."""
    stack = []
    for mark in TAG.finditer(text):
        if mark["open"]:
            stack.append("span" if "span" in mark["open"] else mark["open"][1:-1])
        elif not stack or stack.pop() != mark["close"]:
            return False
    return not stack


def _escaped(text, unicode):
    """Return the TeX of text without tags. Maths is TeX already."""
    if "$" not in text:
        return _escaped_text(text, unicode)
    pieces, end = [], 0
    for formula in DOLLARS.finditer(text):
        if has_balanced_braces(formula[0]):
            pieces += [_escaped_text(text[end : formula.start()], unicode), formula[0]]
            end = formula.end()
    return "".join([*pieces, _escaped_text(text[end:], unicode)])


def has_balanced_braces(text):
    """Return whether each brace of a text is closed, without regard to backslashes."""
    depth = 0
    for brace in re.findall(r"[{}]", text):
        depth += 1 if brace == "{" else -1
        if depth < 0:
            return False
    return depth == 0


_SIGNS = re.compile(f"[{re.escape(''.join(ESCAPES))}]")
_SIGNS_AND_LETTERS = re.compile(f"[{re.escape(''.join(ESCAPES))}\x7f-\U0010ffff]")
# The second characters of what TeX's fonts print as one character: -- ''
_LIGATURES = re.compile(r"(?<=-)-|(?<=')'")


def _escaped_text(text, unicode):
    text = text.replace("\n\n", PARAGRAPH)
    signs = _SIGNS if unicode else _SIGNS_AND_LETTERS
    text = signs.sub(lambda found: ESCAPES.get(found[0]) or _letter(found[0]), text)
    text = _LIGATURES.sub(r"{\g<0>}", text)
    return text.replace("\n", r"{\newline}").replace(PARAGRAPH, "\n\n").replace("\n@", "\n{@}")


_encoder = UnicodeToLatexEncoder(
    non_ascii_only=True,
    replacement_latex_protection="braces-all",
    unknown_char_policy="keep",
    unknown_char_warning=False,
)


@lru_cache(maxsize=8192)
def _letter(letter):
    """Return the TeX of a character outside ASCII, or the character itself if no TeX is converted back to it."""
    tex = _encoder.unicode_to_latex(letter)
    *base, mark = unicodedata.normalize("NFD", letter)
    bare = unicodedata.normalize("NFC", "".join(base))
    accented = (
        f"{{\\{ACCENT_NAMES[mark]}{{{bare if bare.isascii() else _letter(bare)}}}}}"
        if bare and mark in ACCENT_NAMES
        else tex
    )
    for written in (tex, f"{{{tex}}}", accented):
        if written.isascii() and from_tex(f"a{written}a") == f"a{letter}a":
            return written
    return letter
