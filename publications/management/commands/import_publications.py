import sys
from functools import partial
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from profiles.models import Person
from publications.imports import apply, plan
from publications.references import Loaded, Problem
from publications.references.formats import FORMATS, detect_ending, loads

SOME_LOST = 3


class Command(BaseCommand):
    help = (
        "Takes in publications from BibTeX, RIS and CSL-JSON files, as drafts. What is there already is updated, but"
        " for what was edited by hand. Exit code 0: every entry came in; 3: some did not; 1: none did."
    )

    def add_arguments(self, parser):
        parser.add_argument("files", nargs="+", metavar="FILE", help="a file, or “-” for standard input")
        parser.add_argument("--format", choices=FORMATS, default="", help="when the ending of the name does not tell")
        parser.add_argument("--dry-run", action="store_true", help="say what would happen, and change nothing")
        parser.add_argument("--publish", action="store_true", help="publish new works at once")
        parser.add_argument("--owner", metavar="SLUG", help="a person who is meant by an initial with the family name")

    def handle(self, *, files, dry_run, publish, owner, **options):
        person = owner and Person.objects.filter(slug=owner).first()
        if owner and not person:
            raise CommandError(
                f"There is no person with the slug “{owner}”. The admin's list of people shows the slugs."
            )
        self.progress = partial(tqdm, unit=" entries", disable=None if options["verbosity"] else True, leave=False)
        came_in = lost = 0
        for name in files:
            loaded = self._read(name, options["format"])
            lost += len(loaded.lost)
            came_in += len(loaded.references)
            for problem in loaded.problems:
                self.stderr.write(f"{name}: {problem}")
            self._take(name, loaded, person, dry_run=dry_run, publish=publish)
        if not came_in:
            raise CommandError("Nothing came in.")
        if lost:
            raise CommandError(f"{lost} of {came_in + lost} entries did not come in.", returncode=SOME_LOST)

    def _read(self, name, ending):
        try:
            data = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
        except OSError as error:
            return Loaded(problems=[Problem(f"The file cannot be read: {error.strerror}. Check its name.")])
        loaded = loads(data, ending or detect_ending(name), progress=partial(self.progress, desc="Reading"))
        if loaded.entries == 0 and not loaded.problems:
            return Loaded(problems=[Problem("There is no entry in this file.")])
        return loaded

    def _take(self, name, loaded, person, *, dry_run, publish):
        planned = plan(loaded.references, loaded.ending, progress=partial(self.progress, desc="Comparing"))
        counts = ", ".join(f"{count} {kind}" for kind, count in planned.counts.items()) or "nothing"
        if dry_run:
            for row in planned.rows:
                about = "".join(f"\n  {c.label}: “{c.old_text}” → “{c.new_text}”" for c in row.changes)
                self.stdout.write(f"{row.kind}: {row.reference.title or row.reference.citation_key}{about}")
            self.stdout.write(f"{name}: {counts}. Nothing was changed.")
            return
        result = apply(planned, publish=publish, owner=person, progress=partial(self.progress, desc="Saving"))
        for warning in result.warnings:
            self.stderr.write(f"{name}: {warning}")
        self.stdout.write(
            f"{name}: {counts}. {len(result.added)} added, {len(result.changed)} changed,"
            f" {result.same} as they were, {result.skipped} left out."
        )
