"""System checks of the settings, run by ``manage.py check`` and at every start."""

import re
from importlib.util import find_spec
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import Error, Warning, register
from django.core.exceptions import ImproperlyConfigured
from django.urls import get_resolver

from profiles.content.addresses import first_path_segments
from publications.citations import conversion, styles

MEDIA_STORAGE_URL = re.compile(
    r"s3(\+http)?://([^:/@]+:[^:/@]+@)?([\w.-]*|\[[\da-f:.]+\])(:\d+)?/[\w.-]{3,63}(/[^?]*)?"
    r"(\?(&?(region=[\w-]+|addressing=(path|virtual)))+)?",
    re.ASCII,
)


@register
def check_secret_key(app_configs, **kwargs):
    try:
        settings.SECRET_KEY  # noqa: B018 (Django raises if it is empty)
    except ImproperlyConfigured:
        # quickstart has created the file after this process read its settings.
        if not settings.SECRET_KEY_FILE.exists():
            hint = f"Run “manage.py quickstart”, which creates {settings.SECRET_KEY_FILE}, or set SECRET_KEY."
            return [Error("There is no secret key.", hint=hint, id="config.E001")]
    return []


@register
def check_site_url(app_configs, **kwargs):
    if not settings.SITE_URL:
        return []
    parts = urlsplit(settings.SITE_URL)
    is_path = re.fullmatch(r"(?:/[\w.~-]+)*", parts.path, re.ASCII)
    if parts.scheme in ("http", "https") and parts.hostname and is_path and not (parts.query or parts.fragment):
        return []
    message = f"SITE_URL is “{settings.SITE_URL}”, which is not the address of a site."
    hint = "Write it as SITE_URL=https://ada.example.org, or https://example.org/~ada below a path."
    return [Error(message, hint=hint, id="config.E002")]


@register
def check_admin_path(app_configs, **kwargs):
    hint = "Write one word of letters, digits, “-” and “_” that no other page uses, for example ADMIN_PATH=desk."
    path = settings.ADMIN_PATH
    if not path:
        return [Error("ADMIN_PATH is empty.", hint=hint, id="config.E005")]
    if not re.fullmatch(r"[A-Za-z0-9_-]+", path):
        return [Error(f"ADMIN_PATH is “{path}”, which is not one word.", hint=hint, id="config.E005")]
    used = [*first_path_segments(get_resolver().url_patterns), "static"]
    if used.count(path) > 1:  # once for the admin itself
        return [Error(f"ADMIN_PATH is “{path}”, where the site has other pages.", hint=hint, id="config.E006")]
    return []


@register
def check_media_storage(app_configs, **kwargs):
    if not settings.MEDIA_STORAGE_URL:
        return []
    if not MEDIA_STORAGE_URL.fullmatch(settings.MEDIA_STORAGE_URL):
        hint = (
            "Write it as s3://KEY:SECRET@host/bucket?region=…, with a “/” in the secret as %2F; s3+http:// for a "
            "server without TLS; s3:///bucket for Amazon, with AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY."
        )
        return [Error("MEDIA_STORAGE_URL is not the address of an S3 bucket.", hint=hint, id="config.E003")]
    if not (find_spec("storages") and find_spec("boto3")):
        message = "MEDIA_STORAGE_URL is set, but django-storages is not installed."
        return [Error(message, hint="Run: pip install 'django-storages[s3]'", id="config.E004")]
    return []


@register
def check_log_format(app_configs, **kwargs):
    if settings.LOG_FORMAT in ("line", "json"):
        return []
    message = f"LOG_FORMAT is “{settings.LOG_FORMAT}”, which is not a log format; “line” is used."
    return [Warning(message, hint="Set LOG_FORMAT to line or json.", id="config.W010")]


@register
def check_sentry(app_configs, **kwargs):
    if not settings.SENTRY_DSN:
        return []
    if not find_spec("sentry_sdk"):
        message = "SENTRY_DSN is set, but sentry-sdk is not installed, so no errors are reported."
        return [Error(message, hint="Run: pip install sentry-sdk", id="config.E010")]
    parts = urlsplit(settings.SENTRY_DSN)
    if parts.scheme in ("http", "https") and parts.username and parts.hostname and parts.path.strip("/").isdigit():
        return []
    hint = "It looks like https://KEY@host/1; the settings of your project at Sentry show it."
    return [Error("SENTRY_DSN is not the address of a Sentry project.", hint=hint, id="config.E011")]


@register
def check_citation_styles(app_configs, **kwargs):
    if not conversion.pandoc():
        hint = "Install pypandoc-binary, as in requirements.txt, if there is one for this machine."
        message = "pandoc is not installed, so no formatted citations are offered, and CVs not as DOCX, LaTeX or text."
        return [Warning(message, hint=hint, id="config.W001")]
    found = []
    for path in styles.own_styles():
        try:
            styles.own_style(path)
        except styles.StyleError as error:
            found.append(Warning(str(error), hint="The style is not offered until it is fixed.", id="config.W002"))
    return found
