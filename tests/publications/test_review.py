"""The admin's pages that take publications in."""

import json

import pytest
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
    """What the review page sends when nothing is changed on it."""
    data = {}
    for _, _, rows in client.get(batch.get_absolute_url()).context["groups"]:
        for row in rows:
            data |= {f"stamp-{row.pk}": row.stamp, f"action-{row.pk}": row.row.actions[0]}
            data |= {f"take-{row.pk}": "on"} if row.ticked else {}
            data[f"field-{row.pk}"] = sorted(row.row.wanted)
    return data


def test_a_pasted_entry_is_reviewed_and_becomes_a_draft(editor_client):
    batch = paste(editor_client, item())
    assert not Publication.objects.exists()

    answer = editor_client.post(batch.get_absolute_url(), fields(editor_client, batch))

    assert answer.url == "/admin/publications/publication/"
    publication = Publication.objects.get()
    assert (publication.title, publication.state, publication.citation_key) == ("On Engines", "draft", "engines")


def test_a_file_is_taken_in_under_its_name(editor_client):
    file = SimpleUploadedFile("record.json", json.dumps([item()]).encode())

    editor_client.post(IMPORT, {"file": file})

    assert Batch.objects.get().label == "record.json"
    assert Incoming.objects.waiting().get().reference.title == "On Engines"


def test_nothing_pasted_is_told(editor_client):
    answer = editor_client.post(IMPORT, {"text": "  \n"})

    assert "Paste something, or choose a file." in answer.text


def test_only_what_is_ticked_is_taken_and_the_rest_stays_to_decide(editor_client):
    batch = paste(editor_client, item("First", "first"), item("Second", "second"))
    data = fields(editor_client, batch)
    second = batch.rows.last()
    del data[f"take-{second.pk}"]

    answer = editor_client.post(batch.get_absolute_url(), data)

    assert answer.url == batch.get_absolute_url()
    assert [publication.title for publication in Publication.objects.all()] == ["First"]
    assert list(batch.rows.waiting()) == [second]


def test_what_is_left_out_for_ever_does_not_wait_any_more(editor_client):
    batch = paste(editor_client, item())
    data = fields(editor_client, batch)
    data[f"action-{batch.rows.get().pk}"] = "skip"

    editor_client.post(batch.get_absolute_url(), data)

    assert not Publication.objects.exists()
    assert batch.rows.get().state == "dismissed"


def test_a_field_edited_by_hand_is_kept_unless_it_is_ticked(editor_client):
    make.publication("On Engines", doi="10.1000/engines", volume="1")
    batch = paste(editor_client, item(DOI="10.1000/engines", volume="2"))
    page = editor_client.get(batch.get_absolute_url())
    data = fields(editor_client, batch)

    editor_client.post(batch.get_absolute_url(), data)
    kept = Publication.objects.get().volume
    batch = paste(editor_client, item(DOI="10.1000/engines", volume="3"))
    data = fields(editor_client, batch)
    data[f"field-{batch.rows.get().pk}"] = ["volume"]
    editor_client.post(batch.get_absolute_url(), data)

    assert "edited by hand" in page.text
    assert (kept, Publication.objects.get().volume) == ("1", "3")


def test_a_row_whose_publication_changed_meanwhile_is_left_and_told(editor_client):
    make.publication("On Engines", doi="10.1000/engines")
    batch = paste(editor_client, item(DOI="10.1000/engines", volume="2"))
    data = fields(editor_client, batch)
    Publication.objects.update(volume="7")

    answer = editor_client.post(batch.get_absolute_url(), data, follow=True)

    assert Publication.objects.get().volume == "7"
    assert "their publications have changed since you saw them" in answer.text


def test_a_broken_entry_is_mended_in_place(editor_client):
    answer = editor_client.post(
        IMPORT, {"text": '[{"id": "a", "type": "book", "title": "A"}, {"id": "b" "title": "B"}]'}
    )
    batch = Batch.objects.get()
    page = editor_client.get(answer.url)
    broken = batch.rows.get(state="broken")

    editor_client.post(
        answer.url, {"mend": "", f"text-{broken.pk}": '{"id": "b", "type": "book", "title": "B mended"}'}
    )

    assert broken.text == '{"id": "b" "title": "B"}'
    assert "Entry 2 (b), line 1: This is not JSON" in page.text
    assert [row.reference.title for row in batch.rows.waiting()] == ["A", "B mended"]
    assert not batch.rows.filter(state="broken").exists()


def test_what_is_mended_badly_is_kept_as_it_was_typed(editor_client):
    answer = editor_client.post(IMPORT, {"text": '[{"id": "b" "title": "B"}]'})
    broken = Incoming.objects.get()

    page = editor_client.post(answer.url, {"mend": "", f"text-{broken.pk}": '{"id": "b", "title": '}, follow=True)

    broken.refresh_from_db()
    assert broken.text == '{"id": "b", "title":'
    assert "Still not readable" in page.text


def test_an_import_can_be_discarded(editor_client):
    batch = paste(editor_client, item())

    editor_client.post(batch.get_absolute_url(), {"discard": ""})

    assert not Batch.objects.exists()
    assert not Publication.objects.exists()


@pytest.mark.parametrize("text", ["{", "[1, 2]", '{"id": {}}', "@", "TY  - ", "\ufeff", '[{"title": ["a"]}]', "%" * 50])
def test_whatever_is_pasted_gives_a_page(editor_client, text):
    answer = editor_client.post(IMPORT, {"text": text}, follow=True)

    assert answer.status_code == 200


def test_the_pages_are_for_those_who_may_add_publications(client, django_user_model):
    user = django_user_model.objects.create_user("reader", password="a password", is_staff=True)
    client.force_login(user)

    assert client.get(IMPORT).status_code == 403


def test_a_batch_that_is_gone_is_a_page_not_found(editor_client):
    assert editor_client.get(f"{IMPORT}99/").status_code == 404


def test_the_review_takes_as_many_queries_for_many_rows_as_for_few(editor_client, django_assert_max_num_queries):
    batch = paste(editor_client, *(item(f"Engine {n}", f"k{n}") for n in range(50)))

    with django_assert_max_num_queries(16):
        editor_client.get(batch.get_absolute_url())
