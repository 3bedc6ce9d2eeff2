"""Takes screenshots of every type of page: ``python -m tests.screenshots FOLDER``.

It sets up a fictional site in a temporary folder (tests/rich_site.py), and opens each page in headless Chromium in each
theme, light and dark, at four widths. The files are <theme>/<page>-<width>-<scheme>.png; for each page and theme there
is also a contact sheet, <theme>-<page>.png. A page that scrolls sideways is reported.
"""

import argparse
import io
import secrets
import tempfile
from itertools import product
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright
from tqdm import tqdm

from tests.running import CHROMIUM, Site

WIDTHS = (320, 390, 768, 1440)
SCHEMES = ("light", "dark")
THEMES = ("classic", "modern", "technical")
PAGES = {
    "home": "/",
    "publications": "/publications/",
    "filtered": "/publications/?tag=engines",
    "saved-list": "/publications/lists/engines/",
    "publication": "/publications/looms-as-programs-what-a-pattern-knows-about-the-cloth/",
    "projects": "/projects/",
    "project": "/projects/analytical-engine/",
    "grants": "/grants/",
    "grant": "/grants/engines-for-notation/",
    "activities": "/activities/",
    "people": "/people/",
    "person": "/people/charles-babbage/",
    "news": "/news/",
    "post": "/news/a-new-engine/",
    "talks": "/talks/",
    "talk": "/talks/engines-that-explain-themselves/",
    "teaching": "/teaching/",
    "course": "/teaching/engines-i/",
    "page": "/join-us/",
    "tags": "/tags/",
    "tag": "/tags/engines/",
    "cv": "/cv/",
    "saved-cv": "/cv/short-cv/",
    "search": "/search/?q=engines",
    "nothing-found": "/search/?q=zeppelin",
    "accessibility": "/accessibility/",
    "missing": "/nothing-here/",
}
FILL = "from tests.rich_site import fill; print(fill())"
CHOOSE = "from profiles.models import *; Look.objects.update_or_create(person=Person.objects.owner(), defaults={})"


def take(browser, address, width, scheme):
    """Return a screenshot of a whole page, and whether it scrolls sideways."""
    size = {"width": width, "height": 844 if width < 768 else 900}
    page = browser.new_page(viewport=size, color_scheme=scheme, reduced_motion="reduce")
    page.goto(address)
    page.evaluate("document.fonts.ready")
    page.evaluate("for (const image of document.images) image.loading = 'eager'")  # those below the first screen
    page.wait_for_function("[...document.images].every(image => image.complete)")
    image = Image.open(io.BytesIO(page.screenshot(full_page=True, animations="disabled"))).convert("RGB")
    is_too_wide = page.evaluate("document.documentElement.scrollWidth") > width
    page.close()
    return image, is_too_wide


def contact_sheet(images, height=1800):
    """Return the tops of images side by side, at half their size."""
    shown = [image.crop((0, 0, image.width, min(image.height, height))) for image in images]
    sheet = Image.new("RGB", (sum(image.width + 20 for image in shown), height), "grey")
    left = 0
    for image in shown:
        sheet.paste(image, (left, 0))
        left += image.width + 20
    return sheet.resize((sheet.width // 2, height // 2))


def main():
    parser = argparse.ArgumentParser(description="Takes screenshots of every type of page.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--themes", nargs="+", choices=THEMES, default=THEMES)
    parser.add_argument("--schemes", nargs="+", choices=SCHEMES, default=SCHEMES)
    parser.add_argument("--widths", nargs="+", type=int, default=WIDTHS)
    parser.add_argument("--pages", nargs="+", choices=[*PAGES, "preview"], default=[*PAGES, "preview"])
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, Site(Path(folder), SECRET_KEY=secrets.token_hex(32)) as site:
        site.manage("migrate")
        site.manage("collectstatic", "--no-input")
        pages = PAGES | {"preview": f"/preview/{site.shell(FILL).split()[-1]}/"}
        with site.serve(), sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
            for theme in options.themes:
                site.shell(CHOOSE.replace("{}", repr({"theme": theme})))
                (options.folder / theme).mkdir(parents=True, exist_ok=True)
                for name in tqdm(options.pages, desc=theme.capitalize(), disable=None):
                    images = []
                    for width, scheme in product(options.widths, options.schemes):
                        image, is_too_wide = take(browser, site.url + pages[name], width, scheme)
                        image.save(options.folder / theme / f"{name}-{width}-{scheme}.png")
                        images.append(image)
                        if is_too_wide:
                            tqdm.write(f"{theme}: {name} scrolls sideways at {width} px")
                    contact_sheet(images).save(options.folder / f"{theme}-{name}.png")


if __name__ == "__main__":
    main()
