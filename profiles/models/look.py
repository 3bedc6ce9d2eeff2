"""The look of the site: theme, accent colour, spacing and the blocks of the home page."""

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.urls import reverse

from profiles.history import revisions
from profiles.models.activity import Activity
from profiles.models.person import Person

MAX_OF_A_KIND = 99


class Block(models.TextChoices):
    """The blocks of the home page below the name, in their default order."""

    BIOGRAPHY = "biography", "Biography and research interests"
    NEWS = "news", "News"
    NEWEST = "newest", "Newest publication (the newest five while none are selected)"
    PEOPLE = "people", "People of the group"
    PUBLICATIONS = "publications", "Selected publications"
    PROJECTS = "projects", "Projects"
    GRANTS = "grants", "Grants"
    TALKS = "talks", "Talks: the next one, and the newest"
    TEACHING = "teaching", "Teaching"
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
    """Return how many activities of each kind the timeline shows. Trips are in the block of places."""
    numbers = dict.fromkeys(Activity.Kind.values, 2)
    numbers |= dict.fromkeys(["education", "position"], 4) | {"award": 3}
    return numbers | {"travel": 0}


def validate_timeline(numbers):
    """Raise ValidationError unless the value maps kinds of activity to numbers."""
    if not isinstance(numbers, dict) or any(kind not in Activity.Kind.values for kind in numbers):
        raise ValidationError(f"Choose from {', '.join(Activity.Kind.values)}.", code="unknown")
    if any(number not in range(MAX_OF_A_KIND + 1) for number in numbers.values()):
        raise ValidationError(f"Enter a number from 0 to {MAX_OF_A_KIND} for each kind.", code="number")


@revisions.register()
class Look(models.Model):
    """What the owner can choose about the look of all public pages.

    The style sheet has a rule for each choice. Contrast is the same for every accent colour.
    """

    class Theme(models.TextChoices):
        CLASSIC = "classic", "Classic: a serif typeface, warm paper and fine lines, like a well-set book"
        MODERN = "modern", "Modern: a sans-serif typeface, bold headings and soft cards"
        TECHNICAL = "technical", "Technical: a dense grid with monospaced labels, dates and figures"

    class Accent(models.TextChoices):
        CRIMSON = "crimson", "Crimson"
        AMBER = "amber", "Amber"
        OLIVE = "olive", "Olive"
        GREEN = "green", "Green"
        TEAL = "teal", "Teal"
        BLUE = "blue", "Blue"
        VIOLET = "violet", "Violet"
        GRAPHITE = "graphite", "Graphite"

    class Density(models.TextChoices):
        COMPACT = "compact", "Compact"
        REGULAR = "regular", "Regular"
        AIRY = "airy", "Airy"

    person = models.OneToOneField(Person, models.CASCADE, related_name="look", editable=False)
    theme = models.CharField(max_length=20, choices=Theme, default=Theme.CLASSIC)
    accent = models.CharField(
        "accent colour",
        max_length=20,
        choices=Accent,
        default=Accent.BLUE,
        help_text="The colour of links and figures: darker on a light page, lighter on a dark one.",
    )
    density = models.CharField(max_length=10, choices=Density, default=Density.REGULAR)
    blocks = models.JSONField(
        "home page",
        default=all_blocks,
        blank=True,
        validators=[validate_blocks],
        help_text="Tick the blocks to show, and put them in order with the arrows. "
        "A block without content is not shown.",
    )
    news = models.PositiveSmallIntegerField(
        "posts shown",
        default=5,
        validators=[MinValueValidator(1), MaxValueValidator(MAX_OF_A_KIND)],
        help_text="How many posts the home page shows: pinned ones first, then the newest.",
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
