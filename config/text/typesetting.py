"""PDFs and pictures typeset by Typst, from the templates in templates/config/*.typ.

A template gets its content as JSON and inserts it as text, never as markup, so that nothing an editor types can break
the page or run as code.
"""

import json
from functools import cache

from django.conf import settings

FONTS = settings.BASE_DIR / "config" / "fonts"
TEMPLATES = settings.BASE_DIR / "templates" / "config"


def typeset(template, content, **options):
    """Return the PDF or PNG that Typst renders from a template and a dict; ``options`` are for ``typst.compile``."""
    import typst  # noqa: PLC0415 (7 MB of memory, only for processes that typeset something)

    return typst.compile(
        (TEMPLATES / template).read_bytes(),
        root=TEMPLATES,
        font_paths=fonts(),
        sys_inputs={"content": json.dumps(content, ensure_ascii=False)},
        **options,
    )


@cache
def fonts():
    """Return the site's and the system's fonts; finding them takes longer than typesetting a page."""
    import typst  # noqa: PLC0415

    return typst.Fonts(font_paths=[FONTS])
