"""Sites with all kinds of content, on each database, for tests of backups and upgrades."""

import json
import os
import secrets
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import psycopg
import pytest
from django.conf import settings

from tests.running import PASSED_ON, is_one_line

SERVER = os.environ.get("DATABASE_URL") or "postgres://postgres@127.0.0.1:5432/postgres"
on_each_database = pytest.mark.parametrize(
    "vendor", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)]
)
NOT_BACKED_UP = {
    *("django_migrations", "django_session", "profiles_stale", "profiles_backuprecord"),
    *("axes_accessattempt", "axes_accessattemptexpiration", "axes_accessfailurelog", "axes_accesslog"),
}

FILL = """
import io
from decimal import Decimal
from django.contrib.auth.models import Group, User
from django.contrib.sessions.backends.db import SessionStore
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from PIL import Image
from profiles.history import revisions
from profiles.models import Activity, Course, Membership, Menu, Page, Person, Post, SiteSettings, Talk
from publications.models import Batch, FormattedCitations
from publications.references import Reference
from tests import make

user = User.objects.create_superuser("editor", password="the editor's password")
user.groups.set(Group.objects.all()[:1])
make.owner(name="Émile Ångström", orcid="")
paper = make.publication("On Engines", authors=("Ada Lovelace", "姚期智"), tags=("engines", "naïve “quotes”"),
    doi="10.1/a", extra={"note": "line\\nbreak \\u2028 \\\\ ", "n": [1, 2.5, None]},
    abstract="# $x_1$\\n\\t\\\\N \\\\. \\r\\n")
make.publication("Preprint of Engines", version_of=paper, hides_authors=True)
buffer = io.BytesIO()
Image.new("RGB", (480, 270), "red").save(buffer, "JPEG")
project = make.project(tags=("engines",), image=ContentFile(buffer.getvalue(), "red.jpg"), image_alt="Red")
project.publications.add(paper)
grace = make.person("Grace Hopper")
make.activity(person=grace, kind="travel", latitude=Decimal("55.950000"), longitude=Decimal("-3.2"))
paper.resources.create(kind="data", file=ContentFile(bytes(range(256)) * 1000, "data.npz"))
default_storage.save("images/text/token/pasted.png", ContentFile(b"named by a text alone"))
public = {"state": "published"}
join = Page.objects.create(title="Join us", slug="join", path="join", body="Write.", **public)
join.resources.create(kind="pdf", file=ContentFile(b"%PDF-1.7 openings", "openings.pdf"))
Page.objects.create(title="Postdocs", slug="postdocs", path="join/postdocs", parent=join, **public)
menu = Menu.objects.create(person=Person.objects.owner())
about = menu.items.create(label="About", position=1)
menu.items.create(page=join, parent=about, position=2)
SiteSettings.objects.create(person=Person.objects.owner())
post = Post.objects.create(title="Accepted", date="2025-05", **public)
post.people.add(grace)
post.post_publications.create(publication=paper)
member = Membership.objects.create(person=grace, role="phd-student", start="2020", **public)
member.supervisors.add(Person.objects.owner())
member.theses.create(publication=paper)
course = Course.objects.create(title="Algebra", **public)
course.instructors.add(grace)
term = course.terms.create(name="Autumn", start="2025", students=120)
course.resources.create(kind="slides", term=term, file=ContentFile(b"%PDF-1.7 slides", "week-1.pdf"))
talk = Talk.objects.create(title="On looms", **public)
talk.speakers.add(grace)
talk.occasions.create(event="Salon", start="2025-05-17", latitude=Decimal("45.07"), longitude=Decimal("7.69"))
talk.resources.create(kind="slides", file=ContentFile(b"%PDF-1.7 looms", "looms.pdf"))
talk.talk_projects.create(project=project)
revisions.record([talk], user, "Saved")
Batch.objects.create(source="bib", label="A paste").rows.create(number=1, reference=Reference(title="Incoming"))
FormattedCitations.objects.create(publication=paper, digest="0", citations=[{"key": "apa", "html": "<i>É</i>"}])
revisions.record([paper], user, "Saved")
make.publication("Gone").delete()
SessionStore().save()
"""
STYLE = b"""<style xmlns="http://purl.org/net/xbiblio/csl" version="1.0"><info><title>Mine</title></info></style>"""


@dataclass(frozen=True)
class Site:
    folder: Path
    environment: dict = field(default_factory=dict)
    code: Path = settings.BASE_DIR

    def process(self, *arguments):
        inherited = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
        own = {"PYTHONUTF8": "1", "SECRET_KEY": "only-for-tests", "DATA_DIR": str(self.folder), **self.environment}
        return subprocess.run(
            [sys.executable, "manage.py", *map(str, arguments)],
            cwd=self.code, env={**inherited, **own}, capture_output=True, check=False, encoding="utf-8",
        )  # fmt: skip

    def manage(self, *arguments):
        """Return the output of a command that succeeds."""
        done = self.process(*arguments)
        assert (done.returncode, done.stderr) == (0, "")
        return done.stdout

    def refused(self, *arguments):
        """Return the message of a command that fails."""
        done = self.process(*arguments)
        assert (done.returncode, done.stdout) == (1, "")
        assert is_one_line(done.stderr)
        return done.stderr

    def shell(self, script, **names):
        given = "".join(f"{name} = {value!r}\n" for name, value in names.items())
        return self.process("shell", "--no-imports", "-c", given + script)

    @contextmanager
    def database(self):
        if address := self.environment.get("DATABASE_URL"):
            with psycopg.connect(address, autocommit=True) as database:
                yield database
        else:
            with closing(sqlite3.connect(self.folder / "db.sqlite3", isolation_level=None)) as database:
                yield database

    def execute(self, *statements):
        with self.database() as database:
            for statement in statements:
                database.execute(statement)

    def rows(self):
        """Return {table: rows}, read without the site's code, with values that are equal on both databases."""
        catalogue = "SELECT name FROM sqlite_master WHERE type = 'table'"
        if "DATABASE_URL" in self.environment:
            catalogue = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
        with self.database() as database:
            names = {name for (name,) in database.execute(catalogue)} - NOT_BACKED_UP
            found = {}
            for name in sorted(name for name in names if not name.startswith(("search_", "sqlite_"))):
                answer = database.execute(f"SELECT * FROM {name} ORDER BY id")
                columns = [column[0] for column in answer.description]
                found[name] = [dict(sorted(zip(columns, map(plain, row), strict=True))) for row in answer]
            return found

    def files(self):
        places = [path for place in ("media", "styles") for path in (self.folder / place).rglob("*")]
        return {str(path.relative_to(self.folder)): path.read_bytes() for path in places if path.is_file()}


def plain(value):
    match value:
        case bool():
            return int(value)
        case Decimal():
            return float(value)
        case datetime():
            return str(value.astimezone(UTC).replace(tzinfo=None))
        case str() if value.startswith(("{", "[")):
            return json.loads(value)
    return value


@contextmanager
def postgresql(template="template1"):
    """Yield the address of a new database, a copy of ``template``, which is dropped afterwards."""
    name = f"test_backup_{secrets.token_hex(6)}"
    with psycopg.connect(SERVER, autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        try:
            yield f"{SERVER.rpartition('/')[0]}/{name}"
        finally:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def filled_site(once, empty_site):
    """The data folder of a site with all kinds of content."""

    def fill(folder):
        shutil.copytree(empty_site, folder, dirs_exist_ok=True)
        done = Site(folder).shell(FILL)
        assert (done.returncode, done.stderr) == (0, "")
        (folder / "styles").mkdir()
        (folder / "styles" / "mine.csl").write_bytes(STYLE)

    return once("filled-site", fill)


@pytest.fixture(scope="module")
def origin(filled_site, tmp_path_factory):
    """That site. Tests must not change it, nor the sites below."""
    return Site(shutil.copytree(filled_site, tmp_path_factory.mktemp("origin") / "var"))


@pytest.fixture(scope="module")
def backup(origin, tmp_path_factory):
    path = tmp_path_factory.mktemp("backup") / "site.zip"
    origin.manage("backup", path)
    return path


@pytest.fixture(scope="module")
def origin_on_postgresql(backup, tmp_path_factory):
    with postgresql() as address:
        made = Site(tmp_path_factory.mktemp("postgresql") / "var", {"DATABASE_URL": address})
        made.manage("restore", backup)
        yield made


@pytest.fixture(scope="module")
def backup_of_postgresql(origin_on_postgresql, tmp_path_factory):
    path = tmp_path_factory.mktemp("backup") / "postgresql.zip"
    origin_on_postgresql.manage("backup", path)
    return path


@pytest.fixture
def copy(request, tmp_path):
    """Return a function that copies the site, on SQLite or PostgreSQL; a test may change the copy."""

    def make(vendor="sqlite"):
        if vendor == "sqlite":
            return Site(shutil.copytree(request.getfixturevalue("origin").folder, tmp_path / "copy"))
        source = request.getfixturevalue("origin_on_postgresql")
        database = postgresql(source.environment["DATABASE_URL"].rpartition("/")[2])
        address = database.__enter__()
        request.addfinalizer(lambda: database.__exit__(None, None, None))
        return Site(shutil.copytree(source.folder, tmp_path / "copy"), {"DATABASE_URL": address})

    return make
