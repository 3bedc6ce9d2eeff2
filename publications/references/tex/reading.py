"""Converts TeX in bibliographies to CSL's rich text in Unicode.

pylatexenc parses the TeX and knows the symbols. Its own conversion to text loses content (an unescaped % ends the text,
\\mbox disappears), so this module converts the parsed nodes.
"""

import re
import unicodedata

from pylatexenc.latexwalker import (
    LatexCharsNode,
    LatexEnvironmentNode,
    LatexGroupNode,
    LatexMacroNode,
    LatexSpecialsNode,
    LatexWalker,
    get_default_latex_context_db,
)
from pylatexenc.macrospec import std_macro

from publications.references.tex.macros import (
    ACCENTS,
    ARGUMENTS,
    FONTS,
    LINE,
    NOCASE,
    PARAGRAPH,
    SILENT,
    SPECIALS,
    SWITCHES,
    TAG,
    TRANSPARENT,
    WITH_ARGUMENT,
    of_number,
    symbol,
)

# The delimiters of formulas, and the macros that contain text to be kept as it is.
DELIMITER = re.compile(r"\\[\\$]|\$\$?|\\[()\[\]]|\\(?:url|path|nolinkurl)\s*\{((?:[^{}]|\{[^{}]*\})*)\}")
CLOSING = {
    opening: re.compile(rf"(?<!\\){re.escape(closing)}")
    for opening, closing in {"$": "$", "$$": "$$", r"\(": r"\)", r"\[": r"\]"}.items()
}
# Characters that Crossref and others write as formulas.
CHARACTERS = {
    "<": "<", ">": ">", r"\less": "<", r"\greater": ">", r"\lt": "<", r"\gt": ">", r"\mathsemicolon": ";",
    r"\mathplus": "+",
}  # fmt: skip
ALONE = re.compile(r"\\[\\$]|(\$)|\\([()\[\]])")  # a delimiter without its other half
CONDITION = re.compile(r"\\(ifmmode|else|fi)(?![a-zA-Z])\s*(?:\{\})?")
SINGLE_QUOTES = re.compile(r"(?<![\\`])`(?![`\s])((?:\\.|[^`'\\]|'(?=\w))+)'(?![\w'])", re.DOTALL)
REMOVED = {"aftergroup", "ignorespaces", "kern", "hskip", "vskip", "mskip", "accent", "char", "symbol", "begin", "end"}
# What is replaced before TeX is parsed.
REPLACED = [
    (re.compile(r"\\ensuremath\{([<>])\}"), r"\1"),
    (re.compile(r"\{?\\aftergroup\s*\\ignorespaces\s*\}?\s*"), ""),
    (re.compile(r"\\(?:kern|hskip|vskip|mskip)\s*-?[\d.]+\s*(?:em|ex|pt|pc|in|cm|mm|mu|sp) ?"), ""),
    (
        re.compile(r"\\(accent|char|symbol)\s*\{?(?:'([0-7]+)|\"([0-9A-F]+)|(\d+))\}?\s*"),
        lambda match: of_number(*match.groups()),
    ),
    (SINGLE_QUOTES, r"‘\1’"),
]
HIDDEN = re.compile("\ue000(\\d{1,7})\ue001")
# Text without TeX, which needs no parser.
PLAIN = re.compile(r"[^\\{}$~%`'?!-]*(?:-(?!-)[^\\{}$~%`'?!-]*|['?!](?!['`])[^\\{}$~%`'?!-]*)*")

_context = get_default_latex_context_db()
_context.add_context_category(
    "bibliographies",
    macros=[
        *(std_macro(name, ARGUMENTS.get(name, "{")) for name in WITH_ARGUMENT - SWITCHES - {"ensuremath"}),
        std_macro("\\", ""),
    ],
    prepend=True,
)


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
    return _spaced(HIDDEN.sub(lambda match: "".join(hidden[int(match[1]) :][:1]), text), lines)


def left_out(source):
    """Return the names of the macros that are unknown and have no arguments, so that ``from_tex`` leaves them out."""
    text = _hide(_without_conditions(source), []) if "\\" in source else ""
    names = dict.fromkeys(re.findall(r"\\([a-z][a-zA-Z]*)(?![a-zA-Z\s]*[{|])", text))
    return [name for name in names if name not in WITH_ARGUMENT and name not in REMOVED and symbol(name) is None]


def _marked(source):
    return re.sub(r"(?<![ \t])[ \t]*\n[ \t]*\n\s*", PARAGRAPH, source)


def _without_conditions(source):
    """Return a source with what the American Physical Society writes in maths and in text reduced to the text."""
    if "\\ifmmode" not in source:
        return source
    pieces, end, is_maths = [], 0, False
    for mark in CONDITION.finditer(source):
        # The name of a macro ends here: r"\AA\fi{}berg".
        pieces += [] if is_maths else [re.sub(r"(\\[a-zA-Z]+)\Z", r"\1{}", source[end : mark.start()])]
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
        inner = opening[1] if is_url else source[opening.end() : closing.start()].replace("\\ensuremath", "")
        character = CHARACTERS.get(inner.strip("{ }"), "")
        pieces += [ALONE.sub(_alone, source[end : opening.start()]), character or f"\ue000{len(hidden)}\ue001"]
        end, position = closing.end(), closing.end()
        if is_url:
            hidden.append(re.sub(r"\\([_%#&~$])", r"\1", inner))
        elif not character:
            dollars = "$$" if opening[0] == "$$" else "$"
            hidden.append(f"{dollars}{inner}{dollars}")
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
    return inner if name in TRANSPARENT else symbol(name)


def _arguments(node):
    return [argument for argument in (node.nodeargd.argnlist if node.nodeargd else []) if argument is not None]


def _is_known(node):
    return node.macroname in WITH_ARGUMENT or (symbol(node.macroname) is not None and not _arguments(node))


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
