"""Converts TeX in bibliographies to CSL's rich text in Unicode, and back.

pylatexenc parses the TeX and knows the symbols. Its own conversion to text loses content (an unescaped % ends the text,
\\mbox disappears), so this module converts the parsed nodes.
"""

import re
import unicodedata
from functools import lru_cache

from pylatexenc.latex2text import get_default_latex_context_db as text_macros
from pylatexenc.latexencode import UnicodeToLatexEncoder
from pylatexenc.latexwalker import (
    LatexCharsNode,
    LatexEnvironmentNode,
    LatexGroupNode,
    LatexMacroNode,
    LatexSpecialsNode,
    LatexWalker,
)
from pylatexenc.latexwalker import get_default_latex_context_db as parsed_macros
from pylatexenc.macrospec import std_macro

from publications.references.markup import DOLLARS

NOCASE = '<span class="nocase">'
PROTECTED = "\ue006"  # replaces the brace of NOCASE until the text is complete
TAGS = {
    "<i>": r"\textit{",
    "<b>": r"\textbf{",
    "<sub>": r"\textsubscript{",
    "<sup>": r"\textsuperscript{",
    '<span style="font-variant: small-caps">': r"\textsc{",
    NOCASE: PROTECTED,
}
TAG = re.compile(rf"(?P<open>{'|'.join(map(re.escape, TAGS))})|</(?P<close>i|b|sub|sup|span)>")
FONTS = {
    **dict.fromkeys(["emph", "textit", "textsl", "mkbibemph", "mkbibitalic", "it", "em", "itshape", "sl"], "<i>"),
    **dict.fromkeys(["textbf", "mkbibbold", "bf", "bfseries"], "<b>"),
    **dict.fromkeys(["textsc", "sc", "scshape"], '<span style="font-variant: small-caps">'),
    **dict.fromkeys(["textsubscript", "mkbibsubscript", "ce_sub"], "<sub>"),
    **dict.fromkeys(["textsuperscript", "mkbibsuperscript"], "<sup>"),
}
# Fonts that apply to the rest of the group.
SWITCHES = {"it", "em", "itshape", "sl", "bf", "bfseries", "sc", "scshape"}
ACCENTS = {
    "'": "\u0301", "`": "\u0300", "^": "\u0302", '"': "\u0308", "~": "\u0303", "=": "\u0304", ".": "\u0307",
    "u": "\u0306", "v": "\u030c", "H": "\u030b", "c": "\u0327", "k": "\u0328", "d": "\u0323", "b": "\u0331",
    "r": "\u030a", "t": "\u0361", "h": "\u0309", "G": "\u030f", "U": "\u030e", "textcommabelow": "\u0326",
}  # fmt: skip
_MACROS = {mark: name for name, mark in ACCENTS.items()}
# Accents of the American Mathematical Society.
ACCENTS |= {
    "polhk": "\u0328",
    "lfhook": "\u0326",
    "ocirc": "\u030a",
    "udot": "\u0323",
    "soft": "\u030c",
    "uhk": "\u0309",
    "cfac": "\u0302\u0301",
    "cfgrv": "\u0302\u0300",
    "cftil": "\u0302\u0303",
    "cfudot": "\u0302\u0323",
    "cfhk": "\u0302\u0309",
}
# Macros that print their last argument unchanged.
TRANSPARENT = {
    "text", "textrm", "textsf", "texttt", "textup", "textmd", "textnormal", "mbox", "hbox", "fbox", "url", "href",
    "path", "nolinkurl", "underline", "uline", "uppercase", "MakeUppercase", "MakeLowercase", "lowercase", "nocase",
    "NoCaseChange", "bibinfo", "bibfield", "textcolor", "foreignlanguage", "ce", "mathrm", "texorpdfstring", "index",
}  # fmt: skip
# Macros that pylatexenc does not know, or converts differently.
SYMBOLS = {
    **dict.fromkeys(
        [" ", "\n", "\t", "\\", ">", ",", ";", ":", "quad", "qquad", "enspace", "space", "thinspace", "addspace"], " "
    ),
    **dict.fromkeys(
        ["-", "/", "@", "!", "relax", "protect", "null", "rm", "tt", "sf", "normalfont", "upshape", "rmfamily",
         "ttfamily", "sffamily", "tiny", "scriptsize", "footnotesize", "small", "normalsize", "large", "Large", "LARGE",
         "huge", "Huge", "newblock", "hfill", "linebreak", "nolinebreak", "allowbreak", "noindent", "leavevmode",
         "unskip", "isdot", "nopunct", "selectfont"], ""
    ),
    "%": "%", "newline": "\ue003", "par": "\ue002", "bibrangedash": "–", "bibrangessep": ", ", "textquotedbl": '"',
    "euro": "€", "pounds": "£", "S": "§", "P": "¶", "copyright": "©", "slash": "/", "LaTeX": "LaTeX", "TeX": "TeX",
    "BibTeX": "BibTeX", "LaTeXe": "LaTeX2e", "textasciicircum": "^", "textunderscore": "_", "textbar": "|",
    "textless": "<", "textgreater": ">", "textpercent": "%", "textbraceleft": "{", "textbraceright": "}",
    "textasteriskcentered": "*", "hyphen": "-", "textquotestraightdblbase": "„", "textprime": "′", "textcomma": ",",
    "textdotlessi": "ı", "textdotlessj": "ȷ", "textasciigrave": "`", "textquotesingle": "'", "cprime": "ʹ",
    "cdprime": "ʺ", "lasp": "ʻ", "rasp": "ʼ", "Dbar": "Đ", "dbar": "đ", "emdash": "—", "endash": "–", "Dash": "—",
    "glqq": "„", "grqq": "“", "glq": "‚", "grq": "‘", "flqq": "«", "frqq": "»", "flq": "‹", "frq": "›",
    "and": ", ", "sep": ", ", "adddot": ".", "addcomma": ",", "adddotspace": ". ", "item": "\ue003",
}  # fmt: skip
# Macros that print nothing.
SILENT = {
    "noopsort", "SortNoop", "NOOP", "noop", "vphantom", "phantom", "label", "hspace", "vspace", "color", "fontsize",
}  # fmt: skip
WITH_ARGUMENT = {*TRANSPARENT, *SILENT, *FONTS, *ACCENTS, "enquote", "mkbibquote", "ensuremath"}
SPECIALS = {"~": " ", "--": "–", "---": "—", "``": "“", "''": "”", "?`": "¿", "!`": "¡"}
PARAGRAPH, LINE = "\ue002", "\ue003"
# The delimiters of formulas, and the macros that contain text to be kept as it is.
DELIMITER = re.compile(r"\\[\\$]|\$\$?|\\[()\[\]]|\\(?:url|path|nolinkurl)\s*\{((?:[^{}]|\{[^{}]*\})*)\}")
CLOSING = {
    opening: re.compile(rf"(?<!\\){re.escape(closing)}")
    for opening, closing in {"$": "$", "$$": "$$", r"\(": r"\)", r"\[": r"\]"}.items()
}
ALONE = re.compile(r"\\[\\$]|(\$)|\\([()\[\]])")  # a delimiter without its other half
CONDITION = re.compile(r"\\(ifmmode|else|fi)(?![a-zA-Z])\s*(?:\{\})?")
# The accents that plain TeX writes with their position in its fonts.
ACCENT_NUMBERS = {
    18: "`", 19: "'", 20: "v", 21: "u", 22: "=", 23: "r", 24: "c", 94: "^", 95: ".", 125: "H", 126: "~", 127: '"',
}  # fmt: skip
SINGLE_QUOTES = re.compile(r"(?<![\\`])`(?![`\s])((?:\\.|[^`'\\]|'(?=\w))+)'(?![\w'])", re.DOTALL)
REMOVED = {"aftergroup", "ignorespaces", "kern", "hskip", "vskip", "mskip", "accent", "char", "symbol", "begin", "end"}
# What is replaced before TeX is parsed: characters that Crossref and others write as formulas, and dimensions.
REPLACED = [
    (re.compile(r"\$\s*(?:\\mathsemicolon|;)\s*\$"), ";"),
    (re.compile(r"\$\s*(?:\\mathplus|\+)\s*\$"), "+"),
    (re.compile(r"\$\s*(?:\\less|\\lt|\{?<\}?)\s*\$|\\ensuremath\{<\}"), "<"),
    (re.compile(r"\$\s*(?:\\greater|\\gt|\{?>\}?)\s*\$|\\ensuremath\{>\}"), ">"),
    (re.compile(r"\{?\\aftergroup\s*\\ignorespaces\s*\}?\s*"), ""),
    (re.compile(r"\\(?:kern|hskip|vskip|mskip)\s*-?[\d.]+\s*(?:em|ex|pt|pc|in|cm|mm|mu|sp) ?"), ""),
    (
        re.compile(r"\\(accent|char|symbol)\s*\{?(?:'([0-7]+)|\"([0-9A-F]+)|(\d+))\}?\s*"),
        lambda match: _of_number(*match.groups()),
    ),
    (SINGLE_QUOTES, r"‘\1’"),
]
HIDDEN = re.compile("\ue000(\\d+)\ue001")
# Text without TeX, which needs no parser.
PLAIN = re.compile(r"[^\\{}$~%`'?!-]*(?:-(?!-)[^\\{}$~%`'?!-]*|['?!](?!['`])[^\\{}$~%`'?!-]*)*")

# The arguments of the macros that have not just one.
ARGUMENTS = {
    **dict.fromkeys(
        ["href", "textcolor", "foreignlanguage", "bibinfo", "bibfield", "texorpdfstring", "fontsize"], "{{"
    ),
    "hspace": "*{", "vspace": "*{", "color": "[{",
}  # fmt: skip
_context = parsed_macros()
_context.add_context_category(
    "bibliographies",
    macros=[
        *(std_macro(name, ARGUMENTS.get(name, "{")) for name in WITH_ARGUMENT - SWITCHES - {"ensuremath"}),
        std_macro("\\", ""),
    ],
    prepend=True,
)
_symbols = text_macros()


def from_tex(source, *, lines=False):
    """Return the rich text of TeX on one line, or with its paragraphs if ``lines``.

    Text in braces gets a ``NOCASE`` mark. Maths stays TeX between dollar signs. Of a macro that is unknown, the text of
    its arguments is returned, or its name if that begins with a capital, as those of logos do.
    """
    if PLAIN.fullmatch(source):
        if lines:
            source = _marked(source)
        return _spaced(source, lines)
    source = re.sub(r"[ \t]+", " ", source)
    for pattern, replacement in REPLACED:
        source = pattern.sub(replacement, source)
    hidden = []
    text = _hide(_without_conditions(source), hidden)
    text = _parsed(_marked(text) if lines else text)
    return _spaced(HIDDEN.sub(lambda match: hidden[int(match[1])], text), lines)


def left_out(source):
    """Return the names of the macros that are unknown and have no arguments, so that ``from_tex`` leaves them out."""
    text = _hide(_without_conditions(source), []) if "\\" in source else ""
    names = dict.fromkeys(re.findall(r"\\([a-z][a-zA-Z]*)(?![a-zA-Z\s]*[{|])", text))
    return [name for name in names if name not in WITH_ARGUMENT and name not in REMOVED and _symbol(name) is None]


def _marked(source):
    return re.sub(r"(?<![ \t])[ \t]*\n[ \t]*\n\s*", PARAGRAPH, source)


def _without_conditions(source):
    """Return a source with what the American Physical Society writes in maths and in text reduced to the text."""
    if "\\ifmmode" not in source:
        return source
    pieces, end, is_maths = [], 0, False
    for mark in CONDITION.finditer(source):
        pieces += [] if is_maths else [source[end : mark.start()]]
        is_maths, end = mark[1] == "ifmmode", mark.end()
    return "".join([*pieces, source[end:]])


def _hide(source, hidden):
    """Replace formulas and URLs by placeholders with their numbers, and store them in a list."""
    pieces, end, position, unclosed = [], 0, 0, set()
    while opening := DELIMITER.search(source, position):
        position, is_url = opening.end(), opening[1] is not None
        if not is_url and (opening[0] not in CLOSING or opening[0] in unclosed):
            continue
        closing = opening if is_url else CLOSING[opening[0]].search(source, position)
        if not closing:
            unclosed.add(opening[0])
            continue
        pieces += [ALONE.sub(_alone, source[end : opening.start()]), f"\ue000{len(hidden)}\ue001"]
        end, position = closing.end(), closing.end()
        if is_url:
            hidden.append(re.sub(r"\\([_%#&~$])", r"\1", opening[1]))
        else:
            inner = source[opening.end() : closing.start()].replace("\\ensuremath", "")
            dollars = "$$" if opening[0] == "$$" else "$"
            hidden.append(f"{dollars}{' '.join(inner.split(' '))}{dollars}")
    return "".join([*pieces, ALONE.sub(_alone, source[end:])])


def _alone(match):
    return r"\$" if match[1] else match[2] or match[0]


def _parsed(source):
    """Return the rich text of TeX without formulas."""
    # pylatexenc would give an accent the inner accent without its letter: "\~\^e" becomes "\~{\^e}".
    source = re.sub(r"(\\[~^'\"`=.])(\\[~^'\"`=.](?:\w|\\[ij](?![a-zA-Z])))", r"\1{\2}", source)
    source = re.sub(r"(\\.)|%", lambda match: match[1] or r"\%", source, flags=re.DOTALL)
    try:
        nodes = LatexWalker(source, latex_context=_context, tolerant_parsing=True).get_latex_nodes()[0]
        return _written(nodes, protected=False)
    except (IndexError, RecursionError, ValueError, AttributeError):
        # pylatexenc cannot parse some broken TeX.
        return re.sub(r"\\([^a-zA-Z])|\\[a-zA-Z]+\s*|[{}]", r"\1", source)


def _spaced(text, lines):
    """Return a text with single spaces, and with the paragraphs and lines that TeX marked if ``lines``."""
    text = " ".join(text.split())
    if PARAGRAPH in text or LINE in text:
        text = re.sub(f"[ {LINE}]*{PARAGRAPH}[ {PARAGRAPH}{LINE}]*", "\n\n" if lines else " ", text)
        text = re.sub(f" ?{LINE} ?", "\n" if lines else " ", text)
    return text.strip()


def _hide_formula(match, formulas):
    """Store a formula in the list, and return a placeholder with its number."""
    if match["escaped"]:
        return match[0]
    dollars = match["dollars"] or "$"
    inner = match["inner"] or match["round"] or match["square"]
    formulas.append(f"{dollars}{' '.join(inner.split(' '))}{dollars}")
    return f"\ue000{len(formulas) - 1}\ue001"


def _written(nodes, *, protected):
    """Return the rich text of parsed nodes; ``protected`` if they are inside braces that have a NOCASE mark already."""
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
            # The groups after an unknown macro are its arguments.
            arguments = _arguments(node)
            while index < len(nodes) and isinstance(nodes[index], LatexGroupNode):
                arguments.append(nodes[index])
                index += 1
            texts = [_node(argument, protected) for argument in arguments]
            pieces.append(" ".join(filter(None, texts)) or _name_of(node))
        else:
            pieces.append(_node(node, protected))
    return "".join(pieces) + closing


def _name_of(node):
    """Return the text of an unknown macro without arguments."""
    if node.nodeargd and getattr(node.nodeargd, "verbatim_text", None):
        return node.nodeargd.verbatim_text
    name = node.macroname
    return name if name[:1].isupper() or not name[:1].isalpha() else ""


def _node(node, protected):
    if isinstance(node, LatexCharsNode):
        return re.sub(r"\\(?:begin|end)?", "", node.chars)  # of an environment without its name
    if isinstance(node, LatexGroupNode):
        return _group(node, protected)
    if isinstance(node, LatexSpecialsNode):
        return SPECIALS.get(node.specials_chars, node.specials_chars)
    if isinstance(node, LatexMacroNode):
        return _macro(node, protected)
    return _written(node.nodelist, protected=protected) if isinstance(node, LatexEnvironmentNode) else ""


def _group(node, protected):
    if node.delimiters[0] != "{":
        return node.delimiters[0] + _written(node.nodelist, protected=protected) + node.delimiters[1]
    # A group that begins with a macro is BibTeX's "special character", such as {\'e}. Its case is not protected.
    special = bool(node.nodelist) and isinstance(node.nodelist[0], LatexMacroNode)
    inner = _written(node.nodelist, protected=protected or not special)
    has_letters = any(letter.isalpha() for letter in TAG.sub("", HIDDEN.sub("", inner)))
    return f"{NOCASE}{inner}</span>" if has_letters and not protected and not special else inner


def _macro(node, protected):
    name = node.macroname
    given = _arguments(node)
    if name in SILENT:
        return ""
    if name == "ensuremath":
        return f"${given[-1].latex_verbatim().removeprefix('{').removesuffix('}').strip()}$" if given else ""
    inner = _inside(given[-1], protected) if given else ""
    if name in ACCENTS:
        return _accented(name, inner)
    if name in FONTS:
        return f"{FONTS[name]}{inner}{_closing(FONTS[name])}"
    if name in ("enquote", "mkbibquote"):
        return f"“{inner}”"
    return inner if name in TRANSPARENT else _symbol(name)


def _arguments(node):
    return [argument for argument in (node.nodeargd.argnlist if node.nodeargd else []) if argument is not None]


def _is_known(node):
    return node.macroname in WITH_ARGUMENT or (_symbol(node.macroname) is not None and not _arguments(node))


@lru_cache(maxsize=2048)
def _symbol(name):
    """Return the text of a macro without arguments, or None if it is unknown."""
    if name in SYMBOLS:
        return SYMBOLS[name]
    known = _symbols.get_macro_spec(name)
    found = known.simplify_repl if known else None
    if isinstance(found, str) and not re.search("%|<[a-z]", found):
        return found
    return _symbol(name[4:]) if name.startswith("text") and name != "text" else None


def _of_number(macro, octal, hexadecimal, decimal):
    """Return the TeX of a character that is given by its number."""
    number = int(octal, 8) if octal else int(hexadecimal, 16) if hexadecimal else int(decimal[:6])
    if macro == "accent":
        return f"\\{ACCENT_NUMBERS[number]} " if number in ACCENT_NUMBERS else ""
    return _escaped_text(chr(number), unicode=True) if 31 < number < 0xD800 else ""


def _inside(node, protected):
    nodes = node.nodelist if isinstance(node, LatexGroupNode) else [node]
    return _written(nodes, protected=protected)


def _accented(name, text):
    letter = {"ı": "i", "ȷ": "j"}.get(text[:1], text[:1])
    if not letter.strip():
        return {"^": "^", "~": "~", '"': '"', "'": "´", "`": "`"}.get(name, "") + text
    if HIDDEN.match(text) or letter == "<":
        return text
    return unicodedata.normalize("NFC", letter + ACCENTS[name]) + text[1:]


def _closing(opening):
    return "</span>" if opening.startswith("<span") else opening.replace("<", "</")


def to_tex(text, *, unicode=False):
    """Return the TeX of rich text in ASCII, with braces around every macro, or with Unicode letters if ``unicode``."""
    if "<" not in text or not _is_balanced(text):
        return _escaped(text, unicode)
    pieces, end = [], 0
    for mark in TAG.finditer(text):
        pieces += [_escaped(text[end : mark.start()], unicode), TAGS[mark["open"]] if mark["open"] else "}"]
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


_ESCAPES = {
    "&": r"\&", "%": r"\%", "#": r"\#", "_": r"\_", "$": r"\$", "{": r"{\textbraceleft}", "}": r"{\textbraceright}",
    "\\": r"{\textbackslash}", "~": r"{\textasciitilde}", "^": r"{\textasciicircum}", "`": r"{\textasciigrave}",
    "\u00a0": " ",
}  # fmt: skip
_SIGNS = re.compile(f"[{re.escape(''.join(_ESCAPES))}]")
_SIGNS_AND_LETTERS = re.compile(f"[{re.escape(''.join(_ESCAPES))}\x7f-\U0010ffff]")
# The second characters of what TeX's fonts print as one character: -- ''
_LIGATURES = re.compile(r"(?<=-)-|(?<=')'")


def _escaped_text(text, unicode):
    text = text.replace("\n\n", PARAGRAPH)
    signs = _SIGNS if unicode else _SIGNS_AND_LETTERS
    text = signs.sub(lambda found: _ESCAPES.get(found[0]) or _letter(found[0]), text)
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
        f"{{\\{_MACROS[mark]}{{{bare if bare.isascii() else _letter(bare)}}}}}" if bare and mark in _MACROS else tex
    )
    for written in (tex, f"{{{tex}}}", accented):
        if written.isascii() and from_tex(f"a{written}a") == f"a{letter}a":
            return written
    return letter
