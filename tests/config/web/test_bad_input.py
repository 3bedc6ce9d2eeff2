"""Odd input in the admin never causes an error, and nothing that was typed is lost."""

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
def test_an_unusual_name_is_saved_as_typed(editor_client, text):
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
def test_control_characters_cause_no_error(editor_client, text):
    for name in ("title", "abstract", "byline"):
        data = form(**{"title": "On Engines", name: text})
        assert editor_client.post(ADD, data).status_code in (200, 302)
    assert editor_client.post("/admin/markdown/", {"text": text}).status_code == 200
    assert editor_client.post(f"{LIST}authors/", {"byline": text}).status_code == 200
    assert editor_client.post("/admin/profiles/tag/add/", {"name": text}).status_code in (200, 302)


@pytest.mark.parametrize("field", ["byline", "abstract"])
def test_five_megabytes_of_text_cause_no_error(editor_client, field):
    answer = editor_client.post(ADD, form(title="", **{field: "Ada Lovelace; " * 370_000}))

    assert answer.status_code == 200
    assert "This field is required." in answer.content.decode()


def test_an_incomplete_row_has_an_error_and_keeps_its_values(editor_client):
    page = editor_client.post(
        ADD,
        form(
            authors=[{"name": "", "corresponding": "on"}], resources=[{"kind": "pdf", "label": "Half", "position": 0}]
        ),
    ).content.decode()  # fmt: skip

    assert "Choose a person, or enter the name as printed." in page
    assert "Enter either an address or a file" in page
    assert 'value="Half"' in page


def test_an_end_before_the_start_is_an_error(editor_client):
    page = editor_client.post(
        "/admin/profiles/educationactivity/add/",
        {"title": "PhD", "start": "2025", "end": "2020", "state": "draft", "person": make.owner().pk, "position": 0},
    ).content.decode()

    assert "errorlist" in page
    assert 'value="2020"' in page


def test_a_cycle_of_versions_is_an_error(editor_client):
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
def test_no_query_breaks_the_history(editor_client, query):
    paper = make.publication(authors=[])
    editor_client.post(f"{LIST}{paper.pk}/change/", form())

    assert editor_client.get(f"{LIST}{paper.pk}/history/?{query}").status_code == 200
    assert editor_client.get(f"{LIST}deleted/?{query}").status_code == 200


@pytest.mark.parametrize("number", ["", "x", "-1", "0", "99999", "9" * 30, "²"])
def test_an_unknown_revision_is_not_found(editor_client, number):
    paper = make.publication(authors=[])

    assert editor_client.post(f"{LIST}{paper.pk}/history/", {"restore": number}).status_code == 404


@pytest.mark.parametrize("pk", ["0", "99999", "9" * 30, "9" * 5000, "x", "²"], ids=lambda pk: pk[:40])
@pytest.mark.parametrize("page", ["history", "previews", "change"])
def test_an_unknown_object_redirects_or_is_not_found(editor_client, pk, page):
    assert editor_client.get(f"{LIST}{pk}/{page}/").status_code in (302, 404)


@pytest.mark.parametrize("seen", ["", "x", "🧑", "a" * 100_000])
def test_an_invalid_version_mark_loses_no_input(editor_client, seen):
    paper = make.publication(authors=[])

    answer = editor_client.post(f"{LIST}{paper.pk}/change/", form(title="Typed", _seen=seen))

    assert answer.status_code == 302 or 'value="Typed"' in answer.content.decode()


@pytest.mark.parametrize("keep", ["", "x", "99999", "²"])
def test_nothing_is_merged_without_a_valid_target(editor_client, keep):
    pks = [make.person(name).pk for name in ("Ada", "Eve")]

    answer = editor_client.post(
        "/admin/profiles/person/", {"action": "merge", "_selected_action": pks, "keep": keep}, follow=True
    )

    assert answer.status_code == 200
    assert Person.objects.count() == 2


@pytest.mark.parametrize("token", ["x", "²", "🧑", "a" * 500])
def test_an_unknown_preview_token_is_not_found(client, token):
    assert client.get(f"/preview/{token}/").status_code == 404
    assert client.get(f"/preview/{token}/a.pdf").status_code == 404


@pytest.mark.parametrize("page", ["change/", "delete/"])
@pytest.mark.parametrize("model", ["publications/publication", "auth/user"])
def test_an_empty_to_field_is_a_bad_request(editor_client, model, page):
    assert editor_client.get(f"/admin/{model}/1/{page}?_to_field=").status_code == 400


@pytest.mark.parametrize("model", ["publications/publication", "profiles/awardactivity"])
def test_a_search_uses_the_first_words_only(editor_client, model):
    page = editor_client.get(f"/admin/{model}/", {"q": "a " * 10_000})

    assert page.context["cl"].query == "a " * 100


def test_autocomplete_uses_the_first_words_only(editor_client):
    field = {"app_label": "publications", "model_name": "authorship", "field_name": "person"}
    words = {"term": "a " * 10_000, **field}

    assert editor_client.get("/admin/autocomplete/", words).json()["results"] == []


@pytest.mark.parametrize("pk", ["9" * 30, "9" * 5000, "²"], ids=lambda pk: pk[:40])
def test_input_for_an_unknown_object_is_not_lost(editor_client, pk):
    page = editor_client.post(f"{LIST}{pk}/change/", form(title="Typed", _seen="x"))

    assert page.status_code == 302 or 'value="Typed"' in page.content.decode()


def test_revoking_an_unknown_preview_link_shows_a_message(editor_client):
    paper = make.publication(authors=[])

    page = editor_client.post(f"{LIST}{paper.pk}/previews/", {"revoke": "x\0y"}, follow=True).content.decode()

    assert "That link had been revoked before." in page
    assert not PreviewLink.objects.exists()


def test_a_person_whose_photo_is_missing_can_be_edited(editor_client):
    ada = make.person("Ada", photo="images/none.png", photo_alt="Ada", photo_width=600, photo_height=600)
    path = f"/admin/profiles/person/{ada.pk}/change/"

    assert editor_client.get(path).status_code == 200
    answer = editor_client.post(path, person_form(photo_alt="Ada", photo_focus="10,10", headline="New", slug=ada.slug))

    ada.refresh_from_db()
    assert (answer.status_code, ada.headline) == (302, "New")


def test_spellings_of_a_tag_create_one_tag(editor_client):
    for name in ("KV cache", "kv-cache", "KVCache", " kv  cache "):
        editor_client.post(ADD, form(tags=[name]))
        editor_client.post("/admin/profiles/tag/add/", {"name": name})

    assert [tag.name for tag in Tag.objects.all()] == ["KV cache"]


def test_straight_and_curly_apostrophes_create_one_tag(editor_client):
    editor_client.post(ADD, form(tags=["Ohm’s law"]))
    editor_client.post(ADD, form(tags=["Ohm's law"]))

    assert [tag.name for tag in Tag.objects.all()] == ["Ohm’s law"]


def test_a_very_long_text_is_refused_with_a_message_and_stays_in_the_form(editor_client):
    text = "a" * 100_001

    page = editor_client.post(ADD, form(abstract=text)).content.decode()

    assert "Ensure this value has at most 100000 characters (it has 100001)." in page
    assert f"{text}</textarea>" in page
    assert "maxlength" not in page[: page.index(f"{text}</textarea>")].rpartition("<textarea")[2]


@pytest.mark.parametrize("text", ["x", "9" * 20, "²", "2030-02-30", "[1]", "💥"])
@pytest.mark.parametrize(
    "form",
    [
        f"{ADD}?version_of=", f"{ADD}?publish_at=", f"{ADD}?copy_of=", "/admin/profiles/awardactivity/add/?person=",
        "/admin/projects/project/add/?publications=",
    ],
)  # fmt: skip
def test_an_address_that_fills_a_form_with_anything_causes_no_error(editor_client, form, text):
    assert editor_client.get(form + text).status_code == 200
