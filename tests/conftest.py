"""Fixtures for all tests, and what a test on a browser needs."""

import os
import shutil

import pytest
from django.test import Client
from hypothesis import HealthCheck, settings

# No test is about how long it takes, least of all on a busy machine.
settings.register_profile("unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("unhurried")

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
IN_CI = os.environ.get("CI") == "true"


def pytest_collection_modifyitems(items):
    """Without Chromium the tests on a browser are skipped; on the build machine they fail, so that none is lost."""
    if CHROMIUM or IN_CI:
        return
    skip = pytest.mark.skip(reason="Chromium is not installed")
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker(skip)


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
