"""The colours of the style sheet as sRGB, for the theme colour, pictures and tests. They are read from the sheet."""

import math
import re
from functools import cache

from django.conf import settings

STYLE_SHEET = settings.BASE_DIR / "config" / "static" / "css" / "site.css"
OKLCH = r"oklch\(([\d.]+) ([\d.]+) ([\d.]+|var\(--hue\))\)"
TOKEN = re.compile(rf"--([\w-]+):\s*light-dark\({OKLCH}, {OKLCH}\);")
HUE = re.compile(r"--hue:\s*([\d.]+);")
RULE = re.compile(r'^  :root(?:\[data-(?:theme|accent)="(\w+)"\])? \{(.*?)\}$', re.MULTILINE | re.DOTALL)


def colour(name, theme, accent, scheme):
    """Return the token ``--name`` as "#rrggbb" in a theme, with an accent colour, in a scheme ("light" or "dark").

    Raise KeyError for an unknown token.
    """
    found, hue = {}, None
    for choice in ("", theme, accent):  # a later rule overrides an earlier one
        tokens, hue_of_rule = rules_of_look().get(choice, ({}, None))
        found |= tokens
        hue = hue if hue_of_rule is None else hue_of_rule
    lightness, chroma, own_hue = found[name][scheme]
    return oklch_to_hex(float(lightness), float(chroma), hue if own_hue == "var(--hue)" else float(own_hue))


@cache
def rules_of_look():
    """Return {choice: (tokens, hue)} as in the style sheet, where the choice "" stands for all looks.

    The tokens are {name: {"light" or "dark": [lightness, chroma, hue]}}; the hue is None where a rule has none.
    """
    rules = {}
    for choice, body in RULE.findall(STYLE_SHEET.read_text(encoding="utf-8")):
        hue = HUE.search(body)
        tokens = {name: {"light": values[:3], "dark": values[3:]} for name, *values in TOKEN.findall(body)}
        rules[choice] = tokens, float(hue[1]) if hue else None
    return rules


def oklch_to_hex(lightness, chroma, hue):
    """Return a colour as "#rrggbb", by Björn Ottosson's definition of Oklab. Channels out of gamut are clipped."""
    a, b = chroma * math.cos(math.radians(hue)), chroma * math.sin(math.radians(hue))
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    linear = (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    )
    return "#" + bytes(round(255 * _encoded(min(1, max(0, channel)))) for channel in linear).hex()


def _encoded(channel):
    """Return a linear channel of sRGB, from 0 to 1, with the gamma correction of screens."""
    return 12.92 * channel if channel <= 0.0031308 else 1.055 * channel ** (1 / 2.4) - 0.055
