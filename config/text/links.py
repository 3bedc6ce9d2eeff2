"""The HTML of links to other sites and to mailboxes."""

from django.utils.html import format_html
from django.utils.safestring import mark_safe

from profiles.content import addresses


def external(url, rel=""):
    """Return the attributes of an external link: URL, ``rel``, and as title the host if it looks like another one.

    A URL with another scheme than http, https or mailto becomes empty.
    """
    host = addresses.true_host(url)
    return format_html(
        'href="{}" rel="{}"{}',
        addresses.safe_url(url), f"{rel} noopener".strip(), format_html(' title="{}"', host) if host else "",
    )  # fmt: skip


def obfuscated(text):
    """Return a text as character references, which simple address harvesters do not read."""
    return mark_safe("".join(f"&#{ord(letter)};" for letter in str(text)))


def mailto(address):
    """Return the ``mailto:`` URL of an e-mail address, percent-encoded and obfuscated."""
    return obfuscated("mailto:" + "".join(f"%{byte:02x}" for byte in address.encode()))
