import sys

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from profiles.models import Person, Tag
from profiles.publishing import EDITORS
from publications.filters import Filters
from publications.models import Publication
from publications.references.formats import FORMATS

CHUNK = 500


class Command(BaseCommand):
    help = "Writes the published publications, every version of a work for itself, to standard output."

    def add_arguments(self, parser):
        parser.add_argument("--format", choices=FORMATS, default="bib")
        parser.add_argument("--tag", action="append", default=[], metavar="SLUG", help="may be repeated: all of them")
        parser.add_argument("--year", type=int)
        parser.add_argument(
            "--type", choices=Publication.TYPE_LABELS, metavar="TYPE", default="", help="a type of CSL's"
        )
        parser.add_argument("--author", metavar="SLUG", default="")
        parser.add_argument("--drafts", action="store_true", help="drafts too")
        parser.add_argument("--unicode", action="store_true", help="BibTeX with letters as they are, not as TeX macros")

    def handle(self, *, tag, year, author, drafts, **options):
        for model, what, slug in [*((Tag, "tag", slug) for slug in tag), (Person, "person", author)]:
            if slug and not model.objects.filter(slug=slug).exists():
                raise CommandError(f"There is no {what} with the slug “{slug}”.")
        filters = Filters(tags=tuple(tag), year=year, type=options["type"], author=author)
        publications = Publication.objects.all() if drafts else Publication.objects.published()
        publications = filters.apply(publications, EDITORS).with_references(EDITORS).newest_first()
        module = FORMATS[options["format"]]
        choices = {"unicode": True} if options["unicode"] and options["format"] == "bib" else {}
        rows = publications.iterator(chunk_size=CHUNK)
        bar = tqdm(rows, total=publications.count(), unit=" publications", disable=None, leave=False)
        references = (publication.as_reference() for publication in bar)
        try:
            for text in module.dump(references, **choices):
                # Formats have line ends of their own, and none after the last.
                self.stdout.write(text, ending="")
        except BrokenPipeError:
            sys.stderr.close()
