"""Each kind of page at each width, light and dark."""

from itertools import product

import pytest

pytestmark = pytest.mark.browser

PAGES = {
    "home": "/",
    "publications": "/publications/",
    "filtered": "/publications/?tag=benchmarking",
    "publication": "/publications/moe-cap/",
    "projects": "/projects/",
    "project": "/projects/serverlessllm/",
    "people": "/people/",
    "person": "/people/luo-mai/",
    "activities": "/activities/",
    "tags": "/tags/",
    "tag": "/tags/benchmarking/",
    "cv": "/cv/",
    "search": "/search/?q=systems",
    "accessibility": "/accessibility/",
    "missing": "/nothing-here/",
}
WIDTHS = (320, 768, 1440)


@pytest.fixture
def complaints(page):
    """Errors and warnings of the browser: scripts, styles and requests that were refused."""
    found = []
    page.on("console", lambda message: found.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: found.append(str(error)))
    return found


@pytest.mark.parametrize("name", PAGES)
def test_no_page_scrolls_sideways_or_has_browser_errors(page, site, complaints, name):
    for scheme, width in product(("light", "dark"), WIDTHS):
        page.emulate_media(color_scheme=scheme)
        page.set_viewport_size({"width": width, "height": 900})
        response = page.goto(site[0] + PAGES[name])
        assert response.status == (404 if name == "missing" else 200)
        assert page.evaluate("document.documentElement.scrollWidth") <= width

    # The browser itself reports the status of a missing page.
    assert [text for text in complaints if name != "missing" or "404" not in text] == []


@pytest.mark.parametrize("name", ["activities", "cv", "person", "project", "publication", "tag"])
def test_a_single_column_is_in_the_middle_of_a_wide_window(page, site, name):
    page.set_viewport_size({"width": 1440, "height": 900})
    page.goto(site[0] + PAGES[name])
    column = page.locator("main > .page").bounding_box()

    assert column["width"] < 900
    assert column["x"] == (page.evaluate("document.body.clientWidth") - column["width"]) / 2


@pytest.mark.parametrize("theme", ["classic", "modern", "technical"])
def test_a_time_with_its_zone_stays_in_the_column_of_dates(page, site, theme):
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto(f"{site[0]}/activities/")
    page.evaluate(
        """theme => {
            document.documentElement.dataset.theme = theme;
            document.querySelector("main .page").innerHTML = `<ul class="timeline"><li class="activity">
              <p class="when"><time>30 September 2027, 10:00 (America/Argentina/Buenos_Aires)</time></p>
              <div>On Engines</div></li></ul>`;
        }""",
        theme,
    )
    when, title = page.locator(".when time").bounding_box(), page.locator(".activity > div").bounding_box()

    assert when["x"] + when["width"] <= title["x"]
    assert when["y"] < title["y"] + title["height"]


def test_only_a_page_with_a_formula_loads_the_maths_font(page, site):
    requested = []
    page.on("request", lambda request: requested.append(request.url.rpartition("/")[2].split(".")[0]))

    page.goto(f"{site[0]}/", wait_until="networkidle")
    assert "maths" not in requested

    page.evaluate("document.querySelector('main').innerHTML = '<math><msqrt><mi>s</mi></msqrt></math>'")
    page.wait_for_function("[...document.fonts].some(font => font.family === 'Maths' && font.status === 'loaded')")
    assert "maths" in requested
    assert "maths-greek" not in requested
