"""The most common tasks of an editor in the admin."""

import zipfile

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


def test_an_editor_changes_the_headline(admin, site):
    address, _ = site
    admin.goto(f"{address}/admin/profiles/person/?is_owner__exact=1")
    admin.locator("#result_list .field-name a").first.click()

    admin.get_by_label("Headline").fill("Doctor of engines")
    admin.get_by_role("button", name="Save", exact=True).click()
    admin.locator(".messagelist .success").wait_for()
    admin.goto(address)

    expect(admin.get_by_text("Doctor of engines").first).to_be_visible()


def test_an_editor_adds_a_publication_with_an_author_and_a_new_tag(admin, site):
    address, _ = site
    admin.goto(f"{address}/admin/publications/publication/add/")

    admin.get_by_label("Title", exact=False).first.fill("A paper typed in the browser")
    admin.locator("#id_authorships-0-name").fill("Grace Hopper")
    admin.get_by_label("Draft", exact=True).check()
    admin.locator(".field-tags .select2-selection").click()
    admin.keyboard.type("typed tag")
    admin.get_by_role("option", name="typed tag").click()
    admin.get_by_role("button", name="Save", exact=True).click()
    admin.locator(".messagelist .success").wait_for()
    admin.goto(f"{address}/publications/a-paper-typed-in-the-browser/")

    assert "Grace Hopper" in admin.inner_text("main")
    assert "typed tag" in admin.inner_text("main")
    assert "This is a draft" in admin.inner_text("main")


def test_a_draft_is_not_there_for_a_visitor(browser, admin, site):
    address, _ = site
    admin.goto(f"{address}/admin/publications/publication/add/")
    admin.get_by_label("Title", exact=False).first.fill("A draft to hide")
    admin.locator("#id_authorships-0-name").fill("Grace Hopper")
    admin.get_by_label("Draft", exact=True).check()
    admin.get_by_role("button", name="Save", exact=True).click()
    admin.locator(".messagelist .success").wait_for()

    visitor = browser.new_context().new_page()

    assert visitor.goto(f"{address}/publications/a-draft-to-hide/").status == 404


def test_an_editor_filters_by_a_tag_that_is_typed(admin, site):
    address, _ = site
    admin.goto(f"{address}/admin/publications/publication/")
    total = admin.locator("#result_list tbody tr").count()

    admin.locator(".tag-filter .select2-selection").click()
    admin.keyboard.type("context")
    admin.get_by_role("option", name="context management").click()
    admin.get_by_role("button", name="Filter", exact=True).click()
    admin.wait_for_url("**/?tag=*")

    # Only a project has this tag.
    expect(admin.get_by_text("0 publications")).to_be_visible()
    admin.get_by_role("link", name="All", exact=True).and_(admin.locator(".tag-filter a")).click()
    expect(admin.locator("#result_list tbody tr")).to_have_count(total)


def test_very_many_publications_can_be_published_at_once(admin, site):
    address, _ = site
    admin.goto(f"{address}/admin/publications/publication/import/")
    entries = "\n".join(
        f"@article{{many{n}, title={{One of very many {n}}}, author={{Hopper, Grace}}}}" for n in range(1_500)
    )
    admin.get_by_label("Paste references").fill(entries)
    admin.get_by_role("button", name="Preview import").click()
    admin.get_by_role("button", name="Import selected").click()
    admin.goto(f"{address}/admin/publications/publication/?state__exact=draft&q=one+of+very+many")

    admin.locator("#action-toggle").check()
    admin.get_by_role("button", name="Select all").click()
    admin.locator("select[name=action]").select_option("publish")
    admin.get_by_role("button", name="Go", exact=True).click()

    expect(admin.get_by_text("1,500 publications published.")).to_be_visible()


def test_a_backup_is_created_while_the_page_waits_and_is_then_offered(admin, site):
    address, _ = site
    admin.goto(f"{address}/admin/")
    admin.get_by_role("link", name="Maintenance").first.click()

    admin.get_by_role("button", name="Create a backup").click()
    expect(admin.get_by_role("link", name="Download")).to_be_visible()
    with admin.expect_download() as download:
        admin.get_by_role("link", name="Download").click()

    assert zipfile.is_zipfile(download.value.path())
    admin.locator("summary").filter(has_text="Delete").click()
    admin.get_by_role("button", name="for good").click()
    expect(admin.get_by_text("There are no backups in")).to_be_visible()
