"""The admin of people, activities and tags."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from profiles.models import Activity, Person, Tag
from tests import make

pytestmark = pytest.mark.django_db

KINDS = [
    "education", "position", "award", "service", "membership", "travel",
]  # fmt: skip


def person_form(links=(), relations=(), memberships=(), affiliations=(), **fields):
    data = {"name": "Ada Lovelace", **fields}
    for prefix, rows in {
        "links": links, "relations": relations, "memberships": memberships, "affiliations": affiliations
    }.items():  # fmt: skip
        data |= {f"{prefix}-TOTAL_FORMS": len(rows), f"{prefix}-INITIAL_FORMS": 0}
        for number, row in enumerate(rows):
            data |= {f"{prefix}-{number}-{name}": value for name, value in ({"position": 0} | row).items()}
    return data


def test_a_person_is_added_with_links_relations_and_interests(editor_client):
    other = make.person("Charles Babbage")

    answer = editor_client.post(
        "/admin/profiles/person/add/",
        person_form(
            links=[{"kind": "email", "url": "ada@example.org"}],
            relations=[{"role": "primary-supervisor", "related": other.pk}],
            tags=["engines"],
            orcid="0000-0002-1825-0097",
        ),
    )

    ada = Person.objects.get(slug="ada-lovelace")
    assert answer.status_code == 302
    assert ada.links.get().url == "mailto:ada@example.org"
    assert ada.relations.get().related == other
    assert list(ada.tags.names()) == ["engines"]


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"is_owner": "on"}, "The site has an owner already. Untick that person first."),
        ({"orcid": "0000-0002-1825-0098"}, "Look for a mistyped digit"),
        ({"orcid": "1"}, "Write the ORCID iD as 0000-0002-1825-0097"),
        ({"email": "x"}, "Enter a valid email address."),
        ({"links": [{"kind": "github", "url": "javascript:alert(1)"}]}, "Write the whole address"),
        ({"relations": [{"role": "student"}]}, "This field is required."),
        ({"photo": "text"}, "valid image"),
        ({"photo": "cut off", "photo_alt": "Ada"}, "This image is damaged or incomplete."),
        ({"photo": "small", "photo_alt": "Ada"}, "required minimum resolution is: 480x480 px"),
    ],
)
def test_invalid_input_is_refused_with_a_message(editor_client, fields, sentence):
    make.owner(name="Grace Hopper")
    fields = dict(fields)
    if fields.get("photo") == "text":
        fields["photo"] = SimpleUploadedFile("a.jpg", b"<svg/>", "image/jpeg")
    elif fields.get("photo") == "cut off":
        fields["photo"] = SimpleUploadedFile("a.jpg", picture(kind="JPEG")[:2000], "image/jpeg")
    elif fields.get("photo"):
        size = (100, 100) if fields["photo"] == "small" else (600, 800)
        fields["photo"] = SimpleUploadedFile("a.png", picture(size), "image/png")

    answer = editor_client.post("/admin/profiles/person/add/", person_form(**{"bio": "My biography", **fields}))
    page = answer.content.decode()

    assert answer.status_code == 200
    assert sentence in page
    assert "My biography" in page
    assert Person.objects.count() == 1


def picture(size=(600, 800), kind="PNG"):
    from io import BytesIO

    from PIL import Image

    buffer = BytesIO()
    Image.new("RGB", size, "teal").save(buffer, kind)
    return buffer.getvalue()


def test_a_photo_is_served_as_avif_in_small_sizes(editor_client, client, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    photo = SimpleUploadedFile("me.png", picture(), "image/png")

    editor_client.post(
        "/admin/profiles/person/add/",
        person_form(photo=photo, photo_alt="Ada, smiling", is_owner="on", is_public_page="on"),
    )
    page = client.get("/").content.decode()
    source = page.split('srcset="')[1].split()[0]

    answer = client.get(source)
    b"".join(answer.streaming_content)
    original = f"/media/{Person.objects.owner().photo.name}"
    photo = editor_client.get(original)
    b"".join(photo.streaming_content)
    assert (client.get(original).status_code, photo.status_code) == (404, 200)
    assert "private" in photo.headers["Cache-Control"]
    assert original not in page
    for name in ("ETag", "Last-Modified"):
        known = {"if_none_match" if name == "ETag" else "if_modified_since": answer.headers[name]}
        assert client.get(source, headers=known).status_code == 304
    assert 'alt="Ada, smiling"' in page
    assert source.endswith(".avif")
    assert answer.status_code == 200
    assert "immutable" in answer.headers["Cache-Control"]


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_of_activity_has_its_own_list(editor_client, kind):
    owner = make.owner()
    fields = {"person": owner.pk, "title": f"A {kind}", "position": 0, "state": "published", "start": "2020"}

    answer = editor_client.post(f"/admin/profiles/{kind}activity/add/", fields)
    page = editor_client.get(f"/admin/profiles/{kind}activity/").content.decode()

    assert answer.status_code == 302
    assert Activity.objects.get().kind == kind
    assert f"A {kind}" in page


def test_a_filled_field_of_another_kind_can_be_edited(editor_client):
    plain, filled = make.activity("A", kind="award"), make.activity("B", kind="award", role="Winner")

    forms = [
        editor_client.get(f"/admin/profiles/awardactivity/{row.pk}/change/").content.decode() for row in (plain, filled)
    ]

    assert ["id_role" in form for form in forms] == [False, True]


def test_a_new_activity_belongs_to_the_owner_by_default(editor_client):
    owner = make.owner()

    page = editor_client.get("/admin/profiles/awardactivity/add/").content.decode()

    assert f'<option value="{owner.pk}" selected>' in page


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"kind": "position", "start": "2020", "end": "2019"}, "The end lies before the start."),
        ({"kind": "position", "start": "2020", "end": "2021", "is_ongoing": "on"}, "This has an end and is ongoing."),
        ({"kind": "award", "title": ""}, "This field is required."),
        ({"latitude": "91", "longitude": "0"}, "less than or equal to 90"),
        ({"latitude": "9"}, "Enter both a latitude"),
        ({"start": "May"}, "“May” is not a date."),
        ({"state": "published", "publish_at_0": "soon"}, "Enter a valid date"),
    ],
)
def test_an_invalid_activity_is_refused_with_a_message(editor_client, fields, sentence):
    owner = make.owner()
    data = {"person": owner.pk, "title": "A visit", "position": 0, "state": "draft", **fields}
    kind = data.pop("kind", "travel")

    answer = editor_client.post(f"/admin/profiles/{kind}activity/add/", data)

    assert answer.status_code == 200
    assert sentence in answer.content.decode()
    assert not Activity.objects.exists()


def test_a_person_cannot_be_related_to_themselves(editor_client):
    ada = make.person()

    answer = editor_client.post(
        f"/admin/profiles/person/{ada.pk}/change/", person_form(relations=[{"role": "student", "related": ada.pk}])
    )

    assert "A person cannot be related to themselves. Choose someone else." in answer.content.decode()


@pytest.mark.parametrize("name", ["ß" * 80, "a, b"])
def test_an_invalid_tag_is_refused(editor_client, name):
    answer = editor_client.post("/admin/profiles/tag/add/", {"name": name})

    assert "use at most 100 characters, and no comma" in answer.content.decode()
    assert not Tag.objects.exists()


def test_the_uses_of_a_tag_are_counted_in_all_apps(editor_client):
    make.person(tags=["engines"])
    make.publication(tags=["engines"])
    make.project(tags=["engines"])
    make.tag("unused")

    tags = editor_client.get("/admin/profiles/tag/").context["cl"].queryset

    assert [(tag.name, tag.uses) for tag in tags] == [("engines", 3), ("unused", 0)]


def test_a_tag_in_another_spelling_is_refused(editor_client):
    make.tag("KV cache")

    page = editor_client.post("/admin/profiles/tag/add/", {"name": "kv-cache"}).content.decode()

    assert "This tag exists already, spelt “KV cache”." in page
    assert Tag.objects.count() == 1


@pytest.mark.parametrize("model", ["person", "section", "tag", *(f"{kind}activity" for kind in KINDS)])
def test_lists_can_be_opened_and_searched(editor_client, model):
    kind = model.removesuffix("activity")
    make.activity(kind=kind) if kind in KINDS else make.section()

    assert editor_client.get(f"/admin/profiles/{model}/?q=a").status_code == 200


def test_saving_a_text_does_not_change_its_line_endings(editor_client):
    owner = make.owner(bio="One\n\nTwo\n")

    editor_client.post(
        f"/admin/profiles/person/{owner.pk}/change/", person_form(bio="One\r\n\r\nTwo\r\n", slug=owner.slug)
    )

    owner.refresh_from_db()
    assert owner.bio == "One\n\nTwo"
