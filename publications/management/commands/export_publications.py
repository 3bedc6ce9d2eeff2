import sys
from contextlib import closing, contextmanager
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from profiles.content.publishing import EDITORS
from profiles.models import Person, Tag
from publications.filters import Filters
from publications.models import Publication
from publications.references.formats import FORMATS

CHUNK = 500
STOPPED = 130


class Command(BaseCommand):
    help = "Writes the published publications, every version of a work for itself, to standard output or to a file."

    def add_arguments(self, parser):
        parser.add_argument("--format", choices=FORMATS, default="bib")
        parser.add_argument(
            "--output", type=Path, metavar="FILE",
            help="a file, which is there whole or, where the command is stopped, as it was before: start it again then",
        )  # fmt: skip
        parser.add_argument("--tag", action="append", default=[], metavar="SLUG", help="may be repeated: all of them")
        parser.add_argument("--year", type=int)
        parser.add_argument(
            "--type", choices=Publication.TYPE_LABELS, metavar="TYPE", default="", help="a type of CSL's"
        )
        parser.add_argument("--author", metavar="SLUG", default="")
        parser.add_argument("--drafts", action="store_true", help="drafts too")
        parser.add_argument("--unicode", action="store_true", help="BibTeX with letters as they are, not as TeX macros")

    def handle(self, *, output, tag, year, author, drafts, **options):
        for model, what, slug in [*((Tag, "tag", slug) for slug in tag), (Person, "person", author)]:
            if slug and not model.objects.filter(slug=slug).exists():
                raise CommandError(f"There is no {what} with the slug “{slug}”.")
        filters = Filters(tags=tuple(tag), year=year, type=options["type"], author=author)
        publications = Publication.objects.all() if drafts else Publication.objects.published()
        publications = filters.apply(publications, EDITORS).with_references(EDITORS).newest_first()
        module = FORMATS[options["format"]]
        choices = {"unicode": True} if options["unicode"] and options["format"] == "bib" else {}
        total = publications.count()
        try:
            with (
                closing(publications.iterator(chunk_size=CHUNK)) as rows,
                tqdm(rows, total=total, unit=" publications", disable=None, leave=False) as bar,
            ):
                self.write(module.dump((publication.as_reference() for publication in bar), **choices), output)
            if output:
                self.stdout.write(f"{output}: {total} publications.")
        except BrokenPipeError:
            sys.stderr.close()
        except KeyboardInterrupt:
            what = f"{output} is as it was before" if output else "What was written is not whole"
            raise CommandError(f"Stopped. {what}.", returncode=STOPPED) from None

    def write(self, texts, output):
        if output:
            with _whole(output) as file:
                file.writelines(texts)
            return
        for text in texts:
            # Formats have line ends of their own, and none after the last.
            self.stdout.write(text, ending="")


@contextmanager
def _whole(path):
    """A file to write, which takes the place of what was there only when all of it is written."""
    part = path.with_name(f"{path.name}.part")
    try:
        with part.open("w", encoding="utf-8", newline="") as file:
            yield file
        part.replace(path)
    except OSError as error:
        message = f"{error.filename or path} cannot be written ({error.strerror}). Choose another place."
        raise CommandError(message) from error
    finally:
        part.unlink(missing_ok=True)
