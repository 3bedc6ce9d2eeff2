"""The steps from a fresh checkout to a running site. Each may run again, and does only what is missing."""

import hashlib
import os
import secrets
import socket
import sys
import tempfile
from contextlib import ExitStack
from functools import partial
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.contrib.staticfiles.finders import get_finders
from django.core import checks
from django.core.exceptions import ValidationError
from django.core.files import locks
from django.core.management import call_command
from django.core.management.utils import get_random_secret_key
from django.db import Error, connection, connections, transaction
from django.db.migrations.executor import MigrationExecutor
from django.urls import reverse
from tqdm import tqdm

from config.editing import roles
from config.upkeep import first_site
from config.upkeep.backups import BackupError, making
from profiles.models import Stale
from profiles.search import indexing

HOST = "127.0.0.1"


class QuickstartError(Exception):
    """Why the site cannot start, and what to do about it, in one line."""


def steps(name=None, *, backup=True):
    """(title, function) of each step in order; the function returns what it did, in a few words.

    ``name`` is the owner's new name, ``backup`` whether to make one before a site that is there is migrated. The steps
    raise QuickstartError.
    """
    with ExitStack() as turn:  # of several starts at once, one after the other
        yield "Data folder", _told(lambda: make_data_folder() + wait_for_folder(turn))
        yield "Secret key", make_secret_key
        yield "Database", _told(lambda: wait_for_database(turn) or migrate(backup=backup))
        yield "Settings", check_settings
        yield "First site", _told(load_first_site)
        if name is not None:
            yield "Owner", _told(partial(rename_owner, name))
        yield "Search", _told(write_index)
        yield "Static files", _told(collect_static)
        # Last, so that nothing can fail between the making of the password and its only showing.
        yield "Editor", _told(make_editor)


def check_port(port):
    """Raise QuickstartError unless a server can listen there."""
    if not 0 < port < 2**16:
        message = f"{port} is no port. Choose one between 1024 and 65535, such as --port 8001."
        raise QuickstartError(message)
    with socket.socket() as listener:
        if os.name == "posix":
            # As gunicorn does: a port that was closed a moment ago is free. (On Windows it would mean "share".)
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((HOST, port))
        except OSError as error:
            message = f"Port {port} cannot be used ({error.strerror}). Choose another one: --port {_other(port)}"
            raise QuickstartError(message) from error


def make_data_folder():
    folder = settings.DATA_DIR
    new = not folder.exists()
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)  # the database in it has hashes of passwords
        for path in (folder, settings.MEDIA_ROOT, settings.STATIC_ROOT):
            Path(path).mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=path):
                pass
    except OSError as error:
        message = (
            f"{error.filename or folder} cannot be written ({error.strerror}). "
            "Make it writable, or set DATA_DIR to a folder that is."
        )
        raise QuickstartError(message) from error
    return f"{'made' if new else 'kept'}: {folder}"


def wait_for_folder(turn):
    """Have no other start at work in this folder until the ExitStack ends."""
    file = turn.enter_context((settings.DATA_DIR / "start.lock").open("w"))
    turn.callback(locks.unlock, file)
    if locks.lock(file, locks.LOCK_EX | locks.LOCK_NB):
        return ""
    locks.lock(file, locks.LOCK_EX)
    return ", after another start"


def wait_for_database(turn):
    """The same for a database that several machines have in common."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(hashtext('academic-site start'))")
        turn.callback(connection.close)


def make_secret_key():
    # Not through settings.SECRET_KEY, which raises when it is empty.
    if settings._wrapped.SECRET_KEY:  # noqa: SLF001
        return "kept"
    if made_by_another := settings.SECRET_KEY_FILE.exists() and settings.SECRET_KEY_FILE.read_text().strip():
        settings.SECRET_KEY = made_by_another
        return "kept"
    key = get_random_secret_key()
    try:
        with os.fdopen(os.open(settings.SECRET_KEY_FILE, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(f"{key}\n")
    except OSError as error:
        message = f"{error.filename} cannot be written ({error.strerror}). Make it writable, or set SECRET_KEY."
        raise QuickstartError(message) from error
    settings.SECRET_KEY = key
    return f"made: {settings.SECRET_KEY_FILE}"


def migrate(*, backup=True):
    """Bring the database up to date, with a backup before where there is something to lose."""
    executor = MigrationExecutor(connection)
    _refuse_other_databases(executor.loader)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if not plan:
        return "up to date"
    kept = _keep() if backup and any(label == "profiles" for label, _ in executor.loader.applied_migrations) else ""
    call_command("migrate", interactive=False, verbosity=0)
    return f"{kept}migrated ({len(plan)} steps)"


def _keep():
    bar = partial(tqdm, unit="B", unit_scale=True, disable=None, leave=False)
    try:
        made = making.make_before_upgrade(settings.DATA_DIR / "backups", bar)
    except BackupError as error:
        message = f"No backup could be made, so nothing was migrated: {error} To go without: --no-backup"
        raise QuickstartError(message) from error
    return f"backed up to {made.path}, then "


def write_index():
    with tqdm(total=Stale.objects.count(), desc="Search", unit=" changes", disable=None, leave=False) as bar:
        written = indexing.refresh(None, progress=bar.update)
    return f"{written} changes followed" if written else "up to date"


def check_settings():
    errors = [message for message in checks.run_checks() if message.is_serious()]
    if errors:
        raise QuickstartError(" ".join(filter(None, [errors[0].msg, errors[0].hint])))
    return "checked"


def load_first_site():
    if any(model.objects.exists() for model in first_site.TABLES.values()):
        return "not loaded, since there is content already"
    try:
        counts = first_site.load()
    except first_site.SiteFileError as error:
        raise QuickstartError(error) from error
    return f"loaded ({counts.added} entries)"


def rename_owner(name):
    owner = first_site.Person.objects.owner()
    if owner is None:
        message = "Nobody is the owner of the site yet. Sign in, and tick “owner of the site” on a person."
        raise QuickstartError(message)
    owner.rename(name)
    try:
        owner.full_clean()
    except ValidationError as error:
        message = f"“{name}” cannot be the owner's name: {error.messages[0]}"
        raise QuickstartError(message) from error
    owner.save()
    return owner.name


def collect_static():
    """Collect when a source has changed since the last time: hashing and compressing them all takes seconds."""
    mark = settings.STATIC_ROOT.with_suffix(".fingerprint")
    fingerprint = _fingerprint()
    if mark.exists() and mark.read_text() == fingerprint:
        return "up to date"
    call_command("collectstatic", interactive=False, verbosity=0)
    mark.write_text(fingerprint)
    return "collected"


def make_editor():
    users = get_user_model().objects
    if users.filter(is_staff=True).exists():
        return "kept"
    taken = set(users.values_list("username", flat=True))
    username = next(name for name in ("editor", *(f"editor{n}" for n in range(2, len(taken) + 3))) if name not in taken)
    password = secrets.token_urlsafe(12)
    with transaction.atomic():
        editor = users.create_superuser(username, password=password)
        editor.groups.add(*Group.objects.filter(name=roles.OWNER))
    return f"made. Sign in as “{username}” with the password {password} (shown only now)"


def welcome(port):
    address = settings.SITE_URL or f"http://{HOST}:{port}"
    return f"\nYour site   {address}/\nThe admin   {address}{reverse('admin:index')}\nCtrl-C stops the server.\n"


def serve(port):
    """Serve the site until it is stopped; where there is gunicorn, in place of this process."""
    connections.close_all()
    if os.name == "nt":
        from waitress import serve as serve_with_waitress  # noqa: PLC0415  (installed on Windows alone)

        from config.wsgi import application  # noqa: PLC0415  (made after the static files, whose names it keeps)

        serve_with_waitress(application, host=HOST, port=port, threads=8)
        return
    os.chdir(settings.BASE_DIR)
    os.execv(sys.executable, [sys.executable, "-m", "gunicorn", f"--bind={HOST}:{port}"])  # noqa: S606


def _told(step):
    """The step, with failures of the database and of the disk told in one line."""

    def told():
        try:
            return step()
        except Error as error:
            place = settings.DATABASES["default"]["NAME"]
            message = (
                f"The database {place} does not work: {str(error).strip().splitlines()[0]}. "
                "Repair it or move it away, or set DATABASE_URL to another one."
            )
            raise QuickstartError(message) from error
        except OSError as error:
            message = f"{error.filename or settings.DATA_DIR} cannot be used ({error.strerror})."
            raise QuickstartError(message) from error

    return told


def _refuse_other_databases(loader):
    """Raise QuickstartError for a database of a newer version of this site, or of something else."""
    own = {config.label for config in apps.get_app_configs() if Path(config.path).parent == settings.BASE_DIR}
    place = settings.DATABASES["default"]["NAME"]
    known = set(loader.disk_migrations)
    for migration in loader.disk_migrations.values():
        known.update(migration.replaces)
    applied = set(loader.applied_migrations)
    newer = sorted(f"{label}.{name}" for label, name in applied - known if label in own)
    if newer:
        message = (
            f"The database {place} was made by a newer version ({newer[0]} is not known here). "
            "Take the newer code, or set DATA_DIR to another folder."
        )
        raise QuickstartError(message)
    # A first start that was interrupted has migrations of the installed libraries alone.
    labels = {label for label, _ in applied}
    strange = labels - {config.label for config in apps.get_app_configs()}
    if connection.introspection.table_names() and not labels & own and (strange or not labels):
        message = (
            f"The database {place} belongs to something else. "
            "Set DATABASE_URL to an empty one, or DATA_DIR to another folder."
        )
        raise QuickstartError(message)


def _fingerprint():
    digest = hashlib.sha256(settings.STORAGES["staticfiles"]["BACKEND"].encode())
    for finder in get_finders():
        for path, storage in finder.list([]):
            stat = Path(storage.path(path)).stat()
            digest.update(f"{storage.path(path)}\0{stat.st_size}\0{stat.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def _other(port):
    return port + 1 if 1024 <= port < 2**16 - 1 else 8001
