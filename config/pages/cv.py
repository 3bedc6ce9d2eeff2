"""The CV: its content, and its page, PDF and JSON Resume."""

from collections import namedtuple
from dataclasses import dataclass
from functools import partial

from django.http import Http404, HttpResponse, JsonResponse
from django.utils.http import content_disposition_header
from django.views.generic import TemplateView

from config.pages.cv_pdf import cv_as_pdf
from config.pages.json_resume import resume
from profiles.content.addresses import absolute
from profiles.content.slugs import make_slug
from profiles.models import Activity, Person
from projects.models import Project
from publications.models import Publication
from publications.references.reference import PERIODICALS

SECTIONS = [
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

# The groups of publications: the letter of their numbers, their title, their types.
GROUPS = [
    ("J", "Journal articles", {*PERIODICALS}),
    ("C", "Conference papers", {"paper-conference"}),
    ("B", "Books and chapters", {"book", "chapter", "collection", "entry", "entry-dictionary", "entry-encyclopedia"}),
    ("P", "Preprints", {"article", "manuscript"}),
    ("T", "Theses", {"thesis"}),
    ("R", "Reports", {"report", "standard"}),
    ("D", "Data and software", {"dataset", "software"}),
    ("L", "Patents", {"patent"}),
    ("S", "Talks", {"speech"}),
    ("O", "Other works", set()),  # all other types
]


# A publication with its number in the CV ("J12"); drafts have no number yet.
CVEntry = namedtuple("CVEntry", "number publication")
CVGroup = namedtuple("CVGroup", "title entries")  # the newest entry first
# ``kind`` is an activity's kind, "projects" or "publications"; ``items`` are Activities, Projects or CVGroups.
CVSection = namedtuple("CVSection", "kind title items")


@dataclass(frozen=True)
class CV:
    owner: Person
    sections: list[CVSection]

    @classmethod
    def of_owner(cls, owner, user):
        """Return the owner's CV with what the user may see. Empty sections are left out."""
        works = Publication.objects.visible_to(user).works(user).with_authors_shown(user).newest_first()
        # Until the owner is an author of something, all works of the site count as theirs.
        if owner.authorships.exists():
            works = works.filter(authorships__person=owner).distinct()
        items = {
            "publications": grouped(works.with_references(user)),
            "projects": list(Project.objects.visible_to(user)),
        }
        for activity in owner.activities.visible_to(user):
            items.setdefault(activity.kind, []).append(activity)
        titles = {"publications": "Publications", "projects": "Projects", **dict(Activity.Kind.choices)}
        return cls(owner, [CVSection(str(kind), titles[kind], items[kind]) for kind in SECTIONS if items.get(kind)])


def grouped(publications):
    """Return the CVGroups of publications that are sorted newest first.

    Numbers follow the order in which works became public, so that a new work never changes the number of another one.
    Of works published at the same moment, the older has the lower number.
    """
    letters = {type_: letter for letter, _, types in GROUPS for type_ in types}
    by_letter = {}
    for publication in publications:
        by_letter.setdefault(letters.get(publication.type, "O"), []).append(publication)
    return [CVGroup(title, _numbered(letter, by_letter[letter])) for letter, title, _ in GROUPS if letter in by_letter]


def _numbered(letter, publications):
    public = [publication for publication in publications if publication.is_public]
    public.sort(key=lambda publication: (publication.publish_at, publication.issued, publication.pk))
    numbers = {publication.pk: f"{letter}{number}" for number, publication in enumerate(public, 1)}
    return [CVEntry(numbers.get(publication.pk, ""), publication) for publication in publications]


class Curriculum(TemplateView):
    template_name = "config/cv.html"

    def get_cv(self):
        user = self.request.user
        self.request.site_owner = owner = Person.objects.prefetch_related("links", "tags").owner()
        if owner is None or not (owner.is_public_page or user.is_staff):
            raise Http404("There is no CV here yet.")
        return CV.of_owner(owner, user)

    def get_context_data(self, **kwargs):
        return super().get_context_data(cv=self.get_cv(), **kwargs)


class CurriculumPDF(Curriculum):
    def get(self, request, *args, **kwargs):
        cv = self.get_cv()
        name = make_slug(f"{cv.owner.name} CV") or "CV"
        headers = {"Content-Disposition": content_disposition_header(as_attachment=False, filename=f"{name}.pdf")}
        pdf = cv_as_pdf(cv, partial(absolute, request))
        return HttpResponse(pdf, content_type="application/pdf", headers=headers)


class CurriculumJSON(Curriculum):
    """The CV as JSON Resume."""

    def get(self, request, *args, **kwargs):
        content = resume(self.get_cv(), partial(absolute, request))
        return JsonResponse(content, json_dumps_params={"ensure_ascii": False, "indent": 2})
