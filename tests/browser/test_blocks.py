"""Blocks in the browser: the picker of the admin's forms, and videos, which load nothing before a click."""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


@pytest.fixture
def text(admin, site):
    """The text of a new project."""
    admin.goto(f"{site[0]}/admin/projects/project/add/")
    admin.get_by_label("Name", exact=False).first.fill("Films")
    return admin.locator("#id_body")


def insert(admin, text, kind):
    text.press("Control+End")
    admin.locator(".field-body").get_by_role("button", name="Insert block").click()
    admin.get_by_label("Block", exact=True).select_option(label=kind)
    return admin.get_by_role("dialog", name="Insert a block")


def test_the_picker_writes_a_block_that_can_be_undone(admin, text):
    text.fill("Papers:")
    dialog = insert(admin, text, "Publications")
    dialog.get_by_label("Search text").fill('the "cache"')
    dialog.get_by_label("At most").fill("2")
    dialog.get_by_label("At most").press("Enter")

    expect(text).to_have_value('Papers:\n\n{{ publications q="the \\"cache\\"" limit=2 }}\n\n')
    expect(text).to_be_focused()
    text.press("Control+z")
    expect(text).to_have_value("Papers:")


def test_the_picker_suggests_people_and_closes_with_escape(admin, text):
    dialog = insert(admin, text, "Person")
    person = dialog.get_by_label("Person")
    with admin.expect_response(lambda answer: "q=Mai" in answer.url):
        person.fill("Mai")
    expect(dialog.locator("option[value='luo-mai']")).to_have_count(1)
    admin.keyboard.press("Escape")

    expect(dialog).to_be_hidden()
    expect(text).to_have_value("")


def test_a_video_loads_nothing_from_elsewhere_before_a_click(admin, text, page, site):
    text.fill('{{ video https://www.youtube.com/watch?v=dQw4w9WgXcQ title="A talk" }}')
    admin.get_by_label("Published", exact=True).check()
    admin.locator("#id_slug").evaluate("(slug) => { slug.value = 'films'; }")
    admin.get_by_role("button", name="Save and continue editing").click()
    admin.locator(".messagelist .success").wait_for()
    elsewhere = []
    page.on("request", lambda request: elsewhere.append(request.url) if site[0] not in request.url else None)

    page.goto(f"{site[0]}/projects/films/")
    assert elsewhere == []
    page.get_by_role("link", name="Play “A talk”").click()
    expect(page.locator("iframe[title='A talk']")).to_be_visible()
    assert elsewhere[0] == "https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ?autoplay=1"
