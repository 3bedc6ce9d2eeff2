"""Health checks for load balancers, containers and monitoring."""

import os
from functools import cache

from django.conf import settings
from django.db import Error, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpResponse
from django.views.generic import View


def probe_response(status, text):
    response = HttpResponse(f"{text}\n", status=status, content_type="text/plain; charset=utf-8")
    response.headers["Cache-Control"] = "no-store"
    return response


class Alive(View):
    """200 while this process answers, whatever else fails: for probes that restart the process."""

    def get(self, request):
        return probe_response(200, "ok")


class Health(View):
    """200 if the site works, else 503 with the reason.

    Checks that the database answers, that no migration is missing, and that the data folders are writable.
    """

    def get(self, request):
        try:
            missing = migrations_on_disk() - set(MigrationRecorder(connection).applied_migrations())
        except Error:
            return probe_response(503, "The database does not answer.")
        if missing:
            return probe_response(503, "The database is older than the code: run “manage.py migrate”.")
        if not all(os.access(folder, os.W_OK | os.X_OK) for folder in self.get_folders()):
            return probe_response(503, "The data folder cannot be written.")
        return probe_response(200, "ok")

    def get_folders(self):
        if connection.vendor == "sqlite":
            yield settings.DATA_DIR
        if not settings.MEDIA_STORAGE_URL:
            yield settings.MEDIA_ROOT


@cache
def migrations_on_disk():
    return frozenset(MigrationLoader(None, ignore_no_migrations=True).graph.leaf_nodes())
