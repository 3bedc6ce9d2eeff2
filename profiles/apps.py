from django.apps import AppConfig


class ProfilesConfig(AppConfig):
    name = "profiles"
    verbose_name = "People and activities"

    def ready(self):
        from profiles import findings  # noqa: F401, PLC0415  (registers the checks of the content)
