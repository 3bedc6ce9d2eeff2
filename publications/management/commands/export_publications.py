import sys
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from profiles.content.addresses import absolute
from profiles.content.publishing import EDITORS
from profiles.feeds import VISITOR
from profiles.models import Person, Tag
from publications.exports import private_text, public_text
from publications.lists.filters import Filters
from publications.models import Publication
from publications.references.formats import EXPORTS

CHUNK = 500
STOPPED = 130


class Command(BaseCommand):
    help = (
        "Exports the published publications, each version separately, to standard output or to a file, with what"
        " visitors may see."
    )

    def add_arguments(self, parser):
        parser.add_argument("--format", choices=EXPORTS, default="bib")
        parser.add_argument(
            "--output", type=Path, metavar="FILE",
            help="the file to write; if the command is interrupted, the existing file is left unchanged",
        )  # fmt: skip
        parser.add_argument(
            "--tag",
            action="append",
            default=[],
            metavar="SLUG",
            help="only publications with this tag; repeat it to require several tags",
        )
        parser.add_argument("--year", type=int, help="only publications of this year")
        parser.add_argument(
            "--type",
            choices=Publication.TYPE_LABELS,
            metavar="TYPE",
            default="",
            help="only publications of this CSL type",
        )
        parser.add_argument("--author", metavar="SLUG", default="", help="only publications of this person")
        parser.add_argument("--drafts", action="store_true", help="include drafts")
        parser.add_argument(
            "--private",
            action="store_true",
            help=(
                "export everything, as editors do: also remarks and imported fields that visitors do not see, and names"
                " hidden for blind review. Nothing is lost when the file is imported"
            ),
        )
        parser.add_argument(
            "--unicode", action="store_true", help="write BibTeX with Unicode letters instead of TeX macros"
        )

    def handle(self, *, output, tag, year, author, drafts, private, **options):
        for model, what, slug in [*((Tag, "tag", slug) for slug in tag), (Person, "person", author)]:
            if slug and not model.objects.filter(slug=slug).exists():
                raise CommandError(f"There is no {what} with the slug “{slug}”.")
        filters = Filters(tags=tuple(tag), year=year, type=options["type"], author=author)
        user, text = (EDITORS, private_text) if private else (VISITOR, public_text)
        publications = Publication.objects.all() if drafts else Publication.objects.published()
        publications = filters.apply(publications, user).with_references(user).newest_first()
        choices = {"unicode": True} if options["unicode"] and options["format"] == "bib" else {}
        if settings.SITE_URL and not private:
            choices["url"] = partial(absolute, None)
        total = publications.count()
        try:
            with (
                closing(publications.iterator(chunk_size=CHUNK)) as rows,
                tqdm(rows, total=total, unit=" publications", disable=None, leave=False) as bar,
            ):
                self.write(text(bar, options["format"], **choices), output)
            if output:
                self.stdout.write(f"{output}: {total} publications.")
        except BrokenPipeError:
            sys.stderr.close()
        except KeyboardInterrupt:
            what = f"{output} is unchanged" if output else "The output is incomplete"
            raise CommandError(f"Interrupted. {what}.", returncode=STOPPED) from None

    def write(self, texts, output):
        if output:
            with _replaced(output) as file:
                file.writelines(texts)
            return
        for text in texts:
            # The formats write their own line ends.
            self.stdout.write(text, ending="")


@contextmanager
def _replaced(path):
    """Open a temporary file that replaces the one at ``path`` once it is completely written."""
    part = path.with_name(f"{path.name}.part")
    try:
        with part.open("w", encoding="utf-8", newline="") as file:
            yield file
        part.replace(path)
    except OSError as error:
        message = f"{error.filename or path} cannot be written ({error.strerror}). Choose another file."
        raise CommandError(message) from error
    finally:
        part.unlink(missing_ok=True)
