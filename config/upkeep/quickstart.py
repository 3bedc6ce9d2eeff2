"""The steps from a fresh checkout to a running site. Each may run again, and does only what is missing."""

import hashlib
import secrets
from contextlib import ExitStack
from functools import partial
from pathlib import Path

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.contrib.staticfiles.finders import get_finders
from django.core import checks
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import Error, transaction
from tqdm import tqdm

from config.editing import example, roles
from config.upkeep import InstallationError, first_site, installation
from config.upkeep.backups import ERRORS, create
from config.upkeep.installation import CountedOutput
from config.upkeep.migrations import NewerVersionError
from profiles.models import PLACEHOLDER_NAME, Person


def run_steps(report, name=None, *, empty=False, backup=True):
    """Run each step in order. Raise InstallationError where one fails.

    ``report`` is called with the title of each step and the step itself, a function that returns its result in a few
    words. ``name`` is the owner's new name; ``empty`` says whether to leave out or remove the example content;
    ``backup`` says whether to back up an existing site before it is migrated.
    """
    with ExitStack() as locks:  # concurrent starts run one after the other

        def prepare_folder():
            done = installation.create_data_folder()
            locks.enter_context(installation.folder_lock())
            return done

        def prepare_database():
            locks.enter_context(installation.database_lock())
            return installation.migrate(before_upgrade=back_up if backup else None)

        steps = {
            "Data folder": prepare_folder,
            "Secret key": installation.create_secret_key,
            "Database": prepare_database,
            "Settings": check_settings,
            "First site": partial(load_first_site, empty=empty),
            "Owner": partial(rename_owner, name),
            "Citations": installation.format_citations,
            "Static files": collect_static,
            # Last, so that nothing can fail after the password was created and before it is shown.
            "Editor": create_editor,
        }
        if name is None:
            del steps["Owner"]
        for title, step in steps.items():
            report(title, with_plain_errors(step))


def with_plain_errors(step):
    """Return a step that raises errors of the database and of the disk as InstallationError."""

    def checked():
        try:
            return step()
        except NewerVersionError as error:
            raise InstallationError(error) from error
        except Error as error:
            place = settings.DATABASES["default"]["NAME"]
            raise InstallationError(
                f"The database {place} does not work: {str(error).strip().splitlines()[0]}. "
                "Repair it or move it away, or set DATABASE_URL to another one."
            ) from error
        except OSError as error:
            message = f"{error.filename or settings.DATA_DIR} cannot be used ({error.strerror})."
            raise InstallationError(message) from error

    return checked


def back_up():
    """Back up the site before its database is migrated; return what was done."""
    bar = partial(tqdm, unit="B", unit_scale=True, disable=None, leave=False)
    try:
        made = create.create_before_upgrade(settings.DATA_DIR / "backups", bar)
    except ERRORS as error:
        message = f"The backup failed, so nothing was migrated: {error} To migrate without a backup: --no-backup"
        raise InstallationError(message) from error
    return f"backed up to {made.path}, then "


def check_settings():
    """Run Django's system checks; raise InstallationError for the first error."""
    errors = [message for message in checks.run_checks() if message.is_serious()]
    if errors:
        raise InstallationError(" ".join(filter(None, [errors[0].msg, errors[0].hint])))
    return "checked"


def load_first_site(*, empty=False):
    """Load the example site, or only its owner, into an empty database; return what was done.

    With ``empty``, remove the example content of a site that has it.
    """
    if any(model.objects.exists() for model in first_site.TABLES.values()):
        if not empty:
            return "not loaded: the site has content"
        example.remember_unchanged(first_site.unchanged())
        return str(example.remove())
    if empty:
        Person.objects.create(name=PLACEHOLDER_NAME, is_owner=True, is_public_page=True)
        return "empty: only its owner"
    try:
        counts = first_site.load()
    except first_site.SiteFileError as error:
        raise InstallationError(error) from error
    example.remember()
    return f"loaded ({counts.added} entries)"


def rename_owner(name):
    """Give the site's owner another name; return it."""
    owner = Person.objects.owner()
    if owner is None:
        message = "The site has no owner yet. Log in, open a person and select “owner of the site”."
        raise InstallationError(message)
    owner.name = " ".join(name.split())
    try:
        owner.full_clean()
    except ValidationError as error:
        raise InstallationError(f"“{name}” cannot be the owner's name: {error.messages[0]}") from error
    owner.save()
    return owner.name


def collect_static():
    """Collect the static files if one has changed; hashing and compressing all of them takes seconds."""
    marker = settings.STATIC_ROOT.with_suffix(".fingerprint")
    fingerprint = _fingerprint()
    if marker.exists() and marker.read_text() == fingerprint:
        return "up to date"
    with tqdm(desc="Static files", unit=" files", disable=None, leave=False) as bar:
        call_command("collectstatic", interactive=False, verbosity=2, stdout=CountedOutput("'", bar))
    marker.write_text(fingerprint)
    return "collected"


def _fingerprint():
    digest = hashlib.sha256(settings.STORAGES["staticfiles"]["BACKEND"].encode())
    for finder in get_finders():
        for path, storage in finder.list([]):
            stat = Path(storage.path(path)).stat()
            digest.update(f"{storage.path(path)}\0{stat.st_size}\0{stat.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def create_editor():
    """Create a first user unless there is one who can log in to the admin; return the password."""
    users = get_user_model().objects
    if any(map(roles.may_log_in, users.filter(is_staff=True, is_active=True))):
        return "found"
    taken = set(users.values_list("username", flat=True))
    username = next(name for name in ("editor", *(f"editor{n}" for n in range(2, len(taken) + 3))) if name not in taken)
    password = secrets.token_urlsafe(12)
    with transaction.atomic():
        editor = users.create_superuser(username, password=password)
        editor.groups.add(*Group.objects.filter(name=roles.OWNER))
    return f"created. Log in as “{username}” with the password {password} (shown only now)"
