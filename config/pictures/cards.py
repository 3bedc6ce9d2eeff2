"""Social cards: the picture of a page that other sites show beside a link to it, in Open Graph's size."""

import hashlib
import io
import re
import unicodedata
from dataclasses import asdict, astuple, dataclass, replace
from functools import cache

from django.conf import settings
from django.utils.text import Truncator
from PIL import Image, ImageDraw, ImageFont

from config.pictures.cache import cached
from config.pictures.photos import cropped
from config.pictures.tokens import colour
from config.text.plain import plain
from config.text.typesetting import FONTS, typeset
from profiles.models import Course, Page, Person, Post, Tag, Talk
from projects.models import Grant, Project
from publications.models import Publication

DRAWING = 5  # increment it when card.typ changes, so that cached cards are drawn again
MAX_NAMES = 8
HEADINGS = {
    "classic": ("Crimson Letters", 500),
    "modern": ("Inter", 600),
    "technical": ("Technical Letters", 600),
}  # the fonts of titles with their weights
TEXTS = {"classic": "Crimson Letters", "modern": "Inter", "technical": "Technical Mono"}
# The fonts that complete these. Typst's own fonts have Armenian and Georgian.
FALLBACKS = ("noto-sans-letters.ttf", "inter-400.ttf", "serif-600.ttf")
IN_FONTS_OF_TYPST = re.compile("[\u0531-\u058a\u10a0-\u10ff]")
RADII = {"classic": 0, "modern": 36, "technical": 0}  # pixels, of the corners of a picture
# The sizes of pictures: a photo is a square, an image of a work or project is wider.
PHOTO, IMAGE = (360, 360), (420, 280)
RIGHT, TOP = 1120, 92  # the corner of a picture

# The pages with a card that show no single object: their path and title.
PAGES = {
    "publications": "Publications",
    "projects": "Projects",
    "grants": "Grants",
    "talks": "Talks",
    "news": "News",
    "activities": "Activities",
    "teaching": "Teaching",
    "people": "People",
    "tags": "Tags",
    "cv": "Curriculum vitae",
    "accessibility": "Accessibility",
}


@dataclass(frozen=True)
class Card:
    """Everything that a card shows; ``key`` is a hash of it."""

    title: str
    names: str = ""
    place: str = ""  # the venue of a publication, or the figures of a project
    site: str = ""
    host: str = ""
    picture: str = ""  # its name in the storage
    is_photo: bool = False
    theme: str = "classic"
    accent: str = "blue"

    @property
    def key(self):
        return hashlib.sha256(repr((DRAWING, *astuple(self))).encode()).hexdigest()[:16]

    def png(self):
        """Return the bytes of the PNG, from the cache if it was drawn before."""
        return cached(f"card:{self.key}", self.draw)

    def legible(self):
        """Return the card without texts whose letters the fonts lack, such as Thai ones.

        The name of the site, or its host, takes the place of such a title.
        """
        texts = {name: drawable(getattr(self, name)) for name in ("title", "names", "place", "site", "host")}
        if self.title and not texts["title"]:
            texts["title"], texts["site"] = texts["site"] or texts["host"], ""
        return replace(self, **texts)

    def draw(self):
        size = PHOTO if self.is_photo else IMAGE
        picture = cropped(self.picture, size)
        names = ("paper", "ink", "quiet", "line", "accent")
        colours = [colour(name, self.theme, self.accent, "light") for name in names]
        heading, weight = HEADINGS[self.theme]
        look = {"heading": heading, "weight": weight, "text": TEXTS[self.theme], "colours": colours}
        content = {**asdict(self.legible()), **look, "picture": [*size] if picture else None}
        file = io.BytesIO()
        with Image.open(io.BytesIO(typeset("card.typ", content, format="png", ppi=72))) as image:
            card = image.convert("RGB")
        if picture:
            mask = Image.new("L", (4 * size[0], 4 * size[1]))  # larger, for smooth corners
            ImageDraw.Draw(mask).rounded_rectangle((0, 0, *mask.size), 4 * RADII[self.theme], fill=255)
            card.paste(picture, (RIGHT - size[0], TOP), mask.resize(size))
        else:
            card = card.quantize(64)  # five colours, and the blends between them at the edges of letters
        card.save(file, "PNG", optimize=True)
        return file.getvalue()


def drawable(text):
    """Return a text without signs that no font has, such as emoji, or "" if one of its letters is missing."""
    text = unicodedata.normalize("NFC", text)
    missing = {sign for sign in set(text) if not sign.isspace() and is_missing(sign)}
    if any(unicodedata.category(sign).startswith("L") for sign in missing):
        return ""
    return "".join(sign for sign in text if sign not in missing)


@cache
def is_missing(sign):
    """Return whether none of the fonts of the site has a sign."""
    if unicodedata.category(sign) in ("Cf", "Mn") or IN_FONTS_OF_TYPST.match(sign):
        return False
    return all(bytes(font.getmask(sign)) == missing for font, missing in fallbacks())


@cache
def fallbacks():
    """Return [(font, the picture of a missing sign)] of the site's fonts with many scripts."""
    loaded = [ImageFont.truetype(FONTS / name, 24) for name in FALLBACKS]
    return [(font, bytes(font.getmask("\U0010fffd"))) for font in loaded]


def card_for(subject, site, look):
    """Return the Card of a publication, project, post, person or tag, of one of ``PAGES``, or of "home"."""
    facts = {"site": site.site_name, **facts_of(subject, site)}
    return Card(**facts, host=settings.SITE_HOST or "", theme=look.theme, accent=look.accent)


def facts_of(subject, site):  # noqa: PLR0911 (one for each kind)
    """Return the fields of the Card that depend on its subject. ``site`` is the SiteSettings."""
    match subject:
        case Publication():
            names = [str(authorship) for authorship in subject.byline]
            rest = len(names) - MAX_NAMES
            shown = ", ".join(names[:MAX_NAMES]) + (f" and {rest} more" if rest > 0 else subject.byline_end)
            place = [plain(subject.venue) or subject.type_label]
            if subject.year and str(subject.year) not in place[0]:
                place.append(str(subject.year))
            facts = {"title": plain(subject.title), "names": shown, "place": " · ".join(place)}
            return {**facts, "picture": subject.image.name or ""}
        case Project():
            figures = " · ".join(str(highlight) for highlight in subject.highlights.all())
            facts = {"title": subject.name, "names": subject.tagline, "place": figures}
            return {**facts, "picture": subject.image.name or ""}
        case Talk():
            latest = subject.latest
            place = [latest.event or latest.where, str(latest.heading or "")] if latest else []
            names = ", ".join(person.name for person in subject.speakers.all())
            return {"title": plain(subject.title), "names": names, "place": " · ".join(filter(None, place))}
        case Grant():
            names = ", ".join([one.person.name for one in subject.investigators.all()])
            return {"title": plain(subject.title), "names": names, "place": subject.award}
        case Course():
            return {"title": subject.title, "names": subject.organisation, "place": subject.code or subject.level}
        case Post():
            names = Truncator(plain(subject.summary)).words(40)
            return {"title": plain(subject.title), "names": names, "place": subject.date.display}
        case Person():
            facts = {"title": subject.name, "names": subject.headline, "picture": subject.photo.name or ""}
            facts["is_photo"] = True
            return {**facts, "site": ""} if subject.is_owner and not site.is_group else facts
        case Page():
            return {"title": subject.title, "names": site.site_name, "site": ""}
        case Tag():
            return {"title": subject.name, "names": plain(subject.description)}
        case _:
            title = PAGES.get(subject) or site.site_name or "Academic site"
            picture = site.icon_photo if subject == "home" else ""
            return {"title": title, "names": site.headline, "picture": picture, "is_photo": True}
