"""What pages cost as the record grows, each as processor time of one request to the WSGI application.

``.venv/bin/python -m tests.benchmarks.growth`` measures records of 1,000, 10,000 and 100,000 works in turn, each in a
process of its own, several rounds; the ratio is that of the largest to the smallest within a round. The page cache is
off. *Parts kept*: cards and counts that pages have in common are kept, as between two changes of the content. *After a
change*: nothing is. On PostgreSQL it is the time by the clock, since its own processes do the work there.
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

# Times the time, of the page and all that are called by its name and more; of a search, wherever it is.
GOALS = {"list": 1.3, "tag": 1.3, "detail": 1.3, "admin's list": 1.3, "search": 3, "admin's list, searched": 3}
STATES = ("parts kept", "after a change")


def measure(times):
    """{page: {state: milliseconds}}, medians, of the site in this process."""
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
        milliseconds(what, moved=True)  # from now on templates are parsed, and parts are there
        found[what] = {
            state: median(milliseconds(what, moved=moved) for _ in range(times))
            for state, moved in zip(STATES, (False, True), strict=True)
        }
    return found


def ask(application, address, cookie):
    """Have a page made, as a server does."""
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
    """The cookie of the editor whom quickstart made, signed in."""
    from django.conf import settings
    from django.contrib.auth import get_user_model
    from django.test import Client

    client = Client()
    client.force_login(get_user_model().objects.get(username="editor"))
    return f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"


def rows(rounds, state):
    """Of each page the times at each count, and the ratio. ``rounds`` has {count: what was measured} of each round."""
    counts = list(rounds[0])
    for what in rounds[0][counts[0]]:
        times = {count: [found[count][what][state] for found in rounds] for count in counts}
        pairs = zip(times[counts[-1]], times[counts[0]], strict=True)
        goal = GOALS.get(what, GOALS.get(what.partition(",")[0]))
        ratios = Ratios([most / least for most, least in pairs], at_most=goal)
        yield [what, *(number(median(times[count])) for count in counts), str(ratios), ratios.goal]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--counts", default="1000,10000,100000", help="works, parted by commas (1000,10000,100000)")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--times", type=int, default=7, help="requests that each figure is the median of (7)")
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
