"""Who is who: which publication of the site a reference speaks of, and which person a name means."""

import re
from collections import defaultdict
from dataclasses import dataclass, replace
from difflib import SequenceMatcher

from django.db.models.fields.json import KT

from profiles.content.batches import batched
from profiles.models import Person
from profiles.search.queries import fold
from publications.models import Authorship, Origin, Publication
from publications.references.identifiers import ARXIV_DOI
from publications.references.names import parse_name

ALIKE = 0.85  # two titles under one citation key: the same but for typing errors and subtitles
YEARS_APART = 3  # from a preprint to its journal's volume
PREPRINT = "article"
CHUNK = 500


def normalised(text):
    """Letters and digits alone, without accents, case and markup, so that two ways to write a thing are equal."""
    return re.sub(r"[\W_]+", "", fold(re.sub(r"</?[a-z][^<>]*>", "", text)))


def versionless(arxiv_id):
    return re.sub(r"v[0-9]+$", "", arxiv_id.casefold())


def doi_of_its_own(doi):
    """A DOI as works are compared by it; that of arXiv's own names the preprint, as its arXiv identifier does."""
    return "" if ARXIV_DOI.fullmatch(doi) else doi.casefold()


def _in_place_of_title(reference):
    """What a work without a title or any other name is known by, so that its file can come in again."""
    if reference.doi or reference.arxiv_id or reference.citation_key:
        return ""
    found = (reference.container_title, reference.volume, reference.issue, reference.page, reference.publisher)
    return normalised(" ".join(["untitled", *found]))


@dataclass(frozen=True, slots=True)
class Work:
    """What a publication can be known by. ``pk`` is its row's, or None for an entry of the same plan (``number``)."""

    pk: int | None
    number: int | None
    type: str
    printed_title: str
    title: str
    year: int | None
    first: str
    doi: str
    arxiv_id: str
    key: str

    @classmethod
    def of_reference(cls, reference, number):
        first = reference.author or reference.editor
        return cls(
            None, number, reference.type, reference.title, normalised(reference.title) or _in_place_of_title(reference),
            reference.year, normalised(first[0].family or first[0].literal) if first else "",
            doi_of_its_own(reference.doi), versionless(reference.arxiv_id), reference.citation_key,
        )  # fmt: skip

    @property
    def places(self):
        """(reason, value) of all that it can be found by, the surest first."""
        names = (("DOI", self.doi), ("arXiv identifier", self.arxiv_id), ("citation key", self.key))
        return [place for place in (*names, ("title", self.title)) if place[1]]

    def is_same_as(self, other):
        if self.doi and other.doi:
            return self.doi == other.doi
        if (self.type == PREPRINT) != (other.type == PREPRINT):
            return False
        if self.arxiv_id and self.arxiv_id == other.arxiv_id:
            return True
        if self.key and self.key == other.key and self.is_titled_like(other):
            return True
        if not self.is_by_the_same_as(other):
            return False
        return self.title == other.title and self.type == other.type and self.year in (None, other.year)

    def is_version_of(self, other):
        """Whether the two are probably one work in two forms, such as a preprint and the article."""
        if self.arxiv_id and self.arxiv_id == other.arxiv_id:
            return True
        near = None in (self.year, other.year) or abs(self.year - other.year) <= YEARS_APART
        return bool(self.title) and self.title == other.title and self.is_by_the_same_as(other) and near

    def is_titled_like(self, other):
        if not (self.title and other.title):
            return True
        alike = self.title.startswith(other.title) or other.title.startswith(self.title)
        return alike or SequenceMatcher(None, self.title, other.title, autojunk=False).ratio() >= ALIKE

    def is_by_the_same_as(self, other):
        return self.first == other.first or not (self.first and other.first)


@dataclass(frozen=True, slots=True)
class Match:
    """The work that was found, if any, by what, and whether it is the same or another version of it."""

    work: Work | None = None
    reason: str = ""
    same: bool = False


class Works:
    """All works of the site, and those that a plan adds, found by what a reference says of itself.

    A publication is known by what its sources said of it too, so that one whose title an editor has mended is found
    when its file comes in again. Kept in memory is only where each is to be found: the hash of the place, and the
    numbers of the publications there. What they say is read when somebody asks for that place.
    """

    def __init__(self):
        self._stored = {}  # hash of a place: number of a publication, or a list of several
        self._planned = defaultdict(list)  # place: Works of the plan's own entries
        self.learn()

    def learn(self, keys=None):
        """Take note of the publications with these numbers, or of all."""
        rows, said = Publication.objects.order_by("pk"), Origin.objects.order_by("publication")
        if keys is not None:
            rows, said = rows.filter(pk__in=keys), said.filter(publication__in=keys)
        names = ("title", "doi", "arxiv_id", "citation_key")
        for pk, *mine in rows.values_list("pk", *names).iterator():
            self._note(pk, _places(*mine))
        same = [f"publication__{name}" for name in names]
        in_csl = [KT(f"reference__{name}") for name in ("title", "DOI", "archive_location", "citation-key")]
        nameless = []
        for pk, *both in said.values_list("publication", *same, *in_csl).iterator():
            theirs = [name or "" for name in both[4:]]
            if not any(theirs):
                nameless.append(pk)
            elif theirs != both[:4]:
                self._note(pk, _places(*theirs))
        for works in self._read(nameless).values():
            for work in works:
                self._note(work.pk, work.places)

    def forget_planned(self):
        """The entries of the plan so far are publications now, or are not going to be."""
        self._planned.clear()

    def match(self, wanted):
        """The Match of each of a plan's entries (Works): the same work first, else a version of it, else an empty one.

        Those that are none known so far are known from then on.
        """
        stored = self._read({pk for work in wanted for place in work.places for pk in self._numbers(place)})
        found = []
        for work in wanted:
            match = self._match(work, stored)
            if not match.same:
                for place in work.places:
                    self._planned[place].append(work)
            found.append(match)
        return found

    def _match(self, wanted, stored):
        near = [
            (place[0], work)
            for place in wanted.places
            for work in (
                *(work for pk in self._numbers(place) for work in stored.get(pk, ()) if place in work.places),
                *self._planned.get(place, ()),
            )
        ]
        for reason, work in near:
            if wanted.is_same_as(work):
                return Match(work, reason, True)
        for reason, work in near:
            if wanted.is_version_of(work):
                return Match(work, reason)
        return Match()

    def _note(self, pk, places):
        for place in map(hash, places):
            known = self._stored.setdefault(place, pk)
            if isinstance(known, list):
                if known[-1] != pk:
                    known.append(pk)
            elif known != pk:
                self._stored[place] = [known, pk]

    def _numbers(self, place):
        known = self._stored.get(hash(place), ())
        return dict.fromkeys(known) if isinstance(known, list) else (known,) if known else ()

    @staticmethod
    def _read(keys):
        """{number: Works} of publications: what each says of itself, then what its sources said."""
        found, keys = defaultdict(list), sorted(keys)
        for some in batched(keys, CHUNK):
            firsts = {}
            rows = Authorship.objects.filter(publication__in=some, position=1, role__in=["author", "editor"])
            for pk, name, parts, family, person in rows.order_by("-role").values_list(
                "publication", "name", "parts", "person__family", "person__name"
            ):
                # Ordered so that an author overwrites an editor.
                read = parts.get("family") or parts.get("literal") or (not name and family)
                firsts[pk] = normalised(read or parse_name(name or person).family)
            fields = ("pk", "type", "title", "year", "doi", "arxiv_id", "citation_key")
            for pk, type_, title, year, doi, arxiv_id, key in Publication.objects.filter(pk__in=some).values_list(
                *fields
            ):
                found[pk].append(Work(
                    pk, None, type_, title, normalised(title), year, firsts.get(pk, ""),
                    doi_of_its_own(doi), versionless(arxiv_id), key,
                ))  # fmt: skip
            said = Origin.objects.filter(publication__in=some).order_by("pk")
            for pk, reference in said.values_list("publication", "reference"):
                found[pk].append(replace(Work.of_reference(reference, None), pk=pk))
        return found


def _places(title, doi, arxiv_id, key):
    """The places of a work of which no more is known, and more of them rather than less."""
    named = ARXIV_DOI.fullmatch(doi)
    arxiv_id = arxiv_id or (named[1] if named else "")
    return Work(None, None, "", "", normalised(title), None, "", doi.casefold(), versionless(arxiv_id), key).places


class People:
    """All people of the site, found by a name."""

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
        """(number of the person or None, whether that is certain).

        Certain is one and the same ORCID iD, full name, or spelling that an editor has written down for one person
        alone; another initial, or a name that two people have, only suggests.
        """
        if name.orcid in self._by_orcid:
            return self._by_orcid[name.orcid], True
        if name.literal:
            return None, False
        spelled = self._by_spelling.get(normalised(str(name)), ())
        is_written_down = normalised(str(name)) in self._other_spellings
        certain = len(spelled) == 1 and (is_written_down or not is_initials(name.given))
        given = given_of(name)
        family = self._by_family.get(normalised(name.family), ()) if given else ()
        found = spelled or {
            pk for pk, known in family if known.startswith(given) or (known and given.startswith(known))
        }
        return (min(found), certain) if len(found) == 1 or spelled else (None, False)


def given_of(name):
    """The first given name, or its initial: "yao" of "Yao Xin", "y" of "Y. X."."""
    first = (name.given.replace(".", " ").replace("-", " ").split() or [""])[0]
    return normalised(first[:1] if is_initials(name.given) else first)


def is_initials(given):
    """Whether given names are initials alone: "Y.", "Y. X.", "Y.-X.", "YX"."""
    words = given.replace(".", " ").replace("-", " ").split()
    return bool(words) and all(len(word) == 1 or (len(word) == 2 and word.isupper()) for word in words)
