"""An editor imports publications, in the browser."""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

BIB = """@article{lovelace1843, title = {Notes on {Engines} and Cards}, author = {Lovelace, Ada and Babbage, C.},
  journal = {Fictional Memoirs}, year = 1843, volume = 3, pages = {666--731}}

@book{broken1843, title = {On Looms, year = 1843
"""


def test_paste_repair_preview_and_import(admin, site):
    address, _ = site
    admin.goto(f"{address}/admin/publications/publication/")
    admin.get_by_role("link", name="Import").click()

    admin.get_by_label("Paste references").fill(BIB)
    admin.get_by_role("button", name="Preview import").click()
    broken = admin.get_by_label("Entry 2 (broken1843), line 4")
    assert "On Looms, year" in broken.input_value()
    broken.fill("@book{broken1843, title = {On Looms}, year = 1843}")
    admin.get_by_role("button", name="Try again").click()
    admin.get_by_text("1 can be imported now.").wait_for()
    admin.get_by_label("On Looms", exact=True).uncheck()
    admin.get_by_role("button", name="Import selected").click()

    admin.get_by_text("1 added as drafts, 0 updated.").wait_for()
    # The row that was not selected remains.
    expect(admin.get_by_label("On Looms", exact=True)).to_be_visible()
    expect(admin.get_by_label("Notes on Engines and Cards", exact=True)).to_be_hidden()
    admin.goto(f"{address}/publications/notes-on-engines-and-cards/")
    expect(admin.locator(".venue")).to_contain_text("Fictional Memoirs 3, pp. 666–731")


def test_upload_update_and_all_at_once(admin, site, tmp_path):
    address, _ = site
    file = tmp_path / "record.ris"
    for volume in (1, 2):
        file.write_text(
            "".join(
                f"TY  - JOUR\nTI  - Fictional Engine {n}\nAU  - Lovelace, Ada\nPY  - 1843\nVL  - {volume}\nER  - \n"
                for n in range(3)
            )
        )
        admin.goto(f"{address}/admin/publications/publication/import/")
        admin.get_by_label("Or choose a file").set_input_files(file)
        admin.get_by_role("button", name="Preview import").click()
        if volume == 2:
            expect(admin.get_by_text("volume")).to_have_count(3)
            admin.get_by_label("Select all").uncheck()
            admin.get_by_label("Fictional Engine 1", exact=True).check()
        admin.get_by_role("button", name="Import selected").click()
        admin.get_by_text(
            "3 added as drafts, 0 updated." if volume == 1 else "0 added as drafts, 1 updated."
        ).wait_for()

    admin.goto(f"{address}/publications/fictional-engine-1/")
    expect(admin.locator(".venue")).to_contain_text("2 · 1843")


def test_an_editor_compares_possible_duplicates_and_merges_one(admin, site):
    address, _ = site
    about = "author = {Lovelace, Ada}, title = {Book review}, journal = {Fictional Memoirs}, year = 1844"
    for more in ("", ", volume = 4, pages = {9--10}"):
        admin.goto(f"{address}/admin/publications/publication/import/")
        admin.get_by_label("Paste references").fill(f"@article{{r{len(more)}, {about}{more}}}")
        admin.get_by_role("button", name="Preview import").click()
        if more:
            admin.set_viewport_size({"width": 320, "height": 800})
            expect(admin.get_by_role("row", name="pages (empty) 9-10", exact=True)).to_be_visible()
            assert admin.evaluate("document.documentElement.scrollWidth") == 320
            expect(admin.get_by_label("Action for “Book review”")).to_have_value("add")
            admin.get_by_label("Action for “Book review”").select_option("Merge with it")
        admin.get_by_role("button", name="Import selected").click()

    admin.get_by_text("0 added as drafts, 1 updated.").wait_for()
    admin.goto(f"{address}/publications/book-review/")
    expect(admin.locator(".venue")).to_contain_text("Fictional Memoirs 4, pp. 9–10")


def test_a_name_is_confirmed_once_for_the_whole_file_or_for_each_work(admin, site):
    address, _ = site
    admin.goto(f"{address}/admin/profiles/person/add/")
    admin.locator("#id_name").fill("Mary Example")
    admin.get_by_role("button", name="Save", exact=True).click()
    works = "".join(
        f"@book{{confirmed{n}, title = {{Confirmed {n}}}, author = {{Example, M.}}, year = 1843}}" for n in range(3)
    )
    admin.goto(f"{address}/admin/publications/publication/import/")
    admin.get_by_label("Paste references").fill(works)
    admin.get_by_role("button", name="Preview import").click()
    question = admin.get_by_role("group", name="“M. Example”, in 3 works: is this Mary Example?")
    each = admin.get_by_label("In this work, “M. Example” is Mary Example")

    expect(each.first).to_be_visible()
    question.get_by_label("Yes, in all of them").check()
    expect(each.first).to_be_hidden()
    question.get_by_label("Decide for each work").check()
    each.nth(1).check()
    admin.get_by_role("button", name="Import selected").click()
    admin.get_by_text("3 added as drafts").wait_for()

    admin.goto(f"{address}/admin/publications/publication/names/")
    question = admin.get_by_role("group", name="“M. Example”, in 2 works: is this Mary Example?")
    question.get_by_label("Yes, in all of them").check()
    admin.get_by_role("button", name="Save answers").click()
    admin.get_by_text("“M. Example” linked to Mary Example in 2 works.").wait_for()


def test_without_a_network_the_sentence_says_so(admin, site):
    address, _ = site
    admin.goto(f"{address}/admin/publications/publication/import/")

    admin.get_by_label("Paste references").fill("nowhere.invalid/paper")
    admin.get_by_role("button", name="Preview import").click()

    admin.get_by_label("nowhere.invalid could not be found.").wait_for()
    assert admin.get_by_role("button", name="Import selected").count() == 0
