"""Pictures of each kind of page, to be looked at: ``pytest tests/browser/test_pages.py --pictures FOLDER``."""

from pathlib import Path

import pytest

pytestmark = pytest.mark.browser

PAGES = {
    "home": "/",
    "publications": "/publications/",
    "publication": "/publications/moe-cap/",
    "projects": "/projects/",
    "project": "/projects/serverlessllm/",
    "people": "/people/",
    "activities": "/activities/",
    "tags": "/tags/",
    "tag": "/tags/benchmarking/",
    "cv": "/cv/",
    "search": "/search/?q=systems",
    "missing": "/nothing-here/",
}
WIDTHS = (320, 768, 1440)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_no_page_scrolls_sideways_or_complains(page, site, request, name, scheme):
    complaints = []
    page.on(
        "console", lambda message: complaints.append(message.text) if message.type in ("error", "warning") else None
    )
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.emulate_media(color_scheme=scheme)
    folder = request.config.getoption("--pictures")

    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        response = page.goto(site[0] + PAGES[name])
        assert response.status == (404 if name == "missing" else 200)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        if folder:
            page.screenshot(path=Path(folder) / f"{name}-{width}-{scheme}.png", full_page=True)

    # The browser itself tells of a page that is not there.
    assert [text for text in complaints if name != "missing"] == []
