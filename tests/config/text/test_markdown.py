import re
from html.parser import HTMLParser

import pytest
from django.test.utils import override_script_prefix
from hypothesis import given, settings
from hypothesis import strategies as st

from config.text.markdown import render, render_inline
from config.text.plain import plain
from config.text.source import with_absolute_links
from tests.work import counted_calls

# A browser removes tabs and line ends from a URL before it reads the scheme.
SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)


class Danger(HTMLParser):
    """Collects the elements, attributes and URLs that rendered text must not contain."""

    FORBIDDEN = {"script", "style", "iframe", "object", "embed", "svg", "form", "input", "base", "meta", "link"}

    def __init__(self, html):
        super().__init__()
        self.found = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        if tag in self.FORBIDDEN:
            self.found.append(tag)
        for name, value in attrs:
            if name.startswith("on") or name in {"style", "srcdoc", "formaction", "xlink:href", "srcset", "action"}:
                self.found.append(name)
            if name in {"href", "src"}:
                scheme = SCHEME.match(re.sub(r"[\t\r\n]", "", value or "").strip())
                self.found += [] if not scheme or scheme[0].lower() in {"http:", "https:", "mailto:"} else [value]

    def handle_comment(self, data):
        self.found.append(data)


def dangers(html):
    return Danger(html).found


HOSTILE = [
    "<script>alert(1)</script>",
    "<ScRiPt src=//evil.test/x.js></sCrIpT>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<script\n>alert(1)</script\n>",
    "<script/src=data:,alert(1)>",
    "<img src=x onerror=alert(1)>",
    "<img/src=x/onerror=alert(1)>",
    "<img src=x oNeRrOr\n=\nalert(1)>",
    "<img src=`x` onerror=alert(1)>",
    '<img src="javascript:alert(1)">',
    '<img src="data:image/svg+xml,<svg onload=alert(1)>">',
    "<img srcset='x 1x' onload=alert(1)>",
    "<img \"\"\"><script>alert(1)</script>\">",
    "<svg onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<svg><a xlink:href='javascript:alert(1)'><text>x</text></a></svg>",
    "<svg><animate onbegin=alert(1) attributeName=x dur=1s>",
    "<svg><use href='data:image/svg+xml,<svg id=x onload=alert(1)>#x'>",
    "<svg><style><img src=x onerror=alert(1)></style></svg>",
    "<svg></p><style><a id=\"</style><img src=1 onerror=alert(1)>\">",
    "<svg><foreignObject><iframe srcdoc='<script>alert(1)</script>'></foreignObject></svg>",
    "<svg><![CDATA[><img src=x onerror=alert(1)>]]></svg>",
    "<math href='javascript:alert(1)'>x</math>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)></style></mglyph></table></mtext></math>",
    "<math><mi xlink:href='javascript:alert(1)'>x</mi></math>",
    "<math><annotation-xml encoding='text/html'><script>alert(1)</script></annotation-xml></math>",
    "<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "<math><mtext><img src=x onerror=alert(1)></mtext></math>",
    "<iframe src='javascript:alert(1)'></iframe>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<object data='javascript:alert(1)'></object>",
    "<embed src='javascript:alert(1)'>",
    "<base href='https://evil.test/'>",
    "<meta http-equiv=refresh content='0;url=javascript:alert(1)'>",
    "<link rel=stylesheet href='https://evil.test/x.css'>",
    "<style>@import 'https://evil.test/x.css'</style>",
    "<p style='background:url(javascript:alert(1))'>x</p>",
    "<div style='position:fixed;inset:0'>x</div>",
    "<form action='javascript:alert(1)'><button>x</button></form>",
    "<form><button formaction='javascript:alert(1)'>x</button></form>",
    "<input autofocus onfocus=alert(1)>",
    "<select autofocus onfocus=alert(1)><option>x</select>",
    "<textarea autofocus onfocus=alert(1)></textarea><script>alert(1)</script>",
    "<video><source onerror=alert(1)></video>",
    "<audio src=x onerror=alert(1)>",
    "<details open ontoggle=alert(1)>x</details>",
    "<marquee onstart=alert(1)>x</marquee>",
    "<body onload=alert(1)>",
    "<b onmouseover=alert(1)>x</b>",
    "<a href=\"javascript:alert(1)\">x</a>",
    "<a href=\" &#14; javascript:alert(1)\">x</a>",
    "<a href=\"java\tscript:alert(1)\">x</a>",
    "<a href=\"jav&#x0A;ascript:alert(1)\">x</a>",
    "<a href=\"&#106;&#97;vascript&colon;alert(1)\">x</a>",
    "<a href=\"JaVaScRiPt:alert(1)\">x</a>",
    "<a href=\"vbscript:msgbox(1)\">x</a>",
    "<a href=\"data:text/html,<script>alert(1)</script>\">x</a>",
    "<a href=\"blob:https://evil.test/x\">x</a>",
    "<a href='x' onclick='alert(1)' class='button' id='top' style='color:red'>x</a>",
    "<a title='\"><img src=x onerror=alert(1)>'>x</a>",
    "[x](javascript:alert(1))",
    "[x](JavaScript&colon;alert(1))",
    "[x](<java\tscript:alert(1)>)",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](vbscript:msgbox)",
    "[x][r]\n\n[r]: javascript:alert(1)",
    "<javascript:alert(1)>",
    "![x](javascript:alert(1))",
    "![x\" onerror=\"alert(1)](x.png)",
    "![<script>alert(1)</script>](https://evil.test/x.png)",
    "![x](x.png \"\\\" onerror=\\\"alert(1)\")",
    "```\" onmouseover=\"alert(1)\n</code></pre><script>alert(1)</script>\n```",
    "`<script>alert(1)</script>`",
    r"$\text{<script>alert(1)</script>}$",
    r"$\text{<img src=x onerror=alert(1)>}$",
    r"$\text{&lt;script&gt;alert(1)&lt;/script&gt;}$",
    r"$\href{javascript:alert(1)}{x}$",
    r"$\style{background:url(javascript:alert(1))}{x}$",
    "$\\color{red\" onclick=\"alert(1)}{x}$",
    r"$\class{x\" onclick=\"alert(1)}{x}$",
    r"$\unicode{x3c}script\unicode{x3e}alert(1)$",
    r"$\verb|<script>alert(1)</script>|$",
    "$$</math><script>alert(1)</script>$$",
    "$<$img src=x onerror=alert(1)$>$",
    "<div title=\"\n\n$x$ \"><img src=x onerror=alert(1)>",
    "<div title=\"\n\n$\\text{\" onclick=alert(1) }$ \">",
    "<a href=\"\n\n$\\text{javascript:alert(1)}$ \">x</a>",
    "<!-- --!><img src=x onerror=alert(1)> -->",
    "<!--><script>alert(1)</script>-->",
    "<?xml-stylesheet href='javascript:alert(1)'?>",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<!DOCTYPE x [<!ENTITY y '<script>alert(1)</script>'>]>",
    "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">",
    "<xmp><p title=\"</xmp><img src=x onerror=alert(1)>\">",
    "<title><p title=\"</title><img src=x onerror=alert(1)>\">",
    "<template><script>alert(1)</script></template>",
    "<table><caption><svg><title><style><img src=x onerror=alert(1)></table>",
    "[^1]\n\n[^1]: <script>alert(1)</script>",
    "[^\"><script>alert(1)</script>]\n\n[^\"><script>alert(1)</script>]: x",
    "|<script>alert(1)</script>|\n|:-:|\n|<img src=x onerror=alert(1)>|",
    "</section></main><script>alert(1)</script>",
    "\x00<scr\x00ipt>alert(1)</scr\x00ipt>",
    "<<script>script>alert(1)<</script>/script>",
]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_harmless(text):
    assert dangers(render(text)) == []
    assert dangers(render_inline(text)) == []


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_harmless_inside_a_table_a_list_and_a_footnote(text):
    line = " ".join(text.split())

    html = render(f"| a |\n|---|\n| {line} |\n\n- {line}\n\n> {line}\n\nx[^1]\n\n[^1]: {line}\n\n# {line}")

    assert dangers(html) == []


@settings(deadline=None)
@given(st.text())
def test_any_text_is_rendered_without_danger(text):
    assert dangers(render(text)) == []
    assert dangers(render_inline(text)) == []
    assert "\n" not in plain(text)


@settings(deadline=None)
@given(st.lists(st.sampled_from([
    "<", ">", '"', "'", "=", "&", "$", "$$", "\\", "{", "}", "|", "\n", "\n\n", " ", "`", "*", "#", "- ", "[", "](",
    ")", "^", "_", "!", "[^1]", "[^1]: ", "a", "script", "img", " src=", " onerror=", "javascript:", "<svg>", "<math>",
    "<style>", "</", "<!--", "-->", "\\text{", "\\href{", "\\frac", "\\left(", "\\begin{matrix}", "<table>", "<p ",
    "\ud800",
])).map("".join))  # fmt: skip
def test_any_mixture_of_markup_is_rendered_without_danger(text):
    assert dangers(render(text)) == []
    assert dangers(render_inline(text)) == []
    assert "\n" not in plain(text)


@settings(deadline=None)
@given(st.text())
def test_any_formula_is_rendered_without_danger(tex):
    assert dangers(render(f"$${tex}$$")) == []
    assert dangers(render(rf"$x\text{{{tex}}}$")) == []


def test_rendering_is_deterministic():
    text = '<div title="\n\n$x$ ">[^1]\n\n[^1]: note'

    assert render.__wrapped__(text) == render.__wrapped__(text)


def test_paragraphs_and_emphasis():
    assert render("On *E. coli* and **more**.") == "<p>On <em>E. coli</em> and <strong>more</strong>.</p>\n"


@pytest.mark.parametrize(("level", "expected"), [(1, [1, 2, 3]), (2, [2, 3, 4]), (3, [3, 4, 5]), (6, [6, 6, 6])])
def test_headings_start_at_the_given_level(level, expected):
    html = render("# a\n\n## b\n\n###### c", level)

    assert [int(digit) for digit in re.findall(r"<h(\d)>", html)] == expected
    assert [int(digit) for digit in re.findall(r"</h(\d)>", html)] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("## a\n\n### b", [3, 4]),
        ("### a\n\n## b\n\n### c", [3, 3, 4]),
        ("# a\n\n#### b\n\n### c\n\n###### d\n\n## e", [3, 4, 4, 5, 4]),
        ("#\n\n### a\n\n##", [3]),
        ("<h2>a<blockquote><h5>b</h5></blockquote></h2>\n\n# c", [3, 4, 3]),
        ("<h4>a</h4>", [3]),
        ("`<h1>`\n\n## a", [3]),
    ],
)
def test_the_headings_of_a_text_start_at_the_given_level_and_skip_none_whatever_their_own_levels(text, expected):
    assert [int(digit) for digit in re.findall(r"<h(\d)>", render(text, 3))] == expected


def test_a_heading_in_raw_html_is_shifted_too():
    assert render("<h1>a</h1>", 3) == "<h3>a</h3>"


def test_an_external_link_sends_no_referrer():
    html = render("[x](https://example.org/)")

    assert html == '<p><a href="https://example.org/" rel="noopener noreferrer">x</a></p>\n'


def test_an_image_of_this_site_stays():
    assert render("![A cat](/media/cat.png)") == '<p><img src="/media/cat.png" alt="A cat"></p>\n'


@pytest.mark.parametrize("src", ["https://example.org/x.png", "//example.org/x.png", "data:image/png;base64,AA=="])
def test_an_external_image_becomes_its_alt_text(src):
    assert render(f'<img src="{src}" alt="A &lt;cat&gt;">').strip() == "A &lt;cat&gt;"


def test_raw_html_loses_style_class_and_id():
    html = render('<p style="x" class="button" id="main">H<sub id="x">2</sub>O</p>')

    assert html == "<p>H<sub>2</sub>O</p>"


def test_a_table_is_in_a_scrollable_box():
    html = render("| a |\n|--:|\n| 1 |")

    assert html.startswith('<div class="table-scroll" tabindex="0" role="group" aria-label="Table"><table>')
    assert html.rstrip().endswith("</table></div>")
    assert '<td class="align-right">1</td>' in html


def test_footnotes_of_two_texts_have_different_ids():
    first, second = render("a[^1]\n\n[^1]: x"), render("b[^1]\n\n[^1]: x")

    assert set(re.findall(r'id="([^"]+)"', first)).isdisjoint(re.findall(r'id="([^"]+)"', second))


def test_a_footnote_and_its_mark_link_to_each_other():
    html = render("a[^n]\n\n[^n]: Note.", prefix="bio")

    assert 'href="#fn-bio-1" id="fnref-bio-1"' in html
    assert '<li id="fn-bio-1">' in html
    assert 'href="#fnref-bio-1"' in html


def test_inline_maths_becomes_mathml():
    expected = '<math display="inline"><mrow><msup><mi>x</mi><mn>2</mn></msup></mrow></math>'

    assert render("So $x^2$.") == f"<p>So {expected}.</p>\n"


def test_display_maths_becomes_a_block():
    html = render("So\n$$\na\n- b\n$$")

    box = '<span class="formula" tabindex="0" role="group" aria-label="Formula">'
    assert html.startswith(f'<p>So</p>\n<p>{box}<math display="block">')
    assert html.endswith("</math></span></p>\n")
    assert "<mo>−</mo>" in html


def test_wide_code_can_be_scrolled_by_keyboard():
    opening = '<pre tabindex="0" role="group" aria-label="Code">'

    assert render("    x = 1") == f"{opening}<code>x = 1\n</code></pre>\n"
    assert render("<pre>x</pre>") == f"{opening}x</pre>"


def test_a_long_formula_in_a_line_can_be_scrolled_too():
    box = '<span class="formula inline" tabindex="0" role="group" aria-label="Formula"><math display="inline">'

    assert box in render(f"So ${' + '.join('abcdefghi')}$.")
    assert "tabindex" not in render(f"So ${' + '.join('abcdefgh')}$.")


def test_a_formula_in_a_link_or_a_title_is_no_stop_for_the_tab_key():
    assert "tabindex" not in render("[$$x$$](https://example.org/)")
    assert "tabindex" not in render_inline("On $$x$$")


def test_a_formula_may_precede_a_digit():
    assert "<math" in render("$x$ in 2024")


@pytest.mark.parametrize(
    "text", ["A* search costs $100 and $200", "from $5 to $10", "$5–$10", "US$ 5 and AU$ 6", r"\$x\$", "one $"]
)
def test_amounts_of_money_are_not_maths(text):
    assert "<math" not in render(text)
    assert "<math" not in render_inline(text)


@pytest.mark.parametrize(
    "tex",
    [r"\nosuchcommand{x}", r"\frac{1}", "x^", r"\begin{matrix}", r"\def\a{\a\a}\a", "{" * 100_000, "a_" * 100_000],
)  # fmt: skip
def test_unreadable_maths_is_shown_as_tex(tex):
    assert render_inline(f"${tex}$") == f"<code>${tex}$</code>"


def test_signs_in_maths_are_escaped():
    html = render_inline(r"$a < b \text{ \& <script>}$")

    assert "<mo>&lt;</mo>" in html
    assert "<script" not in html


@pytest.mark.parametrize(
    ("tex", "letters"),
    [(r"\mathbf{xY}", "𝐱𝐘"), (r"\boldsymbol{\theta}", "𝜽"), (r"\mathbf{1x}", "𝟏𝐱"), (r"\mathbf{+}", "+")],
)
def test_bold_maths_uses_bold_unicode_letters(tex, letters):
    html = render_inline(f"${tex}$")

    assert re.sub(r"<[^>]*>", "", html) == letters


def test_the_names_of_functions_are_spaced_and_applied():
    html = render_inline(r"$n \log n + \sin(x)$")

    space, applied = '<mspace width="0.167em"></mspace>', "<mo>\u2061</mo>"
    assert f"<mi>n</mi>{space}<mi>log</mi>{applied}{space}<mi>n</mi>" in html
    assert f"<mi>sin</mi>{applied}<mo" in html


def test_relations_and_brackets_are_operators():
    assert "<mi>a</mi><mo>∼</mo><mo>⟨</mo><mi>b</mi><mo>⟩</mo>" in render_inline(r"$a \sim \langle b \rangle$")


def test_a_formula_loses_colours_and_units_that_mathml_does_not_have():
    html = render_inline(r"$\color{red}{a}\mkern3mu b$")

    assert "red" not in html
    assert "mu" not in html


@pytest.mark.parametrize("markup", ["$", "$a ", "[", "![", "[a](", "[^1]", "<b>", ">", "*a ", "- ", "`", "|a", "\\"])
def test_the_work_of_rendering_grows_linearly(markup):
    def work(length):
        with counted_calls() as calls:
            render.__wrapped__(markup * length)
        return calls[0]

    work(1)  # the first text takes more: it fills caches

    assert work(2000) < 2.2 * work(1000)


@pytest.mark.parametrize("markup", ["<div>", "<div>\n\n", "<ul><li>", '<a href="/x"><div>'])
def test_very_deep_html_becomes_flat(markup):
    html = render(markup * 1000 + "the end")

    assert 0 < html.count(markup[:2]) <= 100
    assert "the end" in html


def test_a_thousand_paragraphs_without_end_tags_stay():
    assert render("<p>x" * 1000).count("<p>x</p>") == 1000


def test_a_title_may_contain_emphasis_code_and_maths_only():
    html = render_inline("On *E. coli*, `code` & <b> [x](https://example.org) ![y](z.png)")

    assert html == (
        "On <em>E. coli</em>, <code>code</code> &amp; &lt;b&gt; [x](https://example.org) ![y](z.png)"
    )  # fmt: skip


def test_a_title_with_a_star_or_dollars_is_unchanged():
    assert render_inline("A* search costs $100 and $200") == "A* search costs $100 and $200"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("On *E. coli* and $x^2$", "On E. coli and x²"),
        (r"CO<sub>2</sub> and CO$_2$ at $\sqrt{s}$", "CO₂ and CO₂ at √s"),
        ("So\n\n$$a \\le b$$\n\nholds.", "So a ≤ b holds."),
        ("1984. A review & more", "1984. A review & more"),
        ("The <unk> token in <b>bold</b>", "The <unk> token in bold"),
        ("# Head\n\n- a `b`\n- [c](https://example.org)\n\nend[^1].\n\n[^1]: note", "Head a b c end."),
        ("", ""),
    ],
)
def test_plain_text_is_one_line_without_markup(text, expected):
    assert plain(text) == expected


@pytest.mark.parametrize(
    ("text", "host"),
    [
        ("[https://bank.example](https://evil.test/)", "(evil.test)"),
        ("[www.bank.com/login](https://evil.test/)", "(evil.test)"),
        ("<a href='https://evil.test/'>*bank.com*</a>", "(evil.test)"),
        ("[https://bank.com](https://bank.com.evil.test/)", "(bank.com.evil.test)"),
        ("[here](https://bаnk.com/)", "(xn--bnk-6cd.com)"),
        ("[https://bank.com](https://www.bank.com/a)", ""),
        ("[bank.com](https://my.bank.com/)", ""),
        ("[node.js](https://nodejs.test/)", ""),
        ("[the bank](https://evil.test/)", ""),
        ("[here](https://müller.example/)", ""),
    ],
)
def test_a_link_whose_text_names_another_host_is_followed_by_its_host(text, host):
    html = render(text)

    assert html.partition("</a>")[2].strip().removesuffix("</p>") == host


@pytest.mark.parametrize("title", ["<title>", "<b></b>", "<svg>", "<!-- x -->"])
def test_a_title_of_markup_only_is_returned_as_typed(title):
    assert plain(title) == title


@pytest.mark.parametrize("path", ["", "/~ada", "/people/ada"])
def test_an_image_that_was_pasted_when_the_site_had_another_path_is_shown(path):
    html = render(f"![A loom]({path}/media/images/text/abc/loom.webp)")

    assert '<img src="/media/images/text/abc/loom.webp" alt="A loom">' in html
    sized = render(f"![A loom]({path}/media/images/text/abc_1600x900/loom.webp)")
    assert '<img src="/media/images/text/abc_1600x900/loom.webp" alt="A loom" width="1600" height="900">' in sized


@pytest.mark.parametrize(
    ("text", "html"),
    [
        (
            "> [!NOTE]\n> Mind *this*.",
            '<div class="callout note"> <p><strong>Note</strong></p> <p>Mind <em>this</em>.</p> </div>',
        ),
        (
            "> [!caution]\n>\n> - one",
            '<div class="callout caution"> <p><strong>Caution</strong></p> <ul> <li>one</li> </ul> </div>',
        ),
        ("> # [!NOTE]", "<blockquote> <h2>[!NOTE]</h2> </blockquote>"),
        ("> [!NOTE] Mind this.", "<blockquote> <p>[!NOTE] Mind this.</p> </blockquote>"),
        ("> [!OTHER]\n> x", "<blockquote> <p>[!OTHER] x</p> </blockquote>"),
        ('<div class="callout note">x</div>', "<div>x</div>"),
    ],
)
def test_a_quotation_with_a_mark_is_a_callout(text, html):
    assert " ".join(render(text).split()) == html


def test_callouts_may_contain_quotations_and_callouts():
    text = render("> [!TIP]\n> > quoted\n>\n> > [!WARNING]\n> > inner\n\nafter")
    assert text.count("<div") == text.count("</div>") == 2
    assert text.count("<blockquote>") == text.count("</blockquote>") == 1


def test_the_plain_text_of_a_callout_is_without_its_mark():
    assert plain("> [!NOTE]\n> Mind this.") == "Mind this."


def test_a_link_to_a_path_on_the_site_leads_below_the_path_of_the_site():
    text = "[a](/join-us/#how) [b](/~ada/cv/) [c](//b.example/) [d](talks/) [e](https://e.example/)"
    with override_script_prefix("/~ada/"):
        found = re.findall('href="([^"]*)"', render(text))
        source = with_absolute_links(text, "/~ada/people/", "https://a.example{}".format)

    assert found == ["/~ada/join-us/#how", "/~ada/cv/", "//b.example/", "talks/", "https://e.example/"]
    for path in ("join-us/#how", "cv/", "people/talks/"):
        assert f"](https://a.example/~ada/{path})" in source
