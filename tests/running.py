"""The site as a user runs it: commands and servers in separate processes, and editors who use the admin's forms."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from html.parser import HTMLParser
from pathlib import Path
from urllib.error import URLError

import httpx
import pytest

from config.upkeep import server

ROOT = Path(__file__).resolve().parents[1]
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
PASSED_ON = ("PATH", "SYSTEMROOT", "LANG", "HOME", "TMPDIR", "CI")  # tests set all other variables
WITHOUT_PANDOC = {"PYPANDOC_PANDOC": "not-installed"}  # formatting the citations of a work takes a fifth of a second
PASSWORD = re.compile(r"Log in as “editor” with the password (\S{12,})")
LOGIN = """
from django.contrib.auth import get_user_model
from django.test import Client
User = get_user_model()
for number in range({count}):
    editor = User.objects.get_or_create(username=f"editor-{{number}}", is_superuser=True, is_staff=True)[0]
    client = Client()
    client.force_login(editor)
    print(next(morsel.value for name, morsel in client.cookies.items() if "session" in name))
"""


def environment_of(folder, **variables):
    """Return the environment of a site's processes."""
    passed_on = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    own = {"PYTHONUTF8": "1", "DATA_DIR": str(folder), "DJANGO_SETTINGS_MODULE": "config.settings"}
    return passed_on | own | variables


def start_quickstart(folder, *arguments, **variables):
    return subprocess.Popen(
        [sys.executable, "manage.py", "quickstart", *arguments],
        cwd=ROOT,
        env=environment_of(folder, **variables),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )


def quickstart(folder, *arguments, **variables):
    """Return exit code, output and errors of a run that sets up only or fails."""
    process = start_quickstart(folder, *arguments, **variables)
    output, errors = process.communicate()
    return process.returncode, output, errors


def is_one_line(errors):
    return errors.startswith("CommandError: ") and errors.count("\n") == 1


@contextmanager
def served(folder, *arguments, **variables):
    """Yield a function that returns a page's text, as soon as the site answers; ``get.address`` is the site's.

    Afterwards ``get.errors`` is what the site has logged.
    """
    port = free_port()
    process = start_quickstart(folder, f"--port={port}", *arguments, **variables)

    def get(path):
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=60) as response:
            return response.read().decode()

    get.address = f"http://127.0.0.1:{port}"
    try:
        while not answers(lambda: get("/healthz")):
            if process.poll() is not None:
                pytest.fail(f"quickstart has ended: {process.communicate()}")
            time.sleep(0.05)
        yield get
    finally:
        process.terminate()
        get.output, get.errors = process.communicate()


def answers(request):
    try:
        request()
    except (URLError, ConnectionError, httpx.TransportError):
        return False
    return True


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


class Site:
    """A site in a data folder, on SQLite there unless DATABASE_URL names another database."""

    def __init__(self, folder, **variables):
        self.env = environment_of(folder, **variables)
        self.folder, self.clients = folder, []
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"

    def manage(self, *arguments, check=True):
        command = [sys.executable, ROOT / "manage.py", *arguments]
        done = subprocess.run(command, env=self.env, capture_output=True, text=True, check=False)
        if check and done.returncode:
            raise AssertionError(done.stdout + done.stderr)
        return done.stdout

    def shell(self, code):
        return self.manage("shell", "--no-imports", "-c", code)

    def editors(self, count=1):
        """Return editors who are logged in."""
        editors = [Editor(self, key) for key in self.shell(LOGIN.format(count=count)).split()[-count:]]
        self.clients += [editor.client for editor in editors]
        return editors

    def __enter__(self):
        return self

    def __exit__(self, *error):
        for client in self.clients:
            client.close()

    @contextmanager
    def serve(self, workers=2, command=None):
        """Yield the server's process while it answers: quickstart's server, or another command.

        The process has its own process group, so that it can be killed with all of its workers.
        """
        command = command or server.command("127.0.0.1", self.port, workers)
        with subprocess.Popen(command, env=self.env, cwd=ROOT, start_new_session=True) as process:
            try:
                while not self.answers():
                    assert process.poll() is None, f"The server has ended with {process.returncode}."
                    time.sleep(0.05)
                yield process
            finally:
                kill(process, signal.SIGTERM)
                process.wait()
                # A process that is killed while it syncs a file gives up the port only after that.
                wait_until(lambda: not self.answers())

    def answers(self):
        return answers(lambda: httpx.get(f"{self.url}/healthz/live", timeout=60, trust_env=False))


def wait_until(is_so, seconds=600):
    """Wait for a condition; give up only when something hangs."""
    for _ in range(seconds * 20):
        if is_so():
            return
        time.sleep(0.05)
    raise AssertionError(f"It has not become true within {seconds} seconds.")


def kill(process, number=signal.SIGKILL):
    """Send a signal to all processes of a server at once."""
    if process.poll() is None:
        os.killpg(process.pid, number)


class Editor:
    """The browser of a logged-in editor, with forms of the admin."""

    def __init__(self, site, key):
        self.client = httpx.Client(base_url=site.url, cookies={"sessionid": key}, timeout=600, trust_env=False)
        self.forms = {}

    def open(self, path, form):
        """Return the fields of the form with that id, with their values."""
        self.forms[path] = Fields.of(self.client.get(path).raise_for_status().text, form)
        return self.forms[path]

    def save(self, path, files=None, **changes):
        """Post the form that was opened there, with changes to it."""
        data = {**self.forms[path], "_save": "Save", **changes}
        return self.client.post(path, data=data, files=files, headers={"Referer": str(self.client.base_url)})


class Fields(HTMLParser):
    """The fields of a form of the admin with their values, as a browser submits them."""

    @classmethod
    def of(cls, page, form):
        fields = cls()
        fields.found, fields.name, fields.text = {}, None, None
        fields.feed(page[re.search(rf'id="{form}"', page).start() :])
        return fields.found

    def handle_starttag(self, tag, attributes):
        field = dict(attributes)
        kinds = ("checkbox", "submit", "file")
        is_chosen = field.get("type") != "radio" or "checked" in field
        if tag == "input" and field.get("type") not in kinds and field.get("name") and is_chosen:
            self.found[field["name"]] = field.get("value", "")
        elif tag == "select":
            self.name = field.get("name")
        elif tag == "textarea":
            self.text = field["name"]
            self.found[self.text] = ""
        elif tag == "option" and "selected" in field and self.name:
            self.found[self.name] = field["value"]

    def handle_data(self, data):
        if self.text:
            self.found[self.text] += data

    def handle_endtag(self, tag):
        if tag == "textarea" and self.text:
            self.found[self.text] = self.found[self.text].removeprefix("\n").replace("\n", "\r\n")
            self.text = None
