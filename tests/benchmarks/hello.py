"""The smallest WSGI application: ``/14000`` returns 14,000 bytes. It shows the limit of the server itself."""

from functools import cache


@cache
def body_of(size):
    return b"a" * size


def application(environ, start_response):
    body = body_of(int(environ["PATH_INFO"].strip("/")))
    start_response("200 OK", [("Content-Type", "text/html; charset=utf-8"), ("Content-Length", str(len(body)))])
    return [body]
