"""BibTeX and BibLaTeX as real files have them."""

import time
import timeit

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
        ("publisher", "{Loom and Lace Media LLC}", "publisher", "Loom and Lace Media LLC"),
        ("publisher", "{Smith {and} Sons}", "publisher", "Smith and Sons"),
        ("address", "{Berry and Mead}", "publisher_place", "Berry and Mead"),
        ("institution", "{Institute for Lace and Looms}", "publisher", "Institute for Lace and Looms"),
        ("articleno", "{12}", "page", "12"),
        ("article-number", "{064002}", "page", "064002"),
        ("note", "{{PMID:} 12345678}", "pmid", "12345678"),
        ("note", r"{DOI: 10.1000/a\_b}", "doi", "10.1000/a_b"),
        ("note", r"{See \url{http://x.org/~a} and \cite{b}}", "note", "See http://x.org/~a and b"),
        ("howpublished", "{https://x.org/a_b.}", "url", "https://x.org/a_b"),
        ("url", r"{\href{https://x.org/a}{here}}", "url", "https://x.org/a"),
        ("keywords", r"{looms \and lace \sep threads}", "keyword", ("looms", "lace", "threads")),
        (
            "note",
            r"{{\&}lt$\mathsemicolon$em{\&}gt$\mathsemicolon$a{\&}lt$\mathsemicolon$/em{\&}gt$\mathsemicolon$}",
            "note",
            "a",
        ),
    ],
)
def test_a_field_is_read_as_people_write_it(name, value, attribute, expected):
    assert getattr(field(name, value), attribute) == expected


SICI = "10.5555/1520(1987)115<1606:AB>2.0.CO;2"


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("doi", r"10.5555/1520(1987)115\ensuremath{<}1606:AB\ensuremath{>}2.0.CO;2", SICI),
        ("doi", "10.5555/1520(1987)115${<}$1606:AB${>}$2.0.CO;2", SICI),
        ("doi", "10.5555/1520(1987)115$<$1606:AB$>$2.0.CO;2", SICI),
        ("doi", r"10.5555/1520(1987)115{\textless}1606:AB\textgreater2.0.CO;2", SICI),
        ("doi", r"10.5555/1520(1987)115$\less$1606:AB$\greater$2.0.CO$\mathsemicolon$2", SICI),
        ("doi", "10.5555/1520(1987)115&lt;1606:AB&gt;2.0.CO;2", SICI),
        ("doi", "10.5555/1520%281987%29115%3C1606:AB%3E2.0.CO;2", SICI),
        ("url", "https://doi.org/10.5555/1520%281987%29115%3C1606%3AAB%3E2.0.CO%3B2", SICI),
        ("doi", "10.5555/(sici)1099(19)37:3/4<197::aid>3.0.co;2-#", "10.5555/(sici)1099(19)37:3/4<197::aid>3.0.co;2-#"),
        ("url", "http://dx.doi.org/10.5555/(sici)1<2>3.0.co;2-%23", "10.5555/(sici)1<2>3.0.co;2-#"),
        ("url", "https://doi-org.proxy.example.edu/10.5555/a?x=1#part", "10.5555/a"),
        ("url", "http://doi.press.example/10.5555/a", "10.5555/a"),
        ("url", "https://press.example/article/10.5555/a", ""),
        ("doi", "https://press.example/doi/full/10.5555/a/pdf", "10.5555/a"),
        ("doi", r"DOI: 10.5555/a\_b{\_}c,", "10.5555/a_b_c"),
        ("doi", "doi:https://doi.org/10.5555/a.", "10.5555/a"),
        ("doi", "info:doi/10.5555/a", "10.5555/a"),
        ("doi", "urn:doi:10.5555/A(b)", "10.5555/A(b)"),
        ("doi", "(10.5555/a)", "10.5555/a"),
        ("doi", "10.5555/a.1 (published version)", "10.5555/a.1"),
        ("doi", "10.5555/a.1, 10.5555/b", "10.5555/a.1"),
        ("doi", "10.5555/a.1; https://doi.org/10.5555/b", "10.5555/a.1"),
        ("doi", "10.5555/a, 5", "10.5555/a, 5"),
        ("doi", r"\url{www.doi.org/10.5555/a}", "10.5555/a"),
    ],
)
def test_a_doi_is_read_in_every_spelling(name, value, expected):
    assert field(name, f"{{{value}}}").doi == expected


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


def test_blanks_in_joined_macros_separate_words():
    found = read(
        '@string{and = " and "} @string{sym = { Symposium on Looms}}\n'
        '@inproceedings{a, author = "Ann Lee" # and #\n "Bo Ray", booktitle = "Annual" # sym, title = " T " # {!} }'
    )

    assert [name.family for name in found.author] == ["Lee", "Ray"]
    assert (found.container_title, found.title) == ("Annual Symposium on Looms", "T !")


def test_macros_that_double_end_at_a_limit_which_the_message_names():
    lines = "".join(f"@string{{m{n} = m{n - 1} # m{n - 1}}}\n" for n in range(1, 40))
    loaded = bibtex.loads(f'@string{{m0 = "lace"}}\n{lines}@book{{a, title = {{T}}, note = m14 # m14}}')

    assert len(loaded.references[0].note) == 4 * 2**14
    assert str(loaded.problems[0]) == (
        "Line 16: Macros may add 100,000 characters to one value and 3,000,000 to a file, so “m14” was left out."
        " Shorten it."
    )


def test_an_undefined_macro_stays_and_is_reported():
    loaded = bibtex.loads("@article{a, title = {T}, journal = jacm}")

    assert loaded.references[0].container_title == "jacm"
    assert str(loaded.problems[0]) == (
        "Entry 1 (a), line 1, field “journal”: “jacm” is not a macro of this file. It was read as text; put it in"
        " braces or define it."
    )


def test_a_macro_that_is_left_out_is_reported():
    loaded = bibtex.loads(
        r"@book{a, journal = {\apj}, title = {A \lace B \loom{C} \LOOM{} $\vee$ \'E \o}, url = {C:\lace}}"
    )

    assert loaded.references[0].title == "A B C LOOM $\\vee$ É ø"
    assert [(problem.field, problem.message, problem.lost) for problem in loaded.problems] == [
        ("title", "“\\lace” is not a known macro of TeX, so it was left out. Write the text instead.", False)
    ]


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


PAPER = "title = {Parent}, author = {Pat Rent}, pages = {1--9}, doi = {10.1000/p}, url = {http://p.example}, volume = 5"


@pytest.mark.parametrize(
    ("type_", "parent", "expected"),
    [
        # What a paper is in, but not its own title, authors, pages, DOI and address.
        ("article", f"@article{{p, {PAPER}, journal = {{J}}, year = 2020}}", ("Child", "J", (), "5", 2020)),
        (
            "inproceedings",
            f"@inproceedings{{p, {PAPER}, booktitle = {{B}}, year = 2020}}",
            ("Child", "B", (), "5", 2020),
        ),
        ("inproceedings", "@inproceedings{p, title = {Proc}, year = 2020}", ("Child", "Proc", (), "", 2020)),
        ("article", "@proceedings{p, title = {Proc}, journal = {J}, year = 2020}", ("Child", "J", (), "", 2020)),
        ("article", "@periodical{p, title = {J}, date = {2020-05}, note = {Remark}}", ("Child", "J", (), "", 2020)),
        ("incollection", f"@book{{p, {PAPER}, isbn = {{978-0-262-03384-8}}}}", ("Child", "Parent", (), "5", None)),
    ],
)
def test_a_child_inherits_what_it_is_part_of(type_, parent, expected):
    child = bibtex.loads(f"@{type_}{{c, title = {{Child}}, crossref = {{P}}}}\n{parent}").references[0]

    assert (child.title, child.container_title, child.author, child.volume, child.year) == expected
    assert (child.page, child.doi, child.url, child.note) == ("", "", "", "")


def test_a_volume_inherits_from_a_book_of_the_same_type():
    child = bibtex.loads(
        f"@book{{c, volume = 2, year = 2021, crossref = {{p}}}}\n@book{{p, {PAPER}, month = may}}"
    ).references[0]

    assert (child.title, child.author, child.volume) == ("Parent", (Name(family="Rent", given="Pat"),), "2")
    assert (child.issued, child.doi, child.page) == (Date(((2021,),)), "", "")


def test_what_a_parent_adds_to_a_file_is_limited():
    loaded = bibtex.loads("@inbook{c, crossref = {p}}\n" * 200 + f"@book{{p, title = {{{'long ' * 10_000}}}}}")

    added = sum(len(reference.container_title) for reference in loaded.references)
    assert 2_900_000 < added < 3_100_000
    assert loaded.problems[-1].message == (
        "Parents may add 3,000,000 characters to a file, so nothing was inherited. Shorten them."
    )


def test_a_missing_parent_is_reported():
    [problem] = bibtex.loads("@book{c, title = {C}, crossref = {p}}").problems

    assert problem.message == "There is no entry “p” in this file, so nothing was taken from it. Add it."


def test_a_chain_of_crossrefs_ends_at_a_limit_which_the_message_names():
    chain = "".join(f"@book{{k{n}, crossref = {{k{n + 1}}}}}\n" for n in range(1100))
    loaded = bibtex.loads(f"{chain}@book{{k1100, title = {{Last}}}}")

    assert [reference.title for reference in loaded.references] == [""] * 1090 + ["Last"] * 11
    assert loaded.problems[0].message == "Fields are taken from at most 10 other entries, so not from “k11”."


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
        ("@commented{a, title={A}} @comments{b, title={B}}\n@string-x{c, title={C}}", ["a", "b", "c"], [], ""),
        ("@book{a, title={A\n@book\n(\nb, title={B}\n)", ["a", "b"], [], "The entry is not closed"),
        ("@BOOK (a, title={A (1)},)@\nbook{b, title={B}}", ["a", "b"], [], ""),
        ("@book(a, title={A}\n@book{b, title={B}}", ["a", "b"], [], "The entry is not closed"),
        ("@in.book{a, title={A}}\n@2d{b}\nada@example.org (Ada)", ["a", "b"], [], ""),
        ("@comment{\n@book{a, title={A}}\n}\n@book{b, title={B}}", ["a", "b"], [], "This @comment has an entry in it"),
        ("@comment{@book{x, title={X}}}@book{a, title={A}}", ["a"], [], ""),
        ("@book{a, title={A}, @book{b, title={B}}}", ["a"], [], "is not part of a field and was ignored"),
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


HOSTILE = {
    "formulas": lambda n: "title={" + r"\(x " * 4 * n + "}",
    "conditions": lambda n: "title={" + r"\ifmmode x " * n + "}",
    "dollars": lambda n: "title={" + "$x " * n + "$$}, abstract={" + r"\\\$" * n + "}",
    "quotes": lambda n: "title={" + "`x " * n + "}",
    "verbatim": lambda n: "title={" + r"\verb|x " * n + "}",
    "braces": lambda n: "title=" + "{" * n + "}" * n + ", url=" + "{" * n + "}" * n,
    "marks": lambda n: "title={" + '<span class="nocase">' * (n // 4) + r"\'e}",
    "blanks": lambda n: "author={A" + " " * 9 * n + r"\'e}, abstract={" + " " * 9 * n + r"\'e}",
    "lines": lambda n: "abstract={" + "\n" * 9 * n + r"\'e," + "\n" * 9 * n + "}",
    "ands": lambda n: "author={" + "and " * n + "}, publisher={" + " and" * n + "}",
    "people": lambda n: "author={" + " and ".join(f"Smith{number}, Jo" for number in range(n)) + "}",
    "family": lambda n: "author={" + "a" * 2 * n + ", b c, d e}",
    "macros": lambda n: "author={" + r"\cprime ab." * n + "}",
    "commas": lambda n: "author={" + "," * 9 * n + "}" + "," * 9 * n,
    "addresses": lambda n: "doi={" + "https://doi.org/" * n + "}, url={" + r"\url{" * n + "}" * n + "}",
    "separators": lambda n: "doi={10.5555/a" + " ,;" * n + "}, author={" + r"\emph{A B} \& " * n + "}",
    "entities": lambda n: "doi={" + "&lt;" * n + "}, title={" + "&amp;" * n + "}",
    "fields": lambda n: "a=1," * n,
    "joins": lambda n: "title=a" + "#a" * n,
    "entries": lambda n: "title={b}} @book{a," * (n // 20),
    "parents": lambda n: "}\n" + "".join(f"@book{{k{k}, crossref={{k{k + 1}}}}}\n" for k in range(n // 20)) + "@book{a",
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_the_time_for_hostile_input_grows_with_its_length(name):
    def seconds(times):
        source = f"@book{{a,{HOSTILE[name](times)}}}"
        return min(timeit.repeat(lambda: bibtex.loads(source), time.process_time, repeat=3, number=1))

    # A busy machine only adds to the time, so the shortest of several measurements counts.
    short, long = seconds(400), seconds(6400)
    for _ in range(10):
        if long < 64 * short:  # 16 times the input; 256 times the time if it grew with the square
            break
        short, long = min(short, seconds(400)), min(long, seconds(6400))
    assert long < 64 * short


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


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("article{a, journal = {Lace Lett.}, fjournal = {Letters on Lace}}",
         {"container_title": "Letters on Lace", "container_title_short": "Lace Lett."}),
        ("article{a, journal = {Lace Notes}, fjournal = {Lace Notes}}", {"container_title": "Lace Notes"}),
        ("article{a, fjournal = {Letters on Lace}}", {"container_title": "Letters on Lace"}),
        ("inproceedings{a, booktitle = {Proc. of L}, journal = {Loom Notices}, volume = 9}",
         {"container_title": "Proc. of L", "collection-title": "Loom Notices", "volume": "9"}),
        ("inproceedings{a, journal = {Loom Notices}}", {"container_title": "Loom Notices"}),
        ("inproceedings{a, booktitle = {Proc. of L}, journal = {Loom Notices}, series = {L 20}}",
         {"container_title": "Proc. of L", "collection-title": "L 20", "journal": "Loom Notices"}),
        ("proceedings{a, location = {Turin}, address = {Oslo}}",
         {"event_place": "Turin", "publisher_place": "Oslo", "entrytype": "proceedings"}),
        ("incollection{a, booktitle = {Loom Book}, journal = {Loom Series}}",
         {"container_title": "Loom Book", "collection-title": "Loom Series"}),
        ("article{a, journal = {Proc. Loom}, booktitle = {Symposium on Looms}}",
         {"container_title": "Proc. Loom", "event_title": "Symposium on Looms"}),
        ("inproceedings{a, booktitle = {B}, location = {Turin, Italy}, address = {New York, NY}, numpages = 10}",
         {"container_title": "B", "event_place": "Turin, Italy", "publisher_place": "New York, NY",
          "number-of-pages": "10"}),
        ("proceedings{a, title = {P}, booktitle = {P}}", {"title": "P", "entrytype": "proceedings"}),
        ("proceedings{a, title = {P}, booktitle = {Proc. {P}}}",
         {"title": "P", "booktitle": "Proc. P", "entrytype": "proceedings"}),
        ("inproceedings{a, booktitle = {B}, location = {Turin}}", {"container_title": "B", "publisher_place": "Turin"}),
        ("article{a, journal = {J}, articleno = {12}, numpages = {25}}",
         {"container_title": "J", "page": "12", "articleno": "12", "number-of-pages": "25"}),
        ("article{a, journal = {J}, articleno = {12}, pages = {1--25}}",
         {"container_title": "J", "page": "1-25", "articleno": "12"}),
        ("article{a, journal = {J}, article-number = {64002}, pages = {64002}}",
         {"container_title": "J", "page": "64002"}),
    ],
)  # fmt: skip
def test_fields_with_several_meanings_get_their_places(source, expected):
    found = read(f"@{source}")
    names = [name for name in Reference.__dataclass_fields__ if name not in ("type", "citation_key", "issued", "extra")]

    assert {name: value for name in names if (value := getattr(found, name))} | found.extra == expected
    assert bibtex.loads(bibtex.dumps([found])).references == [found]


def test_an_identifier_is_on_one_line():
    assert "doi = {10.1/a @book(b)}," in bibtex.dumps([Reference(doi="10.1/a\n@book(b)")], complete=False)
