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
from markdown_it.token import Token
from mdit_py_plugins.dollarmath.index import math_block_dollar
from mdit_py_plugins.footnote import footnote_plugin

from config.text.mathml import mathml
from profiles.content import blocks
from profiles.content.addresses import on_site, true_host
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
# The size of an image that was uploaded for a text, at the end of its folder (profiles.files.images).
SIZE_IN_ADDRESS = re.compile(r' src="[^"]*/images/text/[\w-]+_(\d{1,4})x(\d{1,4})/[^/"]+"', re.ASCII)
TAG = re.compile(r'<[^"<>]*(?:"[^"]*"[^"<>]*)*>')
# A browser lets the arrow keys scroll a wide element only while it has the focus.
MAX_INLINE = 30  # characters of TeX in a line of text that fit a narrow screen
SCROLLABLE = 'tabindex="0" role="group" aria-label='
MAX_DEPTH = 100  # of nested elements: the time to clean the HTML grows with the square of the depth
ELEMENT = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)[^<>]*>")
# Elements without content, or that the next one of the kind closes.
NOT_NESTED = {"br", "dd", "dt", "hr", "img", "li", "p", "tbody", "td", "tfoot", "th", "thead", "tr"}
LINK = re.compile(r'<a href="([^"]*)"[^>]*>(.*?)</a>', re.DOTALL)
HEADING = re.compile(r"<h([1-6])>")  # in clean HTML, headings have no attributes
END_OF_HEADING = re.compile(r"</h[1-6]>")
EMPTY_HEADING = re.compile(r"<h([1-6])>\s*</h\1>")

# An empty element with the number of a block. Only the renderer can write it: an author's HTML has no classes.
PLACE_OF_BLOCK = re.compile(r'<div class="block-(\d+)"></div>')
# The first line of a quotation that is a callout, as GitHub writes it: "> [!NOTE]".
CALLOUT = re.compile(r"\[!(note|tip|important|warning|caution)\][ \t]*(?:\n|$)", re.IGNORECASE)

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
    """Return a Markdown text as clean HTML whose first heading is h``level``. No heading skips a level.

    ``prefix`` starts the ids of its footnotes, so that one page can show two texts.
    """
    return _render(PARSER, text, level, prefix)[0]


@cached
def render_with_places(text, level=2, prefix=""):
    """Return (HTML, Blocks) of a text. Each block is an empty element in the HTML, at PLACE_OF_BLOCK."""
    return _render(BLOCK_PARSER, text, level, prefix)


def _render(parser, text, level, prefix):
    prefix = re.sub(r"[^\w-]", "", prefix, flags=re.ASCII) or blake2s(text.encode(), digest_size=4).hexdigest()
    secret = f"x{secrets.token_hex(12)}x"
    env = {"docId": prefix, "secret": secret, "formulas": [], "blocks": []}
    html = nh3.clean(
        _without_deep_elements(parser.render(text, env)),
        tags=TAGS,
        clean_content_tags=REMOVED_WITH_CONTENT,
        attributes=ATTRIBUTES,
        attribute_filter=lambda tag, name, value: _allowed_value(name, value, secret),
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer",
    )
    formula = re.compile(rf"{secret}(\d+);")
    html = EMPTY_HEADING.sub("", html)
    levels, opened = _heading_levels(map(int, HEADING.findall(html)), level), []

    def finish(match):
        if number := match[1]:
            return env["formulas"][int(number)]
        tag = formula.sub("", match[0])  # an attribute cannot contain MathML
        if HEADING.fullmatch(tag):
            opened.append(next(levels))
            return f"<h{opened[-1]}>"
        if END_OF_HEADING.fullmatch(tag):
            return f"</h{opened.pop()}>"
        return _finished_tag(tag)

    html = LINK.sub(_with_true_host, re.sub(rf"{formula.pattern}|{TAG.pattern}", finish, html))
    return FORBIDDEN.sub("", html.replace(secret, "")), tuple(env["blocks"])


@cached
def render_inline(text):
    """Return a title as clean HTML with emphasis, code and maths; everything else is text."""
    return FORBIDDEN.sub("", TITLE_PARSER.renderInline(text).strip())


def blocks_of(text):
    """Return [(Block, its first line, the line after it)] of a text; lines count from 0."""
    tokens = BLOCK_PARSER.parse(text) if "{{" in text else []
    return [(token.meta["block"], *token.map) for token in tokens if token.type == "site_block"]


def paragraphs_of(text):
    """Yield (number of the line, line) of the text outside code, formulas and blocks; lines count from 1."""
    for token in BLOCK_PARSER.parse(text):
        if token.type in ("inline", "html_block"):
            written = token.content
            for child in token.children or ():
                if child.type in ("code_inline", "math_inline", "math_display"):
                    written = written.replace(child.content, "", 1)
            yield from enumerate(written.split("\n"), token.map[0] + 1)


def images_of(text):
    """Return [(address, alternative text, title)] of the images in a text, and what else the text has."""
    images, rest = [], []
    for token in PARSER.parseInline(text)[0].children:
        if token.type == "image":
            alt = PARSER.renderer.renderInlineAsText(token.children or [], PARSER.options, {})
            images.append((token.attrs["src"], alt, token.attrs.get("title", "")))
        else:
            rest.append(" " if token.type == "softbreak" else token.content)
    return images, "".join(rest).strip()


def local_image(address):
    """Return the address of an image of this site, at the path that uploads have now; None for any other address."""
    return UPLOADED_IMAGE.sub(settings.MEDIA_URL, address) if LOCAL_IMAGE.fullmatch(address) else None


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
        return local_image(value)
    if name == "href":
        return on_site(value.strip().replace(" ", "%20").replace(f"#{secret}", "#"))
    if name in NUMBERS:
        return value if re.fullmatch(r"[0-9]{1,4}", value) else None
    return value


def _with_true_host(link):
    """Return a link, followed by its host if its text or letters suggest another one: abstracts are imported."""
    host = true_host(unescape(link[1]), unescape(TAG.sub("", link[2])))
    html = link[0].replace(f' {SCROLLABLE}"Formula"', "")  # the link itself has the focus
    return f"{html} ({escape(host)})" if host else html


def _heading_levels(written, level):
    """Yield the level of each heading: one more than that of the heading it is below; the highest have ``level``.

    "##", "####", "###", "#" at level 2 are h2, h3, h3, h2.
    """
    above = []
    for own in written:
        while above and above[-1] >= own:
            above.pop()
        yield min(level + len(above), 6)
        above.append(own)


def _finished_tag(tag):
    """Return a clean tag as pages need it: wide elements scroll by keyboard, external images are their alt text."""
    match re.match(r"</?([a-z0-9]+)", tag)[1]:
        case "table":
            return f"{tag}</div>" if tag.startswith("</") else f'<div class="table-scroll" {SCROLLABLE}"Table">{tag}'
        case "pre" if not tag.startswith("</"):
            return f'<pre {SCROLLABLE}"Code">'
        case "img":
            alt = re.search(r' alt="([^"]*)"', tag)
            if ' src="' not in tag:
                return escape(unescape(alt[1])) if alt else ""
            tag = tag if alt else f'{tag[:-1]} alt="">'
            size = SIZE_IN_ADDRESS.search(tag)
            if size and " width=" not in tag and " height=" not in tag:
                return f'{tag[:-1]} width="{size[1]}" height="{size[2]}">'  # nothing moves when it is loaded
            return tag
    return tag


def _math_block_rule(state, start, end, silent):
    """Block rule for display maths. The plugin's rule also writes tokens in silent mode; they are removed."""
    line, written = state.line, len(state.tokens)
    found = math_block(state, start, end, False)
    if silent:
        del state.tokens[written:]
        state.line = line
    return found


def _block_rule(state, start, end, silent):
    """Block rule for lines such as {{ posts }} that are not in a list, a quotation or a footnote."""
    if state.level and state.sCount[start] >= state.blkIndent:
        return False
    first = state.src.rfind("\n", 0, state.bMarks[start]) + 1  # before the sign of a quotation
    if blocks.read_line(state.src[first : state.eMarks[start]]) is None:
        return False
    if not silent:
        if "lines" not in state.env:
            state.env["lines"] = state.src.split("\n")
        block, length = blocks.read_block(state.env["lines"], start)
        state.line = start + length
        token = state.push("site_block", "", 0)
        token.block, token.map, token.meta = True, [start, state.line], {"block": block}
    return True


def _render_place_of_block(renderer, tokens, index, options, env):
    env["blocks"].append(tokens[index].meta["block"])
    return f'<div class="{env["secret"]}block-{len(env["blocks"]) - 1}"></div>\n'


def _render_formula(renderer, tokens, index, options, env):
    token = tokens[index]
    html = mathml(token.content, display=token.type != "math_inline")
    if "secret" in env:
        if token.type != "math_inline" or len(token.content) > MAX_INLINE:
            kind = "formula inline" if token.type == "math_inline" else "formula"
            html = f'<span class="{kind}" {SCROLLABLE}"Formula">{html}</span>'
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


def _mark_callouts(state):
    """Core rule: a quotation whose first line is "[!NOTE]" becomes a callout."""
    tokens, quotations = state.tokens, []
    for place, token in enumerate(tokens):
        if token.type == "blockquote_open":
            quotations.append(token)
        elif token.type == "blockquote_close":
            if quotations.pop().meta:
                token.tag = "div"
        elif token.type == "inline" and tokens[place - 1].type == "paragraph_open":
            is_first = bool(quotations) and tokens[place - 2] is quotations[-1]
            if is_first and (found := CALLOUT.match(token.content)):
                token.content = token.content[found.end() :]
                quotations[-1].meta["callout"] = found[1].lower()
                # A paragraph of nothing but the mark is not rendered.
                tokens[place - 1].hidden = tokens[place + 1].hidden = not token.content


def _mark_figures(state):
    """Core rule: a paragraph that is one image with a title becomes a figure, with the title as its caption."""
    for opening, text, closing in zip(state.tokens, state.tokens[1:], state.tokens[2:], strict=False):
        image = text.children[0] if text.type == "inline" and len(text.children or ()) == 1 else None
        if opening.type != "paragraph_open" or image is None or image.type != "image" or not image.attrs.get("title"):
            continue
        opening.tag = closing.tag = "figure"
        opening.hidden = closing.hidden = False
        caption = Token("text", "", 0, content=f" {image.attrs.pop('title')}")
        start, end = (Token("html_inline", "", 0, content=tag) for tag in ("<figcaption>", "</figcaption>"))
        text.children += [start, caption, end]


def _render_blockquote_open(renderer, tokens, index, options, env):
    kind = tokens[index].meta.get("callout")
    if not kind:
        return "<blockquote>\n"
    return f'<div class="{env["secret"]}callout {kind}">\n<p><strong>{kind.title()}</strong></p>\n'


def _repetition(token):
    """Return the suffix of the id of a second reference to the same footnote: ":1"."""
    return f":{token.meta['subId']}" if token.meta.get("subId", 0) > 0 else ""


def _text_parser():
    parser = MarkdownIt("commonmark").enable("table").use(footnote_plugin)
    parser.inline.ruler.after("escape", "math", dollar_rule)
    parser.core.ruler.after("block", "callouts", _mark_callouts)
    parser.core.ruler.after("inline", "figures", _mark_figures)
    interrupts = {"alt": ["paragraph", "reference", "blockquote", "list"]}
    parser.block.ruler.before("fence", "math_block", _math_block_rule, interrupts)
    for rule in ("math_inline", "math_display", "math_block"):
        parser.add_render_rule(rule, _render_formula)
    for rule in ("th_open", "td_open"):
        parser.add_render_rule(rule, _render_cell)
    parser.add_render_rule("blockquote_open", _render_blockquote_open)
    parser.add_render_rule("footnote_ref", _render_footnote_ref)
    parser.add_render_rule("footnote_open", _render_footnote_open)
    parser.add_render_rule("footnote_anchor", _render_footnote_anchor)
    parser.add_render_rule("footnote_block_open", lambda *args: f'<div class="{args[-1]["secret"]}footnotes"><ol>\n')
    parser.add_render_rule("footnote_block_close", lambda *args: "</ol></div>\n")
    return parser


def _block_parser():
    parser = _text_parser()
    interrupts = {"alt": ["paragraph", "reference", "blockquote", "list"]}
    parser.block.ruler.before("fence", "site_block", _block_rule, interrupts)
    parser.add_render_rule("site_block", _render_place_of_block)
    return parser


def _title_parser():
    parser = title_parser()
    for rule in ("math_inline", "math_display"):
        parser.add_render_rule(rule, _render_formula)
    return parser


PARSER = _text_parser()
BLOCK_PARSER = _block_parser()
TITLE_PARSER = _title_parser()
