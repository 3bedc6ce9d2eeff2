"""The WSGI application: ``config.wsgi:application``."""

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.urls import set_script_prefix

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

set_script_prefix(f"{settings.SITE_PATH}/")  # for what is read before the first request, such as STATIC_URL
application = get_wsgi_application()

from config.web.body_limit import limit_bodies  # noqa: E402
from config.web.logs import log_requests  # noqa: E402
from config.web.page_cache import serve_from_cache  # noqa: E402  (needs the apps that are ready now)
from config.web.site_path import below  # noqa: E402

application = limit_bodies(serve_from_cache(application))
if settings.SITE_PATH:
    application = below(settings.SITE_PATH, application)
if settings.ACCESS_LOG:
    application = log_requests(application)
