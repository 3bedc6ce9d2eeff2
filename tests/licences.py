"""The licences of the locked packages.

``.venv/bin/python -m tests.licences`` prints them. Raises KeyError for a licence that is not in ALLOWED: read it before
you add it.
"""

import re
from collections import defaultdict
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path

LOCK = Path(__file__).resolve().parents[1] / "requirements.txt"
# {name in the metadata of packages: SPDX identifier}
ALLOWED = {
    "0BSD": "0BSD",
    "Apache 2.0": "Apache-2.0", "Apache Software License": "Apache-2.0", "Apache-2.0": "Apache-2.0",
    "BSD": "BSD-3-Clause", "BSD License": "BSD-3-Clause", "BSD-2-Clause": "BSD-2-Clause",
    "BSD-3-Clause": "BSD-3-Clause",
    "GNU Lesser General Public License v2 or later (LGPLv2+)": "LGPL-2.1-or-later",
    "GNU Lesser General Public License v3 (LGPLv3)": "LGPL-3.0", "LGPL-3.0-only": "LGPL-3.0",
    "LGPL-3.0-or-later": "LGPL-3.0",
    "MIT": "MIT", "MIT License": "MIT", "MIT-0": "MIT-0", "MIT-CMU": "MIT-CMU",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0", "MPL-2.0": "MPL-2.0",
    "PSF-2.0": "PSF-2.0", "Python Software Foundation License": "PSF-2.0",
    "ZPL-2.1": "ZPL-2.1", "Zope Public License": "ZPL-2.1",
}  # fmt: skip
# Packages with incomplete metadata, or not installed on every machine. Taken from the licence files they contain.
READ = {
    "async-timeout": "Apache-2.0",
    "colorama": "BSD-3-Clause",
    "pypandoc-binary": "MIT, its pandoc GPL-2.0-or-later",
    "tzdata": "Apache-2.0",
}


def locked():
    """Return the names of all packages in requirements.txt."""
    return dict.fromkeys(
        re.findall(r"^([a-z0-9][\w.-]*?)(?:\[[\w,]+\])?==", LOCK.read_text(), re.MULTILINE | re.IGNORECASE)
    )


def licence_of(name):
    """Return the SPDX identifier of a package's licence; several are joined by "AND"."""
    if name in READ:
        return READ[name]
    try:
        facts = metadata(name)
    except PackageNotFoundError:
        raise KeyError(f"{name} is not installed: read its licence and add it to READ.") from None
    classes = [line.rpartition(" :: ")[2] for line in facts.get_all("Classifier", []) if line.startswith("License ::")]
    said = facts["License-Expression"] or " AND ".join(classes) or (facts["License"] or "").strip()
    said = [one for one in re.split(r" (?:AND|OR) ", said) if one != "OSI Approved"]
    return " AND ".join(sorted({ALLOWED[one] for one in said}))


def listed():
    """Return a Markdown list with a line for each licence, the most frequent first."""
    found = defaultdict(list)
    for name in locked():
        found[licence_of(name)].append(name)
    rows = sorted(found.items(), key=lambda row: (-len(row[1]), row[0]))
    return "\n".join(f"- {licence}: {', '.join(names)}" for licence, names in rows)


if __name__ == "__main__":
    print(listed())
