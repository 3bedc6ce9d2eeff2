"""Compares the uploaded files with the rows, texts and revisions that refer to them.

Each file is in a folder with a unique random name (profiles/files/images.py, profiles/models/resource.py). So a
file is in use as long as the name of its folder occurs in a row, in a text or in a revision that may be restored.
"""

import re
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta

from django.apps import apps
from django.core.files.storage import default_storage
from django.db import models
from django.db.models import Q
from django.utils import timezone
from reversion.models import Version

from profiles.files.images import BrokenPictureError, all_pictures, make_renditions
from profiles.files.storage import INCOMING

FOLDER = re.compile(
    r"(?:images/(?:text/)?|(?:publication|project|page|talk|course|cvsnapshot)/\d+/)(?!text/)[\w-]+(?=/)"
)
BEGINNINGS = ("images/", "publication/", "project/", "page/", "talk/", "course/", "cvsnapshot/")
IN_TEXT = re.compile(r"/(images/text/[\w-]+/[\w.-]+)")
SETTLED = timedelta(days=1)  # by then, a form that was being saved refers to its file


@dataclass
class Findings:
    """``orphans``: names of unused files. ``missing``: {name: a description of what refers to it}."""

    files: int = 0
    orphans: list[str] = field(default_factory=list)
    missing: dict[str, str] = field(default_factory=dict)


def file_names(storage, folder=""):
    """Yield the names of all files in a storage, except uploads that are still being written."""
    try:
        folders, files = storage.listdir(folder)
    except FileNotFoundError:
        return
    yield from (f"{folder}{name}" for name in sorted(files))
    for inner in sorted(folders):
        if folder or inner != INCOMING:
            yield from file_names(storage, f"{folder}{inner}/")


def check(progress=iter):
    """Return the Findings on all files; ``progress`` wraps the iteration, as tqdm does."""
    # List the files first: a file uploaded after that is not in the list, so it is not taken for an orphan.
    there = set(file_names(default_storage))
    found, wanted = Findings(len(there)), set()
    for name, owner in progress(references()):
        if folder := FOLDER.match(name):
            wanted.add(folder[0])
        if owner and name not in there:
            found.missing[name] = owner
    found.orphans = sorted(name for name in there if (folder := FOLDER.match(name)) and folder[0] not in wanted)
    found.missing = {name: owner for name, owner in found.missing.items() if not default_storage.exists(name)}
    return found


def references():
    """Yield (name of a file or folder, description of what refers to it); the description is "" for revisions."""
    for model in apps.get_models():
        if model._meta.proxy or not model._meta.managed:
            continue
        for one in model._meta.local_fields:
            is_file = isinstance(one, models.FileField)
            if is_file or (isinstance(one, models.TextField) and model is not Version):
                used = ~Q(**{one.name: ""}) if is_file else Q(**{f"{one.name}__contains": "/images/text/"})
                rows = model._base_manager.filter(used).order_by("pk")
                for pk, value in rows.values_list("pk", one.name).iterator():
                    for name in [value] if is_file else IN_TEXT.findall(value):
                        yield name, f"the {one.verbose_name} of {model._meta.verbose_name} {pk}"
    mentions_files = Q()
    for beginning in BEGINNINGS:
        mentions_files |= Q(serialized_data__contains=beginning)
    for text in Version.objects.filter(mentions_files).values_list("serialized_data", flat=True).iterator():
        yield from ((f"{folder}/", "") for folder in FOLDER.findall(text))


def mend(found):
    """Delete orphans and unfinished uploads that are older than SETTLED; return how many."""
    until, removed = timezone.now() - SETTLED, 0
    for name in (*found.orphans, *file_names(default_storage, f"{INCOMING}/")):
        with suppress(FileNotFoundError):  # deleted in the meantime by another process
            if default_storage.get_modified_time(name) < until:
                default_storage.delete(name)
                removed += 1
    return removed


def mend_renditions(progress=iter):
    """Create missing thumbnails; return how many. ``check`` reports missing originals."""
    made = 0
    for _, picture in progress(all_pictures()[0]):
        with suppress(BrokenPictureError):
            made += make_renditions(picture)
    return made
