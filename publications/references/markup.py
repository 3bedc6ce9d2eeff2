"""Converts titles between the Markdown that editors write and CSL's rich text."""

import re

from markdown_it import MarkdownIt

from publications.references import maths

# Maths has no space after the first dollar sign and before the last, and no digit after the last: not "from $5 to $10".
DOLLARS = re.compile(
    r"\$\$(?P<display>(?:[^$\\]|\\.)+)\$\$|(?<!\d)\$(?!\s)(?P<inline>(?:[^$\\]|\\.)+)(?<!\s)\$(?!\d)", re.DOTALL
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


def plain(text):
    """Return rich text without its tags, with formulas and raised figures in Unicode: "CO₂"."""
    if "$" in text:
        text = DOLLARS.sub(lambda match: maths.plain(match["display"] or match["inline"]), text)
    return TAG.sub("", RAISED.sub(unicode_of, text))


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
