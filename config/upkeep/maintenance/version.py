"""The version of the site's code, what is new in it, and how to install a newer one."""

import re
import shlex
import sys
import tomllib
from functools import cache
from pathlib import Path

from django.conf import settings

CONTAINER_MARKS = (Path("/.dockerenv"), Path("/run/.containerenv"))  # of Docker and Podman
CGROUP = Path("/proc/self/cgroup")


@cache
def version():
    """Return the version, with the commit if the code is a git checkout."""
    try:
        project = tomllib.loads((settings.BASE_DIR / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    except (OSError, ValueError, KeyError):
        project = "unknown"
    found = commit()
    return f"{project} (commit {found[:9]})" if found else project


def commit():
    """Return the commit that is checked out, or ""."""
    folder = settings.BASE_DIR / ".git"
    try:
        head = (folder / "HEAD").read_text().strip()
        if not head.startswith("ref: "):
            return head
        name = head.removeprefix("ref: ")
        if (folder / name).exists():
            return (folder / name).read_text().strip()
        packed = re.search(rf"^(\w+) {re.escape(name)}$", (folder / "packed-refs").read_text(), re.MULTILINE)
        return packed[1] if packed else ""
    except OSError:
        return ""


def news():
    """Return the newest section of the changelog as Markdown whose first heading is of level 1, or ""."""
    try:
        changelog = (settings.BASE_DIR / "CHANGELOG.md").read_text("utf-8")
    except OSError:
        return ""
    sections = re.split(r"^(?=## )", changelog, flags=re.MULTILINE)
    return re.sub(r"^#(?=#)", "", sections[1], flags=re.MULTILINE) if len(sections) > 1 else ""


def update_commands():
    """Return the two commands that update this installation."""
    is_checkout = (settings.BASE_DIR / ".git").exists()
    if not is_checkout and any(mark.exists() for mark in CONTAINER_MARKS):
        return ["git pull", "docker compose up -d --build"]  # beside the Dockerfile
    python = shlex.quote(str(Path(sys.prefix, "Scripts" if sys.platform == "win32" else "bin", "python")))
    pull = "git pull && " if is_checkout else ""  # otherwise the new code was copied here
    service = systemd_service()
    return [
        f"cd {shlex.quote(str(settings.BASE_DIR))} && {pull}{python} -m pip install -r requirements.txt",
        f"systemctl restart {service}" if service else f"{python} manage.py quickstart",
    ]


def systemd_service():
    """Return the name of the systemd service that this process is part of, or ""."""
    try:
        found = re.search(r"/system\.slice/(?:.*/)?([\w@.-]+\.service)$", CGROUP.read_text(), re.MULTILINE)
    except OSError:
        return ""
    return found[1] if found else ""
