"""The collaborators of a person, in the five tables of NSF's form "Collaborators and Other Affiliations" (COA).

The tables and their columns are those of NSF's template and of Research.gov (PAPPG, chapter II.D.2.h(iii)). Everything
counts that ends on or after the first day of the period. A date known to the year or month counts if one of its days
does; what goes on counts as of today.
"""

import re
from calendar import monthrange
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from django.db.models import Q
from django.utils import timezone

from profiles.content.dates import PartialDate
from profiles.models import Activity, Membership, Person, Relation
from projects.models import Grant, Project
from publications.models import Authorship, Publication

MONTHS = 48  # of co-authors and collaborators, unless others are asked for
EDITOR_MONTHS, OWN_MONTHS = 24, 12  # of co-editors, and of the person's own affiliations
ADVISOR, ADVISEE, COAUTHOR, COLLABORATOR, EDITORIAL_BOARD, COEDITOR = "GTACBE"
SEPARATORS = re.compile(r"[,;]|\band\b|&")  # between the names of a grant's other people
SUPERVISORS = (Relation.Role.PRIMARY_SUPERVISOR, Relation.Role.ASSISTANT_SUPERVISOR)


def months_before(day, months):
    """Return the same day a number of months before, or the last day of that month if it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def formal(name):
    """Return a Name as NSF wants it: "last name, first name, middle initial"."""
    if name.literal or not name.family:
        return name.literal or str(name)
    particles = (name.dropping_particle, name.non_dropping_particle)
    family = " ".join(filter(None, (*particles, name.family, name.suffix)))
    first, *others = name.given.split() or [""]
    return ", ".join(filter(None, (family, first, " ".join(f"{other[0]}." for other in others))))


@dataclass
class Collaborator:
    """A person in one of the tables. ``reasons`` are the objects that they appear for, by code.

    Without a ``person``, it is a plain name on works.
    """

    name: str
    printed: str = ""
    person: Person | None = None
    reasons: dict = field(default_factory=lambda: defaultdict(list))
    last: str = ""
    journal: str = ""

    @property
    def codes(self):
        return sorted(self.reasons)

    @property
    def code(self):
        """The one code that NSF's column has: co-author before collaborator."""
        return self.codes[0]

    @property
    def newest(self):
        """The last reason, for a link."""
        return max((pair for some in self.reasons.values() for pair in some), key=lambda pair: pair[0])[1]

    @cached_property
    def current(self):
        """The person's affiliations now, or if there are none at the last date."""
        known = list(self.person.affiliations.all()) if self.person else []
        return [one for one in known if one.is_current] or [one for one in known if one.includes(self.last)]

    @property
    def affiliation(self):
        return "; ".join(dict.fromkeys(one.organisation for one in self.current))

    @property
    def optional(self):
        """The e-mail address and the department, which distinguish people with the same name."""
        email = [self.person.email] if self.person else []
        return ", ".join(filter(None, dict.fromkeys([*email, *(one.department for one in self.current)])))

    @property
    def last_shown(self):
        """The last date as NSF's form has it: "05/17/2024", "05/2024" or "2024"."""
        year, *rest = self.last.split("-")
        return "/".join([*rest, year])

    @property
    def last_display(self):
        return PartialDate(self.last).display if self.last else ""


class Collaborators:
    """The tables of a person, for the ``months`` before ``today``."""

    def __init__(self, person, months=MONTHS, today=None):
        self.person, self.months, self.today = person, months, today or timezone.localdate()
        self.since = months_before(self.today, months)
        self.undated = []  # what might belong here, but has no date
        self._tables = {number: {} for number in (3, 4, 5)}
        self._add_relations()
        self._add_memberships()
        self._add_works()
        self._add_projects()
        self._add_grants()
        self._add_service()

    @cached_property
    def own(self):
        """Rows of table 1: [(organisation, last date)] of the last twelve months."""
        since = months_before(self.today, OWN_MONTHS)
        rows = [one for one in self.person.affiliations.all() if self._reaches(self._last_of(one), since)]
        return [(one.text, "" if one.is_ongoing else one.end.display) for one in rows]

    @property
    def people(self):
        """Rows of table 3: the PhD advisors and advisees of all time."""
        return self._sorted(3)

    @property
    def collaborators(self):
        """Rows of table 4: co-authors and collaborators of the period."""
        return self._sorted(4)

    @property
    def editors(self):
        """Rows of table 5: co-editors of the last 24 months, and a row for each editorial board."""
        return self._sorted(5)

    @property
    def without_affiliation(self):
        found = (row for rows in self._tables.values() for row in rows.values() if not row.affiliation)
        return len({row.name for row in found})

    def _sorted(self, number):
        """Return the rows of a table, those without an affiliation first, then by name."""
        return sorted(self._tables[number].values(), key=lambda row: (bool(row.affiliation), row.name.casefold()))

    @cached_property
    def _people(self):
        """{primary key: Person} of everybody, with affiliations, so that each name costs no query."""
        return {one.pk: one for one in Person.objects.prefetch_related("affiliations")}

    @cached_property
    def _spellings(self):
        """{spelling: Person} of the spellings of exactly one person."""
        found = defaultdict(list)
        for person in self._people.values():
            for spelling in person.spellings:
                found[spelling].append(person)
        return {spelling: people[0] for spelling, people in found.items() if len(people) == 1}

    def _add(self, number, code, who, reason, journal=""):
        """Add a person, or an Authorship, to a table. A reason is (last date, object); the latest date counts."""
        person = self._person_of(who)
        if person == self.person:
            return
        name = Authorship(person=person).as_name() if person else who.as_name()
        key = (person.pk if person else str(name).casefold(), journal)
        row = self._tables[number].setdefault(key, Collaborator(formal(name), str(name), person, journal=journal))
        row.last = max(row.last, reason[0])
        row.reasons[code].append(reason)

    def _person_of(self, who):
        """Return the person of the site who is meant, or None for a plain name."""
        if isinstance(who, Person):
            return self._people[who.pk]
        if who.person_id:
            return self._people[who.person_id]
        return self._spellings.get(" ".join(who.name.split()).casefold())

    def _reaches(self, last, since):
        """Return whether a date, or one of the days that it may be, is not before another."""
        return bool(last) and last >= since.isoformat()[: len(last)]

    def _last_of(self, *periods):
        """Return the last date that objects with ``start`` and ``end`` have in common; "" if there is none."""
        starts = [one.start for one in periods if one.start]
        ends = [one.end for one in periods if one.end]
        last = min([*ends, self.today.isoformat()], key=lambda end: f"{end}-99-99"[:10])
        has_begun = all(start[: len(last)] <= last[: len(start)] for start in starts)
        return str(last) if has_begun else ""

    def _add_relations(self):
        """Add supervisors and students, and the collaborators of the period."""
        rows = Relation.objects.filter(Q(person=self.person) | Q(related=self.person))
        for relation in rows.select_related("person", "related"):
            is_own = relation.person_id == self.person.pk
            other = relation.related if is_own else relation.person
            last = self._last_of(relation)
            if relation.role == Relation.Role.COLLABORATOR:
                self._add_collaborator(other, last, relation.person)
                continue
            is_advisor = (relation.role in SUPERVISORS) == is_own
            self._add(3, ADVISOR if is_advisor else ADVISEE, other, (last, relation.person))

    def _add_memberships(self):
        """Add supervisors and the supervised: of PhD students of all time, of others those of the period."""
        own = Q(person=self.person) | Q(supervisors=self.person)
        rows = Membership.objects.filter(own).distinct().select_related("person").prefetch_related("supervisors")
        for membership in rows:
            is_own = membership.person_id == self.person.pk
            last = self._last_of(membership)
            for other in membership.supervisors.all() if is_own else [membership.person]:
                if membership.role == Membership.Role.PHD_STUDENT:
                    self._add(3, ADVISOR if is_own else ADVISEE, other, (last, membership))
                else:
                    self._add_collaborator(other, last, membership)

    def _add_collaborator(self, other, last, reason):
        if self._reaches(last, self.since):
            self._add(4, COLLABORATOR, other, (last, reason))

    def _add_works(self):
        """Add the co-authors of all works that have appeared or are submitted, drafts included, and co-editors."""
        first = min(self.since, self._editors_since).year
        works = Publication.objects.by(self.person).exclude(status=Publication.Status.IN_PREPARATION)
        works = works.filter(Q(issued="") | Q(issued__gte=str(first))).order_by("pk")
        works = works.only("title", "container_title", "issued", "status", "slug").prefetch_related("authorships")
        for work in works:
            last = work.issued or (self.today.isoformat() if work.is_forthcoming else "")
            if not last:
                self.undated.append(work)
            for names, number, code, since in (
                (work.byline, 4, COAUTHOR, self.since),
                (work.editors, 5, COEDITOR, self._editors_since),
            ):
                if self._reaches(last, since) and any(name.person_id == self.person.pk for name in names):
                    journal = work.container_title or work.title if number == 5 else ""
                    for name in names:
                        self._add(number, code, name, (str(last), work), journal)

    @cached_property
    def _editors_since(self):
        return months_before(self.today, EDITOR_MONTHS)

    def _add_projects(self):
        """Add the people who were on a project at the same time."""
        projects = Project.objects.filter(members__person=self.person).prefetch_related("members__person")
        for project in projects:
            if project.status == Project.Status.FINISHED and not project.end:
                self.undated.append(project)
                continue
            own = next(one for one in project.members.all() if one.person_id == self.person.pk)
            for member in project.members.all():
                self._add_collaborator(member.person, self._last_of(project, own, member), project)

    def _add_grants(self):
        """Add the people of the same grant, with those who are only named there. Submitted ones do not count."""
        grants = Grant.objects.filter(investigators__person=self.person).exclude(status=Grant.Status.SUBMITTED)
        for grant in grants.prefetch_related("investigators__person"):
            if grant.status == Grant.Status.ENDED and not grant.end:
                self.undated.append(grant)
                continue
            others = [Authorship(name=name.strip()) for name in SEPARATORS.split(grant.other_people) if name.strip()]
            for other in [*(one.person for one in grant.investigators.all()), *others]:
                self._add_collaborator(other, self._last_of(grant), grant)

    def _add_service(self):
        """Add a row without a name for each journal whose editorial board the person was on."""
        for service in Activity.objects.filter(person=self.person, kind=Activity.Kind.SERVICE):
            is_board = re.search(r"\b(?:editor|editorial)", service.role, re.IGNORECASE)
            last = self._last_of(service) if service.is_ongoing or service.end else service.start
            if is_board and self._reaches(last, self._editors_since):
                journal = service.title or service.organisation
                row = self._tables[5].setdefault(("", journal), Collaborator("", journal=journal))
                row.last = max(row.last, last)
                row.reasons[EDITORIAL_BOARD].append((last, service))


HEADINGS = {
    1: ("1", "Your Name:", "Your Organizational Affiliation(s), last 12 mo", "Last Active Date"),
    2: ("2", "Name:", "Type of Relationship", "Optional (email, Department)", "Last Active Date"),
    3: ("3", "Advisor/Advisee Name:", "Organizational Affiliation", "Optional (email, Department)"),
    4: ("4", "Name:", "Organizational Affiliation", "Optional (email, Department)", "Last Active Date"),
    5: ("5", "Name:", "Organizational Affiliation", "Journal/Collection", "Last Active Date"),
}


def tables_of(found):
    """Return {number: rows of cells} of NSF's tables for a Collaborators. Table 2 is for its owner to fill in."""
    name = formal(Authorship(person=found.person).as_name())
    own = found.own or [("", "")]
    return {
        1: [("", "" if place else name, text, last) for place, (text, last) in enumerate(own)],
        2: [],
        3: [(f"{row.code}:", row.name, row.affiliation, row.optional) for row in found.people],
        4: [(f"{row.code}:", row.name, row.affiliation, row.optional, row.last_shown) for row in found.collaborators],
        5: [(f"{row.code}:", row.name, row.affiliation, row.journal, row.last_shown) for row in found.editors],
    }


def sheet_of(found):
    """Return (rows, numbers of the headings) of a sheet with all tables, each below its heading."""
    rows, headings = [], []
    for number, table in tables_of(found).items():
        headings.append(len(rows))
        rows += [HEADINGS[number], *table, ()]
    return rows, headings
