from django.urls import path

from projects import views

app_name = "projects"
urlpatterns = [
    path("grants/", views.GrantList.as_view(), name="grants"),
    path("grants/<str:slug>/", views.GrantDetail.as_view(), name="grant"),
    path("projects/", views.ProjectList.as_view(), name="projects"),
    path("projects/<str:slug>/", views.ProjectDetail.as_view(), name="project"),
    path("projects/<str:slug>/CITATION.cff", views.ProjectCitation.as_view(), name="citation"),
    path("projects/<str:slug>/<str:name>", views.ProjectFile.as_view(), name="file"),
]
