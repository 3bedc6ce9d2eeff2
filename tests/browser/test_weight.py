"""What the first view of a page costs: measured as it is transferred, compressed and with its headers."""

import pytest

pytestmark = pytest.mark.browser

THEME = """
from profiles.models import Look, Person
Look.objects.update_or_create(person=Person.objects.owner(), defaults={{"theme": "{}"}})
"""


@pytest.fixture(scope="module")
def new(new_site, tmp_path_factory):
    site = new_site(tmp_path_factory.mktemp("weight") / "site")
    with site.serve():
        yield site


@pytest.mark.parametrize("theme", ["classic", "modern", "technical"])
@pytest.mark.parametrize("path", ["/", "/publications/"])
def test_a_first_view_is_at_most_6_requests_and_60_kilobytes_from_the_site_alone(browser, new, theme, path):
    new.shell(THEME.format(theme))
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    requests = []
    page.on("request", lambda request: requests.append(request))  # noqa: PLW0108 (Playwright refuses a built-in)
    page.goto(f"{new.url}{path}", wait_until="networkidle")

    sizes = [request.sizes() for request in requests]
    page.close()
    assert {request.url.startswith(new.url) for request in requests} == {True}
    assert len(requests) <= 6
    assert sum(size["responseBodySize"] + size["responseHeadersSize"] for size in sizes) <= 60_000
