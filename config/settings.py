"""Settings, each from the environment where it is set there; the defaults suit one machine and SQLite.

SECRET_KEY, DEBUG, SITE_URL, ALLOWED_HOSTS, CSRF_TRUSTED_ORIGINS, DATABASE_URL, CACHE_URL, MEDIA_STORAGE_URL,
DATA_DIR, TIME_ZONE, BEHIND_PROXY, SECURE_HSTS_SECONDS, UPLOAD_MAX_MB, ROBOTS_DISALLOW, PAGE_CACHE_MB,
RATE_LIMIT, BACKUP_MAX_DAYS, ADMIN_PATH, SESSION_IDLE_DAYS, SESSION_MAX_DAYS, LOG_FORMAT, ACCESS_LOG, ADMINS,
EMAIL_URL, SERVER_EMAIL, SENTRY_DSN: the README tells what each is for.
"""

import hashlib
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote, urlsplit

import environ

env = environ.Env()

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = Path(env("DATA_DIR", default=BASE_DIR / "var")).absolute()


# Who and where

SECRET_KEY_FILE = DATA_DIR / "secret_key"


def stored_secret_key():
    try:
        return SECRET_KEY_FILE.read_text().strip()
    except OSError:
        return ""  # config.checks says what to do


SECRET_KEY = env("SECRET_KEY", default="") or stored_secret_key()
DEBUG = env.bool("DEBUG", default=False)

# The site's own address, such as https://ada.example.org: canonical links and the sitemap begin with it, and
# https there turns on all that HTTPS brings. Empty: whatever address a request came to.
SITE_URL = env("SITE_URL", default="").rstrip("/")
HTTPS = SITE_URL.startswith("https://")
SITE_HOST = urlsplit(SITE_URL).hostname

ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[SITE_HOST] if SITE_HOST else ["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[SITE_URL] if SITE_URL else [])


# Paths that search engines are asked to leave alone, such as "/search/"; "/" asks them to leave all alone.
ROBOTS_DISALLOW = [path for path in env.list("ROBOTS_DISALLOW", default=[]) if path.startswith("/")]


# What it is made of

INSTALLED_APPS = [
    "taggit",  # before profiles, whose admin takes the place of its own
    "config",
    "projects",
    "publications",
    "profiles",
    "config.apps.SiteAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.sitemaps",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "axes",
    "pictures",
    "reversion",
]

MIDDLEWARE = [
    "config.web.middleware.CompressPages",
    "config.web.page_cache.PageCache",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "config.web.middleware.security_headers",
    "config.web.rate_limits.RateLimit",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "config.web.middleware.answer_probes",
    "config.web.middleware.leave_out_overrides",
    "config.web.middleware.refuse_other_methods",
    "config.web.middleware.refuse_broken_text",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "config.web.middleware.tell_that_nothing_can_be_kept",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["config.templatetags.site", "django.templatetags.static"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]


# Where it is kept

DATABASES = {"default": env.db_url("DATABASE_URL", default=f"sqlite:///{DATA_DIR / 'db.sqlite3'}")}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # Readers never wait for a writer (WAL), writers queue from their first statement instead of failing half-way
    # (IMMEDIATE, timeout), and what was answered as saved is on the disk (FULL). Django turns foreign keys on.
    # Each thread has a connection, and a MB for it.
    DATABASES["default"]["OPTIONS"] = {
        "timeout": 20,
        "transaction_mode": "IMMEDIATE",
        "init_command": "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -1000;",
    }
    DATABASES["default"]["CONN_MAX_AGE"] = None  # opening it anew costs more than a page
else:
    DATABASES["default"].setdefault("CONN_MAX_AGE", 60)
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Searches, filters and files that are made, for each address of the internet and process, a minute; 0: any number.
RATE_LIMIT = env.int("RATE_LIMIT", default=120)
# Memory of each process for whole pages (config/web/page_cache.py); 0 turns the cache off.
PAGE_CACHE_MB = env.int("PAGE_CACHE_MB", default=8)
CACHES = {
    # What processes share, such as rate limits.
    "default": env.cache_url("CACHE_URL", default="locmemcache://"),
    # Fragments of pages. In the memory of each process, because a content version means something to one process only.
    "fragments": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "fragments",
        "OPTIONS": {"MAX_ENTRIES": 2000},
    },
}
# Sites that share a cache never read each other's pages.
CACHES["default"].setdefault("KEY_PREFIX", hashlib.sha256(SECRET_KEY.encode()).hexdigest()[:12])
if CACHES["default"]["BACKEND"] == "django.core.cache.backends.redis.RedisCache":
    # A server that hangs costs a page a quarter of a second, not the page.
    patience = {"socket_connect_timeout": 0.25, "socket_timeout": 0.25}
    CACHES["default"]["OPTIONS"] = patience | CACHES["default"].get("OPTIONS", {})

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
MEDIA_URL = "/media/"
MEDIA_ROOT = DATA_DIR / "media"
# Uploaded files in a bucket, for a site of several machines: s3://KEY:SECRET@host/bucket (see
# profiles/content/storage.py). In the folder where it is empty.
MEDIA_STORAGE_URL = env("MEDIA_STORAGE_URL", default="")
STORAGES = {
    "default": {
        "BACKEND": "profiles.content.s3.S3Storage" if MEDIA_STORAGE_URL else "profiles.content.storage.FolderStorage"
    },
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
FILE_UPLOAD_PERMISSIONS = 0o644
UPLOAD_MAX_MB = env.int("UPLOAD_MAX_MB", default=100)
# After how many days the admin's home tells that a backup is due; 0: never.
BACKUP_MAX_DAYS = env.int("BACKUP_MAX_DAYS", default=7)
# A paper of a large collaboration has thousands of authors, each a row of fields, and a pasted text may be long:
# such a form must be answered by its own errors, not by a page that has lost what was typed.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 50_000
DATA_UPLOAD_MAX_MEMORY_SIZE = 20 * 2**20

PICTURES = {
    "FILE_TYPES": ["AVIF", "WEBP"],
    "PIXEL_DENSITIES": [1, 2],
    "USE_PLACEHOLDERS": False,
    "PICTURE_CLASS": "profiles.content.images.FocalPicture",
}
TAGGIT_CASE_INSENSITIVE = True


# Who may do what

# The first part of the admin's addresses; quoted, so that no value makes a pattern of it (config.checks tells of it).
ADMIN_PATH = quote(env("ADMIN_PATH", default="admin").strip("/"), safe="")

AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "config.editing.login.Editors"]
# The first makes new ones; a password of another is kept by the first from its next sign-in on.
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]

# How often a password may be guessed: config.editing.login has the limits; axes
# gives its table and wiring.
AXES_HANDLER = "config.editing.login.Guesses"
AXES_CLIENT_IP_CALLABLE = "config.editing.login.address_of"
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False  # else whoever goes on guessing locks an owner out for good
AXES_FAILURE_LIMIT = 1  # of config.editing.login's limits that may be reached
AXES_LOCKOUT_CALLABLE = "config.editing.login.locked_out"
AXES_DISABLE_ACCESS_LOG = True  # who came in when, and from where, is nobody's business for ever
AXES_VERBOSE = AXES_ENABLE_ADMIN = False

# A session ends after so many days without work in the admin, and after so many days whatever is done in it.
SESSION_IDLE_DAYS = env.int("SESSION_IDLE_DAYS", default=14)
SESSION_MAX_DAYS = env.int("SESSION_MAX_DAYS", default=30)
SESSION_COOKIE_AGE = SESSION_IDLE_DAYS * 24 * 60 * 60
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS
if HTTPS:
    # Browsers take these names from this very host alone: no neighbour under the same domain can plant them.
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-sessionid", "__Host-csrftoken"
SECURE_REDIRECT_EXEMPT = [r"^healthz(/live)?$"]
SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", default=31_536_000 if HTTPS else 0)
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = SECURE_HSTS_SECONDS > 0
BEHIND_PROXY = env.bool("BEHIND_PROXY", default=False)
if BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
X_FRAME_OPTIONS = "DENY"


# Language, time and log

LANGUAGE_CODE = "en-gb"
TIME_ZONE = env("TIME_ZONE", default="UTC")
USE_I18N = True
USE_TZ = True

# "line", or "json" for one object a line (see config/web/logs.py); neither tells who asked.
LOG_FORMAT = env("LOG_FORMAT", default="line")
# One more line for each request.
ACCESS_LOG = env.bool("ACCESS_LOG", default=False)

# Whom faults are told by mail.
ADMINS = [("", address) for address in env.list("ADMINS", default=[])]
vars().update(env.email_url("EMAIL_URL", default="smtp://localhost:25"))
EMAIL_TIMEOUT = 10  # seconds that a page waits at most for a mail server
SERVER_EMAIL = env("SERVER_EMAIL", default=f"site@{SITE_HOST or 'localhost'}")
EMAIL_SUBJECT_PREFIX = f"[{SITE_HOST or 'site'}] "
SENTRY_DSN = env("SENTRY_DSN", default="")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "config.web.logs.Line"}, "json": {"()": "config.web.logs.JSON"}},
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "json" if LOG_FORMAT == "json" else "line"},
        "mail": {"class": "config.web.logs.Mail"},
    },
    "root": {"handlers": ["console", "mail"] if ADMINS and not DEBUG else ["console"], "level": "WARNING"},
    "loggers": {
        "django": {"handlers": [], "level": "INFO" if DEBUG else "WARNING"},  # not Django's own mail
        "site.requests": {"level": "INFO"},
        "waitress.queue": {"level": "ERROR"},  # its warnings tell that a request has waited for a thread
        "axes": {"level": "ERROR"},  # its warnings name who failed to sign in, and from where
    },
}
