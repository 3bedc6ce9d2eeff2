"""Whatever is typed or asked, the editors' pages answer with a sentence, keep what was typed, and never fail."""

import pytest

from profiles.models import Person, PreviewLink, Tag
from publications.models import Publication
from tests import make
from tests.profiles.test_admin import person_form
from tests.publications.test_admin import ADD, LIST, form

pytestmark = pytest.mark.django_db

STRANGE = [
    "🧑‍🔬 Ada 🚀", "محمد بن موسى الخوارزمي", "ต้น ไม้", "a\u202eb", "a\u200bb", "Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴",
    "'; DROP TABLE x; --", "<script>alert(1)</script>",
    "{{ 7*7 }}", "%s%n", "\\\\server\\x", "=1+1",
]  # fmt: skip


@pytest.mark.parametrize("text", STRANGE)
def test_a_strange_name_is_kept_as_it_was_typed(editor_client, text):
    answer = editor_client.post(ADD, form(title=text, authors=[{"name": text}], byline=f"{text}; Ada", tags=[text]))

    publication = Publication.objects.get()
    assert answer.status_code == 302
    assert publication.title == text
    assert publication.authorships.first().name == text
    assert publication.authorships.last().name == "Ada"
    for page in ("change/", "history/", "previews/", "delete/"):
        assert editor_client.get(f"{LIST}{publication.pk}/{page}").status_code == 200
    assert editor_client.get(publication.get_absolute_url()).status_code == 200


@pytest.mark.parametrize("text", ["a\0b", "\x01\x02", "\x1b[31m", "\ufffe", "a\x7fb"])
def test_control_characters_are_refused_or_kept_but_nothing_fails(editor_client, text):
    for name in ("title", "abstract", "byline"):
        data = form(**{"title": "On Engines", name: text})
        assert editor_client.post(ADD, data).status_code in (200, 302)
    assert editor_client.post("/admin/markdown/", {"text": text}).status_code == 200
    assert editor_client.post(f"{LIST}authors/", {"byline": text}).status_code == 200
    assert editor_client.post("/admin/profiles/tag/add/", {"name": text}).status_code in (200, 302)


@pytest.mark.parametrize("field", ["byline", "abstract"])
def test_five_megabytes_of_text_are_answered(editor_client, field):
    answer = editor_client.post(ADD, form(title="", **{field: "Ada Lovelace; " * 370_000}))

    assert answer.status_code == 200
    assert "This field is required." in answer.content.decode()


def test_half_a_row_is_told_at_its_field_and_kept(editor_client):
    page = editor_client.post(
        ADD,
        form(
            authors=[{"name": "", "corresponding": "on"}], resources=[{"kind": "pdf", "label": "Half", "position": 0}]
        ),
    ).content.decode()  # fmt: skip

    assert "Choose a person, or enter the name as printed." in page
    assert "Give either an address or a file" in page
    assert 'value="Half"' in page


def test_an_end_before_its_start_is_told_and_kept(editor_client):
    page = editor_client.post(
        "/admin/profiles/education/add/",
        {"title": "PhD", "start": "2025", "end": "2020", "state": "draft", "person": make.owner().pk, "position": 0},
    ).content.decode()

    assert "errorlist" in page
    assert 'value="2020"' in page


def test_a_circle_of_versions_is_told_at_the_field(editor_client):
    work = make.publication("Work", authors=[])
    version = make.publication("Version", version_of=work, authors=[])

    page = editor_client.post(
        f"{LIST}{work.pk}/change/", form(title="Work", version_of=version.pk)
    ).content.decode()  # fmt: skip

    assert "Choose the main version." in page


@pytest.mark.parametrize(
    "query",
    ["from=x&to=y", "from=1&to=99999999999999999999", "page=-1", "page=99999", "page=x", "from=&to=", "from=1"],
)
def test_any_address_of_the_history_is_answered(editor_client, query):
    paper = make.publication(authors=[])
    editor_client.post(f"{LIST}{paper.pk}/change/", form())

    assert editor_client.get(f"{LIST}{paper.pk}/history/?{query}").status_code == 200
    assert editor_client.get(f"{LIST}deleted/?{query}").status_code == 200


@pytest.mark.parametrize("number", ["", "x", "-1", "0", "99999", "9" * 30, "²"])
def test_a_state_that_is_none_is_not_restored(editor_client, number):
    paper = make.publication(authors=[])

    assert editor_client.post(f"{LIST}{paper.pk}/history/", {"restore": number}).status_code == 404


@pytest.mark.parametrize("pk", ["0", "99999", "9" * 30, "9" * 5000, "x", "²"], ids=lambda pk: pk[:40])
@pytest.mark.parametrize("page", ["history", "previews", "change"])
def test_an_object_that_is_none_leads_back(editor_client, pk, page):
    assert editor_client.get(f"{LIST}{pk}/{page}/").status_code in (302, 404)


@pytest.mark.parametrize("seen", ["", "x", "🧑", "a" * 100_000])
def test_a_mark_of_what_was_seen_that_is_none_loses_nothing(editor_client, seen):
    paper = make.publication(authors=[])

    answer = editor_client.post(f"{LIST}{paper.pk}/change/", form(title="Typed", _seen=seen))

    assert answer.status_code == 302 or 'value="Typed"' in answer.content.decode()


@pytest.mark.parametrize("keep", ["", "x", "99999", "²"])
def test_a_merge_into_nobody_is_not_done(editor_client, keep):
    pks = [make.person(name).pk for name in ("Ada", "Eve")]

    answer = editor_client.post(
        "/admin/profiles/person/", {"action": "merge", "_selected_action": pks, "keep": keep}, follow=True
    )

    assert answer.status_code == 200
    assert Person.objects.count() == 2


@pytest.mark.parametrize("token", ["x", "²", "🧑", "a" * 500])
def test_a_preview_that_is_none_is_not_found(client, token):
    assert client.get(f"/preview/{token}/").status_code == 404
    assert client.get(f"/preview/{token}/a.pdf").status_code == 404


@pytest.mark.parametrize("page", ["change/", "delete/"])
@pytest.mark.parametrize("model", ["publications/publication", "auth/group"])
def test_a_field_without_a_name_is_refused(editor_client, model, page):
    assert editor_client.get(f"/admin/{model}/1/{page}?_to_field=").status_code == 400


@pytest.mark.parametrize("model", ["publications/publication", "profiles/grant"])
def test_of_ten_thousand_words_the_first_are_searched_for(editor_client, model):
    page = editor_client.get(f"/admin/{model}/", {"q": "a " * 10_000})

    assert page.context["cl"].query == "a " * 100


def test_of_ten_thousand_words_the_first_are_completed(editor_client):
    field = {"app_label": "publications", "model_name": "authorship", "field_name": "person"}
    words = {"term": "a " * 10_000, **field}

    assert editor_client.get("/admin/autocomplete/", words).json()["results"] == []


@pytest.mark.parametrize("pk", ["9" * 30, "9" * 5000, "²"], ids=lambda pk: pk[:40])
def test_what_is_typed_for_an_object_that_is_none_is_kept(editor_client, pk):
    page = editor_client.post(f"{LIST}{pk}/change/", form(title="Typed", _seen="x"))

    assert page.status_code == 302 or 'value="Typed"' in page.content.decode()


def test_a_link_to_revoke_that_is_none_is_told(editor_client):
    paper = make.publication(authors=[])

    page = editor_client.post(f"{LIST}{paper.pk}/previews/", {"revoke": "x\0y"}, follow=True).content.decode()

    assert "That link had been revoked before." in page
    assert not PreviewLink.objects.exists()


def test_a_photo_gone_from_the_disk_does_not_stop_its_form(editor_client):
    ada = make.person("Ada", photo="images/none.png", photo_alt="Ada", photo_width=600, photo_height=600)
    path = f"/admin/profiles/person/{ada.pk}/change/"

    assert editor_client.get(path).status_code == 200
    answer = editor_client.post(path, person_form(photo_alt="Ada", photo_focus="10,10", headline="New", slug=ada.slug))

    ada.refresh_from_db()
    assert (answer.status_code, ada.headline) == (302, "New")


def test_a_tag_is_made_once_however_it_is_written(editor_client):
    for name in ("KV cache", "kv-cache", "KVCache", " kv  cache "):
        editor_client.post(ADD, form(tags=[name]))
        editor_client.post("/admin/profiles/tag/add/", {"name": name})

    assert [tag.name for tag in Tag.objects.all()] == ["KV cache"]
