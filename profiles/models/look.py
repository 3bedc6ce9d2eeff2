"""The look of the site: colour, typefaces, spacing and the blocks of the home page."""

from django.core.exceptions import ValidationError
from django.db import models
from django.urls import reverse

from profiles.history import revisions
from profiles.models.activity import Activity
from profiles.models.person import Person

HUES = range(0, 360, 10)
MAX_OF_A_KIND = 99


class Block(models.TextChoices):
    """The blocks of the home page below the name, in their default order."""

    BIOGRAPHY = "biography", "Biography and research interests"
    NEWEST = "newest", "Newest publication (the newest five while none are selected)"
    PUBLICATIONS = "publications", "Selected publications"
    PROJECTS = "projects", "Projects"
    TIMELINE = "timeline", "Timeline"
    PLACES = "places", "Places and map"
    SECTIONS = "sections", "Your own sections"


def all_blocks():
    return list(Block.values)


def validate_blocks(blocks):
    """Raise ValidationError unless the value is a list of names of blocks without duplicates."""
    if not isinstance(blocks, list) or any(block not in Block.values for block in blocks):
        raise ValidationError(f"Choose from {', '.join(Block.values)}.", code="unknown")
    if len(set(blocks)) < len(blocks):
        raise ValidationError("Each block can be shown only once. Remove the second one.", code="twice")


def default_timeline():
    """Return how many activities of each kind the timeline shows. Trips are in the block of places, students above."""
    numbers = dict.fromkeys(Activity.Kind.values, 2)
    numbers |= dict.fromkeys(["education", "position"], 4) | dict.fromkeys(["award", "grant", "talk", "news"], 3)
    return numbers | {"supervision": 0, "travel": 0}


def validate_timeline(numbers):
    """Raise ValidationError unless the value maps kinds of activity to numbers."""
    if not isinstance(numbers, dict) or any(kind not in Activity.Kind.values for kind in numbers):
        raise ValidationError(f"Choose from {', '.join(Activity.Kind.values)}.", code="unknown")
    if any(number not in range(MAX_OF_A_KIND + 1) for number in numbers.values()):
        raise ValidationError(f"Enter a number from 0 to {MAX_OF_A_KIND} for each kind.", code="number")


@revisions.register()
class Look(models.Model):
    """What the owner can choose about the look of all public pages.

    The style sheet has a rule for each choice. Lightness and contrast are the same for every hue.
    """

    class Typefaces(models.TextChoices):
        SOURCE_SERIF = "source-serif", "Source Serif for headings, a plain sans-serif for text"
        INTER = "inter", "Inter for everything"
        SANS = "sans", "The reader's own sans-serif for everything"
        SERIF = "serif", "The reader's own serif for everything"

    class Density(models.TextChoices):
        COMPACT = "compact", "Compact"
        REGULAR = "regular", "Regular"
        AIRY = "airy", "Airy"

    person = models.OneToOneField(Person, models.CASCADE, related_name="look", editable=False)
    hue = models.PositiveSmallIntegerField(
        "accent hue",
        choices=[(hue, f"{hue}°") for hue in HUES],
        default=250,
        help_text="The colour of links and figures: 0 pink, 50 orange, 100 olive, 150 green, 200 teal, 250 blue, "
        "300 violet.",
    )
    typefaces = models.CharField(max_length=20, choices=Typefaces, default=Typefaces.SOURCE_SERIF)
    density = models.CharField(max_length=10, choices=Density, default=Density.REGULAR)
    blocks = models.JSONField(
        "home page",
        default=all_blocks,
        blank=True,
        validators=[validate_blocks],
        help_text="Tick the blocks to show, and number them in the order that you want.",
    )
    timeline = models.JSONField(
        default=default_timeline,
        blank=True,
        validators=[validate_timeline],
        help_text="How many entries of each kind the timeline shows, the newest first. 0 leaves a kind out.",
    )

    class Meta:
        verbose_name = "look of the site"
        verbose_name_plural = "look of the site"

    def __str__(self):
        return "Look of the site"

    def get_absolute_url(self):
        return reverse("home")
