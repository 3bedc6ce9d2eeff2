"""The site below a path of its host, as real server processes serve it."""

import re

import httpx
import pytest

from config.web.site_path import below
from tests.running import WITHOUT_PANDOC

PATH = "/~ada/site"
SECTIONS = "/admin/profiles/section/add/"
PAGES = [
    "/", "/publications/", "/people/", "/cv/", "/cv.pdf", "/cv.json", "/feed/", "/sitemap.xml", "/robots.txt",
    "/site.webmanifest", "/opensearch.xml", "/llms.txt", "/publications/feed/", "/activities.ics", "/index.md",
]  # fmt: skip
LOCAL = re.compile(r"""(?:href|src|content)="(?:http://127\.0\.0\.1:\d+)?(/[^"#?]*)""")


@pytest.fixture(scope="module", params=["SITE_URL", "SCRIPT_NAME"])
def site(request, new_site, tmp_path_factory):
    folder = tmp_path_factory.mktemp("below") / "site"
    with new_site(folder, **WITHOUT_PANDOC) as site:
        value = f"{site.url}{PATH}" if request.param == "SITE_URL" else PATH
        site.env[request.param] = value
        with site.serve(workers=1):
            yield site


@pytest.mark.slow
def test_all_links_of_all_pages_lead_below_the_path(site):
    waiting, seen = [PATH + page for page in PAGES], set()
    with httpx.Client(base_url=site.url, trust_env=False, timeout=60) as client:
        while waiting:
            path = waiting.pop()
            if path in seen:
                continue
            seen.add(path)
            answer = client.get(path)
            assert answer.status_code == 200, path
            if answer.headers["Content-Type"].startswith("text/html"):
                waiting += [found for found in LOCAL.findall(answer.text) if "/admin/" not in found]
            addresses = re.findall(rf"{re.escape(site.url)}([^\s\"<>)]*)", answer.text)
            assert all(f"{address}/".startswith(f"{PATH}/") for address in addresses), (path, addresses)

    assert len(seen) > 60
    assert all(path.startswith(f"{PATH}/") for path in seen)
    assert any(path.endswith(".css") for path in seen)


@pytest.mark.slow
def test_editors_log_in_and_save_below_the_path(site):
    with httpx.Client(base_url=site.url, trust_env=False, timeout=60) as client:
        asked = client.get(f"{PATH}/admin/")
        client.get(asked.headers["Location"])
        token = next(cookie for cookie in client.cookies.jar if "csrf" in cookie.name)

    assert asked.headers["Location"] == f"{PATH}/admin/login/?next={PATH}/admin/"
    assert token.path == f"{PATH}/"

    [editor] = site.editors()
    editor.client.base_url = f"{site.url}{PATH}/"
    editor.open(SECTIONS[1:], "section_form")
    saved = editor.save(SECTIONS[1:], title="Below a path", body="Text")

    assert saved.headers["Location"].startswith(f"{PATH}/admin/profiles/section/")


@pytest.mark.slow
def test_probes_answer_with_and_without_the_path(site):
    for path in ("/healthz", f"{PATH}/healthz", f"{PATH}/healthz/live"):
        assert httpx.get(f"{site.url}{path}", trust_env=False, timeout=60).status_code == 200


@pytest.mark.parametrize(
    ("script_name", "path", "expected"),
    [
        ("", "/~ada/site/cv/", "/cv/"),
        ("", "/~ada/site", ""),
        ("", "/cv/", "/cv/"),  # a proxy has removed the path
        ("", "/~ada/sites/", "/~ada/sites/"),
        ("/~ada/site", "/~ada/site/", "/~ada/site/"),  # the server has removed it: a page of that name
    ],
)
def test_a_request_is_below_the_path_whoever_removes_it(script_name, path, expected):
    environ = {"SCRIPT_NAME": script_name, "PATH_INFO": path}

    below(PATH, lambda environ, start_response: None)(environ, None)

    assert environ == {"SCRIPT_NAME": PATH, "PATH_INFO": expected}
