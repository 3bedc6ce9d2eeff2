"""References as readers make them, for property tests."""

from hypothesis import strategies as st

from publications.references import Date, Name, Reference, csl
from publications.references.reference import CSL_NAMES
from publications.references.values.pages import hyphenated

# Letters, characters with a meaning in a format, and markup of TeX and HTML.
LETTERS = "abcXYZ 0123äößéřŽłØçñ–—“”’…&%$#_{}~^\\<>@*`'\"!?-/.,;:()[]=+|漢字αβ"
lines = st.text(LETTERS, max_size=30).map(lambda text: " ".join(text.split()))
words = st.text("abcXYZäÖéłñ-'", min_size=1, max_size=8).map(lambda text: text.strip("-' ")).filter(bool)
paragraphs = st.lists(lines.filter(bool), max_size=3).map("\n\n".join)
rich = st.lists(
    st.one_of(
        lines.filter(bool),
        lines.filter(bool).map("<i>{}</i>".format),
        st.just("$x_1^2 + \\alpha$"),
        words.map(str.title),
    ),
    max_size=3,
).map(lambda pieces: " ".join(" ".join(pieces).split()))
names = st.one_of(
    st.builds(
        Name, family=words.map(str.title), given=words.map(str.title),
        non_dropping_particle=st.sampled_from(["", "", "van der", "de la", "ibn"]),
        dropping_particle=st.sampled_from(["", "", "", "von"]), suffix=st.sampled_from(["", "", "Jr.", "III"]),
    ),
    lines.filter(bool).map(lambda text: Name(literal=text)),
    words.map(lambda text: Name(family=text)),
)  # fmt: skip
people = st.lists(names, max_size=3).map(tuple)
years = st.integers(1000, 2100)
parts = st.one_of(
    st.tuples(years), st.tuples(years, st.integers(1, 12)), st.tuples(years, st.integers(1, 12), st.integers(1, 28))
)
dates = st.one_of(
    st.just(Date()),
    parts.map(lambda one: Date((one,))),
    st.tuples(years).map(lambda one: Date((one, (one[0] + 1,)))),
    st.tuples(years, st.integers(1, 11)).map(lambda one: Date((one, (one[0], one[1] + 1)))),
    years.map(lambda year: Date(((year,),), season="2")),
    years.map(lambda year: Date(((year,),), circa=True)),
    lines.filter(lambda text: bool(text) and not any(letter.isdigit() for letter in text)).map(
        lambda text: Date(literal=text)
    ),
)
keywords = st.lists(words, max_size=3, unique=True).map(tuple)
extras = st.fixed_dictionaries(
    {},
    optional={
        "collection-title": lines.filter(bool),
        "annote": lines.filter(bool),
        "accessed": parts.map(lambda one: csl.date_to_csl(Date((one,)))),
        "recipient": st.just([{"family": "Babbage", "given": "Charles"}]),
        "bdsk-url-1": lines.filter(bool),
        "number-of-pages": st.just("12"),
        "odd": st.just({"a": ["b", {"c": "}{"}]}),
        "year": lines.filter(bool),
        "c1": lines.filter(bool),
    },
)
_texts = [
    name for name in CSL_NAMES
    if name not in ("type", "issued", "keyword", "abstract", "title", "note", "author", "editor", "translator",
                    "collection_editor", "container_author", "contributor", "doi", "arxiv_id", "citation_key", "number")
]  # fmt: skip
_values = st.fixed_dictionaries(
    {"type": st.sampled_from(sorted(csl.TYPES)), "title": rich, "author": people, "issued": dates},
    optional={
        **dict.fromkeys(_texts, lines),
        "page": lines.map(hyphenated),
        "editor": people,
        "translator": people,
        "contributor": people,
        "abstract": paragraphs,
        "note": lines,
        "keyword": keywords,
        "doi": st.sampled_from(["10.1000/a_b%c", "10.1002/(SICI)1097<1::AID>3.0.CO;2-#"]),
        "arxiv_id": st.sampled_from(["2412.07067v2", "hep-th/9901001"]),
        "citation_key": st.from_regex(r"[A-Za-zé][\w:+ -]{0,10}[a-z]", fullmatch=True).map(
            lambda text: " ".join(text.split())
        ),
        "number": words,
        "extra": extras,
    },
)


def references():
    """References of any type, with any of the fields."""
    return _values.map(lambda values: Reference(**values))
