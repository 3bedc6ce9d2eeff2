"""An editor at work, in the browser: drafts, history, rows, images, files, tags, health."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

from tests.profiles.files.test_images import phone_photo
from tests.publications.test_files import PAPER
from tests.running import wait_until

pytestmark = pytest.mark.browser


def add(admin, site, title, **fields):
    """Save a publication and stay on its form; returns its address."""
    admin.goto(f"{site[0]}/admin/publications/publication/add/")
    admin.locator("#id_title").fill(title)
    admin.locator("#id_authorships-0-name").fill("Grace Hopper")
    admin.get_by_label("Draft", exact=True).check()
    for name, value in fields.items():
        admin.locator(f"#id_{name}").select_option(value)
    save(admin)
    return admin.url


def save(admin):
    admin.get_by_role("button", name="Save and continue editing").click()
    admin.locator(".messagelist .success").wait_for()


def visit(browser, address):
    page = browser.new_context().new_page()
    return page, page.goto(address)


@pytest.fixture
def another(browser, site, admin):
    """Another browser of the same editor, on another machine."""
    context = browser.new_context(storage_state=admin.context.storage_state())
    yield context.new_page()
    context.close()


def test_a_draft_is_shown_by_a_secret_link_until_it_is_revoked(browser, admin, site):
    admin.context.grant_permissions(["clipboard-read", "clipboard-write"])
    add(admin, site, "Shown in secret")
    admin.get_by_role("link", name="Preview links").click()
    admin.get_by_label("Hide the authors").check()
    admin.get_by_role("button", name="Create preview link").click()
    admin.get_by_role("button", name="Copy", exact=True).click()
    admin.get_by_role("button", name="Copied").wait_for()
    address = admin.evaluate("navigator.clipboard.readText()")

    page, answer = visit(browser, address)
    assert answer.status == 200
    assert "no-store" in answer.headers["cache-control"]
    assert "Authors hidden for blind review" in page.inner_text("main")
    assert "Hopper" not in page.content()
    admin.get_by_role("button", name="Revoke").click()
    admin.locator(".messagelist .success").wait_for()
    assert visit(browser, address)[1].status == 404


def test_an_embargo_opens_by_itself(browser, admin, site):
    admin.goto(f"{site[0]}/admin/publications/publication/add/")
    admin.locator("#id_title").fill("Under embargo")
    admin.locator("#id_authorships-0-name").fill("Grace Hopper")
    admin.get_by_label("Scheduled for a date").check()
    opens = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=20)
    admin.locator("#id_publish_at_0").fill(opens.strftime("%Y-%m-%d"))
    admin.locator("#id_publish_at_1").fill(opens.strftime("%H:%M:%S"))
    day = opens.strftime("%-d %B %Y, %H:%M")
    expect(admin.locator(".outcome")).to_have_text(f"Visitors will see this from {day} (UTC).")
    save(admin)

    page, before = visit(browser, f"{site[0]}/publications/under-embargo/")
    assert before.status == 404 or datetime.now(UTC) > opens
    wait_until(lambda: datetime.now(UTC) > opens)

    assert page.reload().status == 200
    page.goto(f"{site[0]}/publications/")
    assert "Under embargo" in page.inner_text("main")


def test_revisions_are_compared_and_restored(admin, site):
    add(admin, site, "First title")
    admin.locator("#id_title").fill("Second title")
    admin.locator("#id_authorships-0-name").fill("Grace B. Hopper")
    save(admin)
    admin.get_by_role("link", name="History").click()
    admin.get_by_role("button", name="Compare", exact=True).click()

    differences = admin.locator(".differences").inner_text()
    assert "First" in differences
    assert "“Grace B. Hopper”, as printed: Grace Hopper → Grace B. Hopper" in differences
    admin.get_by_role("button", name=re.compile("Restore")).last.click()
    admin.locator(".messagelist .success").wait_for()
    expect(admin.locator("#id_title")).to_have_value("First title")
    expect(admin.locator("#id_authorships-0-name")).to_have_value("Grace Hopper")


def test_a_deleted_publication_comes_back(admin, site):
    add(admin, site, "Deleted by mistake")
    admin.get_by_role("link", name="Delete", exact=True).click()
    admin.get_by_role("button", name="Yes, I’m sure").click()
    admin.get_by_role("link", name="Deleted", exact=True).click()
    admin.get_by_role("link", name="Deleted by mistake").click()
    admin.get_by_role("button", name=re.compile("Restore")).first.click()
    admin.locator(".messagelist .success").wait_for()

    expect(admin.locator("#id_authorships-0-name")).to_have_value("Grace Hopper")


def test_two_browsers_do_not_overwrite_each_other(admin, another, site):
    address = add(admin, site, "Edited twice")
    another.goto(address)
    another.locator("#id_title").fill("Edited by the other")
    save(another)

    admin.locator("#id_title").fill("Edited by me")
    admin.locator("#id_volume").fill("12")
    admin.get_by_role("button", name="Save and continue editing").click()

    admin.locator(".conflict").wait_for()
    assert "has changed this since you opened it" in admin.inner_text("#content")
    assert "by the other" in admin.locator(".differences").inner_text()
    typed = [admin.locator(f"#id_{name}").input_value() for name in ("title", "volume")]
    assert typed == ["Edited by me", "12"]
    save(admin)
    expect(admin.locator("#id_title")).to_have_value("Edited by me")


def test_markdown_has_a_live_preview_and_accepts_an_image(admin, site):
    admin.goto(f"{site[0]}/admin/publications/publication/add/")
    area = admin.locator("#id_abstract")
    area.click()
    admin.keyboard.type("We prove $E = mc^2$ here.\n\n")
    preview = admin.frame_locator(".markdown iframe")
    preview.locator("math").wait_for()
    expect(admin.locator(".markdown .count")).to_have_text("6 words")

    area.evaluate(
        """async (area) => {
            const canvas = Object.assign(document.createElement("canvas"), { width: 300, height: 200 });
            const image = await new Promise((done) => canvas.toBlob(done, "image/png"));
            const clipboardData = new DataTransfer();
            clipboardData.items.add(new File([image], "drawing.png", { type: "image/png" }));
            area.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
        }"""
    )
    preview.locator("img").wait_for()
    admin.keyboard.type("A drawing")  # replaces the placeholder of the alternative text

    assert re.search(r"!\[A drawing\]\(/media/images/text/[\w-]+_300x200/drawing\.png\)", area.input_value())
    assert preview.locator("img").evaluate("image => image.naturalWidth") == 300
    area.select_text()
    admin.keyboard.press("Control+b")
    assert area.input_value().startswith("**We prove")
    admin.keyboard.press("Control+z")
    assert area.input_value().startswith("We prove")


def test_markdown_is_a_plain_box_without_javascript(browser, admin, site):
    context = browser.new_context(java_script_enabled=False, storage_state=admin.context.storage_state())
    page = context.new_page()
    page.goto(f"{site[0]}/admin/profiles/section/add/")
    page.locator("#id_title").fill("Without script")
    page.locator("#id_body").fill("Plain *text*")
    page.get_by_role("button", name="Save", exact=True).click()

    assert "was added successfully" in page.inner_text(".messagelist")
    context.close()


def test_authors_in_one_line_become_rows_that_are_moved_by_keyboard_and_mouse(admin, site):
    admin.goto(f"{site[0]}/admin/publications/publication/add/")
    admin.locator("#id_title").fill("Many hands")
    admin.locator("#id_byline").fill("Jiang, Yinsicheng and Ada Lovelace; Grace Hopper")
    admin.get_by_text("is Yinsicheng Jiang, by name").wait_for()
    admin.get_by_role("button", name="Add authors").click()
    rows = admin.locator("#authorships-group tr.form-row:not(.empty-form)")
    expect(rows).to_have_count(3)

    rows.nth(2).get_by_role("button", name="Move up").press("Enter")
    rows.nth(1).locator("[name$='-name']").press("Alt+ArrowUp")
    rows.nth(1).evaluate("row => row.scrollIntoView({block: 'center'})")  # dragging at the edge would scroll
    handle, target = rows.nth(2).locator(".handle").bounding_box(), rows.nth(0).bounding_box()
    admin.mouse.move(handle["x"] + 5, handle["y"] + 5)
    admin.mouse.down()
    admin.mouse.move(target["x"] + 60, target["y"] + 10, steps=8)
    admin.mouse.move(target["x"] + 61, target["y"] + 11)
    expect(rows.nth(0).locator("[name$='-name']")).to_have_value("Ada Lovelace")
    admin.mouse.up()
    save(admin)

    saved = admin.locator("#authorships-group tr.has_original td.original p")
    assert [text.strip() for text in saved.all_inner_texts()] == ["Ada Lovelace", "Grace Hopper", "Yinsicheng Jiang"]


def test_duplicate_people_are_merged_and_the_merge_undone(admin, site):
    for name in ("Charles Babbage", "C. Babbage"):
        admin.goto(f"{site[0]}/admin/profiles/person/add/")
        admin.locator("#id_name").fill(name)
        save(admin)
    admin.goto(f"{site[0]}/admin/profiles/person/?q=babbage")
    for box in admin.locator("#result_list .action-select").all():
        box.check()
    admin.locator("select[name='action']").select_option("merge")
    admin.get_by_role("button", name="Go").click()
    admin.get_by_label(re.compile("Charles Babbage")).check()
    admin.get_by_role("button", name="Merge").click()
    admin.locator(".messagelist .success").wait_for()
    admin.goto(f"{site[0]}/admin/profiles/person/?q=babbage")
    expect(admin.locator("#result_list tbody tr")).to_have_count(1)

    admin.locator("#result_list .field-name a").click()
    assert "C. Babbage" in admin.locator("#id_other_names").input_value()
    admin.get_by_role("link", name="History").click()
    admin.get_by_role("button", name="Undo the last merge").click()
    admin.locator(".messagelist .success").wait_for()

    admin.goto(f"{site[0]}/admin/profiles/person/?q=babbage")
    expect(admin.locator("#result_list tbody tr")).to_have_count(2)


def test_a_photo_is_uploaded_with_its_focal_point_by_a_click(browser, admin, site):
    admin.goto(f"{site[0]}/admin/profiles/person/add/")
    admin.locator("#id_name").fill("Mary Somerville")
    admin.locator("#id_is_public_page").check()
    admin.locator("#id_photo").set_input_files({"name": "me.jpg", "mimeType": "image/jpeg", "buffer": phone_photo()})
    image = admin.locator(".focus img")
    image.wait_for()
    box = image.bounding_box()
    image.click(position={"x": box["width"] / 2, "y": 2})
    admin.locator(".focus").press("ArrowLeft")
    admin.locator("#id_orcid").fill("1")
    admin.get_by_role("button", name="Save and continue editing").click()

    admin.locator(".field-orcid .errorlist").wait_for()
    assert re.fullmatch(r"(49|48),[0-3]", admin.locator("#id_photo_focus").input_value())
    admin.locator("#id_orcid").fill("")
    admin.locator("#id_photo").set_input_files({"name": "me.jpg", "mimeType": "image/jpeg", "buffer": phone_photo()})
    admin.locator("#id_photo_alt").fill("Mary at her desk")
    save(admin)
    page, _ = visit(browser, f"{site[0]}/people/mary-somerville/")
    photo = page.get_by_alt_text("Mary at her desk")
    assert photo.evaluate("image => image.complete && image.naturalWidth") > 0
    assert photo.evaluate("image => image.currentSrc").endswith(".avif")


def test_the_kind_of_a_paper_is_detected_and_its_url_is_in_the_folder_of_its_page(browser, admin, site):
    admin.goto(f"{site[0]}/admin/publications/publication/add/")
    admin.locator("#id_files").set_input_files({"name": "My Paper.pdf", "mimeType": "application/pdf", "buffer": PAPER})
    for label in ("Title", "DOI"):
        admin.get_by_role("button", name=f"Use as {label}").click()
    expect(admin.locator("#id_title")).to_have_value("On Analytical Engines")
    admin.locator("#id_authorships-0-name").fill("Ada Lovelace")
    admin.get_by_label("Published", exact=True).check()
    save(admin)
    page, _ = visit(browser, f"{site[0]}/publications/on-analytical-engines/")

    link = page.get_by_role("link", name="PDF", exact=True).get_attribute("href")
    part = page.request.get(f"{site[0]}{link}", headers={"Range": "bytes=0-7"})
    assert link == "/publications/on-analytical-engines/my-paper.pdf"
    assert (part.status, part.body()) == (206, PAPER[:8])
    page.goto(f"{site[0]}/publications/?q=brocade")
    assert "On Analytical Engines" in page.inner_text("main")


def test_tags_are_merged_and_the_old_address_leads_on(browser, admin, site):
    for name in ("machine learning", "ml for short"):
        admin.goto(f"{site[0]}/admin/profiles/tag/add/")
        admin.locator("#id_name").fill(name)
        save(admin)
    admin.goto(f"{site[0]}/admin/publications/publication/?q=MoE-CAP")
    admin.locator("#result_list .field-title a").first.click()
    admin.locator(".field-tags .select2-selection").click()
    admin.keyboard.type("ml for short")
    admin.get_by_role("option", name="ml for short").first.click()
    save(admin)
    admin.goto(f"{site[0]}/admin/profiles/tag/?q=m")
    for name in ("machine learning", "ml for short"):
        admin.get_by_role("row", name=re.compile(rf"\b{name}\b")).locator(".action-select").check()
    admin.locator("select[name='action']").select_option("merge")
    admin.get_by_role("button", name="Go").click()
    admin.get_by_label(re.compile("machine learning")).check()
    admin.get_by_role("button", name="Merge").click()
    admin.locator(".messagelist .success").wait_for()

    page, answer = visit(browser, f"{site[0]}/tags/ml-for-short/")
    assert (answer.status, page.url) == (200, f"{site[0]}/tags/machine-learning/")


def test_a_finding_leads_to_the_field_that_mends_it(admin, site):
    admin.goto(f"{site[0]}/admin/health/")
    admin.get_by_role("link", name=re.compile("has no dates")).first.click()

    admin.locator("#id_start:target").wait_for()


def test_an_assistant_writes_a_draft_and_cannot_publish(browser, admin, site):
    admin.goto(f"{site[0]}/admin/auth/user/add/")
    admin.get_by_label("Name").fill("Grace Hopper")
    admin.get_by_label("E-mail").fill("grace@example.org")
    admin.get_by_role("radio", name=re.compile("Assistant")).check()
    save(admin)
    page, _ = visit(browser, admin.get_by_label("Link").input_value())
    page.get_by_label("New password:").fill("an-assistants-password")
    page.get_by_label("New password confirmation:").fill("an-assistants-password")
    page.get_by_role("button", name="Save and log in").click()
    page.get_by_role("link", name="Add a publication").click()
    page.locator("#id_title").fill("By an assistant")
    page.locator("#id_authorships-0-name").fill("Grace Hopper")

    assert page.locator("#id_state").count() == 0
    save(page)
    assert visit(browser, f"{site[0]}/publications/by-an-assistant/")[1].status == 404


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_publication_is_added_from_a_phone(browser, admin, site, scheme):
    context = browser.new_context(
        viewport={"width": 320, "height": 640}, has_touch=True, is_mobile=True, color_scheme=scheme,
        storage_state=admin.context.storage_state(),
    )  # fmt: skip
    page = context.new_page()
    page.goto(f"{site[0]}/admin/")
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.get_by_role("link", name="Add a publication").tap()
    page.locator("#id_title").fill(f"Typed on a phone, {scheme}")
    page.locator("#id_byline").fill("Hopper, Grace")
    page.get_by_role("button", name="Add authors").tap()
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    save(page)

    expect(page.locator("#id_authorships-0-name")).to_have_value("Grace Hopper")
    context.close()


def test_the_parts_of_a_name_follow_while_it_is_typed_until_one_is_edited(admin, site):
    admin.goto(f"{site[0]}/admin/profiles/person/add/")
    name, given, family = (admin.locator(f"#id_{part}") for part in ("name", "given", "family"))
    sample = admin.locator(".field-cited_as output")

    name.press_sequentially("Johanna van der Berg")
    expect(sample).to_have_text("van der Berg, J. (2025). Title of the work. …")
    expect(admin.locator("#id_particle")).to_have_value("van der")
    family.fill("Berg-Example")
    expect(sample).to_contain_text("van der Berg-Example, J.")
    name.fill("Hanna van der Berg")
    expect(sample).to_contain_text("van der Berg-Example, J.")
    expect(given).to_have_value("Johanna")


def test_a_name_that_is_saved_at_once_is_split_by_the_server(admin, site):
    admin.goto(f"{site[0]}/admin/profiles/person/add/")
    admin.locator("#id_name").fill("Grace van Example")
    save(admin)

    expect(admin.locator("#id_given")).to_have_value("Grace")
    expect(admin.locator("#id_family")).to_have_value("Example")


def test_a_city_is_suggested_while_it_is_typed_and_brings_its_country(admin, site):
    admin.goto(f"{site[0]}/admin/profiles/positionactivity/add/")
    city = admin.get_by_label("City")
    city.press_sequentially("Zur")
    expect(admin.locator("#id_city_list option").first).to_have_attribute("value", "Zürich, Switzerland")

    city.fill("Zürich, Switzerland")  # as a browser does when the suggestion is chosen

    expect(city).to_have_value("Zürich")
    expect(admin.get_by_label("Country")).to_have_value("Switzerland")


def test_the_kind_of_a_link_follows_while_it_is_typed_until_one_is_chosen(admin, site):
    admin.goto(f"{site[0]}/admin/profiles/person/add/")
    address, kind = admin.locator("#id_links-0-url"), admin.locator("#id_links-0-kind")
    admin.locator("#links-group .add-row a").click()

    address.press_sequentially("github.com/ada")
    expect(kind).to_have_value("github")
    address.fill("@ada@mathstodon.xyz")
    expect(kind).to_have_value("mastodon")
    kind.select_option("other")
    address.fill("gitlab.com/ada")
    address.press("Tab")

    expect(address).to_have_value("https://gitlab.com/ada")
    expect(kind).to_have_value("other")
