"""The lines of the CV other than activities: the owner's roles in the group, grants, talks, courses and students.

``say`` returns a word of the site in the language of the CV.
"""

from dataclasses import dataclass
from typing import Any

from config.text.plain import plain
from config.text.source import escaped
from profiles.content.blocks import without_blocks
from profiles.content.dates import PartialDate


@dataclass(frozen=True)
class CVLine:
    """A line about an object (``item``): a grant, a talk on one occasion, a course with its terms, or a student.

    ``title`` and ``description`` are Markdown. ``kind`` is that of the occasion, the role of the student or the status
    of the grant, by which parts of a CV select. ``entity`` is whom the line was for, as JSON Resume names it.
    """

    item: Any
    title: str
    kind: str = ""
    role: str = ""
    entity: str = ""
    place: str = ""
    details: str = ""
    description: str = ""
    start: str = ""
    end: str = ""
    is_ongoing: bool = False
    url: str = ""

    def __str__(self):
        return plain(self.title)

    def get_absolute_url(self):
        return self.item.get_absolute_url()

    @property
    def updated_at(self):
        return self.item.updated_at

    @property
    def where(self):
        return ", ".join(filter(None, (self.entity, self.place)))


def grants(owner, user, say):
    """Return a line for each of the owner's grants. An amount that may not be public is left out for editors, too."""
    return [_line_of_grant(grant, owner, say) for grant in owner.grants.visible_to(user).for_listing()]


def _line_of_grant(grant, owner, say):
    others = [one.person.name for one in grant.investigators.all() if one.person_id != owner.pk]
    others += [grant.other_people] if grant.other_people else []
    others = others and say("with {}").format(", ".join(others))
    facts = [grant.number, grant.public_amount, others, say(grant.status_label)]
    return CVLine(
        grant,
        grant.title,
        kind=grant.Status.ENDED if grant.is_ended else grant.status,
        role=grant.role_of(owner),
        entity=grant.funder,
        details=" · ".join(filter(None, facts)),
        description=without_blocks(grant.description),
        start=grant.start,
        end=grant.end,
        is_ongoing=grant.is_ongoing,
        url=grant.url,
    )


def talks(owner, user, say):
    """Return a line for each occasion of the owner's talks, the newest first; talks without any come last."""
    found = owner.talks.visible_to(user).prefetch_related("occasions")
    lines = [line for talk in found for line in _lines_of_talk(talk, say)]
    return sorted(lines, key=lambda line: line.start or line.end, reverse=True)


def _lines_of_talk(talk, say):
    return [
        CVLine(
            talk,
            talk.title,
            kind=occasion.kind,
            role=say(occasion.kind_label),
            entity=", ".join(filter(None, (occasion.event, occasion.organisation))),
            place=occasion.place or (say("online") if occasion.is_online else ""),
            start=occasion.start,
            end=occasion.end,
            url=occasion.url,
        )
        for occasion in talk.occasions.all()
    ] or [CVLine(talk, talk.title)]


def teaching(owner, user, say):
    """Return a line for each of the owner's courses in the editor's order, then those taught last."""
    return [_line_of_course(course) for course in owner.courses.visible_to(user).for_listing()]


def _line_of_course(course):
    terms = list(course.terms.all())
    years = sorted(f"{moment.year:04}" for term in terms for moment in (term.start, term.end) if moment)
    names = dict.fromkeys(str(term) for term in terms if term.name)
    return CVLine(
        course,
        course.title,
        role=course.roles,
        entity=course.organisation,
        details=" · ".join(filter(None, (course.code, course.level, ", ".join(names)))),
        start=PartialDate(years[0]) if years else "",
        end=PartialDate(years[-1]) if years else "",
        url=course.url,
    )


def supervision(owner, user, say):
    """Return a line for each of the owner's students."""
    found = owner.supervised_memberships.visible_to(user).with_theses(user)
    return [_line_of_member(member, escaped(member.person.name), say(_role_of(member)), say) for member in found]


def roles(owner, user, say):
    """Return a line for each of the owner's roles in the group."""
    settings = getattr(owner, "site_settings", None)
    group = settings.name if settings and settings.is_group else ""
    found = owner.memberships.visible_to(user).with_theses(user)
    return [_line_of_member(member, escaped(say(member.name_of_role)), "", say, group) for member in found]


def _role_of(member):
    return member.title or (member.get_role_display() if member.role != member.Role.OTHER else "")


def _line_of_member(member, title, role, say, entity=""):
    thesis = plain(member.thesis_publication.title) if member.thesis_publication else member.typed_thesis
    facts = [
        thesis and say("Thesis: {}").format(thesis),
        member.next_position and say("Next: {}").format(member.next_position),
    ]
    return CVLine(
        member,
        title,
        kind=member.role,
        role=role,
        entity=member.organisation or entity,
        details=" · ".join(filter(None, facts)),
        description=member.description,
        start=member.start,
        end=member.end,
        is_ongoing=member.is_ongoing,
        url=member.url,
    )


LINES = {"roles": roles, "grant": grants, "talks": talks, "teaching": teaching, "supervision": supervision}
