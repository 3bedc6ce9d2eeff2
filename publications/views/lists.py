"""The pages of saved lists, their files, and the page that other sites embed."""

from functools import partial

from django.http import Http404, HttpResponse, HttpResponseServerError
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.utils.http import content_disposition_header
from django.views.decorators.clickjacking import xframe_options_exempt

from profiles.content.addresses import absolute
from profiles.feeds import VISITOR
from profiles.views import VisibleDetailView
from publications import spreadsheets
from publications.citations import styles
from publications.citations.conversion import DOCX, ConversionError, pandoc
from publications.exports import export_response
from publications.lists import saved_lists
from publications.models import SavedList
from publications.references.formats import EXPORTS

DEFAULT_STYLE = "apa"  # of documents, where a list shows cards
EXPORT_CHUNK = 200  # publications in memory while a list is exported


def formats():
    """Return {file name extension: (label, media type)} of the files of a list. Word documents need pandoc."""
    found = {ending: (format_.label, format_.media_type) for ending, format_ in EXPORTS.items()}
    found["csv"] = ("CSV", "text/csv")
    return found | ({"docx": ("Word", DOCX)} if pandoc() else {})


class SavedListDetail(VisibleDetailView):
    model = SavedList
    template_name = "publications/saved_list_detail.html"
    context_object_name = "saved_list"

    def get_queryset(self):
        return super().get_queryset().prefetch_related("rows", "tags", "people")

    def get_context_data(self, **kwargs):
        saved_list, slug = self.object, self.object.slug
        works = saved_lists.works_of(saved_list, self.request.user)
        style = styles.available().get(saved_list.citation_style)
        return super().get_context_data(
            **saved_lists.shown(saved_list, works, style, self.request.user),
            works=works,
            style=style,
            exports=[
                (label, reverse("publications:list-export", args=[slug, ending]), media_type)
                for ending, (label, media_type) in formats().items()
            ],
            embed_code=format_html(
                '<iframe src="{}" title="{}" width="100%" height="600"></iframe>',
                absolute(self.request, saved_list.embed_address),
                saved_list.name,
            ),
            **kwargs,
        )


@method_decorator(xframe_options_exempt, name="dispatch")
class SavedListEmbed(SavedListDetail):
    """The list alone, for an iframe on another site. Everybody gets what visitors see."""

    template_name = "publications/saved_list_embed.html"

    def get(self, request, *args, **kwargs):
        request.user, request.is_embedded = VISITOR, True
        return super().get(request, *args, **kwargs)


class SavedListExport(VisibleDetailView):
    """A list as a file."""

    model = SavedList

    def get_queryset(self):
        return super().get_queryset().prefetch_related("rows", "tags", "people")

    def render_to_response(self, context, **kwargs):
        saved_list, ending, user = self.object, self.kwargs["ending"], self.request.user
        works = saved_lists.works_of(saved_list, user).with_references(user)
        if ending in EXPORTS:
            return export_response(self.request, works.iterator(chunk_size=EXPORT_CHUNK), ending, saved_list.slug)
        if ending not in formats():
            raise Http404("pandoc is not installed, so there are no Word documents.")
        url = partial(absolute, self.request)
        try:
            if ending == "csv":
                content, media_type = saved_lists.csv_of(works.iterator(chunk_size=EXPORT_CHUNK), url), spreadsheets.CSV
            else:
                content, media_type = self.get_document(saved_list, works), DOCX
        except ConversionError:
            message = "The Word document could not be made. Try again, or use another format.\n"
            return HttpResponseServerError(message, content_type="text/plain; charset=utf-8")
        response = HttpResponse(content, content_type=media_type)
        response.headers["Content-Disposition"] = content_disposition_header(
            as_attachment=True, filename=f"{saved_list.slug}.{ending}"
        )
        return response

    def get_document(self, saved_list, works):
        is_available = saved_list.citation_style in styles.available()
        return saved_lists.docx_of(saved_list, works, saved_list.citation_style if is_available else DEFAULT_STYLE)
