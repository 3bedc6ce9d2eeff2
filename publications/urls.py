from django.urls import path

from publications import views

app_name = "publications"
urlpatterns = [
    path("publications/", views.PublicationList.as_view(), name="publications"),
    path("publications/<str:slug>/", views.PublicationDetail.as_view(), name="publication"),
    path("publications/<str:slug>/<str:name>", views.ResourceFile.as_view(), name="file"),
]
