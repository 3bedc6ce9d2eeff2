"""TeX as it stands in bibliographies, to CSL's rich text in Unicode and back.

pylatexenc parses TeX and knows its symbols. What it does of itself loses text (an unescaped % ends the string, \\mbox
vanishes), so its nodes are written out here.
"""

import re
import unicodedata
from functools import lru_cache

from pylatexenc.latex2text import get_default_latex_context_db as text_macros
from pylatexenc.latexencode import UnicodeToLatexEncoder
from pylatexenc.latexwalker import (
    LatexCharsNode,
    LatexGroupNode,
    LatexMacroNode,
    LatexSpecialsNode,
    LatexWalker,
    get_default_latex_context_db,
)
from pylatexenc.macrospec import std_macro

from publications.references.markup import DOLLARS

NOCASE = '<span class="nocase">'
TAGS = {
    "<i>": r"\textit{",
    "<b>": r"\textbf{",
    "<sub>": r"\textsubscript{",
    "<sup>": r"\textsuperscript{",
    '<span style="font-variant: small-caps">': r"\textsc{",
    NOCASE: "{",
}
TAG = re.compile(rf"(?P<open>{'|'.join(map(re.escape, TAGS))})|</(?P<close>i|b|sub|sup|span)>")
FONTS = {
    **dict.fromkeys(["emph", "textit", "textsl", "mkbibemph", "mkbibitalic", "it", "em", "itshape", "sl"], "<i>"),
    **dict.fromkeys(["textbf", "mkbibbold", "bf", "bfseries"], "<b>"),
    **dict.fromkeys(["textsc", "sc", "scshape"], '<span style="font-variant: small-caps">'),
    **dict.fromkeys(["textsubscript", "mkbibsubscript", "ce_sub"], "<sub>"),
    **dict.fromkeys(["textsuperscript", "mkbibsuperscript"], "<sup>"),
}
# Fonts that change all that follows within the group.
SWITCHES = {"it", "em", "itshape", "sl", "bf", "bfseries", "sc", "scshape"}
ACCENTS = {
    "'": "\u0301", "`": "\u0300", "^": "\u0302", '"': "\u0308", "~": "\u0303", "=": "\u0304", ".": "\u0307",
    "u": "\u0306", "v": "\u030c", "H": "\u030b", "c": "\u0327", "k": "\u0328", "d": "\u0323", "b": "\u0331",
    "r": "\u030a", "t": "\u0361", "h": "\u0309", "G": "\u030f", "U": "\u030e",
}  # fmt: skip
# Commands that show their argument, or the last of them, as it is.
TRANSPARENT = {
    "text", "textrm", "textsf", "texttt", "textup", "textmd", "textnormal", "mbox", "hbox", "fbox", "url", "href",
    "path", "nolinkurl", "underline", "uline", "uppercase", "MakeUppercase", "MakeLowercase", "lowercase", "nocase",
    "NoCaseChange", "bibinfo", "bibfield", "textcolor", "foreignlanguage", "ce", "mathrm", "texorpdfstring", "index",
}  # fmt: skip
SYMBOLS = {
    "&": "&", "%": "%", "#": "#", "_": "_", "$": "$", "{": "{", "}": "}", " ": " ", "\n": " ", "\t": " ", "\\": " ",
    ",": " ", ";": " ", ":": " ", ">": " ", "!": "", "-": "", "/": "", "@": "", "newline": "\ue003", "par": "\ue002",
    "quad": " ", "qquad": " ", "space": " ", "thinspace": " ", "relax": "", "protect": "", "null": "", "rm": "",
    "tt": "", "sf": "", "normalfont": "", "upshape": "", "rmfamily": "", "ttfamily": "", "sffamily": "", "small": "",
    "bibrangedash": "–", "bibrangessep": ", ", "textquotesingle": "'", "textquotedbl": '"', "euro": "€",
    "texteuro": "€", "pounds": "£", "S": "§", "P": "¶", "copyright": "©", "textcopyright": "©", "slash": "/",
    "LaTeX": "LaTeX", "TeX": "TeX", "BibTeX": "BibTeX", "LaTeXe": "LaTeX2e", "textbackslash": "\\",
    "textasciitilde": "~", "textasciicircum": "^", "textunderscore": "_", "textbar": "|", "textless": "<",
    "textgreater": ">", "textdollar": "$", "textpercent": "%", "textbraceleft": "{", "textbraceright": "}",
    "lbrace": "{", "rbrace": "}", "textasteriskcentered": "*", "textordmasculine": "º", "textordfeminine": "ª",
    "textmu": "µ", "textcelsius": "℃", "textnumero": "№", "hyphen": "-", "textquotestraightdblbase": "„",
    "quotedblbase": "„", "textquotedblright": "”", "backslash": "\\", "textprime": "′", "textcomma": ",", "ldots": "…",
    "i": "ı", "j": "ȷ", "textdotlessi": "ı", "textdotlessj": "ȷ",
}  # fmt: skip
# Sorting aids of BibTeX styles, which print nothing.
SILENT = {"noopsort", "SortNoop", "NOOP", "noop", "vphantom", "phantom", "label", "hspace", "vspace"}
# Commands that do something with what follows them.
TAKING = {*TRANSPARENT, *SILENT, *FONTS, *ACCENTS, "enquote", "mkbibquote", "ensuremath"}
SPECIALS = {"~": " ", "--": "–", "---": "—", "``": "“", "''": "”", "?`": "¿", "!`": "¡"}
PARAGRAPH, LINE = "\ue002", "\ue003"
FORMULA = re.compile(
    r"(?P<escaped>\\[\\$])|(?P<dollars>\$\$?)(?P<inner>(?:[^$\\]|\\.)+)(?P=dollars)"
    r"|\\\((?P<round>.+?)\\\)|\\\[(?P<square>.+?)\\\]",
    re.DOTALL,
)
HIDDEN = re.compile("\ue000(\\d+)\ue001")
# pylatexenc takes its time over each character, so long runs without TeX are kept from it: from the second letter of a
# word on, since the first may be what a macro before it is for.
RUN = re.compile(r"(?<=\s\w)[^\\{}$~%`'?!&\ue000-]{16,}")
KEPT = re.compile("\ue004(\\d+)\ue005")
# What means the same wherever it stands: signs, and letters that are made of macros within braces.
SIGN = re.compile(
    r"\\[&%#_$]|---?|(?<![?!])(?:``|'')|~|%|\{[-`' ]?\}|\{\\(?P<symbol>[a-zA-Z]+)\}"
    r"|\{\\[\"'^`~=.](?:[a-zA-Z]|\{(?:[a-zA-Z]|\\[ij])\}|\\[ij])\}|\{\\[uvHckdbr]\{[a-zA-Z]\}\}"
)
PROTECTED = re.compile(r"\{((?!\ue004)[^\\{}$~%`'?!-]*)\}")
PLAIN = re.compile(r"[^\\{}$~%`'?!-]*(?:-(?!-)[^\\{}$~%`'?!-]*|['?!](?!['`])[^\\{}$~%`'?!-]*)*")

_context = get_default_latex_context_db()
_context.add_context_category(
    "bibliographies",
    macros=[
        std_macro(name, "{")
        for name in (TRANSPARENT | SILENT | set(FONTS) - SWITCHES | set(ACCENTS) | {"enquote", "mkbibquote"})
    ]
    + [
        std_macro(name, "{{")
        for name in ("href", "textcolor", "foreignlanguage", "bibinfo", "bibfield", "texorpdfstring")
    ]
    + [std_macro("\\", "")],
    prepend=True,
)
_symbols = text_macros()


def from_tex(source, *, lines=False):
    """Rich text of TeX on one line, or with its paragraphs where ``lines``; ``NOCASE`` marks what braces protect.

    Maths stays TeX between dollars. A macro that is not known stays as it is written.
    """
    if lines:
        source = re.sub(r"[ \t]*\n[ \t]*\n\s*", PARAGRAPH, source)
    if PLAIN.fullmatch(source):
        return _spaced(source, lines)
    if source[0] == "{" and source[-1] == "}" and PLAIN.fullmatch(source, 1, len(source) - 1):
        return f"{NOCASE}{_spaced(source[1:-1], lines)}</span>" if re.search(r"[^\W\d_]", source) else source[1:-1]
    formulas, kept = [], []
    source = FORMULA.sub(lambda match: _hide(match, formulas), source)
    # Most of what stands in bibliographies needs no parser, which takes its time over each character.
    simple = SIGN.sub(lambda match: _keep(_sign(match[0]), kept) if _is_sign(match) else match[0], source)
    simple = PROTECTED.sub(lambda match: _keep(_marked(_restored(match[1], kept)), kept), simple)
    text = _restored(simple, kept) if PLAIN.fullmatch(simple) else _parsed(source)
    text = HIDDEN.sub(lambda match: formulas[int(match[1])], text)
    return _spaced(text, lines)


def _is_sign(match):
    """Whether a macro in braces, if it is one, is a symbol."""
    name = match["symbol"]
    return name is None or (name not in TAKING and _symbol(name) is not None)


@lru_cache(maxsize=8192)
def _sign(source):
    return _parsed(f"a{source}a")[1:-1]


def _parsed(source):
    """Rich text of TeX whose formulas are hidden, as pylatexenc takes it apart."""
    # An accent on an accented letter: pylatexenc would take the inner macro without its letter.
    source = re.sub(r"(\\[~^'\"`=.])(\\[~^'\"`=.](?:\w|\\[ij](?![a-zA-Z])))", r"\1{\2}", source)
    source = re.sub(r"(\\.)|%", lambda match: match[1] or r"\%", source, flags=re.DOTALL)
    runs = []
    source = RUN.sub(lambda match: _keep(match[0], runs), source)
    try:
        nodes = LatexWalker(source, latex_context=_context, tolerant_parsing=True).get_latex_nodes()[0]
        text = _written(nodes, protected=False)
    except (IndexError, RecursionError, ValueError, AttributeError):
        # pylatexenc gives up on some nonsense; better the source than nothing.
        text = source
    return _restored(text, runs)


def _spaced(text, lines):
    text = " ".join(text.split())
    if PARAGRAPH in text or LINE in text:
        text = re.sub(f"[ {LINE}]*{PARAGRAPH}[ {PARAGRAPH}{LINE}]*", "\n\n" if lines else " ", text)
        text = re.sub(f" ?{LINE} ?", "\n" if lines else " ", text)
    return text.strip()


def _hide(match, formulas):
    if match["escaped"]:
        return match[0]
    dollars = match["dollars"] or "$"
    inner = match["inner"] or match["round"] or match["square"]
    formulas.append(f"{dollars}{' '.join(inner.split(' '))}{dollars}")
    return f"\ue000{len(formulas) - 1}\ue001"


def _keep(text, kept):
    kept.append(text)
    return f"\ue004{len(kept) - 1}\ue005"


def _restored(text, kept):
    return KEPT.sub(lambda match: kept[int(match[1])], text)


def _written(nodes, *, protected):
    pieces, closing, index = [], "", 0
    nodes = [node for node in nodes or [] if node is not None]
    while index < len(nodes):
        node = nodes[index]
        index += 1
        if isinstance(node, LatexMacroNode) and node.macroname in SWITCHES:
            opening = FONTS[node.macroname]
            pieces.append(opening)
            closing = _closing(opening) + closing
        elif isinstance(node, LatexMacroNode) and not _is_known(node):
            # With its arguments, which pylatexenc takes for groups that follow.
            pieces.append(node.latex_verbatim())
            while index < len(nodes) and isinstance(nodes[index], LatexGroupNode):
                pieces.append(nodes[index].latex_verbatim())
                index += 1
        else:
            pieces.append(_node(node, protected))
    return "".join(pieces) + closing


def _node(node, protected):
    if isinstance(node, LatexCharsNode):
        return node.chars
    if isinstance(node, LatexGroupNode):
        return _group(node, protected)
    if isinstance(node, LatexSpecialsNode):
        return SPECIALS.get(node.specials_chars, node.specials_chars)
    if isinstance(node, LatexMacroNode):
        return _macro(node, protected)
    return node.latex_verbatim()


def _group(node, protected):
    if node.delimiters[0] != "{":
        return node.delimiters[0] + _written(node.nodelist, protected=protected) + node.delimiters[1]
    # A group that begins with a macro is BibTeX's "special character", which protects nothing.
    special = bool(node.nodelist) and isinstance(node.nodelist[0], LatexMacroNode)
    inner = _written(node.nodelist, protected=protected or not special)
    return inner if protected or special else _marked(inner)


def _marked(inner):
    """The text within braces that protect it: where it has letters, their case is to be kept."""
    has_letters = any(letter.isalpha() for letter in TAG.sub("", HIDDEN.sub("", inner)))
    return f"{NOCASE}{inner}</span>" if has_letters else inner


def _macro(node, protected):
    name = node.macroname
    given = [argument for argument in (node.nodeargd.argnlist if node.nodeargd else []) if argument is not None]
    if name in SILENT:
        return ""
    if name == "ensuremath":
        return f"${_argument(given[-1]).strip()}$" if given else ""
    inner = _inside(given[-1], protected) if given else ""
    if name in ACCENTS:
        return _accented(name, inner)
    if name in FONTS:
        return f"{FONTS[name]}{inner}{_closing(FONTS[name])}"
    if name in ("enquote", "mkbibquote"):
        return f"“{inner}”"
    return inner if name in TRANSPARENT else _symbol(name)


def _is_known(node):
    name = node.macroname
    return (
        name in SILENT or name in ACCENTS or name in FONTS or name in TRANSPARENT or _symbol(name) is not None
        or name in ("enquote", "mkbibquote", "ensuremath")
    )  # fmt: skip


@lru_cache(maxsize=2048)
def _symbol(name):
    if name in SYMBOLS:
        return SYMBOLS[name]
    known = _symbols.get_macro_spec(name)
    found = known.simplify_repl if known else None
    return found if isinstance(found, str) and "%" not in found else None


def _argument(node):
    verbatim = node.latex_verbatim()
    return verbatim[1:-1] if isinstance(node, LatexGroupNode) else verbatim


def _inside(node, protected):
    nodes = node.nodelist if isinstance(node, LatexGroupNode) else [node]
    return _written(nodes, protected=protected)


def _accented(name, text):
    bare = {"ı": "i", "ȷ": "j"}.get(text[:1], text[:1])
    if not bare.strip():
        return {"^": "^", "~": "~", '"': '"', "'": "´", "`": "`"}.get(name, "") + text
    if HIDDEN.match(text) or bare == "<":
        return text
    return unicodedata.normalize("NFC", bare + ACCENTS[name] + text[1:2] if name == "t" else bare + ACCENTS[name]) + (
        text[2:] if name == "t" else text[1:]
    )


def _closing(opening):
    return "</span>" if opening.startswith("<span") else opening.replace("<", "</")


def to_tex(text, *, unicode=False):
    """TeX of rich text: ASCII, with braces round every macro, or with letters as they are where ``unicode``."""
    pieces, stack, end = [], [], 0
    marks = list(TAG.finditer(text)) if "<" in text and _is_balanced(text) else []
    if not marks:
        return _escaped(text, unicode)
    for mark in marks:
        pieces.append(_escaped(text[end : mark.start()], unicode))
        pieces.append(TAGS[mark["open"]] if mark["open"] else "}")
        stack.append(mark)
        end = mark.end()
    pieces.append(_escaped(text[end:], unicode))
    # An empty group keeps a macro from being the first in a group that protects.
    joined = [
        f"{piece}{{}}" if piece == "{" and following.startswith("\\") else piece
        for piece, following in zip(pieces, _followings(pieces), strict=True)
    ]
    return "".join(joined)


def _followings(pieces):
    """For each piece the first one after it that is not empty."""
    found, following = [], ""
    for piece in reversed(pieces):
        found.append(following)
        following = piece or following
    return reversed(found)


def _is_balanced(text):
    stack = []
    for mark in TAG.finditer(text):
        if mark["open"]:
            stack.append("span" if "span" in mark["open"] else mark["open"][1:-1])
        elif not stack or stack.pop() != mark["close"]:
            return False
    return not stack


def _escaped(text, unicode):
    if "$" not in text:
        return _escaped_text(text, unicode)
    pieces, end = [], 0
    for formula in DOLLARS.finditer(text):
        if has_balanced_braces(formula[0]):
            pieces += [_escaped_text(text[end : formula.start()], unicode), formula[0]]
            end = formula.end()
    return "".join([*pieces, _escaped_text(text[end:], unicode)])


def has_balanced_braces(text):
    depth = 0
    for brace in re.findall(r"[{}]", text):
        depth += 1 if brace == "{" else -1
        if depth < 0:
            return False
    return depth == 0


_ESCAPES = {
    "&": r"\&", "%": r"\%", "#": r"\#", "_": r"\_", "$": r"\$", "{": r"{\textbraceleft}", "}": r"{\textbraceright}",
    "\\": r"{\textbackslash}", "~": r"{\textasciitilde}", "^": r"{\textasciicircum}", "\u00a0": " ",
}  # fmt: skip
_SIGNS = re.compile(f"[{re.escape(''.join(_ESCAPES))}]")
_SIGNS_AND_LETTERS = re.compile(f"[{re.escape(''.join(_ESCAPES))}\x7f-\U0010ffff]")
# What TeX's fonts make one character of.
_LIGATURES = re.compile(r"--|``|''|[?!]`")


def _escaped_text(text, unicode):
    escaped = _LIGATURES.sub(lambda found: found[0][0] + f"{{{found[0][1]}}}", re.sub("---", "-{-}{-}", text))
    if escaped != text:
        # The braces that part ligatures are TeX already.
        return "".join(
            piece if piece in ("{-}", "{`}", "{'}") else _escaped_text(piece, unicode)
            for piece in re.split(r"(\{[-`']\})", escaped) if piece
        )  # fmt: skip
    text = text.replace("\n\n", PARAGRAPH)
    signs = _SIGNS if unicode else _SIGNS_AND_LETTERS
    text = signs.sub(lambda found: _ESCAPES.get(found[0]) or _letter(found[0]), text)
    return text.replace("\n", r"{\newline}").replace(PARAGRAPH, "\n\n").replace("\n@", "\n{@}")


_MACROS = {mark: name for name, mark in ACCENTS.items()}
_encoder = UnicodeToLatexEncoder(
    non_ascii_only=True,
    replacement_latex_protection="braces-all",
    unknown_char_policy="keep",
    unknown_char_warning=False,
)


@lru_cache(maxsize=8192)
def _letter(letter):
    """TeX of one character outside ASCII; itself where TeX's own would not be read as it again."""
    tex = _encoder.unicode_to_latex(letter)
    *base, mark = unicodedata.normalize("NFD", letter)
    bare = unicodedata.normalize("NFC", "".join(base))
    accented = (
        f"{{\\{_MACROS[mark]}{{{bare if bare.isascii() else _letter(bare)}}}}}" if bare and mark in _MACROS else tex
    )
    for written in (tex, f"{{{tex}}}", accented):
        if written.isascii() and from_tex(f"a{written}a") == f"a{letter}a":
            return written
    return letter
