"""Fixtures for all tests, and skips for tests whose browser or server is missing."""

import os
import secrets
import shutil
import signal
import socket

import pytest
from django.contrib.auth.models import Group
from django.core.cache import caches
from django.core.files import locks
from django.db import connection
from django.test import Client
from hypothesis import HealthCheck, settings

from config.web.page_cache import pages
from profiles.content import health
from tests import running
from tests.running import CHROMIUM

# No test depends on how busy the machine is.
settings.register_profile("unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("unhurried")

IN_CI = os.environ.get("CI") == "true"


SERVERS = {"postgresql": ("PostgreSQL", 5432), "redis": ("Redis", 6379)}  # {marker: (name, port)}


def pytest_configure():
    """Let SIGINT stop child processes even if a shell runs the tests in the background, where it is ignored."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_report_header():
    cache = "Redis" if type(caches["default"]).__name__ == "RedisCache" else "cache in memory"
    return f"runs on: {connection.display_name}, {cache}"


def pytest_collection_modifyitems(items):
    """Skip tests whose browser or server is missing. With CI=true they fail instead."""
    missing = {} if CHROMIUM else {"browser": "Chromium is not installed"}
    missing |= {
        mark: f"{name} does not answer on 127.0.0.1:{port}"
        for mark, (name, port) in SERVERS.items()
        if not answers(port)
    }
    for item in items:
        for mark, reason in missing.items():
            if item.get_closest_marker(mark) and not IN_CI:
                item.add_marker(pytest.mark.skip(reason=reason))


def answers(port):
    with socket.socket() as client:
        client.settimeout(1)
        return client.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture(scope="session", autouse=True)
def empty_shared_cache():
    yield
    caches["default"].clear()


@pytest.fixture(autouse=True)
def empty_page_cache():
    """Tests change settings, which a process with cached pages never does."""
    pages.clear()


@pytest.fixture(autouse=True)
def unhurried_checks(monkeypatch):
    """The content check has as much time as it needs, also on a busy machine."""
    monkeypatch.setattr(health, "DASHBOARD", health.Limits(health.DASHBOARD.findings, 600))
    monkeypatch.setattr(health, "OVERVIEW", health.Limits(health.OVERVIEW.findings, 600))


@pytest.fixture(autouse=True)
def no_citation_styles(request, monkeypatch):
    """Formatting the citations of a work takes a quarter of a second; only tests marked "pandoc" do it."""
    if not request.node.get_closest_marker("pandoc"):
        monkeypatch.setattr("publications.citations.styles.available", dict)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    """Use the system's Chromium instead of one that Playwright would download."""
    if not CHROMIUM:
        pytest.fail("Chromium is not installed. On Debian: apt-get install chromium", pytrace=False)
    # Chromium's sandbox does not work for root, as in a container. The other flags keep it off the network.
    quiet = ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-quic"]
    return {**browser_type_launch_args, "executable_path": CHROMIUM, "args": ["--no-sandbox", "--disable-gpu", *quiet]}


@pytest.fixture(scope="session")
def once(tmp_path_factory):
    """Return a function that fills a folder once per test run, whatever the number of xdist's processes.

    ``once(name, fill)`` calls ``fill`` with a new folder and returns the folder. Tests copy it and do not change it.
    """
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base

    def once(name, fill):
        folder = shared / name
        with (shared / f"{name}.lock").open("w") as lock:
            locks.lock(lock, locks.LOCK_EX)
            if not folder.exists():
                unfinished = tmp_path_factory.mktemp(name)
                fill(unfinished)
                unfinished.rename(folder)
        return folder

    return once


@pytest.fixture(scope="session")
def empty_site(once):
    """The data folder of a site on SQLite that has tables and no rows in them."""
    return once("empty-site", lambda folder: running.Site(folder, SECRET_KEY="x").manage("migrate", "--verbosity=0"))


@pytest.fixture(scope="session")
def first_run(once):
    """The data folder that a first quickstart creates, and what the run prints."""

    def fill(folder):
        code, output, errors = running.quickstart(folder / "var", "--no-server")
        assert (code, errors) == (0, "")
        (folder / "output.txt").write_text(output, "utf-8")

    folder = once("first-run", fill)
    return folder / "var", (folder / "output.txt").read_text("utf-8")


@pytest.fixture(scope="session")
def new_site(first_run):
    """Return a function that creates a Site in a new folder, with the content of a first quickstart.

    It is on SQLite in that folder unless DATABASE_URL names another database.
    """

    def create(folder, **variables):
        site = running.Site(shutil.copytree(first_run[0], folder), SECRET_KEY=secrets.token_urlsafe(50), **variables)
        if "DATABASE_URL" in variables:
            site.manage("quickstart", "--no-server")
        return site

    return create


@pytest.fixture
def editor(db, django_user_model):
    """A superuser."""
    return django_user_model.objects.create_superuser("editor", password="the editor's password")


@pytest.fixture
def editor_client(editor):
    client = Client()
    client.force_login(editor)
    return client


@pytest.fixture
def guest_client(django_user_model):
    """A client of somebody who may log in, and has no permission."""
    role = Group.objects.get(name="Assistant")
    role.permissions.clear()
    user = django_user_model.objects.create_user("guest", is_staff=True)
    user.groups.add(role)
    client = Client()
    client.force_login(user)
    return client
