from django.apps import AppConfig


class ProjectsConfig(AppConfig):
    name = "projects"

    def ready(self):
        from projects import documents, findings  # noqa: F401, PLC0415  (what is searched, and what may be wrong)
