"""The commands backup and restore, in separate processes, between all databases."""

import json
import signal
import zipfile
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from tqdm import tqdm

from config.editing.dashboard import backup_reminder
from config.upkeep.backups import BackupError
from config.upkeep.backups.archive import Archive, ArchiveWriter
from profiles.models import BackupRecord
from tests import s3
from tests.config.upkeep.conftest import NOT_BACKED_UP, Site, on_each_database

pytestmark = pytest.mark.slow

silent = partial(tqdm, disable=True)
USE = """
from django.contrib.auth.models import AnonymousUser
from publications.models import Publication
from tests import make
print([str(one) for one in Publication.objects.search("naive quotes", AnonymousUser())])
print(make.publication("The next").pk)
"""


@pytest.fixture
def other(copy):
    """Return a function that copies the site as ``copy`` does, and changes the copy."""

    def make(vendor="sqlite"):
        made = copy(vendor)
        made.execute(
            "UPDATE publications_publication SET title = 'On Looms' WHERE id = 1",
            "DELETE FROM publications_authorship",
            "DELETE FROM reversion_version",
            "INSERT INTO auth_group (name) VALUES ('Guests')",
        )
        (made.folder / "media/images/text/token/pasted.png").write_bytes(b"damaged since")
        (made.folder / "media/images/text/token/later.png").write_bytes(b"came later")
        [data] = made.folder.glob("media/publication/*/*/data.npz")
        data.unlink()
        return made

    return make


def state(site):
    return site.rows(), site.files()


def test_a_backup_is_restored_where_there_is_no_site(origin, backup, tmp_path):
    new = Site(tmp_path / "new")

    new.manage("restore", backup)

    assert state(new) == state(origin)
    found, number = new.shell(USE).stdout.splitlines()
    assert found == "['On Engines']"
    assert int(number) == 4  # 3 was deleted, and its revisions refer to it by ID


@pytest.mark.postgresql
def test_from_sqlite_onto_postgresql(origin, origin_on_postgresql, copy):
    assert state(origin_on_postgresql) == state(origin)
    assert copy("postgresql").shell(USE).stdout.splitlines() == ["['On Engines']", "4"]


@pytest.mark.postgresql
def test_from_postgresql_onto_sqlite(origin, backup_of_postgresql, other):
    site = other()

    site.manage("restore", backup_of_postgresql, "--replace")

    assert state(site) == state(origin)


@pytest.mark.postgresql
def test_from_postgresql_onto_postgresql(origin, backup_of_postgresql, other):
    site = other("postgresql")

    site.manage("restore", backup_of_postgresql, "--replace")

    assert state(site) == state(origin)


def test_a_backup_is_private_and_readable_without_this_code(backup):
    assert backup.stat().st_mode & 0o777 == 0o600
    with zipfile.ZipFile(backup) as archive:
        manifest = json.loads(archive.read("manifest.json"))
        lines = archive.read("tables/publications_publication.jsonl").decode().splitlines()
    assert [json.loads(line)["title"] for line in lines] == ["On Engines", "Preprint of Engines"]
    assert manifest["tables"]["publications_publication"] == {"rows": 2, "last_number": 3}
    assert not {name for name in manifest["tables"] if name in NOT_BACKED_UP or name.startswith("search_")}


BUSY = """
from concurrent.futures import ThreadPoolExecutor
from unittest import mock
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.db import connection
from config.upkeep.backups.tables import Table
from tests import make
def save(name):
    paper = make.publication(f"While {name} is read", authors=(f"Author {name}",))
    paper.resources.create(kind="data", file=ContentFile(b"PK", "new.zip"))
    connection.close()
rows = Table.rows
def rows_while_another_saves(self):
    with ThreadPoolExecutor() as executor:
        executor.submit(save, self.name).result()
    yield from rows(self)
without_citations = mock.patch("publications.citations.styles.available", dict)  # formatting them takes long
with without_citations, mock.patch.object(Table, "rows", rows_while_another_saves):
    call_command("backup", path)
"""


@on_each_database
def test_a_backup_is_consistent_while_others_save_without_waiting(vendor, request, copy, tmp_path):
    before = request.getfixturevalue("backup" if vendor == "sqlite" else "backup_of_postgresql")
    busy, path = copy(vendor), tmp_path / "busy.zip"

    done = busy.shell(BUSY, path=str(path))

    assert (done.returncode, done.stderr) == (0, "")
    titles = {row["title"] for row in busy.rows()["publications_publication"]}
    with zipfile.ZipFile(before) as quiet, zipfile.ZipFile(path) as archive:
        tables = {name for name in quiet.namelist() if name.startswith("tables/")}
        assert {name: archive.read(name) for name in tables} == {name: quiet.read(name) for name in tables}
        assert set(quiet.namelist()) <= set(archive.namelist())
        assert {f"While {name[7:-6]} is read" for name in tables} <= titles


def test_missing_uploads_are_reported(other, tmp_path):
    done = other().process("backup", tmp_path / "site.zip")

    assert done.returncode == 0
    assert done.stderr.startswith("Missing uploads, which are not in the backup: publication/1/")


def test_any_changed_byte_is_found(backup, tmp_path):
    whole = backup.read_bytes()
    damaged = tmp_path / "damaged.zip"
    in_manifest = whole.index(b"manifest.json")
    for place in [0, 10, 40, len(whole) // 2, in_manifest - 30, in_manifest + 40, len(whole) - 70, len(whole) - 1]:
        damaged.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])

        with pytest.raises(BackupError, match="is damaged"), damaged.open("rb") as file:
            Archive(file, silent)


@pytest.mark.parametrize("bytes_lost", [1, 70, 5_000, 500_000])
def test_a_truncated_file_is_found(backup, tmp_path, bytes_lost):
    cut = tmp_path / "cut.zip"
    cut.write_bytes(backup.read_bytes()[:-bytes_lost])

    with pytest.raises(BackupError, match="cut off"), cut.open("rb") as file:
        Archive(file, silent)


def test_a_damaged_backup_is_rejected_before_anything_changes(other, backup, tmp_path):
    site = other()
    before = state(site)
    whole, flipped = backup.read_bytes(), tmp_path / "flipped.zip"
    flipped.write_bytes(whole[:5000] + bytes([whole[5000] ^ 1]) + whole[5001:])

    assert "is damaged" in site.refused("restore", flipped, "--replace")
    assert "is damaged" in site.refused("backup", "--check", flipped)
    assert "is complete" in site.manage("backup", "--check", backup)
    assert state(site) == before


def test_an_existing_site_is_replaced_only_on_request(origin, other, backup):
    site = other()
    before = state(site)

    assert "This site has content already" in site.refused("restore", backup)
    assert state(site) == before

    site.manage("restore", backup, "--replace")

    assert state(site) == state(origin)
    with site.database() as database:
        assert database.execute("SELECT count(*) FROM django_session").fetchone() == (0,)


KILLED = """
import os, signal
from unittest import mock
from django.core.management import call_command
def die(*args, **kwargs):
    os.kill(os.getpid(), signal.SIGKILL)
with mock.patch(place, die):
    call_command("restore", path, replace=True)
"""


@on_each_database
@pytest.mark.parametrize(
    ("place", "is_committed"),
    [
        ("config.upkeep.backups.tables.Table.insert", False),  # the files are written
        ("config.upkeep.backups.restore.indexing.rebuild", False),  # so are the rows
        ("config.upkeep.backups.files.replace_others", True),
    ],
)
def test_a_restore_killed_at_any_moment_leaves_the_old_or_the_new_site(request, place, is_committed, vendor, other):
    origin, backup = request.getfixturevalue("origin"), request.getfixturevalue("backup")
    site = other(vendor)
    rows, files = state(site)

    done = site.shell(KILLED, path=str(backup), place=place)

    assert done.returncode == -signal.SIGKILL
    left = site.files()
    assert site.rows() == (origin.rows() if is_committed else rows)
    assert files.items() <= left.items()
    assert left.keys() > files.keys()

    site.manage("restore", backup, "--replace")

    assert state(site) == state(origin)


def rewritten(backup, path, manifest=None, tables=None):
    """Return a copy of a backup with another manifest, or with changed rows."""
    with zipfile.ZipFile(backup) as archive, path.open("w+b") as file:
        writer = ArchiveWriter(file)
        facts = json.loads(archive.read("manifest.json"))
        for name in set(archive.namelist()) - {"manifest.json"}:
            data = archive.read(name)
            if change := (tables or {}).get(name):
                rows = [change(json.loads(line)) for line in data.splitlines()]
                data = b"".join(json.dumps(row).encode() + b"\n" for row in rows if row)
            writer.add(name, [data])
        for name in ("format", "made_at"):
            facts.pop(name)
        (manifest or (lambda facts: None))(facts)
        writer.finish(**facts)
    return path


def test_a_backup_of_an_older_version_is_migrated(origin, backup, other, tmp_path):
    def before_embargoes(facts):
        del facts["migrations"]["publications"][23:]

    def without_embargo(row):
        return {name: value for name, value in row.items() if name not in ("version", "license", "visible_from")}

    lists = [f"publications_savedlist{end}" for end in ("", "_people", "_tags", "row")]  # newer, too
    changed = {
        "tables/publications_resource.jsonl": without_embargo,
        **{f"tables/{table}.jsonl": lambda row: None for table in lists},
    }
    older = rewritten(backup, tmp_path / "older.zip", before_embargoes, changed)
    site = other()

    site.manage("restore", older, "--replace")

    assert site.rows() == origin.rows() | {table: [] for table in lists}
    assert site.files() == origin.files()


def test_a_backup_of_a_newer_version_is_rejected(empty_site, backup, tmp_path):
    newer = rewritten(
        backup, tmp_path / "newer.zip", lambda facts: facts["migrations"]["profiles"].append("9999_later")
    )

    message = Site(empty_site).refused("restore", newer)

    assert "created by a newer version (this one has no profiles.9999_later)" in message


@on_each_database
def test_a_backup_with_broken_foreign_keys_is_rejected_completely(other, backup, vendor, tmp_path):
    wrong = rewritten(
        backup,
        tmp_path / "wrong.zip",
        tables={
            "tables/publications_authorship.jsonl": lambda row: row | ({"publication_id": 77} if row["id"] == 1 else {})
        },
    )
    site = other(vendor)
    before = state(site)

    assert "foreign key" in site.refused("restore", wrong, "--replace")
    assert state(site) == before


def test_keep_deletes_old_backups_and_no_other_files(origin, tmp_path):
    for name in ("site-2020-01-01-000000.zip", "site-2021-01-01-000000.zip", "site-2022-01-01-000000.zip", "notes.zip"):
        (tmp_path / name).touch()

    made = Path(origin.manage("backup", tmp_path, "--keep", 2).partition(": ")[0])

    remaining = [tmp_path / "notes.zip", tmp_path / "site-2022-01-01-000000.zip", made]
    assert sorted(tmp_path.iterdir()) == sorted(remaining)


def test_a_backup_overwrites_a_file_only_on_request(backup, tmp_path):
    with pytest.raises(CommandError, match="already exists"):
        call_command("backup", backup)
    with pytest.raises(CommandError, match="--keep takes"):
        call_command("backup", tmp_path, keep=0)


@pytest.mark.django_db
def test_a_backup_that_cannot_be_written_leaves_nothing(tmp_path):
    with pytest.raises(CommandError, match="No such file"):
        call_command("backup", tmp_path / "no-folder" / "site.zip")

    assert not list(tmp_path.iterdir())
    assert not BackupRecord.objects.exists()


def test_files_in_a_bucket_are_backed_up_and_restored(origin, backup, tmp_path):
    with s3.store() as port:
        site = Site(tmp_path / "site", {"MEDIA_STORAGE_URL": s3.make_bucket(port, "media")})
        path = tmp_path / "again.zip"

        site.manage("restore", backup)
        site.manage("backup", path)

        assert site.files().keys() == {"styles/mine.csl"}
    with zipfile.ZipFile(path) as archive:
        found = {name: archive.read(name) for name in archive.namelist() if name.startswith(("media/", "styles/"))}
    assert found == origin.files()


@pytest.fixture
def made_before(db):
    def make(**ago):
        row = BackupRecord.objects.create(file="site.zip")
        BackupRecord.objects.filter(pk=row.pk).update(created_at=timezone.now() - timedelta(**ago))

    return make


def test_a_backup_that_is_too_old_shows_on_the_admins_home(editor_client, made_before):
    made_before(days=12, hours=1)

    page = editor_client.get("/admin/").content.decode()

    assert "The last backup was made 12 days ago." in page
    assert '<a href="/admin/maintenance/">Create or schedule backups</a>' in page


def test_the_reminder_depends_on_the_last_backup_of_this_database(editor, made_before, settings):
    assert backup_reminder() == ""

    type(editor).objects.update(date_joined=timezone.now() - timedelta(days=8))
    assert backup_reminder().startswith("There is no backup yet.")

    made_before(days=6, hours=23)
    assert backup_reminder() == ""

    settings.BACKUP_MAX_DAYS = 5
    assert backup_reminder().startswith("The last backup was made 6 days ago.")

    settings.BACKUP_MAX_DAYS = 0
    assert backup_reminder() == ""
