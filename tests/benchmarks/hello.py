"""The least that a WSGI application can do: ``/14000`` is answered by 14,000 bytes. What the server itself is able to
do at most."""

from functools import cache


@cache
def body_of(size):
    return b"a" * size


def application(environ, start_response):
    body = body_of(int(environ["PATH_INFO"].strip("/")))
    start_response("200 OK", [("Content-Type", "text/html; charset=utf-8"), ("Content-Length", str(len(body)))])
    return [body]
