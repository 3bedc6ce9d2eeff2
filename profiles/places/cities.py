"""The coordinates of cities, from a list that comes with the site: all cities of 10,000 inhabitants or more.

The list is made from GeoNames (geonames.org, CC BY 4.0) by ``python -m tests.cities``. The largest city comes first,
and each line has the words of all its names: "|zurich|zurigo|…|", "Zürich", "CH", latitude, longitude.
"""

import gzip
from collections import namedtuple
from decimal import Decimal
from functools import cache
from pathlib import Path

from profiles.places import countries
from profiles.search.words import words

FILE = Path(__file__).with_name("cities.tsv.gz")


class City(namedtuple("City", "name country latitude longitude")):
    @property
    def point(self):
        return self.latitude, self.longitude

    def __str__(self):
        return f"{self.name}, {self.country}"


def find(name, country=""):
    """Return the Cities with a name, the largest first; of the country only, if the list has a country of that name.

    >>> find("Zurich")[0]
    City(name='Zürich', country='Switzerland', latitude=Decimal('47.37'), longitude=Decimal('8.55'))
    """
    start, _, end = name.rpartition(",")
    if start and not country and countries.code_of(end):  # “Turin, Italy” in one field
        name, country = start, end
    return list(_search(f"|{key_of(name)}|", countries.code_of(country))) if key_of(name) else []


def suggest(start, limit=8):
    """Return the largest Cities with a name that starts with a text."""
    key = key_of(start)
    return [city for city, _ in zip(_search(f"|{key}"), range(limit), strict=False)] if len(key) > 1 else []


def key_of(name):
    """Return the form in which names are compared: "Saint-Étienne" and "St. Etienne" are one."""
    return " ".join("saint" if word == "st" else word for word in words(name))


def _search(text, code=""):
    """Yield the Cities whose line contains a text, of the country with that code."""
    lines, text = _lines(), text.encode()
    place = lines.find(text)
    while place >= 0:
        end = lines.index(b"\n", place)
        _, name, its_code, latitude, longitude = lines[place:end].decode().rsplit("|", 1)[1].split("\t")
        if code in ("", its_code):
            yield City(name, countries.name_of(its_code), Decimal(latitude), Decimal(longitude))
        place = lines.find(text, end)


@cache
def _lines():
    return gzip.decompress(FILE.read_bytes())
