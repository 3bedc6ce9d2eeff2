"""Restoring a backup, completely or not at all.

The backup is checked first. Then its new files are written beside the current ones, and all rows are replaced in one
transaction: until it is committed, visitors see the old site and editors who save wait. Last, files that are not in the
backup are deleted. A restore that was interrupted can be run again.
"""

import os
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path

from django.apps import apps as installed_apps
from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.db import connection, transaction

from config.upkeep import installation, migrations
from config.upkeep.backups import BackupError, files
from config.upkeep.backups.archive import Archive
from config.upkeep.backups.tables import tables
from config.upkeep.stored_files import file_names
from profiles.search import indexing

# Tables with rows on every migrated site.
NEVER_EMPTY = {"django_content_type", "auth_permission", "auth_group", "auth_group_permissions"}


def restore(path, bar, *, replace=False):
    """Restore a backup. Raise one of ERRORS, and then the site is unchanged.

    ``bar`` is called as ``tqdm`` is. ``replace`` allows replacing a site that has content. Return the number of rows
    and the number of files.
    """
    with path.open("rb") as file:
        archive = Archive(file, bar)
        applied = archive.manifest["migrations"]
        migrations.refuse_newer(applied, path)
        settings.DATA_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)
        with installation.folder_lock():
            if not connection.introspection.table_names():
                migrations.migrate_to(applied)
                _exchange(archive, migrations.apps_after(applied), bar)
                call_command("migrate", interactive=False, verbosity=0)
                indexing.rebuild()
            else:
                _check_current_site(replace=replace)
                with _upgraded(path, archive, bar) as upgraded:
                    _exchange(upgraded, installed_apps, bar)
        return archive.row_count, sum(len(archive.names(place)) for place in files.storages())


def _check_current_site(*, replace):
    applied = migrations.applied()
    migrations.refuse_newer(applied, f"The database {settings.DATABASES['default']['NAME']}")
    if migrations.are_behind(applied):
        raise BackupError("The database is not up to date with this code. Run “manage.py migrate” first.")
    has_rows = any(table.count() for table in tables() if table.name not in NEVER_EMPTY)
    if not replace and (has_rows or any(any(file_names(storage)) for storage in files.storages().values())):
        raise BackupError("This site has content already. Add --replace to replace it with the backup.")


@contextmanager
def _upgraded(path, archive, bar):
    """Yield the archive, or if it is of an older version, one that is upgraded.

    The older one is restored as a temporary site, which migrates it, and is then backed up again. Separate processes do
    this, because migrations work on the database of the settings.
    """
    if not migrations.are_behind(archive.manifest["migrations"]):
        yield archive
        return
    with tempfile.TemporaryDirectory(dir=settings.DATA_DIR) as folder:
        upgraded = Path(folder) / "upgraded.zip"
        environment = {**os.environ, "DATA_DIR": f"{folder}/site", "SECRET_KEY": "of-a-temporary-site"}
        environment.pop("DATABASE_URL", None)
        environment.pop("MEDIA_STORAGE_URL", None)
        for command in (["restore", path.absolute()], ["backup", upgraded]):
            done = subprocess.run(  # noqa: S603
                [sys.executable, "manage.py", *command],
                cwd=settings.BASE_DIR, env=environment, capture_output=True, check=False, encoding="utf-8",
            )  # fmt: skip
            if done.returncode:
                raise BackupError(f"The backup cannot be upgraded: {done.stderr.strip()}")
        with upgraded.open("rb") as file:
            yield Archive(file, bar)


def _exchange(archive, apps, bar):
    """Replace the files and rows of the site with those of an archive."""
    found = tables(apps)
    with files.new_files(archive, bar), connection.constraint_checks_disabled(), transaction.atomic():
        for table in found if connection.vendor == "postgresql" else []:  # SQLite locks out writers anyway
            table.execute("LOCK TABLE {table} IN SHARE ROW EXCLUSIVE MODE")
        for table in found:
            table.execute("DELETE FROM {table}")
        Session.objects.all().delete()  # user IDs may belong to other people now
        for table in found:
            table.insert(bar(archive.rows(table.name), desc=table.name, unit=" rows"))
            table.continue_ids_after(archive.manifest["tables"].get(table.name, {}).get("last_number") or 0)
        connection.check_constraints()
        if apps is installed_apps:
            indexing.rebuild()
    ContentType.objects.clear_cache()
    files.replace_others(archive)
