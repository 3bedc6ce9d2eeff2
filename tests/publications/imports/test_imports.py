"""Import plans and their application."""

from dataclasses import replace

import pytest
from django.db import transaction

from profiles.models import Tag
from publications.imports.steps import Action, Choice, RowKind, apply, plan
from publications.models import Origin, Publication
from publications.references import Date, Name, Reference, formats
from tests import make

pytestmark = pytest.mark.django_db

ADA = Name(family="Lovelace", given="Ada")
CHARLES = Name(family="Babbage", given="Charles")
ENGINES = Reference(
    type="article-journal",
    citation_key="lovelace1843",
    title="On Engines",
    author=(ADA, CHARLES),
    issued=Date(((1843,),)),
    container_title="Memoirs",
    doi="10.1000/engines",
    keyword=("engines",),
)
PREPRINT = Reference(
    type="article",
    title="On Engines",
    author=(ADA, CHARLES),
    issued=Date(((1842, 12),)),
    arxiv_id="1842.00001",
)


def take(*references, source="bib", **options):
    return apply(plan(references, source), **options)


def kinds(*references, source="bib"):
    return [row.kind for row in plan(references, source).rows]


def test_a_plan_writes_nothing(django_assert_num_queries):
    plan([ENGINES], "bib")

    assert not Publication.objects.exists()


def test_new_works_are_imported_completely_and_as_drafts():
    result = take(ENGINES)

    publication = Publication.objects.get(pk__in=result.added)
    assert publication.as_reference() == ENGINES
    assert publication.state == "draft"
    assert publication.slug == "on-engines"


def test_new_works_can_be_published_at_once():
    take(ENGINES, publish=True)

    assert Publication.objects.published().get().is_public


@pytest.mark.parametrize("ending", ["bib", "ris", "json"])
def test_a_file_that_a_visitor_exported_changes_nothing(client, ending):
    make.publication("On Engines", authors=["Ada Lovelace"], citation_key="a", container_title="Looms")
    make.publication("On Looms", authors=["Ada Lovelace"], citation_key="b", url="https://example.org/looms")

    exported = client.get(f"/publications.{ending}").getvalue()

    assert kinds(*formats.loads(exported, ending).references, source=ending) == [RowKind.UNCHANGED] * 2


def test_a_second_run_changes_nothing():
    take(ENGINES, PREPRINT, publish=True)
    before = list(Publication.objects.order_by("pk").values())

    result = take(ENGINES, PREPRINT)

    assert (result.added, result.changed, result.unchanged) == ([], [], 2)
    assert list(Publication.objects.order_by("pk").values()) == before


@pytest.mark.parametrize(
    "again",
    [
        {"citation_key": "other", "title": "Renamed", "doi": "10.1000/ENGINES"},
        {"doi": "", "title": "On Engines and their cards"},
        {"doi": "", "citation_key": "", "title": "ON <i>Engínes</i>!"},
    ],
)
def test_a_work_is_matched_by_doi_then_key_then_title_year_and_first_author(again):
    take(ENGINES)

    row = plan([replace(ENGINES, **again)], "bib").rows[0]

    assert row.target == Publication.objects.get().pk
    assert row.kind in (RowKind.UNCHANGED, RowKind.CHANGED)


def test_a_work_is_matched_by_its_arxiv_identifier_in_any_version():
    take(PREPRINT)

    row = plan([Reference(type="article", title="Renamed", arxiv_id="1842.00001v3")], "arxiv").rows[0]

    assert (row.target, row.reason) == (Publication.objects.get().pk, "arXiv identifier")


def test_different_works_with_the_same_key_do_not_match():
    take(ENGINES)

    result = take(Reference(type="book", title="Sketches of Cats", citation_key="lovelace1843"))

    assert Publication.objects.get(pk=result.added[0]).citation_key == "lovelace1843a"


def test_a_change_at_the_source_is_shown_by_field_and_applied():
    take(ENGINES)
    news = replace(ENGINES, volume="3", page="1-20", container_title="Scientific Memoirs")

    row = plan([news], "bib").rows[0]
    result = take(news)

    assert row.kind == RowKind.CHANGED
    assert [(c.name, c.old_text, c.new_text) for c in row.changes] == [
        ("container_title", "Memoirs", "Scientific Memoirs"), ("volume", "", "3"), ("page", "", "1-20"),
    ]  # fmt: skip
    assert Publication.objects.get(pk__in=result.changed).as_reference() == news


def test_a_manually_edited_field_is_a_conflict_and_does_not_change():
    take(ENGINES)
    Publication.objects.update(container_title="My Memoirs")
    news = replace(ENGINES, container_title="Scientific Memoirs", volume="3")

    row = plan([news], "bib").rows[0]
    take(news)

    publication = Publication.objects.get()
    assert row.kind == RowKind.CONFLICT
    assert [change.name for change in row.changes if change.conflict] == ["container_title"]
    assert (publication.container_title, publication.volume) == ("My Memoirs", "3")
    assert kinds(news) == [RowKind.CONFLICT]


def test_a_conflict_that_an_editor_decided_does_not_return():
    take(ENGINES)
    Publication.objects.update(container_title="My Memoirs")
    planned = plan([replace(ENGINES, container_title="Scientific Memoirs")], "bib")

    apply(planned, {1: Choice(Action.UPDATE, frozenset())})

    assert kinds(replace(ENGINES, container_title="Scientific Memoirs")) == [RowKind.UNCHANGED]
    assert Publication.objects.get().container_title == "My Memoirs"


def test_a_selected_conflict_is_applied():
    take(ENGINES)
    Publication.objects.update(container_title="My Memoirs")
    planned = plan([replace(ENGINES, container_title="Scientific Memoirs")], "bib")

    apply(planned, {1: Choice(Action.UPDATE, frozenset({"container_title"}))})

    assert Publication.objects.get().container_title == "Scientific Memoirs"


def test_a_manual_edit_is_not_a_change_while_the_source_stays_the_same():
    take(ENGINES)
    Publication.objects.update(container_title="My Memoirs")

    assert kinds(ENGINES) == [RowKind.UNCHANGED]


def test_a_work_without_identifiers_is_matched_after_its_title_and_type_were_edited():
    bare = replace(ENGINES, doi="", citation_key="")
    take(bare, source="ris")
    Publication.objects.update(title="On Analytical Engines", type="report", issued="1844")

    assert kinds(bare, source="ris") == [RowKind.UNCHANGED]


def test_two_sources_that_differ_do_not_overwrite_each_other_repeatedly():
    take(ENGINES)
    other = replace(ENGINES, container_title="Scientific Memoirs", citation_key="")
    take(other, source="doi")

    assert kinds(ENGINES) == [RowKind.UNCHANGED]
    assert kinds(other, source="doi") == [RowKind.UNCHANGED]
    assert Publication.objects.get().container_title == "Scientific Memoirs"


@pytest.mark.parametrize(
    "less",
    [{"page": "1-20"}, {"page": "1"}, {"volume": "PP"}, {"issue": "ahead of print"}, {"isbn": "0-306-40615-2"}],
)
def test_a_source_with_less_information_removes_nothing(less):
    take(replace(ENGINES, volume="3", issue="2", issued=Date(((1843, 9),)), page="1–20", isbn="978-0-306-40615-7"))

    assert kinds(replace(ENGINES, **less), source="doi") == [RowKind.UNCHANGED]


def test_a_repeated_entry_is_imported_once():
    planned = plan([ENGINES, replace(ENGINES, volume="3")], "bib")

    assert [(row.kind, row.target_number) for row in planned.rows] == [(RowKind.NEW, None), (RowKind.DUPLICATE, 1)]
    assert len(apply(planned).added) == 1
    assert kinds(ENGINES, replace(ENGINES, volume="3")) == [RowKind.UNCHANGED, RowKind.DUPLICATE]


@pytest.mark.parametrize("references", [(ENGINES, PREPRINT), (PREPRINT, ENGINES)])
def test_a_preprint_in_the_same_file_becomes_a_version_of_the_article(references):
    planned = plan(references, "bib")
    apply(planned)

    assert [row.kind for row in planned.rows] == [RowKind.NEW, RowKind.VERSION]
    article = Publication.objects.get(type="article-journal")
    assert Publication.objects.get(type="article").version_of == article


def test_the_article_becomes_the_main_version_of_the_preprint_and_its_versions():
    preprint = make.publication("On Engines", type="article", arxiv_id="1842.00001", issued="1842")
    talk = make.publication("A Talk on Engines", type="speech", version_of=preprint)

    take(ENGINES)

    article = Publication.objects.get(type="article-journal")
    preprint.refresh_from_db()
    talk.refresh_from_db()
    assert (preprint.version_of, talk.version_of) == (article, article)


def test_a_version_can_be_added_on_its_own_or_merged():
    take(ENGINES)
    planned = plan([PREPRINT], "arxiv")

    apply(planned, {1: Choice(Action.UPDATE, frozenset({"arxiv_id"}))})

    assert Publication.objects.get().arxiv_id == "1842.00001"


EDITORIAL = Reference(
    type="article-journal", citation_key="e1", title="Editorial", author=(ADA,), issued=ENGINES.issued
)
LATER = replace(EDITORIAL, citation_key="e2", volume="3", doi="10.1000/editorial")


def decide(action, *references, fields=frozenset()):
    """Import references of which the last one may repeat another one."""
    planned = plan(references, "bib")
    row = planned.rows[-1]
    assert row.kind == RowKind.POSSIBLE_DUPLICATE
    assert row.actions == (Action.ADD, Action.UPDATE, Action.VERSION, Action.SKIP)
    apply(planned, planned.defaults() | {row.number: Choice(action, fields or row.default_fields)})
    return list(Publication.objects.order_by("pk").values_list("citation_key", "volume", "doi"))


@pytest.mark.parametrize("is_stored", [True, False])
def test_a_possible_duplicate_is_added_by_default_or_merged_or_added_as_a_version_or_skipped(is_stored):
    first, later = ("e1", "", ""), ("e2", "3", "10.1000/editorial")
    expected = {
        Action.ADD: [first, later],
        Action.UPDATE: [("e1", "3", "10.1000/editorial")],
        Action.VERSION: [first, later],
        Action.SKIP: [first],
    }
    for action, works in expected.items():
        with transaction.atomic():
            if is_stored:
                take(EDITORIAL)
            assert decide(action, *([] if is_stored else [EDITORIAL]), LATER) == works
            assert Publication.objects.filter(version_of__isnull=False).count() == (action == Action.VERSION)
            transaction.set_rollback(True)


def test_a_merged_possible_duplicate_keeps_what_the_other_says():
    take(replace(EDITORIAL, container_title="Memoirs"))

    decide(Action.UPDATE, replace(LATER, container_title="Annals"))

    publication = Publication.objects.get()
    assert (publication.container_title, publication.volume) == ("Memoirs", "3")
    assert kinds(LATER) == [RowKind.UNCHANGED]


def test_an_entry_is_added_if_the_one_that_it_would_be_merged_with_is_not_imported():
    planned = plan([EDITORIAL, LATER], "bib")

    apply(planned, {2: Choice(Action.UPDATE)})

    assert Publication.objects.get().citation_key == "e2"


def test_entries_can_be_merged_with_an_entry_that_is_merged_itself():
    third = replace(EDITORIAL, citation_key="e3", issue="7", container_title="Memoirs")
    planned = plan([EDITORIAL, LATER, third], "bib")
    merging = {row.number: Choice(Action.UPDATE, row.default_fields) for row in planned.rows[1:]}

    result = apply(planned, planned.defaults() | merging)

    publication = Publication.objects.get()
    assert (publication.volume, publication.issue, publication.container_title) == ("3", "7", "Memoirs")
    assert (result.added, result.changed) == ([publication.pk], [publication.pk])


def test_a_repeated_entry_can_be_merged_with_the_first_one():
    planned = plan([ENGINES, replace(ENGINES, volume="3")], "bib")

    apply(planned, planned.defaults() | {2: Choice(Action.UPDATE, planned.rows[1].default_fields)})

    assert Publication.objects.get().volume == "3"


def test_a_doi_is_never_given_to_two_publications():
    take(ENGINES)
    planned = plan([replace(ENGINES, volume="9")], "bib")

    result = apply(planned, {1: Choice(Action.ADD)})

    assert Publication.objects.get(pk__in=result.added).doi == ""
    assert result.warnings == [
        "Entry 1, “On Engines”: another publication has the DOI 10.1000/engines, so it was imported without the DOI."
    ]


@pytest.mark.parametrize(
    ("name", "spellings", "printed"),
    [
        ("Ada Lovelace", "", Name(family="Lovelace", given="Ada")),
        ("Ada Lovelace", "", Name(family="Lovelace", given="Adá")),
        ("Ada King", "Ada Lovelace", Name(family="Lovelace", given="Ada")),
    ],
)
def test_a_name_is_linked_to_the_person_with_that_name_or_spelling(name, spellings, printed):
    person = make.person(name, other_names=spellings)

    take(replace(ENGINES, author=(printed,)))

    assert Publication.objects.get().authorships.get().person == person


def test_an_orcid_finds_the_person_with_any_name():
    person = make.person("Ada King", orcid="0000-0002-1825-0097")

    take(replace(ENGINES, author=(Name(family="L.", given="A.", orcid="0000-0002-1825-0097"),)))

    assert Publication.objects.get().authorships.get().person == person


@pytest.mark.parametrize("given", ["A.", "A. B.", "Ada B."])
def test_an_initial_only_suggests(given):
    person = make.person("Ada Lovelace")
    planned = plan([replace(ENGINES, author=(Name(family="Lovelace", given=given),))], "bib")

    assert [(s.person, s.index) for s in planned.rows[0].suggestions] == [(person.pk, 0)]
    assert Publication.objects.get(pk__in=apply(planned).added).authorships.get().person is None


def test_an_accepted_suggestion_links_the_name():
    person = make.person("Ada Lovelace")
    planned = plan([replace(ENGINES, author=(Name(family="Lovelace", given="A."),))], "bib")

    apply(planned, {1: Choice(Action.ADD, people=frozenset({("author", 0)}))})

    assert Publication.objects.get().authorships.get().person == person


def test_an_initial_is_enough_for_the_given_owner():
    person = make.owner(name="Ada Lovelace")

    take(replace(ENGINES, author=(Name(family="Lovelace", given="A."),)), owner=person)

    assert Publication.objects.get().authorships.get().person == person


def test_links_from_names_to_people_survive_a_new_import():
    take(ENGINES)
    authorship = Publication.objects.get().authorships.first()
    authorship.person = make.person("Augusta King")
    authorship.corresponding = True
    authorship.save()

    take(replace(ENGINES, author=(CHARLES, Name(family="Lovelace", given="A."), Name(literal="The Club"))))

    found = Publication.objects.get().authorships.all()
    assert [(a.name, a.person_id, a.corresponding) for a in found] == [
        ("Charles Babbage", None, False), ("A. Lovelace", authorship.person_id, True), ("The Club", None, False),
    ]  # fmt: skip


def test_tags_are_found_in_any_spelling_and_none_is_removed():
    make.tag("Analytical Engine")
    take(replace(ENGINES, keyword=("analytical-engine", "cards")))

    take(replace(ENGINES, keyword=("looms",)))

    assert set(Publication.objects.get().tags.names()) == {"Analytical Engine", "cards", "looms"}
    assert Tag.objects.count() == 3


def merge(client, kind, target, other):
    data = {"action": "merge", "_selected_action": [target.pk, other.pk], "target": target.pk}
    client.post(f"/admin/profiles/{kind}/", data)


def test_a_merged_tag_stays_merged_in_later_imports(editor_client):
    make.publication(tags=["Machine learning", "ML"])
    merge(editor_client, "tag", make.tag("Machine learning"), make.tag("ML"))

    imported = replace(ENGINES, title="On Mills", keyword=("ml", "machine-learning", "M-L"))
    take(imported)

    assert [tag.name for tag in Tag.objects.all()] == ["Machine learning"]
    assert Publication.objects.get(title="On Mills").tags.count() == 1
    assert kinds(imported) == kinds(imported, source="doi") == [RowKind.UNCHANGED]
    merge_undone = editor_client.post(f"/admin/profiles/tag/{Tag.objects.get().pk}/unmerge/")
    assert merge_undone.status_code == 302
    take(replace(ENGINES, doi="", title="On Looms", keyword=("M-L",)))
    assert Publication.objects.get(title="On Looms").tags.get().name == "ML"


def test_a_merged_person_is_recognised_in_later_imports(editor_client):
    ada = make.person("Ada Lovelace")
    other = make.person("A. A. King", given="Augusta Ada", family="King", orcid="0000-0002-1825-0097")
    other.other_names = "Noel, A."
    other.save()
    merge(editor_client, "person", ada, other)

    names = [
        Name("King", "A. A."), Name("King", "Augusta Ada"), Name("Noel", "A."),
        Name("Byron", "A.", orcid="0000-0002-1825-0097"),
    ]  # fmt: skip
    take(*(replace(ENGINES, doi=f"10.1/{n}", title=f"Work {n}", author=(name,)) for n, name in enumerate(names)))

    assert ada.authorships.count() == len(names)


def test_a_plan_that_fails_half_way_changes_nothing():
    take(PREPRINT)
    many = [replace(ENGINES, doi=f"10.1000/{n}", title=f"Engine {n}") for n in range(600)]
    planned = plan([*many, replace(PREPRINT, page="1-2")], "bib")
    Publication.objects.all().delete()

    with pytest.raises(KeyError):
        apply(planned)

    assert not Publication.objects.exists()
    assert not Origin.objects.exists()
