"""The ZIP archive of a backup, with a manifest and a checksum of the whole file."""

import hashlib
import json
import os
from datetime import UTC, datetime
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from config.upkeep.backups import BackupError

FORMAT = 1
CHECKSUM_SIZE = 64
CHUNK_SIZE = 2**18
COMPRESSION_LEVEL = 3  # output a quarter larger than at level 9, in a tenth of the time


class ArchiveWriter:
    """Writes an archive to an open binary file, one member after another; ``finish()`` completes it."""

    def __init__(self, file):
        self.file, self.created_at = file, datetime.now(UTC)
        self.zip = ZipFile(file, "w", ZIP_DEFLATED, compresslevel=COMPRESSION_LEVEL)

    def add(self, name, chunks):
        """Add a member from an iterable of bytes. Media are compressed already, so they are stored as they are."""
        info = ZipInfo(name, self.created_at.timetuple()[:6])
        info.compress_type = ZIP_STORED if name.startswith("media/") else ZIP_DEFLATED
        info.external_attr = 0o100600 << 16  # unpacked files are readable by their owner only
        with self.zip.open(info, "w", force_zip64=True) as member:
            for chunk in chunks:
                member.write(chunk)

    def finish(self, **manifest):
        """Write the manifest, and then the checksum of the whole file."""
        manifest = {"format": FORMAT, "made_at": self.created_at.isoformat(), **manifest}
        self.add("manifest.json", [json.dumps(manifest, ensure_ascii=False, indent=1).encode()])
        self.zip.comment = b"0" * CHECKSUM_SIZE
        self.zip.close()
        checksum = _checksum(self.file)
        self.file.seek(-CHECKSUM_SIZE, os.SEEK_END)
        self.file.write(checksum)
        self.file.flush()
        os.fsync(self.file.fileno())


class Archive:
    """An archive in an open binary file. Raises BackupError if it is damaged or was made by newer code."""

    def __init__(self, file, bar):
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - CHECKSUM_SIZE))
        expected = file.read()
        with bar(total=size, desc="Checksum") as progress:
            if size <= CHECKSUM_SIZE or _checksum(file, progress.update) != expected:
                raise BackupError(f"{file.name} is damaged, cut off or not a backup. Use another backup.")
        try:
            self.zip = ZipFile(file)
            self.manifest = json.loads(self.zip.read("manifest.json"))
        except (BadZipFile, KeyError, ValueError) as error:
            raise BackupError(f"{file.name} is not a backup ({error}). Use another backup.") from error
        if self.manifest["format"] > FORMAT:
            raise BackupError(f"{file.name} was made by a newer version. Update the code first.")
        self.row_count = sum(table["rows"] for table in self.manifest["tables"].values())

    def names(self, folder):
        """Return the names of the files in a folder of the archive."""
        return {name.removeprefix(f"{folder}/") for name in self.zip.namelist() if name.startswith(f"{folder}/")}

    def rows(self, table):
        """Yield the rows of a table as dictionaries; none for a table that the archive does not have."""
        if table in self.manifest["tables"]:
            with self.zip.open(f"tables/{table}.jsonl") as member:
                yield from map(json.loads, member)


def _checksum(file, progress=lambda size: None):
    """Return the SHA-256 of all but the last bytes of a file, which are the place of the checksum itself."""
    digest, remaining = hashlib.sha256(), file.seek(0, os.SEEK_END) - CHECKSUM_SIZE
    file.seek(0)
    while remaining and (chunk := file.read(min(CHUNK_SIZE, remaining))):
        digest.update(chunk)
        remaining -= len(chunk)
        progress(len(chunk))
    return digest.hexdigest().encode()
