import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


def test_citations_are_there_without_script_and_copied_with_it(page, site, browser):
    address, _ = site
    url = f"{address}/publications/moe-cap/"
    plain = browser.new_context(java_script_enabled=False).new_page()
    plain.goto(url)
    expect(plain.get_by_text("(2025). MoE-CAP: Benchmarking")).to_be_visible()
    expect(plain.get_by_text("@inproceedings{")).to_be_hidden()
    plain.get_by_role("radio", name="APA").press("ArrowLeft")
    expect(plain.get_by_role("radio", name="RIS")).to_be_checked()
    expect(plain.get_by_text("TY  - CPAPER")).to_be_visible()
    plain.get_by_text("BibTeX", exact=True).first.click()
    expect(plain.get_by_text("@inproceedings{")).to_be_visible()
    expect(plain.get_by_text("(2025). MoE-CAP: Benchmarking")).to_be_hidden()
    plain.context.close()

    page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=address)
    page.goto(url)
    page.get_by_role("button", name="Copy (APA)", exact=True).click()
    page.get_by_text("APA copied").wait_for()

    text = page.evaluate("navigator.clipboard.readText()")
    html = page.evaluate(
        "navigator.clipboard.read().then(([item]) => item.getType('text/html')).then((blob) => blob.text())"
    )
    assert text.startswith("Jiang, Y., Fu, Y.")
    assert "<em>Annual Conference on Neural Information Processing Systems</em>" in html
    page.get_by_text("BibTeX", exact=True).first.click()
    page.get_by_role("button", name="Copy (BibTeX)").click()
    page.get_by_text("BibTeX copied").wait_for()
    assert page.evaluate("navigator.clipboard.readText()").startswith("@inproceedings{")
