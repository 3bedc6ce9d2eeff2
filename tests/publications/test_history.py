"""Each save is kept, compared in words, and brought back; two editors do not overwrite each other."""

import re

import pytest
from django.test import Client

from profiles.history import revisions
from profiles.models import Person, Tag
from publications.models import Publication
from tests import make
from tests.publications.test_admin import ADD, LIST, form

pytestmark = pytest.mark.django_db


def change(publication):
    return f"{LIST}{publication.pk}/change/"


def past(publication):
    return f"{LIST}{publication.pk}/history/"


def rows_of(publication):
    return [{"id": row.pk, "name": row.name, "person": row.person_id or ""} for row in publication.authorships.all()]


def posted(publication, **fields):
    """What a browser posts that has opened the publication and typed ``fields``."""
    rows = rows_of(publication)
    filled = {"title": publication.title, "issued": publication.issued, "slug": publication.slug, "state": "published"}
    filled["tags"] = [tag.name for tag in publication.tags.all()]
    return form(authors=rows, initial_authors=len(rows), **{**filled, **fields})


def seen(client, publication):
    return re.search(r'name="_seen" value="(\w+)"', client.get(change(publication)).content.decode())[1]


@pytest.fixture
def paper():
    return make.publication("On Engines", authors=["Ada Lovelace", "Mary Somerville"], tags=["engines"])


def test_the_state_before_the_first_save_is_kept_too(editor_client, paper):
    editor_client.post(change(paper), posted(paper, title="On Mills"))

    moments = revisions.moments(Publication, paper.pk)
    assert [moment.state.root.values["title"] for moment in moments] == ["On Mills", "On Engines"]
    assert [(moment.user, moment.comment) for moment in moments] == [("editor", ""), ("", revisions.FOUND)]


def test_an_import_between_two_saves_leaves_its_state(editor_client, paper):
    editor_client.post(change(paper), posted(paper, title="On Mills"))
    Publication.objects.filter(pk=paper.pk).update(volume="7")
    editor_client.post(change(paper), posted(paper, title="On Wheels", volume="7"))

    states = [moment.state.root.values for moment in revisions.moments(Publication, paper.pk)]
    assert [(values["title"], values["volume"]) for values in states] == [
        ("On Wheels", "7"), ("On Mills", "7"), ("On Mills", ""), ("On Engines", ""),
    ]  # fmt: skip


def test_the_history_tells_in_words_what_changed(editor_client, paper):
    ada, mary = rows_of(paper)
    grace = make.person("Grace Hopper")
    editor_client.post(
        change(paper),
        posted(paper, title="On Analytical Engines", status="submitted", tags=["mills"])
        | form(
            authors=[ada | {"corresponding": "on"}, mary | {"DELETE": "on"}, {"person": grace.pk}], initial_authors=2,
            title="On Analytical Engines", status="submitted", tags=["mills"], state="published", issued="2025",
        ),
    )  # fmt: skip

    page = editor_client.get(past(paper)).content.decode()

    for words in (
        "<li>Title</li>", "<li>Status</li>", "Authors and editors: added “Grace Hopper”; removed “Mary Somerville”",
        "“Ada Lovelace”, corresponding: no → yes", "Tags: added “mills”; removed “engines”",
    ):  # fmt: skip
        assert words in page


def test_two_states_are_compared_word_by_word(editor_client, paper):
    for title in ("On Mills", "On the Mills of Turin"):
        editor_client.post(change(paper), posted(paper, title=title))
    newest, _, oldest = revisions.moments(Publication, paper.pk)

    page = editor_client.get(past(paper), {"from": newest.revision, "to": oldest.revision}).content.decode()

    assert "<del>Engines</del><ins>the Mills of Turin</ins>" in page


def test_a_restored_state_comes_with_its_authors_and_tags_and_is_a_revision(editor_client, paper):
    editor_client.post(
        change(paper),
        form(title="Spoilt", authors=[row | {"DELETE": "on"} for row in rows_of(paper)], initial_authors=2),
    )
    first = revisions.moments(Publication, paper.pk)[-1]

    answer = editor_client.post(past(paper), {"restore": first.revision})

    paper = Publication.objects.get(pk=paper.pk)
    assert answer.status_code == 302
    assert (paper.title, paper.state, paper.issued) == ("On Engines", "published", "2025")
    assert [str(row) for row in paper.authorships.all()] == ["Ada Lovelace", "Mary Somerville"]
    assert [tag.name for tag in paper.tags.all()] == ["engines"]
    newest = revisions.moments(Publication, paper.pk)[0]
    assert newest.comment.startswith("Restored the state of")
    assert newest.state.digest == first.state.digest


def test_a_restore_keeps_what_was_there_before_it(editor_client, paper):
    editor_client.post(change(paper), posted(paper, title="On Mills"))
    first = revisions.moments(Publication, paper.pk)[-1]
    editor_client.post(past(paper), {"restore": first.revision})

    second = revisions.moments(Publication, paper.pk)[1]
    editor_client.post(past(paper), {"restore": second.revision})

    assert Publication.objects.get().title == "On Mills"


def test_a_restored_slug_leaves_a_redirect_behind(editor_client, client, paper):
    editor_client.post(change(paper), posted(paper, slug="mills"))
    first = revisions.moments(Publication, paper.pk)[-1]
    editor_client.post(past(paper), {"restore": first.revision})

    assert client.get("/publications/mills/").url == "/publications/on-engines/"


def test_a_state_whose_doi_is_anothers_now_is_refused_and_nothing_changes(editor_client, paper):
    Publication.objects.filter(pk=paper.pk).update(doi="10.1234/a")
    editor_client.post(change(paper), posted(paper, doi=""))
    make.publication("Another", doi="10.1234/a")
    first = revisions.moments(Publication, paper.pk)[-1]

    answer = editor_client.post(past(paper), {"restore": first.revision}, follow=True)

    assert "It could not be restored. Another publication has this DOI." in answer.content.decode()
    assert Publication.objects.get(pk=paper.pk).doi == ""
    assert paper.authorships.count() == 2


def test_a_person_or_tag_that_is_gone_comes_back_as_a_name(editor_client, paper):
    editor_client.post(
        change(paper),
        posted(paper, tags=[])
        | form(authors=[rows_of(paper)[0] | {"DELETE": "on"}], initial_authors=1, state="published"),
    )
    Person.objects.get(name="Ada Lovelace").delete()
    Tag.objects.all().delete()
    first = revisions.moments(Publication, paper.pk)[-1]

    editor_client.post(past(paper), {"restore": first.revision})

    assert next((str(row), row.person_id is None) for row in paper.authorships.all()) == ("Ada Lovelace", True)
    assert [tag.name for tag in paper.tags.all()] == ["engines"]


def test_a_deleted_publication_comes_back_with_all_that_was_tied_to_it(editor_client, client, paper):
    preprint = make.publication("On Engines", type="article", version_of=paper, authors=[])
    project = make.project()
    project.publications.add(paper)
    resource = paper.resources.create(kind="code", url="https://example.org/code")
    editor_client.post(f"{LIST}{paper.pk}/delete/", {"post": "yes"})
    assert not Publication.objects.filter(pk=paper.pk).exists()

    page = editor_client.get(f"{LIST}deleted/").content.decode()
    assert f'<a href="{past(paper)}">On Engines</a>' in page
    last = revisions.moments(Publication, paper.pk)[0]
    editor_client.post(past(paper), {"restore": last.revision})

    back = Publication.objects.get(pk=paper.pk)
    assert [str(row) for row in back.authorships.all()] == ["Ada Lovelace", "Mary Somerville"]
    assert [tag.name for tag in back.tags.all()] == ["engines"]
    assert list(back.resources.all()) == [resource]
    assert list(back.versions.all()) == [preprint]
    assert list(back.projects.all()) == [project]
    assert client.get("/publications/on-engines/").status_code == 200


def test_several_deleted_at_once_can_each_come_back(editor_client, paper):
    other = make.publication("On Mills")
    editor_client.post(LIST, {"action": "delete_selected", "_selected_action": [paper.pk, other.pk], "post": "yes"})

    for version in revisions.deleted(Publication):
        editor_client.post(f"{LIST}{version.object_id}/history/", {"restore": version.revision_id})

    assert set(Publication.objects.values_list("title", flat=True)) == {"On Engines", "On Mills"}


def test_a_deleted_person_comes_back_with_what_fell_with_them(editor_client):
    ada, grace = make.person("Ada"), make.person("Grace")
    ada.relations.create(related=grace, role="student")
    grace.relations.create(related=ada, role="collaborator")
    talk = make.activity("A talk", person=ada, tags=["engines"])
    make.project().members.create(person=ada)
    editor_client.post(f"/admin/profiles/person/{ada.pk}/delete/", {"post": "yes"})
    assert not Person.objects.filter(pk=ada.pk).exists()

    last = revisions.moments(Person, ada.pk)[0]
    editor_client.post(f"/admin/profiles/person/{ada.pk}/history/", {"restore": last.revision})

    back = Person.objects.get(pk=ada.pk)
    assert (back.relations.count(), back.inverse_relations.count(), back.memberships.count()) == (1, 1, 1)
    assert list(back.activities.all()) == [talk]
    assert [tag.name for tag in back.activities.get().tags.all()] == ["engines"]


def test_a_deleted_talk_is_not_listed_among_deleted_awards(editor_client):
    talk = make.activity("A talk")
    editor_client.post(f"/admin/profiles/talk/{talk.pk}/delete/", {"post": "yes"})

    assert "A talk" in editor_client.get("/admin/profiles/talk/deleted/").content.decode()
    assert "A talk" not in editor_client.get("/admin/profiles/award/deleted/").content.decode()


def test_publishing_in_bulk_is_in_the_history(editor_client, paper):
    draft = make.publication("A draft", state="draft")

    editor_client.post(LIST, {"action": "publish", "_selected_action": [draft.pk]})

    page = editor_client.get(past(draft)).content.decode()
    assert "<li>State</li>" in page


def test_the_second_of_two_saves_is_refused_and_keeps_what_was_typed(editor_client, django_user_model, paper):
    other = Client()
    other.force_login(django_user_model.objects.create_superuser("grace"))
    opened = seen(editor_client, paper)
    other.post(change(paper), posted(paper, title="On Mills", _seen=seen(other, paper)))

    answer = editor_client.post(change(paper), posted(paper, title="On Wheels", abstract="My text.", _seen=opened))

    page = answer.content.decode()
    assert answer.status_code == 200
    assert "grace has changed this since you opened it" in page
    assert "<del>Engines</del><ins>Mills</ins>" in page
    assert 'value="On Wheels"' in page
    assert "My text." in page
    assert Publication.objects.get().title == "On Mills"
    again = re.search(r'name="_seen" value="(\w+)"', page)[1]
    assert editor_client.post(change(paper), posted(paper, title="On Wheels", _seen=again)).status_code == 302
    assert Publication.objects.get().title == "On Wheels"


def test_a_change_of_authors_alone_is_a_change(editor_client, paper):
    opened = seen(editor_client, paper)
    paper.authorships.filter(position=2).delete()

    answer = editor_client.post(change(paper), posted(paper, title="On Wheels", _seen=opened))

    assert "has changed this since you opened it" in answer.content.decode()


def test_one_who_saves_twice_is_not_refused(editor_client, paper):
    for title in ("On Mills", "On Wheels"):
        data = posted(paper, title=title, _seen=seen(editor_client, paper))
        assert editor_client.post(change(paper), data).status_code == 302


def test_what_was_typed_on_something_deleted_meanwhile_can_be_added_again(editor_client, paper):
    opened, data = seen(editor_client, paper), posted(paper, title="On Wheels")
    editor_client.post(f"{LIST}{paper.pk}/delete/", {"post": "yes"})

    page = editor_client.post(change(paper), data | {"_seen": opened}).content.decode()

    assert "editor has deleted this since you opened it" in page
    assert 'value="On Wheels"' in page
    assert f'action="{ADD}"' in page
    assert 'name="authorships-INITIAL_FORMS" value="0"' in page


def test_the_history_is_for_those_who_may_see_the_object(client, django_user_model, paper):
    client.force_login(django_user_model.objects.create_user("guest", is_staff=True))

    assert client.get(past(paper)).status_code == 403
    assert client.get(f"{LIST}deleted/").status_code == 403


def test_what_was_never_saved_in_the_admin_has_an_empty_history(editor_client):
    paper = make.publication("On Engines")

    answer = editor_client.get(f"/admin/publications/publication/{paper.pk}/history/")

    assert answer.status_code == 200
    assert "Nothing was saved here yet" in answer.content.decode()
