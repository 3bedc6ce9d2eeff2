"""The real site, started as its README says, and real Chromium."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

MANAGE = Path(__file__).resolve().parents[2] / "manage.py"
PASSWORD = "a-password-for-tests"
SET_PASSWORD = f"""
from django.contrib.auth import get_user_model
editor = get_user_model().objects.get(is_superuser=True)
editor.set_password("{PASSWORD}")
editor.save()
print(editor.get_username())
"""


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    """The address of a site with its first content, and the name of its editor."""
    folder = tmp_path_factory.mktemp("site")
    env = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "SECRET_KEY")}
    env |= {"DATA_DIR": str(folder), "DJANGO_SETTINGS_MODULE": "config.settings"}

    def manage(*arguments):
        return subprocess.run(
            [sys.executable, MANAGE, *arguments], env=env, check=True, capture_output=True, text=True
        ).stdout

    manage("quickstart", "--no-server")
    editor = manage("shell", "--no-imports", "-c", SET_PASSWORD).split()[-1]
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    with subprocess.Popen(
        [sys.executable, MANAGE, "quickstart", "--port", str(port)],
        env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    ) as server:  # fmt: skip
        try:
            wait_for(f"{address}/healthz")
            yield address, editor
        finally:
            server.terminate()


def wait_for(address, seconds=30):
    for _ in range(seconds * 10):
        try:
            return urllib.request.urlopen(address, timeout=5)
        except OSError:
            time.sleep(0.1)
    pytest.fail(f"{address} did not answer within {seconds} seconds")


@pytest.fixture
def admin(page, site):
    """A page signed in to the admin."""
    address, editor = site
    page.goto(f"{address}/admin/")
    page.get_by_label("Username").fill(editor)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.get_by_role("link", name="Publications").first.wait_for()
    return page
