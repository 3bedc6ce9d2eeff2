"""The admin's forms in the browser: publishing in words, copies, and files that survive an error."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.test_editing import save

pytestmark = pytest.mark.browser


def test_the_form_says_what_a_choice_of_state_does(admin, site):
    admin.goto(f"{site[0]}/admin/profiles/section/add/")
    outcome, date = admin.locator(".outcome"), admin.locator("#id_publish_at_0")
    admin.get_by_label("Draft", exact=True).check()
    expect(outcome).to_have_text("Only editors see this.")
    expect(date).to_be_hidden()

    admin.get_by_label("Scheduled for a date").check()
    date.fill("2999-05-03")
    expect(outcome).to_have_text("Visitors will see this from 3 May 2999, 00:00 (UTC).")
    admin.get_by_label("Published", exact=True).check()
    expect(outcome).to_have_text("Visitors will see this as soon as you save.")
    expect(date).to_have_value("")
    admin.get_by_label("Scheduled for a date").check()
    expect(date).to_have_value("2999-05-03")


def test_talks_and_publications_are_duplicated(admin, site):
    for kind, field in (("profiles/talk", "organisation"), ("publications/publication", "container_title")):
        admin.goto(f"{site[0]}/admin/{kind}/add/")
        admin.locator("#id_title").fill("Given twice")
        admin.locator(f"#id_{field}").fill("Turin")
        if kind.startswith("publications"):
            admin.locator("#id_authorships-0-name").fill("Grace Hopper")
        admin.get_by_role("button", name="Save and duplicate").click()

        expect(admin.locator(".copied")).to_contain_text("A copy of “Given twice”, which is not saved yet.")
        expect(admin.locator(f"#id_{field}")).to_have_value("Turin")
        admin.locator("#id_title").fill("Given again")
        save(admin)
        admin.goto(f"{site[0]}/admin/{kind}/?q=Given")
        expect(admin.get_by_role("link", name=re.compile("^Given (twice|again)"))).to_have_count(2)
