"""A whole site as its own processes: a data folder, a server, and editors who use the admin's forms."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from html.parser import HTMLParser
from pathlib import Path

import httpx

ROOT = Path(__file__).resolve().parents[1]
SIGN_IN = """
from django.contrib.auth import get_user_model
from django.test import Client
User = get_user_model()
for number in range({count}):
    editor = User.objects.get_or_create(username=f"editor-{{number}}", is_superuser=True, is_staff=True)[0]
    client = Client()
    client.force_login(editor)
    print(next(morsel.value for name, morsel in client.cookies.items() if "session" in name))
"""


class Site:
    """The site of a data folder, on SQLite there unless the environment names another database.

    ``serve`` starts its server, as often as one likes.
    """

    def __init__(self, folder, **environment):
        self.env = {name: os.environ[name] for name in ("PATH", "LANG", "HOME", "TMPDIR", "CI") if name in os.environ}
        self.env |= {"DATA_DIR": str(folder), "DJANGO_SETTINGS_MODULE": "config.settings", **environment}
        self.folder, self.clients = folder, []
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.manage("quickstart", "--no-server")

    def manage(self, *arguments, check=True):
        command = [sys.executable, ROOT / "manage.py", *arguments]
        done = subprocess.run(command, env=self.env, capture_output=True, text=True, check=False)
        if check and done.returncode:
            raise AssertionError(done.stdout + done.stderr)
        return done.stdout

    def shell(self, code):
        return self.manage("shell", "--no-imports", "-c", code)

    def editors(self, count=1):
        """Editors who are signed in."""
        editors = [Editor(self, key) for key in self.shell(SIGN_IN.format(count=count)).split()[-count:]]
        self.clients += [editor.client for editor in editors]
        return editors

    def __enter__(self):
        return self

    def __exit__(self, *error):
        for client in self.clients:
            client.close()

    @contextmanager
    def serve(self, workers=2):
        """The server's process while it answers; a group of its own, so that all of it can be killed."""
        command = [sys.executable, "-m", "gunicorn", "config.wsgi:application", f"--bind=127.0.0.1:{self.port}",
                   f"--workers={workers}", "--log-level=error", "--no-control-socket"]  # fmt: skip
        with subprocess.Popen(command, env=self.env, cwd=ROOT, start_new_session=True) as process:
            try:
                wait_until(lambda: self.answers() and process.poll() is None)
                yield process
            finally:
                kill(process, signal.SIGTERM)
                process.wait()
                # A process that is killed while it syncs a file dies, and lets go of the port, only after that.
                wait_until(lambda: not self.answers())

    def answers(self):
        try:
            return httpx.get(f"{self.url}/healthz/live", timeout=5, trust_env=False).is_success
        except httpx.TransportError:
            return False


def wait_until(is_so, seconds=60):
    for _ in range(seconds * 20):
        if is_so():
            return
        time.sleep(0.05)
    raise AssertionError(f"Waited for {seconds} seconds in vain.")


def kill(process, number=signal.SIGKILL):
    """Send a signal to all processes of a server at once."""
    if process.poll() is None:
        os.killpg(process.pid, number)


class Editor:
    """A browser of someone who is signed in, with forms of the admin in it."""

    def __init__(self, site, key):
        self.client = httpx.Client(base_url=site.url, cookies={"sessionid": key}, timeout=60, trust_env=False)
        self.forms = {}

    def open(self, path, form):
        """The fields of the form with that id, with their values."""
        self.forms[path] = Fields.of(self.client.get(path).raise_for_status().text, form)
        return self.forms[path]

    def save(self, path, files=None, **changes):
        """Post the form that was opened there, with changes to it."""
        data = {**self.forms[path], "_save": "Save", **changes}
        return self.client.post(path, data=data, files=files, headers={"Referer": str(self.client.base_url)})


class Fields(HTMLParser):
    """The fields of a form of the admin with their values."""

    @classmethod
    def of(cls, page, form):
        fields = cls()
        fields.found, fields.name, fields.is_within = {}, None, False
        fields.feed(page[re.search(rf'id="{form}"', page).start() :])
        return fields.found

    def handle_starttag(self, tag, attributes):
        field = dict(attributes)
        kinds = ("checkbox", "submit", "file", "radio")
        if tag == "input" and field.get("type") not in kinds and field.get("name"):
            self.found[field["name"]] = field.get("value", "")
        elif tag in ("select", "textarea"):
            self.name = field.get("name")
        elif tag == "option" and "selected" in field and self.name:
            self.found[self.name] = field["value"]
