"""Upgrades to the next version of the code and back, on each database."""

import re
import shutil
from dataclasses import replace

import pytest
from django.conf import settings

from tests.config.upkeep.conftest import on_each_database, postgresql

pytestmark = pytest.mark.slow

NEXT_VERSION = """
from django.db import migrations, models

class Migration(migrations.Migration):
    dependencies = [("profiles", "%s")]
    operations = [
        migrations.AddField("person", "later", models.CharField(max_length=10, null=True)),
        migrations.RunSQL("UPDATE profiles_person SET headline = 'Lost by a bad migration'"),
    ]
"""


@pytest.fixture
def empty_database(vendor):
    """The environment that names an empty database."""
    if vendor == "sqlite":
        yield {}
        return
    with postgresql() as address:
        yield {"DATABASE_URL": address}


@pytest.fixture(scope="module")
def next_version(tmp_path_factory):
    """A copy of this code with one more migration."""
    ignored = shutil.ignore_patterns(".git", ".venv", "var", "tests", ".*_cache")
    code = shutil.copytree(settings.BASE_DIR, tmp_path_factory.mktemp("next") / "code", ignore=ignored)
    migrations = code / "profiles" / "migrations"
    last = max(path.stem for path in migrations.glob("0*.py"))
    (migrations / "0999_next.py").write_text(NEXT_VERSION % last)
    return code


@on_each_database
def test_an_upgrade_makes_a_backup_that_the_old_version_can_restore(vendor, copy, next_version, empty_database):
    old = copy(vendor)
    rows, files = old.rows(), old.files()
    new = replace(old, code=next_version)

    upgraded, again = new.manage("quickstart", "--no-server"), new.manage("quickstart", "--no-server")
    assert new.rows()["profiles_person"][0]["headline"] == "Lost by a bad migration"
    (backup,) = (old.folder / "backups").iterdir()
    assert re.search(rf"Database +backed up to {backup}, then migrated \(1 migrations\)\n", upgraded)
    assert re.search(r"Database +up to date\n", again)
    refused = old.process("quickstart", "--no-server").stderr
    assert "was created by a newer version (this one has no profiles.0999_next)" in refused

    for path in old.folder.glob("db.sqlite3*"):
        path.unlink()
    back = replace(old, environment=empty_database)
    back.manage("restore", backup, "--replace")
    assert back.rows() == rows
    assert back.files() == files
    assert re.search(r"Database +up to date\n", back.manage("quickstart", "--no-server"))


def test_a_failed_backup_stops_the_upgrade_unless_no_backup_is_requested(copy, next_version):
    old = copy()
    (old.folder / "backups").touch()
    rows, new = old.rows(), replace(old, code=next_version)

    refused = new.process("quickstart", "--no-server")
    unchanged = old.rows()
    new.manage("quickstart", "--no-server", "--no-backup")

    assert refused.returncode == 1
    assert "The backup failed, so nothing was migrated: " in refused.stderr
    assert unchanged == rows
    assert new.rows() != rows


def test_the_newest_three_upgrade_backups_and_all_other_files_stay(copy, next_version):
    old = copy()
    backups = old.folder / "backups"
    backups.mkdir()
    for day in range(1, 5):
        (backups / f"before-upgrade-2026-01-0{day}-000000.zip").touch()
    (backups / "mine-2020-01-01-000000.zip").touch()

    replace(old, code=next_version).manage("quickstart", "--no-server")

    *older, made = sorted(path.name for path in backups.iterdir() if path.name.startswith("before"))
    assert older == ["before-upgrade-2026-01-03-000000.zip", "before-upgrade-2026-01-04-000000.zip"]
    assert made > older[-1]
    assert (backups / "mine-2020-01-01-000000.zip").exists()
