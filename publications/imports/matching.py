"""Matching: which publication of the site a reference describes, and which person a name means."""

from collections import defaultdict
from dataclasses import dataclass
from itertools import chain

from profiles.content.patterns import EAST_ASIAN
from profiles.models import Person
from publications.imports.comparable import normalised, spaced
from publications.imports.identity import Relation, Work
from publications.models import Authorship, Origin, Publication
from publications.references import Date, Name, Reference
from publications.references.values.names import parse_name

# How many works an entry is compared with at most, the latest. Similar titles take longer to compare.
MOST_CANDIDATES = {"title": 1000}
# By which a stored publication is recognised, besides its year and first author.
FACTS = (
    "type", "citation_key", "title", "container_title", "container_title_short", "publisher", "volume", "issue",
    "number", "page", "edition", "language", "doi", "arxiv_id", "isbn", "pmid",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Match:
    """The closest Work, if any, its Relation, and the reason why it was found.

    ``number`` is another entry of this import that is this work, or that describes it.
    """

    work: Work | None = None
    reason: str = ""
    relation: Relation = Relation.NONE
    number: int | None = None


class Works:
    """All publications of the site, and the entries of a plan that would be added, by their keys.

    A publication is also found by what its sources said of it, so that one whose title was edited is recognised when
    its file is imported again.
    """

    def __init__(self):
        self._stored, self._planned = defaultdict(list), defaultdict(list)
        self._numbers = {}  # of the first entry of this import that describes a publication, by its primary key
        self._entries = defaultdict(list)  # of this import that describe the same work, by the number of the first
        self._add_stored()

    def add_imported(self, pks, made):
        """Add the publications with these primary keys, and forget the entries of the plan.

        ``made`` maps numbers of entries to the primary keys of new publications.
        """
        self._planned.clear()
        for number, pk in made.items():
            self._numbers.setdefault(pk, number)
        self._add_stored(pks)

    def _add_stored(self, pks=None):
        for work in chain(stored_works(pks), works_of_sources(pks)):
            for key in work.keys:
                self._stored[key].append(work)

    def matches(self, entries):
        """Return the Match of each of a plan's entries (Works). An entry that is new can be found from then on."""
        for wanted in entries:
            for work in self._stored.get(wanted.keys[0], ()) if wanted.digest else ():
                self._numbers.setdefault(work.pk, wanted.number)
        return [self._match(wanted) for wanted in entries]

    def _match(self, wanted):
        work, reason, relation = self._find(wanted)
        number = work and (work.number or self._numbers.get(work.pk))
        if relation == Relation.SAME and any(_excludes(entry, wanted) for entry in self._entries[number][-50:]):
            relation = Relation.POSSIBLE_DUPLICATE
        if relation < Relation.SAME:
            for key in wanted.keys:
                self._planned[key].append(wanted)
        else:
            self._entries[number or wanted.number].append(wanted)
            if work.pk:
                self._numbers.setdefault(work.pk, wanted.number)
        return Match(work, reason, relation, None if number == wanted.number else number)

    def _find(self, wanted):
        """Return (Work, reason, Relation) of the closest work, the first of several."""
        found = None, "", Relation.NONE
        for reason, value in wanted.keys:
            for works in (self._stored, self._planned):
                for work in works.get((reason, value), ())[-MOST_CANDIDATES.get(reason, 50) :]:
                    is_known = work.pk is not None and work.pk not in self._numbers
                    relation = wanted.relation_to(work, is_known)
                    if relation > found[2]:
                        found = work, reason, relation
                    if relation == Relation.IDENTICAL:
                        return found
        return found


def _excludes(entry, other):
    """Return whether two entries cannot both be the work that each of them may be: it has no volume, and they have."""
    return bool(entry.contradictions(other)) and other.relation_to(entry, is_known=False) < Relation.SAME


def stored_works(pks=None):
    """Yield a Work for each publication, or those with these primary keys."""
    publications = Publication.objects.order_by("pk")
    # Authors overwrite editors.
    firsts = Authorship.objects.filter(position=1, role__in=["author", "editor"]).order_by("-role")
    if pks is not None:
        publications, firsts = publications.filter(pk__in=pks), firsts.filter(publication__in=pks)
    families = {first.publication_id: first.family for first in firsts.select_related("person").iterator()}
    for pk, year, *facts in publications.values_list("pk", "year", *FACTS).iterator():
        author = (Name(family=families[pk]),) if pk in families else ()
        issued = Date(((year,),)) if year else Date()
        reference = Reference(author=author, issued=issued, **dict(zip(FACTS, facts, strict=True)))
        yield Work.from_reference(reference, pk=pk)


def works_of_sources(pks=None):
    """Yield a Work for what each source said of each publication, or of those with these primary keys."""
    origins = Origin.objects.order_by("publication", "pk")
    for origin in (origins if pks is None else origins.filter(publication__in=pks)).iterator():
        yield Work.from_reference(origin.reference, pk=origin.publication_id, source=origin.source)


class People:
    """All people of the site, or those of a queryset, by their names."""

    def __init__(self, people=None):
        self.names, self.owner = {}, None
        self._by_orcid, self._by_spelling, self._by_family = {}, defaultdict(set), defaultdict(set)
        self._other_spellings, self._family_words = set(), set()
        self._orcids, self._not = {}, defaultdict(set)  # by primary key: the ORCID iD; by name: whose it is not
        for person in (Person.objects.all() if people is None else people).order_by("pk"):
            self.names[person.pk] = person.name
            if person.is_owner:
                self.owner = person.pk
            if person.orcid:
                self._by_orcid[person.orcid] = person.pk
                self._orcids[person.pk] = person.orcid
            for other in filter(str.strip, person.names_of_others.splitlines()):
                self._not[normalised(str(parse_name(other)))].add(person.pk)
            parts = (person.given, person.particle, person.family, person.suffix)
            others = set(filter(None, map(str.strip, person.other_names.splitlines())))
            for spelling in filter(None, {person.name, " ".join(filter(None, parts)), *others}):
                name = parse_name(spelling)
                if spelling in others:
                    self._other_spellings.add(normalised(str(name)))
                self._by_spelling[normalised(str(name))].add(person.pk)
                self._by_family[normalised(name.family)].add((person.pk, given_of(name)))
                self._family_words.update(spaced(name.family).split())

    def may_find(self, text):
        """Return whether a name has a word of a person's family name: a quick check before ``find``."""
        return bool(EAST_ASIAN.search(text)) or not self._family_words.isdisjoint(spaced(text).split())

    def find(self, name):
        """Return (primary key of a person or None, whether the match is certain).

        The same ORCID iD, full name or other spelling of one person is certain; an initial, or a name that two people
        share, or the reverse order of names, is not. A name with another ORCID iD, or one that an editor has said to
        be someone else's, does not match.
        """
        if name.orcid in self._by_orcid:
            return self._by_orcid[name.orcid], True
        if name.literal:
            return None, False
        printed = normalised(str(name))
        excluded = self._not.get(printed, frozenset())
        if name.orcid:
            excluded = excluded | self._orcids.keys()
        spelled = self._by_spelling.get(printed, frozenset()) - excluded
        certain = len(spelled) == 1 and (printed in self._other_spellings or not is_initials(name.given))
        given = given_of(name)
        family = self._by_family.get(normalised(name.family), ()) if given else ()
        reversed_ = self._by_spelling.get(normalised(name.family + name.given), frozenset())  # "Wang Xiaoming"
        similar = {pk for pk, known in family if known.startswith(given) or (known and given.startswith(known))}
        found = spelled or (reversed_ or similar) - excluded
        return (min(found), certain) if len(found) == 1 or spelled else (None, False)


def given_of(name):
    """Return the first given name, or its initial: "yao" of "Yao Xin", "y" of "Y. X."."""
    first = (name.given.replace(".", " ").replace("-", " ").split() or [""])[0]
    return normalised(first[:1] if is_initials(name.given) else first)


def is_initials(given):
    """Return whether given names are only initials: "Y.", "Y. X.", "Y.-X.", "YX"."""
    words = given.replace(".", " ").replace("-", " ").split()
    return bool(words) and all(len(word) == 1 or (len(word) == 2 and word.isupper()) for word in words)
