"""What stands in the CV, apart from how it is set."""

from dataclasses import dataclass, field

from profiles.models import Activity, Person
from projects.models import Project
from publications.models import Publication

ORDER = [
    Activity.Kind.EDUCATION,
    Activity.Kind.POSITION,
    "publications",
    "projects",
    Activity.Kind.AWARD,
    Activity.Kind.GRANT,
    Activity.Kind.TALK,
    Activity.Kind.TEACHING,
    Activity.Kind.SUPERVISION,
    Activity.Kind.SERVICE,
    Activity.Kind.MEMBERSHIP,
]


@dataclass(frozen=True)
class Part:
    """A headed part of a CV; ``kind`` is an activity's kind, "publications" or "projects"."""

    kind: str
    title: str
    items: list


@dataclass(frozen=True)
class CV:
    owner: Person | None
    parts: list[Part] = field(default_factory=list)

    @classmethod
    def of_owner(cls, owner, user):
        """The owner's CV, of what the user may see; parts without a line are left out."""
        if owner is None:
            return cls(None)
        works = Publication.objects.visible_to(user).works(user).with_authors_shown(user).newest_first()
        # Until the owner is chosen among the authors of anything, the works of the site stand for theirs.
        if owner.authorships.exists():
            works = works.filter(authorships__person=owner)
        items = {
            "publications": list(works.with_authors(user).distinct()),
            "projects": list(Project.objects.visible_to(user)),
        }
        for activity in owner.activities.visible_to(user):
            items.setdefault(activity.kind, []).append(activity)
        titles = {"publications": "Publications", "projects": "Projects", **dict(Activity.Kind.choices)}
        return cls(owner, [Part(str(kind), titles[kind], items[kind]) for kind in ORDER if items.get(kind)])
