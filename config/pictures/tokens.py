"""The colours of the style sheet as sRGB, for the theme colour, pictures and tests.

They are defined in the style sheet only, and read from it.
"""

import math
import re
from dataclasses import dataclass
from functools import cache

from django.conf import settings

STYLE_SHEET = settings.BASE_DIR / "config" / "static" / "css" / "site.css"
TOKEN = re.compile(
    r"^\s*--([\w-]+):\s*light-dark\((oklch\([^()]*(?:\([^()]*\))?\)), (oklch\([^()]*(?:\([^()]*\))?\))\);", re.MULTILINE
)
OKLCH = re.compile(r"oklch\(([\d.]+) ([\d.]+) ([\d.]+|var\(--hue\))\)")


@dataclass(frozen=True)
class Colour:
    """An sRGB colour, each channel from 0 to 1."""

    red: float
    green: float
    blue: float

    @classmethod
    def from_oklch(cls, lightness, chroma, hue):
        """Convert by Björn Ottosson's definition of Oklab. ``hue`` is in degrees; channels out of gamut are clipped."""
        a, b = chroma * math.cos(math.radians(hue)), chroma * math.sin(math.radians(hue))
        long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
        medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
        short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
        linear = (
            4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
            -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
            -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
        )
        return cls(*(_encoded(min(1, max(0, channel))) for channel in linear))

    @property
    def rgb(self):
        """Three numbers from 0 to 255."""
        return tuple(round(channel * 255) for channel in (self.red, self.green, self.blue))

    @property
    def hex(self):
        return "#{:02x}{:02x}{:02x}".format(*self.rgb)

    @property
    def luminance(self):
        """WCAG's relative luminance of the colour in 8 bits per channel, as screens show it."""
        red, green, blue = (_linear(channel / 255) for channel in self.rgb)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    def contrast(self, other):
        """WCAG's contrast ratio, from 1 to 21."""
        dark, light = sorted([self.luminance, other.luminance])
        return (light + 0.05) / (dark + 0.05)


def colour(name, hue, scheme):
    """Return the Colour of the token ``--name`` with an accent hue, in a scheme ("light", "dark"). Raises KeyError."""
    lightness, chroma, angle = tokens()[name][scheme]
    return Colour.from_oklch(lightness, chroma, hue if angle is None else angle)


@cache
def tokens():
    """Return {name: {"light" or "dark": (lightness, chroma, hue in degrees, or None for the accent hue)}}."""
    found = TOKEN.findall(STYLE_SHEET.read_text(encoding="utf-8"))
    return {name: {"light": _read(light), "dark": _read(dark)} for name, light, dark in found}


def _read(value):
    lightness, chroma, hue = OKLCH.fullmatch(value).groups()
    return float(lightness), float(chroma), None if hue.startswith("var") else float(hue)


def _encoded(channel):
    return 12.92 * channel if channel <= 0.0031308 else 1.055 * channel ** (1 / 2.4) - 0.055


def _linear(channel):
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4
