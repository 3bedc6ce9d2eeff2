"""The outputs of a person, a project, a grant or a period: works by type and year, and talks, posts and grants."""

from collections import Counter

from django.db.models import Prefetch, Q
from django.utils.functional import cached_property

from config.text.plain import plain
from profiles.content.publishing import EDITORS
from profiles.feeds import VISITOR
from profiles.models import Occasion, Post
from projects.models import Grant
from publications.citations import bibliography
from publications.exports import public_reference
from publications.models import Publication

COLUMNS = {
    "kind": "Kind", "type": "Type", "date": "Date", "title": "Title", "people": "People", "venue": "Venue",
    "doi": "DOI", "arxiv": "arXiv", "address": "Address", "licence": "Licence", "open": "Open access",
    "citation": "Citation",
}  # fmt: skip


def whole_reference(publication):
    return publication.as_reference().for_visitors()


class Outputs:
    """What the options of an OutputsForm select. Without drafts, it is what visitors may see."""

    def __init__(self, options):
        self.options = options
        self.user = EDITORS if options["drafts"] else VISITOR
        self.person, self.project, self.grant = options["person"], options["project"], options["grant"]
        self.first, self.last = options["first"], options["last"]

    @property
    def subjects(self):
        return [str(one) for one in (self.person, self.project, self.grant) if one]

    @property
    def title(self):
        """What the report is about: "Outputs of Ada Lovelace, 2024–2026"."""
        of = f" of {' and '.join(self.subjects)}" if self.subjects else ""
        return f"Outputs{of}{f', {self.period}' if self.period else ''}"

    @property
    def period(self):
        if self.first and self.last:
            return str(self.first) if self.first == self.last else f"{self.first}–{self.last}"
        return f"since {self.first}" if self.first else f"until {self.last}" if self.last else ""

    @cached_property
    def _selected(self):
        """Return the works of the person, project and grant. The versions of a work count once."""
        visible = Publication.objects.visible_to(self.user)
        works = visible.works(self.user)
        for linked in (
            self.person and visible.by(self.person),
            self.project and visible.filter(projects=self.project),
            self.grant and visible.filter(grants=self.grant),
        ):
            if linked is not None:
                works = works.with_versions_in(linked)
        # The person, project or grant would give away hidden authors.
        return works.with_authors_shown(self.user) if self.subjects else works

    @cached_property
    def works(self):
        found = self._in_years(self._selected, "issued")
        versions = Publication.objects.visible_to(self.user).prefetch_related("resources")
        return list(found.newest_first().with_references(self.user).prefetch_related(Prefetch("versions", versions)))

    @cached_property
    def undated(self):
        """The number of works that a period leaves out because they have no date."""
        return self._selected.filter(issued="").count() if self.period else 0

    def _in_years(self, rows, name):
        """Filter rows by the year of a date. What has no date is in no period."""
        if self.period:
            rows = rows.exclude(**{name: ""})
        if self.first:
            rows = rows.filter(**{f"{name}__gte": f"{self.first:04}"})
        return rows.filter(**{f"{name}__lt": f"{self.last + 1:04}"}) if self.last else rows

    @cached_property
    def open_works(self):
        """The primary keys of the works of which everybody can read a version."""
        versions = ((work.pk, version) for work in self.works for version in (work, *work.versions.all()))
        return {work for work, version in versions if version.is_open_access}

    @property
    def open_share(self):
        """The share of open access, as "50 %"."""
        return f"{round(100 * len(self.open_works) / len(self.works))} %" if self.works else ""

    @cached_property
    def counts(self):
        """(types, rows, totals) of the table of years by type: its rows are (year, numbers, total)."""
        found = Counter((work.list_heading, work.type_heading) for work in self.works)
        years = Counter(work.list_heading for work in self.works)  # in the order of the list
        types = Counter(work.type_heading for work in self.works)
        columns = [name for name, _ in types.most_common()]
        rows = [(year, [found[year, name] for name in columns], total) for year, total in years.items()]
        return columns, rows, [types[name] for name in columns]

    @cached_property
    def citations(self):
        """[(publication, text, HTML)] in the chosen style."""
        reference_of = whole_reference if self.options["drafts"] else public_reference
        return list(bibliography.cited(self.works, self.options["style"], reference_of))

    @cached_property
    def talks(self):
        """The occasions of talks, if asked for: of the person, about the project, or of the grant."""
        rows = Occasion.objects.visible_to(self.user).select_related("talk").prefetch_related("talk__speakers")
        conditions = [
            self.person and Q(talk__speakers=self.person),
            self.project and Q(talk__talk_projects__project=self.project),
            self.grant and Q(talk__in=self.grant.talks_for(self.user)),
        ]
        return self._listed("talks", rows, conditions, "start")

    @cached_property
    def posts(self):
        rows = Post.objects.visible_to(self.user).by_date()
        conditions = [
            self.person and Q(people=self.person),
            self.project and Q(post_projects__project=self.project),
            self.grant and Q(grants=self.grant),
        ]
        return self._listed("posts", rows, conditions, "date")

    @cached_property
    def grants(self):
        """The grants that were held in the period, if they are asked for."""
        if not self.options["grants"]:
            return []
        rows = Grant.objects.visible_to(self.user).prefetch_related("people")
        for condition in (
            self.person and Q(people=self.person),
            self.project and Q(projects=self.project),
            self.grant and Q(pk=self.grant.pk),
            self.last and Q(start__lt=f"{self.last + 1:04}"),
            self.first and (Q(end="") | Q(end__gte=f"{self.first:04}")),
        ):
            rows = rows.filter(condition) if condition else rows
        return list(rows.distinct())

    def _listed(self, name, rows, conditions, date):
        if not self.options[name]:
            return []
        for condition in filter(None, conditions):
            rows = rows.filter(condition)
        return list(self._in_years(rows, date).distinct())

    def as_rows(self, absolute):
        """Return the rows of a CSV file: a heading, and a row for each work, talk, post and grant."""
        rows = [*map(self._work_row, self.citations), *map(talk_row, self.talks)]
        rows += [*map(post_row, self.posts), *map(grant_row, self.grants)]
        rows = [facts | {"address": absolute(facts["address"])} for facts in rows]
        return [list(COLUMNS.values()), *([facts.get(name, "") for name in COLUMNS] for facts in rows)]

    def _work_row(self, cited):
        work, text, _ = cited
        return {
            "kind": "publication",
            "type": work.type_label,
            "date": work.issued or work.status_label,
            "title": plain(work.title),
            "people": work.byline_text,
            "venue": work.venue,
            "doi": work.doi,
            "arxiv": work.arxiv_id,
            "address": work.get_absolute_url(),
            "licence": work.license,
            "open": "yes" if work.pk in self.open_works else "no",
            "citation": text,
        }


def talk_row(occasion):
    talk = occasion.talk
    return {
        "kind": "talk",
        "type": occasion.get_kind_display(),
        "date": occasion.start,
        "title": plain(talk.title),
        "people": names_of(talk.speakers.all()),
        "venue": str(occasion),
        "address": talk.get_absolute_url(),
    }


def post_row(post):
    return {"kind": "post", "date": post.date, "title": plain(post.title), "address": post.get_absolute_url()}


def grant_row(grant):
    return {
        "kind": "grant",
        "type": grant.current_status,
        "date": " – ".join(filter(None, (grant.start, grant.end))),
        "title": grant.title,
        "people": names_of(grant.people.all()),
        "venue": grant.award,
        "address": grant.get_absolute_url(),
    }


def names_of(people):
    return ", ".join(person.name for person in people)
