"""What visitors get: every type in every format, bibliographic fields only, and nothing that other programs show."""

import json
import re

import pytest

from publications.references import Name, Reference, bibtex, csl, ris

FORMATS = {"bib": bibtex, "ris": ris, "json": csl}
SOFTWARE = Reference(type="software", citation_key="tide", title="tidectl", extra={"version": "0.3"})


@pytest.mark.parametrize("genre", ["", "Poster", "Preprint", "PhD thesis", "Master's thesis", "Standard"])
@pytest.mark.parametrize("type_", sorted(csl.TYPES))
@pytest.mark.parametrize("module", [bibtex, ris])
def test_every_type_comes_back_from_the_file_that_visitors_get(module, type_, genre):
    reference = Reference(type=type_, citation_key="k", title="Engines", genre=genre)

    [found] = module.loads(module.dumps([reference], complete=False)).references

    # In RIS, a manuscript that is a preprint is the same as a preprint. A standard is printed as one without a genre.
    same = {("manuscript", "Preprint"): "article"} if module is ris else {}
    assert (found.type, found.title) == (same.get((type_, genre), type_), "Engines")
    assert found.genre == genre or (type_, genre) in {*same, ("standard", "Standard")}


@pytest.mark.parametrize(
    ("type_", "start", "subtype", "tag", "kind"),
    [
        ("article", "@misc{", "preprint", "MANSCPT", "Preprint"), ("article-journal", "@article{", "", "JOUR", ""),
        ("article-magazine", "@article{", "magazine", "MGZN", ""),
        ("article-newspaper", "@article{", "newspaper", "NEWS", ""), ("book", "@book{", "", "BOOK", ""),
        ("chapter", "@incollection{", "", "CHAP", ""), ("dataset", "@misc{", "dataset", "DATA", ""),
        ("entry-encyclopedia", "@inreference{", "", "ENCYC", ""), ("graphic", "@artwork{", "", "ART", ""),
        ("interview", "@misc{", "interview", "PCOMM", "Interview"), ("manuscript", "@unpublished{", "", "MANSCPT", ""),
        ("map", "@misc{", "map", "MAP", ""), ("motion_picture", "@movie{", "", "MPCT", ""),
        ("paper-conference", "@inproceedings{", "", "CPAPER", ""), ("patent", "@patent{", "", "PAT", ""),
        ("post-weblog", "@online{", "blog", "BLOG", ""), ("report", "@techreport{", "", "RPRT", ""),
        ("review", "@article{", "review", "JOUR", "Review of a work"),
        ("review-book", "@article{", "bookreview", "JOUR", "Book review"), ("software", "@software{", "", "COMP", ""),
        ("speech", "@unpublished{", "talk", "SLIDE", ""), ("standard", "@techreport{", "standard", "STAND", ""),
        ("thesis", "@thesis{", "", "THES", ""), ("webpage", "@online{", "", "ELEC", ""),
    ],
)  # fmt: skip
def test_each_type_is_written_as_one_that_other_programs_read(type_, start, subtype, tag, kind):
    reference = Reference(type=type_, citation_key="k", title="Engines")

    entry, record = bibtex.dumps([reference], complete=False), ris.dumps([reference], complete=False)

    assert entry.startswith(start)
    assert (f"  entrysubtype = {{{subtype}}}," in entry.splitlines()) == bool(subtype)
    assert record.splitlines()[0] == f"TY  - {tag}"
    assert [line.removeprefix("M3  - ") for line in record.splitlines() if line.startswith("M3")] == [kind] * bool(kind)


@pytest.mark.parametrize(
    ("genre", "entry_type"),
    [("PhD thesis", "phdthesis"), ("Habilitation", "phdthesis"), ("Master’s thesis", "mastersthesis"),
     ("Diplomarbeit", "mastersthesis"), ("", "thesis")],
)  # fmt: skip
def test_a_thesis_has_the_entry_type_of_its_degree(genre, entry_type):
    assert bibtex.dumps([Reference(type="thesis", genre=genre)]).count(f"@{entry_type}{{") == 1


@pytest.mark.parametrize("entry_type", ["dataset", "review", "standard", "suppbook", "periodical", "image"])
def test_an_imported_entry_type_that_zotero_drops_is_written_for_editors_only(entry_type):
    [imported] = bibtex.loads(f"@{entry_type}{{a, title = {{T}}}}").references

    assert f"@{entry_type}{{a," in bibtex.dumps([imported])
    assert f"@{entry_type}{{a," not in bibtex.dumps([imported], complete=False)


def test_software_is_written_to_json_as_zotero_reads_it():
    items = json.loads(csl.dumps([SOFTWARE, Reference(type="software", title="No version")], complete=False))

    assert [(item["type"], item["genre"]) for item in items] == [
        ("book", "Computer software"), ("document", "Computer software")
    ]  # fmt: skip
    assert items[0]["version"] == "0.3"


@pytest.mark.parametrize("reference", [SOFTWARE, Reference(type="software", citation_key="a", title="No version")])
def test_software_comes_back_from_json(reference):
    assert csl.loads(csl.dumps([reference], complete=False)).references == [reference]


@pytest.mark.parametrize("type_", ["book", "document"])
def test_another_type_with_the_genre_of_software_comes_back_for_editors(type_):
    reference = Reference(type=type_, citation_key="a", title="T", genre="Computer software")

    assert csl.loads(csl.dumps([reference])).references == [reference]


def test_a_preprint_has_its_number_and_server_in_json():
    preprint = Reference(type="article", title="T", arxiv_id="2503.12345", arxiv_class="cs.LG", funding="A grant")

    [item] = json.loads(csl.dumps([preprint], complete=False))

    assert item == {"id": "#1", "type": "article", "title": "T", "number": "arXiv:2503.12345", "publisher": "arXiv"}


@pytest.mark.parametrize(("ending", "module"), FORMATS.items(), ids=FORMATS)
def test_a_complete_file_has_what_the_format_has_no_field_for_where_no_program_shows_it(ending, module):
    reference = Reference(
        type="article-journal", title="T {", funding="A grant", author=(Name("Lovelace", "Ada"),),
        extra={"odd": {"a": ["}{", "ada@example.org"]}, "recipient": [{"family": "Babbage"}]},
    )  # fmt: skip
    before = Reference(type="book", citation_key="b", title="B")

    text = module.dumps([before, reference, before])

    outside = {"bib": "@comment{x-csl ", "ris": "x-csl: {"}
    assert module.loads(text).references[1] == reference
    assert [line for line in text.splitlines() if "x-csl" in line and not line.startswith(outside[ending])] == []
    assert ("@example" in text, "M2" in text) == (ending != "bib", False)
    assert "x-csl" not in module.dumps([reference], complete=False)
    assert "custom" not in module.dumps([reference], complete=False)


def test_what_only_ris_has_a_tag_for_is_not_in_the_bibtex_of_visitors():
    [imported] = ris.loads("TY  - EDBOOK\nTI  - T\nAU  - Lovelace, A.\nTT  - Translated\nER  - ").references

    names = re.findall(r"^  (\S+) =", bibtex.dumps([imported], complete=False), re.MULTILINE)

    assert names == ["editor", "title"]
    assert bibtex.loads(bibtex.dumps([imported])).references[0].extra == imported.extra


def test_a_comment_does_not_change_an_entry_with_another_key():
    text = bibtex.dumps([Reference(citation_key="a", title="T", author=(Name("L"),), extra={"odd": ["x"]})])

    [found] = bibtex.loads(text.replace("@misc{a,", "@misc{b,")).references

    assert (found.title, found.extra) == ("T", {})


PRIVATE = {
    "comment": "reviewer 2 was wrong", "comment-abrown": "private", "review": "weak", "privnote": "ask Bob",
    "owner": "abrown", "ranking": "rank2", "readstatus": "read", "priority": "prio1", "timestamp": "2020-01-01",
    "date-added": "2020", "file": ":/home/a.pdf:PDF", "groups": "Mine", "annote": "meh", "annotation": "meh",
    "rating": "5", "printed": "yes", "qualityassured": "no", "relevance": "high", "keywords-private": "x", "rn": "meh",
    "c1": "meh", "c8": "meh", "u1": "meh", "l1": "file:///a.pdf", "lb": "mine", "bdsk-url-1": "x", "biburl": "x",
    "bib-status": "to read", "call-number": "shelf 3", "mendeley-tags": "x", "sentelink": "x", "notes": "meh",
}  # fmt: skip
PUBLIC = {
    "collection-title": "Lecture Notes", "version": "2", "number-of-pages": "12", "howpublished": "Online",
    "accessed": {"date-parts": [[2020, 1, 2]]}, "maintitle": "Works", "mrnumber": "12", "addendum": "In Dutch",
    "reviewed-title": "A book", "original-date": {"date-parts": [[1843]]}, "et-al": ["author"], "eid": "e12",
}  # fmt: skip


def test_visitors_get_known_bibliographic_fields_only():
    reference = Reference(title="T", note="In Dutch", extra=PRIVATE | PUBLIC)

    assert reference.for_visitors() == Reference(title="T", note="In Dutch", extra=PUBLIC)
    assert reference.anonymous().extra == {}


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://example.org/a", True), ("HTTP://example.org", True), ("ftp://example.org/a", True),
        ("www.example.org/a", True), ("file:///home/ada/a.pdf", False), ("papers3://publication/uuid/1", False),
        ("/home/ada/a.pdf", False), ("C:\\Users\\ada\\a.pdf", False), ("zotero://select/items/1", False),
    ],
)  # fmt: skip
def test_visitors_get_addresses_on_the_web_only(url, shown):
    assert Reference(url=url).for_visitors() == Reference(url=url if shown else "")


@pytest.mark.parametrize("tag", ["N1", "RN"])
def test_notes_in_ris_are_remarks(tag):
    [found] = ris.loads(f"TY  - JOUR\nTI  - T\n{tag}  - Best paper? No.\nER  - \n").references

    assert (found.note, found.extra) == ("", {"annote": "Best paper? No."})


@pytest.mark.parametrize("module", FORMATS.values(), ids=FORMATS)
def test_notes_and_remarks_come_back_for_editors(module):
    reference = Reference(citation_key="a", title="T", note="In Dutch", extra={"annote": "Weak.\nVery."})

    assert module.loads(module.dumps([reference])).references == [reference]


def test_each_fact_is_in_the_tag_that_ris_has_for_it():
    records = ris.dumps([
        Reference(type="book", title="B", extra={"number-of-pages": "412", "collection-number": "7"}),
        Reference(type="software", title="S", language="en", extra={"version": "2.4"}),
        Reference(type="speech", title="T", event_title="Forum", event_place="Oslo"),
        Reference(type="paper-conference", title="P", event_place="Oslo", publisher_place="New York"),
        Reference(type="dataset", title="D", author=(Name(literal="Northwind Standards Body"),),
                  extra={"version": "1.2"}),
        Reference(type="review-book", title="R", extra={"reviewed-title": "Systems that Wait"}),
    ], complete=False).split("ER  - \r\n")  # fmt: skip

    lines = [record.split() for record in records]
    expected = ["SP - 412", "M1 - 7", "ET - 2.4", "T2 - Forum", "CY - Oslo", "C1 - New York", "ET - 1.2"]
    places = [0, 0, 1, 2, 2, 3, 4]
    assert [want in " ".join(lines[place]) for want, place in zip(expected, places, strict=True)] == [True] * 7
    assert "LA - en" not in " ".join(lines[1])
    assert "AU  - Northwind Standards Body," in records[4]
    assert "RI  - Systems that Wait" in records[5]


def test_arxiv_identifiers_are_in_the_fields_of_bibtex_biber_and_zotero():
    lines = bibtex.dumps([Reference(type="article", arxiv_id="2503.12345", arxiv_class="cs.LG")]).splitlines()

    assert [line.strip() for line in lines if "print = " in line or "prefix" in line or "type = {ar" in line
            or "class" in line] == [
        "eprint = {2503.12345},", "eprinttype = {arxiv},", "archiveprefix = {arXiv},", "eprintclass = {cs.LG},",
        "primaryclass = {cs.LG},",
    ]  # fmt: skip
