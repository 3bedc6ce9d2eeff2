from django.apps import AppConfig


class PublicationsConfig(AppConfig):
    name = "publications"

    def ready(self):
        from publications import findings  # noqa: F401, PLC0415  (registers the checks of the content)
