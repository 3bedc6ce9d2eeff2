"""Faults told to Sentry, or to what speaks as it does, where SENTRY_DSN says so: what went wrong, and nobody's data."""

import sentry_sdk
from django.conf import settings
from sentry_sdk.integrations.django import DjangoIntegration
from sentry_sdk.integrations.logging import ignore_logger

from config.web.logs import discreet


def begin():
    sentry_sdk.init(
        settings.SENTRY_DSN,
        send_default_pii=False,
        include_local_variables=False,
        max_request_body_size="never",
        max_breadcrumbs=0,
        auto_session_tracking=False,
        auto_enabling_integrations=False,
        integrations=[DjangoIntegration(middleware_spans=False, signals_spans=False)],
        before_send=stripped,
    )
    ignore_logger("django.security.*")  # the asker's fault


def stripped(event, hint):
    """The event without who asked, from where, and for what; its texts as they would be logged."""
    for name in ("user", "server_name", "extra", "breadcrumbs"):
        event.pop(name, None)
    if request := event.get("request"):
        event["request"] = {"method": request.get("method"), "url": discreet(request.get("url", ""))}
    if "transaction" in event:
        event["transaction"] = discreet(event["transaction"])
    if entry := event.get("logentry"):
        event["logentry"] = {"message": discreet(entry.get("formatted") or entry.get("message") or "")}
    for error in event.get("exception", {}).get("values", []):
        error["value"] = discreet(str(error.get("value", "")))
    return event
