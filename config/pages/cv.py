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

# The groups of the publications: the letter of their numbers, their title, their types. All else is the last one.
GROUPS = [
    ("J", "Journal articles", {"article-journal", "article-magazine", "article-newspaper", "review", "review-book"}),
    ("C", "Conference papers", {"paper-conference"}),
    ("B", "Books and chapters", {"book", "chapter", "collection", "entry", "entry-dictionary", "entry-encyclopedia"}),
    ("P", "Preprints", {"article", "manuscript"}),
    ("T", "Theses", {"thesis"}),
    ("R", "Reports", {"report", "standard"}),
    ("D", "Data and software", {"dataset", "software"}),
    ("L", "Patents", {"patent"}),
    ("S", "Talks", {"speech"}),
]
OTHER = ("O", "Other works")


@dataclass(frozen=True)
class Entry:
    """A publication with its number in the CV ("J12"), which a draft has none of yet."""

    number: str
    publication: Publication


@dataclass(frozen=True)
class Group:
    """The publications of a kind, the newest first."""

    title: str
    entries: list[Entry]


@dataclass(frozen=True)
class Part:
    """A headed part of a CV; ``kind`` is an activity's kind, "projects", or "publications", whose items are Groups."""

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
            "publications": grouped(works.with_authors(user).defer("abstract", "extra").distinct()),
            "projects": list(Project.objects.visible_to(user)),
        }
        for activity in owner.activities.visible_to(user):
            items.setdefault(activity.kind, []).append(activity)
        titles = {"publications": "Publications", "projects": "Projects", **dict(Activity.Kind.choices)}
        return cls(owner, [Part(str(kind), titles[kind], items[kind]) for kind in ORDER if items.get(kind)])


def grouped(publications):
    """[Group] of publications that come newest first.

    They are numbered in the order in which they became public, so that a work that is added, of whatever date,
    renumbers none that is there; of those that came at the same moment the older has the lower number.
    """
    by_letter = {letter: [] for letter, *_ in [*GROUPS, OTHER]}
    letters = {type_: letter for letter, _, types in GROUPS for type_ in types}
    for publication in publications:
        by_letter[letters.get(publication.type, OTHER[0])].append(publication)
    titles = {letter: title for letter, title, *_ in [*GROUPS, OTHER]}
    return [Group(titles[letter], _numbered(letter, found)) for letter, found in by_letter.items() if found]


def _numbered(letter, publications):
    public = [publication for publication in publications if publication.is_public]
    public.sort(key=lambda publication: (publication.publish_at, publication.issued, publication.pk))
    numbers = {publication.pk: f"{letter}{number}" for number, publication in enumerate(public, 1)}
    return [Entry(numbers.get(publication.pk, ""), publication) for publication in publications]
