"""Places: a city and a country, with coordinates for the map."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from profiles.places import cities


class LocatedQuerySet(models.QuerySet):
    def located(self):
        """Filter rows with a point on the map."""
        return self.filter(latitude__isnull=False)


class Located(models.Model):
    city = models.CharField(max_length=100, blank=True)
    country = models.CharField(max_length=100, blank=True)
    latitude = models.DecimalField(
        max_digits=7,
        decimal_places=5,
        null=True,
        blank=True,
        validators=[MinValueValidator(-90), MaxValueValidator(90)],
        help_text="In degrees, north positive, such as 45.07. With a longitude, it appears on the map.",
    )
    longitude = models.DecimalField(
        max_digits=8,
        decimal_places=5,
        null=True,
        blank=True,
        validators=[MinValueValidator(-180), MaxValueValidator(180)],
        help_text="In degrees, east positive, such as 7.69.",
    )

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(latitude__isnull=True, longitude__isnull=True)
                | Q(
                    latitude__isnull=False,
                    longitude__isnull=False,
                    latitude__range=(-90, 90),
                    longitude__range=(-180, 180),
                ),
                name="%(app_label)s_%(class)s_point_on_earth",
                violation_error_message="Enter both a latitude (−90 to 90) and a longitude (−180 to 180), or neither.",
            ),
        ]

    @property
    def place(self):
        return ", ".join(filter(None, dict.fromkeys((self.city, self.country))))  # "Singapore" once

    @property
    def point(self):
        """The coordinates, or None if they are unknown."""
        return None if self.latitude is None else (self.latitude, self.longitude)

    def locate(self):
        """Set the coordinates to those of the city. Return the Cities of that name, the one that was taken first."""
        found = cities.find(self.city, self.country)
        self.latitude, self.longitude = found[0].point if found else (None, None)
        return found
