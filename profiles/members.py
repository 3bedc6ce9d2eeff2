"""The members of a group: by role, and its alumni, as of today."""

from dataclasses import dataclass

from profiles.models import Membership

Role = Membership.Role
# The headings of sections with more than one member.
PLURALS = {
    Role.PRINCIPAL_INVESTIGATOR: "Principal investigators",
    Role.FACULTY: "Faculty",
    Role.POSTDOC: "Postdocs",
    Role.PHD_STUDENT: "PhD students",
    Role.MASTERS_STUDENT: "Master’s students",
    Role.UNDERGRADUATE: "Undergraduate students",
    Role.STAFF: "Staff",
    Role.VISITOR: "Visitors",
    Role.OTHER: "Other members",
}


@dataclass(frozen=True)
class MemberSection:
    """The members with one role."""

    role: str
    members: list

    @property
    def heading(self):
        return PLURALS[self.role] if len(self.members) > 1 else Role(self.role).label


@dataclass(frozen=True)
class Members:
    """The people of a group, each once: the current ones in sections by role, and the alumni, who left last first."""

    sections: list
    alumni: list

    @classmethod
    def visible_to(cls, user):
        by_person = {}
        for membership in Membership.objects.visible_to(user).for_listing(user):
            by_person.setdefault(membership.person_id, []).append(membership)
        chosen = [max(memberships, key=_rank) for memberships in by_person.values()]
        current = sorted((one for one in chosen if not one.is_former), key=_seniority)
        by_role = [MemberSection(role, [one for one in current if one.role == role]) for role in Role.values]
        return cls(
            sections=[section for section in by_role if section.members],
            alumni=sorted((one for one in chosen if one.is_former), key=lambda one: one.last_date, reverse=True),
        )

    def __bool__(self):
        return bool(self.sections or self.alumni)

    @property
    def current(self):
        return [member for section in self.sections for member in section.members]

    def __iter__(self):
        return iter((*self.current, *self.alumni))


def _rank(membership):
    """Of several memberships of a person the highest counts: the newest current one, the next, or the last."""
    if membership.is_former:
        return 0, membership.last_date
    return (1 if membership.is_upcoming else 2), membership.start


def _seniority(membership):
    """Members of a section are in the order that an editor has given them, then those who came first."""
    return membership.position, membership.start or "9", membership.person.family


def group_of(request):
    """Return the SiteSettings if the site is that of a group, else None."""
    return request.site_settings if request.site_settings.is_group else None
