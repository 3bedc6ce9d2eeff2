from django.urls import path

from projects import views

app_name = "projects"
urlpatterns = [
    path("projects/", views.ProjectList.as_view(), name="projects"),
    path("projects/<str:slug>/", views.ProjectDetail.as_view(), name="project"),
    path("projects/<str:slug>/CITATION.cff", views.ProjectCitation.as_view(), name="citation"),
    path("projects/<str:slug>/<str:name>", views.ProjectFile.as_view(), name="file"),
]
