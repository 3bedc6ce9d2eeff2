from django.apps import AppConfig


class PublicationsConfig(AppConfig):
    name = "publications"

    def ready(self):
        # Registers signal receivers, searched documents and content checks.
        from publications import documents, findings, renaming  # noqa: F401, PLC0415
        from publications.citations import stored  # noqa: F401, PLC0415
