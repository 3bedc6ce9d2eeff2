"""What the build makes of pip-audit's answer: holes, none, or no answer."""

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
        ([WHOLE], 0, "1 packages asked for.\n"),
        ([WHOLE, BROKEN], 1, "b 1: PYSEC-1, mended in 2\n2 packages asked for.\n"),
        ([WHOLE, SKIPPED], 0, "The advisories of 1 packages could not be asked for, so NOT checked.\n"),
        (None, 0, "The advisories of all packages could not be asked for, so NOT checked.\n"),
    ],
)
def test_a_hole_fails_and_a_network_that_is_away_is_told(packages, code, said):
    answer = json.dumps({"dependencies": packages}) if packages else ""

    audit = settings.BASE_DIR / ".ci" / "audit"
    done = subprocess.run([sys.executable, audit], input=answer, capture_output=True, check=False, encoding="utf-8")

    assert (done.returncode, done.stdout) == (code, said)
