"""A visitor's request never writes to the database: every write would invalidate all cached pages."""

import pytest
from django.db import connection

from tests import make

PATHS = [
    "/", "/publications/", "/publications/?tag=engines&year=2025", "/publications/on-engines/",
    "/publications/on-engines.bib", "/publications.json", "/publications/feed/", "/tags/", "/tags/engines/",
    "/people/ada-lovelace/", "/projects/", "/cv/", "/search/", "/search/?q=engines", "/sitemap.xml", "/healthz",
]  # fmt: skip


def refuse_writes(execute, sql, params, many, context):
    statement = sql.split(maxsplit=1)[0].upper()
    assert statement in ("SELECT", "WITH", "PRAGMA", "SAVEPOINT", "RELEASE"), sql
    return execute(sql, params, many, context)


@pytest.mark.pandoc
@pytest.mark.django_db
@pytest.mark.parametrize("path", PATHS)
def test_a_get_does_not_write(client, path):
    make.owner()
    make.publication("On Engines", tags=["engines"])

    with connection.execute_wrapper(refuse_writes):
        answer = client.get(path)
        assert b"".join(answer) if answer.streaming else answer.content

    assert answer.status_code == 200
