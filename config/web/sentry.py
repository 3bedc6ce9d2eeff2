"""Reports errors to Sentry, or a service with the same API, if SENTRY_DSN is set; without personal data."""

import sentry_sdk
from django.conf import settings
from sentry_sdk.integrations.django import DjangoIntegration
from sentry_sdk.integrations.logging import ignore_logger

from config.web.logs import anonymize


def start():
    sentry_sdk.init(
        settings.SENTRY_DSN,
        send_default_pii=False,
        include_local_variables=False,
        max_request_body_size="never",
        max_breadcrumbs=0,
        auto_session_tracking=False,
        auto_enabling_integrations=False,
        integrations=[DjangoIntegration(middleware_spans=False, signals_spans=False)],
        before_send=strip_personal_data,
    )
    ignore_logger("django.security.*")  # client errors


def strip_personal_data(event, hint):
    """Return the event without user, addresses, cookies and queries; its texts are anonymized as in the log."""
    for name in ("user", "server_name", "extra", "breadcrumbs"):
        event.pop(name, None)
    if request := event.get("request"):
        event["request"] = {"method": request.get("method"), "url": anonymize(request.get("url", ""))}
    if "transaction" in event:
        event["transaction"] = anonymize(event["transaction"])
    if entry := event.get("logentry"):
        event["logentry"] = {"message": anonymize(entry.get("formatted") or entry.get("message") or "")}
    for error in event.get("exception", {}).get("values", []):
        error["value"] = anonymize(str(error.get("value", "")))
    return event
