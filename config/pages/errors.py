"""Error pages (handler400 and the others in config/urls.py), and health probes for load balancers and monitoring."""

import os
import shutil
import sys
from functools import cache

from django.conf import settings
from django.core.exceptions import BadRequest
from django.db import Error, InterfaceError, OperationalError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from config.web import database_file
from profiles.files.storage import storage_message

MIN_FREE = 2**20  # bytes on a disk, with less of which the next save may fail


def bad_request(request, exception):
    # Only the message of a BadRequest is written for visitors.
    reason = exception if isinstance(exception, BadRequest) else None
    return render(request, "400.html", {"reason": message_of(reason)}, status=400)


def page_not_found(request, exception):
    return render(request, "404.html", {"reason": message_of(exception)}, status=404)


def message_of(exception):
    """Return the message of an exception, or "" (that of an unresolved address is a dict)."""
    return next((arg for arg in getattr(exception, "args", ()) if isinstance(arg, str)), "")


def server_error(request):
    """Answer 500, 503 if the database does not answer, or 507 if the disk is full. Needs neither database nor disk."""
    error = sys.exc_info()[1]
    message = storage_message(error)
    is_database_down = not message and isinstance(error, OperationalError | InterfaceError)
    status = 507 if message else 503 if is_database_down else 500
    context = {"is_database_down": is_database_down, "storage_message": message, "status": status}
    response = render(None, "500.html", context, status=status)
    response.headers["Cache-Control"] = "no-store"
    if is_database_down:
        response.headers["Retry-After"] = "10"
    return response


@require_safe
def alive(request):
    """Answer 200 as long as this process works, even without a database: for probes that restart the process."""
    return probe_response("")


@require_safe
def health(request):
    """Answer 200 if the database answers, no migration is missing and the data folders can be written to; else 503."""
    if problem := database_file.problem():
        return probe_response(problem)
    folders = [settings.DATA_DIR] if connection.vendor == "sqlite" else []
    if not settings.MEDIA_STORAGE_URL:
        folders.append(settings.MEDIA_ROOT)
    try:
        if migrations_on_disk() - set(MigrationRecorder(connection).applied_migrations()):
            return probe_response("The database is older than the code: run “manage.py migrate”.")
    except Error:
        return probe_response("The database does not answer.")
    if not all(os.access(folder, os.W_OK | os.X_OK) for folder in folders):
        return probe_response("The data folder cannot be written.")
    if any(shutil.disk_usage(folder).free < MIN_FREE for folder in folders):
        return probe_response("The disk is full.")
    return probe_response("")


def probe_response(problem):
    headers = {"Content-Type": "text/plain; charset=utf-8", "Cache-Control": "no-store"}
    return HttpResponse(f"{problem or 'ok'}\n", status=503 if problem else 200, headers=headers)


@cache
def migrations_on_disk():
    return frozenset(MigrationLoader(None, ignore_no_migrations=True).graph.leaf_nodes())
