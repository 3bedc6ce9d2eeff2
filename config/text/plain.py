"""Markdown as plain text, for page titles, descriptions, search snippets and exports."""

import re
from html import unescape
from itertools import zip_longest

import nh3

from config.text.markdown import BLOCK_PARSER, PARSER, REMOVED_WITH_CONTENT, TAGS, cached
from profiles.content.blocks import read_line
from profiles.content.patterns import FORBIDDEN
from publications.references.values import maths
from publications.references.values.markup import RAISED, unicode_of

MARK = "\ue000"  # a private character, which stands for a formula


@cached
def plain(text):
    """Return the text of Markdown or of a title on one line, without markup and not escaped; formulas are Unicode.

    A text that consists of markup only ("<title>") is returned as it is. Blocks are left out.
    """
    return _one_line(text, maths.plain)


def pieces(text):
    """Return plain text in pieces, as a list in which every second item is the TeX of a formula."""
    formulas = []

    def mark(tex):
        formulas.append(tex)
        return MARK

    texts = _one_line(text.replace(MARK, ""), mark).split(MARK)
    return [piece for pair in zip_longest(texts, formulas, fillvalue="") for piece in pair]


def _one_line(text, formula):
    """Return plain text with the result of a function for the TeX of each formula."""
    lines = RAISED.sub(unicode_of, text.strip())
    # A title may look like a list ("1984. A review"), so a single line has no blocks.
    is_block = "{{" in lines and read_line(lines.split("\n")[0]) is not None
    tokens = BLOCK_PARSER.parse(lines) if "\n" in lines or is_block else PARSER.parseInline(lines)
    words = "".join(_texts(tokens, formula)).split() or ([] if is_block else text.split())
    return FORBIDDEN.sub("", " ".join(words))


def _texts(tokens, formula):
    """Yield the text of each token, up to the footnotes."""
    for token in tokens:
        match token.type:
            case "footnote_block_open":
                return
            case "inline":
                yield from _texts(token.children, formula)
            case "image":
                yield from _texts(token.children or [], formula)
            case "text" | "text_special" | "code_inline":
                yield token.content
            case "math_inline" | "math_display":
                yield formula(token.content)
            case "math_block":
                yield f"{formula(token.content)} "
            case "code_block" | "fence":
                yield f"{token.content} "
            case "softbreak" | "hardbreak":
                yield " "
            case "html_inline":
                # "<unk>" in a title is a word, "<b>" is markup.
                name = re.match(r"</?([a-z0-9-]*)", token.content, re.IGNORECASE)
                yield "" if not name or name[1].lower() in TAGS | REMOVED_WITH_CONTENT else token.content
            case "html_block":
                yield unescape(nh3.clean(token.content, tags=set(), clean_content_tags=REMOVED_WITH_CONTENT)) + " "
            case _ if token.block:  # also a block of the site
                yield " "
