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
from publications.imports import CHUNK, Kind, take_in
from publications.references.formats import FORMATS, detect_ending, read

SOME_LOST, STOPPED = 3, 130


class Command(BaseCommand):
    help = (
        "Takes in publications from BibTeX, RIS and CSL-JSON files, as drafts. What is there already is updated, but"
        f" for what was edited by hand. Entries are saved {CHUNK} at a time, each time all of them or none: stopped at"
        " any moment, the same command goes on where it was. Exit code 0: every entry came in; 3: some did not; 1:"
        " none did; 130: it was stopped."
    )

    def add_arguments(self, parser):
        parser.add_argument("files", nargs="+", metavar="FILE", help="a file, or “-” for standard input")
        parser.add_argument("--format", choices=FORMATS, default="", help="when the ending of the name does not tell")
        parser.add_argument("--dry-run", action="store_true", help="say what would happen, and change nothing")
        parser.add_argument("--publish", action="store_true", help="publish new works at once")
        parser.add_argument("--owner", metavar="SLUG", help="a person who is meant by an initial with the family name")

    def handle(self, *, files, owner, **options):
        person = owner and Person.objects.filter(slug=owner).first()
        if owner and not person:
            raise CommandError(
                f"There is no person with the slug “{owner}”. The admin's list of people shows the slugs."
            )
        came_in = lost = 0
        for name in files:
            taking = Taking(self, name, options)
            try:
                with _opened(name) as file:
                    taking.run(file, person)
            except OSError as error:
                if error.filename != name:
                    raise
                self.stderr.write(f"{name}: The file cannot be read: {error.strerror}. Check its name.")
                lost += 1
            except KeyboardInterrupt:
                raise CommandError(taking.stopped(), returncode=STOPPED) from None
            came_in += taking.came_in
            lost += taking.lost
        if not came_in:
            raise CommandError("Nothing came in.")
        if lost:
            raise CommandError(f"{lost} of {came_in + lost} entries did not come in.", returncode=SOME_LOST)


@contextmanager
def _opened(name):
    """The file of that name, as one that can be read several times, which standard input and pipes cannot."""
    with nullcontext(sys.stdin.buffer) if name == "-" else Path(name).open("rb") as file:
        if name != "-" and file.seekable():
            yield file
            return
        with TemporaryFile() as copy:
            copyfileobj(file, copy)
            yield copy


class Taking:
    """One file on its way in, and what has become of its entries so far."""

    def __init__(self, command, name, options):
        self.out, self.err = command.stdout, command.stderr
        self.name, self.options = name, options
        self.came_in = self.lost = self.saved = 0
        self.kinds, self.done = Counter(), Counter()

    def run(self, file, owner):
        parts = read(file, self.options["format"] or detect_ending(self.name))
        with self._bar(file) as self.bar, closing(parts):
            first = next(parts)
            references = self._references(chain([first], parts), file)
            options = {name: self.options[name] for name in ("publish", "dry_run")}
            for planned, result in take_in(references, first.ending, owner=owner, **options):
                self._tell(planned, result)
        if not (self.came_in or self.lost):
            self.err.write(f"{self.name}: There is no entry in this file.")
            self.lost = 1
        counts = ", ".join(f"{self.kinds[kind]} {kind}" for kind in Kind if self.kinds[kind]) or "nothing"
        did = "{added} added, {changed} changed, {same} as they were, {skipped} left out.".format_map(self.done)
        self.out.write(f"{self.name}: {counts}. {'Nothing was changed.' if self.options['dry_run'] else did}")

    def stopped(self):
        if self.options["dry_run"]:
            return "Stopped. Nothing was changed."
        return f"Stopped. {self.saved} entries of {self.name} are in. The same command goes on from there."

    def _bar(self, file):
        """How far the file is read; what has been read is saved soon after."""
        size = file.seek(0, SEEK_END)
        file.seek(0)
        is_off = None if self.options["verbosity"] else True
        return tqdm(total=size, desc=self.name, unit="B", unit_scale=True, disable=is_off, leave=False)

    def _references(self, parts, file):
        for part in parts:
            self.lost += len(part.lost)
            self.came_in += len(part.references)
            for problem in part.problems:
                self._say(self.err, str(problem))
            self.bar.update(file.tell() - self.bar.n)
            yield from part.references

    def _tell(self, planned, result):
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
            self._say(self.err, warning)

    def _say(self, stream, text):
        self.bar.clear()
        stream.write(f"{self.name}: {text}")
