from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps


class SiteConfig(AppConfig):
    name = "config"
    verbose_name = "The site"
    default = True

    def ready(self):
        from config import checks, findings  # noqa: F401, PLC0415  (registers the checks)


class SiteAdminConfig(admin_apps.AdminConfig):
    default = False
    default_site = "config.admin.SiteAdmin"
