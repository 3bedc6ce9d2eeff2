"""COinS: an OpenURL in the title of an empty element, which reference managers find in a page. Written only.

Source: Z39.88-2004 in its key/encoded-value form, and Zotero, which takes its item type from "rft.type".
"""

from dataclasses import replace
from urllib.parse import urlencode

from publications.references.highwire import EDITED, ITEM_TYPES, inverted
from publications.references.reference import PERIODICALS
from publications.references.values import markup

label = "COinS"

# The OpenURL format and genre of each type, and the item type that Zotero gives them. Other types are written as Dublin
# Core, which Zotero takes for web pages.
ARTICLE = ("journal", "article", "journalArticle")
PART = ("book", "bookitem", "bookSection")
BOOK = ("book", "book", "book")
REPORT = ("book", "report", "report")
FORMATS = {
    **dict.fromkeys(PERIODICALS, ARTICLE),
    **dict.fromkeys(["chapter", "entry", "entry-dictionary", "entry-encyclopedia"], PART),
    **dict.fromkeys(["book", "classic", "collection", "pamphlet"], BOOK),
    **dict.fromkeys(["report", "standard"], REPORT),
    "paper-conference": ("book", "proceeding", "conferencePaper"),
    "thesis": ("dissertation", "", "thesis"),
    "patent": ("patent", "", "patent"),
}


def dumps(reference):
    """Return the value of the ``title`` attribute, not escaped for HTML."""
    format_, genre, item_type = FORMATS.get(reference.type, ("dc", "", "webpage"))
    start, end = reference.first_and_last_page
    arxiv_url = reference.arxiv_id and f"https://arxiv.org/abs/{reference.arxiv_id}"
    extra = {name: value for name, value in reference.extra.items() if isinstance(value, str)}
    found = [
        ("ctx_ver", "Z39.88-2004"),
        ("rft_val_fmt", f"info:ofi/fmt:kev:mtx:{format_}"),
        ("rft.genre", genre),
        *_titles(reference, format_, genre),
        *_names(reference, format_),
        ("rft.date", reference.issued.iso),
        ("rft.volume", reference.volume),
        ("rft.issue", reference.issue),
        ("rft.spage", start),
        ("rft.epage", end),
        ("rft.issn", reference.issn),
        ("rft.isbn", reference.isbn),
        ("rft.edition", reference.edition),
        ("rft.series", extra.get("collection-title")),
        ("rft.tpages", extra.get("number-of-pages")),
        ("rft.place", reference.publisher_place),
        ("rft.degree" if format_ == "dissertation" else "", reference.genre),
        ("rft.number" if format_ == "patent" else "", reference.number),
        ("rft_id", f"info:doi/{reference.doi}" if reference.doi else reference.url or arxiv_url),
        ("rft_id", reference.pmid and f"info:pmid/{reference.pmid}"),
        # Last: until then Zotero reads the titles as those of the format's own type.
        ("rft.type", ITEM_TYPES[reference.type] if ITEM_TYPES[reference.type] != item_type else ""),
    ]
    return urlencode([(name, value) for name, value in found if name and value], safe=":/,")


def _titles(reference, format_, genre):
    """Return the keys of the title, of what the work is part of, and of its publisher."""
    title, container = markup.plain(reference.title), markup.plain(reference.container_title)
    publisher = reference.publisher
    match format_:
        case "journal":
            return [("rft.atitle", title), ("rft.jtitle", container), ("rft.stitle", reference.container_title_short)]
        case "dissertation":
            return [("rft.title", title), ("rft.inst", publisher)]
        case "patent":
            return [("rft.title", title), ("rft.assignee", publisher)]
        case "dc":
            return [("rft.title", title), ("rft.source", container), ("rft.publisher", publisher)]
    if genre in ("proceeding", "bookitem"):
        book = container or reference.event_title
        return [("rft.atitle", title), ("rft.btitle", book), ("rft.pub", publisher)]
    return [("rft.btitle", title), ("rft.pub", publisher)]


def _names(reference, format_):
    """Return the keys of the authors and editors. The editors of a book without authors are named like authors."""
    is_edited = reference.type in EDITED and not reference.author
    person = {"dc": "rft.creator", "patent": "rft.inventor"}.get(format_, "rft.au")
    roles = [(person, "rft.aucorp", reference.editor if is_edited else reference.author)]
    if not is_edited:
        roles.append(("rft.contributor", "rft.contributor", reference.editor))
    return [
        # Zotero drops what follows a second comma.
        (body if name.literal else key, inverted(replace(name, given=f"{name.given} {name.suffix}".strip(), suffix="")))
        for key, body, names in roles
        for name in names
    ]
