"""The files of a site: what is uploaded, and the owner's citation styles.

The site writes each file once, under a name of its own, and deletes none. So files can be read after the rows that
name them, and those of a backup can lie beside those of the site that is there.
"""

import hashlib
import json
import os
from pathlib import Path, PurePosixPath

from django.conf import settings
from django.core.files.base import ContentFile, File
from django.core.files.storage import FileSystemStorage, default_storage

from profiles.content.storage import INCOMING

CHUNK = 2**18
JOURNALS = "restoring"  # the folder of what an exchange has begun


def places():
    """{name of the folder in a backup: storage}."""
    return {"media": default_storage, "styles": FileSystemStorage(Path(settings.DATA_DIR) / "styles")}


def names(storage, folder=""):
    """The names of all files that are kept, but those of an exchange and those that are still being written."""
    try:
        folders, files = storage.listdir(folder)
    except FileNotFoundError:
        return
    yield from (f"{folder}{name}" for name in sorted(files))
    for inner in sorted(folders):
        if folder or inner not in (JOURNALS, INCOMING):
            yield from names(storage, f"{folder}{inner}/")


def chunks(file):
    while chunk := file.read(CHUNK):
        yield chunk


class Exchange:
    """Puts the files of an archive in the place of those that are there, so that it can be stopped at any moment.

    A journal says first what is meant. What is new is written under its own name; what has the name of another file
    is laid aside; what is there stays. Then either ``finish()`` puts in place what was laid aside and removes what is
    in no backup, or ``undo()`` removes what is new. Each may be done again.
    """

    def __init__(self, key):
        self.key, self.places = key, places()
        self.name = f"{JOURNALS}/{key}.json"

    @classmethod
    def begun(cls):
        """The keys of those that were stopped."""
        try:
            _, files = default_storage.listdir(JOURNALS)
        except FileNotFoundError:
            return []
        return [name.removesuffix(".json") for name in sorted(files)]

    def begin(self, archive, bar):
        """Write the files of an archive."""
        plan = {"new": [], "other": [], "gone": []}
        for place, storage in self.places.items():
            wanted, there = archive.names(place), set(names(storage))
            for name, digest in wanted.items():
                if name not in there:
                    plan["new"].append([place, name])
                elif _digest(storage, name) != digest:
                    plan["other"].append([place, name])
            plan["gone"] += [[place, name] for name in sorted(there - wanted.keys())]
        self._save(default_storage, self.name, ContentFile(json.dumps(plan).encode()))
        with bar(total=len(plan["new"]) + len(plan["other"]), desc="Files", unit=" files") as progress:
            for place, name in plan["new"]:
                self._unpack(archive, place, name, self.places[place], name)
                progress.update()
            for place, name in plan["other"]:
                self._unpack(archive, place, name, default_storage, self._aside(place, name))
                progress.update()
        if hasattr(os, "sync"):
            os.sync()  # before the rows that name them are

    def finish(self):
        plan = self._plan()
        for place, name in plan["other"]:
            aside = self._aside(place, name)
            if default_storage.exists(aside):
                self.places[place].delete(name)
                with default_storage.open(aside) as file:
                    self._save(self.places[place], name, file)
                _delete(default_storage, aside)
        for place, name in plan["gone"]:
            _delete(self.places[place], name)
        _delete(default_storage, self.name)

    def undo(self):
        plan = self._plan()
        for place, name in plan["new"]:
            _delete(self.places[place], name)
        for place, name in plan["other"]:
            _delete(default_storage, self._aside(place, name))
        _delete(default_storage, self.name)

    def _plan(self):
        """What the journal says; where there is none, or none that is whole, nothing was done yet."""
        try:
            with default_storage.open(self.name) as file:
                return json.load(file)
        except (FileNotFoundError, ValueError):
            return {"new": [], "other": [], "gone": []}

    def _aside(self, place, name):
        return f"{JOURNALS}/{self.key}/{place}/{name}"

    def _unpack(self, archive, place, name, storage, target):
        with archive.open(f"{place}/{name}") as member:
            self._save(storage, target, File(member, name))

    @staticmethod
    def _save(storage, name, content):
        saved = storage.save(name, content)
        if saved != name:  # somebody has written it at this very moment
            storage.delete(saved)
            raise FileExistsError(f"{name} is there already")


def _delete(storage, name):
    """With the folders that are empty then, in a storage that has folders."""
    storage.delete(name)
    if isinstance(storage, FileSystemStorage):
        for folder in list(PurePosixPath(name).parents)[:-1]:
            try:
                storage.delete(str(folder))
            except OSError:
                break  # there is more in it


def _digest(storage, name):
    digest = hashlib.sha256()
    with storage.open(name) as file:
        for chunk in chunks(file):
            digest.update(chunk)
    return digest.hexdigest()
