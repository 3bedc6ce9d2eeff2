"""Public pages as visitors use them."""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


def test_a_visitor_narrows_the_list_down_and_back_by_clicks(page, site):
    address, _ = site
    page.goto(f"{address}/publications/")

    page.get_by_role("complementary").get_by_text("Tag", exact=True).click()
    page.get_by_role("complementary").get_by_role("link", name="benchmarking").click()

    expect(page).to_have_url(f"{address}/publications/?tag=benchmarking")
    page.get_by_role("link", name="Clear all").click()
    expect(page).to_have_url(f"{address}/publications/")


def test_a_visitor_searches_without_script(browser, site):
    address, _ = site
    page = browser.new_context(java_script_enabled=False).new_page()
    page.goto(f"{address}/publications/")

    page.get_by_role("searchbox").fill("mixture")
    page.get_by_role("button", name="Search").click()

    assert page.url == f"{address}/publications/?q=mixture"
    expect(page.get_by_role("heading", name="MoE-CAP: Benchmarking")).to_be_visible()


def test_the_first_stop_of_the_keyboard_skips_to_the_content(page, site):
    address, _ = site
    page.goto(address)

    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    assert page.evaluate("document.activeElement.id") == "main"


def test_the_map_is_drawn(page, site):
    address, _ = site
    page.goto(address)

    box = page.get_by_role("img", name="World map").bounding_box()

    assert box["width"] > 250
    assert page.locator(".map circle.halo").count() == 3


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (390, 844)])
def test_the_pdf_of_the_newest_work_and_the_cv_are_on_the_first_screen(browser, site, width, height):
    page = browser.new_page(viewport={"width": width, "height": height})
    page.goto(site[0])

    for name in ("PDF of MoE-CAP", "CV"):
        expect(page.get_by_role("main").get_by_role("link", name=name).first).to_be_in_viewport(ratio=1)


def test_the_rest_of_the_biography_and_the_cv_unfold_without_script(browser, site):
    page = browser.new_context(java_script_enabled=False).new_page()
    page.goto(site[0])
    rest = page.get_by_text("fast k-nearest-neighbour").first
    expect(rest).not_to_be_visible()

    page.get_by_text("More about").click()

    expect(rest).to_be_visible()
