"""CITATION.cff, the Citation File Format 1.2.0: how software and data want to be cited. Written, never read.

Rules are those of its schema (citation-file-format.github.io/1.2.0/schema.json): what a field cannot hold, such as a
DOI with a "<" in it, goes where it can stand or is left out, and nobody is made up.
"""

import re
from datetime import date
from urllib.parse import quote

import yaml

from publications.references import markup
from publications.references.highwire import orcid_url, pages
from publications.references.reading import UNPRINTABLE

media_type = "application/yaml"  # RFC 9512
label = filename = "CITATION.cff"

# What a file can be about; anything else is only cited in one.
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
PERIODICALS = ("article", "article-journal", "article-magazine", "article-newspaper", "review", "review-book")
# What a work is part of. A chapter has no type of its own there.
COLLECTIONS = {"chapter": "book", "paper-conference": "proceedings"}
STATUSES = {"in preparation": "in-preparation", "submitted": "submitted", "accepted": "in-press"}
ANONYMOUS = {"name": "anonymous"}

DOI = re.compile(r"10\.\d{4,9}(?:\.\d+)?/[A-Za-z0-9:/_;\-.()\[\]\\]+", re.ASCII)
ISBN = re.compile(r"[0-9\- ]{10,17}X?")
ISSN = re.compile(r"\d{4}-\d{3}[\dxX]", re.ASCII)
# RFC 3986, of what ``quote`` has left.
ADDRESS = re.compile(
    r"(?:https?|s?ftp)://(?:[^/?#@]*@)?[^/?#@:]+(?::\d*)?(?:/[^?#]*)?(?:\?[^#]*)?(?:#[^#]*)?", re.ASCII
)


class Dumper(yaml.SafeDumper):
    """Quotes what YAML 1.2 takes for a number and 1.1 does not: each program reads the one or the other."""

    def ignore_aliases(self, data):
        return True


Dumper.add_implicit_resolver(
    "tag:yaml.org,2002:float",
    re.compile(r"(?:[-+]?(?:\.\d+|\d+(?:\.\d*)?)(?:[eE][-+]?\d+)?|0o[0-7]+)$", re.ASCII),
    list("-+.0123456789"),
)


def dumps(reference, **known):
    """The text of the file; the arguments are those of ``as_cff``."""
    return yaml.dump(as_cff(reference, **known), Dumper=Dumper, allow_unicode=True, sort_keys=False)


def as_cff(reference, *, page="", code="", license="", preferred=None):
    """The file of a Reference, as a dict.

    ``page`` is the address that tells of the work where the Reference has none, ``code`` that of its repository,
    ``license`` SPDX's name of its licence, and ``preferred`` the Reference that its authors want to be cited in its
    place.
    """
    kind = "dataset" if reference.type == "dataset" else "software"
    what = "the work under preferred-citation" if preferred else "it as below"
    shared = _shared(reference)
    return _known({
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
    """A Reference as it stands under "references" or "preferred-citation", as a dict."""
    container = _line(markup.plain(reference.container_title))
    series = _line(reference.extra.get("collection-title"))
    is_periodical, is_thesis = reference.type in PERIODICALS, reference.type == "thesis"
    body = _body(reference.publisher, reference.publisher_place)
    year, month, *_ = (*(reference.issued.parts[0] if reference.issued.parts else ()), None, None)
    first, last = pages(_line(reference.page))
    day, language = _day(reference.issued), re.split("[-_]", reference.language)[0].lower()
    issn = ISSN.search(reference.issn)
    return _known({
        "type": CITED_TYPES.get(reference.type, "generic"),
        **_shared(reference),
        "editors": _names(reference.editor),
        "editors-series": _names(reference.collection_editor),
        "translators": _names(reference.translator),
        "journal": container if is_periodical else "",
        "collection-title": series if is_periodical else container or series,
        "collection-type": COLLECTIONS.get(reference.type, "") if container else "",
        "conference": _body(reference.event_title, reference.event_place),
        ("institution" if is_thesis or reference.type == "report" else "publisher"): body,
        "thesis-type": _line(reference.genre) if is_thesis else "",
        "volume": _number(reference.volume),
        "issue": _number(reference.issue),
        "number": _number(reference.number),
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
        "status": STATUSES.get(reference.status, "preprint" if reference.type == "article" else ""),
        "notes": _text(reference.note),
    })  # fmt: skip


def address(text):
    """A web address with all escaped that RFC 3986 does not take, or "" for what is none."""
    text = re.sub(r"%(?![0-9A-Fa-f]{2})", "%25", quote(_line(text), safe="%/:?#@!$&'()*+,;=~"))
    return text if ADDRESS.fullmatch(text) else ""


def _shared(reference):
    """What a work says of itself and in what cites it alike. Editors stand in the place of authors that are missing."""
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
    """Persons, and entities for the names of bodies; the schema wants each once."""
    found = [_known(_name(name)) for name in names]
    return list({tuple(name.items()): name for name in found if name.keys() - {"orcid"}}.values())


def _name(name):
    if name.literal:
        return {"name": _line(name.literal), "orcid": orcid_url(name)}
    particle = f"{name.dropping_particle} {name.non_dropping_particle}"
    return {
        "family-names": _line(name.family),
        "given-names": _line(name.given),
        "name-particle": _line(particle),
        "name-suffix": _line(name.suffix),
        "orcid": orcid_url(name),
    }


def _body(name, place):
    return _known({"name": _line(markup.plain(name)), "location": _line(place)}) if _line(markup.plain(name)) else {}


def _day(when):
    """The date where it is known to the day."""
    try:
        return date.fromisoformat(when.iso).isoformat()
    except ValueError:
        return ""


def _number(value):
    """A text that is a number as one, so that it is written without quotes."""
    text = _line(value)
    return int(text) if re.fullmatch("[1-9][0-9]{0,8}", text) else text


def _line(value):
    """A text on one line; "" for what is no text, as it may stand in ``extra``."""
    return " ".join(UNPRINTABLE.sub("", value).split()) if isinstance(value, str) else ""


def _text(value):
    """A text of several lines, whatever letters part them."""
    return "\n".join(line.strip() for line in UNPRINTABLE.sub("", value).splitlines()).strip()


def _known(fields):
    return {name: value for name, value in fields.items() if value not in ("", None, [], {})}
