"""The WSGI application: ``config.wsgi:application``."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

application = get_wsgi_application()

from django.conf import settings  # noqa: E402

from config.web.logs import each_request  # noqa: E402
from config.web.page_cache import serve_from_cache  # noqa: E402  (needs the apps that are ready now)

application = serve_from_cache(application)
if settings.ACCESS_LOG:
    application = each_request(application)
