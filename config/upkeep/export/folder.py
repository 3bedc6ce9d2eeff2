"""The folder of an export. Only files that an export wrote are changed or removed."""

import filecmp
import json
from pathlib import Path

JOURNAL = ".export_site"
PART = ".export_site.part"
MAX_NAME = 255  # bytes, on the usual file systems


class ExportError(Exception):
    """Why the site cannot be exported, and what to do about it."""


class Folder:
    """The files of an export. Each is written whole or not at all.

    The journal has a line for each file: its name, and its address on the site. It is written before the file, so that
    the next export knows all files of one that was stopped.
    """

    def __init__(self, path):
        self.path = Path(path)
        self.current = set()  # names of the files that belong to this export
        self.written = self.unchanged = self.removed = 0

    def __enter__(self):
        journal = self.path / JOURNAL
        self.path.mkdir(parents=True, exist_ok=True)
        if not journal.exists() and any(self.path.iterdir()):
            message = f"{self.path} contains other files. Choose an empty folder or a new one."
            raise ExportError(message)
        self.known = read(journal)
        self.journal = journal.open("a", encoding="utf-8")
        return self

    def __exit__(self, *error):
        self.journal.close()

    def can_hold(self, name):
        parts = name.split("/")
        return ".." not in parts and all(0 < len(part.encode()) <= MAX_NAME for part in parts)

    def has(self, name, address):
        """Return whether an earlier export wrote that file for exactly that address; if so, it stays."""
        if self.known.get(name) != address or not (self.path / name).is_file():
            return False
        self.current.add(name)
        self.unchanged += 1
        return True

    def write(self, name, content, address):
        """Write a file from an iterable of bytes, unless it has that content already."""
        target, part = self.path / name, self.path / PART
        if name not in self.known and target.exists():
            message = f"{target} is in the way: no export wrote it. Move it to another folder."
            raise ExportError(message)
        self.current.add(name)
        if self.known.get(name) != address:
            self.known[name] = address
            self.journal.write(f"{json.dumps([name, address])}\n")
            self.journal.flush()
        with part.open("wb") as file:
            file.writelines(content)
        if target.is_file() and filecmp.cmp(part, target, shallow=False):
            part.unlink()
            self.unchanged += 1
        else:
            target.parent.mkdir(parents=True, exist_ok=True)
            part.replace(target)
            self.written += 1

    def remove_others(self):
        """Remove the files of earlier exports that do not belong to this one, and folders that are then empty."""
        for name in self.known.keys() - self.current:
            target = self.path / name
            if target.is_file():
                target.unlink()
                self.removed += 1
            for folder in target.parents:
                if folder == self.path or not folder.is_dir() or any(folder.iterdir()):
                    break
                folder.rmdir()
        part = self.path / PART
        lines = [f"{json.dumps([name, self.known[name]])}\n" for name in self.known if name in self.current]
        part.write_text("".join(lines), encoding="utf-8")
        self.journal.close()
        part.replace(self.path / JOURNAL)


def read(journal):
    """Return {name: address} of the files in a journal. The last line may be cut off."""
    if not journal.exists():
        return {}
    lines = journal.read_text(encoding="utf-8").splitlines(keepends=True)
    return dict(json.loads(line) for line in lines if line.endswith("]\n"))
