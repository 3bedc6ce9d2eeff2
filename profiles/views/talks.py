from itertools import groupby

from profiles.models import Talk, TalkResource
from profiles.views.base import ResourceFileView, VisibleDetailView, VisibleListView


class TalkList(VisibleListView):
    """What is to come by occasion, then each talk once, in the year in which it was given last."""

    model = Talk

    def get_queryset(self):
        return super().get_queryset().for_listing().prefetch_related("tags")

    def get_context_data(self, **kwargs):
        talks = list(self.object_list)
        return super().get_context_data(
            upcoming=upcoming_occasions(talks), years=by_year(talks), located=located_occasions(talks), **kwargs
        )


class TalkDetail(VisibleDetailView):
    model = Talk

    def get_queryset(self):
        return super().get_queryset().for_listing().prefetch_related("tags")

    def get_context_data(self, **kwargs):
        user, talk = self.request.user, self.object
        papers = talk.talk_publications.works(user).with_authors_shown(user)  # a talk would name the authors
        return super().get_context_data(
            papers=papers,
            works=papers,
            projects=talk.talk_projects.projects(user).for_listing(user),
            grants=talk.grants.visible_to(user),
            has_event=any(occasion.start and occasion.start.day for occasion in talk.occasions.all()),
            **kwargs,
        )


class TalkFile(ResourceFileView):
    model = TalkResource
    subject = "talk"


def upcoming_occasions(talks):
    """Return the occasions of talks that are not over, the soonest first."""
    upcoming = [occasion for talk in talks for occasion in talk.upcoming]
    return sorted(upcoming, key=lambda occasion: occasion.begins_at)


def newest_given(talks, number):
    """Return the talks that were given, the newest first."""
    given = [talk for talk in talks if talk.given]
    return sorted(given, key=last_given, reverse=True)[:number]


def by_year(talks):
    """Return [(year, talks)], the newest first, of the talks that were given; None is the year of those undated."""
    given = [talk for talk in talks if talk.given or not talk.upcoming]
    given.sort(key=lambda talk: (last_given(talk), talk.pk), reverse=True)
    return [(year, list(some)) for year, some in groupby(given, lambda talk: int(last_given(talk)[:4] or 0) or None)]


def last_given(talk):
    """Return the date of the last occasion that is over, as text, or "" if it is not known."""
    return str(talk.given[0].last) if talk.given else ""


def located_occasions(talks):
    return [occasion for talk in talks for occasion in talk.occasions.all() if occasion.point]
