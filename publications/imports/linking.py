"""Names on works that may be people of the site: the questions about them, and what the answers do."""

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property, reduce
from hashlib import blake2s
from operator import or_

from django.db import transaction
from django.db.models import Count, Q
from django.utils import timezone

from profiles.content.batches import batched
from profiles.history import revisions
from profiles.models import Person
from profiles.search import indexing
from publications.citations import stored
from publications.imports.matching import People, is_initials
from publications.models import Authorship, Publication
from publications.references.values.names import parse_name

CHUNK = 200


class Answer(StrEnum):
    YES = "yes"
    NO = "no"
    LATER = "later"  # in an import: decide for each work


@dataclass(frozen=True)
class NameQuestion:
    """Is a name that is printed on works (their number) a person of the site (primary key and name)?

    ``preset`` is the Answer that the form proposes, ``orcid`` the ORCID iD that a file gives for the name.
    """

    printed: str
    person: int
    name: str
    works: int
    is_owner: bool = False
    preset: Answer = Answer.LATER
    orcid: str = ""

    @cached_property
    def key(self):
        """A hash of what was asked, so that the answer to another question is not mistaken for one to this."""
        asked = (self.printed, self.person, self.name)
        return blake2s(repr(asked).encode(), digest_size=8).hexdigest()

    def answer(self, data):
        """Return the Answer in a posted form; LATER if it has none."""
        return next((answer for answer in Answer if answer == data.get(f"name-{self.key}")), Answer.LATER)

    @property
    def counted_works(self):
        return counted_works(self.works)


def counted_works(number):
    return "1 work" if number == 1 else f"{number:,} works"


def questions_of_import(rows, owner):
    """Return the NameQuestions of the rows of a Plan, once for each name, the owner's (a primary key) first.

    The answer about the owner is preset to yes if the owner is, or may be, an author of most of the new works: then
    these are the owner's own works.
    """
    works, orcids = Counter(), {}
    for row in rows:
        works.update(row.asked_names)
        orcids |= {(one.printed, one.person): one.orcid for one in row.suggestions if one.orcid}
    new = [row for row in rows if row.is_new]
    own = [row for row in new if row.names_owner or any(one.person == owner for one in row.suggestions)]
    own_preset = Answer.YES if len(own) * 2 > len(new) else Answer.LATER
    questions = []
    for (printed, person, name), count in works.items():
        preset = own_preset if person == owner else Answer.LATER
        orcid = orcids.get((printed, person), "")
        questions.append(NameQuestion(printed, person, name, count, person == owner, preset, orcid))
    return sorted(questions, key=lambda one: (not one.is_owner, -one.works, one.printed))


def questions_of_works(person=None):
    """Yield a NameQuestion for each name on works that nobody has linked, and None for each that is no question.

    With a ``person``, only names that may be this one. Full names and other spellings are preset to yes.
    """
    names = Authorship.objects.filter(person=None).exclude(role=Authorship.Role.CONTRIBUTOR)
    if person:
        families = {parse_name(name).family for name in (person.name, person.family, *person.other_names.splitlines())}
        names = names.filter(reduce(or_, (Q(name__icontains=family) for family in families if family), Q(pk__in=[])))
    people = People(Person.objects.filter(pk=person.pk) if person else None)
    counted = names.values_list("name").annotate(works=Count("publication", distinct=True)).order_by("-works", "name")
    for printed, works in counted.iterator():
        found, certain = people.find(parse_name(printed)) if people.may_find(printed) else (None, False)
        preset = Answer.YES if certain else Answer.LATER
        is_owner = found == people.owner
        yield NameQuestion(printed, found, people.names[found], works, is_owner, preset) if found else None


@transaction.atomic
def link(printed, person, user, works=None):
    """Link a name on works, all of them or those of a queryset, to a person. Return the number of works.

    The works are recorded in their history.
    """
    names = Authorship.objects.filter(person=None, name=printed).exclude(role=Authorship.Role.CONTRIBUTOR)
    works = (Publication.objects.all() if works is None else works).filter(pk__in=names.values("publication"))
    pks = list(works.order_by("pk").values_list("pk", flat=True))
    for some in batched(pks, CHUNK):
        rows = Publication.objects.filter(pk__in=some)
        revisions.record_unsaved_changes(rows)
        names.filter(publication__in=some).update(person=person)
        rows.update(updated_at=timezone.now())
        revisions.record(rows.all(), user, f"“{printed}” is {person}")
    indexing.schedule(Publication, pks)
    stored.update_after_commit(Q(pk__in=pks))
    return len(pks)


@transaction.atomic
def remember(person, user, *, spellings=(), names_of_others=(), comment=""):
    """Store names as spellings of a person, or as names of other people, and record the change in the history."""
    revisions.record_unsaved_changes([person])
    # The person's own name need not be stored, unless it has only initials, which are never certain.
    person.add_spellings(*(name for name in spellings if name != person.name or is_initials(parse_name(name).given)))
    person.add_names_of_others(*names_of_others)
    person.save()
    revisions.record([person], user, comment)
