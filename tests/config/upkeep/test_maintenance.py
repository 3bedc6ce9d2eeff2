"""When the jobs of the schedule run, and jobs in processes of their own."""

import shutil
import zipfile
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import httpx
import pytest
from django.core.management import CommandError, call_command

from config.upkeep.maintenance import schedule
from profiles.models import Schedule
from tests.config.upkeep.conftest import Site
from tests.running import served, wait_until

MONDAY = datetime(2023, 11, 6, tzinfo=UTC)


def planned(changed_at=MONDAY, **fields):
    made = Schedule.objects.create(**{"backup": "day", "hour": 3, **fields})
    Schedule.objects.update(changed_at=changed_at)
    return made


@pytest.mark.django_db
def test_a_daily_job_is_due_once_a_day_from_its_hour_on():
    planned()

    claimed = [schedule.claim_due(MONDAY + timedelta(hours=hours)) for hours in range(52)]

    assert [hours for hours, names in enumerate(claimed) if names] == [3, 27, 51]
    assert claimed[3] == ["backup"]


@pytest.mark.django_db
def test_a_weekly_job_is_due_on_sundays():
    planned(backup="off", links="week")

    days = [day for day in range(21) if schedule.claim_due(MONDAY + timedelta(days=day, hours=12))]

    assert days == [6, 13, 20]


@pytest.mark.django_db
def test_a_missed_job_runs_later_but_only_once():
    planned()

    claimed = [schedule.claim_due(MONDAY + timedelta(days=5, hours=hours)) for hours in (9, 10)]

    assert claimed == [["backup"], []]


@pytest.mark.django_db
def test_nothing_is_due_without_a_schedule_or_before_its_first_moment():
    assert schedule.claim_due(MONDAY) == []

    planned(changed_at=MONDAY + timedelta(hours=4))

    assert schedule.claim_due(MONDAY + timedelta(hours=5)) == []
    assert schedule.claim_due(MONDAY + timedelta(days=1, hours=5)) == ["backup"]


@pytest.mark.django_db
def test_of_two_processes_one_runs_the_job(monkeypatch):
    stale = planned()
    now = MONDAY + timedelta(hours=3)
    assert schedule.claim_due(now) == ["backup"]

    stale.changed_at = MONDAY
    monkeypatch.setattr(Schedule.objects, "first", lambda: stale)  # read before the other process claimed the job

    assert schedule.claim_due(now) == []


@pytest.mark.django_db
def test_the_hour_is_of_the_sites_time_zone_also_when_clocks_change(settings):
    settings.TIME_ZONE = "Europe/Berlin"
    summer_time_ends = datetime(2026, 10, 25, 12, tzinfo=ZoneInfo("Europe/Berlin"))

    last = schedule.last_moment("day", 3, summer_time_ends)

    assert last.astimezone(UTC) == datetime(2026, 10, 25, 2, tzinfo=UTC)
    assert schedule.last_moment("day", 3, summer_time_ends - timedelta(days=1)).astimezone(UTC).hour == 1
    assert schedule.next_moment("week", 3, summer_time_ends) == last + timedelta(days=7)


@pytest.mark.django_db
def test_a_command_runs_what_is_due_and_nothing_else(capsys, tmp_path, settings):
    settings.DATA_DIR = tmp_path

    call_command("run_maintenance")
    assert capsys.readouterr().out == ""
    assert schedule.last_check() is not None

    planned(backup="off", links="day")
    call_command("run_maintenance")
    call_command("run_maintenance")
    assert capsys.readouterr().out == "links: 0 alive, 0 dead.\n"
    assert Schedule.objects.get().links_began_at is not None

    with pytest.raises(CommandError, match="There is no job “coffee”"):
        call_command("run_maintenance", "coffee")


LOGIN = """
from django.contrib.auth import get_user_model
from django.test import Client
client = Client()
client.force_login(get_user_model().objects.get(is_superuser=True))
print(client.cookies["sessionid"].value)
"""


@pytest.mark.slow
def test_a_backup_that_was_created_in_the_admin_restores_the_site(origin, copy, tmp_path):
    site = copy()
    key = site.shell(LOGIN).stdout.strip()
    with served(site.folder, "--no-backup", SECRET_KEY="only-for-tests") as get:
        client = browser(get.address, key)
        page = client.get("/admin/maintenance/").text
        token = page.partition('name="csrfmiddlewaretoken" value="')[2].partition('"')[0]

        answer = client.post("/admin/maintenance/", data={"job": "backup", "csrfmiddlewaretoken": token})
        wait_until(lambda: not client.get("/admin/maintenance/jobs/backup/").json()["running"])
        page = client.get("/admin/maintenance/").text
        address = page.partition('<a href="/admin/maintenance/backups/')[2].partition('"')[0]
        (tmp_path / "got.zip").write_bytes(client.get(f"/admin/maintenance/backups/{address}").content)
        client.close()

    assert answer.headers["Location"] == "/admin/maintenance/#backup"
    assert "by editor" in page
    with zipfile.ZipFile(tmp_path / "got.zip") as archive:
        assert archive.testzip() is None
    restored = Site(tmp_path / "restored")
    restored.manage("restore", tmp_path / "got.zip")
    assert (restored.rows(), restored.files()) == (site.rows(), site.files())
    assert restored.files() == origin.files()


def browser(address, key):
    headers = {"Referer": f"{address}/admin/"}
    return httpx.Client(base_url=address, cookies={"sessionid": key}, headers=headers, timeout=600, trust_env=False)


@pytest.mark.slow
def test_the_server_runs_the_schedule_as_long_as_it_runs(empty_site, tmp_path):
    folder = shutil.copytree(empty_site, tmp_path / "var")

    # ``served`` waits at its end until all processes have closed the log.
    with served(folder, "--no-backup", SECRET_KEY="x") as get:
        wait_until((folder / "jobs" / "schedule").exists)

    assert get.errors == ""
