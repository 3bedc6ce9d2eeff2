"""The claims of the accessibility statement that only a browser shows."""

import pytest

from tests.browser.test_pages import PAGES
from tests.running import wait_until

pytestmark = pytest.mark.browser

STOPS = 30  # of the keyboard on a page
SPACING = """() => {
  for (const element of document.querySelectorAll("body *")) {
    const set = (name, value) => element.style.setProperty(name, value, "important");
    set("line-height", "1.5");
    set("letter-spacing", "0.12em");
    set("word-spacing", "0.16em");
    if (element.matches("p")) set("margin-bottom", "2em");
  }
}"""
FOCUSED = """() => {
  const element = document.activeElement, style = getComputedStyle(element);
  if (element === document.body) return null;
  const isVisible = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
  return { html: element.outerHTML.slice(0, 120), isVisible };
}"""
# Links and buttons that are neither 24 pixels wide and high, nor in a line of text, nor far enough from all others: a
# circle of 24 pixels around the centre of one touches no other, as WCAG 2.5.8 has it.
SMALL = """() => {
  const targets = [...document.querySelectorAll("a[href], button, summary, input, select")]
    .filter((one) => one.checkVisibility({ visibilityProperty: true }) && !one.closest(".skip"))
    .map((one) => [one, one.getBoundingClientRect()]).filter(([, box]) => box.width && box.height);
  const isInText = (one) => getComputedStyle(one).display === "inline" && [...one.parentElement.childNodes]
    .some((node) => node.nodeType === 3 && node.textContent.trim().length > 1);
  const isNear = (box, other) => {
    const x = box.x + box.width / 2, y = box.y + box.height / 2;
    const dx = Math.max(other.left - x, 0, x - other.right), dy = Math.max(other.top - y, 0, y - other.bottom);
    return Math.hypot(dx, dy) < 12;
  };
  const isApart = (one, other) => !other.contains(one) && !one.contains(other);
  return targets.filter(([one, box]) => (box.width < 24 || box.height < 24) && !isInText(one)
      && targets.some(([other, its]) => isApart(one, other) && isNear(box, its)))
    .map(([one]) => one.outerHTML.slice(0, 120));
}"""


WIDE = """
from profiles.models import Person
from tests import make
formula = "$" + " + ".join(f"a_{{{n}}}" for n in range(40)) + "$"
code = "```\\n" + "x" * 200 + "\\n```"
table = "|" + "|".join("abcdefghijkl") + "|\\n|" + "--|" * 12 + "\\n|" + "|".join(["w" * 20] * 12) + "|"
body = "\\n\\n".join([f"In {formula} a line.", f"${formula}$", f"- {formula}", code, table, "w" * 200])
make.page("Wide", slug="wide", body=body)
bio = "I study how machines follow a plan that nobody has written down completely. " * 9
Person.objects.update(name="Wolfeschlegelsteinhausenbergerdor", bio=f"{bio}\\n\\n{bio}")
"""


def test_a_name_of_33_letters_fits_and_what_is_wide_scrolls_in_place_by_keyboard(page, new_site, tmp_path):
    site = new_site(tmp_path / "site")
    site.shell(WIDE)
    with site.serve(workers=1):
        page.set_viewport_size({"width": 320, "height": 900})
        for path in ("", "people/", "publications/", "cv/"):
            page.goto(f"{site.url}/{path}")
            page.evaluate(SPACING)
            assert page.evaluate("document.documentElement.scrollWidth") <= 320, path

        page.goto(f"{site.url}/wide/")
        assert page.evaluate("document.documentElement.scrollWidth") <= 320
        boxes = page.locator("main .prose [tabindex]")
        assert boxes.count() == 5
        for box in boxes.all():
            box.focus()
            page.keyboard.press("ArrowRight")
            wait_until(lambda: page.evaluate("document.activeElement.scrollLeft > 0"), seconds=30)


@pytest.mark.parametrize("name", PAGES)
def test_wider_spacing_of_text_does_not_make_a_page_scroll_sideways(page, site, name):
    page.set_viewport_size({"width": 320, "height": 900})
    page.goto(site[0] + PAGES[name])

    page.evaluate(SPACING)

    assert page.evaluate("document.documentElement.scrollWidth") <= 320


@pytest.mark.parametrize("name", PAGES)
def test_the_focus_of_the_keyboard_is_always_visible(page, site, name):
    page.goto(site[0] + PAGES[name])

    for _ in range(STOPS):
        page.keyboard.press("Tab")
        if (focused := page.evaluate(FOCUSED)) is None:
            break
        assert focused["isVisible"], focused["html"]


@pytest.mark.parametrize("name", PAGES)
def test_links_and_buttons_are_large_enough_or_far_from_others(page, site, name):
    for width in (320, 1440):
        page.set_viewport_size({"width": width, "height": 900})
        page.goto(site[0] + PAGES[name])

        assert page.evaluate(SMALL) == []
