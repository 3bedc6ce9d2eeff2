"""Django's settings. What differs between sites comes from environment variables, which DEPLOYMENT.md explains.

The defaults suit one machine and SQLite.
"""

import hashlib
import re
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qsl, quote, unquote, urlsplit

import environ

env = environ.Env()

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = Path(env("DATA_DIR", default=BASE_DIR / "var")).absolute()


# Site

SECRET_KEY_FILE = DATA_DIR / "secret_key"  # created by quickstart
SECRET_KEY = env("SECRET_KEY", default="")
if not SECRET_KEY and SECRET_KEY_FILE.exists():
    SECRET_KEY = SECRET_KEY_FILE.read_text().strip()
DEBUG = env.bool("DEBUG", default=False)

# The site's URL, such as https://ada.example.org. Canonical links and the sitemap start with it, and https turns on
# secure cookies, HSTS and the redirect. If it is empty, links use the host of each request.
SITE_URL = env("SITE_URL", default="").rstrip("/")
# The path below which the site is, "/~ada" in https://example.org/~ada; "" at the root of its host.
SITE_PATH = urlsplit(SITE_URL).path or env("SCRIPT_NAME", default="").rstrip("/")
if SITE_URL and not urlsplit(SITE_URL).path:
    SITE_URL += SITE_PATH
HTTPS = SITE_URL.startswith("https://")
SITE_HOST = urlsplit(SITE_URL).hostname

ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[SITE_HOST] if SITE_HOST else ["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[SITE_URL.removesuffix(SITE_PATH)] if SITE_URL else [])

# Paths that robots.txt disallows, such as "/search/"; "/" disallows all.
ROBOTS_DISALLOW = [path for path in env.list("ROBOTS_DISALLOW", default=[]) if path.startswith("/")]


# Apps, middleware and templates

INSTALLED_APPS = [
    "taggit",  # before profiles, whose tag admin replaces taggit's
    "config",
    "projects",
    "publications",
    "profiles",
    "config.apps.SiteAdminConfig",
    "config.apps.UsersConfig",
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
    "config.web.middleware.site_owner",
    "config.web.rate_limits.RateLimit",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "config.web.middleware.answer_probes",
    "config.web.middleware.remove_bidi_overrides",
    "config.web.middleware.reject_bad_requests",
    "config.web.middleware.refuse_lost_saves",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "config.web.middleware.report_full_or_missing_storage",
    "axes.middleware.AxesMiddleware",
    "config.pages.representations.Negotiation",
    "config.pages.own.PageFallback",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": [
                "config.templatetags.metadata",
                "config.templatetags.publications",
                "config.templatetags.site",
                "config.templatetags.text",
                "django.templatetags.static",
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]


# Database, caches and files

DATABASES = {"default": env.db_url("DATABASE_URL", default=f"sqlite:///{DATA_DIR / 'db.sqlite3'}")}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # Readers never wait for a writer (WAL), writers queue at their first statement instead of failing later
    # (IMMEDIATE, timeout), and an acknowledged save is on the disk (FULL). Each thread's connection caches one MB.
    DATABASES["default"]["OPTIONS"] = {
        "timeout": 20,
        "transaction_mode": "IMMEDIATE",
        "init_command": "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -1000;",
    }
    DATABASES["default"]["CONN_MAX_AGE"] = None  # opening a connection takes longer than rendering a page
else:
    DATABASES["default"].setdefault("CONN_MAX_AGE", 60)
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Searches, filters and generated files a minute, for each client and process; 0 turns the limit off.
RATE_LIMIT = env.int("RATE_LIMIT", default=120)
# Memory of each process for whole pages (config/web/page_cache.py); 0 turns the cache off.
PAGE_CACHE_MB = env.int("PAGE_CACHE_MB", default=8)
CACHES = {
    # Shared by all processes: drawn pictures.
    "default": env.cache_url("CACHE_URL", default="locmemcache://"),
    # Fragments of pages, in the memory of each process: a content version is valid in one process only.
    "fragments": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "fragments",
        "OPTIONS": {"MAX_ENTRIES": 2000},
    },
}
# Sites with the same cache server have different keys.
CACHES["default"].setdefault("KEY_PREFIX", hashlib.sha256(SECRET_KEY.encode()).hexdigest()[:12])
if CACHES["default"]["BACKEND"] == "django.core.cache.backends.redis.RedisCache":
    # A server that hangs delays a page by a quarter of a second.
    timeouts = {"socket_connect_timeout": 0.25, "socket_timeout": 0.25}
    CACHES["default"]["OPTIONS"] = timeouts | CACHES["default"].get("OPTIONS", {})

STATIC_URL = "static/"  # Django adds SITE_PATH, which config/wsgi.py sets
WHITENOISE_STATIC_PREFIX = "/static/"  # in a request, without SITE_PATH
STATIC_ROOT = DATA_DIR / "static"
MEDIA_URL = "media/"
MEDIA_ROOT = DATA_DIR / "media"
# Uploaded files are in the folder above, or in an S3 bucket: s3://KEY:SECRET@host/bucket/folder?region=…
MEDIA_STORAGE_URL = env("MEDIA_STORAGE_URL", default="")


def s3_options(address):
    """Return the options of django-storages for an address as in MEDIA_STORAGE_URL."""
    url = urlsplit(address)
    host = url.netloc.rpartition("@")[2]
    bucket, _, folder = url.path.strip("/").partition("/")
    query = dict(parse_qsl(url.query))
    return {
        "endpoint_url": f"{'http' if url.scheme == 's3+http' else 'https'}://{host}" if host else None,
        "access_key": url.username and unquote(url.username),
        "secret_key": url.password and unquote(url.password),
        "bucket_name": bucket,
        "location": unquote(folder),
        "region_name": query.get("region"),
        "addressing_style": query.get("addressing"),
        "max_memory_size": 2**20,  # larger files are read through a temporary file
    }


STORAGES = {
    "default": {"BACKEND": "profiles.files.storage.FolderStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
if MEDIA_STORAGE_URL:
    STORAGES["default"] = {"BACKEND": "profiles.files.s3.S3Storage", "OPTIONS": s3_options(MEDIA_STORAGE_URL)}
FILE_UPLOAD_PERMISSIONS = 0o644
UPLOAD_MAX_MB = env.int("UPLOAD_MAX_MB", default=100)
# Days after which the admin's home page says that a backup is due; 0: never.
BACKUP_MAX_DAYS = env.int("BACKUP_MAX_DAYS", default=7)
# A paper of a large collaboration has thousands of authors, each a row of fields. Beyond these limits Django refuses
# the form, and the editor's input is lost.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 50_000
DATA_UPLOAD_MAX_MEMORY_SIZE = 20 * 2**20

PICTURES = {
    "FILE_TYPES": ["AVIF", "WEBP"],
    "PIXEL_DENSITIES": [1, 2],
    "USE_PLACEHOLDERS": False,
    "PICTURE_CLASS": "profiles.files.images.FocalPicture",
}
TAGGIT_CASE_INSENSITIVE = True


# Users, passwords and sessions

# The admin's path. Quoted, so that no value becomes a URL pattern; config.checks reports such values.
ADMIN_PATH = quote(env("ADMIN_PATH", default="admin").strip("/"), safe="")

AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "config.editing.login.StaffBackend"]
# Argon2 for new passwords; older hashes are upgraded at the next login.
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
PASSWORD_RESET_TIMEOUT = 7 * 24 * 60 * 60  # seconds in which a new user can choose a password

# Failed logins (django-axes): after 5 within 15 minutes, an account is locked for the address that they came from.
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = "config.editing.login.lockout_parameters"
AXES_USERNAME_CALLABLE = "config.editing.login.throttled_username"
AXES_LOCKOUT_CALLABLE = "config.editing.login.locked_out"
AXES_CLIENT_IP_CALLABLE = "config.editing.login.throttled_address"
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False  # otherwise an attacker could lock the owner out for good
AXES_SENSITIVE_PARAMETERS = ["password", "again-password"]  # never stored with a failure
AXES_DISABLE_ACCESS_LOG = True  # successful logins are not recorded, for privacy
AXES_VERBOSE = AXES_ENABLE_ADMIN = False

# A session ends after SESSION_IDLE_DAYS without a request to the admin, and after SESSION_MAX_DAYS in any case.
SESSION_IDLE_DAYS = env.int("SESSION_IDLE_DAYS", default=14)
SESSION_MAX_DAYS = env.int("SESSION_MAX_DAYS", default=30)
SESSION_COOKIE_AGE = SESSION_IDLE_DAYS * 24 * 60 * 60
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS
if SITE_PATH:
    # Other sites on the same host have their own cookies.
    SESSION_COOKIE_PATH = CSRF_COOKIE_PATH = f"{SITE_PATH}/"
if HTTPS and SITE_PATH:
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Secure-sessionid", "__Secure-csrftoken"
elif HTTPS:
    # Browsers accept the __Host- prefix from this host only: no other site of the domain can set these cookies.
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-sessionid", "__Host-csrftoken"
SECURE_REDIRECT_EXEMPT = [rf"^{re.escape(SITE_PATH[1:])}/?healthz(/live)?$"]
SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", default=31_536_000 if HTTPS else 0)
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = SECURE_HSTS_SECONDS > 0
BEHIND_PROXY = env.bool("BEHIND_PROXY", default=False)
if BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
X_FRAME_OPTIONS = "DENY"


# Language, time, e-mail and logs

LANGUAGE_CODE = "en-gb"
TIME_ZONE = env("TIME_ZONE", default="UTC")
USE_I18N = True
USE_TZ = True

LOG_FORMAT = env("LOG_FORMAT", default="line")  # or "json"; neither logs personal data (config/web/logs.py)
ACCESS_LOG = env.bool("ACCESS_LOG", default=False)  # one line for each request

# E-mail addresses that receive errors.
ADMINS = [("", address) for address in env.list("ADMINS", default=[])]
vars().update(env.email_url("EMAIL_URL", default="smtp://localhost:25"))
EMAIL_TIMEOUT = 10  # seconds
SERVER_EMAIL = env("SERVER_EMAIL", default=f"site@{SITE_HOST or 'localhost'}")
EMAIL_SUBJECT_PREFIX = f"[{SITE_HOST or 'site'}] "
SENTRY_DSN = env("SENTRY_DSN", default="")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"site": {"()": "config.web.logs.formatter"}},  # by LOG_FORMAT
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "site"},
        "mail": {"class": "config.web.logs.Mail"},
    },
    "root": {"handlers": ["console", "mail"] if ADMINS and not DEBUG else ["console"], "level": "WARNING"},
    "loggers": {
        "django": {"handlers": [], "level": "INFO" if DEBUG else "WARNING"},  # not Django's own mail
        "site.requests": {"level": "INFO"},
        "axes": {"level": "ERROR"},  # its warnings contain user names and addresses
    },
}
