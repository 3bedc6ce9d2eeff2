"""The look as the owner and visitors choose it, in a real browser."""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

PAPER = "getComputedStyle(document.body).backgroundColor"


def test_colours_follow_the_system_until_a_visitor_chooses_and_stay_chosen(page, site):
    page.emulate_media(color_scheme="dark")
    page.goto(f"{site[0]}/")
    dark = page.evaluate(PAPER)

    page.get_by_role("button", name="Light").click()

    assert page.evaluate(PAPER) != dark
    page.goto(f"{site[0]}/publications/")
    expect(page.locator("html")).to_have_attribute("data-scheme", "light")
    expect(page.get_by_role("button", name="Light")).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name="Same as the system").click()
    assert page.evaluate(PAPER) == dark


def test_a_chosen_scheme_applies_before_the_page_is_drawn(page, site):
    page.goto(f"{site[0]}/")
    page.get_by_role("button", name="Dark").click()
    page.add_init_script(
        "new MutationObserver(() => { if (document.body) window.first ??= document.documentElement.dataset.scheme; })"
        ".observe(document, { childList: true, subtree: true });"
    )

    page.reload()

    assert page.evaluate("window.first") == "dark"


def test_without_a_script_there_is_no_choice_that_does_nothing(browser, site):
    page = browser.new_context(java_script_enabled=False).new_page()

    page.goto(f"{site[0]}/")

    expect(page.get_by_role("button", name="Dark")).to_have_count(0)
    page.context.close()


def test_an_editor_sees_each_choice_on_the_home_page_before_it_is_saved(admin, site):
    admin.goto(f"{site[0]}/admin/profiles/look/")
    preview = admin.frame_locator("iframe")
    expect(preview.locator("html")).to_have_attribute("data-accent", "blue")

    admin.get_by_label("Teal").check()
    admin.get_by_label("Technical:").check()
    admin.get_by_role("button", name="Move “Projects” up").click()
    admin.get_by_role("checkbox", name="Timeline").uncheck()

    expect(preview.locator("html")).to_have_attribute("data-accent", "teal")
    expect(preview.locator("html")).to_have_attribute("data-theme", "technical")
    # Another test may have added a newer publication, which makes room for the selected one.
    titles = preview.get_by_role("heading", level=2).filter(has_not_text="Selected publications")
    expect(titles).to_have_text(["Newest publication", "Research interests", "Projects", "Places", "Outside research"])
    assert 'data-accent="blue"' in admin.request.get(f"{site[0]}/").text()


@pytest.mark.parametrize("accent", ["crimson", "amber", "teal", "graphite"])
def test_the_browser_shows_the_colours_that_the_contrast_was_worked_out_for(page, site, accent):
    from config.pictures import tokens

    page.emulate_media(color_scheme="light")
    page.goto(f"{site[0]}/")
    page.evaluate(f"document.documentElement.dataset.accent = '{accent}'")
    shown = page.evaluate(
        """() => {
            const pixels = document.createElement("canvas").getContext("2d");
            pixels.fillStyle = getComputedStyle(document.querySelector(".tags a")).color;
            pixels.fillRect(0, 0, 1, 1);
            return [...pixels.getImageData(0, 0, 1, 1).data].slice(0, 3);
        }"""
    )

    expected = bytes.fromhex(tokens.colour("accent", "classic", accent, "light")[1:])
    assert all(abs(a - b) <= 2 for a, b in zip(shown, expected, strict=True))
