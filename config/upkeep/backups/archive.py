"""The file of a backup: a ZIP archive with a manifest, whose last bytes are the checksum of all before them."""

import hashlib
import json
import os
import re
import zlib
from contextlib import contextmanager, suppress
from datetime import datetime
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from config.upkeep.backups import BackupError

FORMAT = 1
MANIFEST = "manifest.json"
DIGEST = hashlib.sha256().digest_size * 2
CHUNK = 2**18
LEVEL = 3  # a quarter larger than at 9, in a tenth of the time
ABOUT = (
    "A backup of an academic site. Each file of tables/ has the rows of one table, a JSON object a line; media/ has "
    "the uploaded files. The last 64 bytes of the archive are the SHA-256 of all bytes before them."
)
DAMAGES = (BadZipFile, zlib.error, EOFError, ValueError, KeyError, NotImplementedError)


class Writer:
    """Writes an archive into an open file, member by member."""

    def __init__(self, file):
        self.file, self.members = file, {}
        self.zip = ZipFile(file, "w", ZIP_DEFLATED, compresslevel=LEVEL)

    def __enter__(self):
        return self

    def __exit__(self, *error):
        with suppress(OSError):
            self.zip.close()  # of one that is given up, too, lest Python does so when the file is gone

    def add(self, name, chunks, made_at, *, compressed):
        """A member of these bytes; files that are small already are stored as they are."""
        info = ZipInfo(name, made_at.timetuple()[:6])
        info.compress_type = ZIP_DEFLATED if compressed else ZIP_STORED
        info.external_attr = 0o100600 << 16  # what a person unpacks is theirs alone
        digest, size = hashlib.sha256(), 0
        with self.zip.open(info, "w", force_zip64=True) as member:
            for chunk in chunks:
                digest.update(chunk)
                size += len(chunk)
                member.write(chunk)
        self.members[name] = {"size": size, "sha256": digest.hexdigest()}

    def finish(self, made_at, facts):
        """The manifest, and the checksum, for which all is read once more."""
        manifest = {"about": ABOUT, "format": FORMAT, "made_at": made_at.isoformat(), **facts, "members": self.members}
        text = json.dumps(manifest, ensure_ascii=False, indent=1).encode()
        self.add(MANIFEST, [text], made_at, compressed=True)
        self.zip.comment = b"0" * DIGEST
        self.zip.close()
        digest = _digest(self.file)
        self.file.seek(-DIGEST, os.SEEK_END)
        self.file.write(digest.encode())
        self.file.flush()
        os.fsync(self.file.fileno())


class Archive:
    """An archive to read. What is wrong with it is raised as a BackupError."""

    def __init__(self, path):
        self.path = path
        with self.told():
            self.file = path.open("rb")
            self.size = path.stat().st_size
            if self.size > DIGEST and re.fullmatch(rb"[0-9a-f]{64}", self._checksum()):
                return
        self.file.close()
        raise BackupError(f"{path} is no backup of such a site, or it was cut off. Take another one.")

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.file.close()

    def check(self, bar):
        """Read all, and raise BackupError unless each byte is the one that was written."""
        with self.told():
            with bar(total=self.size, desc="Checksum") as progress:
                if _digest(self.file, progress.update) != self._checksum().decode():
                    raise BackupError(f"{self.path} is damaged: its checksum is another one. Take another backup.")
            self.zip = ZipFile(self.file)
            self.manifest = json.loads(self.zip.read(MANIFEST))
            if self.manifest["format"] > FORMAT:
                raise BackupError(f"{self.path} was made by a newer version. Take the newer code.")
            members = self.manifest["members"]
            with bar(total=sum(member["size"] for member in members.values()), desc="Contents") as progress:
                for name, member in members.items():
                    if self._digest_of(name, progress.update) != member["sha256"]:
                        raise BackupError(f"{self.path} is damaged ({name} is another one). Take another backup.")

    def names(self, folder):
        """{name without the folder: SHA-256} of the members in a folder."""
        members = self.manifest["members"].items()
        prefix = f"{folder}/"
        return {name.removeprefix(prefix): member["sha256"] for name, member in members if name.startswith(prefix)}

    def open(self, name):
        return self.zip.open(name)

    def rows(self, table):
        """The rows of a table, as Table.rows() gave them."""
        with self.open(f"tables/{table}.jsonl") as member:
            for line in member:
                yield json.loads(line)

    @property
    def made_at(self):
        return datetime.fromisoformat(self.manifest["made_at"])

    @property
    def counts(self):
        """{table: how many rows}, and by ``last_numbers`` {table: the last number that was given to one, or None}."""
        return {name: table["rows"] for name, table in self.manifest["tables"].items()}

    @property
    def last_numbers(self):
        return {name: table["last_number"] for name, table in self.manifest["tables"].items()}

    @contextmanager
    def told(self):
        try:
            yield
        except DAMAGES as error:
            raise BackupError(f"{self.path} is damaged ({error}). Take another backup.") from error
        except OSError as error:
            raise BackupError(f"{self.path} cannot be read ({error.strerror}).") from error

    def _digest_of(self, name, progress):
        digest = hashlib.sha256()
        with self.open(name) as member:
            while chunk := member.read(CHUNK):
                digest.update(chunk)
                progress(len(chunk))
        return digest.hexdigest()

    def _checksum(self):
        self.file.seek(-DIGEST, os.SEEK_END)
        return self.file.read()


def _digest(file, progress=lambda size: None):
    """The SHA-256 of a file's bytes but the last ones, which are for it."""
    digest, left = hashlib.sha256(), file.seek(0, os.SEEK_END) - DIGEST
    file.seek(0)
    while left and (chunk := file.read(min(CHUNK, left))):
        digest.update(chunk)
        left -= len(chunk)
        progress(len(chunk))
    return digest.hexdigest()
