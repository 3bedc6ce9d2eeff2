import sys
from collections import Counter
from contextlib import closing, contextmanager, nullcontext
from itertools import chain
from os import SEEK_END
from pathlib import Path
from shutil import copyfileobj
from tempfile import TemporaryFile

from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse
from tqdm import tqdm

from profiles.models import Person
from publications.citations import stored, styles
from publications.imports import linking
from publications.imports.differences import compared
from publications.imports.plans import Action, RowKind
from publications.imports.steps import CHUNK, import_all
from publications.imports.unplaced import unplaced
from publications.references.formats import IMPORTS, detect_ending, read

INCOMPLETE, INTERRUPTED = 3, 130
ON_DUPLICATE = {"add": Action.ADD, "skip": Action.SKIP, "ask": None}
ANSWERS = {"a": Action.ADD, "m": Action.UPDATE, "v": Action.VERSION, "s": Action.SKIP}
WHAT_IS_DONE = {
    Action.ADD: "is added as another publication", Action.UPDATE: "is merged with it",
    Action.VERSION: "is added as its version", Action.SKIP: "is skipped",
}  # fmt: skip


class Command(BaseCommand):
    help = (
        "Imports publications from BibTeX, RIS and CSL-JSON files as drafts. Existing publications are updated, except"
        f" for fields that were edited by hand. Entries are saved in batches of {CHUNK}; after an interruption, run the"
        " same command again to continue. An entry that may be a publication of the site, or an earlier entry, is"
        " reported. Exit codes: 0 if all entries were imported, 3 if some failed or were skipped, 1 if all failed, 130"
        " if interrupted."
    )

    def add_arguments(self, parser):
        parser.add_argument("files", nargs="+", metavar="FILE", help="a file, or “-” for standard input")
        parser.add_argument(
            "--format", choices=IMPORTS, default="", help="the format, if the file name's extension does not show it"
        )
        parser.add_argument("--dry-run", action="store_true", help="show what would change, without changing anything")
        parser.add_argument("--publish", action="store_true", help="publish new publications instead of saving drafts")
        parser.add_argument(
            "--owner",
            metavar="SLUG",
            help="link all names that may be this person, such as “A. Lovelace”, and store them as spellings",
        )
        parser.add_argument(
            "--on-duplicate",
            choices=ON_DUPLICATE,
            default="add",
            help="what to do with an entry that may repeat another one: add it (default), skip it, or ask",
        )

    def handle(self, *, files, owner, on_duplicate, verbosity, **options):
        person = owner and Person.objects.filter(slug=owner).first()
        if owner and not person:
            raise CommandError(
                f"There is no person with the slug “{owner}”. The address of a person's page ends in the slug."
            )
        if on_duplicate == "ask" and ("-" in files or not sys.stdin.isatty()):
            raise CommandError(
                "“--on-duplicate ask” needs a terminal to ask in, and files instead of standard input. Nothing was"
                " imported. Use “add” or “skip”."
            )
        self.on_duplicate = ON_DUPLICATE[on_duplicate]
        self.no_bar = None if verbosity else True  # None: no progress bar if standard error is not a terminal
        self.imported = self.failed = self.skipped = 0
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
        if not options["dry_run"] and styles.available():
            stored.format_missing(disable=self.no_bar)
        total = self.imported + self.failed
        incomplete = [f"{self.failed} of {total} entries could not be imported."] if self.failed else []
        if self.skipped:
            incomplete.append(f"Skipped {self.skipped} of {total} entries.")
        if incomplete:
            raise CommandError(" ".join(incomplete), returncode=INCOMPLETE)

    def import_file(self, file, name, owner, *, format, publish, dry_run, **options):
        size = file.seek(0, SEEK_END)
        file.seek(0)
        saved, kinds, done, unplaced_fields, names = 0, Counter(), Counter(), Counter(), Counter()
        before, self.answers, self.lost = self.imported + self.failed, {}, set()
        try:
            with (
                tqdm(total=size, desc=name, unit="B", unit_scale=True, disable=self.no_bar, leave=False) as self.bar,
                closing(read(file, format or detect_ending(name))) as parts,
            ):
                first = next(parts)
                references = self.references(chain([first], parts), file, name)
                options = {"publish": publish, "owner": owner, "dry_run": dry_run, "lost": self.lost}
                for plan, result in import_all(references, first.ending, decide=self.decide, **options):
                    kinds.update(row.kind for row in plan.rows)
                    news = (row for row in plan.rows if row.kind not in (RowKind.UNCHANGED, RowKind.DUPLICATE))
                    names.update(chain.from_iterable(row.asked_names for row in plan.rows))
                    unplaced_fields.update(field.name for row in news for field in unplaced(row.reference))
                    self.report_repeated(plan, name)
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
        counts = ", ".join(kind.counted(kinds[kind]) for kind in RowKind if kinds[kind]) or "nothing"
        did = "{added} added, {changed} changed, {unchanged} unchanged, {skipped} skipped.".format_map(done)
        self.stdout.write(f"{name}: {counts}. {'Nothing was changed (dry run).' if dry_run else did}")
        self.report_names(name, names, None if dry_run else owner)

    def report_names(self, name, names, owner):
        """Store the names that were linked to the person ``owner`` as spellings, and report the other names."""
        mine = [printed for (printed, pk, _) in names if owner and pk == owner.pk]
        if mine:
            linking.remember(Person.objects.get(pk=owner.pk), None, spellings=mine, comment=f"Import: {name}")
            listed = ", ".join(f"“{printed}”" for printed in sorted(mine))
            self.stdout.write(f"{name}: {listed} linked to {owner}, and stored as other spellings.")
        for (printed, _, person), number in names.most_common():
            if printed not in mine:
                works, address = linking.counted_works(number), reverse("admin:publications_publication_names")
                self.stdout.write(f"{name}: “{printed}” may be {person} ({works}): answer this in the admin, {address}")

    def references(self, parts, file, name):
        """Yield the references in the parts of a file, and report its problems and the progress."""
        for part in parts:
            self.failed += len(part.lost)
            self.lost.update(problem.entry for problem in part.lost)
            self.imported += len(part.references)
            for problem in part.problems:
                self.warn(f"{name}: {problem}")
            self.bar.update(file.tell() - self.bar.n)
            yield from part.references

    def decide(self, row):
        """Return the Action for an entry that may repeat another one."""
        if self.on_duplicate is None:
            self.answers[row.number] = self.ask(row)
        return self.answers.get(row.number, self.on_duplicate)

    def ask(self, row):
        self.bar.clear()
        self.stdout.write(f"\n{entry(row)} looks like {other(row)}.")
        for fact in compared(row.existing, row.reference):
            mark = "≠" if fact.differs else " "
            self.stdout.write(f"{mark} {fact.label}: {fact.old_text or '(empty)'} | {fact.new_text or '(empty)'}")
        answer = ""
        while answer not in ANSWERS:
            try:
                answer = input("[a]dd, [m]erge, add as a [v]ersion, or [s]kip? ").strip()[:1].casefold()
            except EOFError:
                raise KeyboardInterrupt from None
        return ANSWERS[answer]

    def report_repeated(self, plan, name):
        """Report each entry that may repeat another one, or that repeats one with other values and is skipped."""
        for row in plan.rows:
            if row.kind == RowKind.POSSIBLE_DUPLICATE:
                action = self.answers.get(row.number, self.on_duplicate or Action.ADD)
                self.skipped += action == Action.SKIP
                self.warn(f"{name}: {entry(row)} looks like {other(row)}, and {WHAT_IS_DONE[action]}.")
            elif row.kind == RowKind.DUPLICATE and row.changes:
                self.skipped += 1
                labels = ", ".join(change.label for change in row.changes)
                self.warn(f"{name}: {entry(row)} repeats {other(row)}, and is skipped. It differs in: {labels}.")

    def show(self, plan):
        self.bar.clear()
        for row in plan.rows:
            changes = "".join(f"\n  {c.label}: “{c.old_text}” → “{c.new_text}”" for c in row.changes)
            self.stdout.write(f"{row.kind}: {row.reference.title or row.reference.citation_key}{changes}")

    def warn(self, message):
        self.bar.clear()
        self.stderr.write(message)


def entry(row):
    """Return the place of a row's entry: "Entry 2 (lovelace1843)"."""
    key = row.reference.citation_key
    return f"Entry {row.number} ({key})" if key else f"Entry {row.number}"


def other(row):
    """Return the place of what an entry repeats: an earlier entry, or a publication and its address in the admin."""
    key = f" ({row.existing.citation_key})" if row.existing.citation_key else ""
    if row.target_number:
        return f"entry {row.target_number}{key}"
    return f"“{row.target_title}”{key}, {reverse('admin:publications_publication_change', args=[row.target])}"


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
