"""URLs: absolute ones of the site, and links that somebody typed."""

import re
import unicodedata
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import URLPattern, get_script_prefix

PATH = re.compile(r"/(?![/\\])[^\s\\]*")
SAFE = re.compile(r"(?:https?://|mailto:)", re.IGNORECASE)
# A text that looks like an address: "https://example.org/a", "www.example.de", "example.org".
NAMED_HOST = re.compile(
    r"\s*(?:https?://(?:www\.)?|www\.|(?=[\w.-]+\.(?:com|edu|eu|gov|info|int|io|net|org)\b))([\w.-]+\.\w{2,})"
    r"(?:[/:?#].*)?\s*",
    re.IGNORECASE | re.DOTALL,
)
LOOKALIKE = {"ARMENIAN", "CHEROKEE", "COPTIC", "CYRILLIC", "GREEK"}  # scripts with letters that look like Latin ones


def absolute(request, path):
    """Return the absolute URL of a path on this site: at SITE_URL if that is set, else at the host of the request.

    The static export sets ``request.public_url``, because the exported site has another URL.
    """
    # In a request, the path includes that of SITE_URL.
    site = getattr(request, "public_url", settings.SITE_URL).removesuffix(get_script_prefix().rstrip("/"))
    return f"{site}{path}" if site or request is None else request.build_absolute_uri(path)


def on_site(address):
    """Return a path on this site ("/join-us/") with the path that the site is below; another address as it is."""
    prefix = get_script_prefix()
    is_path = PATH.fullmatch(address) and not f"{address}/".startswith(prefix)
    return f"{prefix}{address[1:]}" if is_path else address


def path_of(item):
    """Return the path of an object on this site, without the path that the site is below."""
    return f"/{item.get_absolute_url().removeprefix(get_script_prefix())}"


def safe_url(address):
    """Return an http, https or mailto URL, or "" for any other, such as javascript:, which might run code."""
    return address if SAFE.match(address) else ""


def true_host(address, text=""):
    """Return the host of a link in ASCII if a reader may take it for another one, else "".

    That is so if its letters look like those of another host, or if the text of the link names another host.
    """
    try:
        host = (urlsplit(address).hostname or "").removeprefix("www.")
        shown = host.encode("idna").decode()
        letters = shown.encode().decode("idna") if "xn--" in shown else ""
    except ValueError:
        return ""
    named = NAMED_HOST.fullmatch(text)
    is_another = named is not None and not f".{host}".endswith(f".{named[1].lower()}")
    scripts = {unicodedata.name(letter, "").partition(" ")[0] for letter in letters if letter.isalpha()}
    return shown if is_another or ("LATIN" in scripts and not scripts.isdisjoint(LOOKALIKE)) else ""


def first_path_segments(patterns):
    """Yield the first path segment of each URL pattern of the site."""
    for pattern in patterns:
        first, slash, _ = str(pattern.pattern).partition("/")
        if first and (slash or isinstance(pattern, URLPattern)):
            yield first
        elif not isinstance(pattern, URLPattern):
            yield from first_path_segments(pattern.url_patterns)
