"""Fixtures for all tests, and what some of them need: a browser, or a server."""

import os
import shutil
import socket

import pytest
from django.core.cache import caches
from django.db import connection
from django.test import Client
from hypothesis import HealthCheck, settings

from config.web.page_cache import pages

# No test is about how long it takes, least of all on a busy machine.
settings.register_profile("unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("unhurried")

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
IN_CI = os.environ.get("CI") == "true"


SERVERS = {"postgresql": ("PostgreSQL", 5432), "redis": ("Redis", 6379)}  # by the mark of tests that need one


def pytest_report_header():
    cache = "Redis" if type(caches["default"]).__name__ == "RedisCache" else "cache in memory"
    return f"runs on: {connection.display_name}, {cache}"


def pytest_collection_modifyitems(items):
    """Tests whose browser or server is missing are skipped; on the build machine they fail, so that none is lost."""
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
def nothing_is_left_in_the_cache():
    yield
    caches["default"].clear()


@pytest.fixture(autouse=True)
def empty_page_cache():
    """A process knows one set of settings, but tests change them."""
    pages.clear()


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    """The system's own Chromium, in place of one that Playwright would download."""
    if not CHROMIUM:
        pytest.fail("Chromium is not installed. On Debian: apt-get install chromium", pytrace=False)
    # No sandbox: root, as in a container, cannot have Chromium's. Nothing is asked of the network.
    quiet = ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-quic"]
    return {**browser_type_launch_args, "executable_path": CHROMIUM, "args": ["--no-sandbox", "--disable-gpu", *quiet]}


@pytest.fixture
def editor(db, django_user_model):
    """Someone who may edit everything."""
    return django_user_model.objects.create_superuser("editor", password="the editor's password")


@pytest.fixture
def editor_client(editor):
    client = Client()
    client.force_login(editor)
    return client


def pytest_addoption(parser):
    parser.addoption("--pictures", metavar="FOLDER", help="Where the browser tests put a picture of each page.")
