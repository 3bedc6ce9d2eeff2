"""The admin's forms in the browser: publishing in words, copies, and files that survive an error."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.test_editing import save
from tests.profiles.files.test_images import phone_photo
from tests.publications.test_files import PAPER

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
    for kind, field in (("profiles/talk", "abstract"), ("publications/publication", "container_title")):
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


def test_the_help_texts_of_boxes_beside_each_other_are_apart(admin, site):
    admin.set_viewport_size({"width": 1440, "height": 900})
    admin.goto(f"{site[0]}/admin/publications/publication/add/")
    first = admin.locator("#id_featured_helptext").bounding_box()
    second = admin.locator("#id_not_in_cvs_helptext").bounding_box()

    assert first["y"] == second["y"]
    assert second["x"] - (first["x"] + first["width"]) >= 16


def test_a_photo_and_a_paper_stay_chosen_when_the_form_has_errors(admin, site):
    admin.goto(f"{site[0]}/admin/profiles/person/add/")
    photo = {"name": "Me at work.jpg", "mimeType": "image/jpeg", "buffer": phone_photo()}
    admin.locator("#id_photo").set_input_files(photo)
    admin.locator("#id_name").fill("Grace Chosen")
    admin.locator("#id_orcid").fill("1")
    admin.get_by_role("button", name="Save and continue editing").click()
    admin.locator(".errornote").wait_for()
    box = admin.get_by_label("Me at work.jpg (chosen, not saved yet; untick to remove it)")
    expect(box).to_be_checked()
    admin.locator("#id_orcid").fill("")
    save(admin)
    expect(admin.locator(".field-photo a")).to_contain_text("me-at-work.jpg")

    admin.goto(f"{site[0]}/admin/publications/publication/add/")
    admin.locator("#id_authorships-0-name").fill("Grace Hopper")
    admin.locator("#resources-group .add-row a").click()
    admin.locator("#id_resources-0-kind").select_option("pdf")
    paper = {"name": "Paper.pdf", "mimeType": "application/pdf", "buffer": PAPER}
    admin.locator("#id_resources-0-file").set_input_files(paper)
    admin.locator("form[enctype]").first.evaluate("form => { form.noValidate = true; }")
    admin.get_by_role("button", name="Save and continue editing").click()
    admin.locator(".errornote").wait_for()
    admin.locator("#id_title").fill("Chosen once")
    save(admin)
    expect(admin.locator("#resources-group .field-file a")).to_contain_text("paper.pdf")
