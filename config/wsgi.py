"""The WSGI application: ``config.wsgi:application``."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

application = get_wsgi_application()

from django.conf import settings  # noqa: E402

from config.web.body_limit import limit_bodies  # noqa: E402
from config.web.logs import log_requests  # noqa: E402
from config.web.page_cache import serve_from_cache  # noqa: E402  (needs the apps that are ready now)

application = limit_bodies(serve_from_cache(application))
if settings.ACCESS_LOG:
    application = log_requests(application)
