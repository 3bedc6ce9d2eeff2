"""Creates what every site needs: the data folder, the secret key, an up-to-date database and search index."""

import io
import os
import tempfile
from contextlib import contextmanager
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.core.files import locks
from django.core.management import call_command
from django.core.management.utils import get_random_secret_key
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from tqdm import tqdm

from config.upkeep import InstallationError, migrations
from publications.citations import stored, styles


def create_data_folder():
    """Create the data folder and the folders for media and static files; return what was done."""
    folder = settings.DATA_DIR
    is_new = not folder.exists()
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)  # the database in it has password hashes
        for path in (folder, settings.MEDIA_ROOT, settings.STATIC_ROOT):
            Path(path).mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=path):
                pass
    except OSError as error:
        raise InstallationError(
            f"{error.filename or folder} cannot be written ({error.strerror}). "
            "Make it writable, or set DATA_DIR to another folder."
        ) from error
    return f"{'created' if is_new else 'found'}: {folder}"


def create_secret_key():
    """Create the secret key unless there is one; return what was done.

    This process has read its settings already, so only processes that start later use a new key.
    """
    path = settings.SECRET_KEY_FILE
    if os.environ.get("SECRET_KEY") or (path.exists() and path.read_text().strip()):
        return "found"
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(f"{get_random_secret_key()}\n")
    except OSError as error:
        message = f"{error.filename} cannot be written ({error.strerror}). Make it writable, or set SECRET_KEY."
        raise InstallationError(message) from error
    return f"created: {path}"


@contextmanager
def folder_lock():
    """Let one process at a time set up or restore a site in a data folder."""
    with (settings.DATA_DIR / "start.lock").open("w") as file:
        locks.lock(file, locks.LOCK_EX)
        try:
            yield
        finally:
            locks.unlock(file)


@contextmanager
def database_lock():
    """Let one machine at a time set up a database that several machines share."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(hashtext('academic-site start'))")
    try:
        yield
    finally:
        connection.close()


def migrate(*, before_upgrade=None):
    """Apply the missing migrations; return what was done.

    ``before_upgrade`` is called before a database that has content is changed; its result begins the answer.
    """
    _refuse_other_databases()
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if not plan:
        return "up to date"
    has_content = "profiles" in migrations.applied()
    backup = before_upgrade() if before_upgrade and has_content else ""
    with tqdm(total=len(plan), desc="Database", unit=" migrations", disable=None, leave=False) as bar:
        call_command("migrate", interactive=False, verbosity=1, stdout=CountedOutput("Applying", bar))
    return f"{backup}migrated ({len(plan)} migrations)"


def format_citations():
    """Format citations that are missing, for example after a new style was added; return what was done."""
    if not styles.available():
        return "not formatted: pandoc is not installed"
    total = stored.format_missing()
    return f"formatted ({total} publications)" if total else "up to date"


class CountedOutput(io.StringIO):
    """The output of a command. Advances a progress bar for each text that contains a word."""

    def __init__(self, word, bar):
        super().__init__()
        self.word, self.bar = word, bar

    def write(self, text):
        if self.word in text:
            self.bar.update()
        return len(text)


def _refuse_other_databases():
    """Raise an error for a database of a newer version of this site, or of another program."""
    applied = migrations.applied()
    place = settings.DATABASES["default"]["NAME"]
    own = {config.label for config in apps.get_app_configs() if Path(config.path).parent == settings.BASE_DIR}
    migrations.refuse_newer({app: names for app, names in applied.items() if app in own}, f"The database {place}")
    # A first start that was interrupted has left migrations of the installed libraries only.
    unknown = applied.keys() - {config.label for config in apps.get_app_configs()}
    if connection.introspection.table_names() and not applied.keys() & own and (unknown or not applied):
        raise InstallationError(
            f"The database {place} belongs to another program. "
            "Set DATABASE_URL to an empty database, or DATA_DIR to another folder."
        )
