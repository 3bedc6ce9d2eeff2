"""The header and its menu, and what a page does with a reader's own text spacing and colours, in a real browser."""

import pytest
from playwright.sync_api import expect

from profiles.models import Look

pytestmark = pytest.mark.browser

PHONE = {"width": 390, "height": 844}
SPACING = "* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important; } \
p { margin-bottom: 2em !important; }"  # WCAG 2.2, criterion 1.4.12
LONG_NAME = "Wolfeschlegelsteinhausenbergerdor"  # 33 letters
WIDTH = "document.documentElement.scrollWidth"


def open_menu(page, site):
    page.set_viewport_size(PHONE)
    page.goto(f"{site[0]}/publications/")
    expect(page.get_by_role("navigation", name="Main")).to_be_hidden()
    page.get_by_role("button", name="Menu").click()
    return page.get_by_role("navigation", name="Main")


def test_a_phone_has_its_menu_in_reach_of_a_thumb(page, site):
    menu = open_menu(page, site)

    expect(menu.get_by_role("link", name="Projects")).to_be_visible()
    for link in menu.get_by_role("link").all():
        box = link.bounding_box()
        assert box["height"] >= 44
        assert box["y"] >= PHONE["height"] / 3
    page.keyboard.press("Escape")
    expect(menu).to_be_hidden()
    expect(page.get_by_role("button", name="Menu")).to_be_focused()


def test_the_menu_of_a_phone_needs_no_script(browser, site):
    page = browser.new_context(java_script_enabled=False).new_page()

    open_menu(page, site).get_by_role("link", name="Projects").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Projects")
    page.context.close()


def test_a_wide_screen_shows_the_menu_in_the_header(page, site):
    page.goto(f"{site[0]}/")

    expect(page.get_by_role("navigation", name="Main").get_by_role("link", name="Projects")).to_be_visible()
    expect(page.get_by_role("button", name="Menu")).to_be_hidden()


@pytest.mark.parametrize("theme", Look.Theme.values)
def test_text_spacing_and_a_long_name_do_not_make_a_narrow_page_scroll_sideways(page, site, theme):
    page.set_viewport_size({"width": 320, "height": 640})
    for path in ("/", "/publications/", "/publications/moe-cap/", "/projects/", "/cv/"):
        page.goto(site[0] + path)
        page.evaluate(
            """([theme, name]) => {
                document.documentElement.dataset.theme = theme;
                for (const one of document.querySelectorAll("h1, .brand, .lead")) one.textContent = name;
            }""",
            [theme, LONG_NAME],
        )
        assert page.evaluate(WIDTH) == 320
        # A style element would be refused by the site's security policy.
        page.evaluate(
            """css => {
                const sheet = new CSSStyleSheet();
                sheet.replaceSync(css);
                document.adoptedStyleSheets = [sheet];
            }""",
            SPACING,
        )
        assert page.evaluate(WIDTH) == 320


def test_forced_colours_show_the_current_page_and_the_chosen_scheme(page, site):
    page.emulate_media(forced_colors="active")
    page.goto(f"{site[0]}/publications/")
    ground = "element => getComputedStyle(element).backgroundColor"

    current = page.get_by_role("navigation", name="Main").locator("[aria-current]")
    other = page.get_by_role("navigation", name="Main").get_by_role("link", name="Projects")
    pressed = page.locator("[aria-pressed=true]").first
    assert current.evaluate(ground) != other.evaluate(ground)
    assert pressed.evaluate(ground) == current.evaluate(ground)
