"""The one neutral form of a publication: CSL-JSON 1.0.2, as frozen values that compare equal.

Every reader ends in it and every writer starts from it. Fields carry CSL's names, with underscores for hyphens
and in lower case (``doi`` is CSL's ``DOI``). Text is CSL's rich text: plain, with ``<i>``, ``<b>``, ``<sub>``,
``<sup>`` and ``<span style="font-variant: small-caps">`` where it matters, and TeX maths between dollar signs.
"""

import re
from dataclasses import dataclass, field, fields, replace

# CSL's name variables that a site keeps one by one; the other roles stay in ``extra``.
ROLES = ("author", "editor", "translator", "collection_editor", "container_author", "contributor")


@dataclass(frozen=True, slots=True)
class Name:
    """A person's name in its parts, or in ``literal`` that of a body ("ATLAS Collaboration").

    ``dropping_particle`` is left out when names are sorted (the "de" of "de La Fontaine"), ``non_dropping_particle``
    is not (the "van" of "van Gogh"). ``orcid`` helps to find the person and is no part of the name.
    """

    family: str = ""
    given: str = ""
    dropping_particle: str = ""
    non_dropping_particle: str = ""
    suffix: str = ""
    literal: str = ""
    orcid: str = field(default="", compare=False)

    def __str__(self):
        """As it is printed: "Ludwig van Beethoven", "Martin Luther King, Jr."."""
        parts = (self.given, self.dropping_particle, self.non_dropping_particle, self.family)
        name = self.literal or " ".join(part for part in parts if part)
        # A particle that ends in an apostrophe stands close to its name: "Alembert" with "d’".
        for apostrophe in ("' ", "’ "):
            for particle in (self.dropping_particle, self.non_dropping_particle):
                if particle.endswith(apostrophe.strip()):
                    name = name.replace(particle + " ", particle)
        separator = ", " if self.suffix[:2] in ("Jr", "jr", "Sr", "sr") else " "
        return f"{name}{separator}{self.suffix}" if self.suffix else name


@dataclass(frozen=True, slots=True)
class Date:
    """A date as precise as it is known.

    ``parts`` holds one date, or the two ends of a range, each as (year,), (year, month) or (year, month, day).
    ``season`` is "1" (spring) to "4" (winter) or a text; ``literal`` is what cannot be said in numbers.
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
        """ISO 8601 text of the (first) date: "2025", "2025-03" or "2025-03-17"; "" where there is none."""
        return "-".join([f"{self.parts[0][0]:04}", *(f"{part:02}" for part in self.parts[0][1:])]) if self.parts else ""


@dataclass(frozen=True, kw_only=True)
class Reference:
    """One publication. All is text but where a type says otherwise; what is not known is empty.

    ``arxiv_id``, ``arxiv_class`` ("cs.LG"), ``track`` and ``funding`` have no name in CSL. ``keyword`` is a tuple of
    tags. ``extra`` holds every other field: under CSL's own name ("collection-title") with its value as in CSL-JSON,
    or under the name that it had where it came from. ``extra["nocase"]`` maps CSL names of fields to their text with
    ``<span class="nocase">`` around what must keep its capitals.
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

    def for_visitors(self):
        """Without what reference managers keep for their owner: notes, and paths on the owner's machine."""
        return replace(self, extra={name: value for name, value in self.extra.items() if not PRIVATE.match(name)})

    def anonymous(self):
        """Without what tells who wrote it, for blind review."""
        names = dict.fromkeys(ROLES, ())
        return replace(self, **names, citation_key="", funding="", note="", extra={})


PRIVATE = re.compile(r"(?:annote|file|local-?url|localfile|bdsk-file.*|l[1-4])$")
# CSL-JSON's name of each field, in the order of the dataclass.
CSL_NAMES = {
    item.name: {"doi": "DOI", "isbn": "ISBN", "issn": "ISSN", "pmid": "PMID", "url": "URL"}.get(
        item.name, item.name.replace("_", "-")
    )
    for item in fields(Reference)
    if item.name != "extra"
}
FIELD_NAMES = {csl: name for name, csl in CSL_NAMES.items()}
