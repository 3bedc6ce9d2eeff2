from django.apps import AppConfig


class ProjectsConfig(AppConfig):
    name = "projects"

    def ready(self):
        # Registers searched documents, content checks and signal receivers.
        from projects import documents, findings, funding  # noqa: F401, PLC0415
