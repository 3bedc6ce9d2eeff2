"""The form of a CV with its live preview, in a real browser."""

import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


def test_a_cv_is_put_together_beside_its_preview(admin, site):
    admin.set_viewport_size({"width": 1600, "height": 1000})
    admin.goto(f"{site[0]}/admin/profiles/cv/add/")
    status, parts = admin.locator(".cv-preview [role=status]"), admin.locator(".cv-parts tr.form-row:not(.empty-form)")
    expect(status).to_have_text(re.compile(r"^\d+ pages?$"))
    degrees = parts.filter(has=admin.get_by_placeholder("Education", exact=True))

    admin.locator("#id_name").fill("Degrees first")
    degrees.get_by_text("Options").click()
    degrees.get_by_text("All; choose some").click()
    boxes = degrees.locator(".picks li")
    first, second = (box.inner_text().strip() for box in boxes.all()[:2])
    boxes.nth(1).get_by_role("checkbox").check()
    expect(degrees.locator(".picks summary")).to_have_text("1 chosen")
    expect(degrees.locator(".part-count")).to_contain_text(re.compile(r"^1 of \d+: \d+ left out by the selection$"))
    expect(boxes.nth(0)).to_contain_text(second)
    boxes.nth(1).get_by_role("checkbox").check()
    boxes.nth(0).get_by_role("button", name="down").click()
    expect(boxes.nth(0)).to_contain_text(first)
    boxes.nth(0).get_by_role("button", name="down").click()
    admin.get_by_label("Page limit").fill("1")
    expect(status).to_contain_text("the limit is 1")
    expect(admin.get_by_role("img", name=re.compile("^Page 1 of"))).to_be_visible()
    degrees.get_by_role("button", name="Move up", exact=True).click()
    admin.get_by_role("button", name="Save and continue editing").click()
    admin.locator(".messagelist .success").wait_for()

    expect(parts.first.get_by_placeholder("Education")).to_be_visible()
    parts.first.get_by_text("Options").click()
    parts.first.get_by_text("2 chosen").click()
    expect(boxes.nth(0)).to_contain_text(second)
    expect(boxes.nth(1)).to_contain_text(first)


def test_an_added_part_has_the_options_of_its_kind(admin, site):
    admin.goto(f"{site[0]}/admin/profiles/cv/add/")
    admin.get_by_text("Add another Part").click()
    row = admin.locator(".cv-parts tr.form-row:not(.empty-form)").last
    row.get_by_text("Options").click()

    row.locator("select[name$=-kind]").select_option("text")
    expect(row.locator(".cv-option:visible")).to_have_count(1)
    row.locator("select[name$=-kind]").select_option("publications")
    expect(row.locator(".field-numbering")).to_be_visible()


def test_a_missing_text_is_one_click_away_and_counted_while_it_is_written(admin, site):
    admin.set_viewport_size({"width": 1600, "height": 1000})
    admin.goto(f"{site[0]}/admin/profiles/cv/layouts/")
    admin.get_by_role("link", name="New CV: UKRI").click()
    missing, texts = admin.locator(".missing-facts a"), admin.locator(".cv-parts .field-text textarea")
    expect(missing).to_have_count(4)

    missing.nth(1).click()
    expect(texts.nth(1)).to_be_in_viewport()
    texts.nth(1).fill("I teach ten students.")

    expect(admin.locator(".layout-counts")).to_contain_text("4 of 1,000 words over the four modules")
    expect(missing).to_have_count(3)
