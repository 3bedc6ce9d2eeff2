"""TeX maths as text."""

import pytest

from publications.references.values import maths
from publications.references.values.markup import plain


@pytest.mark.parametrize(
    ("tex", "expected"),
    [
        (r"k \ll n", "k ≪ n"),
        (r"\mathcal{O}(k \log n)", "𝒪(k log n)"),
        (r"{\cal O}(n\log^2 n)", "𝒪(n log² n)"),
        (r"\Omega(n^{1/2})", "Ω(n^(1/2))"),
        (r"\sqrt{s}=13", "√s = 13"),
        (r"\sqrt{s_{NN}} = 5.02\,\mathrm{TeV}", "√s_NN = 5.02 TeV"),
        (r"\sqrt[3]{x + 1}", "∛(x + 1)"),
        (r"t\bar{t}H", "tt̄H"),
        (r"H \to b\bar b", "H → bb̄"),
        (r"\bar{\nu}_e, \hat x, \vec{E}", "ν̄ₑ, x̂, E⃗"),
        (r"\overline{MS}", "M̅S̅"),
        ("_2", "₂"),
        ("^{13}C", "¹³C"),
        (r"\ce{Ca(OH)2}", "Ca(OH)₂"),
        (r"\mathrm{Fe_2O_3}", "Fe₂O₃"),
        ("10^{-3}", "10⁻³"),
        ("x^2 + x_n", "x² + xₙ"),
        ("x_{max}", "x_max"),
        (r"e^{-\lambda t}", "e^(−λt)"),
        (r"L^\infty", "L^∞"),
        ("x_i^2 - a_{i+1}", "xᵢ² − aᵢ₊₁"),
        (r"90^\circ, f''(x)", "90°, f″(x)"),
        (r"\frac{a}{b}", "a/b"),
        (r"\frac{a+b}{2}", "(a + b)/2"),
        (r"\binom{n}{k}", "(n choose k)"),
        (r"\alpha\beta \le \varepsilon", "αβ ≤ ε"),
        (r"-1 \pm 2 \times 3", "−1 ± 2 × 3"),
        (r"a \sim b \approx c \not= d", "a ∼ b ≈ c ≠ d"),
        (r"x \in \mathbb R^{d}", "x ∈ ℝᵈ"),
        (r"\{0,1\}^n", "{0, 1}ⁿ"),
        ("1{,}000", "1,000"),
        (r"\mathbf{x}_i \mathsf{P}", "xᵢP"),
        (r"\text{if } x < 1", "if x < 1"),
        (r"\operatorname*{arg\,max}_\theta f", "arg max_θ f"),
        (r"\sum_{i=1}^n x_i", "∑ᵢ₌₁ⁿ xᵢ"),
        (r"P(A \mid B)", "P(A | B)"),
        (r"K^{*0} \to \mu^+\mu^-", "K*⁰ → μ⁺μ⁻"),
        (r"5\TeV", "5 TeV"),
        (r"\begin{pmatrix}a & b\\ c & d\end{pmatrix}", "(a b; c d)"),
        (r"\mathsemicolon", ";"),
    ],
)
def test_a_formula_is_written_in_unicode(tex, expected):
    assert maths.plain(tex) == expected


def test_rich_text_keeps_indices():
    assert maths.rich(r"x_{max}^2 \le \sqrt{s}") == "x<sub>max</sub><sup>2</sup> ≤ √s"


@pytest.mark.parametrize(
    "tex", ["{" * 3000, r"\frac" * 700, "^a" * 1900, r"\left(" * 600, r"\mathop{" * 500, r"\def\a{\a\a}\a", "x" * 10**6]
)
def test_a_hostile_formula_becomes_no_longer_text(tex):
    assert len(maths.plain(tex)) <= len(tex)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (r"The $k \ll n$ case in CO$_2$", "The k ≪ n case in CO₂"),
        ("<i>In vivo</i> CO<sub>2</sub>, <sup>13</sup>C and R<sup>n</sup>", "In vivo CO₂, ¹³C and Rⁿ"),
        ("The 21<sup>st</sup> century, V<sub>max</sub>", "The 21st century, Vmax"),
        ("From $5 to $10", "From $5 to $10"),
        ("5$ or 6$, US$5 or A$6", "5$ or 6$, US$5 or A$6"),
        (r"A$\beta$42 at 5$^\circ$C in 10$\times$10 3$d$ wells", "Aβ42 at 5°C in 10×10 3d wells"),
    ],
)
def test_plain_text_of_a_title_has_no_markup(text, expected):
    assert plain(text) == expected
