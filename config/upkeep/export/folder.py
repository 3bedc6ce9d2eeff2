"""The folder of an export. It knows what earlier exports wrote there, and touches nothing else."""

import filecmp
import json
from dataclasses import dataclass
from pathlib import Path

JOURNAL = ".export_site"
PART = ".export_site.part"
LONGEST_NAME = 255  # bytes, on the usual file systems


class ExportError(Exception):
    """Why there is no export, and what to do about it, in one line."""


@dataclass
class Tally:
    written: int = 0
    unchanged: int = 0
    removed: int = 0


class Folder:
    """The files of an export, each written whole or not at all.

    The journal has a line for each file: its name, and the version of its content where that is known without
    reading it. A line is there before its file is, so a run that is stopped leaves nothing that the next does not know.
    """

    def __init__(self, path):
        self.path = Path(path)
        self.tally = Tally()
        self.seen = set()

    def __enter__(self):
        journal = self.path / JOURNAL
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            if not journal.exists() and any(self.path.iterdir()):
                message = f"{self.path} holds something else already. Choose an empty folder, or a new one."
                raise ExportError(message)
            self.known = dict(_lines(journal))
            self._journal = journal.open("a", encoding="utf-8")
        except OSError as error:
            raise self.unusable(error) from error
        return self

    def __exit__(self, *error):
        self._journal.close()

    def unusable(self, error):
        return ExportError(f"{error.filename or self.path} cannot be used ({error.strerror}). Choose another folder.")

    def takes(self, name):
        """Whether a file of that name can be."""
        parts = name.split("/")
        return ".." not in parts and all(0 < len(part.encode()) <= LONGEST_NAME for part in parts)

    def keep(self, name, version):
        """Whether the file is there in that version; it stays then."""
        if not version or self.known.get(name) != version or not (self.path / name).is_file():
            return False
        self.stay(name)
        return True

    def stay(self, name):
        self.seen.add(name)
        self.tally.unchanged += 1

    def write(self, name, chunks, version=""):
        """Write a file from pieces of bytes, unless it holds just that."""
        target, part = self.path / name, self.path / PART
        self.seen.add(name)
        try:
            if name not in self.known:
                if target.exists():
                    message = f"{target} is in the way: no export wrote it. Move it elsewhere."
                    raise ExportError(message)
                self._note(name, "")
            with part.open("wb") as file:
                file.writelines(chunks)
            if target.is_file() and filecmp.cmp(part, target, shallow=False):
                part.unlink()
                self.tally.unchanged += 1
            else:
                target.parent.mkdir(parents=True, exist_ok=True)
                part.replace(target)
                self.tally.written += 1
            if self.known[name] != version:
                self._note(name, version)
        except OSError as error:
            raise self.unusable(error) from error

    def remove_others(self, *, but=()):
        """Remove the files of earlier exports that this one did not write, and the folders that are empty then."""
        gone = self.known.keys() - self.seen - set(but)
        try:
            for name in gone:
                target = self.path / name
                if target.is_file():
                    target.unlink()
                    self.tally.removed += 1
                for folder in target.parents:
                    if folder == self.path or not folder.is_dir() or any(folder.iterdir()):
                        break
                    folder.rmdir()
            # Written whole, so that it does not grow by each run.
            part = self.path / PART
            with part.open("w", encoding="utf-8") as file:
                file.writelines(f"{json.dumps(line)}\n" for line in self.known.items() if line[0] not in gone)
            self._journal.close()
            part.replace(self.path / JOURNAL)
        except OSError as error:
            raise self.unusable(error) from error

    def _note(self, name, version):
        self.known[name] = version
        self._journal.write(f"{json.dumps([name, version])}\n")
        self._journal.flush()


def _lines(journal):
    if not journal.exists():
        return
    with journal.open(encoding="utf-8") as file:
        for line in file:
            if line.endswith("]\n"):  # the last one of a run that was killed may be cut off
                yield json.loads(line)
