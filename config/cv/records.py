"""The records that a CV can show, by kind of part, with their numbers."""

from functools import cached_property, partial

from config.cv.lines import LINES
from config.cv.words import term
from profiles.feeds import VISITOR
from profiles.models import Activity, Person, Post
from projects.models import Project
from publications.citations.stored import digest
from publications.models import FormattedCitations, Publication
from publications.numbering import in_count_order, numbers_of


class Records:
    """The records of an owner that a user may see. Each kind is loaded once, whatever the number of parts.

    ``records[kind]`` is a list in the usual order, with the records that are kept out of CVs. Every one is a row or a
    CVLine about one; see ``row_of``.
    """

    def __init__(self, owner, user, language="en"):
        self.owner, self.user, self.say = owner, user, partial(term, language=language)
        self._loaded = {}

    def __getitem__(self, kind):
        if kind not in self._loaded:
            self._loaded[kind] = list(self._load(kind))
        return self._loaded[kind]

    def _load(self, kind):
        if kind == "publications":
            return Publication.objects.in_cv(self.owner, self.user).newest_first().with_references(self.user)
        if kind == "projects":
            return Project.objects.visible_to(self.user)
        if kind == "posts":
            return Post.objects.visible_to(self.user).by_date()
        if kind in LINES:
            return LINES[kind](self.owner, self.user, self.say)
        return self._activities.get(kind, [])

    @cached_property
    def _activities(self):
        by_kind = {}
        for activity in self.owner.activities.visible_to(self.user):
            if activity.kind in Activity.Kind.values:
                by_kind.setdefault(activity.kind, []).append(activity)
        return by_kind

    @cached_property
    def _numbered(self):
        """The works that have a number. An editor sees the numbers that visitors see."""
        if self.user.is_staff:
            return list(Publication.objects.in_cv(self.owner, VISITOR).for_cvs().for_numbers())
        return [work for work in self["publications"] if not work.not_in_cvs]

    @cached_property
    def numbers_by_type(self):
        """{primary key: "J12"} of the publications; what visitors do not see has no number."""
        return numbers_of(self._numbered)

    @cached_property
    def stable_numbers(self):
        """{primary key: "12"} of the publications, counted over all types from the first on."""
        works = sorted(self._numbered, key=in_count_order)
        return {work.pk: str(number) for number, work in enumerate(works, 1)}

    @cached_property
    def citations(self):
        """{primary key: {citation style: HTML}} of the publications; those of another state of a work are left out."""
        wanted = {work.pk: digest(work.as_reference()) for work in self["publications"]}
        rows = FormattedCitations.objects.filter(publication__in=wanted).values_list(
            "publication", "digest", "citations"
        )
        return {
            pk: {citation["key"]: citation["html"] for citation in citations}
            for pk, made_for, citations in rows
            if wanted[pk] == made_for
        }


def owner_of_cvs():
    """Return the owner of the site with what the heading of a CV shows, or None."""
    return Person.objects.prefetch_related("links", "tags").owner()


def row_of(record):
    """Return the row that a record is about: of a CVLine, the talk, course or membership."""
    return getattr(record, "item", record)
