"""The build's reading of pip-audit: vulnerabilities, none, or no answer."""

import json
import subprocess
import sys

import pytest
from django.conf import settings

WHOLE = {"name": "a", "version": "1", "vulns": []}
BROKEN = {"name": "b", "version": "1", "vulns": [{"id": "PYSEC-1", "fix_versions": ["2"]}]}
SKIPPED = {"name": "c", "skip_reason": "Dependency not found on PyPI and could not be audited: c (1)"}


@pytest.mark.parametrize(
    ("packages", "code", "said"),
    [
        ([WHOLE], 0, "1 packages checked.\n"),
        ([WHOLE, BROKEN], 1, "b 1: PYSEC-1, fixed in 2\n2 packages checked.\n"),
        ([WHOLE, SKIPPED], 0, "Advisories of 1 packages are unavailable: NOT checked.\n"),
        (None, 0, "Advisories of all packages are unavailable: NOT checked.\n"),
    ],
)
def test_a_vulnerability_fails_and_an_unreachable_service_is_reported(packages, code, said):
    answer = json.dumps({"dependencies": packages}) if packages else ""

    audit = settings.BASE_DIR / ".ci" / "audit"
    done = subprocess.run([sys.executable, audit], input=answer, capture_output=True, check=False, encoding="utf-8")

    assert (done.returncode, done.stdout) == (code, said)
