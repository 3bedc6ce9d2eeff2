"""Markdown with TeX maths to clean HTML with MathML, on the server: a visitor's browser runs nothing for it."""

import html
import re
import secrets
from functools import lru_cache
from hashlib import blake2s

import nh3
from latex2mathml.converter import convert
from markdown_it import MarkdownIt
from mdit_py_plugins.dollarmath import dollarmath_plugin
from mdit_py_plugins.footnote import footnote_plugin

LONGEST_MATHS = 5_000
LONGEST_CACHED = 20_000

TAGS = {
    "a", "abbr", "b", "blockquote", "br", "cite", "code", "dd", "del", "details", "dfn", "div", "dl", "dt", "em",
    "figcaption", "figure", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img", "ins", "kbd", "li", "mark", "ol",
    "p", "pre", "q", "s", "samp", "section", "small", "span", "strong", "sub", "summary", "sup", "table", "tbody",
    "td", "tfoot", "th", "thead", "time", "tr", "u", "ul", "var",
}  # fmt: skip
ATTRIBUTES = {
    "*": {"lang", "dir", "title"},
    "a": {"href"},
    "img": {"src", "alt", "width", "height"},
    "ol": {"start"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
    "time": {"datetime"},
}
INLINE_TAGS = {"em", "strong", "code", "sub", "sup"}
MATHML_TAGS = {
    "math", "menclose", "merror", "mfenced", "mfrac", "mi", "mmultiscripts", "mn", "mo", "mover", "mpadded",
    "mphantom", "mprescripts", "mroot", "mrow", "ms", "mspace", "msqrt", "mstyle", "msub", "msubsup", "msup",
    "mtable", "mtd", "mtext", "mtr", "munder", "munderover", "none",
}  # fmt: skip
MATHML_ATTRIBUTES = {
    "accent", "accentunder", "columnalign", "columnlines", "columnspacing", "columnspan", "depth", "display",
    "displaystyle", "fence", "form", "height", "largeop", "linethickness", "lspace", "mathsize", "mathvariant",
    "maxsize", "minsize", "movablelimits", "notation", "rowlines", "rowspacing", "rowspan", "rspace", "scriptlevel",
    "separator", "stretchy", "symmetric", "voffset", "width",
}  # fmt: skip


def mathml(tex, *, block=False):
    """TeX as MathML; as code where it cannot be read. Never raises."""
    try:
        if len(tex) > LONGEST_MATHS:
            raise ValueError("too long")
        return _clean_mathml(convert(tex, display="block" if block else "inline"))
    except Exception:  # noqa: BLE001  (the converter raises whatever Python does on TeX that it cannot read)
        fence = "$$" if block else "$"
        return f"<code>{html.escape(fence + tex + fence)}</code>"


def _clean_mathml(markup):
    """Tags, attributes and text of our own list alone; all text escaped anew.

    MathML inside HTML is where sanitisers and browsers part ways, so what leaves here holds no element through
    which a parser goes back to HTML (annotation-xml, mglyph) and no attribute that loads or links (href, src).
    """
    pieces = []
    for tag, text in re.findall(r"(<[^<>]*>)|([^<>]+)", markup):
        if text:
            pieces.append(html.escape(html.unescape(text)))
            continue
        match = re.fullmatch(r"<(/?)([a-z]+)((?:\s+[a-z]+=\"[^\"<>]*\")*)\s*(/?)>", tag)
        name = match and match[2]
        if name not in MATHML_TAGS:
            if match is None or not re.fullmatch(r"</?(?:math|annotation|semantics)\b.*", tag, re.DOTALL):
                raise ValueError(tag)
            attributes = ""
        if name == "math" and not match[1]:
            block = ' display="block"' if 'display="block"' in match[3] else ""
            pieces.append(f"<math{block}>")
            continue
        attributes = "".join(
            f' {key}="{html.escape(html.unescape(value))}"'
            for key, value in re.findall(r"\s+([a-z]+)=\"([^\"]*)\"", match[3])
            if key in MATHML_ATTRIBUTES
        )
        pieces.append(f"<{match[1]}{name}{attributes}>" + (f"</{name}>" if match[4] else ""))
    return "".join(pieces)


def _parser(*, blocks):
    parser = MarkdownIt("commonmark", {"html": blocks})
    parser.use(dollarmath_plugin, allow_digits=False, allow_space=False, double_inline=blocks)
    for name in ("math_inline", "math_inline_double", "math_block", "math_block_label"):
        parser.add_render_rule(name, _keep_maths)
    if blocks:
        parser.enable("table").use(footnote_plugin)
    else:
        parser.disable(["link", "image", "autolink", "html_inline", "newline"])
    return parser


def _keep_maths(renderer, tokens, index, options, env):
    # Set aside under a name that nobody can guess, so that cleaning and maths do not meet.
    token = tokens[index]
    env["maths"].append(mathml(token.content, block=token.type != "math_inline"))
    return f"{env['mark']}{len(env['maths']) - 1}x"


BLOCKS = _parser(blocks=True)
INLINE = _parser(blocks=False)


def _attribute(tag, name, value):
    if tag == "img" and name == "src":
        # The visitor's browser asks nobody else for a picture.
        return value if re.match(r"/(?![/\\])", value) else None
    return value


def _footnotes(markup, prefix):
    """The plugin's anchors, named apart from those of other texts on the page and kept through the cleaning."""
    markup = re.sub(r'<(hr) class="footnotes-sep"[^>]*>', "", markup)
    markup = re.sub(r'(?<= id=")(fn[\w:-]*)(?=")', rf"{prefix}-\1", markup)
    return re.sub(r'(?<= href="#)(fn[\w:-]*)(?=")', rf"{prefix}-\1", markup)


def _shift_headings(markup, level):
    def shifted(match):
        return f"<{match[1]}h{min(6, int(match[2]) + level - 1)}"

    return re.sub(r"<(/?)h([1-6])\b", shifted, markup)


def render(text, level=2):
    """HTML of a Markdown text, its ``#`` headings as h``level``. Safe to put on a page, whatever the text."""
    return _render_cached(text, level) if len(text) <= LONGEST_CACHED else _render(text, level)


def _render(text, level):
    env = {"maths": [], "mark": f"maths{secrets.token_hex(16)}n"}
    prefix = f"n{blake2s(text.encode(errors='replace'), digest_size=4).hexdigest()}"
    text = text.replace("\0", "")
    anchors = re.compile(rf"{prefix}-fn[\w:-]*")

    def keep(tag, name, value):
        if name in ("id", "class"):
            return value if name == "id" and anchors.fullmatch(value) else None
        return _attribute(tag, name, value)

    markup = _shift_headings(_footnotes(BLOCKS.render(text, env), prefix), level)
    clean = nh3.clean(
        markup,
        tags=TAGS,
        clean_content_tags=FORGET,
        attributes=ATTRIBUTES | {"a": {"href", "id"}, "li": {"id"}, "section": set()},
        attribute_filter=keep,
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener",
    )
    clean = re.sub(r"<img(?![^>]* src=)[^>]*?(?: alt=\"([^\"]*)\")?[^>]*>", r"\1", clean)
    clean = clean.replace("<table>", '<div class="table-scroll" tabindex="0" role="region" aria-label="Table"><table>')
    clean = clean.replace("</table>", "</table></div>")
    return re.sub(rf"{env['mark']}(\d+)x", lambda match: env["maths"][int(match[1])], clean)


FORGET = {"script", "style", "svg", "math", "template", "noscript", "iframe", "object", "textarea", "title", "xmp"}

_render_cached = lru_cache(maxsize=2048)(_render)


@lru_cache(maxsize=8192)
def render_inline(text):
    """HTML of a title: emphasis, code and maths; everything else stays text."""
    env = {"maths": [], "mark": f"maths{secrets.token_hex(16)}n"}
    markup = INLINE.renderInline(text.replace("\0", ""), env)
    clean = nh3.clean(markup, tags=INLINE_TAGS, clean_content_tags=set(), attributes={}, link_rel=None)
    return re.sub(rf"{env['mark']}(\d+)x", lambda match: env["maths"][int(match[1])], clean)


@lru_cache(maxsize=4096)
def plain(text):
    """The text without its markup, on one line; maths as its TeX."""
    env = {"maths": [], "mark": ""}
    words = []
    for token in BLOCKS.parse(str(text).replace("\0", ""), env):
        if token.type == "inline":
            words.extend(child.content or " " for child in token.children if child.type != "html_inline")
            words.append(" ")
        elif token.type in ("fence", "code_block", "math_block"):
            words.append(f"{token.content} ")
    return " ".join("".join(words).split())
