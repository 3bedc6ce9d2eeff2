"""Views that the views of every kind of content build on."""

from django.http import Http404
from django.shortcuts import redirect
from django.urls import reverse
from django.views.generic import DetailView, ListView, View

from profiles.files.serving import serve
from profiles.files.storage import opened


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
            moved = None if self.preview else self.get_queryset().moved_from(kwargs[self.slug_url_kwarg])
            if moved is None:
                raise
        return redirect_to(request, **{self.slug_url_kwarg: getattr(moved, self.slug_field)})


def redirect_to(request, **changed):
    """Redirect to the requested address with another slug or path, and with the same query string."""
    match = request.resolver_match
    address = reverse(match.view_name, kwargs={**match.kwargs, **changed})
    query = request.META.get("QUERY_STRING", "")
    response = redirect(f"{address}?{query}" if query else address, permanent=True)
    # Browsers cache a 301 without an end, but the old slug may be used again one day.
    response.headers["Cache-Control"] = "max-age=3600"
    return response


class ResourceFileView(View):
    """An uploaded file, at the address of the page it belongs to. Users who may see that page may see the file.

    A former slug redirects to the file. ``model`` is a ResourceBase.
    """

    model = None
    subject = ""  # the foreign key to the object with the page
    slug_field = "slug"  # of that object, and in the address
    preview = None

    def get_files(self):
        """Return the queryset of the files that the user may see, of objects that they may see."""
        return self.model.objects.all()

    def get_object(self, name, **kwargs):
        """Return the resource with its subject, in one query. Raise DoesNotExist."""
        subjects = self.model._meta.get_field(self.subject).related_model.objects
        if self.preview:
            subjects = subjects.filter(pk=self.preview.object_id)
        else:
            subjects = subjects.visible_to(self.request.user).filter(**{self.slug_field: kwargs[self.slug_field]})
        resources = self.get_files().filter(**{f"{self.subject}__in": subjects}, file__endswith=f"/{name}")
        for resource in resources.select_related(self.subject):
            if resource.filename == name:  # SQLite's "endswith" ignores case
                return resource
        raise self.model.DoesNotExist

    def get_moved(self, name, **kwargs):
        """Return the object that had the slug before and has a file of that name, or None."""
        if self.preview:
            return None
        subjects = self.model._meta.get_field(self.subject).related_model.objects
        moved = subjects.visible_to(self.request.user).moved_from(kwargs[self.slug_field])
        files = self.get_files().filter(**{self.subject: moved}) if moved else []
        return moved if any(resource.filename == name for resource in files) else None

    def get(self, request, *, name, **kwargs):
        try:
            resource = self.get_object(name, **kwargs)
            file, modified = opened(resource.file.storage, resource.file.name)
        except (self.model.DoesNotExist, FileNotFoundError) as error:
            if moved := self.get_moved(name, **kwargs):
                return redirect_to(request, **{self.slug_field: getattr(moved, self.slug_field)})
            raise Http404("There is no such file here.") from error
        # The file itself may be older than its upload here.
        modified = max(modified, resource.subject.updated_at)
        response = serve(request, file, name=name, etag=resource.etag, modified=modified)
        if not (resource.subject.is_public and resource.is_open):
            response.headers["Cache-Control"] = "private, no-cache"
        if not self.preview and (link := self.get_link_header(resource)):
            response.headers["Link"] = link
        return response

    def get_link_header(self, resource):
        """Return the value of the Link header (RFC 8288), or ""."""
        return ""
