"""The handlers of error pages (see handler400 and the others in config/urls.py)."""

import sys

from django.core.exceptions import BadRequest
from django.db import InterfaceError, OperationalError
from django.shortcuts import render

from profiles.content.storage import trouble


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
    """500; 503 if the database does not answer; 507 if the disk is full or read-only. Uses neither of them."""
    error = sys.exc_info()[1]
    storage_message = trouble(error)
    is_database_down = not storage_message and isinstance(error, OperationalError | InterfaceError)
    status = 507 if storage_message else 503 if is_database_down else 500
    context = {"is_database_down": is_database_down, "storage_message": storage_message}
    response = render(None, "500.html", context, status=status)
    response.headers["Cache-Control"] = "no-store"
    if is_database_down:
        response.headers["Retry-After"] = "10"
    return response
