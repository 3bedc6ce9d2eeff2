"""Matching: which publication of the site a reference describes, and which person a name means."""

import re
from collections import defaultdict
from dataclasses import dataclass
from difflib import SequenceMatcher

from profiles.models import Person
from profiles.search.words import fold
from publications.models import Authorship, Origin, Publication
from publications.references.identifiers import ARXIV_DOI
from publications.references.names import parse_name

SIMILARITY = 0.85  # of two titles with the same citation key: allows typing errors
YEARS_APART = 3  # at most, from a preprint to the journal article
PREPRINT = "article"


def normalised(text):
    """Return only letters and digits, without accents, case and markup, for comparisons."""
    return re.sub(r"[\W_]+", "", fold(re.sub(r"</?[a-z][^<>]*>", "", text)))


def versionless(arxiv_id):
    return re.sub(r"v[0-9]+$", "", arxiv_id.casefold())


def comparable_doi(doi):
    """Return a DOI for comparisons; "" for one of arXiv, which means the same as the arXiv identifier."""
    return "" if ARXIV_DOI.fullmatch(doi) else doi.casefold()


def _substitute_for_title(reference):
    """Return what identifies a work without title and identifiers, so that its file can be imported again."""
    if reference.doi or reference.arxiv_id or reference.citation_key:
        return ""
    found = (reference.container_title, reference.volume, reference.issue, reference.page, reference.publisher)
    return normalised(" ".join(["untitled", *found]))


@dataclass(frozen=True, slots=True)
class Work:
    """What identifies a publication: a stored one (``pk``), or an entry of the same plan (``number``).

    ``first_author`` and ``title`` are normalised.
    """

    pk: int | None
    number: int | None
    type: str
    printed_title: str
    title: str
    year: int | None
    first_author: str
    doi: str
    arxiv_id: str
    citation_key: str

    @classmethod
    def from_reference(cls, reference, number=None, pk=None):
        first = next(iter(reference.author or reference.editor), None)
        return cls(
            pk, number, reference.type, reference.title,
            normalised(reference.title) or _substitute_for_title(reference),
            reference.year, normalised(first.family or first.literal) if first else "",
            comparable_doi(reference.doi), versionless(reference.arxiv_id), reference.citation_key,
        )  # fmt: skip

    @property
    def keys(self):
        """[(reason, value)] under which the work can be found, the most reliable first."""
        keys = [
            ("DOI", self.doi), ("arXiv identifier", self.arxiv_id), ("citation key", self.citation_key),
            ("title", self.title),
        ]  # fmt: skip
        return [key for key in keys if key[1]]

    def is_same_as(self, other):
        if self.doi and other.doi:
            return self.doi == other.doi
        if (self.type == PREPRINT) != (other.type == PREPRINT):
            return False
        if self.arxiv_id and self.arxiv_id == other.arxiv_id:
            return True
        if self.citation_key and self.citation_key == other.citation_key and self.has_similar_title(other):
            return True
        if not self.has_same_first_author(other):
            return False
        return self.title == other.title and self.type == other.type and self.year in (None, other.year)

    def is_version_of(self, other):
        """Return whether the two are probably versions of one work, such as a preprint and the article."""
        if self.arxiv_id and self.arxiv_id == other.arxiv_id:
            return True
        near = None in (self.year, other.year) or abs(self.year - other.year) <= YEARS_APART
        return bool(self.title) and self.title == other.title and self.has_same_first_author(other) and near

    def has_similar_title(self, other):
        if not (self.title and other.title):
            return True
        is_longer = self.title.startswith(other.title) or other.title.startswith(self.title)
        return is_longer or SequenceMatcher(None, self.title, other.title, autojunk=False).ratio() >= SIMILARITY

    def has_same_first_author(self, other):
        return self.first_author == other.first_author or not (self.first_author and other.first_author)


@dataclass(frozen=True, slots=True)
class Match:
    """The Work that was found, if any; ``reason`` says by what, ``is_same`` whether it is the same version."""

    work: Work | None = None
    reason: str = ""
    is_same: bool = False


class Works:
    """All publications of the site, and the entries of a plan that would be added, by their keys.

    A publication is also found by what its sources said of it, so that one whose title was edited is recognised when
    its file is imported again.
    """

    def __init__(self):
        self._stored, self._planned = defaultdict(list), defaultdict(list)
        self.add_stored()

    def add_stored(self, pks=None):
        """Add the publications with these primary keys, or all, and forget the entries of the plan."""
        self._planned.clear()
        for work in _stored_works(pks):
            for key in work.keys:
                self._stored[key].append(work)

    def match(self, wanted):
        """Return the Match of a plan's entry (a Work). An entry that is new can be found from then on."""
        match = self._find(wanted)
        if not match.is_same:
            for key in wanted.keys:
                self._planned[key].append(wanted)
        return match

    def _find(self, wanted):
        near = [
            (reason, work)
            for reason, value in wanted.keys
            for works in (self._stored, self._planned)
            for work in works.get((reason, value), ())
        ]
        for reason, work in near:
            if wanted.is_same_as(work):
                return Match(work, reason, True)
        for reason, work in near:
            if wanted.is_version_of(work):
                return Match(work, reason)
        return Match()


def _stored_works(pks=None):
    """Yield a Work for each publication, then one for each Origin."""
    publications, origins = Publication.objects.order_by("pk"), Origin.objects.order_by("publication", "pk")
    # Authors overwrite editors.
    firsts = Authorship.objects.filter(position=1, role__in=["author", "editor"]).order_by("-role")
    if pks is not None:
        publications = publications.filter(pk__in=pks)
        origins, firsts = origins.filter(publication__in=pks), firsts.filter(publication__in=pks)
    families = {first.publication_id: normalised(first.family) for first in firsts.select_related("person").iterator()}
    fields = ("pk", "type", "title", "year", "doi", "arxiv_id", "citation_key")
    for pk, type_, title, year, doi, arxiv_id, citation_key in publications.values_list(*fields).iterator():
        yield Work(
            pk, None, type_, title, normalised(title), year, families.get(pk, ""), comparable_doi(doi),
            versionless(arxiv_id), citation_key,
        )  # fmt: skip
    for origin in origins.iterator():
        yield Work.from_reference(origin.reference, pk=origin.publication_id)


class People:
    """All people of the site, by their names."""

    def __init__(self):
        self.names = {}
        self._by_orcid, self._by_spelling, self._by_family = {}, defaultdict(set), defaultdict(set)
        self._other_spellings = set()
        for person in Person.objects.order_by("pk"):
            self.names[person.pk] = person.name
            if person.orcid:
                self._by_orcid[person.orcid] = person.pk
            parts = (person.given, person.particle, person.family, person.suffix)
            others = set(filter(None, map(str.strip, person.other_names.splitlines())))
            for spelling in filter(None, {person.name, " ".join(filter(None, parts)), *others}):
                name = parse_name(spelling)
                if spelling in others:
                    self._other_spellings.add(normalised(str(name)))
                self._by_spelling[normalised(str(name))].add(person.pk)
                self._by_family[normalised(name.family)].add((person.pk, given_of(name)))

    def find(self, name):
        """Return (primary key of a person or None, whether the match is certain).

        The same ORCID iD, full name or other spelling of one person is certain; an initial, or a name that two people
        share, or the reverse order of names, is not.
        """
        if name.orcid in self._by_orcid:
            return self._by_orcid[name.orcid], True
        if name.literal:
            return None, False
        spelled = self._by_spelling.get(normalised(str(name)), ())
        is_listed = normalised(str(name)) in self._other_spellings
        certain = len(spelled) == 1 and (is_listed or not is_initials(name.given))
        given = given_of(name)
        family = self._by_family.get(normalised(name.family), ()) if given else ()
        reversed_ = self._by_spelling.get(normalised(name.family + name.given), ())  # "Wang Xiaoming"
        found = (
            spelled
            or reversed_
            or {pk for pk, known in family if known.startswith(given) or (known and given.startswith(known))}
        )
        return (min(found), certain) if len(found) == 1 or spelled else (None, False)


def given_of(name):
    """Return the first given name, or its initial: "yao" of "Yao Xin", "y" of "Y. X."."""
    first = (name.given.replace(".", " ").replace("-", " ").split() or [""])[0]
    return normalised(first[:1] if is_initials(name.given) else first)


def is_initials(given):
    """Return whether given names are only initials: "Y.", "Y. X.", "Y.-X.", "YX"."""
    words = given.replace(".", " ").replace("-", " ").split()
    return bool(words) and all(len(word) == 1 or (len(word) == 2 and word.isupper()) for word in words)
