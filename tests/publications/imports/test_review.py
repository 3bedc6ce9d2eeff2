"""The admin's import pages."""

import json
import re

import pytest
from django.contrib.auth.models import Group
from django.core.files.uploadedfile import SimpleUploadedFile

from publications.models import Batch, Incoming, Publication
from tests import make

pytestmark = pytest.mark.django_db

IMPORT = "/admin/publications/publication/import/"


def item(title="On Engines", key="engines", **fields):
    author = [{"family": "Lovelace", "given": "Ada"}]
    return {"id": key, "type": "article-journal", "title": title, "author": author, **fields}


def paste(client, *items):
    answer = client.post(IMPORT, {"text": json.dumps(items)})
    assert answer.status_code == 302, answer.context["form"].errors
    return Batch.objects.latest("pk")


def fields(client, batch):
    """Return the form of the preview page, unchanged."""
    data = {}
    for _, _, rows in client.get(batch.get_absolute_url()).context["groups"]:
        for row in rows:
            data |= {f"stamp-{row.pk}": row.stamp, f"action-{row.pk}": row.row.actions[0]}
            data |= {f"select-{row.pk}": "on"} if row.is_preselected else {}
            data[f"field-{row.pk}"] = sorted(row.row.default_fields)
    return data


def test_a_pasted_entry_is_previewed_and_imported_as_a_draft(editor_client):
    batch = paste(editor_client, item())
    assert not Publication.objects.exists()

    answer = editor_client.post(batch.get_absolute_url(), fields(editor_client, batch))

    assert answer.url == "/admin/publications/publication/"
    publication = Publication.objects.get()
    assert (publication.title, publication.state, publication.citation_key) == ("On Engines", "draft", "engines")


def test_an_imported_file_gives_the_import_its_name(editor_client):
    file = SimpleUploadedFile("record.json", json.dumps([item()]).encode())

    editor_client.post(IMPORT, {"file": file})

    assert Batch.objects.get().label == "record.json"
    assert Incoming.objects.waiting().get().reference.title == "On Engines"


def test_an_empty_form_is_refused_with_a_message(editor_client):
    answer = editor_client.post(IMPORT, {"text": "  \n"})

    assert "Paste references or choose a file." in answer.text


def test_only_selected_rows_are_imported_and_the_others_remain(editor_client):
    batch = paste(editor_client, item("First", "first"), item("Second", "second"))
    data = fields(editor_client, batch)
    second = batch.rows.last()
    del data[f"select-{second.pk}"]

    answer = editor_client.post(batch.get_absolute_url(), data)

    assert answer.url == batch.get_absolute_url()
    assert [publication.title for publication in Publication.objects.all()] == ["First"]
    assert list(batch.rows.waiting()) == [second]


def test_a_row_can_be_ignored_for_good(editor_client):
    batch = paste(editor_client, item())
    data = fields(editor_client, batch)
    data[f"action-{batch.rows.get().pk}"] = "skip"

    editor_client.post(batch.get_absolute_url(), data)

    assert not Publication.objects.exists()
    assert batch.rows.get().state == "dismissed"


def test_a_manual_edit_is_overwritten_only_if_the_field_is_selected(editor_client):
    make.publication("On Engines", doi="10.1000/engines", volume="1")
    batch = paste(editor_client, item(DOI="10.1000/engines", volume="2"))
    page = editor_client.get(batch.get_absolute_url())
    data = fields(editor_client, batch)

    editor_client.post(batch.get_absolute_url(), data)
    unselected = Publication.objects.get().volume
    batch = paste(editor_client, item(DOI="10.1000/engines", volume="3"))
    data = fields(editor_client, batch)
    data[f"field-{batch.rows.get().pk}"] = ["volume"]
    editor_client.post(batch.get_absolute_url(), data)

    assert "edited by hand" in page.text
    assert (unselected, Publication.objects.get().volume) == ("1", "3")


def test_a_probable_version_has_no_field_selected_because_it_is_added_as_a_version(editor_client):
    make.publication("On Engines", type="article", arxiv_id="1706.03762")
    batch = paste(editor_client, item(volume="2", archive="arXiv", archive_location="1706.03762"))
    page = editor_client.get(batch.get_absolute_url()).text

    field = re.search(r'<input[^>]*value="volume"[^>]*>', page)

    assert re.search(r"<option[^>]*>([^<]+)", page)[1] == "Add as a version"
    assert "checked" not in field[0]


def test_a_row_whose_publication_has_changed_since_is_not_imported(editor_client):
    make.publication("On Engines", doi="10.1000/engines")
    batch = paste(editor_client, item(DOI="10.1000/engines", volume="2"))
    data = fields(editor_client, batch)
    Publication.objects.update(volume="7")

    answer = editor_client.post(batch.get_absolute_url(), data, follow=True)

    assert Publication.objects.get().volume == "7"
    assert "because their publications have changed" in answer.text


EDITORIALS = [
    item("Editorial", "e1", issued={"date-parts": [[1843]]}, **{"container-title": "Memoirs"}),
    item("Editorial", "e2", issued={"date-parts": [[1843]]}, volume="3", **{"container-title": "Annals"}),
]


def decide(client, batch, action):
    """Import with another action for the last row."""
    data = fields(client, batch)
    data[f"action-{batch.rows.last().pk}"] = action
    client.post(batch.get_absolute_url(), data)
    return list(Publication.objects.order_by("pk").values_list("citation_key", "container_title", "volume"))


@pytest.mark.parametrize("in_one_import", [True, False])
@pytest.mark.parametrize(
    ("action", "works"),
    [
        ("add", [("e1", "Memoirs", ""), ("e2", "Annals", "3")]),
        ("update", [("e1", "Memoirs", "3")]),
        ("version", [("e1", "Memoirs", ""), ("e2", "Annals", "3")]),
        ("skip", [("e1", "Memoirs", "")]),
    ],
)
def test_an_editor_decides_about_a_possible_duplicate(editor_client, action, works, in_one_import):
    if not in_one_import:
        decide(editor_client, paste(editor_client, EDITORIALS[0]), "add")
    batch = paste(editor_client, *(EDITORIALS if in_one_import else EDITORIALS[1:]))

    assert decide(editor_client, batch, action) == works
    assert Publication.objects.filter(version_of__isnull=False).count() == (action == "version")
    assert not Batch.objects.open().filter(pk=batch.pk).exists()


def test_a_possible_duplicate_is_shown_beside_the_other_work_and_added_by_default(editor_client):
    decide(editor_client, paste(editor_client, EDITORIALS[0]), "add")
    batch = paste(editor_client, EDITORIALS[1])
    Publication.objects.update(issue="7")

    page = editor_client.get(batch.get_absolute_url())

    row = page.context["groups"][0][2][0]
    shown = {fact.label: (fact.old_text, fact.new_text) for fact in row.facts if fact.differs}
    same = [fact.label for fact in row.facts if not fact.differs]
    assert page.context["groups"][0][0] == "Possible duplicates"
    assert shown == {
        "journal, proceedings or book": ("Memoirs", "Annals"),
        "volume": ("", "3"),
        "issue": ("7", ""),
        "citation key": ("e1", "e2"),
    }
    assert same == ["title", "type", "authors", "date"]
    assert (row.is_preselected, [label for _, label in row.actions]) == (
        True, ["Add as a new draft", "Merge with it", "Add as a version", "Always ignore"],
    )  # fmt: skip
    assert "1 possible duplicate</a>" in page.text


def test_a_repeated_entry_with_other_values_waits_until_it_is_decided(editor_client):
    batch = paste(editor_client, item(DOI="10.1000/engines"), item(DOI="10.1000/engines", volume="2"))
    editor_client.post(batch.get_absolute_url(), fields(editor_client, batch))

    title, _, (row,) = editor_client.get(batch.get_absolute_url()).context["groups"][0]

    assert (title, [change.name for change in row.row.changes]) == ("Changed", ["volume"])


@pytest.mark.parametrize(("action", "count"), [("add", 2), ("update", 1), ("version", 1)])
def test_who_may_not_publish_adds_a_possible_duplicate_of_a_published_work(client, django_user_model, action, count):
    user = django_user_model.objects.create_user("assistant", is_staff=True)
    user.groups.add(Group.objects.get(name="Assistant"))
    client.force_login(user)
    make.publication("Editorial", type="article-journal", issued="1843")

    assert len(decide(client, paste(client, EDITORIALS[1]), action)) == count


def test_a_broken_entry_can_be_repaired(editor_client):
    answer = editor_client.post(
        IMPORT, {"text": '[{"id": "a", "type": "book", "title": "A"}, {"id": "b" "title": "B"}]'}
    )
    batch = Batch.objects.get()
    page = editor_client.get(answer.url)
    broken = batch.rows.get(state="broken")

    editor_client.post(
        f"{answer.url}repair/", {f"text-{broken.pk}": '{"id": "b", "type": "book", "title": "B repaired"}'}
    )

    assert broken.text == '{"id": "b" "title": "B"}'
    assert "Entry 2 (b), line 1: This is not JSON" in page.text
    assert [row.reference.title for row in batch.rows.waiting()] == ["A", "B repaired"]
    assert not batch.rows.filter(state="broken").exists()


def test_an_entry_that_is_still_broken_keeps_its_edited_text(editor_client):
    answer = editor_client.post(IMPORT, {"text": '[{"id": "b" "title": "B"}]'})
    broken = Incoming.objects.get()

    page = editor_client.post(f"{answer.url}repair/", {f"text-{broken.pk}": '{"id": "b", "title": '}, follow=True)

    broken.refresh_from_db()
    assert broken.text == '{"id": "b", "title":'
    assert "These still cannot be read." in page.text


def test_an_import_can_be_discarded(editor_client):
    batch = paste(editor_client, item())

    editor_client.post(batch.get_absolute_url(), {"discard": ""})

    assert not Batch.objects.exists()
    assert not Publication.objects.exists()


@pytest.mark.parametrize("text", ["{", "[1, 2]", '{"id": {}}', "@", "TY  - ", "\ufeff", '[{"title": ["a"]}]', "%" * 50])
def test_any_pasted_text_gives_a_page(editor_client, text):
    answer = editor_client.post(IMPORT, {"text": text}, follow=True)

    assert answer.status_code == 200


def test_importing_needs_permission(guest_client):
    assert guest_client.get(IMPORT).status_code == 403


def test_a_discarded_import_is_not_found(editor_client):
    assert editor_client.get(f"{IMPORT}99/").status_code == 404


def test_the_preview_needs_as_many_queries_for_many_rows_as_for_few(editor_client, django_assert_max_num_queries):
    batch = paste(editor_client, *(item(f"Engine {n}", f"k{n}") for n in range(50)))

    with django_assert_max_num_queries(16):
        editor_client.get(batch.get_absolute_url())
