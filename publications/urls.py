from django.urls import path, register_converter
from django.urls.converters import StringConverter

from publications import feeds, views
from publications.references.formats import EXPORTS


class EndingConverter(StringConverter):
    regex = "|".join(EXPORTS)


class ListEndingConverter(StringConverter):
    regex = "|".join([*EXPORTS, "csv", "docx"])


register_converter(EndingConverter, "ending")
register_converter(ListEndingConverter, "list_ending")

app_name = "publications"
urlpatterns = [
    path("publications/", views.PublicationList.as_view(), name="publications"),
    path("publications/feed/", feeds.PublicationFeed.as_view(), name="feed"),
    path("publications.<ending:ending>", views.PublicationListExport.as_view(), name="export"),
    path("publications/lists/<str:slug>.<list_ending:ending>", views.SavedListExport.as_view(), name="list-export"),
    path("publications/lists/<str:slug>/", views.SavedListDetail.as_view(), name="list"),
    path("publications/lists/<str:slug>/embed/", views.SavedListEmbed.as_view(), name="list-embed"),
    path("publications/<str:slug>.linkset.json", views.Linkset.as_view(), name="linkset"),
    path("publications/<str:slug>.<ending:ending>", views.PublicationExport.as_view(), name="publication-export"),
    path("publications/<str:slug>.cff", views.PublicationCFF.as_view(), name="publication-cff"),
    path("publications/<str:slug>/", views.PublicationDetail.as_view(), name="publication"),
    path("publications/<str:slug>/<str:name>", views.ResourceFile.as_view(), name="file"),
]
