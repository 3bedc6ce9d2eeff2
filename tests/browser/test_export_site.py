"""The exported site in a real browser, served as a static host does, from a folder of its host.

The tests of the live site that need no server run here, too.
"""

import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import expect

from tests.browser.test_list import (  # noqa: F401
    TITLE,
    test_a_choice_keeps_the_focus_and_the_back_button_works,
    test_a_citation_opens_in_place_is_copied_and_gives_the_focus_back,
    test_on_a_narrow_screen_the_filters_open_over_the_page,
    test_the_list_is_filtered_while_typing_and_the_url_follows,
    test_without_a_script_the_same_works_by_links_and_a_form,
)
from tests.browser.test_pages import PAGES, WIDTHS, complaints  # noqa: F401
from tests.browser.test_site import (  # noqa: F401
    test_a_visitor_narrows_the_list_down_and_back_by_clicks,
    test_the_first_stop_of_the_keyboard_skips_to_the_content,
    test_the_map_is_drawn,
)

pytestmark = pytest.mark.browser

RECORD = "\n".join(
    f"""
    [[publications]]
    type = "article-journal"
    title = "Loom number {number}"
    issued = {1900 + number}
    publisher = "Łódź β-Press"
    doi = "10.5555/loom.{number}"
    tags = ["weaving"]
    authors = ["Marie Jacquard", "Zoë Müller"]
    """
    for number in range(43)
)


class StaticHost(SimpleHTTPRequestHandler):
    def send_error(self, code, *arguments, **more):
        """Answer with the 404 page of the site, as static hosts do."""
        if code != 404:
            super().send_error(code, *arguments, **more)
            return
        with open(self.translate_path("/site/404.html"), "rb") as file:  # noqa: PTH123 (as the base class has it)
            page = file.read()
        self.send_response(404)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(page)))
        self.end_headers()
        self.wfile.write(page)

    def log_message(self, *arguments):
        pass


@pytest.fixture(scope="module")
def site(new_site, tmp_path_factory):
    """The address of the exported first site, with 43 more works; and no editor."""
    folder = tmp_path_factory.mktemp("exported")
    live = new_site(folder / "data")
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(StaticHost, directory=folder / "public"))
    address = f"http://127.0.0.1:{server.server_port}/site"
    (folder / "record.toml").write_text(RECORD)
    live.manage("load_site", folder / "record.toml")
    live.manage("export_site", folder / "public/site", "--base-url", address)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield address, None
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.mark.parametrize("name", PAGES)
def test_no_exported_page_scrolls_sideways_or_has_browser_errors(page, site, complaints, name):  # noqa: F811
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        page.goto(site[0] + PAGES[name])
        assert page.evaluate("document.documentElement.scrollWidth") <= width

    assert [text for text in complaints if name != "missing" or "404" not in text] == []


def test_the_search_finds_publications_and_other_content(page, site, complaints):  # noqa: F811
    page.goto(f"{site[0]}/search/")

    page.get_by_role("searchbox").fill("mixture expert")

    expect(page.get_by_role("link", name=TITLE, exact=True)).to_be_visible()
    expect(page).to_have_url(f"{site[0]}/search/?q=mixture+expert")
    kinds = page.locator("#results .kind").all_inner_texts()
    assert sorted({kind.strip() for kind in kinds}) == ["Person", "Project", "Tag"]
    page.locator("#results").get_by_role("link", name="mixture of experts", exact=True).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("mixture of experts")
    assert complaints == []


@pytest.mark.parametrize(
    ("query", "count"),
    [("muller", 43), ("author:zoe", 43), ("author:loom", 0), ("year:1910-1912", 3), ("tag:Weaving year:1930", 1),
     ("type:conf", 1), ("wea", 44), ("lodz beta", 43), ("ŁÓDŹ β", 43),
     ("doi:10.5555/loom.7", 1), ('"wea"', 0), ("nobodywrotethis", 0), ("%2B%2B", 0)],
)  # fmt: skip
def test_the_search_reads_names_facts_and_beginnings_of_words(page, site, complaints, query, count):  # noqa: F811
    page.goto(f"{site[0]}/search/?q={query}")

    expect(page.get_by_role("status")).to_have_text(f"{count} result{'' if count == 1 else 's'} found")
    assert complaints == []


def test_a_filtered_list_has_pages_and_its_works_lead_to_their_own(page, site):
    page.goto(f"{site[0]}/publications/?tag=weaving")
    results = page.locator("#results")
    expect(page.locator(".selected")).to_contain_text("43 publications with weaving")
    expect(results.locator("article")).to_have_count(24)

    results.get_by_role("link", name="Next").click()

    expect(results.locator("article")).to_have_count(19)
    expect(page).to_have_url(f"{site[0]}/publications/?tag=weaving&page=2")
    results.get_by_role("link", name="Loom number 0", exact=True).click()
    expect(page).to_have_url(f"{site[0]}/publications/loom-number-0/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Loom number 0")
    page.go_back()
    expect(results.locator("article")).to_have_count(19)


def test_choices_narrow_each_other_down_and_show_how_many_works_they_leave(page, site):
    page.goto(f"{site[0]}/publications/?author=marie-jacquard&type=article-journal")

    years = page.locator("#facets > details").first

    expect(years.locator("li:not([hidden]) .count")).to_have_count(43)
    years.get_by_text("More").click()
    years.get_by_role("link", name="1907").click()
    expect(page.locator("#results article")).to_have_count(1)
    expect(page.locator(".bars").first).to_be_hidden()
    expect(years.get_by_role("link", name="1907")).to_have_attribute("aria-current", "true")
    expect(page.locator(".selected .chip")).to_contain_text(["Marie Jacquard", "1907", "Journal article"])
    expect(page).to_have_title("Publications: Marie Jacquard, 1907, Journal article · Your Name")


def test_filters_work_from_any_page_of_the_list(page, site):
    page.goto(f"{site[0]}/publications/page/2/")
    expect(page.locator("#results article")).to_have_count(20)

    page.get_by_role("searchbox").fill("moe")

    expect(page.get_by_role("link", name=TITLE, exact=True)).to_be_visible()
    expect(page).to_have_url(f"{site[0]}/publications/?q=moe")
    page.get_by_role("link", name="Clear all").click()
    expect(page.locator("#results article")).to_have_count(24)


def test_without_a_script_all_works_are_listed_and_a_note_says_what_is_missing(browser, site):
    page = browser.new_context(java_script_enabled=False).new_page()
    page.goto(f"{site[0]}/publications/?tag=weaving")

    # Playwright switches scripts off so late that <noscript> is not shown.
    assert "<noscript><p>Here the filters and the search need JavaScript.</p></noscript>" in page.content()
    expect(page.locator("#results article")).to_have_count(24)
    page.get_by_role("link", name="Next").click()
    expect(page).to_have_url(f"{site[0]}/publications/page/2/")
    expect(page.locator("#results article")).to_have_count(20)
    page.context.close()


def test_a_missing_page_is_the_sites_own_at_any_depth(page, site):
    answer = page.goto(f"{site[0]}/nowhere/at/all/")

    assert answer.status == 404
    expect(page.get_by_role("heading", level=1)).to_have_text("Page not found")
    page.get_by_role("link", name="home page").click()
    expect(page).to_have_url(f"{site[0]}/")
