import pytest

from config.pictures import tokens
from config.templatetags.site import colour

# What stands on what: text needs 4.5 to 1 by WCAG AA.
TEXT = [
    ("ink", "paper"),
    ("ink", "card"),
    ("ink", "accent-soft"),
    ("quiet", "paper"),
    ("quiet", "card"),
    ("quiet", "accent-soft"),
    ("accent", "paper"),
    ("accent", "card"),
    ("accent", "accent-soft"),
    ("paper", "accent"),
    ("warn", "warn-soft"),
]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), TEXT)
def test_text_can_be_read_whatever_hue_is_chosen(text, ground, scheme):
    contrasts = {
        hue: tokens.colour(text, hue, scheme).contrast(tokens.colour(ground, hue, scheme)) for hue in range(360)
    }

    assert {hue: contrast for hue, contrast in contrasts.items() if contrast < 4.5} == {}


def test_colours_are_what_browsers_make_of_them():
    red = tokens.Colour.from_oklch(0.6279553606, 0.2576833077, 29.2338803)

    assert red.hex == "#ff0000"
    assert red.contrast(tokens.Colour(1, 1, 1)) == pytest.approx(4.0, abs=0.01)
    assert tokens.Colour(0, 0, 0).contrast(tokens.Colour(1, 1, 1)) == pytest.approx(21)


def test_the_theme_colour_is_the_paper_of_each_scheme():
    assert colour("paper", 250, "light") == tokens.colour("paper", 250, "light").hex
    assert tokens.colour("paper", 250, "dark").luminance < 0.05
