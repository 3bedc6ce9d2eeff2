"""The history in the admin, and conflicting saves."""

import re

import pytest
from django.test import Client

from profiles.history import revisions
from profiles.models import Person, Tag
from publications.models import Publication
from tests import make
from tests.publications.test_admin import ADD, LIST, form

pytestmark = pytest.mark.django_db


def change_url(publication):
    return f"{LIST}{publication.pk}/change/"


def history_url(publication):
    return f"{LIST}{publication.pk}/history/"


def rows_of(publication):
    return [{"id": row.pk, "name": row.name, "person": row.person_id or ""} for row in publication.authorships.all()]


def posted(publication, **fields):
    """Return the form of a publication with some fields changed."""
    rows = rows_of(publication)
    filled = {"title": publication.title, "issued": publication.issued, "slug": publication.slug, "state": "published"}
    filled["tags"] = [tag.name for tag in publication.tags.all()]
    return form(authors=rows, initial_authors=len(rows), **{**filled, **fields})


def seen(client, publication):
    return re.search(r'name="_seen" value="(\w+)"', client.get(change_url(publication)).content.decode())[1]


@pytest.fixture
def paper():
    return make.publication("On Engines", authors=["Ada Lovelace", "Mary Somerville"], tags=["engines"])


def test_the_first_save_also_records_the_state_before(editor_client, paper):
    editor_client.post(change_url(paper), posted(paper, title="On Mills"))

    saved = revisions.get_revisions(Publication, paper.pk)
    assert [moment.state.root.values["title"] for moment in saved] == ["On Mills", "On Engines"]
    assert [(moment.user, moment.comment) for moment in saved] == [("editor", ""), ("", revisions.UNRECORDED)]


def test_a_change_outside_the_admin_is_recorded_at_the_next_save(editor_client, paper):
    editor_client.post(change_url(paper), posted(paper, title="On Mills"))
    Publication.objects.filter(pk=paper.pk).update(volume="7")
    editor_client.post(change_url(paper), posted(paper, title="On Wheels", volume="7"))

    states = [moment.state.root.values for moment in revisions.get_revisions(Publication, paper.pk)]
    assert [(values["title"], values["volume"]) for values in states] == [
        ("On Wheels", "7"), ("On Mills", "7"), ("On Mills", ""), ("On Engines", ""),
    ]  # fmt: skip


def test_the_history_lists_the_changes(editor_client, paper):
    ada, mary = rows_of(paper)
    grace = make.person("Grace Hopper")
    editor_client.post(
        change_url(paper),
        posted(paper, title="On Analytical Engines", status="submitted", tags=["mills"])
        | form(
            authors=[ada | {"corresponding": "on"}, mary | {"DELETE": "on"}, {"person": grace.pk}], initial_authors=2,
            title="On Analytical Engines", status="submitted", tags=["mills"], state="published", issued="2025",
        ),
    )  # fmt: skip

    page = editor_client.get(history_url(paper)).content.decode()

    for words in (
        "<li>Title</li>", "<li>Status</li>", "Authors and editors: added “Grace Hopper”; removed “Mary Somerville”",
        "“Ada Lovelace”, corresponding: no → yes", "Tags: added “mills”; removed “engines”",
    ):  # fmt: skip
        assert words in page


def test_two_revisions_are_compared_word_by_word(editor_client, paper):
    for title in ("On Mills", "On the Mills of Turin"):
        editor_client.post(change_url(paper), posted(paper, title=title))
    newest, _, oldest = revisions.get_revisions(Publication, paper.pk)

    page = editor_client.get(history_url(paper), {"from": newest.pk, "to": oldest.pk}).content.decode()

    assert "<del>Engines</del><ins>the Mills of Turin</ins>" in page


def test_restoring_includes_authors_and_tags_and_creates_a_revision(editor_client, paper):
    editor_client.post(
        change_url(paper),
        form(title="Spoilt", authors=[row | {"DELETE": "on"} for row in rows_of(paper)], initial_authors=2),
    )
    first = revisions.get_revisions(Publication, paper.pk)[-1]

    answer = editor_client.post(history_url(paper), {"restore": first.pk})

    paper = Publication.objects.get(pk=paper.pk)
    assert answer.status_code == 302
    assert (paper.title, paper.state, paper.issued) == ("On Engines", "published", "2025")
    assert [str(row) for row in paper.authorships.all()] == ["Ada Lovelace", "Mary Somerville"]
    assert [tag.name for tag in paper.tags.all()] == ["engines"]
    newest = revisions.get_revisions(Publication, paper.pk)[0]
    assert newest.comment.startswith("Restored from")
    assert newest.state.digest == first.state.digest


def test_the_state_before_a_restore_can_be_restored(editor_client, paper):
    editor_client.post(change_url(paper), posted(paper, title="On Mills"))
    first = revisions.get_revisions(Publication, paper.pk)[-1]
    editor_client.post(history_url(paper), {"restore": first.pk})

    second = revisions.get_revisions(Publication, paper.pk)[1]
    editor_client.post(history_url(paper), {"restore": second.pk})

    assert Publication.objects.get().title == "On Mills"


def test_restoring_a_slug_leaves_a_redirect(editor_client, client, paper):
    editor_client.post(change_url(paper), posted(paper, slug="mills"))
    first = revisions.get_revisions(Publication, paper.pk)[-1]
    editor_client.post(history_url(paper), {"restore": first.pk})

    assert client.get("/publications/mills/").url == "/publications/on-engines/"


def restore_last(client, address, item):
    """Restore the last revision of a deleted object, and return the messages of the next page."""
    client.get(address)  # shows the message about the deletion
    (last, *_) = revisions.revision_ids(type(item), item.pk)
    answer = client.post(f"{address}{item.pk}/history/", {"restore": last}, follow=True)
    return [str(message) for message in answer.context["messages"]]


def test_a_revision_with_the_doi_of_another_publication_is_restored_without_it(editor_client, paper):
    Publication.objects.filter(pk=paper.pk).update(doi="10.1234/a", volume="7")
    editor_client.post(change_url(paper), posted(paper, doi="", volume=""))
    make.publication("Another", doi="10.1234/A")
    first = revisions.get_revisions(Publication, paper.pk)[-1]

    answer = editor_client.post(history_url(paper), {"restore": first.pk}, follow=True)

    assert "The DOI 10.1234/a was left empty, because “Another” has it now." in answer.content.decode()
    paper.refresh_from_db()
    assert (paper.doi, paper.volume) == ("", "7")
    assert paper.authorships.count() == 2


def test_a_deleted_publication_whose_slug_and_citation_key_are_taken_gets_free_ones(editor_client, paper):
    Publication.objects.filter(pk=paper.pk).update(citation_key="lovelace2025engines")
    editor_client.post(f"{LIST}{paper.pk}/delete/", {"post": "yes"})
    make.publication("On Engines", citation_key="lovelace2025engines")

    messages = restore_last(editor_client, LIST, paper)

    back = Publication.objects.get(pk=paper.pk)
    assert (back.slug, back.citation_key) == ("on-engines-2", "lovelace2025enginesa")
    assert messages[:2] == [
        "The slug “on-engines” is in use, so “On Engines” got “on-engines-2”.",
        "The citation key “lovelace2025engines” is in use, so “On Engines” got “lovelace2025enginesa”.",
    ]
    assert [str(row) for row in back.authorships.all()] == ["Ada Lovelace", "Mary Somerville"]


def test_a_deleted_work_whose_address_leads_to_another_now_gets_a_free_slug(editor_client, client, paper):
    editor_client.post(f"{LIST}{paper.pk}/delete/", {"post": "yes"})
    other = make.publication("On Engines")
    other.slug = "engines"
    other.save()

    restore_last(editor_client, LIST, paper)

    assert Publication.objects.get(pk=paper.pk).slug == "on-engines-2"
    assert client.get("/publications/on-engines/").url == "/publications/engines/"


def test_a_restored_version_of_a_work_that_became_a_version_stands_alone(editor_client, paper):
    preprint = make.publication("A preprint", version_of=paper)
    editor_client.post(f"{LIST}{preprint.pk}/delete/", {"post": "yes"})
    paper.version_of = make.publication("The book")
    paper.save()

    messages = restore_last(editor_client, LIST, preprint)

    assert Publication.objects.get(pk=preprint.pk).version_of is None
    assert "“On Engines” is itself a version of “The book”." in messages[0]


def test_a_version_that_has_versions_now_does_not_return_to_a_restored_work(editor_client, paper):
    preprint = make.publication("A preprint", version_of=paper)
    editor_client.post(f"{LIST}{paper.pk}/delete/", {"post": "yes"})
    make.publication("A poster", version_of=Publication.objects.get(pk=preprint.pk))

    messages = restore_last(editor_client, LIST, paper)

    assert Publication.objects.get(pk=paper.pk).versions.count() == 0
    assert "“A poster” is a version of this one." in messages[0]


def test_a_deleted_person_or_tag_is_restored_beside_one_that_took_its_place(editor_client, paper):
    ada = make.person("Ada King", orcid="0000-0002-1825-0097", is_owner=True)
    tag = make.tag("mills")
    editor_client.post(f"/admin/profiles/person/{ada.pk}/delete/", {"post": "yes"})
    editor_client.post(f"/admin/profiles/tag/{tag.pk}/delete/", {"post": "yes"})
    make.owner(name="A. King", orcid="0000-0002-1825-0097")
    make.tag("Mills")

    messages = restore_last(editor_client, "/admin/profiles/person/", ada)
    messages += restore_last(editor_client, "/admin/profiles/tag/", tag)

    ada.refresh_from_db()
    assert (ada.orcid, ada.is_owner) == ("", False)
    assert Tag.objects.get(pk=tag.pk).name == "mills (2)"
    assert messages == [
        "The ORCID iD was left empty, because “A. King” has it now.",
        "“A. King” is the owner of the site now and stays it.",
        "Person “Ada King” restored.",
        "The slug “mills” is in use, so “mills” got “mills-2”.",
        "There is a tag “Mills” already, so this one is called “mills (2)”. You can merge them.",
        "Tag “mills (2)” restored.",
    ]


def test_a_deleted_person_or_tag_is_restored_by_name(editor_client, paper):
    editor_client.post(
        change_url(paper),
        posted(paper, tags=[])
        | form(authors=[rows_of(paper)[0] | {"DELETE": "on"}], initial_authors=1, state="published"),
    )
    Person.objects.get(name="Ada Lovelace").delete()
    Tag.objects.all().delete()
    first = revisions.get_revisions(Publication, paper.pk)[-1]

    editor_client.post(history_url(paper), {"restore": first.pk})

    assert next((str(row), row.person_id is None) for row in paper.authorships.all()) == ("Ada Lovelace", True)
    assert [tag.name for tag in paper.tags.all()] == ["engines"]


def test_a_deleted_publication_is_restored_with_everything_related(editor_client, client, paper):
    preprint = make.publication("On Engines", type="article", version_of=paper, authors=[])
    project = make.project()
    project.publications.add(paper)
    resource = paper.resources.create(kind="code", url="https://example.org/code")
    editor_client.post(f"{LIST}{paper.pk}/delete/", {"post": "yes"})
    assert not Publication.objects.filter(pk=paper.pk).exists()

    page = editor_client.get(f"{LIST}deleted/").content.decode()
    assert f'<a href="{history_url(paper)}">On Engines</a>' in page
    last = revisions.get_revisions(Publication, paper.pk)[0]
    editor_client.post(history_url(paper), {"restore": last.pk})

    back = Publication.objects.get(pk=paper.pk)
    assert [str(row) for row in back.authorships.all()] == ["Ada Lovelace", "Mary Somerville"]
    assert [tag.name for tag in back.tags.all()] == ["engines"]
    assert list(back.resources.all()) == [resource]
    assert list(back.versions.all()) == [preprint]
    assert list(back.projects.all()) == [project]
    assert client.get("/publications/on-engines/").status_code == 200


def test_publications_deleted_together_can_be_restored(editor_client, paper):
    other = make.publication("On Mills")
    editor_client.post(LIST, {"action": "delete_selected", "_selected_action": [paper.pk, other.pk], "post": "yes"})

    for version in revisions.deleted_versions(Publication):
        editor_client.post(f"{LIST}{version.object_id}/history/", {"restore": version.revision_id})

    assert set(Publication.objects.values_list("title", flat=True)) == {"On Engines", "On Mills"}


def test_a_deleted_person_is_restored_with_everything_related(editor_client):
    ada, grace = make.person("Ada"), make.person("Grace")
    ada.relations.create(related=grace, role="student")
    grace.relations.create(related=ada, role="collaborator")
    talk = make.activity("A talk", person=ada, tags=["engines"])
    make.project().members.create(person=ada)
    editor_client.post(f"/admin/profiles/person/{ada.pk}/delete/", {"post": "yes"})
    assert not Person.objects.filter(pk=ada.pk).exists()

    last = revisions.get_revisions(Person, ada.pk)[0]
    editor_client.post(f"/admin/profiles/person/{ada.pk}/history/", {"restore": last.pk})

    back = Person.objects.get(pk=ada.pk)
    assert (back.relations.count(), back.inverse_relations.count(), back.project_memberships.count()) == (1, 1, 1)
    assert list(back.activities.all()) == [talk]
    assert [tag.name for tag in back.activities.get().tags.all()] == ["engines"]


def test_deleted_activities_are_listed_by_kind(editor_client):
    prize = make.activity("A prize")
    editor_client.post(f"/admin/profiles/awardactivity/{prize.pk}/delete/", {"post": "yes"})

    assert "A prize" in editor_client.get("/admin/profiles/awardactivity/deleted/").content.decode()
    assert "A prize" not in editor_client.get("/admin/profiles/serviceactivity/deleted/").content.decode()


def test_publishing_in_bulk_is_in_the_history(editor_client, paper):
    draft = make.publication("A draft", state="draft")

    editor_client.post(LIST, {"action": "publish", "_selected_action": [draft.pk]})

    page = editor_client.get(history_url(draft)).content.decode()
    assert "<li>State</li>" in page


def test_a_conflicting_save_is_refused_and_the_form_keeps_its_changes(editor_client, django_user_model, paper):
    other = Client()
    other.force_login(django_user_model.objects.create_superuser("grace"))
    opened = seen(editor_client, paper)
    other.post(change_url(paper), posted(paper, title="On Mills", _seen=seen(other, paper)))

    answer = editor_client.post(change_url(paper), posted(paper, title="On Wheels", abstract="My text.", _seen=opened))

    page = answer.content.decode()
    assert answer.status_code == 200
    assert "grace has changed this since you opened it" in page
    assert "<del>Engines</del><ins>Mills</ins>" in page
    assert 'value="On Wheels"' in page
    assert "My text." in page
    assert Publication.objects.get().title == "On Mills"
    again = re.search(r'name="_seen" value="(\w+)"', page)[1]
    assert editor_client.post(change_url(paper), posted(paper, title="On Wheels", _seen=again)).status_code == 302
    assert Publication.objects.get().title == "On Wheels"


def test_a_change_of_authors_is_a_conflict_too(editor_client, paper):
    opened = seen(editor_client, paper)
    paper.authorships.filter(position=2).delete()

    answer = editor_client.post(change_url(paper), posted(paper, title="On Wheels", _seen=opened))

    assert "has changed this since you opened it" in answer.content.decode()


def test_saving_twice_is_no_conflict(editor_client, paper):
    for title in ("On Mills", "On Wheels"):
        data = posted(paper, title=title, _seen=seen(editor_client, paper))
        assert editor_client.post(change_url(paper), data).status_code == 302


def test_a_form_of_a_deleted_publication_can_be_saved_as_a_new_one(editor_client, paper):
    opened, data = seen(editor_client, paper), posted(paper, title="On Wheels")
    editor_client.post(f"{LIST}{paper.pk}/delete/", {"post": "yes"})

    page = editor_client.post(change_url(paper), data | {"_seen": opened}).content.decode()

    assert "editor has deleted this since you opened it" in page
    assert 'value="On Wheels"' in page
    assert f'action="{ADD}"' in page
    assert 'name="authorships-INITIAL_FORMS" value="0"' in page


def test_the_history_needs_view_permission(guest_client, paper):
    assert guest_client.get(history_url(paper)).status_code == 403
    assert guest_client.get(f"{LIST}deleted/").status_code == 403


def test_a_publication_without_revisions_has_an_empty_history(editor_client):
    paper = make.publication("On Engines")

    answer = editor_client.get(f"/admin/publications/publication/{paper.pk}/history/")

    assert answer.status_code == 200
    assert "No revisions yet. The first save creates one." in answer.content.decode()
