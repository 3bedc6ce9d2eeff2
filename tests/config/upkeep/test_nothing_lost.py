"""Saved content survives crashes and full disks, and rejected forms leave no files behind.

CRASHES in the environment sets how often the server is killed (3 by default; 50 take some minutes).
"""

import errno
import hashlib
import json
import os
import random
import subprocess
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models.signals import post_save

from config.upkeep import stored_files
from profiles.models import ResourceBase
from publications.models import Publication, Resource
from tests import make
from tests.running import WITHOUT_PANDOC, kill

CRASHES = int(os.environ.get("CRASHES", "3"))
EDITORS = 20
SECTIONS, WORKS = "/admin/profiles/section/add/", "/admin/publications/publication/add/"
FORM = {"title": "On Engines", "type": "article", "status": "published", "state": "draft", "image_focus": "50,50"}
ROWS = ("authorships", "resources", "notices", "Grant_publications")
FORM |= {f"{rows}-{name}_FORMS": 0 for rows in ROWS for name in ("TOTAL", "INITIAL")}
on_sqlite = pytest.mark.skipif(connection.vendor != "sqlite", reason="the same on every database but SQLite")
STORED = """
import hashlib, json
from profiles.models import Section
from publications.models import Resource
uploaded = Resource.objects.exclude(file="")
files = {one.publication.title: hashlib.sha256(one.file.read()).hexdigest() for one in uploaded}
print(json.dumps([list(Section.objects.values_list("title", flat=True)), files]))
"""


def pdf(name, size=300_000):
    """Return a file that is different for each name."""
    return b"%PDF-1.4\n" + random.Random(name).randbytes(size)


def stored(site):
    """Return [titles of sections], {title of a work: digest of its file} of a site."""
    return json.loads(site.shell(STORED).splitlines()[-1])


@pytest.fixture
def site(new_site, tmp_path):
    with new_site(tmp_path / "site", **WITHOUT_PANDOC) as site:
        yield site


@on_sqlite
@pytest.mark.slow
def test_saved_content_and_its_files_survive_kill_9(site):
    sections, works, tries = [], {}, [0]
    editors = site.editors(3)

    def write(editor, killed):
        try:
            editor.open(SECTIONS, "section_form"), editor.open(WORKS, "publication_form")
            while True:
                tries[0] += 1
                title = f"Number {tries[0]} of {id(editor)}"
                if editor.save(SECTIONS, title=title, body="Kept").status_code == 302:
                    sections.append(title)
                file = ("paper.pdf", pdf(title), "application/pdf")
                if editor.save(WORKS, files={"files": file}, title=title).status_code == 302:
                    works[title] = hashlib.sha256(file[1]).hexdigest()
        except httpx.TransportError:
            assert killed.is_set()

    for number in range(CRASHES):
        with site.serve() as server, ThreadPoolExecutor(len(editors)) as threads:
            killed, before = threading.Event(), len(works)
            writing = [threads.submit(write, editor, killed) for editor in editors]
            while len(works) == before and not all(one.done() for one in writing):
                time.sleep(0.05)  # however slow the machine is
            time.sleep(random.Random(number).random())
            killed.set()
            kill(server)
            for one in writing:
                one.result()

    found_sections, found_works = stored(site)
    assert len(sections) >= CRASHES
    assert len(works) >= CRASHES
    assert set(sections) <= set(found_sections)
    assert works.items() <= found_works.items()
    print(f"{len(sections) + len(works)} saves were answered, all are there.")
    age_files(site.folder / "media", days=2)
    site.manage("check_files", "--mend")
    assert "0 unused" in site.manage("check_files")
    assert stored(site) == [found_sections, found_works]


def age_files(folder, *, days):
    then = time.time() - timedelta(days=days).total_seconds()
    for path in folder.rglob("*"):
        os.utime(path, (then, then))


@on_sqlite
@pytest.mark.slow
def test_twenty_editors_save_at_once_without_a_locked_database(site):
    editors = site.editors(EDITORS)

    def write(editor):
        editor.open(SECTIONS, "section_form")
        number = editors.index(editor)
        return [editor.save(SECTIONS, title=f"{number}.{n}", body="Kept").status_code for n in range(5)]

    with site.serve(workers=4), ThreadPoolExecutor(EDITORS) as threads:
        answers = [answer for several in threads.map(write, editors) for answer in several]

    assert answers == [302] * EDITORS * 5
    assert len(set(stored(site)[0])) >= EDITORS * 5


@pytest.fixture
def small_disk(tmp_path):
    """A folder on a separate disk of 24 MB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=24m", "none", folder], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("only root may mount the small disk, and not in every container")
    yield folder
    subprocess.run(["umount", "-l", folder], check=True)


def fill(folder, leaving):
    """Fill a disk, except for that many bytes."""
    free = os.statvfs(folder)
    path = folder / "filler"
    path.write_bytes(b"\0" * (free.f_bavail * free.f_bsize - leaving))
    return path


@pytest.fixture
def site_on_small_disk(new_site, small_disk):
    with new_site(small_disk / "site", **WITHOUT_PANDOC) as site:
        yield site


@on_sqlite
@pytest.mark.slow
def test_on_a_full_disk_saves_are_rejected_with_a_message_and_nothing_changes(small_disk, site_on_small_disk):
    site = site_on_small_disk
    [editor] = site.editors()
    media = site.folder / "media"

    with site.serve(workers=1):
        editor.open(SECTIONS, "section_form"), editor.open(WORKS, "publication_form")
        filler = fill(small_disk, leaving=150_000)
        upload = editor.save(WORKS, files={"files": ("paper.pdf", pdf("a"), "application/pdf")}, title="With a file")
        left = [path for path in media.rglob("*") if path.is_file()] if media.exists() else []
        filler.unlink()
        filler = fill(small_disk, leaving=0)
        health = editor.client.get("/healthz")
        saves = [editor.save(SECTIONS, title=f"Section {number}", body="long " * 20_000) for number in range(3)]
        pages = [editor.client.get(path).status_code for path in ("/", "/publications/", SECTIONS)]
        filler.unlink()
        again = editor.save(SECTIONS, title="With room again", body="Kept")
        healthy = editor.client.get("/healthz")

    assert upload.status_code == 507
    assert "The disk of this site is full" in upload.text
    assert "your changes are still in the form" in upload.text
    assert left == []
    assert {save.status_code for save in saves} == {507}
    assert "The disk of this site is full" in saves[0].text
    assert (health.status_code, health.text) == (503, "The disk is full.\n")
    assert pages == [200, 200, 200]
    assert (again.status_code, healthy.status_code) == (302, 200)
    sections, works = stored(site)
    assert "With room again" in sections
    assert not {f"Section {number}" for number in range(3)} & set(sections)
    assert works == {}


@on_sqlite
@pytest.mark.slow
def test_a_save_into_a_database_file_that_is_gone_or_replaced_is_refused(new_site, tmp_path):
    file, elsewhere = tmp_path / "site" / "db.sqlite3", tmp_path / "moved.sqlite3"
    with new_site(tmp_path / "site", THREADS="1", **WITHOUT_PANDOC) as site:
        [editor] = site.editors()

        def answers(title):
            save = editor.save(SECTIONS, title=title, body="Text")
            health = editor.client.get("/healthz")
            assert "none of it was saved" in " ".join(save.text.split()) or save.status_code == 302
            return [save.status_code, health.status_code], health.text

        with site.serve(workers=1):
            editor.open(SECTIONS, "section_form")
            file.rename(elsewhere)
            gone, is_new = answers("Lost"), file.exists()
            elsewhere.rename(file)
            back = answers("Kept")
            file.rename(elsewhere)
            file.write_bytes(b"")
            replaced = answers("Lost")
        elsewhere.rename(file)

        assert gone == ([503, 503], "The site’s database file is gone. Put it back, or restore a backup.\n")
        assert not is_new
        assert back == ([302, 200], "ok\n")
        sentence = "The site’s database file was replaced while the site was running. Restart the site.\n"
        assert replaced == ([503, 503], sentence)
        titles = stored(site)[0]
        assert "Kept" in titles
        assert "Lost" not in titles


@pytest.mark.django_db(transaction=True)
def test_on_a_read_only_disk_uploads_are_rejected_with_a_message(small_disk, settings, editor_client):
    settings.MEDIA_ROOT = small_disk
    subprocess.run(["mount", "-o", "remount,ro", small_disk], check=True)

    answer = editor_client.post(WORKS, {**FORM, "files": SimpleUploadedFile("paper.pdf", pdf("a"))})

    assert answer.status_code == 507
    assert "may not write to its data folder" in answer.content.decode()
    assert not Publication.objects.exists()


@pytest.fixture
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    return settings.MEDIA_ROOT


@pytest.mark.django_db(transaction=True)
def test_a_form_that_fails_after_its_file_was_stored_leaves_no_file(editor_client, media):
    kept_first = []

    def fill_the_disk(instance, **kwargs):
        kept_first.append(Path(instance.file.path).exists())
        raise OSError(errno.ENOSPC, "No space left on device")

    post_save.connect(fill_the_disk, sender=Resource)
    try:
        answer = editor_client.post(WORKS, {**FORM, "files": SimpleUploadedFile("paper.pdf", pdf("a"))})
    finally:
        post_save.disconnect(fill_the_disk, sender=Resource)

    assert kept_first == [True]
    assert answer.status_code == 507
    assert not Publication.objects.exists()
    assert not [path for path in media.rglob("*") if path.is_file()]


def test_a_file_keeps_its_name_and_never_replaces_another(media):
    names = [default_storage.save("publication/1/token/paper.pdf", ContentFile(text)) for text in (b"one", b"two")]

    assert names[0] == "publication/1/token/paper.pdf"
    assert [Path(default_storage.path(name)).read_bytes() for name in names] == [b"one", b"two"]
    assert sorted(path.parent.name for path in media.rglob("*") if path.is_file()) == ["token", "token"]


def test_unused_files_are_deleted_after_a_day_and_all_others_stay(db, media, editor_client, capsys):
    paper = make.publication()
    resource = paper.resources.create(kind="pdf", file=ContentFile(pdf("a"), "paper.pdf"))
    in_text = default_storage.save("images/text/abcdefgh/loom.webp", ContentFile(b"loom"))
    make.section(title="About", body=f"![A loom](/media/{in_text})")
    crashed = default_storage.save(f"publication/{paper.pk}/tokentoken/paper.pdf", ContentFile(b"half"))
    unfinished = default_storage.save("incoming/0123", ContentFile(b"half"))
    by_hand = default_storage.save("notes.txt", ContentFile(b"mine"))

    call_command("check_files", "--mend")
    young = [default_storage.exists(name) for name in (crashed, unfinished)]
    age_files(media, days=2)
    call_command("check_files", "--mend")

    assert young == [True, True]
    assert "1 unused" in capsys.readouterr().out
    assert [default_storage.exists(name) for name in (resource.file.name, in_text, by_hand)] == [True] * 3
    assert [default_storage.exists(name) for name in (crashed, unfinished)] == [False, False]


@pytest.mark.parametrize("model", ResourceBase.__subclasses__())
def test_unused_files_of_each_kind_of_content_are_found(db, media, model):
    (subject,) = (one.related_model for one in model._meta.fields if one.many_to_one and one.name != "term")
    name = default_storage.save(f"{subject._meta.model_name}/1/tokentoken/paper.pdf", ContentFile(b"half"))

    assert stored_files.check().orphans == [name]


def test_a_file_that_is_deleted_meanwhile_is_skipped(db, media):
    assert stored_files.mend(stored_files.Findings(orphans=["publication/1/abcdefgh/paper.pdf"])) == 0


def test_a_file_that_only_a_revision_refers_to_stays(db, media, editor_client):
    paper = make.publication()
    resource = paper.resources.create(kind="pdf", file=ContentFile(pdf("a"), "paper.pdf"))
    name = resource.file.name
    address = f"/admin/publications/publication/{paper.pk}/delete/"
    assert editor_client.post(address, {"post": "yes"}).status_code == 302
    assert not Resource.objects.exists()

    age_files(media, days=2)
    call_command("check_files", "--mend")

    assert default_storage.exists(name)


def test_missing_files_are_listed_with_what_refers_to_them(db, media, capsys):
    paper = make.publication()
    resource = paper.resources.create(kind="pdf", file=ContentFile(pdf("a"), "paper.pdf"))
    make.section(title="About", body="![A loom](/media/images/text/abcdefgh/loom.webp)")
    Path(resource.file.path).unlink()

    with pytest.raises(CommandError, match="2 files are missing"):
        call_command("check_files")

    errors = capsys.readouterr().err
    assert f"{resource.file.name} is missing: the file of resource {resource.pk}." in errors
    assert "images/text/abcdefgh/loom.webp is missing: the body of section" in errors
    assert stored_files.check().files == 0
