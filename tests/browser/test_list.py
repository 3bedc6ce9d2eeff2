"""The list of publications, in a real browser."""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

TITLE = "MoE-CAP: Benchmarking Cost, Accuracy and Performance of Sparse Mixture-of-Experts Systems"


def test_the_list_is_filtered_while_typing_and_the_url_follows(page, site):
    page.goto(f"{site[0]}/publications/")
    field = page.get_by_role("searchbox")

    field.press_sequentially("nothing has this", delay=10)

    expect(page.get_by_text("No results.")).to_be_visible()
    expect(page).to_have_url(f"{site[0]}/publications/?q=nothing+has+this")
    expect(field).to_be_focused()
    field.fill("moe")
    expect(page.get_by_role("link", name=TITLE, exact=True)).to_be_visible()


def test_a_choice_keeps_the_focus_and_the_back_button_works(page, site):
    page.goto(f"{site[0]}/publications/")
    choice = page.locator("#filters").get_by_role("link", name="Conference paper")

    choice.focus()
    page.keyboard.press("Enter")

    expect(page).to_have_url(f"{site[0]}/publications/?type=paper-conference")
    expect(choice).to_be_focused()
    page.go_back()
    expect(page.locator(".selected")).to_have_count(0)
    expect(page).to_have_url(f"{site[0]}/publications/")


def test_removing_filters_keeps_the_focus_in_the_list_and_says_what_is_left(page, site):
    page.goto(f"{site[0]}/publications/?type=paper-conference&year=2025")
    status = page.get_by_role("status").element_handle()
    chips = page.locator(".selected .chip")

    chips.first.focus()
    page.keyboard.press("Enter")

    expect(chips).to_have_count(1)
    expect(chips).to_be_focused()
    page.keyboard.press("Enter")
    expect(chips).to_have_count(0)
    expect(page.locator("#results")).to_be_focused()
    assert status.evaluate("element => element.isConnected")
    assert status.text_content() == page.locator(".list-head .count").text_content()
    page.go_back()
    page.get_by_role("link", name="Clear all").press("Enter")
    expect(page).to_have_url(f"{site[0]}/publications/")
    expect(page.locator("#results")).to_be_focused()


def test_arranging_the_list_and_unfolding_authors_keep_the_focus(page, site):
    page.goto(f"{site[0]}/publications/?q=moe")
    page.locator(".arrange a").first.press("Enter")
    expect(page).to_have_url(f"{site[0]}/publications/?q=moe&group=type")
    expect(page.get_by_role("heading", name="Conference papers")).to_be_visible()

    authors = page.locator(".authors summary").first
    authors.press("Enter")
    expect(page.get_by_role("link", name="Luo Mai")).to_be_visible()
    expect(page.locator(".authors .few").first).to_be_hidden()
    authors.press("Enter")

    expect(authors).to_be_focused()
    expect(page.locator(".authors .few").first).to_be_visible()


def test_an_abstract_unfolds_in_place_and_folds_again(page, new_site, tmp_path):
    live = new_site(tmp_path / "data")
    (tmp_path / "record.toml").write_text(
        '[[publications]]\ntype = "book"\ntitle = "Looms"\nissued = 2020\nabstract = "We weave *cards*."\n'
    )
    live.manage("load_site", tmp_path / "record.toml")
    with live.serve():
        page.goto(f"{live.url}/publications/")
        link = page.get_by_role("link", name="Abstract of Looms")
        expect(link).to_have_attribute("aria-expanded", "false")

        link.press("Enter")

        expect(link).to_have_attribute("aria-expanded", "true")
        expect(page.get_by_text("We weave cards.")).to_be_visible()
        link.press("Enter")
        expect(page.get_by_text("We weave cards.")).to_be_hidden()
        expect(link).to_be_focused()
        expect(page).to_have_url(f"{live.url}/publications/")


@pytest.mark.parametrize("has_script", [True, False])
def test_on_a_narrow_screen_the_filters_open_over_the_page(browser, site, has_script):
    page = browser.new_context(java_script_enabled=has_script, viewport={"width": 320, "height": 700}).new_page()
    page.goto(f"{site[0]}/publications/")
    button, choice = (
        page.get_by_role("button", name="Filters"),
        page.locator("#facets").get_by_role("link", name="Conference paper"),
    )
    expect(choice).to_be_hidden()

    button.press("Enter")
    choice.click()

    expect(page).to_have_url(f"{site[0]}/publications/?type=paper-conference")
    expect(page.get_by_role("link", name=TITLE, exact=True)).to_be_visible()
    expect(choice).to_be_hidden()
    if has_script:
        expect(button).to_be_focused()
    button.press("Enter")
    expect(choice).to_be_visible()
    page.keyboard.press("Escape")
    expect(choice).to_be_hidden()
    page.context.close()


def test_a_citation_opens_in_place_is_copied_and_gives_the_focus_back(page, site):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=site[0])
    page.goto(f"{site[0]}/publications/")
    cite = page.get_by_role("link", name=f"Cite {TITLE}")

    cite.focus()
    page.keyboard.press("Enter")

    dialog = page.get_by_role("dialog", name="Cite")
    expect(dialog).to_contain_text(TITLE)
    dialog.get_by_role("button", name="Copy as plain text").first.click()
    expect(dialog.get_by_role("status")).to_contain_text("copied")
    assert "Jiang" in page.evaluate("navigator.clipboard.readText()")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(cite).to_be_focused()


def test_without_a_script_the_same_works_by_links_and_a_form(browser, site):
    page = browser.new_context(java_script_enabled=False).new_page()
    page.goto(f"{site[0]}/publications/")

    page.get_by_text("16 authors").click()

    expect(page.get_by_role("link", name="Luo Mai")).to_be_visible()
    page.get_by_role("link", name=f"Cite {TITLE}").click()
    expect(page.get_by_role("heading", name="Cite")).to_be_in_viewport()
    page.context.close()
