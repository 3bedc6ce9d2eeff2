import pytest

from config.pictures import tokens
from profiles.models import Look

# Pairs of text and background: WCAG AA requires a contrast of 4.5 to 1.
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


def luminance(colour):
    """WCAG's relative luminance of "#rrggbb"."""
    red, green, blue = (
        channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4
        for channel in (byte / 255 for byte in bytes.fromhex(colour[1:]))
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    """WCAG's contrast ratio, from 1 to 21."""
    dark, light = sorted([luminance(one), luminance(other)])
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("theme", Look.Theme.values)
@pytest.mark.parametrize(("text", "ground"), TEXT)
def test_text_has_enough_contrast_in_every_look(text, ground, theme, scheme):
    contrasts = {
        accent: contrast(tokens.colour(text, theme, accent, scheme), tokens.colour(ground, theme, accent, scheme))
        for accent in Look.Accent.values
    }

    assert {accent: ratio for accent, ratio in contrasts.items() if ratio < 4.5} == {}


def test_each_theme_and_accent_has_colours_that_differ():
    papers = {tokens.colour("paper", theme, "blue", "light") for theme in Look.Theme.values}
    accents = {tokens.colour("accent", "modern", accent, "light") for accent in Look.Accent.values}

    assert len(papers) == 3
    assert len(accents) == 8


def test_colours_are_converted_as_browsers_do():
    assert tokens.oklch_to_hex(0.6279553606, 0.2576833077, 29.2338803) == "#ff0000"


def test_contrast_is_as_wcag_defines_it():
    assert contrast("#ff0000", "#ffffff") == pytest.approx(4.0, abs=0.01)
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


@pytest.mark.django_db
def test_the_theme_colour_of_a_page_is_its_background_in_each_scheme(client):
    page = client.get("/").content.decode()

    for scheme in ("light", "dark"):
        colour = tokens.colour("paper", "classic", "blue", scheme)
        assert f'<meta name="theme-color" content="{colour}" media="(prefers-color-scheme: {scheme})">' in page
    assert luminance(tokens.colour("paper", "classic", "blue", "dark")) < 0.05
