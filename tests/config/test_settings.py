"""The settings in a production environment, their system checks, and the options of the SQLite connection."""

import subprocess
import sys

import pytest
from django.conf import settings

from config import checks
from config.settings import s3_options
from tests.running import environment_of

pytestmark = pytest.mark.slow

PRODUCTION = {"SECRET_KEY": "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"}


def manage(*arguments, DATA_DIR="no-such-folder", **variables):  # noqa: N803 (names of environment variables)
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=settings.BASE_DIR,
        env=environment_of(DATA_DIR, **variables),
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def test_check_deploy_finds_no_issues_in_production(tmp_path):
    (tmp_path / "static").mkdir()

    done = manage(
        "check", "--deploy", "--fail-level=WARNING",
        **PRODUCTION, DATA_DIR=str(tmp_path), SITE_URL="https://ada.example.org",
    )  # fmt: skip

    assert (done.returncode, done.stdout, done.stderr) == (
        0, "System check identified no issues (0 silenced).\n", "",
    )  # fmt: skip


def test_a_missing_secret_key_is_an_error_with_a_hint(tmp_path):
    done = manage("check", DATA_DIR=str(tmp_path))

    assert done.returncode == 1
    assert "(config.E001) There is no secret key." in done.stderr
    assert "manage.py quickstart" in done.stderr


def test_makemigrations_works_without_a_secret_key(tmp_path):
    done = manage("makemigrations", "--check", "--dry-run", DATA_DIR=str(tmp_path))

    assert (done.returncode, done.stdout) == (0, "No changes detected\n")


def test_migrate_creates_the_data_folder(tmp_path):
    folder = tmp_path / "new" / "site"

    done = manage("migrate", SECRET_KEY="x", DATA_DIR=str(folder))

    assert done.returncode == 0
    assert done.stdout.startswith(f"Data folder created: {folder}\n")
    assert (folder / "db.sqlite3").exists()


def test_migrate_says_that_the_data_folder_cannot_be_created(tmp_path):
    (tmp_path / "file").touch()

    done = manage("migrate", SECRET_KEY="x", DATA_DIR=str(tmp_path / "file" / "site"))

    assert done.returncode == 1
    assert done.stderr.startswith(f"CommandError: {tmp_path / 'file' / 'site'} cannot be written")
    assert "Traceback" not in done.stderr


def test_a_site_url_without_scheme_is_an_error(tmp_path):
    done = manage("check", **PRODUCTION, DATA_DIR=str(tmp_path), SITE_URL="ada.example.org")

    assert done.returncode == 1
    assert "(config.E002) SITE_URL is “ada.example.org”" in done.stderr


@pytest.mark.parametrize(
    ("path", "sentence"),
    [
        ("", "(config.E005) ADMIN_PATH is empty."),
        ("a/b", "(config.E005) ADMIN_PATH is “a%2Fb”"),
        ("<str:a>", "(config.E005) ADMIN_PATH is “%3Cstr%3Aa%3E”"),
        ("publications", "(config.E006) ADMIN_PATH is “publications”, where the site has other pages."),
        ("cv", "(config.E006)"),
        ("static", "(config.E006)"),
        ("/desk/", ""),
    ],
)
def test_an_unusable_admin_path_is_an_error(tmp_path, path, sentence):
    done = manage("check", **PRODUCTION, DATA_DIR=str(tmp_path), ADMIN_PATH=path)

    assert done.returncode == bool(sentence)
    assert sentence in done.stderr


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("s3://KEY:a%2Fb%2Bc@s3.example.org/media", ("https://s3.example.org", "media", "", None, "a/b+c")),
        ("s3+http://K:S@127.0.0.1:9000/media/ada?region=eu", ("http://127.0.0.1:9000", "media", "ada", "eu", "S")),
        ("s3://K:S@[::1]:9000/media?addressing=virtual", ("https://[::1]:9000", "media", "", None, "S")),
        ("s3:///media", (None, "media", "", None, None)),
    ],
)
def test_one_setting_configures_the_bucket(settings, address, expected):
    options = s3_options(address)

    names = ("endpoint_url", "bucket_name", "location", "region_name", "secret_key")
    assert tuple(options[name] for name in names) == expected
    settings.MEDIA_STORAGE_URL = address
    assert checks.check_media_storage(None) == []


@pytest.mark.parametrize(
    "address",
    [
        "media", "s3://", "s3://host", "s3://host/", "https://host/bucket", "s3://KEY:HID/DEN@host/media",
        "s3://KEY@host/media", "s3://:HIDDEN@host/media", "s3://host:port/media", "s3://host/media?key=HIDDEN",
        "s3://host/media?addressing=HIDDEN", "s3://[::1/media", "s3://host/HIDDEN@media",
    ],
)  # fmt: skip
def test_an_unusable_media_storage_is_an_error_that_hides_the_secret(settings, address):
    settings.MEDIA_STORAGE_URL = address

    [error] = checks.check_media_storage(None)

    assert error.id == "config.E003"
    assert "HID" not in f"{error.msg} {error.hint}"


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("s3://KEY:HID/DEN@host/media", "(config.E003) MEDIA_STORAGE_URL is not the address of an S3 bucket."),
        ("s3://KEY:SECRET@host/media", ""),
    ],
)
def test_check_reports_an_unusable_media_storage(tmp_path, address, sentence):
    done = manage("check", **PRODUCTION, DATA_DIR=str(tmp_path), MEDIA_STORAGE_URL=address)

    assert done.returncode == bool(sentence)
    assert sentence in done.stderr
    assert "HID" not in done.stderr


def test_a_missing_storage_package_is_an_error(settings, monkeypatch):
    settings.MEDIA_STORAGE_URL = "s3://KEY:SECRET@host/media"
    monkeypatch.setattr(checks, "find_spec", lambda name: None)

    (error,) = checks.check_media_storage(None)

    assert (error.id, error.hint) == ("config.E004", "Run: pip install 'django-storages[s3]'")


def test_an_https_site_url_turns_on_secure_cookies_and_redirects(tmp_path):
    names = ["ALLOWED_HOSTS", "CSRF_TRUSTED_ORIGINS", "SESSION_COOKIE_SECURE", "SECURE_SSL_REDIRECT", "DEBUG"]
    code = f"from django.conf import settings; print([getattr(settings, name) for name in {names}])"

    done = manage(
        "shell", "--no-imports", "-c", code,
        **PRODUCTION, DATA_DIR=str(tmp_path), SITE_URL="https://ada.example.org/",
    )  # fmt: skip

    assert done.stdout == "[['ada.example.org'], ['https://ada.example.org'], True, True, False]\n"


@pytest.mark.parametrize(
    ("pragma", "value"), [("journal_mode", "wal"), ("foreign_keys", "1"), ("busy_timeout", "20000")]
)
def test_sqlite_uses_wal_foreign_keys_and_a_timeout(tmp_path, pragma, value):
    code = (
        "from django.db import connection; cursor = connection.cursor(); "
        f"print(cursor.execute('PRAGMA {pragma}').fetchone()[0])"
    )

    done = manage("shell", "--no-imports", "-c", code, **PRODUCTION, DATA_DIR=str(tmp_path))

    assert (done.stdout, done.stderr) == (f"{value}\n", "")
