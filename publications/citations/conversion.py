"""HTML as a document of another format, made by pandoc, which runs as a separate program."""

import logging
import os
import re
import subprocess
from functools import cache

from profiles.content.patterns import FORBIDDEN
from publications.references.values import maths

logger = logging.getLogger(__name__)

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
SECONDS = 30
LONGEST = 5_000_000  # characters of HTML
MEMORY = "-M1g"  # of pandoc's runtime
ACCENT = re.compile(r"(?<=>)[^<>^_](?=</mo></mover>)")


class ConversionError(Exception):
    """Says that pandoc could not make a document."""


@cache
def pandoc():
    """Return the path of pandoc, None if it is not installed."""
    try:
        import pypandoc  # noqa: PLC0415 (not available for every platform)

        return pypandoc.get_pandoc_path()
    except (ImportError, OSError):
        return None


def convert(html, *arguments, changed):
    """Return the bytes of a document that pandoc makes from HTML. They are the same for the same HTML.

    ``changed`` is the moment that the document names as that of its making. Raise ConversionError.

    pandoc's reader of HTML passes no markup of the target format through, and MathML becomes formulas. In its sandbox,
    it reads no files but those that the arguments name, and nothing from the network.
    """
    if len(html) > LONGEST:
        raise ConversionError(f"The document has more than {LONGEST:,} characters.")
    html = FORBIDDEN.sub("", html)  # XML and TeX have no control characters
    command = [pandoc(), "+RTS", MEMORY, "-RTS", "--sandbox", "--from=html", "--output=-", *arguments]
    environment = {**os.environ, "SOURCE_DATE_EPOCH": str(int(changed.timestamp()))}
    try:
        return subprocess.run(  # noqa: S603 (no shell, and no argument from outside)
            command, input=_for_pandoc(html).encode(), capture_output=True, timeout=SECONDS, check=True, env=environment
        ).stdout
    except (OSError, subprocess.SubprocessError) as error:
        logger.exception("pandoc could not make a document.")
        raise ConversionError("pandoc could not make the document.") from error


def _for_pandoc(html):
    """Return HTML with formulas as pandoc reads them: binomials, and combining characters as accents."""
    html = html.replace('<mfrac linethickness="0">', '<mfrac linethickness="0em">')
    return ACCENT.sub(lambda sign: maths.ACCENTS.get(sign[0]) or sign[0], html)
