import pytest

from publications.references import Name
from publications.references.names import parse_name, parse_names
from publications.references.tex import from_tex


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("Ludwig van Beethoven", Name(family="Beethoven", given="Ludwig", non_dropping_particle="van")),
        ("van Beethoven, Ludwig", Name(family="Beethoven", given="Ludwig", non_dropping_particle="van")),
        ("Jean de La Fontaine", Name(family="La Fontaine", given="Jean", non_dropping_particle="de")),
        ("Abu ibn Sina", Name(family="Sina", given="Abu", non_dropping_particle="ibn")),
        (r"{\"O}zlem Kaya", Name(family="Kaya", given="Özlem")),
        ("Özlem Kaya", Name(family="Kaya", given="Özlem")),
        (r"{\v S}t{\v e}p{\'a}n Nov{\'a}k", Name(family="Novák", given="Štěpán")),
        ("King, Jr., Martin Luther", Name(family="King", given="Martin Luther", suffix="Jr.")),
        ("King, Martin Luther, Jr.", Name(family="King", given="Martin Luther", suffix="Jr.")),
        ("John Smith III", Name(family="Smith", given="John", suffix="III")),
        ("{Barnes and Noble}", Name(literal="Barnes and Noble")),
        ("{van Gogh}, Vincent", Name(family="van Gogh", given="Vincent")),
        ("Brinch Hansen, Per", Name(family="Brinch Hansen", given="Per")),
        ("Plato", Name(family="Plato")),
        ("family=Harman, given=Hans, prefix=van", Name(family="Harman", given="Hans", non_dropping_particle="van")),
        (r"Nguy{\~\^e}n, {\DJ}{\`\i}nh", Name(family="Nguyễn", given="Đình")),
    ],
)
def test_a_name_is_split_into_parts(source, expected):
    assert parse_names(source) == ((expected,), False)


@pytest.mark.parametrize(
    ("source", "count", "others"),
    [
        ("A B and C D\n  and E F", 3, False),
        ("A B AND others", 1, True),
        ("Ada Lovelace et al.", 1, True),
        ("Ada Lovelace; Charles Babbage", 2, False),
        ("Ada Lovelace, Charles Babbage, Alan Turing", 3, False),
        ("Sand, George and Brand, Anders", 2, False),
        ("", 0, False),
    ],
)
def test_a_list_of_names_is_split(source, count, others):
    found, has_others = parse_names(source)

    assert (len(found), has_others) == (count, others)


@pytest.mark.parametrize("text", ["Ada Lovelace", "Ludwig van Beethoven", "Martin Luther King, Jr.", "John Smith III"])
def test_a_printed_name_comes_back(text):
    assert str(parse_name(text)) == text


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (r"\'{\i} \v{c} {\o} \o re \ss{} {\AA} \H{o} \k{a} \.z \d{u} \c c", "í č ø øre ß Å ő ą ż ụ ç"),
        (r"50\% of 100% \& \_ \# \$5", "50% of 100% & _ # $5"),
        ("``quoted'' -- and --- so~on", "“quoted” – and — so on"),
        (r"\mbox{kept} \url{http://x.org/a_b} \href{http://x.org}{text} \enquote{said}",
         "kept http://x.org/a_b text “said”"),
        (r"\emph{a} {\bf b} \textsubscript{c} {\it d}", "<i>a</i> <b>b</b> <sub>c</sub> <i>d</i>"),
        (r"$\alpha_1$, \(x^2\) and \ensuremath{\beta}", r"$\alpha_1$, $x^2$ and $\beta$"),
        (r"\unknown{x} stays", r"\unknown{x} stays"),
        (r"\noopsort{1973}Title", "Title"),
    ],
)  # fmt: skip
def test_tex_becomes_text(source, expected):
    assert from_tex(source) == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("{GPU}s", '<span class="nocase">GPU</span>s'),
        (r"{\'E}cole", "École"),
        (r"{{\'E}cole}", '<span class="nocase">École</span>'),
        ("{2}", "2"),
        ("{A {B} C}", '<span class="nocase">A B C</span>'),
    ],
)
def test_braces_that_protect_are_marked(source, expected):
    assert from_tex(source) == expected
