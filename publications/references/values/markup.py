"""Converts titles between the Markdown that editors write and CSL's rich text, and the HTML of others to rich text."""

import re
from html import unescape
from xml.etree import ElementTree

from markdown_it import MarkdownIt

from publications.references.values import maths

# Maths has no space after the first dollar sign and before the last, and no digit after the last: not "from $5 to $10".
# Beside a digit, "$" needs TeX or a letter to be a delimiter: as in "A$\beta$42" and "3$d$", but not in "5$ or 6$".
DOLLARS = re.compile(
    r"\$\$(?P<display>(?:[^$\\]|\\.)+)\$\$|(?<!\\)(?P<tex>(?=\$(?:[^$]*[\\^_]|[a-zA-Z]\$)))?(?(tex)|(?<!\d))"
    r"\$(?!\s)(?P<inline>(?:[^$\\]|\\.)+)(?<!\s)\$(?(tex)|(?!\d))",
    re.DOTALL,
)
RAISED = re.compile(r"<(sub|sup)>([^<>]*)</\1>")
TAG = re.compile(r"</?(?:i|b|sub|sup)>|<span style=\"font-variant: ?small-caps;?\">|</span>")
EMPHASIS = {"<i>": "*", "</i>": "*", "<b>": "**", "</b>": "**"}
SPECIAL = re.compile(r"[\\`*_<>&$]")
RICH = {"em_open": "<i>", "em_close": "</i>", "strong_open": "<b>", "strong_close": "</b>", "softbreak": " "}


def title_parser():
    """Return a MarkdownIt for titles: emphasis, code, entities, maths, ``<sub>`` and ``<sup>``. The rest is text."""
    parser = MarkdownIt("zero").enable(["escape", "backticks", "emphasis", "entity"])
    parser.inline.ruler.after("escape", "math", dollar_rule)
    parser.inline.ruler.after("math", "raised", _raised_rule)
    return parser


def dollar_rule(state, silent):
    """Rule of markdown-it for inline maths. The rule for backslashes comes before it, for escaped dollar signs."""
    if state.src[state.pos] != "$" or not (match := DOLLARS.match(state.src, state.pos)):
        return False
    if not silent:
        token = state.push("math_display" if match["display"] else "math_inline", "math", 0)
        token.content = match["display"] or match["inline"]
        token.markup = "$$" if match["display"] else "$"
    state.pos = match.end()
    return True


def _raised_rule(state, silent):
    """Rule of markdown-it for ``<sub>`` and ``<sup>``."""
    if state.src[state.pos] != "<" or not (match := RAISED.match(state.src, state.pos)):
        return False
    if not silent:
        state.push(f"{match[1]}_open", match[1], 1)
        state.push("text", "", 0).content = match[2]
        state.push(f"{match[1]}_close", match[1], -1)
    state.pos = match.end()
    return True


_parser = title_parser()
# An entity needs its semicolon: "&copy" in a URL is a parameter.
ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});")
HTML_TAGS = {"i": "i|em|italic", "b": "b|strong|bold", "sub": "sub|inf", "sup": "sup"}
ESCAPED_TAG = re.compile(
    r"&(?:amp;)*lt;(/?(?:jats:|mml:)?(?:i|em|italic|b|strong|bold|su[bp]|inf|scp?|span|font|u|tt|p|br|div|title|sec|m[a-z]+)"
    r"(?:\s(?:[^<>&]|&(?:amp;)*quot;)*)?/?)&(?:amp;)*gt;",
    re.IGNORECASE,
)
FORMULA = re.compile(r"<(?:mml:)?math\b(?:(?!<(?:mml:)?math\b).)*?</(?:mml:)?math>", re.DOTALL)
# The same formula again, as TeX or for programs.
ANNOTATION = re.compile(r"<((?:mml:|jats:)?(?:annotation(?:-xml)?|tex-math))\b[^<>]*>[^<]*</\1>")
PARAGRAPH_END = re.compile(r"</(?:jats:)?(?:p|title|sec|list-item|div|li)>|<br\s*/?>", re.IGNORECASE)
ABSTRACT_TITLE = re.compile(r"<(?:jats:)?title>\s*abstract\s*</(?:jats:)?title>", re.IGNORECASE)


def plain(text):
    """Return rich text without its tags, with formulas and raised figures in Unicode: "CO₂"."""
    return TAG.sub("", RAISED.sub(unicode_of, with_formulas(text, maths.plain)))


def with_formulas(text, function):
    """Return rich text with the result of a function for the TeX of each formula."""
    return DOLLARS.sub(lambda match: function(match["display"] or match["inline"]), text) if "$" in text else text


def unicode_of(match):
    """Return a match of RAISED in Unicode, or unchanged where characters are missing."""
    return maths.raised(*match.groups()) or match[0]


def to_markdown(text):
    """Return the Markdown of rich text, with backslashes only if they are needed. Small capitals are lost."""
    if not SPECIAL.search(text):
        return text
    usual = TAG.sub(_markdown_tag, text)
    if from_markdown(usual) == text:
        return usual
    pieces, end = [], 0
    for match in re.finditer(f"{DOLLARS.pattern}|{TAG.pattern}", text, re.DOTALL):
        pieces += [SPECIAL.sub(r"\\\g<0>", text[end : match.start()]), TAG.sub(_markdown_tag, match[0])]
        end = match.end()
    return "".join([*pieces, SPECIAL.sub(r"\\\g<0>", text[end:])])


def _markdown_tag(tag):
    return EMPHASIS.get(tag[0], "" if "span" in tag[0] else tag[0])


def from_markdown(text):
    """Return the rich text of a title in Markdown. Maths stays TeX, and code becomes plain text."""
    if not SPECIAL.search(text):
        return text
    return "".join(map(_rich, _parser.parseInline(text)[0].children))


def _rich(token):
    if token.type.startswith("math"):
        return f"{token.markup}{token.content}{token.markup}"
    if token.type.startswith("su"):
        return f"<{'' if token.nesting > 0 else '/'}{token.tag}>"
    return RICH.get(token.type, token.content)


def without_entities(text):
    """Return a text with characters for its HTML entities."""
    return ENTITY.sub(lambda entity: unescape(entity[0]), text)


def with_entities(text):
    """Return a text from which ``without_entities`` makes this one: "&amp;amp;" if it has "&amp;"."""
    return ENTITY.sub(lambda entity: f"&amp;{entity[0][1:]}", text)


def unescaped(text):
    """Return a text with characters for its HTML entities, even if they were escaped twice."""
    return without_entities(without_entities(text))


def from_html(text):
    """Return the rich text of a title in HTML, JATS or MathML, escaped or not."""
    text = FORMULA.sub(_formula, ANNOTATION.sub("", _revealed(str(text))))
    for ours, theirs in HTML_TAGS.items():
        text = re.sub(rf"<(/?)(?:jats:)?(?:{theirs})(?:\s[^<>]*)?>", rf"<\1{ours}>", text, flags=re.IGNORECASE)
    text = re.sub(r"<(?!/?(?:i|b|sub|sup)>)/?[a-zA-Z][^<>]*>", "", text)
    return " ".join(unescaped(text).split())


def paragraphs_from_html(text):
    """Return the plain paragraphs of an abstract in HTML or JATS, without the heading "Abstract"."""
    text = FORMULA.sub(_formula, ANNOTATION.sub("", _revealed(text)))
    text = PARAGRAPH_END.sub("\n\n", ABSTRACT_TITLE.sub("", text))
    paragraphs = [" ".join(part.split()) for part in re.sub(r"</?[a-zA-Z][^<>]*>", "", text).split("\n\n")]
    return unescaped("\n\n".join(part for part in paragraphs if part))


def _revealed(text):
    """Return a text with its escaped tags as tags, if they are tags of HTML, JATS or MathML and not "p &lt; q"."""
    return ESCAPED_TAG.sub(r"<\1>", text)


def _formula(match):
    """Return the rich text of a formula in MathML: its letters, with subscripts and superscripts."""
    source = re.sub(r"(</?)mml:|\s[\w:-]+\s*=\s*(?:\"[^\"<]*\"|'[^'<]*')", r"\1", match[0])
    source = ENTITY.sub(lambda entity: _xml(unescape(entity[0])), source)
    try:
        return _math_text(ElementTree.fromstring(source))  # noqa: S314 (entities cannot be declared within an element)
    except (ElementTree.ParseError, RecursionError):
        return match[0]


def _math_text(element):
    parts = [_math_text(child) for child in element]
    match element.tag, parts:
        case "msub", [base, low]:
            return f"{base}<sub>{plain(low)}</sub>"
        case "msup", [base, high]:
            return f"{base}<sup>{plain(high)}</sup>"
        case "msubsup", [base, low, high]:
            return f"{base}<sub>{plain(low)}</sub><sup>{plain(high)}</sup>"
        case "mfrac", [above, below]:
            return f"{above}/{below}"
        case "msqrt", _:
            return f"√{''.join(parts)}"
    return "".join(parts) if parts else _xml((element.text or "").strip())


def _xml(text):
    """Return a text with entities for the characters that have a meaning in XML."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
