"""Whether a PDF is tagged: screen readers find headings, lists and the reading order by its tags."""

import re
import zlib
from itertools import islice

MAX_SIZE = 100 * 2**20  # bytes of a file that is read
MAX_STREAMS = 500
MAX_STREAM = 2**20  # bytes
TREE, ENCRYPTED = b"/StructTreeRoot", b"/Encrypt"
# The beginning of a compressed stream with objects, which may have the catalogue of the PDF.
OBJECTS = re.compile(rb"/ObjStm.{0,300}?stream\r?\n", re.DOTALL)


def is_untagged(upload):
    """Return whether an uploaded file is a PDF without tags; False for one that is encrypted or very large."""
    if not upload.name.lower().endswith(".pdf") or upload.size > MAX_SIZE:
        return False
    upload.seek(0)
    content = upload.read()
    upload.seek(0)
    return ENCRYPTED not in content and not _has_tags(content)


def _has_tags(content):
    if TREE in content:
        return True
    for found in islice(OBJECTS.finditer(content), MAX_STREAMS):
        try:
            stream = memoryview(content)[found.end() : found.end() + MAX_STREAM]
            if TREE in zlib.decompressobj().decompress(stream, MAX_STREAM):
                return True
        except zlib.error:
            continue
    return False
