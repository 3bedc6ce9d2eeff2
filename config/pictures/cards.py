"""Social cards: the picture of a page that other sites show beside a link to it, in Open Graph's size."""

import hashlib
import io
import re
import unicodedata
from dataclasses import astuple, dataclass
from functools import singledispatch

from django.conf import settings
from PIL import Image, ImageDraw, ImageFont, features

from config.pictures.cache import cached
from config.pictures.tokens import colour
from config.text.plain import plain
from profiles.models import Person, Tag
from projects.models import Project
from publications.models import Publication

DRAWING = 1  # increment it when the drawing changes, so that cached cards are drawn again

WIDTH, HEIGHT = 1200, 630
MARGIN = 80
TOP, FOOT, GAP = 78, HEIGHT - 96, 24  # of the title; of the line above the site's name; between the texts
TITLE_SIZES = [84, 76, 68, 60, 54, 48, 44]
MAX_NAMES = 8
LEADING = 1.22

FONTS = settings.BASE_DIR / "config" / "fonts"
HEADINGS = {"inter": "inter-600.ttf", "sans": "inter-600.ttf"}
SERIF, TEXT, EVERY_LETTER = "serif-600.ttf", "inter-400.ttf", "noto-sans-letters.ttf"
# The characters of the site's own fonts: Latin, Greek and Cyrillic letters, and punctuation.
OWN_LETTERS = re.compile(
    "[ -~\u00a0-\u00ac\u00ae-\u012b\u012e-\u0131\u0134-\u0148\u014a-\u0165\u0168-\u017f\u0218-\u021b\u0386-\u038a"
    "\u038c\u038e-\u03a1\u03a3-\u03ce\u0400-\u045f\u0490-\u0493\u1ea0-\u1ef9\u2010\u2013-\u2015\u2018-\u201a\u201c-\u201e\u2020-\u2022"
    "\u2026\u2030\u2032\u2033\u20ac\u2122\u2190\u2192\u2212\u221e\u2248\u2260\u2264\u2265]*"
)
# Chinese and Japanese text breaks between any characters, but not before closing or after opening punctuation.
IDEOGRAPH = "[\u2e80-\u2fdf\u3041-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff01-\uffee]"
PIECES = re.compile(rf"[（「『《〈【]*{IDEOGRAPH}[、。，．：；？！）」』》〉】ー]*|(?:(?!{IDEOGRAPH})\S)+|\s+")


# The pages with a card that show no single object: their path and title.
PAGES = {
    "publications": "Publications",
    "projects": "Projects",
    "activities": "Activities",
    "people": "People",
    "tags": "Tags",
    "cv": "Curriculum vitae",
}


@dataclass(frozen=True)
class Card:
    """Everything that a card shows; ``key`` is a hash of it."""

    title: str
    names: str = ""
    place: str = ""  # the venue of a publication, or the figures of a project
    site: str = ""
    host: str = ""
    hue: int = 250
    typefaces: str = ""

    @property
    def key(self):
        return hashlib.sha256(repr((DRAWING, *astuple(self))).encode()).hexdigest()[:16]

    def png(self):
        """Return the bytes of the PNG, from the cache if it was drawn before."""
        return cached(f"card:{self.key}", self.draw)

    def draw(self):
        colours = {name: colour(name, self.hue, "light").rgb for name in ("paper", "ink", "quiet", "line", "accent")}
        image = Image.new("RGB", (WIDTH, HEIGHT), colours["paper"])
        draw = ImageDraw.Draw(image)
        draw.rectangle([(0, 0), (WIDTH, 14)], fill=colours["accent"])
        draw.line([(MARGIN, FOOT), (WIDTH - MARGIN, FOOT)], fill=colours["line"], width=2)

        width, right_to_left = WIDTH - 2 * MARGIN, _is_right_to_left(self.title)
        names = Lines.fitted(self.names, TEXT, [32], width, most=2)
        place = Lines.fitted(self.place, TEXT, [30], width, most=1)
        room = FOOT - TOP - names.height - place.height - 3 * GAP
        title = Lines.fitted(self.title, HEADINGS.get(self.typefaces, SERIF), TITLE_SIZES, width, room=room)
        top = title.draw(draw, TOP, colours["ink"], right_to_left=right_to_left) + GAP
        top = names.draw(draw, top, colours["quiet"], right_to_left=right_to_left) + GAP // 2
        place.draw(draw, top, colours["accent"], right_to_left=right_to_left)

        top = FOOT + GAP
        Lines.fitted(self.site, TEXT, [26], width // 2, most=1).draw(draw, top, colours["ink"])
        Lines.fitted(self.host, TEXT, [26], width // 2, most=1).draw(draw, top, colours["quiet"], right_to_left=True)

        file = io.BytesIO()
        # Five colours, and the blends between them at the edges of letters.
        image.quantize(64).save(file, "PNG", optimize=True)
        return file.getvalue()


class Lines:
    """A text broken into lines in one font and size."""

    def __init__(self, lines, font):
        self.lines = lines
        self.font = font
        self.line_height = round(font.size * LEADING)
        self.height = self.line_height * len(lines)

    @classmethod
    def fitted(cls, text, face, sizes, width, *, most=None, room=None):
        """Return a text in the first of the sizes (pixels) that fits.

        It fits in at most ``most`` lines, or in ``room`` pixels of height. If no size fits, the text ends with an
        ellipsis.
        """
        text = " ".join(text.split())
        face = face if OWN_LETTERS.fullmatch(text) else EVERY_LETTER
        for size in sizes:
            font = ImageFont.truetype(FONTS / face, size)
            allowed = most or max(1, int(room // round(size * LEADING)))
            lines = _wrapped(text, font, width)
            if len(lines) <= allowed:
                lines = _balanced(text, font, width, lines)
                break
        else:
            lines = [*lines[: allowed - 1], _cut(lines[allowed - 1], font, width)]
        return cls(lines, font)

    def draw(self, draw, top, fill, *, right_to_left=False):
        """Draw the lines from ``top`` down, at the left or right margin. Return where the next text may start."""
        side, anchor = (WIDTH - MARGIN, "rs") if right_to_left else (MARGIN, "ls")
        for line in self.lines:
            # By the baseline, because fonts differ in their space above and below it.
            draw.text((side, top + self.font.size), line, fill=fill, font=self.font, anchor=anchor, **_direction(line))
            top += self.line_height
        return top


def _wrapped(text, font, width):
    lines, line = [], ""
    for piece in PIECES.findall(text):
        if line and font.getlength((line + piece).rstrip()) > width:
            lines.append(line.rstrip())
            line = ""
        line += piece if line else piece.lstrip()
        while font.getlength(line.rstrip()) > width:  # a word wider than the card
            end = next(end for end in range(len(line), 0, -1) if end == 1 or font.getlength(line[:end]) <= width)
            lines.append(line[:end])
            line = line[end:]
    return [*lines, line.rstrip()] if line.strip() else lines


def _balanced(text, font, width, lines):
    """Return the same number of lines in the narrowest width, so that no word is alone in the last line."""
    while len(narrower := _wrapped(text, font, width := width * 0.94)) == len(lines) > 1:
        lines = narrower
    return lines


def _cut(line, font, width):
    while line and font.getlength(line + "…") > width:
        line = line[:-1]
    return line.rstrip(" ,;:-–—") + "…"


def _direction(line):
    # Pillow needs Raqm with FriBidi for right-to-left text.
    return {"direction": "rtl"} if _is_right_to_left(line) and features.check("fribidi") else {}


def _is_right_to_left(text):
    strong = next((side for side in map(unicodedata.bidirectional, text) if side in {"L", "R", "AL"}), "L")
    return strong != "L"


def card_for(subject, owner, look):
    """Return the Card of a publication, project, person or tag, of one of ``PAGES``, or of the home page ("")."""
    words = {"site": owner.name if owner else "", **_words(subject, owner)}
    return Card(**words, host=settings.SITE_HOST or "", hue=look.hue, typefaces=look.typefaces)


@singledispatch
def _words(page, owner):
    name = owner.name if owner else "Academic site"
    return {"title": PAGES.get(page, name), "names": owner.headline if owner else ""}


@_words.register
def _(publication: Publication, owner):
    names = [str(authorship) for authorship in publication.byline]
    rest = len(names) - MAX_NAMES
    shown = ", ".join(names[:MAX_NAMES]) + (f" and {rest} more" if rest > 0 else "")
    place = [plain(publication.venue) or publication.type_label, str(publication.year or "")]
    if publication.year and str(publication.year) in place[0]:
        place.pop()
    return {"title": plain(publication.title), "names": shown, "place": " · ".join(filter(None, place))}


@_words.register
def _(project: Project, owner):
    figures = " · ".join(str(highlight) for highlight in project.highlights.all())
    return {"title": project.name, "names": project.tagline, "place": figures}


@_words.register
def _(person: Person, owner):
    return {
        "title": person.name,
        "names": person.headline,
        "site": "" if person.is_owner else owner.name if owner else "",
    }


@_words.register
def _(tag: Tag, owner):
    return {"title": tag.name, "names": plain(tag.description)}
