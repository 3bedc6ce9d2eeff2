import sys
from collections import Counter
from contextlib import closing, contextmanager, nullcontext
from itertools import chain
from os import SEEK_END
from pathlib import Path
from shutil import copyfileobj
from tempfile import TemporaryFile

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from profiles.models import Person
from publications import citations
from publications.imports import CHUNK, RowKind, import_all
from publications.references.formats import IMPORTS, detect_ending, read

SOME_LOST, STOPPED = 3, 130


class Command(BaseCommand):
    help = (
        "Imports publications from BibTeX, RIS and CSL-JSON files as drafts. Existing publications are updated, except"
        f" for fields that were edited by hand. Entries are saved in batches of {CHUNK}; after an interruption, run the"
        " same command again to continue. Exit codes: 0 if all entries were imported, 3 if some failed, 1 if all"
        " failed, 130 if interrupted."
    )

    def add_arguments(self, parser):
        parser.add_argument("files", nargs="+", metavar="FILE", help="a file, or “-” for standard input")
        parser.add_argument(
            "--format", choices=IMPORTS, default="", help="the format, if the file name's extension does not show it"
        )
        parser.add_argument("--dry-run", action="store_true", help="show what would change, without changing anything")
        parser.add_argument("--publish", action="store_true", help="publish new publications instead of saving drafts")
        parser.add_argument(
            "--owner", metavar="SLUG", help="also match this person's works if only an initial is given"
        )

    def handle(self, *, files, owner, **options):
        person = owner and Person.objects.filter(slug=owner).first()
        if owner and not person:
            raise CommandError(
                f"There is no person with the slug “{owner}”. The address of a person's page ends in the slug."
            )
        imported = lost = 0
        for name in files:
            file_import = FileImport(self, name, options)
            try:
                with _opened(name) as file:
                    file_import.run(file, person)
            except OSError as error:
                if error.filename != name:
                    raise
                self.stderr.write(f"{name}: The file cannot be read: {error.strerror}. Check the file name.")
                lost += 1
            except KeyboardInterrupt:
                raise CommandError(file_import.interrupted(), returncode=STOPPED) from None
            imported += file_import.imported
            lost += file_import.lost
        if not imported:
            raise CommandError("Nothing was imported.")
        if not options["dry_run"] and citations.styles():
            citations.format_missing(disable=None if options["verbosity"] else True)
        if lost:
            raise CommandError(f"{lost} of {imported + lost} entries could not be imported.", returncode=SOME_LOST)


@contextmanager
def _opened(name):
    """Opens a file so that it can be read several times; standard input and pipes are copied first."""
    with nullcontext(sys.stdin.buffer) if name == "-" else Path(name).open("rb") as file:
        if name != "-" and file.seekable():
            yield file
            return
        with TemporaryFile() as copy:
            copyfileobj(file, copy)
            yield copy


class FileImport:
    """Imports one file and counts what happened to its entries."""

    def __init__(self, command, name, options):
        self.out, self.err = command.stdout, command.stderr
        self.name, self.options = name, options
        self.imported = self.lost = self.saved = 0
        self.kinds, self.done = Counter(), Counter()

    def run(self, file, owner):
        parts = read(file, self.options["format"] or detect_ending(self.name))
        with self._bar(file) as self.bar, closing(parts):
            first = next(parts)
            references = self._references(chain([first], parts), file)
            options = {name: self.options[name] for name in ("publish", "dry_run")}
            for planned, result in import_all(references, first.ending, owner=owner, **options):
                self._report(planned, result)
        if not (self.imported or self.lost):
            self.err.write(f"{self.name}: This file has no entries.")
            self.lost = 1
        counts = ", ".join(f"{self.kinds[kind]} {kind}" for kind in RowKind if self.kinds[kind]) or "nothing"
        did = "{added} added, {changed} changed, {same} unchanged, {skipped} skipped.".format_map(self.done)
        self.out.write(f"{self.name}: {counts}. {'Nothing was changed (dry run).' if self.options['dry_run'] else did}")

    def interrupted(self):
        if self.options["dry_run"]:
            return "Interrupted. Nothing was changed."
        return f"Interrupted after {self.saved} entries of {self.name}. Run the same command again to continue."

    def _bar(self, file):
        """Returns a progress bar of the bytes read."""
        size = file.seek(0, SEEK_END)
        file.seek(0)
        is_off = None if self.options["verbosity"] else True
        return tqdm(total=size, desc=self.name, unit="B", unit_scale=True, disable=is_off, leave=False)

    def _references(self, parts, file):
        for part in parts:
            self.lost += len(part.lost)
            self.imported += len(part.references)
            for problem in part.problems:
                self._write(self.err, str(problem))
            self.bar.update(file.tell() - self.bar.n)
            yield from part.references

    def _report(self, planned, result):
        self.kinds.update(planned.counts)
        if result is None:
            for row in planned.rows:
                about = "".join(f"\n  {c.label}: “{c.old_text}” → “{c.new_text}”" for c in row.changes)
                self.bar.clear()
                self.out.write(f"{row.kind}: {row.reference.title or row.reference.citation_key}{about}")
            return
        self.saved += len(planned.rows)
        self.done.update(added=len(result.added), changed=len(result.changed), same=result.same, skipped=result.skipped)
        for warning in result.warnings:
            self._write(self.err, warning)

    def _write(self, stream, text):
        self.bar.clear()
        stream.write(f"{self.name}: {text}")
