"""Takes the pictures of the manual from the running site: ``python -m tests.manual_pictures [NAME …]``.

It sets up a site with the first content in a temporary folder, opens the admin in headless Chromium, and writes
config/static/img/manual/<name>.webp. Run it after a change to a form that the manual shows, and look at the pictures.
"""

import io
import secrets
import sys
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright
from tqdm import tqdm

from tests.running import CHROMIUM, ROOT, Site

FOLDER = ROOT / "config" / "static" / "img" / "manual"
SIZE = {"width": 1180, "height": 760}
OWNER = "Ada Lovelace"
NOTES = """@article{menabrea1843sketch,
  author  = {Menabrea, Luigi Federico and Lovelace, A.},
  title   = {Sketch of the Analytical Engine Invented by Charles Babbage},
  journal = {Scientific Memoirs},
  volume  = {3},
  pages   = {666--731},
  year    = {1843},
}"""
PICTURES = {}  # {name: function that opens a page and returns the locators between which the picture is taken}


def picture(take):
    PICTURES[take.__name__] = take
    return take


@picture
def home(page):
    page.goto("/admin/")
    return page.locator("#content h1"), page.locator("#unfinished")


@picture
def person(page):
    open_first(page, "/admin/profiles/person/?is_owner__exact=1")
    return page.locator(".field-name"), page.locator(".field-cited_as")


@picture
def authors(page):
    page.goto("/admin/publications/publication/add/")
    page.get_by_label("Add several authors").fill("Lovelace, Ada and Charles Babbage")
    page.locator(".byline ol li").nth(1).wait_for()
    return (page.locator(".byline"),)


@picture
def import_form(page):
    page.goto("/admin/publications/publication/import/")
    return page.locator("#content h1"), page.locator(".submit-row").first


@picture
def review(page):
    page.goto("/admin/publications/publication/import/")
    page.get_by_label("Paste references").fill(NOTES)
    page.locator("input[type=submit]").first.click()
    page.get_by_role("button", name="Import selected").wait_for()
    return page.locator("#content h1"), page.locator(".submit-row").last


@picture
def publishing(page):
    open_first(page, "/admin/publications/publication/")
    page.get_by_label("Scheduled for a date").check()
    page.locator("#id_publish_at_0").fill("2099-05-03")
    page.locator("#id_publish_at_1").fill("")
    return page.locator(".field-state"), page.locator(".field-publish_at")


@picture
def selected(page):
    page.goto("/admin/publications/publication/selected/")
    return page.locator("#content h1"), page.locator(".submit-row").last


@picture
def links(page):
    open_first(page, "/admin/profiles/person/?is_owner__exact=1")
    for number, address in enumerate(("github.com/lovelace", "@lovelace@mastodon.social")):
        page.locator("#links-group .add-row a").click()
        page.locator(f"#id_links-{number}-url").fill(address)
        page.locator(f"#id_links-{number}-url").blur()
    page.wait_for_function("document.querySelector('#id_links-1-kind').value === 'mastodon'")
    return (page.locator("#links-group"),)


@picture
def text(page):
    page.goto("/admin/profiles/section/add/")
    page.get_by_label("Title").fill("Outside research")
    page.locator("#id_body").fill("I play **chess** and read:\n\n- novels\n- $\\sum_{i=1}^{n} i = \\frac{n(n+1)}{2}$\n")
    page.locator(".field-body iframe").wait_for()
    page.wait_for_timeout(1500)
    return page.locator(".field-title"), page.locator(".field-body")


@picture
def own_page(page):
    page.goto("/admin/profiles/page/add/")
    page.get_by_label("Title").fill("Join us")
    page.locator("#id_body").fill(
        "Three positions are open.\n\n> [!NOTE]\n> Applications close on 1 March.\n\n## For students\n"
    )
    page.locator(".field-body iframe").wait_for()
    page.wait_for_timeout(1500)
    return page.locator(".field-title"), page.locator(".field-body")


@picture
def block(page):
    page.goto("/admin/profiles/page/add/")
    page.get_by_role("button", name="Insert block").click()
    page.get_by_label("Block", exact=True).select_option("Publications")
    page.get_by_label("Tag", exact=True).fill("engines")
    return (page.locator("dialog[open]"),)


@picture
def post(page):
    page.goto("/admin/profiles/post/add/")
    page.get_by_label("Title").fill("Our sketch of the engine is published")
    page.locator("#id_date").fill("1843-09")
    page.get_by_label("Published", exact=True).check()
    return page.locator(".field-title"), page.locator(".field-state")


@picture
def talk(page):
    page.goto("/admin/profiles/talk/add/")
    page.get_by_label("Title").fill("What an engine can compute")
    occasion = {"event": "Engines seminar", "start": "2026-05-03", "start_time": "14:00", "end_time": "15:00"}
    for name, text in (occasion | {"time_zone": "Europe/Rome", "city": "Turin", "country": "Italy"}).items():
        page.locator(f"#id_occasions-0-{name}").fill(text)
    page.locator("#id_occasions-0-kind").select_option("Invited talk")
    page.keyboard.press("Escape")
    return page.locator(".field-title"), page.locator("#occasions-0 fieldset").first


@picture
def course(page):
    page.goto("/admin/profiles/course/add/")
    page.get_by_label("Title").fill("Calculating engines")
    term = {"name": "Autumn", "start": "2025-09", "role": "Lecturer", "students": "120"}
    for name, text in term.items():
        page.locator(f"#id_terms-0-{name}").fill(text)
    return page.locator(".field-title"), page.locator("#terms-group")


@picture
def history(page):
    open_first(page, "/admin/profiles/person/?is_owner__exact=1")
    page.locator("#id_headline").fill("Mathematician")
    page.get_by_role("button", name="Save and continue editing").click()
    page.get_by_role("link", name="History").click()
    return page.locator("#content h1"), page.locator("#content table").first


@picture
def look(page):
    page.goto("/admin/profiles/look/")
    return (page.locator("fieldset").first,)


@picture
def user(page):
    page.goto("/admin/auth/user/add/")
    return page.locator("#content h1"), page.locator("fieldset").first


@picture
def check(page):
    page.goto("/admin/health/")
    return page.locator("#content h1"), page.locator("#content-main section").nth(1)


@picture
def maintenance(page):
    page.goto("/admin/maintenance/")
    return (page.locator("#content section").nth(1),)  # the first one has the path of the data folder


def open_first(page, path):
    """Open the form of the first object of a list."""
    page.goto(path)
    page.locator("#result_list tbody th a").first.click()
    page.wait_for_load_state("networkidle")


def shot(page, locators):
    """Return a picture of the area of the page from the first to the last of the locators."""
    boxes = [locator.bounding_box() for locator in locators]
    top, left = (min(box[side] for box in boxes) for side in ("y", "x"))
    bottom, right = (max(box[side] + box[size] for box in boxes) for side, size in (("y", "height"), ("x", "width")))
    scrolled = page.evaluate("window.scrollY")
    clip = {"x": left - 8, "y": top + scrolled - 8, "width": right - left + 16, "height": bottom - top + 16}
    png = page.screenshot(full_page=True, clip=clip, animations="disabled")
    return Image.open(io.BytesIO(png))


def main():
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, Site(Path(folder) / "var", SECRET_KEY=secrets.token_hex(32)) as site:
        site.manage("quickstart", "--no-server", "--name", OWNER)
        (editor,) = site.editors()
        with site.serve(), sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
            context = browser.new_context(base_url=site.url, viewport=SIZE, color_scheme="light")
            context.add_cookies([{"name": "sessionid", "value": editor.client.cookies["sessionid"], "url": site.url}])
            page = context.new_page()
            for name in tqdm(sys.argv[1:] or PICTURES, desc="Pictures", disable=None):
                shot(page, PICTURES[name](page)).save(FOLDER / f"{name.replace('_', '-')}.webp", quality=80, method=6)


if __name__ == "__main__":
    main()
