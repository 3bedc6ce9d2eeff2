"""What is measured: the site with a record of some size, in a data folder of its own."""

import os
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import django

from tests.benchmarks.servers import ROOT

TAKEN_FROM_THE_SHELL = ("PATH", "LANG", "HOME", "TMPDIR", "CI")
COMMON_WORD = "model"
VISITOR = SimpleNamespace(is_staff=False)


def add_arguments(parser):
    parser.add_argument("--folder", type=Path, help="keep the data there, and take it from there the next time")
    parser.add_argument(
        "--database-url", metavar="URL",
        help="another database than SQLite: empty, or that of the last run with this --folder; COUNT in it is the size",
    )  # fmt: skip


def add_worker_class(parser):
    parser.add_argument(
        "--worker-class", default="config.web.serving.Waitress",
        help="of gunicorn, for all servers: that of gunicorn.conf.py, or sync, which ends each connection",
    )  # fmt: skip


@contextmanager
def folder_of(options):
    """The folder that is asked for, or one that is gone afterwards, also when the program is told to end."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: sys.exit(1))
    if options.folder:
        options.folder.mkdir(parents=True, exist_ok=True)
        yield options.folder.absolute()
    else:
        with tempfile.TemporaryDirectory(prefix="benchmark-") as folder:
            yield Path(folder)


def prepare(folder, count, database_url=None):
    """Environment of a site with that many works, which are made where the folder does not have them yet."""
    ready = folder / str(count)
    if not ready.exists():
        print(f"Making a record of {count:,} works …", file=sys.stderr)
        new = folder / f"{count}.part"
        shutil.rmtree(new, ignore_errors=True)
        run("tests.benchmarks.record", f"--count={count}", environment=environment_of(new, count, database_url))
        new.rename(ready)  # only now, so that half a record is never taken for a whole one
    environment = environment_of(ready, count, database_url)
    run("manage", "quickstart", "--no-server", environment=environment)
    return environment


def environment_of(folder, count, database_url):
    kept = {name: os.environ[name] for name in TAKEN_FROM_THE_SHELL if name in os.environ}
    return kept | {
        "DATA_DIR": str(folder),
        "DATABASE_URL": (database_url or f"sqlite:///{folder}/db.sqlite3").replace("COUNT", str(count)),
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "SECRET_KEY": "only-for-benchmarks-and-of-no-use-to-anybody-else",
    }


def run(module, *arguments, environment):
    """What a Python module of the project prints, run with these arguments in that environment."""
    done = subprocess.run(
        [sys.executable, "-m", module, *arguments], cwd=ROOT, env=environment, stdout=subprocess.PIPE, check=False
    )
    if done.returncode:
        raise SystemExit(f"python -m {shlex.join([module, *arguments])} has failed.")
    return done.stdout


def set_up(environment):
    """Make this process one of that site."""
    os.environ.update(environment)
    django.setup()


def addresses():
    """{what: address} of pages that every record has; in a process of the site."""
    from profiles.models import Person

    works, people, tags = listed(), Person.objects.published(), most_used_tags()
    common, rare = tags.first(), tags.last()
    newest = works.filter(taggedpublication__tag=common).newest_first().first()
    return {
        "home": "/",
        "list": "/publications/",
        "list, last page": f"/publications/?page={max(1, works.count() // 50)}",
        "list, of a tag": f"/publications/?tag={common.slug}",
        "tag": common.get_absolute_url(),
        "tag, rare": rare.get_absolute_url(),
        "detail": newest.get_absolute_url(),
        "person": people.filter(is_owner=False).first().get_absolute_url(),
        "person, owner": people.owner().get_absolute_url(),
        "search": f"/search/?q={COMMON_WORD}",
        "search, rare word": f"/search/?q={rare_word(works)}",
        "feed": "/publications/feed/",
    }


def listed():
    """The works that a visitor sees."""
    from publications.models import Publication

    return Publication.objects.published().works(VISITOR)


def most_used_tags():
    """The tags of those works, that on the most of them first."""
    from django.db.models import Count

    from profiles.models import Tag

    tags = Tag.objects.filter(taggedpublication_items__content_object__in=listed())
    return tags.annotate(works=Count("pk")).order_by("-works", "pk")


def rare_word(works):
    """That word of the oldest titles which the fewest works have."""
    titles = works.order_by("issued", "pk").values_list("title", flat=True)[:5]
    words = {word for title in titles for word in title.split() if word.isascii() and word.isalpha()}
    return min(sorted(words), key=lambda word: works.search(word, VISITOR).count())
