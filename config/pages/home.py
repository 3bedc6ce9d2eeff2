from itertools import takewhile

from django.urls import reverse
from django.views.generic import TemplateView

from config.pages.menu import menu_of_request
from profiles.members import Members, group_of
from profiles.models import Activity, Block, Course, Occasion, Person, Post, Section, Talk
from profiles.views.talks import newest_given
from profiles.views.teaching import are_of_owner
from projects.models import Grant, Project
from publications.models import Publication

NEWEST_TALKS = 3
NEWEST_SHOWN = 5  # works, while none are selected
ACTIVITIES_SHOWN = 6
GRANTS_SHOWN = 4  # ended grants, while none is current
COURSES_SHOWN = 4  # past courses, while none is taught
# The blocks that share the first screen with the name, if they come first.
FIRST_SCREEN = {Block.BIOGRAPHY, Block.NEWEST, Block.NEWS, Block.PEOPLE}


class Home(TemplateView):
    """The owner of the site, or its group, with the blocks that the look of the site names."""

    def get_template_names(self):
        return ["config/group.html" if self.request.site_settings.is_group else "config/home.html"]

    def get_context_data(self, **kwargs):
        user = self.request.user
        self.request.site_owner = owner = Person.objects.prefetch_related("links", "tags").owner()
        is_group = self.request.site_settings.is_group
        if owner is None or not (owner.is_public_page or user.is_staff or is_group):
            return super().get_context_data(owner=None, **kwargs)
        activities = owner.activities.visible_to(user)
        # The owner of a group's site has a page under “People”.
        blocks = [block for block in self.request.look.blocks if block != Block.BIOGRAPHY or not is_group]
        front = list(takewhile(lambda block: block in FIRST_SCREEN, blocks))
        selected = selected_papers(user) if Block.PUBLICATIONS in blocks else []
        newest = newest_papers(user, selected) if Block.NEWEST in blocks else []
        if Block.NEWEST not in front:
            newest = [work for work in newest if work not in selected]
        elif selected == newest:
            selected = []  # the one work is on the first screen
        travel = activities.filter(kind=Activity.Kind.TRAVEL)
        relations = [] if is_group else owner.relations.select_related("related")
        return super().get_context_data(
            owner=owner,
            affiliations=owner.affiliations.all(),
            relations=[relation for relation in relations if not relation.is_former],
            former_relations=[relation for relation in relations if relation.is_former],
            front=front,
            cv_shown=is_cv_linked(self.request) and not any(link.kind == "cv" for link in owner.links.all()),
            papers=selected,
            posts=Post.objects.visible_to(user)[: self.request.look.news],
            newest=newest,
            projects=Project.objects.visible_to(user).filter(featured=True).for_listing(user),
            members=Members.visible_to(user) if Block.PEOPLE in blocks and group_of(self.request) else None,
            grants=grants_shown(user) if Block.GRANTS in blocks else [],
            **(courses_shown(user) if Block.TEACHING in blocks else {}),
            **(timeline_shown(activities, self.request.look.timeline) if Block.TIMELINE in blocks else {}),
            career=activities.filter(kind__in=[Activity.Kind.EDUCATION, Activity.Kind.POSITION]),
            **(talks_shown(user) if Block.TALKS in blocks else {}),
            places=travel.exclude(city="", country=""),
            unlocated=travel.exclude(city="", country="").filter(latitude=None),
            located=places_of(activities, user) if Block.PLACES in blocks else [],
            sections=Section.objects.visible_to(user),
            blocks=[f"config/home/{block}.html" for block in blocks if block not in front],
            # A block need not have a template as Markdown; the base template alone is empty.
            markdown_blocks=[[f"config/home/{block}.md", "base.md"] for block in blocks],
            **kwargs,
        )


def places_of(activities, user):
    """Return the activities and the occasions of talks that the map shows."""
    return [*activities.located(), *Occasion.objects.visible_to(user).located().select_related("talk")]


def timeline_shown(activities, numbers):
    """Return the timeline, and its parts: the upcoming activities, a few others, and those that unfold."""
    timeline = list(activities.newest_of_each(numbers))
    coming = sorted((one for one in timeline if one.is_upcoming), key=lambda one: one.start or one.end)
    others = [one for one in timeline if not one.is_upcoming]
    number = max(ACTIVITIES_SHOWN - len(coming), 1)
    return {"timeline": timeline, "coming": coming, "recent": others[:number], "earlier": others[number:]}


def talks_shown(user):
    """Return the next occasion of a talk, if there is one, and the newest other talks that were given."""
    upcoming = Occasion.objects.visible_to(user).prefetch_related("talk__speakers", "talk__occasions").upcoming()
    following = next(iter(upcoming), None)
    others = Talk.objects.visible_to(user)
    if following:
        others = others.exclude(pk=following.talk_id)
    newest = others.newest_first().for_listing()[: NEWEST_TALKS + len(upcoming)]
    return {"next_talk": following, "talks": newest_given(newest, NEWEST_TALKS)}


def grants_shown(user):
    """Return the current grants, or else the latest few that have ended. No submitted ones."""
    grants = [grant for grant in Grant.objects.visible_to(user).for_listing() if not grant.is_submitted]
    return [grant for grant in grants if grant.is_current] or grants[:GRANTS_SHOWN]


def courses_shown(user):
    """Return the courses of the current and coming terms, or else the latest few."""
    courses = list(Course.objects.visible_to(user).for_listing())
    shown = [course for course in courses if course.is_current] or courses[:COURSES_SHOWN]
    return {"teaching": shown, "names_hidden": are_of_owner(shown)}


def selected_papers(user):
    """Return the selected works in the owner's order. A version that is selected stands for its work."""
    visible = Publication.objects.visible_to(user).with_authors_shown(user)
    selected = list(visible.selected().values_list("pk", "version_of"))
    works = visible.works(user).only("issued", "slug", "title").in_bulk({pk for pair in selected for pk in pair if pk})
    return list(dict.fromkeys(works[pk] for pair in selected for pk in pair if pk in works))


def newest_papers(user, selected):
    """Return the newest work; if none are selected, the newest five."""
    works = Publication.objects.visible_to(user).works(user).with_authors_shown(user).newest_first()
    return list(works.only("issued", "slug", "title")[: 1 if selected else NEWEST_SHOWN])


def is_cv_linked(request):
    """Return whether the menu leads to the CV: an editor may have removed it."""
    links = [link for entry in menu_of_request(request) for link in (entry, *entry.children)]
    return reverse("cv") in {link.href for link in links}
