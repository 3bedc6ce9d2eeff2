from django.apps import AppConfig
from django.conf import settings
from django.contrib.admin import apps as admin_apps
from django.contrib.auth.apps import AuthConfig
from django.db.models.signals import post_migrate


class SiteConfig(AppConfig):
    name = "config"
    verbose_name = "The site"
    default = True

    def ready(self):
        from config import checks  # noqa: PLC0415
        from config.editing import blocks, roles  # noqa: F401, PLC0415
        from config.upkeep import feeds, links  # noqa: F401, PLC0415

        post_migrate.connect(roles.after_migrate)
        if settings.SENTRY_DSN and not checks.check_sentry(None):
            from config.web import sentry  # noqa: PLC0415  (an optional dependency)

            sentry.start()


class UsersConfig(AuthConfig):
    default = False
    verbose_name = "Users"


class SiteAdminConfig(admin_apps.AdminConfig):
    default = False
    default_site = "config.editing.admin.SiteAdmin"

    def ready(self):
        super().ready()
        from config.cv import admin  # noqa: F401, PLC0415
        from config.editing import feeds, menu, users  # noqa: F401, PLC0415  (users replaces Django's own user admin)
