"""Migrations of data that an earlier version stored."""

from importlib import import_module

import pytest
from django.apps import apps

from publications.models import Publication
from tests import make


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("stored", "label", "issued"),
    [
        ({"literal": "in press"}, "In press", ""),
        ({"literal": "2026, to appear"}, "To appear", "2026"),
        ({"literal": "unknown"}, "Published", ""),
        ("edited", "Published", ""),
    ],
)
def test_words_stored_as_a_date_become_the_status(stored, label, issued):
    make.publication("On Engines", issued="", extra={"issued": stored})

    import_module("publications.migrations.0018_words_as_status").read_words_as_status(apps, None)

    work = Publication.objects.get()
    assert (work.status_label, work.issued, "issued" in work.extra) == (label, issued, label == "Published")
