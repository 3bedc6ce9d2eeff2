"""The admin's page “Maintenance”: who may use it, backups, the schedule and the version."""

import json
import os
from datetime import UTC, datetime

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.utils import timezone

from config.upkeep.maintenance import jobs, schedule, version
from profiles.models import BackupRecord, Schedule

pytestmark = pytest.mark.django_db

PAGE = "/admin/maintenance/"


@pytest.fixture
def data_folder(tmp_path, settings):
    settings.DATA_DIR = tmp_path
    return tmp_path


@pytest.fixture
def backup_file(data_folder):
    (data_folder / "backups").mkdir()
    (data_folder / "secret_key").write_text("secret")
    path = data_folder / "backups" / "site-2026-11-01-030000.zip"
    path.write_bytes(b"PK")
    BackupRecord.objects.create(file=path.name, created_by="Schedule")
    return path


@pytest.fixture
def started(monkeypatch):
    """The jobs that requests start, which do not run."""
    found = []
    monkeypatch.setattr(jobs, "start", lambda name, by: found.append((name, by)))
    return found


def client_of(role, django_user_model):
    user = django_user_model.objects.create_user(f"the {role}", is_staff=True)
    user.groups.add(Group.objects.get(name=role))
    client = Client()
    client.force_login(user)
    return client


def test_owners_maintain_editors_check_links_and_assistants_do_neither(django_user_model, backup_file, started):
    answers = {}
    for role in ("Owner", "Editor", "Assistant"):
        client = client_of(role, django_user_model)
        found = [
            client.get(PAGE),
            client.get(f"{PAGE}news/"),
            client.get(f"{PAGE}backups/{backup_file.name}"),
            client.get(f"{PAGE}jobs/backup/"),
            client.post(PAGE, {"job": "backup"}),
            client.get(f"{PAGE}jobs/links/"),
            client.post("/admin/health/", {"job": "links"}),
        ]
        answers[role] = [answer.status_code for answer in found]
        found[2].getvalue()  # closes the file

    assert answers == {
        "Owner": [200, 200, 200, 200, 302, 200, 302],
        "Editor": [403, 403, 403, 403, 403, 200, 302],
        "Assistant": [403, 403, 403, 403, 403, 403, 403],
    }
    assert started == [("backup", "the Owner"), ("links", "the Owner"), ("links", "the Editor")]


def test_the_admin_links_to_the_pages_that_a_user_may_see(editor_client, django_user_model):
    editor = client_of("Editor", django_user_model)

    pages = [client.get("/admin/").context["app_list"][-1]["models"] for client in (editor_client, editor)]

    assert [[page["name"] for page in found] for found in pages] == [
        ["Content check", "Reports", "Collaborators", "Maintenance"], ["Content check", "Reports", "Collaborators"],
    ]  # fmt: skip


def test_a_backup_is_downloaded_as_it_is_and_never_cached(editor_client, backup_file):
    page = editor_client.get(PAGE).content.decode()
    answer = editor_client.get(f"{PAGE}backups/{backup_file.name}")

    assert f'href="{PAGE}backups/{backup_file.name}"' in page
    assert "by Schedule" in page
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{backup_file.name}"'
    assert {"private", "no-store"} <= set(answer.headers["Cache-Control"].split(", "))
    assert b"".join(answer.streaming_content) == b"PK"


@pytest.mark.parametrize("name", ["..%2Fsecret_key", "%2E%2E%5Csecret_key", "nothing.zip", "..", "%2Fetc%2Fpasswd"])
def test_nothing_but_backups_can_be_downloaded_or_deleted(editor_client, backup_file, name):
    assert editor_client.get(f"{PAGE}backups/{name}").status_code == 404
    assert editor_client.post(PAGE, {"delete": "../secret_key"}).status_code == 404
    assert (backup_file.parent.parent / "secret_key").exists()


def test_a_deleted_backup_is_no_longer_counted_as_one(editor_client, backup_file):
    editor_client.post(PAGE, {"delete": backup_file.name})

    assert not backup_file.exists()
    assert not BackupRecord.objects.exists()


def test_a_running_job_is_shown_with_its_progress(editor_client, data_folder):
    with jobs.lock("backup"):
        progress = jobs.Progress("backup", "editor")
        progress.status.began_at = datetime(2026, 1, 1, tzinfo=UTC)
        for _ in progress.bar(["a"] * 4, desc="Media", unit=" files"):
            page = editor_client.get(PAGE).content.decode()
            answer = editor_client.get(f"{PAGE}jobs/backup/").json()
            break

    assert f'data-job="{PAGE}jobs/backup/"' in page
    assert '<progress aria-label="Progress" value="0" max="4">' in page
    assert answer == {"running": True, "text": "Media: 0 of 4 files", "done": 0, "total": 4}
    assert "It was interrupted. Start it again." in editor_client.get(PAGE).content.decode()


def test_a_failure_is_shown_on_the_page_and_on_the_dashboard(editor_client, data_folder):
    (data_folder / "backups").write_text("a file where the folder should be")

    assert jobs.run("backup", "editor").outcome == "failed"

    for address in (PAGE, "/admin/"):
        assert "File exists" in editor_client.get(address).content.decode()


def test_a_data_folder_that_cannot_be_written_is_reported(editor_client, data_folder):
    (data_folder / "jobs").write_text("a file where the folder should be")

    page = editor_client.post(PAGE, {"job": "backup"}, follow=True).content.decode()

    assert "The job cannot start: " in page


def test_a_schedule_is_saved_and_its_errors_stand_at_the_field(editor_client, data_folder):
    form = {"backup": "day", "links": "week", "feeds": "day", "hour": "4", "schedule": "Save"}

    refused = editor_client.post(PAGE, form | {"keep": "0"}).content.decode()
    assert not Schedule.objects.exists()
    page = editor_client.post(PAGE, form | {"keep": "5"}, follow=True).content.decode()

    assert "Ensure this value is greater than or equal to 1." in refused
    assert '<option value="4" selected>04:00</option>' in refused
    saved = Schedule.objects.get()
    assert (saved.backup, saved.links, saved.feeds, saved.keep) == ("day", "week", "day", 5)
    assert "Next backup: " in page
    assert "Next check of links: Sunday, " in page


def test_the_page_says_whether_anything_runs_the_schedule(editor_client, data_folder):
    assert "run_maintenance" not in editor_client.get(PAGE).content.decode()

    Schedule.objects.create(backup="day")
    assert "manage.py run_maintenance" in editor_client.get(PAGE).content.decode()

    schedule.record_check(datetime(2020, 5, 1, tzinfo=UTC))
    assert "Nothing has run the schedule since 1 May 2020" in editor_client.get(PAGE).content.decode()

    schedule.record_check(timezone.now())
    assert "run_maintenance" not in editor_client.get(PAGE).content.decode()


def test_the_page_names_the_version_and_what_is_new(editor_client, data_folder):
    page = editor_client.get(PAGE).content.decode()
    news = editor_client.get(f"{PAGE}news/").content.decode()

    assert f"This site runs version {version.version()}." in page
    assert version.version().startswith("0.")
    assert news.count("<h2>") == 1
    assert "<h3>Added</h3>" in news


@pytest.mark.parametrize("is_packed", [True, False])
def test_the_commit_of_a_checkout_is_read_without_git(tmp_path, settings, is_packed):
    settings.BASE_DIR, hash_ = tmp_path, "0123456789" * 4
    heads = tmp_path / ".git" / "refs" / "heads"
    heads.mkdir(parents=True)
    (tmp_path / ".git" / "HEAD").write_text("ref: refs/heads/main\n")
    (tmp_path / ".git" / "packed-refs").write_text(f"# pack-refs\n{hash_} refs/heads/main\n" if is_packed else "")
    if not is_packed:
        (heads / "main").write_text(f"{hash_}\n")

    assert version.commit() == hash_


def test_the_update_commands_fit_the_installation(tmp_path, settings, monkeypatch):
    settings.BASE_DIR = tmp_path
    mark, cgroup = tmp_path / "mark", tmp_path / "cgroup"
    monkeypatch.setattr(version, "CONTAINER_MARKS", (mark,))
    monkeypatch.setattr(version, "CGROUP", cgroup)

    copied = version.update_commands()
    mark.touch()
    container = version.update_commands()
    (tmp_path / ".git").mkdir()
    checkout = version.update_commands()
    cgroup.write_text("0::/system.slice/academic-site.service\n")
    service = version.update_commands()

    assert (copied[0].count("git pull"), copied[1].endswith("manage.py quickstart")) == (0, True)
    assert container == ["git pull", "docker compose up -d --build"]
    assert checkout[0].startswith(f"cd {tmp_path} && git pull && ")
    assert service == [checkout[0], "systemctl restart academic-site.service"]


def test_a_job_runs_once_at_a_time(data_folder):
    with jobs.lock("links"), pytest.raises(jobs.AlreadyRunningError):
        jobs.run("links", "editor")


def test_an_unreadable_record_of_a_job_is_ignored(editor_client, data_folder):
    (data_folder / "jobs").mkdir()
    for text in ("{", "[]", json.dumps({"began_at": "yesterday"}), "{}"):
        (data_folder / "jobs" / "backup.json").write_text(text)

        assert jobs.status("backup") is None


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such permissions")
def test_only_the_sites_user_may_read_backups_and_jobs(data_folder):
    jobs.run("links", "editor")

    assert (data_folder / "jobs").stat().st_mode & 0o777 == 0o700
