"""Every locked package has an allowed licence."""

import pytest
from django.conf import settings

from tests import licences


def test_the_contributing_guide_lists_the_licences_of_all_locked_packages():
    guide = (settings.BASE_DIR / "CONTRIBUTING.md").read_text()

    assert licences.listed() in guide


def test_a_licence_that_is_not_allowed_is_an_error(monkeypatch):
    monkeypatch.delitem(licences.ALLOWED, "MIT")

    with pytest.raises(KeyError, match="MIT"):
        licences.listed()
