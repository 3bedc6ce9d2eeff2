"""Addresses: whole ones of the site's own pages, and those elsewhere that somebody typed."""

import re
import unicodedata
from urllib.parse import urlsplit

from django.conf import settings

LEADS = re.compile(r"(?:https?://|mailto:)", re.IGNORECASE)
# A text that a reader takes for an address: "https://example.org/a", "www.example.de", "example.org".
NAMED_HOST = re.compile(
    r"\s*(?:https?://(?:www\.)?|www\.|(?=[\w.-]+\.(?:com|edu|eu|gov|info|int|io|net|org)\b))([\w.-]+\.\w{2,})"
    r"(?:[/:?#].*)?\s*",
    re.IGNORECASE | re.DOTALL,
)
LOOKALIKE = {"ARMENIAN", "CHEROKEE", "COPTIC", "CYRILLIC", "GREEK"}  # scripts with letters that look like Latin ones


def absolute(request, path):
    """The whole address of a path on this site: under SITE_URL where that is set, else where the request came to."""
    if settings.SITE_URL or request is None:
        return f"{settings.SITE_URL}{path}"
    return request.build_absolute_uri(path)


def leading(address):
    """An address of the web or of a mailbox; "" for any other, which might run something (javascript:)."""
    return address if LEADS.match(address) else ""


def true_host(address, text=""):
    """The host that an address leads to, in ASCII, where a reader may take it for another one; else "".

    That is where its letters look like those of another, or where the text of the link names another.
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
