from django.db.models import Q
from django.http import Http404
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.generic import DetailView, ListView

from profiles.models import Activity, Person, Relation


class VisibleListView(ListView):
    """A list of the objects that the user may see."""

    def get_queryset(self):
        return self.model.objects.visible_to(self.request.user)


class VisibleDetailView(DetailView):
    """The page of an object that the user may see. A former slug redirects to it.

    With a ``preview`` (a PreviewLink) the view shows that link's object as a visitor would see it.
    """

    preview = None

    def get_queryset(self):
        if self.preview:
            return self.model.objects.filter(pk=self.preview.object_id)
        return self.model.objects.visible_to(self.request.user)

    def get_context_data(self, **kwargs):
        return super().get_context_data(preview=self.preview, **kwargs)

    def get(self, request, *args, **kwargs):
        try:
            return super().get(request, *args, **kwargs)
        except Http404:
            moved = None if self.preview else self.get_queryset().moved_from(kwargs["slug"])
            if moved is None:
                raise
        return redirect_to_slug(request, moved.slug)


def redirect_to_slug(request, slug):
    """Redirect to the requested address with another slug, and with the same query string."""
    match = request.resolver_match
    address = reverse(match.view_name, kwargs={**match.kwargs, "slug": slug})
    query = request.META.get("QUERY_STRING", "")
    response = redirect(f"{address}?{query}" if query else address, permanent=True)
    # Browsers cache a 301 without an end, but the old slug may be used again one day.
    response.headers["Cache-Control"] = "max-age=3600"
    return response


class PersonList(ListView):
    model = Person
    paginate_by = 100

    def get_queryset(self):
        # The same for editors: people without a page are names on papers, not drafts.
        return Person.objects.published().order_by("-is_owner", "family", "name")


class PersonDetail(VisibleDetailView):
    model = Person
    papers_shown = 50

    def get_queryset(self):
        return super().get_queryset().prefetch_related("links", "tags")

    def get_context_data(self, **kwargs):
        user, person = self.request.user, self.object
        works = person.publications.visible_to(user).works(user).with_authors_shown(user).distinct()
        papers = works.newest_first().only("issued", "slug", "title")[: self.papers_shown + 1]
        relations = Relation.objects.filter(Q(person=person) | Q(related=person)).select_related("person", "related")
        return super().get_context_data(
            papers=papers[: self.papers_shown],
            has_more_papers=len(papers) > self.papers_shown,
            works=works.newest_first(),
            projects=person.projects.visible_to(user),
            activities=person.activities.visible_to(user),
            relations=[relation for relation in relations if not relation.is_former],
            former_relations=[relation for relation in relations if relation.is_former],
            **kwargs,
        )


class ActivityList(VisibleListView):
    model = Activity

    def get_queryset(self):
        return super().get_queryset().select_related("person").prefetch_related("tags")

    def get_context_data(self, **kwargs):
        today = timezone.localdate().isoformat()
        upcoming = [activity for activity in self.object_list if is_upcoming(activity, today)]
        others = [activity for activity in self.object_list if not is_upcoming(activity, today)]
        by_kind = [
            (kind, label, [activity for activity in others if activity.kind == kind])
            for kind, label in Activity.Kind.choices
        ]
        return super().get_context_data(
            upcoming=sorted(upcoming, key=lambda activity: activity.start or activity.end),
            kinds=[(kind, label, activities) for kind, label, activities in by_kind if activities],
            located=[activity for activity in self.object_list if activity.point],
            **kwargs,
        )


def is_upcoming(activity, today):
    """Return whether an activity is to come, or still going on if it is of a kind that does not last for years.

    ``today`` is an ISO 8601 date. Dates are compared as text, so that the current year or month counts as begun.
    """
    last = activity.start if activity.kind in Activity.LASTING else activity.end or activity.start
    return last >= today
