"""The CV: its content, and its page, PDF and JSON Resume."""

from collections import namedtuple
from dataclasses import dataclass
from functools import cached_property, partial

from django.http import Http404, HttpResponse, JsonResponse
from django.utils.http import content_disposition_header
from django.views.generic import TemplateView

from config.pages.cv_pdf import cv_as_pdf
from config.pages.json_resume import resume
from profiles.content.addresses import absolute
from profiles.content.slugs import make_slug
from profiles.feeds import VISITOR
from profiles.models import Activity, Person
from projects.models import Project
from publications.models import Authorship, Publication
from publications.numbering import GROUPS, letter_of, numbers_of

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

# A publication with its number in the CV ("J12"); what visitors do not see has none.
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
        works = Publication.objects.in_cv(owner, user).newest_first().with_references(user)
        # An editor sees the numbers that visitors see.
        public = Publication.objects.in_cv(owner, VISITOR).for_numbers() if user.is_staff else works
        items = {
            "publications": grouped(works, numbers_of(public)),
            "projects": list(Project.objects.visible_to(user)),
        }
        for activity in owner.activities.visible_to(user):
            items.setdefault(activity.kind, []).append(activity)
        titles = {"publications": "Publications", "projects": "Projects", **dict(Activity.Kind.choices)}
        return cls(owner, [CVSection(str(kind), titles[kind], items[kind]) for kind in SECTIONS if items.get(kind)])

    @cached_property
    def legend(self):
        """What the signs after the names of authors mean, "" if there are none."""
        groups = [group for section in self.sections if section.kind == "publications" for group in section.items]
        entries = [entry for group in groups for entry in group.entries]
        return Authorship.legend(authorship for entry in entries for authorship in entry.publication.byline)


def grouped(publications, numbers):
    """Return the CVGroups of publications that are sorted newest first; ``numbers`` maps their primary keys."""
    by_letter = {}
    for publication in publications:
        entry = CVEntry(numbers.get(publication.pk, ""), publication)
        by_letter.setdefault(letter_of(publication.type), []).append(entry)
    return [CVGroup(title, by_letter[letter]) for letter, title, _ in GROUPS if letter in by_letter]


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
