"""Takes the pictures of the manual from the running site: ``python -m tests.manual_pictures``.

It sets up a site with the first content in a temporary folder, opens the admin in headless Chromium, and writes
config/static/img/manual/<name>.webp. Run it after a change to a form that the manual shows, and look at the pictures.
"""

import io
import secrets
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright
from tqdm import tqdm

from tests.conftest import CHROMIUM
from tests.running import ROOT, Site

FOLDER = ROOT / "config" / "static" / "img" / "manual"
SIZE = {"width": 1100, "height": 800}
# What the pictures show beside the first content.
CONTENT = """
from profiles.models import Person
from publications.models import Publication
owner = Person.objects.owner()
"""
PICTURES = {}  # {name: function that opens a page and returns the element to show}


def picture(take):
    PICTURES[take.__name__] = take
    return take


@picture
def home(page):
    page.goto("/admin/")
    return page.locator("#content")


@picture
def person(page):
    page.goto("/admin/profiles/person/?is_owner__exact=1")
    page.locator("#result_list th a").first.click()
    return page.locator("fieldset.module").first


def take_all(page):
    for name, take in tqdm(PICTURES.items(), desc="Pictures", disable=None):
        png = take(page).screenshot(animations="disabled")
        Image.open(io.BytesIO(png)).save(FOLDER / f"{name}.webp", quality=80, method=6)


def main():
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, Site(Path(folder) / "var", SECRET_KEY=secrets.token_hex(32)) as site:
        site.manage("quickstart", "--no-server")
        (editor,) = site.editors()
        with site.serve(), sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
            context = browser.new_context(base_url=site.url, viewport=SIZE, color_scheme="light")
            context.add_cookies([{"name": "sessionid", "value": editor.client.cookies["sessionid"], "url": site.url}])
            take_all(context.new_page())


if __name__ == "__main__":
    main()
