"""The menu: its form in the admin, with mouse and keyboard, and its submenus on the pages."""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


def rows(page):
    return page.locator("#items-group tr.form-row:not(.empty-form)")


def shown(page):
    """Return the pages of the rows in their order; those in a submenu have a hyphen before them."""
    return rows(page).evaluate_all(
        """rows => rows.map((row) => {
            const page = row.querySelector("select").selectedOptions[0].text;
            return row.querySelector("[name$=is_sub]").checked ? `- ${page}` : page;
        })"""
    )


def test_entries_are_dragged_and_moved_by_keyboard_and_their_submenus_close(browser, admin, site):
    admin.goto(f"{site[0]}/admin/profiles/menu/")
    rows(admin).first.locator(".handle").wait_for()
    before = shown(admin)
    assert before[:2] == ["Publications", "Projects"]

    handle, first = rows(admin).nth(1).locator(".handle").bounding_box(), rows(admin).first.bounding_box()
    admin.mouse.move(handle["x"] + 5, handle["y"] + 5)
    admin.mouse.down()
    admin.mouse.move(handle["x"] + 6, handle["y"] - 10, steps=5)
    admin.mouse.move(handle["x"] + 6, first["y"] + 5, steps=10)
    admin.mouse.up()
    expect(admin.get_by_text("Projects moved to position 1 of")).to_be_attached()
    assert shown(admin) == ["Projects", "Publications", *before[2:]]

    last = rows(admin).last.locator("[name$=label]")
    last.focus()
    for _ in before[2:]:
        admin.keyboard.press("Alt+ArrowUp")
    admin.keyboard.press("Alt+ArrowRight")
    expect(admin.get_by_text("In the submenu of the entry above")).to_be_attached()
    assert shown(admin) == ["Projects", f"- {before[-1]}", "Publications", *before[2:-1]]
    admin.get_by_role("button", name="Save", exact=True).click()
    expect(admin.get_by_text("The menu was saved.")).to_be_visible()
    assert shown(admin) == ["Projects", f"- {before[-1]}", "Publications", *before[2:-1]]

    page = browser.new_page()
    page.goto(f"{site[0]}/cv/")
    entry, inside = page.locator("nav summary"), page.locator("nav details a").last
    assert [text.strip() for text in page.locator("nav details a").all_text_contents()] == ["Projects", before[-1]]
    entry.click()
    expect(inside).to_be_visible()
    inside.focus()
    page.keyboard.press("Escape")
    expect(inside).to_be_hidden()
    expect(entry).to_be_focused()
    entry.click()
    expect(inside).to_be_visible()
    page.locator("h1").click()
    expect(inside).to_be_hidden()
    entry.click()
    inside.click()
    page.wait_for_url("**/search/")
    page.close()

    admin.get_by_role("link", name="Reset").click()
    admin.get_by_role("button", name="Yes, I’m sure").click()
