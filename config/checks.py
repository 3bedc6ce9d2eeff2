"""Misconfiguration, told by ``manage.py check`` and at every start."""

import re
from importlib.util import find_spec
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import Error, Warning, register
from django.urls import URLPattern, get_resolver

from profiles.content import storage
from publications import citations


@register
def secret_key_is_set(app_configs, **kwargs):
    # Not through settings.SECRET_KEY, which raises when it is empty.
    if settings._wrapped.SECRET_KEY:  # noqa: SLF001
        return []
    return [
        Error(
            "There is no secret key.",
            hint=f"Run “manage.py quickstart”, which makes {settings.SECRET_KEY_FILE}, or set SECRET_KEY.",
            id="config.E001",
        )
    ]


@register
def site_url_is_an_address(app_configs, **kwargs):
    if not settings.SITE_URL:
        return []
    parts = urlsplit(settings.SITE_URL)
    if parts.scheme in ("http", "https") and parts.hostname and not (parts.path or parts.query or parts.fragment):
        return []
    return [
        Error(
            f"SITE_URL is “{settings.SITE_URL}”, which is not the address of a site.",
            hint="Write scheme and host alone, as in SITE_URL=https://ada.example.org.",
            id="config.E002",
        )
    ]


def first_parts(patterns):
    """The first part of each address of the site; patterns for the rest of them are no part of it."""
    for pattern in patterns:
        first, slash, _ = str(pattern.pattern).partition("/")
        if first and (slash or isinstance(pattern, URLPattern)):
            yield first
        elif not isinstance(pattern, URLPattern):
            yield from first_parts(pattern.url_patterns)


@register
def admin_path_is_free(app_configs, **kwargs):
    hint = "Write one word of letters, digits, “-” and “_” that no other address begins with, as in ADMIN_PATH=desk."
    path = settings.ADMIN_PATH
    if not re.fullmatch(r"[A-Za-z0-9_-]+", path):
        message = f"ADMIN_PATH is “{path}”, which is no part of an address." if path else "ADMIN_PATH is empty."
        return [Error(message, hint=hint, id="config.E005")]
    taken = [*first_parts(get_resolver().url_patterns), settings.STATIC_URL.strip("/"), settings.MEDIA_URL.strip("/")]
    if taken.count(path) > 1:  # besides the admin itself
        return [Error(f"ADMIN_PATH is “{path}”, where the site has other pages.", hint=hint, id="config.E006")]
    return []


@register
def media_storage_can_be_used(app_configs, **kwargs):
    if not settings.MEDIA_STORAGE_URL:
        return []
    try:
        storage.options_of(settings.MEDIA_STORAGE_URL)
    except ValueError as error:
        message = f"MEDIA_STORAGE_URL cannot be used: {error}."
        return [Error(message, hint=storage.SHAPE, id="config.E003")]
    if not (find_spec("storages") and find_spec("boto3")):
        return [
            Error(
                "MEDIA_STORAGE_URL is set, but what speaks with such a store is not installed.",
                hint="Run: pip install 'django-storages[s3]'",
                id="config.E004",
            )
        ]
    return []


@register
def log_format_is_one(app_configs, **kwargs):
    if settings.LOG_FORMAT in ("line", "json"):
        return []
    message = f"LOG_FORMAT is “{settings.LOG_FORMAT}”, which is no format; the log is in lines."
    return [Warning(message, hint="Set LOG_FORMAT to line or json.", id="config.W010")]


@register
def sentry_can_be_told(app_configs, **kwargs):
    if not settings.SENTRY_DSN:
        return []
    if not find_spec("sentry_sdk"):
        message = "SENTRY_DSN is set, but what speaks with Sentry is not installed; nothing is told to it."
        return [Error(message, hint="Run: pip install sentry-sdk", id="config.E010")]
    parts = urlsplit(settings.SENTRY_DSN)
    if parts.scheme in ("http", "https") and parts.username and parts.hostname and parts.path.strip("/").isdigit():
        return []
    hint = "It looks like https://KEY@host/1; your project's settings at Sentry have it."
    return [Error("SENTRY_DSN is not the address of a project.", hint=hint, id="config.E011")]


@register
def citation_styles_can_be_used(app_configs, **kwargs):
    if not citations.pandoc():
        return [
            Warning(
                "pandoc is not installed, so no formatted citations are offered.",
                hint="Install pypandoc-binary, as requirements.txt has it, where there is one for this machine.",
                id="config.W001",
            )
        ]
    found = []
    for path in citations.own_styles():
        try:
            citations.own_style(path, path.stat().st_mtime_ns)
        except citations.StyleError as error:
            found.append(Warning(str(error), hint="The style is not offered until then.", id="config.W002"))
    return found
