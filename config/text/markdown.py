"""Markdown as safe HTML, with TeX maths as MathML.

markdown-it makes the HTML and nh3 cleans it. The cleaning must not remove what the renderer adds (MathML, footnote ids,
classes), but must remove the same markup typed by an author. So each rendering has a random secret: an attribute whose
value starts with it is allowed, and a formula is replaced by the secret with a number until the HTML is clean.
"""

import re
import secrets
from functools import lru_cache, wraps
from hashlib import blake2s
from html import escape, unescape

import nh3
from django.conf import settings
from markdown_it import MarkdownIt
from mdit_py_plugins.dollarmath.index import math_block_dollar
from mdit_py_plugins.footnote import footnote_plugin

from config.text.mathml import mathml
from profiles.content.addresses import true_host
from profiles.content.patterns import FORBIDDEN
from publications.references.values.markup import dollar_rule, title_parser

TAGS = {
    *("a", "abbr", "b", "blockquote", "br", "cite", "code", "dd", "del", "details", "dfn", "div", "dl", "dt", "em"),
    *("figcaption", "figure", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img", "ins", "kbd", "li", "mark", "ol"),
    *("p", "pre", "q", "s", "samp", "small", "strong", "sub", "summary", "sup", "table", "tbody", "td", "tfoot", "th"),
    *("thead", "tr", "u", "ul", "var"),
}
# Of any other tag, only the content stays.
REMOVED_WITH_CONTENT = {
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
RENDERER_ATTRIBUTES = {"aria-label", "class", "id"}  # never an author's
NUMBERS = {"colspan", "height", "rowspan", "start", "width"}
# A path: the Content-Security-Policy allows images of this site only.
LOCAL_IMAGE = re.compile(r"/?[\w.~%-][\w.~%/?&=+,-]*")
# The address of an image that was pasted into a text, at the path that the site had then.
UPLOADED_IMAGE = re.compile(r"^/(?:.*/)?media/(?=images/text/)")
TAG = re.compile(r'<[^"<>]*(?:"[^"]*"[^"<>]*)*>')
MAX_DEPTH = 100  # of nested elements: the time to clean the HTML grows with the square of the depth
ELEMENT = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)[^<>]*>")
# Elements without content, or that the next one of the kind closes.
NOT_NESTED = {"br", "dd", "dt", "hr", "img", "li", "p", "tbody", "td", "tfoot", "th", "thead", "tr"}
LINK = re.compile(r'<a href="([^"]*)"[^>]*>(.*?)</a>', re.DOTALL)

CACHE_SIZE = 2048
MAX_CACHED_LENGTH = 20_000

math_block = math_block_dollar(allow_labels=False, allow_blank_lines=False)


def cached(function):
    """Decorator that caches the results of a function of a text, except for very long texts."""
    with_cache = lru_cache(maxsize=CACHE_SIZE)(function)

    @wraps(function)
    def wrapper(text, *args, **kwargs):
        text = FORBIDDEN.sub("", str(text))
        return (function if len(text) > MAX_CACHED_LENGTH else with_cache)(text, *args, **kwargs)

    return wrapper


@cached
def render(text, level=2, prefix=""):
    """Return a Markdown text as clean HTML whose highest heading is h``level``.

    ``prefix`` starts the ids of its footnotes, so that one page can show two texts.
    """
    prefix = re.sub(r"[^\w-]", "", prefix, flags=re.ASCII) or blake2s(text.encode(), digest_size=4).hexdigest()
    secret = f"x{secrets.token_hex(12)}x"
    env = {"docId": prefix, "secret": secret, "formulas": []}
    html = nh3.clean(
        _without_deep_elements(PARSER.render(text, env)),
        tags=TAGS,
        clean_content_tags=REMOVED_WITH_CONTENT,
        attributes=ATTRIBUTES,
        attribute_filter=lambda tag, name, value: _allowed_value(name, value, secret),
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer",
    )
    formula = re.compile(rf"{secret}(\d+);")

    def finish(match):
        if number := match[1]:
            return env["formulas"][int(number)]
        # An attribute cannot contain MathML.
        return _finished_tag(formula.sub("", match[0]), level)

    html = LINK.sub(_with_true_host, re.sub(rf"{formula.pattern}|{TAG.pattern}", finish, html))
    return FORBIDDEN.sub("", html.replace(secret, ""))


@cached
def render_inline(text):
    """Return a title as clean HTML with emphasis, code and maths; everything else is text."""
    return FORBIDDEN.sub("", TITLE_PARSER.renderInline(text).strip())


def _without_deep_elements(html):
    """Return HTML without the tags that are nested deeper than MAX_DEPTH. Their content stays."""
    depth = 0

    def keep_or_remove(tag):
        nonlocal depth
        closing, name = tag.groups()
        if name.lower() in NOT_NESTED:
            return tag[0]
        is_kept = depth <= MAX_DEPTH if closing else depth < MAX_DEPTH
        depth = max(0, depth - 1) if closing else depth + 1
        return tag[0] if is_kept else ""

    return ELEMENT.sub(keep_or_remove, html)


def _allowed_value(name, value, secret):
    """Return the value that an attribute may have, or None to remove the attribute."""
    if name in RENDERER_ATTRIBUTES:
        return value.removeprefix(secret) if value.startswith(secret) else None
    if name == "src":
        return UPLOADED_IMAGE.sub(settings.MEDIA_URL, value) if LOCAL_IMAGE.fullmatch(value) else None
    if name == "href":
        return value.strip().replace(" ", "%20").replace(f"#{secret}", "#")
    if name in NUMBERS:
        return value if re.fullmatch(r"[0-9]{1,4}", value) else None
    return value


def _with_true_host(link):
    """Return a link, followed by its host if its text or letters suggest another one: abstracts are imported."""
    host = true_host(unescape(link[1]), unescape(TAG.sub("", link[2])))
    return f"{link[0]} ({escape(host)})" if host else link[0]


def _finished_tag(tag, level):
    """Return a clean tag as pages need it: headings shifted, tables scrollable, external images as their alt text."""
    match re.match(r"</?([a-z0-9]+)", tag)[1]:
        case "h1" | "h2" | "h3" | "h4" | "h5" | "h6" as name:
            return tag.replace(name, f"h{min(int(name[1]) + level - 1, 6)}", 1)
        case "table":
            opening = '<div class="table-scroll" tabindex="0" role="group" aria-label="Table">'
            return f"{tag}</div>" if tag.startswith("</") else f"{opening}{tag}"
        case "pre" if not tag.startswith("</"):
            return '<pre tabindex="0">'  # scrollable elements must be reachable by keyboard
        case "img":
            alt = re.search(r' alt="([^"]*)"', tag)
            if ' src="' not in tag:
                return escape(unescape(alt[1])) if alt else ""
            return tag if alt else f'{tag[:-1]} alt="">'
    return tag


def _math_block_rule(state, start, end, silent):
    """Block rule for display maths. The plugin's rule also writes tokens in silent mode; they are removed."""
    line, written = state.line, len(state.tokens)
    found = math_block(state, start, end, False)
    if silent:
        del state.tokens[written:]
        state.line = line
    return found


def _render_formula(renderer, tokens, index, options, env):
    token = tokens[index]
    html = mathml(token.content, display=token.type != "math_inline")
    if "secret" in env:
        env["formulas"].append(html)
        html = f"{env['secret']}{len(env['formulas']) - 1};"
    return f"<p>{html}</p>\n" if token.block else html


def _render_cell(renderer, tokens, index, options, env):
    """Return a table cell with its alignment as a class, because the Content-Security-Policy forbids inline styles."""
    token = tokens[index]
    side = str(token.attrGet("style") or "").removeprefix("text-align:")
    return f'<{token.tag} class="{env["secret"]}align-{side}">' if side else f"<{token.tag}>"


def _render_footnote_ref(renderer, tokens, index, options, env):
    name = renderer.rules["footnote_anchor_name"](tokens, index, options, env)
    caption = f"[{tokens[index].meta['id'] + 1}]"
    secret = env["secret"]
    link = f'<a href="#{secret}fn{name}" id="{secret}fnref{name}{_repetition(tokens[index])}">{caption}</a>'
    return f'<sup class="{secret}footnote-ref">{link}</sup>'


def _render_footnote_open(renderer, tokens, index, options, env):
    name = renderer.rules["footnote_anchor_name"](tokens, index, options, env)
    return f'<li id="{env["secret"]}fn{name}">'


def _render_footnote_anchor(renderer, tokens, index, options, env):
    name = renderer.rules["footnote_anchor_name"](tokens, index, options, env)
    secret, again = env["secret"], _repetition(tokens[index])
    return f' <a href="#{secret}fnref{name}{again}" aria-label="{secret}Back to the text">↩︎</a>'


def _repetition(token):
    """Return the suffix of the id of a second reference to the same footnote: ":1"."""
    return f":{token.meta['subId']}" if token.meta.get("subId", 0) > 0 else ""


def _text_parser():
    parser = MarkdownIt("commonmark").enable("table").use(footnote_plugin)
    parser.inline.ruler.after("escape", "math", dollar_rule)
    interrupts = {"alt": ["paragraph", "reference", "blockquote", "list"]}
    parser.block.ruler.before("fence", "math_block", _math_block_rule, interrupts)
    for rule in ("math_inline", "math_display", "math_block"):
        parser.add_render_rule(rule, _render_formula)
    for rule in ("th_open", "td_open"):
        parser.add_render_rule(rule, _render_cell)
    parser.add_render_rule("footnote_ref", _render_footnote_ref)
    parser.add_render_rule("footnote_open", _render_footnote_open)
    parser.add_render_rule("footnote_anchor", _render_footnote_anchor)
    parser.add_render_rule("footnote_block_open", lambda *args: f'<div class="{args[-1]["secret"]}footnotes"><ol>\n')
    parser.add_render_rule("footnote_block_close", lambda *args: "</ol></div>\n")
    return parser


def _title_parser():
    parser = title_parser()
    for rule in ("math_inline", "math_display"):
        parser.add_render_rule(rule, _render_formula)
    return parser


PARSER = _text_parser()
TITLE_PARSER = _title_parser()
