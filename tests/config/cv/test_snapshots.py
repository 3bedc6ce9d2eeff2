"""Snapshots of CVs: what was sent on a day, which never changes."""

import hashlib
import io
import shutil

import pypdf
import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.urls import reverse

from config.upkeep import stored_files
from profiles.models import CV, CVSnapshot, CVSnapshotFile
from publications.citations.conversion import pandoc
from tests import make

pytestmark = pytest.mark.django_db


def text_of(response):
    return " ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(response.getvalue())).pages)


@pytest.fixture
def cv():
    make.owner(name="Ada Lovelace")
    make.activity("Medal", kind="award")
    return make.cv(parts=["award"])


def test_a_snapshot_has_the_files_of_its_day_and_never_changes(editor_client, cv):
    page = reverse("admin:profiles_cv_snapshots", args=[cv.pk])
    assert f'href="{page}"' in editor_client.get(reverse("admin:profiles_cv_change", args=[cv.pk])).text

    response = editor_client.post(page, {"note": "Sent to the SNSF", "formats": ["md", "json"]}, follow=True)

    assert "The snapshot “Short CV: Sent to the SNSF” was made." in response.text
    pdf, markdown, json = CVSnapshotFile.objects.all()
    names = [file.filename for file in (pdf, markdown, json)]
    assert names == ["ada-lovelace-short-cv.pdf", "ada-lovelace-short-cv.md", "ada-lovelace-short-cv.json"]
    make.activity("Another medal", kind="award")
    shown = editor_client.get(page).text
    for file in (pdf, markdown, json):
        content = editor_client.get(file.get_absolute_url()).getvalue()
        assert hashlib.sha256(content).hexdigest() == file.sha256
        assert file.sha256 in shown
        assert file.get_absolute_url() in shown
    assert "Medal" in editor_client.get(markdown.get_absolute_url()).getvalue().decode()
    assert "Another" not in text_of(editor_client.get(pdf.get_absolute_url()))
    assert "Another" in text_of(editor_client.get("/cv/short-cv.pdf"))


@pytest.mark.skipif(not pandoc(), reason="pandoc is not installed")
def test_a_file_that_cannot_be_made_saves_nothing_and_keeps_the_note(editor_client, monkeypatch):
    make.owner()
    page = reverse("admin:profiles_cv_snapshots", args=[make.cv().pk])
    monkeypatch.setattr("publications.citations.conversion.pandoc", lambda: shutil.which("false"))

    answer = editor_client.post(page, {"note": "Sent to the SNSF", "formats": ["docx"]})

    assert "A file could not be made, so nothing was saved." in answer.text
    assert 'value="Sent to the SNSF"' in answer.text
    assert not CVSnapshot.objects.exists()


def test_drafts_are_not_in_snapshots(editor_client, cv):
    make.activity("Secret medal", kind="award", state="draft")

    editor_client.post(reverse("admin:profiles_cv_snapshots", args=[cv.pk]), {})

    assert "Secret" not in text_of(editor_client.get(CVSnapshotFile.objects.get().get_absolute_url()))


def test_a_snapshot_is_read_only_and_outlives_its_cv(editor_client, cv):
    editor_client.post(reverse("admin:profiles_cv_snapshots", args=[cv.pk]), {"note": "Call 2026"})
    snapshot = CVSnapshot.objects.get()

    editor_client.post(reverse("admin:profiles_cv_delete", args=[cv.pk]), {"post": "yes"})

    assert not CV.objects.exists()
    change = reverse("admin:profiles_cvsnapshot_change", args=[snapshot.pk])
    assert "Call 2026" in editor_client.get(change).text
    assert snapshot.files.get().sha256 in editor_client.get(change).text
    assert editor_client.post(change, {"note": "Other"}).status_code == 403
    assert editor_client.get(reverse("admin:profiles_cvsnapshot_add")).status_code == 403
    assert editor_client.get(snapshot.files.get().get_absolute_url()).getvalue().startswith(b"%PDF")
    editor_client.post(reverse("admin:profiles_cvsnapshot_delete", args=[snapshot.pk]), {"post": "yes"})
    assert not CVSnapshotFile.objects.exists()


def test_visitors_do_not_reach_snapshots(client, editor_client, cv):
    page = reverse("admin:profiles_cv_snapshots", args=[cv.pk])
    editor_client.post(page, {})
    file = CVSnapshotFile.objects.get()

    for address in (page, file.get_absolute_url(), f"/media/{file.file.name}"):
        assert client.get(address).status_code in (302, 404)
    response = editor_client.get(file.get_absolute_url())
    assert response.getvalue().startswith(b"%PDF")
    assert response.headers["Cache-Control"].startswith("private, ")


def test_an_assistant_reads_the_snapshots_of_a_published_cv_and_makes_none(client, django_user_model, cv):
    user = django_user_model.objects.create_user("anna", password="x", is_staff=True)
    user.groups.add(Group.objects.get(name="Assistant"))
    client.force_login(user)
    page = reverse("admin:profiles_cv_snapshots", args=[cv.pk])

    assert "Make snapshot" not in client.get(page).text
    assert client.post(page, {}).status_code == 403
    assert not CVSnapshot.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_the_files_of_snapshots_are_in_backups_and_in_the_check_of_files(editor_client, cv, tmp_path):
    editor_client.post(reverse("admin:profiles_cv_snapshots", args=[cv.pk]), {"note": "Call 2026"})
    file = CVSnapshotFile.objects.get()
    name, address = file.file.name, file.get_absolute_url()
    content = editor_client.get(address).getvalue()
    assert name not in stored_files.check().orphans

    call_command("backup", tmp_path / "site.zip")
    file.snapshot.delete()
    assert name in stored_files.check().orphans
    file.file.storage.delete(name)
    call_command("restore", tmp_path / "site.zip", replace=True)

    assert CVSnapshotFile.objects.get().sha256 == hashlib.sha256(content).hexdigest()
    with file.file.storage.open(name) as restored:
        assert restored.read() == content
