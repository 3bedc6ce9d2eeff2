from django.apps import AppConfig


class ProjectsConfig(AppConfig):
    name = "projects"

    def ready(self):
        from projects import findings  # noqa: F401, PLC0415  (registers the checks of the content)
