from django.apps import AppConfig


class ProjectsConfig(AppConfig):
    name = "projects"

    def ready(self):
        # Registers searched documents and content checks.
        from projects import documents, findings  # noqa: F401, PLC0415
