"""Names that are written family name first: Chinese, Japanese, Korean and Hungarian ones."""

import pytest
from django.contrib.auth.models import AnonymousUser

from profiles.models import Person
from profiles.search.queries import Query
from publications.citations.citeproc import cite
from publications.imports import steps
from publications.imports.matching import People
from publications.models import Publication
from publications.references import Name, Reference, bibtex, coins, csl, highwire, ris
from publications.references.formats import loads
from publications.references.values.bylines import read_byline
from publications.references.values.names import parse_name, parse_names
from tests import make

WANG = Name(family="王", given="小明")
KIM = Name(family="김", given="철수")
YAMADA = Name(family="山田", given="太郎")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (WANG, "王小明"), (KIM, "김철수"), (YAMADA, "山田太郎"), (Name(family="さとう", given="はな"), "さとうはな"),
        (Name(family="Wang", given="Xiaoming"), "Xiaoming Wang"), (Name(family="王", given="Ming"), "Ming 王"),
        (Name(family="王"), "王"), (Name(literal="王小明"), "王小明"),
    ],
)  # fmt: skip
def test_names_in_east_asian_scripts_are_printed_family_name_first_without_a_space(name, expected):
    assert str(name) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("王小明", WANG), ("王 小明", WANG), ("小明 王", WANG), ("王, 小明", WANG),
        ("欧阳小明", Name(family="欧阳", given="小明")), ("司馬光", Name(family="司馬", given="光")),
        ("欧阳 修", Name(family="欧阳", given="修")), ("劉 德華", Name(family="劉", given="德華")),
        ("김철수", KIM), ("김 철수", KIM), ("철수 김", KIM), ("남궁민수", Name(family="남궁", given="민수")),
        ("山田 太郎", YAMADA), ("山田 実", Name(family="山田", given="実")), ("山田太郎", Name(family="山田太郎")),
        ("ひろゆき", Name(family="ひろゆき")), ("王", Name(family="王")),
        ("Wang Xiaoming", Name(family="Xiaoming", given="Wang")),
    ],
)  # fmt: skip
def test_the_parts_of_a_name_are_found(text, expected):
    assert parse_name(text) == expected
    assert parse_names(text) == ((expected,), False)


def test_ris_has_names_without_a_comma():
    assert ris.loads("TY  - JOUR\nAU  - 王小明\nAU  - 山田 太郎\nER  - ").references[0].author == (WANG, YAMADA)


def test_a_person_in_braces_is_no_organisation():
    bodies = (Name(literal="清华大学"), Name(literal="국립 연구소"))

    assert parse_names("{王小明} and {清华大学} and {국립 연구소}") == ((WANG, *bodies), False)


@pytest.mark.parametrize(
    "text",
    [
        "王小明、李华",
        "王小明，李华",
        "王小明, 李华",
        "王小明; 李华",
        "王, 小明, 李, 华",
        "王小明 李华",
        "小明 王 and 华 李",
    ],
)
def test_a_byline_in_chinese_is_split(text):
    names = [WANG, Name(family="李", given="华")]

    assert read_byline(text) == names
    assert parse_names(text) == (tuple(names), False)


def test_a_byline_in_japanese_and_korean_is_split():
    assert read_byline("山田 太郎、鈴木 花子") == [YAMADA, Name(family="鈴木", given="花子")]
    assert read_byline("山田, 太郎") == [YAMADA]
    assert read_byline("김철수, 이영희") == [KIM, Name(family="이", given="영희")]


@pytest.mark.parametrize("format_", [bibtex, ris, csl])
def test_names_are_the_same_after_an_export_and_an_import(format_):
    names = (WANG, YAMADA, KIM, Name(family="山田太郎"), Name(family="王小明"))
    work = Reference(type="article-journal", citation_key="w", title="A", author=names, container_title="B")

    assert format_.loads(format_.dumps([work])).references == [work]


def test_metadata_keeps_family_and_given_name_apart():
    work = Reference(type="article-journal", title="A", author=(WANG,))

    assert ("citation_author", "王, 小明") in highwire.tags(work)
    assert "rft.au=%E7%8E%8B,+%E5%B0%8F%E6%98%8E" in coins.dumps(work)


@pytest.mark.pandoc
def test_citations_have_no_initials():
    [citations] = cite([Reference(type="article-journal", title="A", container_title="B", author=(WANG, YAMADA))])

    texts = {one.key: one.text for one in citations}
    assert texts["ieee"].startswith("王小明 and 山田太郎, “A,”")
    assert texts["vancouver"].startswith("王小明, 山田太郎. A.")


@pytest.mark.django_db
@pytest.mark.parametrize("query", ["王小明", "小明王", "王 小明", "小明 王", "author:小明王", "小明", "王"])
def test_a_work_and_a_person_are_found_in_both_orders(query):
    steps.apply(steps.plan(loads("@article{w, author={王, 小明}, title={A}, journal={B}}").references, "bib"))
    make.person("王小明", family="王", given="小明")

    assert Publication.objects.search(query, AnonymousUser()).count() == 1
    if ":" not in query:
        assert len(Person.objects.best_first(Query.parse(query))) == 1


@pytest.mark.django_db
@pytest.mark.parametrize("query", ["김철수", "철수김", "김 철수", "철수"])
def test_a_korean_name_is_found_in_both_orders(query):
    make.publication(authors=[make.person("김철수", family="김", given="철수")])

    assert Publication.objects.search(query, AnonymousUser()).count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("query", ["Wang Xiaoming", "Xiaoming Wang"])
def test_a_name_in_latin_letters_is_found_in_both_orders(query):
    make.publication(authors=["Xiaoming Wang"])

    assert Publication.objects.search(query, AnonymousUser()).count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("stored", "printed", "is_certain"),
    [
        ({"name": "王小明"}, "王, 小明", True), ({"name": "王小明"}, "小明 王", True),
        ({"name": "小明 王", "family": "王", "given": "小明"}, "王小明", True),
        ({"name": "山田太郎", "family": "山田", "given": "太郎"}, "太郎, 山田", True),
        ({"name": "Xiaoming Wang"}, "Wang Xiaoming", False), ({"name": "Xiaoming Wang"}, "Wang, Xiaoming", True),
        ({"name": "Nagy Péter", "family": "Nagy", "given": "Péter"}, "Nagy, Péter", True),
    ],
)  # fmt: skip
def test_people_are_matched_in_both_orders(stored, printed, is_certain):
    person = make.person(**{"family": "", "given": "", **stored})

    assert People().find(parse_name(printed)) == (person.pk, is_certain)


@pytest.mark.django_db
@pytest.mark.parametrize("field", ["language = {hu}", "langid = {magyar}", "language = {Hungarian}"])
def test_a_hungarian_work_prints_family_names_first(client, field):
    text = f"@article{{n, author={{Nagy, Péter and Kiss, Anna}}, title={{A}}, journal={{B}}, {field}}}"
    steps.apply(steps.plan(loads(text).references, "bib"), publish=True)
    work = Publication.objects.get()

    assert work.byline_text == "Nagy Péter, Kiss Anna"
    assert work.as_reference().author == (Name(family="Nagy", given="Péter"), Name(family="Kiss", given="Anna"))
    assert steps.plan(loads(text).references, "bib").rows[0].kind == "unchanged"
