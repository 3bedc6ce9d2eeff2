"""CITATION.cff, the Citation File Format 1.2.0, which says how to cite software and data. Written only.

Source: citation-file-format.github.io/1.2.0/schema.json. A value that its field does not allow, such as a DOI with
"<", is written to another field or left out.
"""

import re
from datetime import date
from urllib.parse import quote

import yaml

from profiles.content.patterns import FORBIDDEN
from publications.references.reference import PERIODICALS
from publications.references.values import markup
from publications.references.values.wording import stage_of

media_type = "application/yaml"  # RFC 9512
label = filename = "CITATION.cff"

# The types of works that a file can be about. Works of other types can be its preferred citation.
TYPES = ("software", "dataset")
CITED_TYPES = {
    "article": "article", "article-journal": "article", "article-magazine": "magazine-article",
    "article-newspaper": "newspaper-article", "bill": "bill", "book": "book", "broadcast": "film-broadcast",
    "classic": "historical-work", "collection": "edited-work", "dataset": "data", "entry-dictionary": "dictionary",
    "entry-encyclopedia": "encyclopedia", "event": "conference", "graphic": "art", "hearing": "hearing",
    "legal_case": "legal-case", "legislation": "statute", "manuscript": "unpublished", "map": "map",
    "motion_picture": "film-broadcast", "musical_score": "music", "pamphlet": "pamphlet",
    "paper-conference": "conference-paper", "patent": "patent", "periodical": "serial",
    "personal_communication": "personal-communication", "post": "website", "post-weblog": "blog",
    "regulation": "legal-rule", "report": "report", "review": "article", "review-book": "article",
    "software": "software", "song": "sound-recording", "standard": "standard", "thesis": "thesis",
    "webpage": "website",
}  # fmt: skip
# The type of the collection that a work is part of. CFF has no type for chapters.
COLLECTIONS = {"chapter": "book", "paper-conference": "proceedings"}
STATUSES = {"in preparation": "in-preparation", "submitted": "submitted", "accepted": "in-press"}
ANONYMOUS = {"name": "anonymous"}

# The schema's own patterns, which are stricter than the site's.
DOI = re.compile(r"10\.\d{4,9}(?:\.\d+)?/[A-Za-z0-9:/_;\-.()\[\]\\]+", re.ASCII)
ISBN = re.compile(r"[0-9\- ]{10,17}X?")
ISSN = re.compile(r"\d{4}-\d{3}[\dxX]", re.ASCII)
# A URL (RFC 3986) after ``quote``.
ADDRESS = re.compile(
    r"(?:https?|s?ftp)://(?:[^/?#@]*@)?[^/?#@:]+(?::\d*)?(?:/[^?#]*)?(?:\?[^#]*)?(?:#[^#]*)?", re.ASCII
)


class Dumper(yaml.SafeDumper):
    """Quotes texts that are numbers in YAML 1.2 but not in YAML 1.1, since programs read one or the other."""

    def ignore_aliases(self, data):
        return True


Dumper.add_implicit_resolver(
    "tag:yaml.org,2002:float",
    re.compile(r"(?:[-+]?(?:\.\d+|\d+(?:\.\d*)?)(?:[eE][-+]?\d+)?|0o[0-7]+)$", re.ASCII),
    list("-+.0123456789"),
)


def dumps(reference, **facts):
    """Return the text of the file. The arguments are those of ``as_cff``."""
    return yaml.dump(as_cff(reference, **facts), Dumper=Dumper, allow_unicode=True, sort_keys=False)


def as_cff(reference, *, page="", code="", license="", preferred=None):
    """Return the file of a Reference, as a dict.

    ``page`` is the URL of the work if the Reference has none, ``code`` the URL of its repository, ``license`` the SPDX
    identifier of its licence, and ``preferred`` the Reference that its authors want to be cited instead.
    """
    kind = "dataset" if reference.type == "dataset" else "software"
    what = "the work under preferred-citation" if preferred else "it as below"
    shared = _shared(reference)
    return _without_empty({
        "cff-version": "1.2.0",
        "message": f"If you use this {kind}, please cite {what}.",
        "type": kind,
        **shared,
        "date-released": _day(reference.issued),
        "url": shared["url"] or address(page),
        "repository-code": address(code),
        "license": license,
        "preferred-citation": cited(preferred) if preferred else {},
    })  # fmt: skip


def cited(reference):
    """Return a Reference for "preferred-citation", as a dict."""
    container = _line(markup.plain(reference.container_title))
    series = _line(reference.extra.get("collection-title"))
    is_periodical, is_thesis = reference.type in ("article", *PERIODICALS), reference.type == "thesis"
    publisher = _entity(reference.publisher, reference.publisher_place)
    year, month, *_ = (*(reference.issued.parts[0] if reference.issued.parts else ()), None, None)
    first, last = reference.first_and_last_page
    day, language = _day(reference.issued), re.split("[-_]", reference.language)[0].lower()
    issn = ISSN.search(reference.issn)
    return _without_empty({
        "type": CITED_TYPES.get(reference.type, "generic"),
        **_shared(reference),
        "editors": _names(reference.editor),
        "editors-series": _names(reference.collection_editor),
        "translators": _names(reference.translator),
        "journal": container if is_periodical else "",
        "collection-title": series if is_periodical else container or series,
        "collection-type": COLLECTIONS.get(reference.type, "") if container else "",
        "conference": _entity(reference.event_title, reference.event_place),
        ("institution" if is_thesis or reference.type == "report" else "publisher"): publisher,
        "thesis-type": _line(reference.genre) if is_thesis else "",
        **{name: _number(getattr(reference, name)) for name in ("volume", "issue", "number")},
        "edition": _line(reference.edition),
        "start": _number(first),
        "end": _number(last),
        "pages": _number(reference.extra.get("number-of-pages")),
        "year": year,
        "month": month if month in range(1, 13) else None,
        ("date-released" if reference.type in TYPES else "date-published"): day,
        "isbn": reference.isbn if ISBN.fullmatch(reference.isbn) else "",
        "issn": issn[0] if issn else "",
        "languages": [language] if re.fullmatch("[a-z]{2,3}", language) else [],
        "status": STATUSES.get(stage_of(reference.status), "preprint" if reference.type == "article" else ""),
        "notes": _text(reference.note),
    })  # fmt: skip


def address(text):
    """Return a URL with the characters escaped that RFC 3986 does not allow, or "" if the text is not a URL."""
    text = re.sub(r"%(?![0-9A-Fa-f]{2})", "%25", quote(_line(text), safe="%/:?#@!$&'()*+,;=~"))
    return text if ADDRESS.fullmatch(text) else ""


def _shared(reference):
    """Return the fields that a file and a citation have in common. Editors replace missing authors."""
    doi = _line(reference.doi)
    others = [("doi", "" if DOI.fullmatch(doi) else doi), ("arXiv", reference.arxiv_id), ("PMID", reference.pmid)]
    return {
        "title": _line(markup.plain(reference.title)) or "Untitled",
        "authors": _names(reference.author) or _names(reference.editor) or [ANONYMOUS],
        "abstract": _text(reference.abstract),
        "version": _line(reference.extra.get("version")),
        "doi": doi if DOI.fullmatch(doi) else "",
        "identifiers": [{"type": "other", "value": f"{kind}:{_line(value)}"} for kind, value in others if _line(value)],
        "url": address(reference.url),
        "keywords": list(dict.fromkeys(filter(None, map(_line, reference.keyword)))),
    }


def _names(names):
    """Return persons and entities (organisations), each once, as the schema requires."""
    found = [_without_empty(_name(name)) for name in names]
    return list({tuple(name.items()): name for name in found if name.keys() - {"orcid"}}.values())


def _name(name):
    if name.literal:
        return {"name": _line(name.literal), "orcid": name.orcid_url}
    return {
        "family-names": _line(name.family),
        "given-names": _line(name.given),
        "name-particle": _line(f"{name.dropping_particle} {name.non_dropping_particle}"),
        "name-suffix": _line(name.suffix),
        "orcid": name.orcid_url,
    }


def _entity(name, place):
    """Return an organisation or a conference; {} without a name."""
    name = _line(markup.plain(name))
    return _without_empty({"name": name, "location": _line(place)}) if name else {}


def _day(when):
    """Return a Date in ISO 8601 if it is known to the day, or ""."""
    try:
        return date.fromisoformat(when.iso).isoformat()
    except ValueError:
        return ""


def _number(value):
    """Return a text as an int if it is one, so that it is written without quotes."""
    text = _line(value)
    return int(text) if re.fullmatch("[1-9][0-9]{0,8}", text) else text


def _line(value):
    """Return a text on one line; "" for other values, which ``extra`` may have."""
    return " ".join(FORBIDDEN.sub("", value).split()) if isinstance(value, str) else ""


def _text(value):
    """Return a text of several lines."""
    return "\n".join(line.strip() for line in FORBIDDEN.sub("", value).splitlines()).strip()


def _without_empty(fields):
    return {name: value for name, value in fields.items() if value not in ("", None, [], {})}
