"""The site's settings for tests: in a temporary data folder, and without what would only slow tests down.

Only DATABASE_URL and CACHE_URL are read from the environment, so that tests can run on PostgreSQL and with Redis.
"""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

for name in (
    "ACCESS_LOG", "ADMIN_PATH", "ADMINS", "ALLOWED_HOSTS", "BACKUP_MAX_DAYS", "BEHIND_PROXY", "CSRF_TRUSTED_ORIGINS",
    "DEBUG", "EMAIL_URL", "LOG_FORMAT", "MEDIA_STORAGE_URL", "PAGE_CACHE_MB", "RATE_LIMIT", "ROBOTS_DISALLOW",
    "SCRIPT_NAME", "SECURE_HSTS_SECONDS", "SENTRY_DSN", "SERVER_EMAIL", "SESSION_IDLE_DAYS", "SESSION_MAX_DAYS",
    "SITE_URL", "TIME_ZONE", "UPLOAD_MAX_MB",
):  # fmt: skip
    os.environ.pop(name, None)
os.environ["DATA_DIR"] = tempfile.mkdtemp(prefix="academic-site-tests-")
os.environ["SECRET_KEY"] = "only-for-tests"
# Playwright runs an event loop in the tests' thread, where Django would refuse to use the database.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
atexit.register(shutil.rmtree, os.environ["DATA_DIR"], ignore_errors=True)

from config.settings import *  # noqa: E402, F403
from config.settings import CACHES, DATA_DIR, DATABASES, STORAGES  # noqa: E402

STATIC_ROOT = Path(DATA_DIR) / "static"
MEDIA_ROOT = Path(DATA_DIR) / "media"
STATIC_ROOT.mkdir()
MEDIA_ROOT.mkdir()

# File names without hashes, so that nothing has to be collected.
STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True  # looks for a file when it is requested, instead of listing all files first
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
if DATABASES["default"]["ENGINE"].endswith("postgresql"):
    DATABASES["default"]["ENGINE"] = "tests.postgresql"
# Separate keys for each process, because processes and other users share a server.
CACHES["default"]["KEY_PREFIX"] = f"academic-site-tests-{os.getpid()}"
if CACHES["default"]["BACKEND"].endswith("RedisCache"):
    CACHES["default"]["BACKEND"] = "tests.redis.RedisCache"
