"""COinS: an OpenURL (Z39.88-2004, key/encoded-value) in the title of an empty element, for reference managers."""

from urllib.parse import urlencode

from publications.references import markup
from publications.references.highwire import pages

# The matrix and genre of a type; all others go as Dublin Core.
MATRICES = {
    "article-journal": ("journal", "article"),
    "article-magazine": ("journal", "article"),
    "article-newspaper": ("journal", "article"),
    "paper-conference": ("book", "proceeding"),
    "chapter": ("book", "bookitem"),
    "entry-encyclopedia": ("book", "bookitem"),
    "book": ("book", "book"),
    "collection": ("book", "book"),
    "report": ("book", "report"),
    "thesis": ("dissertation", ""),
    "patent": ("patent", ""),
}


def dumps(reference):
    """The value of the ``title`` attribute, not yet escaped for HTML."""
    matrix, genre = MATRICES.get(reference.type, ("dc", ""))
    title, first = markup.plain(reference.title), next(iter(reference.author), None)
    begin, end = pages(reference.page)
    found = [("rft_val_fmt", f"info:ofi/fmt:kev:mtx:{matrix}"), ("rft.genre", genre)]
    if matrix == "journal":
        found += [("rft.atitle", title), ("rft.jtitle", reference.container_title)]
        found += [("rft.stitle", reference.container_title_short), ("rft.issn", reference.issn)]
    elif genre in ("proceeding", "bookitem"):
        found += [("rft.atitle", title), ("rft.btitle", reference.container_title or reference.event_title)]
    elif matrix == "book":
        found += [("rft.btitle", title)]
    else:
        found += [("rft.title", title)]
    if matrix == "dc":
        found += [("rft.type", reference.type), ("rft.source", reference.container_title or reference.publisher)]
        found += [("rft.creator", str(name)) for name in reference.author]
        found += [("rft.identifier", reference.doi and f"doi:{reference.doi}"), ("rft.language", reference.language)]
    else:
        if first and first.family:
            found += [("rft.aulast", first.family), ("rft.aufirst", first.given)]
        found += [("rft.au", str(name)) for name in reference.author]
        found += [("rft.volume", reference.volume), ("rft.issue", reference.issue)]
        found += [("rft.spage", begin), ("rft.epage", end), ("rft.pages", reference.page)]
        found += [("rft.isbn", reference.isbn), ("rft.edition", reference.edition)]
        found += [("rft.inst" if matrix == "dissertation" else "rft.pub", reference.publisher)]
        found += [("rft.place", reference.publisher_place)]
    found += [("rft.date", reference.issued.iso), ("rft_id", reference.doi and f"info:doi/{reference.doi}")]
    found += [("rft_id", reference.pmid and f"info:pmid/{reference.pmid}"), ("rft_id", reference.url)]
    found = [("url_ver", "Z39.88-2004"), ("ctx_ver", "Z39.88-2004"), *found]
    return urlencode([(name, value) for name, value in found if value])
