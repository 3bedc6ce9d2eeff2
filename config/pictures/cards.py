"""Social cards: the picture of a page that other sites show beside a link to it, in Open Graph's size."""

import hashlib
import io
from dataclasses import asdict, astuple, dataclass

from django.conf import settings
from PIL import Image

from config.pictures.cache import cached
from config.pictures.tokens import colour
from config.text.plain import plain
from config.text.typesetting import typeset
from profiles.models import Person, Tag
from projects.models import Project
from publications.models import Publication

DRAWING = 2  # increment it when card.typ changes, so that cached cards are drawn again
MAX_NAMES = 8

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
        colours = [colour(name, self.hue, "light") for name in ("paper", "ink", "quiet", "line", "accent")]
        heading = "Inter" if self.typefaces in ("inter", "sans") else "Serif Letters"
        content = {**asdict(self), "heading": heading, "colours": colours}
        file = io.BytesIO()
        with Image.open(io.BytesIO(typeset("card.typ", content, format="png", ppi=72))) as image:
            # Five colours, and the blends between them at the edges of letters.
            image.convert("RGB").quantize(64).save(file, "PNG", optimize=True)
        return file.getvalue()


def card_for(subject, owner, look):
    """Return the Card of a publication, project, person or tag, of one of ``PAGES``, or of "home"."""
    facts = {"site": owner.name if owner else "", **facts_of(subject, owner)}
    return Card(**facts, host=settings.SITE_HOST or "", hue=look.hue, typefaces=look.typefaces)


def facts_of(subject, owner):
    """Return the fields of the Card that depend on its subject."""
    match subject:
        case Publication():
            names = [str(authorship) for authorship in subject.byline]
            rest = len(names) - MAX_NAMES
            shown = ", ".join(names[:MAX_NAMES]) + (f" and {rest} more" if rest > 0 else subject.byline_end)
            place = [plain(subject.venue) or subject.type_label]
            if subject.year and str(subject.year) not in place[0]:
                place.append(str(subject.year))
            return {"title": plain(subject.title), "names": shown, "place": " · ".join(place)}
        case Project():
            figures = " · ".join(str(highlight) for highlight in subject.highlights.all())
            return {"title": subject.name, "names": subject.tagline, "place": figures}
        case Person():
            facts = {"title": subject.name, "names": subject.headline}
            return {**facts, "site": ""} if subject.is_owner else facts
        case Tag():
            return {"title": subject.name, "names": plain(subject.description)}
        case _:
            title = PAGES.get(subject) or (owner.name if owner else "Academic site")
            return {"title": title, "names": owner.headline if owner else ""}
