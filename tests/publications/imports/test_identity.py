"""Which records are one work, may be one, or are two."""

from dataclasses import replace

import pytest

from publications.imports import steps
from publications.imports.plans import RowKind
from publications.imports.steps import apply, plan
from publications.models import Publication
from publications.references import Date, Name, Reference

pytestmark = pytest.mark.django_db

TOR, ANN = Name(family="Edi", given="Tor"), Name(family="Edi", given="Ann")
YEAR = Date(((2021,),))
LOOMS = Reference(
    type="article-journal", title="On the weaving of looms", author=(TOR,), container_title="Journal of E", issued=YEAR
)
EDITORIAL = replace(LOOMS, title="Editorial")
INTRODUCTION = replace(LOOMS, type="chapter", title="Introduction", container_title="Of Looms")
REPORT = Reference(type="report", title="Annual report", author=(Name(literal="Loom Society"),), issued=YEAR)
BOOK = Reference(type="book", title="The weaving of looms", author=(TOR,), publisher="Loom Press", issued=YEAR)
PREPRINT = replace(LOOMS, type="article", container_title="")
TALK = replace(LOOMS, type="paper-conference", container_title="Looms 2021")
DATA = replace(PREPRINT, type="dataset")

DIFFERENT = [
    (EDITORIAL, {"volume": "1", "issue": "1"}, {"volume": "1", "issue": "2"}),
    (EDITORIAL, {"volume": "1"}, {"volume": "2"}),
    (EDITORIAL, {"page": "1–2"}, {"page": "101–102"}),
    (EDITORIAL, {"page": "e12"}, {"page": "e13"}),
    (EDITORIAL, {"doi": "10.1000/1"}, {"doi": "10.1000/2"}),
    (EDITORIAL, {"doi": "10.1000/jss.v033"}, {"doi": "10.1000/jss.v034"}),
    (EDITORIAL, {"pmid": "1"}, {"pmid": "2"}),
    (EDITORIAL, {}, {"title": "Editorial: Looms"}),
    (EDITORIAL, {}, {"author": (Name(family="Ede"),)}),
    (EDITORIAL, {"type": "article", "doi": "10.1000/1"}, {"doi": "10.1000/2"}),
    (INTRODUCTION, {"page": "1–10"}, {"page": "101–110"}),
    (REPORT, {"number": "TR-1"}, {"number": "TR-2"}),
    (REPORT, {}, {"issued": Date(((2020,),))}),
    (LOOMS, {}, {"title": "Erratum: On the weaving of looms"}),
    (LOOMS, {"language": "en"}, {"language": "de", "title": "Vom Weben am Webstuhl"}),
    (LOOMS, {"doi": "10.1000/1"}, {"doi": "10.1000/2"}),
    (LOOMS, {"page": "1–2"}, {"page": "101–102"}),
    (LOOMS, {"volume": "1"}, {"volume": "2"}),
    (TALK, {"page": "1–9"}, {"page": "31–39", "container_title": "Mills 2021", "issued": Date(((2022,),))}),
    (BOOK, {"isbn": "978-0-306-40615-7"}, {"isbn": "978-1-4028-9462-6"}),
    (BOOK, {"edition": "First"}, {"edition": "2nd"}),
    (BOOK, {"language": "en"}, {"language": "de"}),
    (PREPRINT, {"arxiv_id": "2101.00001"}, {"arxiv_id": "2101.00002"}),
    (DATA, {"doi": "10.5281/zenodo.1"}, {"doi": "10.5281/zenodo.2"}),
]
PERHAPS_ONE = [
    (EDITORIAL, {}, {"volume": "1", "issue": "2", "page": "1–2"}),
    (EDITORIAL, {}, {"issn": "1234-5679"}),
    (EDITORIAL, {"title": "In this issue"}, {"title": "In this issue", "issued": Date(((2021, 2),))}),
    (EDITORIAL, {"issn": "1234-5679"}, {"issn": "1234-5679", "publisher": "Loom Press"}),
    (EDITORIAL, {"container_title": "E. Journal", "page": "1"}, {"page": "1"}),
    (INTRODUCTION, {"page": "1–10"}, {"page": "1–10", "container_title": "Of Mills"}),
    (INTRODUCTION, {"doi": "10.1000/book"}, {"doi": "10.1000/book", "title": "Conclusion"}),
    (BOOK, {"doi": "10.1000/book"}, {"doi": "10.1000/book", "type": "chapter"}),
    (REPORT, {"number": "1"}, {"issued": Date()}),
    (LOOMS, {}, {"issued": Date(((2022,),))}),
    (LOOMS, {"author": ()}, {"container_title": ""}),
    (LOOMS, {}, {"container_title": "", "issued": Date()}),
    (TALK, {}, {"container_title": "Mills 2021"}),
]
ONE = [
    (EDITORIAL, {"volume": "1", "page": "91--92"}, {"volume": "1", "page": "91–92"}),
    (EDITORIAL, {"volume": "Vol. 1", "page": "91-92"}, {"volume": "1", "page": "91"}),
    (INTRODUCTION, {"page": "1–10"}, {"page": "1–10", "isbn": "978-0-306-40615-7"}),
    (LOOMS, {}, {"volume": "1", "issue": "2", "page": "1–2"}),
    (LOOMS, {}, {"issn": "1234-5679"}),
    (LOOMS, {}, {"issued": Date()}),
    (LOOMS, {"page": "1234–1245"}, {"page": "pp. 1234-45"}),
    (LOOMS, {"volume": "PP", "issue": "99", "page": "1–1"}, {"volume": "7", "page": "15"}),
    (LOOMS, {"issue": "ahead of print"}, {"issue": "3"}),
    (LOOMS, {"page": "104512"}, {"page": "1–12"}),
    (LOOMS, {"page": "1–9"}, {"page": "1–9", "container_title": "J. E."}),
    (LOOMS, {"doi": "10.1000/AbC", "page": "1–9"}, {"doi": "10.1000/aBc", "page": "1–8"}),
    (BOOK, {"isbn": "978-0-306-40615-7"}, {"isbn": "0-306-40615-2"}),
    (BOOK, {"edition": "Second"}, {"edition": "2nd"}),
    (PREPRINT, {"doi": "10.1101/2020.01.01.123456v1"}, {"doi": "10.1101/2020.01.01.123456v2"}),
    (PREPRINT, {"doi": "10.26434/chemrxiv-2021-abcde"}, {"doi": "10.26434/chemrxiv-2021-abcde-v2"}),
    (PREPRINT, {"doi": "10.31234/osf.io/abcd_v1"}, {"doi": "10.31234/osf.io/abcd_v2"}),
    (PREPRINT, {"arxiv_id": "2101.00001v1"}, {"arxiv_id": "2101.00001v2", "title": "On weaving"}),
    (PREPRINT, {"arxiv_id": "2101.1", "number": "2101.1v1"}, {"arxiv_id": "2101.1", "number": "2101.1v2"}),
    (PREPRINT, {"doi": "10.48550/arXiv.2101.00001"}, {"arxiv_id": "2101.00001"}),
]
VERSIONS = [
    (LOOMS, {"type": "article", "doi": "10.1101/1", "page": "1–20"}, {"doi": "10.1000/2", "page": "101–109"}),
    (LOOMS, {"type": "article", "arxiv_id": "2101.00001"}, {"arxiv_id": "2101.00001", "title": "Renamed"}),
    (TALK, {"page": "1–9"}, {"type": "article-journal", "container_title": "Journal of E", "page": "101–109"}),
]  # fmt: skip
CASES = [
    (relation, replace(base, **one), replace(base, **other))
    for relation, cases in (
        (RowKind.NEW, DIFFERENT), (RowKind.POSSIBLE_DUPLICATE, PERHAPS_ONE), (RowKind.DUPLICATE, ONE),
        (RowKind.VERSION, VERSIONS),
    )
    for base, one, other in cases
]  # fmt: skip


def take(*references):
    planned = plan(references, "bib")
    return [row.kind for row in planned.rows], apply(planned)


@pytest.mark.parametrize(("is_reversed", "keys"), [(False, ("", "")), (True, ("a", "b"))])
@pytest.mark.parametrize(("relation", "one", "other"), CASES)
def test_two_entries_of_a_file_are_two_works_unless_something_confirms_that_they_are_one(
    relation, one, other, is_reversed, keys
):
    pair = [replace(reference, citation_key=key) for reference, key in zip((one, other), keys, strict=True)]

    found, _ = take(*(reversed(pair) if is_reversed else pair))

    assert found == [RowKind.NEW, relation]
    assert Publication.objects.count() == (1 if relation == RowKind.DUPLICATE else 2)


@pytest.mark.parametrize("is_reversed", [False, True])
@pytest.mark.parametrize(("relation", "one", "other"), CASES)
def test_the_same_holds_for_entries_of_two_files(relation, one, other, is_reversed):
    pair = [replace(one, citation_key="a"), replace(other, citation_key="b")]
    first, second = reversed(pair) if is_reversed else pair
    take(first)

    (found,), _ = take(second)

    updates = (RowKind.CHANGED, RowKind.UNCHANGED)
    assert found in (updates if relation == RowKind.DUPLICATE else (relation,))
    assert Publication.objects.count() == (1 if relation == RowKind.DUPLICATE else 2)


@pytest.mark.parametrize(
    ("base", "before", "after"),
    [
        (LOOMS, {"doi": "10.1000/1"}, {"doi": "10.1000/2"}),
        (LOOMS, {"page": "1–9"}, {"page": "11–19"}),
        (LOOMS, {}, {"issued": Date(((2022,),)), "volume": "3", "author": (Name(family="Edi", given="T."),)}),
        (LOOMS, {}, {"container_title": "Annals of F"}),
        (LOOMS, {}, {"author": (Name(family="Eddi"),)}),
        (LOOMS, {}, {"title": "On the weavign of looms"}),
        (LOOMS, {}, {"title": "On the weaving of looms: A history"}),
        (LOOMS, {"type": "document"}, {"doi": "10.1000/2", "volume": "3"}),
        (EDITORIAL, {}, {"volume": "1", "issue": "2", "page": "1–2", "doi": "10.1000/2"}),
        (EDITORIAL, {"volume": "1", "issue": "2", "page": "1–2"}, {"volume": "1", "issue": "2", "page": "1–3"}),
        (LOOMS, {"citation_key": "", "volume": "1"}, {"citation_key": "", "volume": "2"}),
        (
            LOOMS,
            {"citation_key": "", "page": "1", "doi": "10.1000/1"},
            {"citation_key": "", "page": "1", "doi": "10.1000/2"},
        ),
    ],
)
def test_a_source_may_correct_one_fact_of_a_work(base, before, after):
    base = replace(base, citation_key="edi2021")
    take(replace(base, **before))

    found, _ = take(replace(base, **after))

    assert found == [RowKind.CHANGED]
    assert Publication.objects.count() == 1


@pytest.mark.parametrize(
    ("relation", "base", "one", "other"),
    [
        (RowKind.NEW, LOOMS, {"doi": "10.1000/1"}, {"author": (ANN,), "title": "Mills"}),
        (RowKind.NEW, LOOMS, {"title": "Looms"}, {"title": "Looms and mills", "container_title": "Annals of F"}),
        (RowKind.NEW, LOOMS, {"title": "Looms, part I"}, {"title": "Looms, part II"}),
        (RowKind.NEW, LOOMS, {"title": "Introduction"}, {"title": "Introduction to looms"}),
        (RowKind.NEW, EDITORIAL, {"doi": "10.1000/1"}, {"doi": "10.1000/2"}),
        (RowKind.NEW, EDITORIAL, {"issue": "1", "page": "1–2"}, {"issue": "2", "page": "101–102"}),
        (RowKind.POSSIBLE_DUPLICATE, EDITORIAL, {}, {"container_title": "Annals of F"}),
        (RowKind.POSSIBLE_DUPLICATE, LOOMS, {"doi": "10.1000/1", "page": "1"}, {"doi": "10.1000/2", "page": "9"}),
        (RowKind.POSSIBLE_DUPLICATE, LOOMS, {"doi": "10.1000/1"}, {"doi": "10.1000/2", "container_title": "Annals"}),
        (RowKind.VERSION, TALK, {}, {"type": "article-journal", "container_title": "Journal of E"}),
    ],
)  # fmt: skip
def test_the_same_key_in_the_files_of_two_people_overwrites_nothing(relation, base, one, other):
    base = replace(base, citation_key="edi2021")
    first = replace(base, **one)
    take(first)

    found, result = take(replace(base, **other))

    assert found == [relation]
    assert Publication.objects.exclude(pk__in=result.added).get().as_reference() == first


@pytest.mark.parametrize("is_stored", [False, True])
def test_two_works_are_not_both_taken_for_a_third_that_says_less(is_stored):
    less, one, other = LOOMS, replace(LOOMS, volume="1", page="1–9"), replace(LOOMS, volume="2", page="101–109")
    if is_stored:
        take(less)

    found, _ = take(*([one, other] if is_stored else [less, one, other]))

    assert found[-2:] == [RowKind.CHANGED if is_stored else RowKind.DUPLICATE, RowKind.POSSIBLE_DUPLICATE]
    assert Publication.objects.filter(volume="2").exists()


def test_another_source_does_not_correct_a_contradiction():
    take(replace(LOOMS, citation_key="a", doi="10.1000/1"))

    rows = plan([replace(LOOMS, citation_key="a", doi="10.1000/2")], "ris").rows

    assert [row.kind for row in rows] == [RowKind.POSSIBLE_DUPLICATE]


@pytest.mark.parametrize("size", [3, 500])
def test_a_file_that_is_imported_three_times_changes_nothing_after_the_first_time(size, monkeypatch):
    monkeypatch.setattr(steps, "CHUNK", size)
    references = [
        replace(reference, citation_key=f"k{number}" if number % 3 else "")
        for number, reference in enumerate(reference for _, *pair in CASES for reference in pair)
    ]
    added = [pk for _, result in steps.import_all(references, "bib") for pk in result.added]
    before = list(Publication.objects.order_by("pk").values())

    assert len(added) > 30
    for _ in range(2):
        again = list(steps.import_all(references, "bib"))
        assert {row.kind for planned, _ in again for row in planned.rows} == {RowKind.UNCHANGED, RowKind.DUPLICATE}
        assert list(Publication.objects.order_by("pk").values()) == before
