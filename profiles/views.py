from functools import partial

from django.db.models import Q
from django.http import Http404
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.views.generic import DetailView, ListView
from django.views.generic.base import ContextMixin

from profiles import edition
from profiles.content.addresses import absolute
from profiles.models import Activity, Look, Person, Relation


def owner_of_site(request):
    """The owner, or None; asked for once a request."""
    if not hasattr(request, "site_owner"):
        request.site_owner = Person.objects.owner()
    return request.site_owner


def look_of_site(request):
    """The Look that is being tried, or the owner's; the one from the start where nobody has chosen."""
    owner = owner_of_site(request)
    return getattr(request, "look", None) or getattr(owner, "look", None) or Look()


class GatedListView(ListView):
    """A list of what the user may see."""

    def get_queryset(self):
        return self.model.objects.visible_to(self.request.user)


class GatedDetailView(DetailView):
    """A page of what the user may see, which a former slug leads to.

    With a ``preview`` (a PreviewLink) it shows what that leads to, as a visitor would see it.
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
        response = redirect(self.get_moved_url(moved), permanent=True)
        # A browser keeps a 301 for ever unless told otherwise, and a slug may be taken back one day.
        response.headers["Cache-Control"] = "max-age=3600"
        return response

    def get_moved_url(self, moved):
        """The address of this page of an object whose slug has changed."""
        return moved.get_absolute_url()


class KeptDetailView(GatedDetailView):
    """A page whose parts are kept under its ``key``: where all of them are, only the number of its object is read.

    What a view puts into the context for those parts is to be read there as well (``lazily``).
    """

    def get_object(self, queryset=None):
        label = self.model._meta.label
        number = edition.kept(self.request, ("number", label, self.kwargs.get("slug")), self.get_number)
        if number is None:
            raise Http404("There is no such page.")
        # Addresses on the page are whole ones.
        self.key = (label, number, absolute(self.request, "/"))
        return lazily(lambda: self.get_queryset().get(pk=number))

    def get_number(self):
        """The primary key of what the address is of, or None where the user may see no such thing."""
        wanted = self.get_queryset() if self.preview else self.get_queryset().filter(slug=self.kwargs["slug"])
        return wanted.prefetch_related(None).values_list("pk", flat=True).first()

    def get_template_names(self):
        options = self.model._meta
        return [self.template_name or f"{options.app_label}/{options.model_name}_detail.html"]

    def get_context_data(self, **kwargs):
        # Not by way of Django's, which asks whether there is an object.
        kwargs = {self.model._meta.model_name: self.object, "preview": self.preview, "key": self.key, **kwargs}
        return ContextMixin.get_context_data(self, **kwargs)


def lazily(function, *args, **kwargs):
    """What the function returns, which is not called before something is asked of it."""
    return SimpleLazyObject(partial(function, *args, **kwargs))


class PersonList(ListView):
    model = Person
    paginate_by = 100

    def get_queryset(self):
        # For editors too: the others are no drafts but names on papers.
        return Person.objects.published().order_by("-is_owner", "family", "name")


class PersonDetail(KeptDetailView):
    model = Person
    papers_shown = 50

    def get_queryset(self):
        return super().get_queryset().prefetch_related("links", "tags")

    def get_works(self):
        user, person = self.request.user, self.object
        works = person.publications.model.objects.visible_to(user).works(user).with_authors_shown(user)
        return works.by(person).newest_first()

    def get_relations(self):
        person = self.object
        return Relation.objects.filter(Q(person=person) | Q(related=person)).select_related("person", "related")

    def get_context_data(self, **kwargs):
        user, person = self.request.user, self.object
        publication = Person._meta.get_field("publications").related_model
        papers = edition.KeptRows(self.request, self.key, publication, self.get_works)[: self.papers_shown + 1]
        return super().get_context_data(
            papers=papers[: self.papers_shown],
            has_more_papers=len(papers) > self.papers_shown,
            projects=lazily(lambda: person.projects.visible_to(user)),
            activities=lazily(lambda: person.activities.visible_to(user)),
            relations=lazily(self.get_relations),
            **kwargs,
        )


class ActivityList(GatedListView):
    model = Activity

    def get_queryset(self):
        return super().get_queryset().select_related("person").prefetch_related("tags")

    def get_upcoming(self):
        today = timezone.localdate().isoformat()
        upcoming = [activity for activity in self.object_list if is_upcoming(activity, today)]
        return sorted(upcoming, key=lambda activity: activity.start or activity.end)

    def get_kinds(self):
        """[(kind, label, its activities)] of what is not to come."""
        today = timezone.localdate().isoformat()
        others = [activity for activity in self.object_list if not is_upcoming(activity, today)]
        return [
            (kind, label, activities)
            for kind, label in Activity.Kind.choices
            if (activities := [activity for activity in others if activity.kind == kind])
        ]

    def get_places(self):
        return [activity for activity in self.object_list if activity.latitude is not None]

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            # Addresses on the page are whole ones.
            key=absolute(self.request, "/"),
            upcoming=lazily(self.get_upcoming),
            kinds=lazily(self.get_kinds),
            places=lazily(self.get_places),
            **kwargs,
        )


def is_upcoming(activity, today):
    """Whether it is to come or, if of a kind that does not last for years, not over. ``today`` is ISO 8601 text.

    Compared as text, so that the year or month of today counts as begun.
    """
    last = activity.start if activity.kind in Activity.LASTING else activity.end or activity.start
    return last >= today
