"""Prepares a site with a generated record for the benchmarks, in a data folder."""

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

PASSED_ON = ("PATH", "LANG", "HOME", "TMPDIR", "CI")
COMMON_WORD = "model"
VISITOR = SimpleNamespace(is_staff=False)


def add_arguments(parser):
    parser.add_argument("--folder", type=Path, help="store the data in this folder and reuse it the next time")
    parser.add_argument(
        "--database-url", metavar="URL",
        help="a database other than SQLite: empty, or that of the last run with this --folder; COUNT is the size",
    )  # fmt: skip


@contextmanager
def folder_of(options):
    """Yield the requested folder, or a temporary one that is removed afterwards, even if the program is stopped."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: sys.exit(1))
    if options.folder:
        options.folder.mkdir(parents=True, exist_ok=True)
        yield options.folder.absolute()
    else:
        with tempfile.TemporaryDirectory(prefix="benchmark-") as folder:
            yield Path(folder)


def prepare(folder, count, database_url=None):
    """Return the environment of a site with that many works; generate them unless the folder has them."""
    ready = folder / str(count)
    if not ready.exists():
        print(f"Generating a record of {count:,} works …", file=sys.stderr)
        new = folder / f"{count}.part"
        shutil.rmtree(new, ignore_errors=True)
        run("tests.benchmarks.record", f"--count={count}", environment=environment_of(new, count, database_url))
        new.rename(ready)  # only now, so that an incomplete record is never used
    environment = environment_of(ready, count, database_url)
    run("manage", "quickstart", "--no-server", environment=environment)
    return environment


def environment_of(folder, count, database_url):
    inherited = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    return inherited | {
        "DATA_DIR": str(folder),
        "DATABASE_URL": (database_url or f"sqlite:///{folder}/db.sqlite3").replace("COUNT", str(count)),
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "SECRET_KEY": "only-for-benchmarks-and-of-no-use-to-anybody-else",
    }


def run(module, *arguments, environment):
    """Run a Python module of the project and return its output."""
    done = subprocess.run(
        [sys.executable, "-m", module, *arguments], cwd=ROOT, env=environment, stdout=subprocess.PIPE, check=False
    )
    if done.returncode:
        raise SystemExit(f"python -m {shlex.join([module, *arguments])} has failed.")
    return done.stdout


def set_up(environment):
    """Set up Django in this process for that site."""
    os.environ.update(environment)
    django.setup()


def addresses():
    """Return {name: address} of pages that every record has."""
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
    """Return the works that a visitor sees."""
    from publications.models import Publication

    return Publication.objects.published().works(VISITOR)


def most_used_tags():
    """Return the tags of those works, most used first."""
    from django.db.models import Count

    from profiles.models import Tag

    tags = Tag.objects.filter(taggedpublication_items__content_object__in=listed())
    return tags.annotate(works=Count("pk")).order_by("-works", "pk")


def rare_word(works):
    """Return the rarest word of the oldest titles."""
    titles = works.order_by("issued", "pk").values_list("title", flat=True)[:5]
    words = {word for title in titles for word in title.split() if word.isascii() and word.isalpha()}
    return min(sorted(words), key=lambda word: works.search(word, VISITOR).count())
