from contextlib import closing

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from profiles.files.images import BrokenPictureError, all_pictures, make_renditions

SOME_BROKEN, STOPPED = 3, 130


class Command(BaseCommand):
    help = (
        "Creates missing renditions of all pictures, in the sizes and formats that pages use. If it is stopped, run it "
        "again. Exit code 0: success; 3: some originals are missing or damaged, and listed; 130: stopped."
    )

    def add_arguments(self, parser):
        parser.add_argument("--all", action="store_true", help="replace existing renditions, too")

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
            message = f"Stopped. {made} renditions created. Run the command again to create the rest."
            raise CommandError(message, returncode=STOPPED) from None
        self.stdout.write(f"{total} pictures, {made} renditions created.")
        if broken:
            raise CommandError(f"{broken} of {total} pictures could not be read.", returncode=SOME_BROKEN)
