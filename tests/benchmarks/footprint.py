"""Measures the memory of a worker after many different pages, and the time from start to first page.

``.venv/bin/python -m tests.benchmarks.footprint`` requests 10,000 different pages from one worker and reports
its peak memory. Then it starts the site and the smallest Django project (see smallest.py) in turn, and measures the
time until the home page is answered.
"""

import argparse
import time
from itertools import islice, product
from statistics import median

from tqdm import tqdm

from tests.benchmarks import stage
from tests.benchmarks.servers import AS_BROWSERS_DO, granian
from tests.benchmarks.table import Ratios, number, print_origin, print_table

SITE, SMALLEST = "config.wsgi:application", "tests.benchmarks.smallest:application"
MOST_MB = 120
WORKS = 300
YEARS = range(1988, 2026)
TYPES = ["", "&type=article-journal", "&type=article"]


def addresses():
    """Yield different addresses: works, people, tags, pages of the list, then combinations of its filters."""
    from profiles.models import Person

    works, tags = stage.listed(), stage.most_used_tags().values_list("slug", flat=True)
    yield from ("/", "/projects/", "/people/", "/activities/", "/tags/", "/cv/")
    yield from (work.get_absolute_url() for work in works.only("slug")[:WORKS])
    yield from (person.get_absolute_url() for person in Person.objects.published())
    yield from (f"/tags/{slug}/" for slug in tags)
    yield from (f"/publications/?page={number}" for number in range(2, works.count() // 50 + 1))
    for slug, year, type_ in product(tags, YEARS, TYPES):
        yield f"/publications/?tag={slug}&year={year}{type_}"


def memory(application, environment, paths):
    """Return the peak memory of a worker in MB, after the first page and after all pages."""
    with granian(application, application, environment, workers=1) as server:
        server.fetch(paths[0], AS_BROWSERS_DO)
        first = server.memory()
        for path in tqdm(paths, unit=" pages", disable=None, leave=False):
            server.fetch(path, AS_BROWSERS_DO)
        return first, server.memory()


def seconds_to_start(application, environment):
    began = time.monotonic()
    with granian(application, application, environment) as server:
        server.fetch("/")
        return time.monotonic() - began


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=1_000, help="number of works (1000)")
    parser.add_argument("--pages", type=int, default=10_000, help="different pages to request (10000)")
    parser.add_argument("--rounds", type=int, default=7, help="starts of each (7)")
    stage.add_arguments(parser)
    options = parser.parse_args()

    with stage.folder_of(options) as folder:
        environment = stage.prepare(folder, options.count, options.database_url)
        stage.set_up(environment)
        paths = list(islice(addresses(), options.pages))
        first, last = memory(SITE, environment, paths)
        small, _ = memory(SMALLEST, environment, ["/"])
        starts = [
            [seconds_to_start(application, environment) for application in (SITE, SMALLEST)]
            for _ in tqdm(range(options.rounds), unit=" rounds", disable=None, leave=False)
        ]
    ours, theirs = (median(times) for times in zip(*starts, strict=True))
    ratios = Ratios([ours / theirs for ours, theirs in starts], at_most=3)
    goal = f"≤ {MOST_MB} MB: {'met' if last <= MOST_MB else 'missed'}"
    rows = [
        ["memory of a worker after its first page", f"{first:.0f} MB", f"{small:.0f} MB", f"{first / small:.2f}", ""],
        [f"after {len(paths):,} different pages", f"{last:.0f} MB", "", "", goal],
        ["from the start to the first page", f"{number(ours)} s", f"{number(theirs)} s", str(ratios), ratios.goal],
    ]
    print_table(["the server", "the site", "smallest Django", "ratio", "goal"], rows)
    print_origin()


if __name__ == "__main__":
    main()
