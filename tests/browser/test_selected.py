"""The selected publications, sorted by keyboard and mouse, and added, in a real browser."""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


def test_selected_publications_are_added_and_sorted_by_keyboard_and_mouse(admin, site):
    for title in ("Chosen alpha", "Chosen beta"):
        admin.goto(f"{site[0]}/admin/publications/publication/add/")
        admin.locator("#id_title").fill(title)
        admin.get_by_role("button", name="Save", exact=True).click()
        admin.locator(".messagelist .success").wait_for()
    admin.goto(f"{site[0]}/admin/publications/publication/")
    admin.get_by_role("link", name="Selected publications").click()
    admin.get_by_role("searchbox", name="Add publications").wait_for()
    rows = admin.locator("tr.form-row")
    before = rows.count()

    for title in ("Chosen alpha", "Chosen beta"):
        admin.get_by_role("searchbox", name="Add publications").fill(title)
        admin.get_by_role("option", name=title).click()
    admin.get_by_role("button", name="Save").click()
    expect(rows).to_have_count(before + 2)
    rows.last.get_by_role("button", name="Move up").press("Enter")
    expect(rows.last).to_contain_text("Chosen alpha")
    rows.last.get_by_role("button", name="Move up").press("Alt+ArrowUp")
    handle, target = rows.last.locator(".handle").bounding_box(), rows.first.bounding_box()
    admin.mouse.move(handle["x"] + 5, handle["y"] + 5)
    admin.mouse.down()
    admin.mouse.move(target["x"] + 60, target["y"] + 10, steps=8)
    admin.mouse.move(target["x"] + 61, target["y"] + 11)
    expect(rows.first).to_contain_text("Chosen beta")
    admin.mouse.up()
    admin.get_by_role("button", name="Save").click()
    admin.locator(".messagelist .success").wait_for()

    expect(rows.first).to_contain_text("Chosen beta")
    admin.get_by_role("checkbox", name="Remove of “Chosen alpha”").check()
    admin.get_by_role("button", name="Save").click()
    expect(rows).to_have_count(before + 1)
