"""The language and the direction of texts that differ from those of the pages, which are in English."""

import re

from django.utils.html import format_html, format_html_join

# Hebrew, Arabic, Syriac, Thaana and N’Ko.
RIGHT_TO_LEFT = re.compile(r"[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
RTL_LANGUAGES = {"ar", "arc", "ckb", "dv", "fa", "he", "ps", "sd", "syr", "ug", "ur", "yi"}
# Languages whose texts are not in ASCII: a title that is, is a translation or a transcription.
NOT_LATIN = RTL_LANGUAGES | {"be", "bg", "bn", "el", "hi", "hy", "ja", "ka", "ko", "mk", "ru", "ta", "th", "uk", "zh"}


def attributes(text, language):
    """Return the HTML attributes ``lang`` and ``dir`` of a text whose language is a BCP 47 tag, with a space before."""
    primary = language.partition("-")[0].lower()
    is_known = primary not in ("", "en") and not (primary in NOT_LATIN and text.isascii())
    found = [("lang", language)] if is_known else []
    if RIGHT_TO_LEFT.search(text):
        found.append(("dir", "rtl" if primary in RTL_LANGUAGES else "auto"))
    return format_html_join("", ' {}="{}"', found)


def isolated(html, text, language=""):
    """Return the HTML of a text in an element with its attributes, so that its direction affects nothing around it."""
    found = attributes(text, language)
    return format_html("<bdi{}>{}</bdi>", found, html) if found else html


def isolated_in_text(text):
    """Return a text between Unicode's isolates if it has letters that are written from right to left."""
    return f"\u2068{text}\u2069" if RIGHT_TO_LEFT.search(text) else text
