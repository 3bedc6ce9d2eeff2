"""Uploaded files beside what names them: rows, texts, and their history.

Each file lies in a folder of its own, whose name nobody guesses and nothing else has (profiles/content/uploads.py,
publications/models/resource.py). So a file is wanted as long as the name of that folder stands anywhere, be it in the
text of a page or in a state that may be restored.
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

from config.upkeep.backups.files import names
from profiles.content.images import BrokenPictureError, all_pictures, make_renditions
from profiles.content.storage import INCOMING

FOLDER = re.compile(r"(?:images/(?:text/)?|(?:publication|project)/\d+/)(?!text/)[\w-]+(?=/)")
BEGINNINGS = ("images/", "publication/", "project/")
IN_TEXT = re.compile(r"/(images/text/[\w-]+/[\w.-]+)")
SETTLED = timedelta(days=1)  # after which nobody is still saving what names a file


@dataclass
class Findings:
    """``orphans``: names of files that nothing names. ``missing``: {name: what names it, for people}."""

    files: int = 0
    orphans: list[str] = field(default_factory=list)
    missing: dict[str, str] = field(default_factory=dict)


def check(progress=iter):
    """The Findings on all files; ``progress`` wraps what is gone through."""
    # Files first: what is saved meanwhile is named by then, and not taken for an orphan.
    there = set(names(default_storage))
    found, wanted = Findings(len(there)), set()
    for name, owner in progress(named()):
        if folder := FOLDER.match(name):
            wanted.add(folder[0])
        if owner and name not in there:
            found.missing[name] = owner
    found.orphans = sorted(name for name in there if (folder := FOLDER.match(name)) and folder[0] not in wanted)
    found.missing = {name: owner for name, owner in found.missing.items() if not default_storage.exists(name)}
    return found


def named():
    """(name of a file or its folder, what shows it) of all that is named; "" for what only its history has."""
    for model in apps.get_models():
        if model._meta.proxy or not model._meta.managed:
            continue
        for one in model._meta.local_fields:
            if isinstance(one, models.FileField):
                rows = model._base_manager.exclude(**{one.name: ""}).order_by("pk")
                for pk, name in rows.values_list("pk", one.name).iterator():
                    yield name, f"the {one.verbose_name} of {model._meta.verbose_name} {pk}"
            elif isinstance(one, models.TextField) and model is not Version:
                rows = model._base_manager.filter(**{f"{one.name}__contains": "/images/text/"}).order_by("pk")
                for pk, text in rows.values_list("pk", one.name).iterator():
                    for name in IN_TEXT.findall(text):
                        yield name, f"the {one.verbose_name} of {model._meta.verbose_name} {pk}"
    speaks_of_files = Q()
    for beginning in BEGINNINGS:
        speaks_of_files |= Q(serialized_data__contains=beginning)
    for text in Version.objects.filter(speaks_of_files).values_list("serialized_data", flat=True).iterator():
        yield from ((f"{folder}/", "") for folder in FOLDER.findall(text))


def mend(found):
    """Remove the orphans that have settled, and what was never finished; returns how many."""
    until, removed = timezone.now() - SETTLED, 0
    unfinished = [f"{INCOMING}/{name}" for name in _listed(INCOMING)]
    for name in (*found.orphans, *unfinished):
        with suppress(FileNotFoundError):  # somebody else was faster
            if default_storage.get_modified_time(name) < until:
                default_storage.delete(name)
                removed += 1
    return removed


def _listed(folder):
    try:
        return default_storage.listdir(folder)[1]
    except FileNotFoundError:
        return []


def mend_renditions(progress=iter):
    """Make the sizes of pictures that are missing; returns how many. Originals that are gone are told by ``check``."""
    made = 0
    for _, picture in progress(all_pictures()[0]):
        try:
            made += make_renditions(picture)
        except BrokenPictureError:
            continue
    return made
