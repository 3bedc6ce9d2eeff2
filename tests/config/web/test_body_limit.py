"""Request bodies: only complete ones of a permitted size reach Django."""

import errno
import io
from threading import Event, Thread

import pytest
from django.conf import settings

from config.web import body_limit
from config.web.body_limit import BODIES_AT_ONCE, PUBLIC_BYTES, limit_bodies

ADMIN = f"/{settings.ADMIN_PATH}/"


def post(application, path, length, source, **environ):
    """Return (status, headers, text) of the response to a body that is announced with a length."""
    environ = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": path,
        "CONTENT_LENGTH": str(length),
        "wsgi.input": source,
    } | environ
    response = []
    body = b"".join(application(environ, lambda *status_and_headers: response.extend(status_and_headers)))
    return response[0], dict(response[1]), body.decode()


@pytest.fixture
def echo():
    """An application that answers with the length of the body that it has read."""

    def application(environ, start_response):
        start_response("200 OK", [])
        return [str(len(environ["wsgi.input"].read())).encode()]

    return limit_bodies(application)


class Unread:
    """A body that must not be read."""

    def read(self, size=-1):
        raise AssertionError("The body was read.")


@pytest.mark.parametrize(("path", "most"), [(ADMIN, 220 * 2**20), ("/publications/", PUBLIC_BYTES)])
def test_a_body_above_the_limit_is_refused_before_it_is_read(echo, path, most):
    status, headers, text = post(echo, path, most + 1, Unread())

    assert status == "413 Content Too Large"
    assert text == f"The request is larger than {most:,} bytes.\n"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Length"] == str(len(text))


def test_the_admin_gets_the_complete_body(echo):
    size = 3 * body_limit.IN_MEMORY

    assert post(echo, ADMIN, size, io.BytesIO(b"a" * size))[2] == str(size)


def test_the_body_for_a_public_page_is_not_read(echo):
    assert post(echo, "/publications/", 100, Unread())[2] == "0"


def test_a_request_without_a_body_is_not_changed(echo):
    source = io.BytesIO(b"")

    for length in ("", "0", "-1", "1e3", "²", "NaN"):
        assert post(echo, ADMIN, length, source)[0] == "200 OK"
    assert post(echo, ADMIN, "9" * 400, source)[0].startswith("413")


def test_a_body_that_breaks_off_is_refused(echo):
    assert post(echo, ADMIN, 100, io.BytesIO(b"a" * 99))[0] == "400 Bad Request"


def test_a_body_without_a_length_is_refused(echo):
    chunked = {"HTTP_TRANSFER_ENCODING": "chunked"}

    assert post(echo, ADMIN, "", Unread(), **chunked)[0] == "411 Length Required"


def test_a_client_that_disconnects_is_not_a_server_error(echo):
    class Gone:
        def read(self, size):
            raise ConnectionResetError

    assert post(echo, ADMIN, 100, Gone())[0] == "400 Bad Request"


def test_a_full_temporary_folder_is_reported(echo, monkeypatch):
    class FullDisk(io.BytesIO):
        def write(self, data):
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(body_limit, "SpooledTemporaryFile", lambda **options: FullDisk())

    status, _, text = post(echo, ADMIN, 100, io.BytesIO(b"a" * 100))

    assert (status, text) == ("507 Insufficient Storage", "The disk of this site is full.\n")


def test_slow_uploads_occupy_a_limited_number_of_threads(echo):
    finish, uploads = Event(), []

    class Slow:
        def __init__(self):
            self.is_being_read = Event()

        def read(self, size):
            self.is_being_read.set()
            finish.wait()
            return b"a" * size

    for _ in range(BODIES_AT_ONCE):
        source = Slow()
        uploads.append(Thread(target=post, args=(echo, ADMIN, 10, source)))
        uploads[-1].start()
        source.is_being_read.wait()
    try:
        assert post(echo, ADMIN, 10, Unread())[0] == "503 Service Unavailable"
        assert post(echo, "/", 10, Unread())[0] == "200 OK"
    finally:
        finish.set()
        for upload in uploads:
            upload.join()

    assert post(echo, ADMIN, 10, io.BytesIO(b"a" * 10))[0] == "200 OK"
