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
from publications.unplaced import unplaced

SOME_FAILED, INTERRUPTED = 3, 130


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

    def handle(self, *, files, owner, verbosity, **options):
        person = owner and Person.objects.filter(slug=owner).first()
        if owner and not person:
            raise CommandError(
                f"There is no person with the slug “{owner}”. The address of a person's page ends in the slug."
            )
        self.no_bar = None if verbosity else True  # None: no progress bar if standard error is not a terminal
        self.imported = self.failed = 0
        for name in files:
            try:
                with _opened(name) as file:
                    self.import_file(file, name, person, **options)
            except OSError as error:
                if error.filename != name:
                    raise
                self.stderr.write(f"{name}: The file cannot be read: {error.strerror}. Check the file name.")
                self.failed += 1
        if not self.imported:
            raise CommandError("Nothing was imported.")
        if not options["dry_run"] and citations.styles():
            citations.format_missing(disable=self.no_bar)
        if self.failed:
            total = self.imported + self.failed
            raise CommandError(f"{self.failed} of {total} entries could not be imported.", returncode=SOME_FAILED)

    def import_file(self, file, name, owner, *, format, publish, dry_run, **options):
        size = file.seek(0, SEEK_END)
        file.seek(0)
        saved, kinds, done, unplaced_fields = 0, Counter(), Counter(), Counter()
        before = self.imported + self.failed
        try:
            with (
                tqdm(total=size, desc=name, unit="B", unit_scale=True, disable=self.no_bar, leave=False) as self.bar,
                closing(read(file, format or detect_ending(name))) as parts,
            ):
                first = next(parts)
                references = self.references(chain([first], parts), file, name)
                for plan, result in import_all(references, first.ending, publish=publish, owner=owner, dry_run=dry_run):
                    kinds.update(row.kind for row in plan.rows)
                    news = (row for row in plan.rows if row.kind not in (RowKind.UNCHANGED, RowKind.DUPLICATE))
                    unplaced_fields.update(field.name for row in news for field in unplaced(row.reference))
                    if dry_run:
                        self.show(plan)
                        continue
                    saved += len(plan.rows)
                    done.update(
                        added=len(result.added),
                        changed=len(result.changed),
                        unchanged=result.unchanged,
                        skipped=result.skipped,
                    )
                    for warning in result.warnings:
                        self.warn(f"{name}: {warning}")
        except KeyboardInterrupt:
            message = f"Interrupted after {saved} entries of {name}. Run the same command again to continue."
            raise CommandError(
                "Interrupted. Nothing was changed." if dry_run else message, returncode=INTERRUPTED
            ) from None
        if self.imported + self.failed == before:
            self.stderr.write(f"{name}: This file has no entries.")
            self.failed += 1
        if unplaced_fields:
            found = ", ".join(f"{field} ({number})" for field, number in unplaced_fields.most_common())
            self.stdout.write(f"{name}: no place on the pages for {found}. Only editors see these fields.")
        counts = ", ".join(f"{kinds[kind]} {kind}" for kind in RowKind if kinds[kind]) or "nothing"
        did = "{added} added, {changed} changed, {unchanged} unchanged, {skipped} skipped.".format_map(done)
        self.stdout.write(f"{name}: {counts}. {'Nothing was changed (dry run).' if dry_run else did}")

    def references(self, parts, file, name):
        """Yield the references in the parts of a file, and report its problems and the progress."""
        for part in parts:
            self.failed += len(part.lost)
            self.imported += len(part.references)
            for problem in part.problems:
                self.warn(f"{name}: {problem}")
            self.bar.update(file.tell() - self.bar.n)
            yield from part.references

    def show(self, plan):
        self.bar.clear()
        for row in plan.rows:
            changes = "".join(f"\n  {c.label}: “{c.old_text}” → “{c.new_text}”" for c in row.changes)
            self.stdout.write(f"{row.kind}: {row.reference.title or row.reference.citation_key}{changes}")

    def warn(self, message):
        self.bar.clear()
        self.stderr.write(message)


@contextmanager
def _opened(name):
    """Open a file so that it can be read several times; standard input and pipes are copied first."""
    with nullcontext(sys.stdin.buffer) if name == "-" else Path(name).open("rb") as file:
        if name != "-" and file.seekable():
            yield file
            return
        with TemporaryFile() as copy:
            copyfileobj(file, copy)
            yield copy
