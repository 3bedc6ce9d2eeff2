"""Measures the site under load, compared with a bare WSGI application and with the smallest Django project.

``.venv/bin/python -m tests.benchmarks.load`` starts all of them under granian with two workers, on a record that it
generates, and requests the same pages from each in turn with wrk (A B A B), so that other load on the machine affects
all alike. Ratios are computed within a round; the table shows their median, minimum and maximum.

- cached: a page as visitors get it, compressed, compared with a bare response of the same size.
- 304: a conditional request, compared with a bare response without a body.
- uncached: the page cache is off (PAGE_CACHE_MB=0), fragments are cached; compared with the smallest Django project's
  page, neither compressed.
- after a change: one request after each change of the content, so that nothing is cached. The ratio is that of the
  CPU times.

CPU is the CPU time of all processes of the server (not of PostgreSQL), in milliseconds a request.
"""

import argparse
import re
import shutil
import subprocess
from contextlib import ExitStack
from dataclasses import dataclass, field
from statistics import median
from typing import NamedTuple

from tqdm import tqdm

from tests.benchmarks import stage
from tests.benchmarks.servers import AS_BROWSERS_DO, Server, granian
from tests.benchmarks.table import Ratios, number, print_origin, print_table

PAGES = ["home", "list", "tag", "detail", "search", "search, rare word"]
CHANGES = 30  # requests per figure
SERVERS = {  # name: (application, settings)
    "bare WSGI": ("tests.benchmarks.hello:application", {}),
    "smallest Django": ("tests.benchmarks.smallest:application", {}),
    "the site": ("config.wsgi:application", {}),
    "the site, page cache off": ("config.wsgi:application", {"PAGE_CACHE_MB": "0"}),
}


class Figures(NamedTuple):
    """The figures of a page in one round: requests a second (0 if not measured), milliseconds of CPU a request."""

    rate: float
    cpu: float


@dataclass
class Page:
    """A page of a server with its figures; ``is_known`` makes the requests conditional."""

    server: Server
    path: str
    headers: dict = field(default_factory=dict)
    is_known: bool = False

    def __post_init__(self):
        self.rounds = []

    def fetch(self):
        return self.server.fetch(self.path, self.headers)

    def load(self, connections, seconds):
        """Send as many requests as the server can answer."""
        for _ in range(8):
            response = self.fetch()  # until each worker has it
        headers = self.headers
        if self.is_known:
            headers = headers | {"If-None-Match": response.headers["ETag"]}
            self.server.fetch(self.path, headers, status=304)
        headers = [f"--header={name}: {value}" for name, value in headers.items()]
        command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout=30s", *headers]
        before = self.server.cpu()
        output = subprocess.run([*command, self.server.url(self.path)], capture_output=True, text=True, check=True)
        spent = self.server.cpu() - before
        done = int(re.search(r"(\d+) requests in", output.stdout)[1])
        if not done or "Non-2xx" in output.stdout:
            raise SystemExit(f"{self.server.name} does not withstand this load of {self.path}:\n{output.stdout}")
        rate = float(re.search(r"Requests/sec: +([\d.]+)", output.stdout)[1])
        self.rounds.append(Figures(rate, spent * 1_000 / done))

    def ask_after_changes(self):
        """Send a few requests, each after a change of the content."""
        from tests.benchmarks.record import save_something

        self.fetch()
        before = self.server.cpu()
        for _ in range(CHANGES):
            save_something()
            self.fetch()
        self.rounds.append(Figures(0, (self.server.cpu() - before) * 1_000 / CHANGES))


@dataclass
class Comparison:
    """A page of the site beside another server's, under a number of connections, or after changes where it is 0."""

    title: str
    ours: Page
    theirs: Page
    connections: int = 0
    goal: float | None = None

    def run(self, seconds, bar):
        for page in (self.ours, self.theirs):
            if self.connections:
                page.load(self.connections, seconds)
            else:
                page.ask_after_changes()
            bar.update()

    def row(self):
        both = (self.ours, self.theirs)
        ratios = [
            ours.rate / theirs.rate if self.connections else theirs.cpu / ours.cpu
            for ours, theirs in zip(*(page.rounds for page in both), strict=True)
        ]
        ratios = Ratios(ratios, at_least=self.goal)
        rates = [number(median(figures.rate for figures in page.rounds)) if self.connections else "" for page in both]
        times = [number(median(figures.cpu for figures in page.rounds)) for page in both]
        connections = str(self.connections or 1)
        return [self.title, connections, self.theirs.server.name, *rates, *times, str(ratios), ratios.goal]


def comparisons(addresses, servers, connections):
    """All Comparisons of pages, {what: address}, among running servers, in the order of SERVERS."""
    hello, smallest, site, uncached = servers
    for what, path in addresses.items():
        size = len(site.fetch(path, AS_BROWSERS_DO).body)
        for many in connections:
            page, bare = (Page(server, to, AS_BROWSERS_DO) for server, to in ((site, path), (hello, f"/{size}")))
            yield Comparison(f"{what}, cached ({size / 1_000:.1f} kB)", page, bare, many, goal=0.8)
            known, empty = Page(site, path, AS_BROWSERS_DO, is_known=True), Page(hello, "/0", AS_BROWSERS_DO)
            yield Comparison(f"{what}, 304", known, empty, many, goal=0.8)
        yield Comparison(f"{what}, uncached", Page(uncached, path), Page(smallest, path), connections[0], goal=1)
        yield Comparison(f"{what}, after a change", Page(site, path), Page(smallest, path))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=1_000, help="number of works (1000)")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--duration", type=int, default=4, help="seconds of each load (4)")
    parser.add_argument("--connections", default="8,64", help="concurrent connections, comma-separated (8,64)")
    parser.add_argument("--page", choices=PAGES, action="append", help="measure this page only; may be repeated")
    stage.add_arguments(parser)
    options = parser.parse_args()
    if not shutil.which("wrk"):
        raise SystemExit("wrk, which generates the load, is not installed. On Debian: apt-get install wrk")
    connections = [int(many) for many in options.connections.split(",")]

    with stage.folder_of(options) as folder, ExitStack() as running:
        environment = stage.prepare(folder, options.count, options.database_url)
        stage.set_up(environment)
        addresses = stage.addresses()
        addresses = {what: addresses[what] for what in options.page or PAGES}
        servers = [
            running.enter_context(granian(name, application, environment | settings))
            for name, (application, settings) in SERVERS.items()
        ]
        todo = list(comparisons(addresses, servers, connections))
        with tqdm(total=2 * len(todo) * options.rounds, unit=" loads", disable=None, leave=False) as bar:
            for _ in range(options.rounds):
                for comparison in todo:
                    comparison.run(options.duration, bar)
    head = ["page", "connections", "beside", "req/s", "its", "CPU ms", "its", "ratio", "goal"]
    print_table(head, [comparison.row() for comparison in todo])
    print_origin()


if __name__ == "__main__":
    main()
