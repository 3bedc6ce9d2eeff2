"""The files of a site: uploads and the owner's citation styles.

Each upload is written once, under a unique name, and never changed. So a backup may read the files after the rows
that name them, and a restore may write its files beside the current ones.
"""

from contextlib import contextmanager
from hashlib import file_digest

from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import FileSystemStorage, default_storage

from config.upkeep.stored_files import file_names


def storages():
    """Return {folder in the archive: storage}."""
    return {"media": default_storage, "styles": FileSystemStorage(settings.DATA_DIR / "styles")}


@contextmanager
def new_files(archive, bar):
    """Write the files of an archive that the site does not have. They are deleted again if the block fails."""
    written = []
    try:
        for place, storage in storages().items():
            for name in bar(archive.names(place) - set(file_names(storage)), desc=place.title(), unit=" files"):
                _extract(archive, place, storage, name)
                written.append((storage, name))
        yield
    except BaseException:
        for storage, name in written:
            storage.delete(name)
        raise


def replace_others(archive):
    """Overwrite files whose content is different in the archive, and delete those that are not in it."""
    for place, storage in storages().items():
        wanted = archive.names(place)
        for name in list(file_names(storage)):
            if name in wanted:
                with storage.open(name) as current, archive.zip.open(f"{place}/{name}") as archived:
                    if file_digest(current, "sha256").digest() == file_digest(archived, "sha256").digest():
                        continue
            storage.delete(name)
            if name in wanted:
                _extract(archive, place, storage, name)


def _extract(archive, place, storage, name):
    with archive.zip.open(f"{place}/{name}") as member:
        saved = storage.save(name, File(member, name))
    if saved != name:
        storage.delete(saved)
        raise FileExistsError(f"{name} was created during the restore. Restore again.")
