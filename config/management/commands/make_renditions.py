from contextlib import closing

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from profiles.content.images import BrokenPictureError, all_pictures, make_renditions

SOME_BROKEN, STOPPED = 3, 130


class Command(BaseCommand):
    help = (
        "Makes the renditions of all pictures, in the sizes and kinds that pages use, as far as they are missing. "
        "Stopped at any moment, the same command goes on with the rest. Exit code 0: all are there; 3: some originals "
        "are gone or broken, each is named; 130: it was stopped."
    )

    def add_arguments(self, parser):
        parser.add_argument("--all", action="store_true", help="make those that are there anew, too")

    def handle(self, **options):
        made = broken = 0
        pictures, total = all_pictures()
        bar = tqdm(total=total, desc="Renditions", unit=" pictures", disable=None, leave=False)
        try:
            with closing(pictures), bar:
                for item, picture in pictures:
                    try:
                        made += make_renditions(picture, anew=options["all"])
                    except BrokenPictureError as error:
                        broken += 1
                        bar.clear()
                        self.stderr.write(f"The {picture.field.verbose_name} of “{item}” {error}")
                    bar.update()
        except KeyboardInterrupt:
            message = f"Stopped. {made} renditions were made. The same command goes on with the rest."
            raise CommandError(message, returncode=STOPPED) from None
        self.stdout.write(f"{total} pictures, {made} renditions made.")
        if broken:
            raise CommandError(f"{broken} of {total} pictures could not be read.", returncode=SOME_BROKEN)
