"""BibTeX and BibLaTeX as real files have them."""

import pytest

from publications.references import Date, Name, Reference, bibtex


def read(source):
    [reference] = bibtex.loads(source).references
    return reference


def field(name, value, entry="article"):
    """The Reference of an entry with one field."""
    return read(f"@{entry}{{a, title = {{T}}, journal = {{J}}, {name} = {value}}}")


def keys(loaded):
    return [reference.citation_key for reference in loaded.references]


def test_an_article_is_imported_field_by_field():
    found = read(r"""
        @ARTICLE{mueller2020,
          author = {M{\"u}ller, J{\"u}rgen and van der Berg, Jan and {The {ATLAS} Collaboration} and others},
          title = {A {GPU} Study of $O(n^2)$ Sorting: \emph{in vivo}},
          journal = "Journal of Things",
          year = 2020, month = mar, volume = 12, number = {3}, pages = {1--29},
          doi = {https://doi.org/10.1000/a\_b}, url = {https://x.org/~ada/a_b%20c}, keywords = {one, two},
        }""")

    assert found == Reference(
        type="article-journal",
        citation_key="mueller2020",
        title="A GPU Study of $O(n^2)$ Sorting: <i>in vivo</i>",
        author=(
            Name(family="Müller", given="Jürgen"),
            Name(family="Berg", given="Jan", non_dropping_particle="van der"),
            Name(literal="The ATLAS Collaboration"),
        ),
        issued=Date(((2020, 3),)),
        container_title="Journal of Things",
        volume="12",
        issue="3",
        page="1-29",
        doi="10.1000/a_b",
        url="https://x.org/~ada/a_b%20c",
        keyword=("one", "two"),
        extra={
            "et-al": ["author"],
            "nocase": {"title": 'A <span class="nocase">GPU</span> Study of $O(n^2)$ Sorting: <i>in vivo</i>'},
        },
    )


@pytest.mark.parametrize(
    ("name", "value", "attribute", "expected"),
    [
        ("month", "may", "issued", Date(literal="may")),
        ("year", "{2019/2020}", "issued", Date(((2019,), (2020,)))),
        ("year", "{c. 1843}", "issued", Date(((1843,),), circa=True)),
        ("year", "{in press}", "status", "in press"),
        ("date", "{2019-03-17}", "issued", Date(((2019, 3, 17),))),
        ("date", "{2010/2011-02}", "issued", Date(((2010,), (2011, 2)))),
        ("date", "{2019-21}", "issued", Date(((2019,),), season="1")),
        ("date", "{1843~}", "issued", Date(((1843,),), circa=True)),
        ("note", r"{50\% \& more \# 1}", "note", "50% & more # 1"),
        ("note", "{100% sure}", "note", "100% sure"),
        ("pages", "{1 -- 29}", "page", "1-29"),
        ("pages", "{1–29}", "page", "1-29"),
        ("eid", "{061102}", "page", "061102"),
        ("doi", "{doi:10.1000/x}", "doi", "10.1000/x"),
        ("doi", "{http://dx.doi.org/10.1000/x}", "doi", "10.1000/x"),
        ("url", r"{https://x.org/a\_b\%20c\~{}d}", "url", "https://x.org/a_b%20c~d"),
        ("howpublished", r"{\url{https://x.org/a}}", "url", "https://x.org/a"),
        ("eprint", "{arXiv:1706.03762v2}", "arxiv_id", "1706.03762v2"),
        ("eprint", "{hep-th/9901001}", "arxiv_id", "hep-th/9901001"),
        ("pubstate", "{inpress}", "status", "in press"),
        ("keywords", "{a, b; c}", "keyword", ("a, b", "c")),
        ("langid", "{german}", "language", "german"),
        ("author", "{Smith, Jr., John}", "author", (Name(family="Smith", given="John", suffix="Jr."),)),
        ("author", "{Ada Lovelace 0001}", "author", (Name(family="Lovelace", given="Ada"),)),
        ("publisher", "{A and B}", "publisher", "A; B"),
    ],
)
def test_a_field_is_read_as_people_write_it(name, value, attribute, expected):
    assert getattr(field(name, value), attribute) == expected


@pytest.mark.parametrize(
    ("month", "expected"),
    [
        ("may", ((2020, 5),)), ('"May"', ((2020, 5),)), ("{5}", ((2020, 5),)), ("5", ((2020, 5),)),
        ('10 # "~" # feb', ((2020, 2, 10),)), ("{17 May}", ((2020, 5, 17),)),
        ('jul # "--" # aug', ((2020, 7), (2020, 8))),
        ("{September}", ((2020, 9),)), ("sept", ((2020, 9),)),
    ],
)  # fmt: skip
def test_months_are_read_in_all_their_forms(month, expected):
    assert read(f"@misc{{a, year = 2020, month = {month}}}").issued == Date(expected)


@pytest.mark.parametrize(
    ("entry", "type_"),
    [
        ("article", "article-journal"), ("inproceedings", "paper-conference"), ("conference", "paper-conference"),
        ("incollection", "chapter"), ("inbook", "chapter"), ("phdthesis", "thesis"), ("mastersthesis", "thesis"),
        ("techreport", "report"), ("online", "webpage"), ("software", "software"), ("dataset", "dataset"),
        ("misc", "document"), ("unpublished", "manuscript"), ("patent", "patent"),
        ("in-proceedings", "paper-conference"),
        ("collection", "book"), ("whatever", "document"),
    ],
)  # fmt: skip
def test_each_type_of_entry_is_a_type_of_csl_and_comes_back(entry, type_):
    found = read(f"@{entry}{{a, title = {{T}}, year = 2020}}")

    assert found.type == type_
    assert bibtex.loads(bibtex.dumps([found])).references == [found]


@pytest.mark.parametrize(
    "source",
    [
        "@article{a, title={T}, journal={arXiv preprint arXiv:1706.03762}}",
        "@article{a, title={T}, journal={CoRR}, volume={abs/1706.03762}}",
        "@misc{a, title={T}, eprint={1706.03762}, archivePrefix={arXiv}}",
        "@article{a, title={T}, journal={arXiv}, doi={10.48550/arXiv.1706.03762}}",
    ],
)
def test_a_work_that_is_only_on_arxiv_is_a_preprint(source):
    found = read(source)

    assert (found.type, found.arxiv_id, found.container_title, found.volume) == ("article", "1706.03762", "", "")


def test_macros_and_concatenations_are_resolved():
    found = read(
        '@string{pub = "Example " # {Press}} @string(where = "London")\n'
        "@book{a, publisher = pub # {!}, address = where}"
    )

    assert (found.publisher, found.publisher_place) == ("Example Press!", "London")


def test_an_undefined_macro_stays_and_is_reported():
    loaded = bibtex.loads("@article{a, title = {T}, journal = jacm}")

    assert loaded.references[0].container_title == "jacm"
    assert str(loaded.problems[0]) == (
        "Entry 1 (a), line 1, field “journal”: “jacm” is not a macro of this file. It was read as text; put it in"
        " braces or define it."
    )


def test_crossref_and_xdata_are_inherited():
    child, parent = bibtex.loads("""
        @inproceedings{c, title = {Child}, crossref = {p}, xdata = {x}}
        @proceedings{p, title = {The Proceedings}, subtitle = {Volume One}, year = 2020, editor = {Ed Itor}}
        @xdata{x, publisher = {Example Press}}""").references

    assert (child.title, child.container_title, child.publisher) == (
        "Child", "The Proceedings: Volume One", "Example Press",
    )  # fmt: skip
    assert (child.editor, child.issued) == ((Name(family="Itor", given="Ed"),), Date(((2020,),)))
    assert parent.title == "The Proceedings: Volume One"
    assert "crossref" not in child.extra


def test_a_cycle_of_crossrefs_ends():
    assert keys(bibtex.loads("@book{a, crossref = {b}}\n@book{b, crossref = {a}}")) == ["a", "b"]


@pytest.mark.parametrize(
    ("source", "found", "lost", "sentence"),
    [
        ("@book{a, title={A}}\n@book{b, title={B, year=1\n@book{c, title={C}}", ["a", "c"], ["b"], "A brace, quote or"),
        ("@book{a, title={A}}\n@book{b, title={B\n@book{c, title={C}}", ["a", "b", "c"], [], "The entry is not closed"),
        ("@book{a, title={A}, year={2020}\n", ["a"], [], "The entry is not closed"),
        ("@book{a, title={A} year={2020}}", ["a"], [], "The comma after this field is missing"),
        ("@book{a,, title={A}}", ["a"], [], "There are two commas"),
        ("@book{, title={A}}", [""], [], "has no citation key"),
        ("@book{title={A}, year=2020}", [""], [], "has no citation key"),
        ("@book{a, title={A}, title={B}}", ["a"], [], "This field occurs twice"),
        ("@book{a, title={A}}\n@book{a, title={B}}", ["a", "a"], [], "the same citation key"),
        (
            "@comment{@book{x, title={X}}}\n% @book{y, title={Y}}\n---\nyaml: no\n---\n@book{a, title={A}}",
            ["a"],
            [],
            "",
        ),
        ("@book(a, title={A})", ["a"], [], ""),
        ("@book{a, title={A}} text @book{b, title={B}}", ["a", "b"], [], ""),
        ("@book{a,\n % title={No},\n title={A}}", ["a"], [], ""),
    ],
)
def test_a_broken_entry_does_not_affect_the_others(source, found, lost, sentence):
    loaded = bibtex.loads(source)

    assert keys(loaded) == found
    assert [problem.key for problem in loaded.lost] == lost
    assert [sentence in problem.message for problem in loaded.problems] == ([True] if sentence else [])
    assert loaded.entries == len(found) + len(lost)


def test_an_unreadable_entry_is_reported_with_its_text_and_line():
    [problem] = bibtex.loads("@book{a, title={A}}\n\n@book{b,\n  title={B,\n  year={2020}\n@book{c, title={C}}").lost

    assert (problem.entry, problem.line, problem.key, problem.field) == (2, 3, "b", "year")
    assert problem.text == "@book{b,\n  title={B,\n  year={2020}"


def test_braces_and_maths_survive_an_import_and_export():
    source = "A {GPU} for {NeurIPS} in $x_1$ and {{\\'E}cole}"

    out = bibtex.dumps([read(f"@book{{a, title = {{{source}}}}}")])

    assert f"title = {{{source}}}," in out


def test_a_title_that_was_edited_is_written_without_its_old_braces():
    found = Reference(title="New", extra={"nocase": {"title": '<span class="nocase">Old</span>'}})

    assert "title = {New}," in bibtex.dumps([found])


def test_what_is_written_is_ascii_or_unicode():
    reference = Reference(type="book", title="Größe & 50% – ế", author=(Name(family="Müller", given="Ø."),))

    ascii_, unicode = bibtex.dumps([reference]), bibtex.dumps([reference], unicode=True)

    assert ascii_.isascii()
    assert r"title = {Gr{\"o}{\ss}e \& 50\% {\textendash} {\'{{\^e}}}}" in ascii_
    assert r"title = {Größe \& 50\% – ế}" in unicode


def test_keys_are_never_written_twice():
    out = bibtex.dumps([Reference(title="A", citation_key="k"), Reference(title="B", citation_key="k")])

    assert ("@misc{k," in out, "@misc{k-2," in out) == (True, True)


def test_an_ordinary_entry_is_written_with_standard_fields_only():
    out = bibtex.dumps([Reference(
        type="article-journal", citation_key="a", title="T", container_title="J", volume="1", issue="2", page="3-4",
        issued=Date(((2020, 5, 17),)), author=(Name(family="L", given="A"),), doi="10.1000/x", arxiv_id="2412.07067",
    )])  # fmt: skip

    assert "x-csl" not in out
    assert "month = may," in out
    assert "pages = {3--4}," in out
