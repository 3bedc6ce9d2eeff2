from django.apps import AppConfig
from django.db.models.signals import post_migrate


class ProfilesConfig(AppConfig):
    name = "profiles"
    verbose_name = "People and activities"

    def ready(self):
        from profiles import documents, findings  # noqa: F401, PLC0415
        from profiles.search import indexing  # noqa: PLC0415

        post_migrate.connect(indexing.after_migrate)
