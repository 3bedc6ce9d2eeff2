"""The macros of TeX that occur in bibliographies, and their characters."""

import re
from functools import lru_cache

from pylatexenc.latex2text import get_default_latex_context_db

NOCASE = '<span class="nocase">'
SMALL_CAPS = '<span style="font-variant:small-caps;">'  # as citation processors and Zotero spell it
TAG = re.compile(
    rf"(?P<open><(?:i|b|sub|sup)>|<span style=\"font-variant: ?small-caps;?\">|{NOCASE})|</(?P<close>i|b|sub|sup|span)>"
)
PARAGRAPH, LINE = "\ue002", "\ue003"
FONTS = {
    **dict.fromkeys(["emph", "textit", "textsl", "mkbibemph", "mkbibitalic", "it", "em", "itshape", "sl"], "<i>"),
    **dict.fromkeys(["textbf", "mkbibbold", "bf", "bfseries"], "<b>"),
    **dict.fromkeys(["textsc", "sc", "scshape"], SMALL_CAPS),
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
ACCENT_NAMES = {mark: name for name, mark in ACCENTS.items()}
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
    "NoCaseChange", "bibinfo", "bibfield", "textcolor", "foreignlanguage", "ce", "mathrm", "texorpdfstring",
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
    "index", "selectlanguage",
}  # fmt: skip
WITH_ARGUMENT = {*TRANSPARENT, *SILENT, *FONTS, *ACCENTS, "enquote", "mkbibquote", "ensuremath"}
SPECIALS = {"~": " ", "--": "–", "---": "—", "``": "“", "''": "”", "?`": "¿", "!`": "¡"}
# The arguments of the macros that have not just one.
ARGUMENTS = {
    **dict.fromkeys(
        ["href", "textcolor", "foreignlanguage", "bibinfo", "bibfield", "texorpdfstring", "fontsize"], "{{"
    ),
    "hspace": "*{", "vspace": "*{", "color": "[{",
}  # fmt: skip
# The accents that plain TeX writes with their position in its fonts.
ACCENT_NUMBERS = {
    18: "`", 19: "'", 20: "v", 21: "u", 22: "=", 23: "r", 24: "c", 94: "^", 95: ".", 125: "H", 126: "~", 127: '"',
}  # fmt: skip
# The TeX of characters with a meaning in TeX.
ESCAPES = {
    "&": r"\&", "%": r"\%", "#": r"\#", "_": r"\_", "$": r"\$", "{": r"{\textbraceleft}", "}": r"{\textbraceright}",
    "\\": r"{\textbackslash}", "~": r"{\textasciitilde}", "^": r"{\textasciicircum}", "`": r"{\textasciigrave}",
    "\u00a0": " ",
}  # fmt: skip
_symbols = get_default_latex_context_db()


@lru_cache(maxsize=2048)
def symbol(name):
    """Return the text of a macro without arguments, or None if it is unknown."""
    if name in SYMBOLS:
        return SYMBOLS[name]
    known = _symbols.get_macro_spec(name)
    found = known.simplify_repl if known else None
    if isinstance(found, str) and not re.search("%|<[a-z]", found):
        return found
    return symbol(name[4:]) if name.startswith("text") and name != "text" else None


def of_number(macro, octal, hexadecimal, decimal):
    """Return the TeX of a character that is given by its number."""
    number = int(octal, 8) if octal else int(hexadecimal, 16) if hexadecimal else int(decimal[:6])
    if macro == "accent":
        return f"\\{ACCENT_NUMBERS[number]} " if number in ACCENT_NUMBERS else ""
    return ESCAPES.get(chr(number), chr(number)) if 31 < number < 0xD800 else ""
