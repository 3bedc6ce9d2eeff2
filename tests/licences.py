"""The licences of what the site is made of, for the README.

``.venv/bin/python -m tests.licences`` prints them. Raises KeyError for a licence that ALLOWED does not have: read it
first, and then add it.
"""

import re
from collections import defaultdict
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path

LOCK = Path(__file__).resolve().parents[1] / "requirements.txt"
# {how it is written in the metadata of packages: its SPDX name}
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
# Whose metadata do not tell enough, or which are not installed on every machine: read in what they bring along.
READ = {
    "async-timeout": "Apache-2.0",
    "colorama": "BSD-3-Clause",
    "pypandoc-binary": "MIT, its pandoc GPL-2.0-or-later",
    "tzdata": "Apache-2.0",
}


def locked():
    """The names of all packages in requirements.txt."""
    return dict.fromkeys(
        re.findall(r"^([a-z0-9][\w.-]*?)(?:\[[\w,]+\])?==", LOCK.read_text(), re.MULTILINE | re.IGNORECASE)
    )


def licence_of(name):
    """Its licence, by SPDX; of several at once, joined by "AND"."""
    if name in READ:
        return READ[name]
    try:
        facts = metadata(name)
    except PackageNotFoundError:
        raise KeyError(f"{name} is not installed here: read its licence, and note it in READ.") from None
    classes = [line.rpartition(" :: ")[2] for line in facts.get_all("Classifier", []) if line.startswith("License ::")]
    said = facts["License-Expression"] or " AND ".join(classes) or (facts["License"] or "").strip()
    said = [one for one in re.split(r" (?:AND|OR) ", said) if one != "OSI Approved"]
    return " AND ".join(sorted({ALLOWED[one] for one in said}))


def listed():
    """One line of Markdown for each licence, the commonest first."""
    found = defaultdict(list)
    for name in locked():
        found[licence_of(name)].append(name)
    rows = sorted(found.items(), key=lambda row: (-len(row[1]), row[0]))
    return "\n".join(f"- {licence}: {', '.join(names)}" for licence, names in rows)


if __name__ == "__main__":
    print(listed())
