import pytest

from config.pictures import tokens

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


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), TEXT)
def test_text_has_enough_contrast_in_every_hue(text, ground, scheme):
    contrasts = {
        hue: tokens.colour(text, hue, scheme).contrast(tokens.colour(ground, hue, scheme)) for hue in range(360)
    }

    assert {hue: contrast for hue, contrast in contrasts.items() if contrast < 4.5} == {}


def test_colours_are_converted_as_browsers_do():
    red = tokens.Colour.from_oklch(0.6279553606, 0.2576833077, 29.2338803)

    assert red.hex == "#ff0000"
    assert red.contrast(tokens.Colour(1, 1, 1)) == pytest.approx(4.0, abs=0.01)
    assert tokens.Colour(0, 0, 0).contrast(tokens.Colour(1, 1, 1)) == pytest.approx(21)


@pytest.mark.django_db
def test_the_theme_colour_of_a_page_is_its_background_in_each_scheme(client):
    page = client.get("/").content.decode()

    for scheme in ("light", "dark"):
        colour = tokens.colour("paper", 250, scheme).hex
        assert f'<meta name="theme-color" content="{colour}" media="(prefers-color-scheme: {scheme})">' in page
    assert tokens.colour("paper", 250, "dark").luminance < 0.05
