"""Markdown to HTML that is safe to show, with TeX maths as MathML.

markdown-it makes the HTML, nh3 cleans it, and what only this module may write (MathML, footnotes' ids, classes)
goes in behind a random word that no text can know: attributes must start with it to be kept, formulas wait behind
it until the rest is clean. latex2mathml undoes the escaping of its own output, so its tree is written out here.
"""

import re
import secrets
import unicodedata
from functools import lru_cache, wraps
from hashlib import blake2s
from html import escape, unescape

import nh3
from latex2mathml.converter import convert_to_element
from markdown_it import MarkdownIt
from mdit_py_plugins.dollarmath.index import math_block_dollar
from mdit_py_plugins.footnote import footnote_plugin

from profiles.content.addresses import true_host
from publications.references.markup import dollar_rule, title_parser

TAGS = {
    *("a", "abbr", "b", "blockquote", "br", "cite", "code", "dd", "del", "details", "dfn", "div", "dl", "dt", "em"),
    *("figcaption", "figure", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img", "ins", "kbd", "li", "mark", "ol"),
    *("p", "pre", "q", "s", "samp", "small", "strong", "sub", "summary", "sup", "table", "tbody", "td", "tfoot", "th"),
    *("thead", "tr", "u", "ul", "var"),
}
# Gone with all that is in them; of any other tag the content stays.
EMPTIED = {
    *("iframe", "math", "noembed", "noframes", "noscript", "object", "script", "select", "style", "svg", "template"),
    *("textarea", "title", "xmp"),
}
ATTRIBUTES = {
    "a": {"href", "title", "id", "aria-label"},
    "abbr": {"title"},
    "div": {"class"},
    "img": {"src", "alt", "title", "width", "height"},
    "li": {"id"},
    "ol": {"start"},
    "sup": {"class"},
    "td": {"class", "colspan", "rowspan"},
    "th": {"class", "colspan", "rowspan"},
}
OURS = {"aria-label", "class", "id"}
NUMBERS = {"colspan", "height", "rowspan", "start", "width"}
# The page's policy shows images of this site only; without a colon there is no scheme.
OWN_IMAGE = re.compile(r"/?[\w.~%-][\w.~%/?&=+,-]*")
TAG = re.compile(r'<[^"<>]*(?:"[^"]*"[^"<>]*)*>')
LINK = re.compile(r'<a href="([^"]*)"[^>]*>(.*?)</a>', re.DOTALL)
UNSHOWABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")

DOLLAR_LINES = math_block_dollar(allow_labels=False, allow_blank_lines=False)
LONGEST_TEX = 4000
# A text could grow without end by macros of its own.
MACROS = re.compile(r"\\(?:def|newcommand|newenvironment|DeclareMathOperator)(?![a-zA-Z])")
MATHML_TAGS = {
    *("math", "menclose", "mfrac", "mi", "mmultiscripts", "mn", "mo", "mover", "mpadded", "mphantom", "mroot", "mrow"),
    *("mspace", "msqrt", "mstyle", "msub", "msubsup", "msup", "mtable", "mtd", "mtext", "mtr", "munder"),
    "munderover",
}
MATHML_ATTRIBUTES = {
    *("accent", "columnalign", "columnlines", "columnspacing", "depth", "display", "displaystyle", "fence", "form"),
    *("height", "largeop", "linethickness", "lspace", "mathvariant", "maxsize", "minsize", "movablelimits"),
    *("notation", "rowlines", "rowspacing", "rspace", "scriptlevel", "stretchy", "symmetric", "voffset", "width"),
}
PARTS = {"mfrac": 2, "mover": 2, "mroot": 2, "msub": 2, "msubsup": 3, "msup": 2, "munder": 2, "munderover": 3}
# Without the units of TeX that MathML has not.
MATHML_VALUE = re.compile(r"(?!.*\d(?:mu|bp|dd|cc|sp))[\w.+% -]*", re.ASCII)

KEPT = 2048
LONGEST_KEPT = 20_000


def remembered(function):
    """Keep the results of a pure function of a text, except for giant texts."""
    keeping = lru_cache(maxsize=KEPT)(function)

    @wraps(function)
    def wrapper(text, *args, **kwargs):
        text = UNSHOWABLE.sub("", str(text))
        return (function if len(text) > LONGEST_KEPT else keeping)(text, *args, **kwargs)

    return wrapper


@remembered
def render(text, level=2, prefix=""):
    """Clean HTML of a Markdown text whose highest heading becomes h``level``.

    ``prefix`` goes into the ids of footnotes, to tell those of two texts on one page apart.
    """
    prefix = re.sub(r"[^\w-]", "", prefix, flags=re.ASCII) or blake2s(text.encode(), digest_size=4).hexdigest()
    secret = f"x{secrets.token_hex(12)}x"
    env = {"docId": prefix, "secret": secret, "formulas": []}
    html = nh3.clean(
        TEXT.render(text, env),
        tags=TAGS,
        clean_content_tags=EMPTIED,
        attributes=ATTRIBUTES,
        attribute_filter=lambda tag, name, value: _kept_value(name, value, secret),
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer",
    )
    formula = re.compile(rf"{secret}(\d+);")

    def finish(match):
        if number := match[1]:
            return env["formulas"][int(number)]
        # A formula has no place in an attribute.
        return _finished_tag(formula.sub("", match[0]), level)

    html = LINK.sub(_with_true_host, re.sub(rf"{formula.pattern}|{TAG.pattern}", finish, html))
    return UNSHOWABLE.sub("", html.replace(secret, ""))


@remembered
def render_inline(text):
    """Clean HTML of a title: emphasis, code and maths; all else is text."""
    return UNSHOWABLE.sub("", TITLE.renderInline(text).strip())


@remembered
def plain(text):
    """The text of Markdown or of a title on one line, without markup; formulas as TeX. Not escaped.

    What is nothing but markup ("<title>") is told as it was typed.
    """
    lines = text.strip()
    # A title may look like a list ("1984. A review"), so a single line has no blocks.
    tokens = TEXT.parse(lines) if "\n" in lines else TEXT.parseInline(lines)
    found = "".join(_words(tokens)).split() or text.split()
    return UNSHOWABLE.sub("", " ".join(found))


def _words(tokens):
    for token in tokens:
        match token.type:
            case "footnote_block_open":
                return
            case "inline":
                yield from _words(token.children)
            case "image":
                yield from _words(token.children or [])
            case "text" | "text_special" | "code_inline" | "math_inline" | "math_display":
                yield token.content
            case "code_block" | "fence" | "math_block":
                yield f"{token.content} "
            case "softbreak" | "hardbreak":
                yield " "
            case "html_inline":
                # "<unk>" in a title is a word of it, "<b>" is markup.
                name = re.match(r"</?([a-z0-9-]*)", token.content, re.IGNORECASE)
                yield "" if not name or name[1].lower() in TAGS | EMPTIED else token.content
            case "html_block":
                yield unescape(nh3.clean(token.content, tags=set(), clean_content_tags=EMPTIED)) + " "
            case _ if token.block:
                yield " "


def _kept_value(name, value, secret):
    """The value of an attribute as it may stay, or None to drop it."""
    if name in OURS:
        return value.removeprefix(secret) if value.startswith(secret) else None
    if name == "src":
        return value if OWN_IMAGE.fullmatch(value) else None
    if name == "href":
        return value.strip().replace(" ", "%20").replace(f"#{secret}", "#")
    if name in NUMBERS:
        return value if re.fullmatch(r"[0-9]{1,4}", value) else None
    return value


def _with_true_host(link):
    """A link, with its host after it where its text or its letters name another one: abstracts come from elsewhere."""
    host = true_host(unescape(link[1]), unescape(TAG.sub("", link[2])))
    return f"{link[0]} ({escape(host)})" if host else link[0]


def _finished_tag(tag, level):
    """A clean tag as the page wants it: headings shifted, wide things scrollable, foreign images as their text."""
    match re.match(r"</?([a-z0-9]+)", tag)[1]:
        case "h1" | "h2" | "h3" | "h4" | "h5" | "h6" as name:
            return tag.replace(name, f"h{min(int(name[1]) + level - 1, 6)}", 1)
        case "table":
            opening = '<div class="table-scroll" tabindex="0" role="group" aria-label="Table">'
            return f"{tag}</div>" if tag.startswith("</") else f"{opening}{tag}"
        case "pre" if not tag.startswith("</"):
            return '<pre tabindex="0">'  # what may scroll must be reachable by keyboard
        case "img":
            alt = re.search(r' alt="([^"]*)"', tag)
            if ' src="' not in tag:
                return escape(unescape(alt[1])) if alt else ""
            return tag if alt else f'{tag[:-1]} alt="">'
    return tag


def _mathml(tex, display):
    """MathML of a formula, or its source as code where latex2mathml cannot read it."""
    tex = tex.strip()
    try:
        if len(tex) > LONGEST_TEX or MACROS.search(tex):
            raise ValueError
        return _written(convert_to_element(tex, display="block" if display else "inline"))
    # It raises whatever its own indexing and iterating run into, StopIteration and RecursionError among them.
    except Exception:  # noqa: BLE001
        dollars = "$$" if display else "$"
        return f"<code>{escape(dollars + tex + dollars)}</code>"


def _in_bold(text, variant):
    """Letters as bold characters of their own: of ``mathvariant`` browsers know "normal" only (MathML Core)."""
    style = f"MATHEMATICAL {variant.replace('-', ' ').upper()} "
    names = (unicodedata.name(letter, "") for letter in text)
    bold = (re.sub(r"^(?:LATIN|GREEK) (SMALL|CAPITAL) LETTER |^(?=DIGIT)", rf"{style}\1 ", name) for name in names)
    try:
        return "".join(unicodedata.lookup(" ".join(name.split())) for name in bold)
    except KeyError:
        return text


def _written(element):
    """An element of MathML as HTML. Raises ValueError for one that is not known, and for a command left unread."""
    text = unescape(element.text or "")
    known = element.tag in MATHML_TAGS and len(element) == PARTS.get(element.tag, len(element))
    if not known or re.match(r"\\[a-zA-Z]", text):
        raise ValueError(element.tag)
    if (variant := element.get("mathvariant", "")) in {"bold", "bold-italic"} and element.tag in {"mi", "mn"}:
        text = _in_bold(text, variant)
    attributes = "".join(
        f' {name}="{value}"'
        for name, value in element.attrib.items()
        if name in MATHML_ATTRIBUTES and MATHML_VALUE.fullmatch(value)
    )
    content = escape(text) + "".join(_written(child) + escape(unescape(child.tail or "")) for child in element)
    return f"<{element.tag}{attributes}>{content}</{element.tag}>"


def _dollars_rule(state, start, end, silent):
    """Maths on lines of its own. The plugin's rule writes even when it is only asked, so that is undone."""
    line, written = state.line, len(state.tokens)
    found = DOLLAR_LINES(state, start, end, False)
    if silent:
        del state.tokens[written:]
        state.line = line
    return found


def _show_formula(renderer, tokens, index, options, env):
    token = tokens[index]
    html = _mathml(token.content, token.type != "math_inline")
    if "secret" in env:
        env["formulas"].append(html)
        html = f"{env['secret']}{len(env['formulas']) - 1};"
    return f"<p>{html}</p>\n" if token.block else html


def _show_cell(renderer, tokens, index, options, env):
    """A cell's alignment as a class, because the page's policy has no inline styles."""
    token = tokens[index]
    side = str(token.attrGet("style") or "").removeprefix("text-align:")
    return f'<{token.tag} class="{env["secret"]}align-{side}">' if side else f"<{token.tag}>"


def _show_footnote_ref(renderer, tokens, index, options, env):
    name = renderer.rules["footnote_anchor_name"](tokens, index, options, env)
    caption = f"[{tokens[index].meta['id'] + 1}]"
    again = f":{tokens[index].meta['subId']}" if tokens[index].meta.get("subId", 0) > 0 else ""
    secret = env["secret"]
    link = f'<a href="#{secret}fn{name}" id="{secret}fnref{name}{again}">{caption}</a>'
    return f'<sup class="{secret}footnote-ref">{link}</sup>'


def _show_footnote_open(renderer, tokens, index, options, env):
    name = renderer.rules["footnote_anchor_name"](tokens, index, options, env)
    return f'<li id="{env["secret"]}fn{name}">'


def _show_footnote_anchor(renderer, tokens, index, options, env):
    name = renderer.rules["footnote_anchor_name"](tokens, index, options, env)
    again = f":{tokens[index].meta['subId']}" if tokens[index].meta.get("subId", 0) > 0 else ""
    secret = env["secret"]
    return f' <a href="#{secret}fnref{name}{again}" aria-label="{secret}Back to the text">↩︎</a>'


def _text_parser():
    parser = MarkdownIt("commonmark").enable("table").use(footnote_plugin)
    parser.inline.ruler.after("escape", "math", dollar_rule)
    interrupts = {"alt": ["paragraph", "reference", "blockquote", "list"]}
    parser.block.ruler.before("fence", "math_block", _dollars_rule, interrupts)
    for rule in ("math_inline", "math_display", "math_block"):
        parser.add_render_rule(rule, _show_formula)
    for rule in ("th_open", "td_open"):
        parser.add_render_rule(rule, _show_cell)
    parser.add_render_rule("footnote_ref", _show_footnote_ref)
    parser.add_render_rule("footnote_open", _show_footnote_open)
    parser.add_render_rule("footnote_anchor", _show_footnote_anchor)
    parser.add_render_rule("footnote_block_open", lambda *args: f'<div class="{args[-1]["secret"]}footnotes"><ol>\n')
    parser.add_render_rule("footnote_block_close", lambda *args: "</ol></div>\n")
    return parser


def _title_parser():
    parser = title_parser()
    for rule in ("math_inline", "math_display"):
        parser.add_render_rule(rule, _show_formula)
    return parser


TEXT = _text_parser()
TITLE = _title_parser()
