"""Whether two records describe one work.

Contradicting DOIs, ISBNs, volumes, issues or pages mean different works: both records have a value, and the values
differ. Without a contradiction, an identifier, the place in a journal, or the author, year and venue of a title that is
not as usual as "Editorial" confirm that it is one work. Otherwise it is only possible.

A source may correct itself: one fact may contradict what the same source said before under the same citation key.
"""

import json
import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import IntEnum
from hashlib import blake2s
from itertools import product
from operator import attrgetter

from profiles.search.words import fold
from publications.imports import comparable
from publications.references import csl
from publications.references.values.identifiers import arxiv_id_of_doi

SIMILARITY = 0.85  # of two titles with the same citation key: allows typing errors
LONGEST = 500  # letters of titles that are compared
YEARS_APART = 3  # at most, between versions of a work
PREPRINT = "article"
PARTS = {"chapter", "paper-conference", "entry", "entry-dictionary", "entry-encyclopedia"}  # may have a book's DOI


# If both works have one of these, and the values differ, they are different works.
FACTS = ("doi", "arxiv_id", "pmid", "volume", "issue", "report_number", "edition", "language")
_facts_of = attrgetter(*FACTS)


class Relation(IntEnum):
    """Of a record to another one, the least certain first."""

    NONE = 0
    VERSION = 1
    POSSIBLE_DUPLICATE = 2
    SAME = 3
    IDENTICAL = 4


@dataclass(frozen=True, slots=True)
class Work:
    """What identifies a publication: a stored one (``pk``), or an entry of the same plan (``number``).

    ``source`` and ``digest`` are empty if no source gave these facts. All but ``printed_title`` is normalised.
    """

    pk: int | None
    number: int | None
    source: str
    digest: bytes
    type: str
    printed_title: str
    title: str
    is_usual: bool
    first_author: str
    year: int | None
    venues: tuple[str, ...]
    edition: str
    language: str
    doi: str
    arxiv_id: str
    pmid: str
    isbns: frozenset[str]
    volume: str
    issue: str
    report_number: str
    pages: frozenset[tuple[str, str]]
    citation_key: str

    @classmethod
    def from_reference(cls, reference, number=None, pk=None, source=""):
        first = next(iter(reference.author or reference.editor), None)
        language = fold(reference.language)
        volume = comparable.number(reference.volume)
        # IEEE's early access has volume "PP", issue "99" and pages "1-1".
        is_early = bool(reference.volume) and not volume
        digest = b""
        if source:
            digest = _digest(reference if pk else csl.from_csl(csl.to_csl(reference)))
        return cls(
            pk=pk, number=number, source=source, digest=digest, type=reference.type,
            printed_title=reference.title, title=comparable.normalised(reference.title) or _without_title(reference),
            is_usual=comparable.is_usual(reference.title), year=reference.year,
            first_author=comparable.normalised(first.family or first.literal) if first else "",
            venues=_venues(reference), edition=comparable.edition(reference.edition),
            language=language[:2] if re.match(r"[a-z]{2}(?:[-_]|$)", language) else "",
            doi=comparable.doi(reference.doi), pmid=reference.pmid,
            arxiv_id=comparable.versionless(reference.arxiv_id or arxiv_id_of_doi(reference.doi)),
            isbns=comparable.isbns(reference.isbn), volume=volume,
            issue="" if is_early else comparable.number(reference.issue),
            # The number of a preprint is its arXiv identifier, with the version.
            report_number="" if reference.type == PREPRINT else comparable.normalised(reference.number),
            pages=frozenset() if is_early else _pages(reference), citation_key=reference.citation_key,
        )  # fmt: skip

    @property
    def keys(self):
        """[(reason, value)] under which the work can be found, the most reliable first."""
        keys = [
            ("all fields", self.digest), ("DOI", self.doi), ("arXiv identifier", self.arxiv_id),
            ("citation key", self.citation_key), ("title", self.title),
        ]  # fmt: skip
        return [key for key in keys if key[1]]

    def contradictions(self, other):
        """Return the names of the fields that cannot both be right of one work."""
        facts = zip(FACTS, _facts_of(self), _facts_of(other), strict=True)
        found = [name for name, mine, its in facts if mine and its and mine != its]
        if self.isbns and other.isbns and self.isbns.isdisjoint(other.isbns):
            found.append("isbn")
        if self.pages and other.pages and self.pages != other.pages:
            pairs = product(self.pages, other.pages)
            if not any(comparable.may_be_same_pages(*pair) for pair in pairs):
                found.append("page")
        return found

    def relation_to(self, other, is_known=True):
        """Return the Relation to another Work.

        ``is_known``: the other one was on the site before this import, and no other entry of it describes it.
        """
        if self.digest and self.digest == other.digest:
            return Relation.IDENTICAL
        doubts = self.contradictions(other)
        corrects = is_known and bool(self.source) and self.source == other.source
        if self.doi and self.doi == other.doi:
            return self._relation_by_doi(other, doubts, is_known)
        if self.arxiv_id and self.arxiv_id == other.arxiv_id:
            return self._relation_by_arxiv_id(other, doubts, corrects)
        has_same_key = bool(self.citation_key) and self.citation_key == other.citation_key
        if not (self.title == other.title or (has_same_key and self.has_similar_title(other))):
            return Relation.NONE
        compare = self._relation_by_usual_title if self.is_usual or other.is_usual else self._relation_by_title
        return compare(other, doubts, has_same_key, corrects)

    def _relation_by_doi(self, other, doubts, is_known):
        """Chapters often have the DOI of their book, and a DOI may be copied by mistake."""
        if self.has_similar_title(other):
            is_chapter = {self.type, other.type} == {"book", "chapter"}
            is_same = not is_chapter and (not self.is_usual or len(doubts) <= is_known)
        else:
            is_part = self.type != other.type or self.type in PARTS
            is_beside = self.has_same_place(other) or (self.has_same_venue(other) and self.is_within(other, 0))
            is_same = is_known and is_beside and not is_part and not doubts and self.has_same_first_author(other)
        return Relation.SAME if is_same else Relation.POSSIBLE_DUPLICATE

    def _relation_by_arxiv_id(self, other, doubts, corrects):
        if self.is_preprint != other.is_preprint or len(doubts) > corrects:
            return Relation.VERSION
        is_same = self.has_similar_title(other) or self.has_same_first_author(other)
        return Relation.SAME if is_same else Relation.POSSIBLE_DUPLICATE

    def _relation_by_usual_title(self, other, contradictions, has_same_key, corrects):
        is_other_venue, is_same_year = self.has_other_venue(other), self.is_within(other, 0)
        doubts = len(contradictions) + is_other_venue + (not is_same_year)
        if has_same_key:
            is_same = not doubts or (corrects and doubts == 1 and self.has_same_place(other))
        else:
            is_placed = bool(self.volume or self.issue or self.type in PARTS) and self.has_same_issue(other)
            is_confirmed = is_placed and self.has_same_pages(other) and self.has_same_venue(other)
            is_same = not doubts and (is_confirmed or self.has_same_isbn(other))
        is_same_type = self.type == other.type or (corrects and has_same_key)
        if is_same and is_same_type and self.title == other.title and self.first_author == other.first_author:
            return Relation.SAME
        is_possible = not contradictions and self.has_same_first_author(other) and is_same_year
        return Relation.POSSIBLE_DUPLICATE if is_possible else Relation.NONE

    def _relation_by_title(self, other, contradictions, has_same_key, corrects):
        is_near = self.has_same_first_author(other) and self.is_within(other, YEARS_APART)
        is_same_place, is_same_type = self.has_same_place(other), self.type == other.type
        doubts = len(contradictions) + (self.has_other_venue(other) and not is_same_place)
        if self.is_preprint != other.is_preprint or (doubts and not is_same_type):
            return Relation.VERSION if is_near and self.title == other.title else Relation.NONE
        if self.title != other.title:
            is_same = not doubts and is_near
        elif has_same_key:
            is_same = doubts + (not is_near) <= corrects
        else:
            # Without keys, only the volume may be corrected, or one fact of a work at the same place.
            has_no_key = not (self.citation_key and other.citation_key)
            can_correct = corrects and has_no_key and doubts == 1 and (is_same_place or contradictions == ["volume"])
            is_by_same = self.year == other.year and bool(self.first_author) and self.first_author == other.first_author
            is_certain = is_by_same or is_same_place or self.has_same_venue(other)
            is_same = is_same_type and is_near and self.is_within(other, 0) and is_certain
            is_same = is_same and (can_correct or not doubts)
        if is_same:
            return Relation.SAME
        if not is_near or (contradictions and not has_same_key):
            return Relation.NONE
        return Relation.POSSIBLE_DUPLICATE if is_same_type else Relation.VERSION

    @property
    def is_preprint(self):
        return self.type == PREPRINT

    def is_within(self, other, years):
        return None in (self.year, other.year) or abs(self.year - other.year) <= years

    def has_similar_title(self, other):
        """Return whether the titles are equal, differ by typing errors, or one lacks the end of the other."""
        if self.title == other.title or not (self.title and other.title):
            return True
        # "Part 1" is not "part 2".
        numbers, its_numbers = (re.findall(r"\d+|\b[ivx]+\b", fold(work.printed_title)) for work in (self, other))
        if numbers != its_numbers:
            return False
        if self.title.startswith(other.title) or other.title.startswith(self.title):
            return self.has_same_venue(other) and not (self.is_usual or other.is_usual)
        matcher = SequenceMatcher(None, self.title[:LONGEST], other.title[:LONGEST], autojunk=False)
        return matcher.ratio() >= SIMILARITY

    def has_same_first_author(self, other):
        return self.first_author == other.first_author or not (self.first_author and other.first_author)

    def has_same_venue(self, other):
        """Return whether both venues are known, and the name of one contains the other's."""
        return any(mine in its or its in mine for mine in self.venues for its in other.venues)

    def has_other_venue(self, other):
        return bool(self.venues and other.venues) and not self.has_same_venue(other)

    def has_same_issue(self, other):
        return (self.volume, self.issue) == (other.volume, other.issue)

    def has_same_pages(self, other):
        """Return whether both records have pages, and the same first one."""
        return not {first for first, _ in self.pages}.isdisjoint(first for first, _ in other.pages)

    def has_same_place(self, other):
        return self.has_same_pages(other) or bool(self.issue and self.has_same_issue(other))

    def has_same_isbn(self, other):
        return self.type == "book" and not self.isbns.isdisjoint(other.isbns)


def _venues(reference):
    """Return the names of the journal, proceedings or book, or of a book's publisher."""
    names = [reference.container_title, reference.container_title_short]
    if not any(names) and reference.type in ("book", "report"):
        names = [reference.publisher]
    return tuple(comparable.spaced(name) for name in names if name)


def _pages(reference):
    """Return the set of pages and article numbers. Those of a book are only counted."""
    texts = [] if reference.type in ("book", "thesis") else [reference.page, str(reference.extra.get("eid", ""))]
    return frozenset(pages for pages in map(comparable.pages, texts) if pages[0])


def _without_title(reference):
    """Return what identifies a work without title and identifiers, so that its file can be imported again."""
    if reference.doi or reference.arxiv_id or reference.citation_key:
        return ""
    found = (reference.container_title, reference.volume, reference.issue, reference.page, reference.publisher)
    return comparable.normalised(" ".join(["untitled", *found]))


def _digest(reference):
    """Return a hash of all that a reference says, which is the same before it is stored and after."""
    return blake2s(json.dumps(csl.to_csl(reference), sort_keys=True).encode(), digest_size=16).digest()
