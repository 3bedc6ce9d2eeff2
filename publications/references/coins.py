"""COinS: an OpenURL in the title of an empty element, which reference managers find in a page. Written only.

Source: Z39.88-2004 in its key/encoded-value form.
"""

from urllib.parse import urlencode

from publications.references import markup

label = "COinS"

# The OpenURL format and genre of each type. Other types are written as Dublin Core.
FORMATS = {
    **dict.fromkeys(["article-journal", "article-magazine", "article-newspaper"], ("journal", "article")),
    "paper-conference": ("book", "proceeding"),
    **dict.fromkeys(["chapter", "entry-encyclopedia"], ("book", "bookitem")),
    **dict.fromkeys(["book", "collection"], ("book", "book")),
    "report": ("book", "report"),
    "thesis": ("dissertation", ""),
    "patent": ("patent", ""),
}


def dumps(reference):
    """Return the value of the ``title`` attribute, not escaped for HTML."""
    format_, genre = FORMATS.get(reference.type, ("dc", ""))
    title, container = markup.plain(reference.title), reference.container_title
    start, end = reference.first_and_last_page
    found = [("rft_val_fmt", f"info:ofi/fmt:kev:mtx:{format_}"), ("rft.genre", genre)]
    if format_ == "journal":
        found += [("rft.atitle", title), ("rft.jtitle", container)]
        found += [("rft.stitle", reference.container_title_short), ("rft.issn", reference.issn)]
    elif genre in ("proceeding", "bookitem"):
        found += [("rft.atitle", title), ("rft.btitle", container or reference.event_title)]
    else:
        found += [("rft.btitle" if format_ == "book" else "rft.title", title)]
    if format_ == "dc":
        found += [("rft.type", reference.type), ("rft.source", container or reference.publisher)]
        found += [("rft.creator", str(name)) for name in reference.author]
        found += [("rft.identifier", reference.doi and f"doi:{reference.doi}"), ("rft.language", reference.language)]
    else:
        for name in reference.author[:1]:
            found += [("rft.aulast", name.family), ("rft.aufirst", name.family and name.given)]
        found += [("rft.au", str(name)) for name in reference.author]
        found += [("rft.volume", reference.volume), ("rft.issue", reference.issue)]
        found += [("rft.spage", start), ("rft.epage", end), ("rft.pages", reference.page)]
        found += [("rft.isbn", reference.isbn), ("rft.edition", reference.edition)]
        found += [("rft.inst" if format_ == "dissertation" else "rft.pub", reference.publisher)]
        found += [("rft.place", reference.publisher_place)]
    found += [("rft.date", reference.issued.iso), ("rft_id", reference.doi and f"info:doi/{reference.doi}")]
    found += [("rft_id", reference.pmid and f"info:pmid/{reference.pmid}"), ("rft_id", reference.url)]
    found = [("url_ver", "Z39.88-2004"), ("ctx_ver", "Z39.88-2004"), *found]
    return urlencode([(name, value) for name, value in found if value])
