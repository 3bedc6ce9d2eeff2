"""The WSGI application: ``config.wsgi:application``."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

application = get_wsgi_application()

from config.caching import answering_first  # noqa: E402  (needs the apps that are ready now)

application = answering_first(application)
