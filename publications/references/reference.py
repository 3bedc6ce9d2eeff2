"""A Reference is a publication in memory. Every reader of a format returns References, every writer takes them.

Fields have the names of CSL-JSON 1.0.2, with underscores for hyphens and in lower case (``doi`` is CSL's ``DOI``).
Text is CSL's rich text: plain text with ``<i>``, ``<b>``, ``<sub>``, ``<sup>`` and
``<span style="font-variant:small-caps;">``, and TeX maths between dollar signs.
"""

import re
from dataclasses import dataclass, field, fields, replace

from profiles.content.patterns import EAST_ASIAN
from publications.references.extra import BIBLIOGRAPHIC

# CSL's name variables that are fields of a Reference. Names in other roles are stored in ``extra``.
ROLES = ("author", "editor", "translator", "collection_editor", "container_author", "contributor")
# The types of works whose container is a periodical.
PERIODICALS = ("article-journal", "article-magazine", "article-newspaper", "review", "review-book")

# An address on the web, and not "file:///home/ada/engines.pdf" or "papers3://publication/…".
WEB = re.compile(r"(?:https?|s?ftp)://|[\w-]+(?:\.[\w-]+)+(?:[/?#]|$)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Name:
    """A person's name in parts, or an organisation's name ("ATLAS Collaboration") in ``literal``.

    Sorting ignores ``dropping_particle`` (the "de" of "de La Fontaine") but not ``non_dropping_particle`` (the "van" of
    "van Gogh"). ``orcid`` identifies the person and is not compared.
    """

    family: str = ""
    given: str = ""
    dropping_particle: str = ""
    non_dropping_particle: str = ""
    suffix: str = ""
    literal: str = ""
    orcid: str = field(default="", compare=False)

    def __str__(self):
        """Return the name as it is printed: "Ludwig van Beethoven", "Martin Luther King, Jr.", "王小明"."""
        if EAST_ASIAN.fullmatch(self.family + self.given):
            return self.family + self.given
        parts = (self.given, self.dropping_particle, self.non_dropping_particle, self.family)
        name = self.literal or " ".join(part for part in parts if part)
        # No space after an apostrophe: "d’Alembert".
        for apostrophe in ("' ", "’ "):
            for particle in (self.dropping_particle, self.non_dropping_particle):
                if particle.endswith(apostrophe.strip()):
                    name = name.replace(particle + " ", particle)
        separator = ", " if self.suffix[:2] in ("Jr", "jr", "Sr", "sr") else " "
        return f"{name}{separator}{self.suffix}" if self.suffix else name

    @property
    def orcid_url(self):
        return f"https://orcid.org/{self.orcid}" if self.orcid else ""


@dataclass(frozen=True, slots=True)
class Date:
    """A date or a range of dates, known to the year, month or day.

    ``parts`` has one date, or the two ends of a range, each as (year,), (year, month) or (year, month, day).
    ``season`` is "1" (spring) to "4" (winter) or a text. ``literal`` is a date that has no numbers ("in press").
    """

    parts: tuple[tuple[int, ...], ...] = ()
    season: str = ""
    circa: bool = False
    literal: str = ""

    def __bool__(self):
        return self != Date()

    @property
    def year(self):
        return self.parts[0][0] if self.parts else None

    @property
    def iso(self):
        """The first date in ISO 8601: "2025", "2025-03" or "2025-03-17"; "" if it is unknown."""
        return "-".join([f"{self.parts[0][0]:04}", *(f"{part:02}" for part in self.parts[0][1:])]) if self.parts else ""


@dataclass(frozen=True, kw_only=True)
class Reference:
    """A publication. Unknown fields are empty.

    CSL has no variable for ``arxiv_id``, ``arxiv_class`` ("cs.LG"), ``track`` and ``funding``. ``extra`` has every
    other field, either under its CSL name ("collection-title") with a value as in CSL-JSON, or under the name that it
    had in the imported file. ``extra["nocase"]`` has titles whose capitals must be preserved: it maps their CSL names
    to the text with ``<span class="nocase">`` marks.
    """

    type: str = "document"
    citation_key: str = ""
    title: str = ""
    author: tuple[Name, ...] = ()
    editor: tuple[Name, ...] = ()
    translator: tuple[Name, ...] = ()
    collection_editor: tuple[Name, ...] = ()
    container_author: tuple[Name, ...] = ()
    contributor: tuple[Name, ...] = ()
    issued: Date = Date()
    container_title: str = ""
    container_title_short: str = ""
    event_title: str = ""
    event_place: str = ""
    track: str = ""
    publisher: str = ""
    publisher_place: str = ""
    volume: str = ""
    issue: str = ""
    number: str = ""
    page: str = ""
    edition: str = ""
    genre: str = ""
    language: str = ""
    status: str = ""
    doi: str = ""
    arxiv_id: str = ""
    arxiv_class: str = ""
    isbn: str = ""
    issn: str = ""
    pmid: str = ""
    url: str = ""
    note: str = ""
    funding: str = ""
    abstract: str = ""
    keyword: tuple[str, ...] = ()
    extra: dict = field(default_factory=dict, hash=False)

    @property
    def year(self):
        return self.issued.year

    @property
    def first_and_last_page(self):
        """The pages "45–67" as ("45", "67"), and "e12" as ("e12", "")."""
        first, _, last = self.page.replace("–", "-").replace("--", "-").partition("-")
        return first.strip(), last.strip()

    def for_visitors(self):
        """Return a copy with bibliographic fields only: no remarks, ratings, or paths of the importer's files."""
        extra = {name: value for name, value in self.extra.items() if name in BIBLIOGRAPHIC}
        return replace(self, extra=extra, url=self.url if WEB.match(self.url) else "")

    def anonymous(self):
        """Return a copy without everything that identifies the authors, for blind review."""
        names = dict.fromkeys(ROLES, ())
        return replace(self, **names, citation_key="", funding="", note="", extra={})


# CSL-JSON's name of each field, in the order of the dataclass.
CSL_NAMES = {
    item.name: {"doi": "DOI", "isbn": "ISBN", "issn": "ISSN", "pmid": "PMID", "url": "URL"}.get(
        item.name, item.name.replace("_", "-")
    )
    for item in fields(Reference)
    if item.name != "extra"
}
FIELD_NAMES = {csl: name for name, csl in CSL_NAMES.items()}
