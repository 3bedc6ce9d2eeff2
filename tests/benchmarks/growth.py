"""Measures what pages cost as the record grows: the CPU time of one request to the WSGI application.

``.venv/bin/python -m tests.benchmarks.growth`` measures records of 1,000, 10,000 and 100,000 works in turn, each in a
separate process, in several rounds; the ratio is that of the largest to the smallest within a round. The page cache
is off. *Fragments cached*: as between two changes of the content. *After a change*: nothing is cached. On PostgreSQL
it is wall-clock time, since PostgreSQL's processes do part of the work.
"""

import argparse
import json
import os
import time
from statistics import median
from wsgiref.util import setup_testing_defaults

from tqdm import tqdm

from tests.benchmarks import stage
from tests.benchmarks.table import Ratios, number, print_origin, print_table

# The largest ratio, at 10,000 works to 1,000 and at 100,000 to 1,000; only for pages that grow.
GOALS = {10: 1.5, 100: 5}
GROWING = {"list", "tag", "detail", "search", "admin's list"}
STATES = ("fragments cached", "after a change")


def measure(times):
    """Return {page: {state: milliseconds}}, medians, of the site in this process."""
    from django.db import connection
    from django.urls import reverse

    from config.wsgi import application
    from tests.benchmarks.record import save_something

    clock = time.process_time if connection.vendor == "sqlite" else time.perf_counter
    cookie = editor_cookie()
    change_list = reverse("admin:publications_publication_changelist")
    addresses = stage.addresses() | {
        "admin's list": change_list,
        "admin's list, searched": f"{change_list}?q={stage.COMMON_WORD}",
        "admin's list, filtered": f"{change_list}?state=published",
    }

    def milliseconds(what, *, moved):
        if moved:
            save_something()
        began = clock()
        ask(application, addresses[what], cookie if what.startswith("admin") else "")
        return (clock() - began) * 1_000

    found = {}
    for what in addresses:
        milliseconds(what, moved=True)  # parses the templates and fills the caches
        found[what] = {
            state: median(milliseconds(what, moved=moved) for _ in range(times))
            for state, moved in zip(STATES, (False, True), strict=True)
        }
    return found


def ask(application, address, cookie):
    """Request a page as a server does."""
    path, _, query = address.partition("?")
    environ = {"PATH_INFO": path, "QUERY_STRING": query, "HTTP_COOKIE": cookie}
    setup_testing_defaults(environ)
    status = []
    response = application(environ, lambda line, headers, exc_info=None: status.append(line))
    for _ in response:
        pass
    getattr(response, "close", bool)()
    if status != ["200 OK"]:
        raise SystemExit(f"The site answers {address} with {status[0]}.")


def editor_cookie():
    """Return the session cookie of the editor that quickstart has created."""
    from django.conf import settings
    from django.contrib.auth import get_user_model
    from django.test import Client

    client = Client()
    client.force_login(get_user_model().objects.get(username="editor"))
    return f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"


def rows(rounds, state):
    """Yield the times of each page at each count, and their ratio; ``rounds`` has {count: figures} of each round."""
    counts = list(rounds[0])
    for what in rounds[0][counts[0]]:
        times = {count: [found[count][what][state] for found in rounds] for count in counts}
        pairs = zip(times[counts[-1]], times[counts[0]], strict=True)
        goal = GOALS.get(counts[-1] // counts[0]) if what.partition(",")[0] in GROWING else None
        ratios = Ratios([most / least for most, least in pairs], at_most=goal)
        yield [what, *(number(median(times[count])) for count in counts), str(ratios), ratios.goal]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--counts", default="1000,10000,100000", help="works, comma-separated (1000,10000,100000)")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--times", type=int, default=7, help="requests per figure, which is their median (7)")
    parser.add_argument("--measure", action="store_true", help=argparse.SUPPRESS)
    stage.add_arguments(parser)
    options = parser.parse_args()
    if options.measure:
        stage.set_up(os.environ)
        print(json.dumps(measure(options.times)))
        return
    counts = sorted(int(count) for count in options.counts.split(","))

    with stage.folder_of(options) as folder:
        environments = {
            count: stage.prepare(folder, count, options.database_url) | {"PAGE_CACHE_MB": "0"} for count in counts
        }
        rounds = []
        with tqdm(total=len(counts) * options.rounds, unit=" runs", disable=None, leave=False) as bar:
            for _ in range(options.rounds):
                rounds.append({})
                for count, environment in environments.items():
                    figures = stage.run(__spec__.name, "--measure", f"--times={options.times}", environment=environment)
                    rounds[-1][count] = json.loads(figures)
                    bar.update()
    for state in STATES:
        head = [f"{state}, ms", *(f"{count:,} works" for count in counts), "ratio", "goal"]
        print_table(head, list(rows(rounds, state)))
    print_origin()


if __name__ == "__main__":
    main()
