"""The admin's page “Maintenance”: backups and their schedule, the check of links, and the version."""

import os
import sys
from collections import namedtuple
from datetime import UTC, datetime
from pathlib import Path

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Max, Q
from django.http import FileResponse, Http404, HttpResponseRedirect, JsonResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone

from config.upkeep.backups.create import BEFORE_UPGRADE
from config.upkeep.maintenance import jobs, schedule, version
from profiles.files.storage import storage_message
from profiles.models import BackupRecord, LinkCheck, Schedule

# A backup contains drafts and password hashes. Editors may check links, too.
PERMISSIONS = {
    "backup": "auth.change_user",
    "links": "publications.publish_publication",
    "feeds": "profiles.change_followedfeed",
}
# A command without these would work on another site than the server.
ENVIRONMENT = ("DATA_DIR", "DATABASE_URL", "MEDIA_STORAGE_URL", "SECRET_KEY", "SITE_URL", "TIME_ZONE")

StoredBackup = namedtuple("StoredBackup", "name created_at size created_by")


class ScheduleForm(forms.ModelForm):
    class Meta:
        model = Schedule
        fields = ["backup", "keep", "links", "feeds", "hour"]


def can_maintain(user):
    return user.has_perm(PERMISSIONS["backup"])


def maintenance(request):
    """Show the page. A POST starts a job, deletes a backup or saves the schedule."""
    if not can_maintain(request.user):
        raise PermissionDenied
    form = ScheduleForm(request.POST if "schedule" in request.POST else None, instance=Schedule.objects.current())
    if request.method == "POST" and (section := _post(request, form)) is not None:
        return HttpResponseRedirect(f"{reverse('admin:maintenance')}{section}")
    now, last_check = timezone.now(), schedule.last_check()
    context = {
        **admin.site.each_context(request),
        "title": "Maintenance",
        "backups": stored_backups(),
        "folder": jobs.backup_folder(),
        "status": jobs.status("backup"),
        "link_checks": link_checks(request.user),
        "form": form,
        "planned": planned(Schedule.objects.current(), now),
        "last_check": last_check,
        "is_checked": last_check is not None and now - last_check < schedule.LONGEST_PAUSE,
        "cron_line": cron_line(),
        "environment": [name for name in ENVIRONMENT if name in os.environ],
        "version": version.version(),
        "has_news": bool(version.news()),
        "update_commands": version.update_commands(),
    }
    return TemplateResponse(request, "admin/upkeep/maintenance.html", context)


def _post(request, form):
    """Do what was posted. Return the section of the page to show then, or None to show the form's errors."""
    if "schedule" in request.POST:
        if not form.is_valid():
            return None
        form.save()
        messages.success(request, "Schedule saved.")
    elif name := request.POST.get("delete"):
        delete_backup(request, name)
    elif (name := request.POST.get("job")) in PERMISSIONS and start_job(request, name):
        return f"#{name}"
    return ""


def start_job(request, name):
    """Start a job in the background; return whether it runs. Otherwise a message says why not."""
    if not request.user.has_perm(PERMISSIONS[name]):
        raise PermissionDenied
    try:
        jobs.start(name, request.user.get_username())
    except OSError as error:
        messages.error(request, storage_message(error) or f"The job cannot start: {error}")
        return False
    return True


def job(request, name):
    """Return how far a job is, as JSON."""
    if name not in PERMISSIONS:
        raise Http404
    if not request.user.has_perm(PERMISSIONS[name]):
        raise PermissionDenied
    status = jobs.status(name)
    if status is None:
        return JsonResponse({"running": False})
    return JsonResponse({"running": status.is_running, "text": status.text, "done": status.done, "total": status.total})


def stored_backups():
    """Return the StoredBackups in the data folder, newest first."""
    authors = dict(BackupRecord.objects.order_by("pk").values_list("file", "created_by"))
    found = []
    try:
        paths = [path for path in jobs.backup_folder().iterdir() if path.suffix == ".zip" and path.is_file()]
    except OSError:  # there is no backup yet
        return []
    for path in paths:
        facts = path.stat()
        by = "Upgrade" if path.name.startswith(f"{BEFORE_UPGRADE}-") else authors.get(path.name, "")
        found.append(StoredBackup(path.name, datetime.fromtimestamp(facts.st_mtime, UTC), facts.st_size, by))
    return sorted(found, key=lambda backup: backup.created_at, reverse=True)


def path_of_backup(name):
    """Return the path of a backup in the list; anything else is not found."""
    if name not in {backup.name for backup in stored_backups()}:
        raise Http404("There is no such backup.")
    return jobs.backup_folder() / name


def download_backup(request, name):
    if not can_maintain(request.user):
        raise PermissionDenied
    try:
        return FileResponse(path_of_backup(name).open("rb"), as_attachment=True, filename=name)
    except OSError as error:
        raise Http404("There is no such backup.") from error


def delete_backup(request, name):
    try:
        path_of_backup(name).unlink(missing_ok=True)
    except OSError as error:
        messages.error(request, storage_message(error) or f"The backup cannot be deleted: {error}")
        return
    BackupRecord.objects.filter(file=name).delete()
    messages.success(request, f"{name} deleted.")


def link_checks(user):
    """Return what pages show of the last check of links; None if the user may not run one."""
    if not user.has_perm(PERMISSIONS["links"]):
        return None
    dead = Count("pk", filter=Q(dead_since__isnull=False))
    return {
        "status": jobs.status("links"),
        **LinkCheck.objects.aggregate(total=Count("pk"), dead=dead, checked_at=Max("checked_at")),
    }


def planned(current, now):
    """Return (what, when) of each job of the schedule."""
    titles = {"backup": "Next backup", "links": "Next check of links", "feeds": "Next reading of feeds"}
    moments = {name: schedule.next_moment(getattr(current, name), current.hour, now) for name in jobs.JOBS}
    return [(titles[name], moment) for name, moment in moments.items() if moment]


def cron_line():
    """Return a line for cron that runs the schedule."""
    python = Path(sys.prefix, "bin", "python")
    return f"0 * * * * cd {settings.BASE_DIR} && {python} manage.py run_maintenance"


def news(request):
    """Show the newest section of the changelog."""
    if not can_maintain(request.user):
        raise PermissionDenied
    text = version.news()
    if not text:
        raise Http404("This copy of the site has no changelog.")
    context = {
        **admin.site.each_context(request),
        "title": "What is new",
        "text": text,
        "version": version.version(),
    }
    return TemplateResponse(request, "admin/upkeep/news.html", context)
