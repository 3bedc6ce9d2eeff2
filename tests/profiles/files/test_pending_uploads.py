"""Files that were chosen in a form with errors."""

import re
from datetime import timedelta
from html import unescape
from pathlib import Path

import pytest
from django.core import signing
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from config.upkeep import stored_files
from profiles.models import Person
from publications.models import Publication
from tests import make
from tests.profiles.test_admin import person_form, picture
from tests.publications.test_admin import ADD, LIST, form
from tests.publications.test_files import PAPER, upload

pytestmark = pytest.mark.django_db

ADD_PERSON = "/admin/profiles/person/add/"
BOX = re.compile(r'<input type="checkbox" name="(pending-[^"]*)" value="([^"]*)" checked> ([^<]*) \(chosen, not saved')
GONE = "This file is empty, or is no longer stored. Choose it again."


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def chosen(answer):
    """The tokens in a form, as a browser sends them, and the names of their files."""
    tokens, names = {}, []
    for name, token, filename in BOX.findall(answer.content.decode()):
        tokens.setdefault(name, []).append(unescape(token))
        names.append(filename)
    return tokens, names


def photo():
    return SimpleUploadedFile("Me & you.png", picture(), "image/png")


def waiting():
    return list(stored_files.file_names(default_storage, "incoming/"))


def test_a_photo_survives_errors_in_the_form_and_is_deleted_once_it_is_saved(editor_client):
    first = editor_client.post(ADD_PERSON, person_form(photo=photo(), photo_alt="Ada", name=""))
    tokens, names = chosen(first)
    second = editor_client.post(ADD_PERSON, person_form(photo_alt="Ada", email="x", **tokens))
    stored = waiting()
    third = editor_client.post(ADD_PERSON, person_form(photo_alt="Ada", **chosen(second)[0]))

    assert names == ["Me &amp; you.png"]
    assert chosen(second) == (tokens, names)
    assert len(stored) == 1
    assert third.status_code == 302
    assert Person.objects.get().photo.name.endswith("/me-you.png")
    assert waiting() == []


def test_files_of_rows_and_several_files_survive_but_not_the_refused_one(editor_client):
    row = {"kind": "slides", "position": 1}
    uploads = [upload(PAPER, "Paper.pdf"), upload(b"x", "virus.exe"), upload(b"a,b", "Data.csv")]

    first = editor_client.post(ADD, form(resources=[row | {"file": upload(PAPER, "Talk.pdf")}], files=uploads))
    tokens, names = chosen(first)
    second = editor_client.post(ADD, form(resources=[row], files=upload(b"print()", "code.py"), **tokens))

    assert "“exe” cannot" in first.content.decode().replace(".exe", "exe")
    assert sorted(names) == ["Data.csv", "Paper.pdf", "Talk.pdf"]
    assert second.status_code == 302
    resources = Publication.objects.get().resources.all()
    assert {(one.kind, one.filename) for one in resources} == {
        ("slides", "talk.pdf"), ("pdf", "paper.pdf"), ("data", "data.csv"), ("code", "code.py"),
    }  # fmt: skip


def test_a_file_can_be_replaced_or_removed(editor_client):
    tokens, _ = chosen(editor_client.post(ADD_PERSON, person_form(photo=photo(), photo_alt="Ada", name="")))
    other = SimpleUploadedFile("other.png", picture(), "image/png")

    editor_client.post(ADD_PERSON, person_form(name="Replaced", photo=other, photo_alt="Ada", **tokens))
    editor_client.post(ADD_PERSON, person_form(name="Removed"))

    assert [person.photo.name.rpartition("/")[2] for person in Person.objects.order_by("pk")] == ["other.png", ""]


def test_a_file_survives_a_save_by_somebody_else(editor_client):
    work = make.publication("On Engines")
    seen = re.search('name="_seen" value="(.*?)"', editor_client.get(f"{LIST}{work.pk}/change/").content.decode())[1]
    Publication.objects.update(volume="7")
    fields = form(_seen=seen, slug=work.slug, files=upload(PAPER, "Paper.pdf"))

    tokens, names = chosen(editor_client.post(f"{LIST}{work.pk}/change/", fields))
    editor_client.post(f"{LIST}{work.pk}/change/", form(slug=work.slug, **tokens))

    assert names == ["Paper.pdf"]
    assert work.resources.get().filename == "paper.pdf"


@pytest.mark.parametrize("attack", ["forged", "of another user", "of another file", "expired"])
def test_a_token_works_for_its_user_and_for_a_day(editor_client, admin_client, attack):
    client = admin_client if attack == "of another user" else editor_client
    tokens, _ = chosen(editor_client.post(ADD_PERSON, person_form(photo=photo(), photo_alt="Ada", name="")))
    (token,) = tokens["pending-photo"]
    if attack == "forged":
        token = token[:-1] + ("A" if token[-1] != "A" else "B")
    elif attack == "of another file":
        token = signing.dumps([1, "images/secret/photo.png", "photo.png"])
    elif attack == "expired":
        expire()
        editor_client.post(ADD_PERSON, person_form(photo=photo(), name=""))

    answer = client.post(ADD_PERSON, person_form(photo_alt="Ada", **{"pending-photo": token}))

    assert GONE in str(answer.context["adminform"].form.errors["photo"])
    assert not Person.objects.exists()


def expire():
    """Let the stored files look as if they had been chosen two days ago."""
    then = int((timezone.now() - timedelta(days=2)).timestamp())
    for folder in Path(default_storage.path("incoming")).iterdir():
        folder.rename(folder.with_name(f"{then}-{folder.name.partition('-')[2]}"))


def test_a_user_cannot_fill_the_disk(editor_client, settings):
    settings.UPLOAD_MAX_MB = 1
    data = b"%PDF-" + bytes(1_000_000)

    for number in range(6):
        files = [upload(data, f"{number}.pdf")]
        newest = chosen(editor_client.post(ADD, form(title="", files=files)))[0]

    assert len(waiting()) == 4
    assert editor_client.post(ADD, form(**newest)).status_code == 302


def test_a_stored_file_has_no_address_and_is_not_in_backups(editor_client):
    editor_client.post(ADD_PERSON, person_form(photo=photo(), photo_alt="Ada", name=""))
    (stored,) = waiting()

    assert editor_client.get(f"/media/{stored}").status_code == 404
    assert list(stored_files.file_names(default_storage)) == []
