from django.apps import AppConfig


class PublicationsConfig(AppConfig):
    name = "publications"

    def ready(self):
        from publications import documents, findings  # noqa: F401, PLC0415  (what is searched, and what may be wrong)
