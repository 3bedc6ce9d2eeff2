"""The static files that templates and forms name: other tests do not collect them, nor notice a missing one."""

import re
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders

IN_TEMPLATES = re.compile(r"{% static '([^']+)' %}")
IN_CODE = re.compile(r"\"((?:js|css)/[\w/]+\.(?:js|css))\"")


def test_every_static_file_that_is_named_exists():
    root = Path(settings.BASE_DIR)
    named = {name for path in root.glob("templates/**/*.*") for name in IN_TEMPLATES.findall(path.read_text("utf-8"))}
    for app in ("config", "profiles", "projects", "publications"):
        named |= {name for path in root.glob(f"{app}/**/*.py") for name in IN_CODE.findall(path.read_text("utf-8"))}

    assert len(named) > 30
    assert [name for name in sorted(named) if finders.find(name) is None] == []
