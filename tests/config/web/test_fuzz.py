"""Random requests, with any address, query, header, method and body, cause no server error and little work.

FUZZ_REQUESTS=30000 sends that many; FUZZ_SEED=7 sends others. A failure lists the requests, which ``tests.wsgi.ask``
can repeat.
"""

import logging
import os
import random
import re
from urllib.parse import quote

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.urls import URLResolver, get_resolver

from profiles.search import indexing
from tests import make
from tests.work import counted_calls
from tests.wsgi import ask

pytestmark = pytest.mark.django_db(transaction=True)

REQUESTS = int(os.environ.get("FUZZ_REQUESTS", "300"))
SEED = int(os.environ.get("FUZZ_SEED", "1"))
MOST_CALLS = 3_000_000  # of functions, for one response; about a second

SLUGS = ["on-engines", "ada-lovelace", "analytical-engine", "engines", "paper.pdf", "bib", "ris", "json", "home", "48"]
NUMBERS = [
    "0",
    "1",
    "-1",
    "2",
    "00",
    "1e9",
    "9" * 20,
    "9" * 5000,
    "²".encode().decode("latin-1"),
    "%D9%A3",
    "1.5",
    "NaN",
    "0x10",
    "+1",
    "1,2",
    "2025",
]
TEXTS = [
    "", " ", "\0", "a\0b", "\r\nX: y", "../../etc/passwd", "..%2f..%2f", "%", "%zz", "%00", "%c0%af",
    "\xff\xfe", "\x80",
    "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xe2\x80\xae", "<script>", "'\"--;", "{{7*7}}", "%s%n%x", "$(id)", "a" * 300,
    "a" * 8000, "%f0%9f%92%a9" * 500, "\U0001f4a9".encode().decode("latin-1"), "*", "**", "\\", "/" * 50,
    "?" * 50, "#", ";",
]  # fmt: skip
SEARCHES = [
    '"', '""', '"a', "*", "a*", "-a", "NEAR(a b)", "a OR", "OR " * 10_000, "a AND " * 60, "(" * 60, ")" * 60,
    "^a", "a:b",
    "title:x", "rowid:1", "author:", 'author:"', "year:2020-", "year:9999-0000", "year:2020-2030", "tag:", "type:",
    'tag:"engines"', "type:thesis", "author:ada", "a" * 199, "a " * 99, "é" * 90, "{a b}:c", "' OR 1=1", "a+b",
    " ".join(f"author:a{n}" for n in range(15)), "\u4e2d\u6587" * 40, "\ufdfa" * 60, "\u0301" * 90,
]  # fmt: skip
DATES = ["Thu, 01 Jan 1970 00:00:00 GMT", "Wed, 31 Dec 9999 23:59:59 GMT", "Fri, 31 Feb 2025 25:61:61 GMT", "0", "x"]
HEADERS = {
    "Accept": ["", "*/*", "text/html", "application/json;q=2", "text/*;q=x", "a/b," * 2000, "/", ";;;,,,", "x" * 9000,
               "application/x-bibtex", "application/vnd.citationstyles.csl+json;q=0.9,text/html;q=NaN", "*/*;q=-1"],
    "Accept-Language": ["de", "*", "xx-" * 500, "en;q=1e309", "\xff"],
    "Accept-Encoding": ["br", "gzip;q=0", "zstd", "identity;q=0, *;q=0", "gzip;q=nan", "*;q=inf", "," * 5000,
    "br;q=,", "\xff"],
    "If-None-Match": ["*", '"x"', "W/", '"' * 5000, 'W/"a", "b', ",", "\xff"],
    "If-Modified-Since": DATES,
    "If-Unmodified-Since": DATES,
    "If-Match": ["*", '"x"'],
    "Range": ["bytes=0-", "bytes=-1", "bytes=5-1", "bytes=" + "0-1," * 3000, f"bytes={'9' * 400}-", "bytes=-0",
    "lines=1-2"],
    "If-Range": ['"x"', *DATES],
    "Cookie": ["sessionid=x", "sessionid=" + "a" * 9000, "messages=x", 'messages="[[\\"__json"',
    "csrftoken=\xff", "=;" * 3000,
               "a=\"\\", "\xff\xfe=1", "sessionid=\0", "csrftoken=" + "t" * 32],
    "Host": ["", "evil.test", "testserver:99999", "[::1", "a" * 300, "testserver@evil.test", "testserver/x",
    "\xff", "testserver\t",
             "TESTSERVER", "testserver.", "testserver:80"],
    "X-Forwarded-Host": ["evil.test"],
    "X-Forwarded-For": ["1.2.3.4", "::1, 999.1.1.1", "\xff" * 5000],
    "X-Forwarded-Proto": ["https", "x"],
    "Content-Type": ["application/json", "multipart/form-data", "multipart/form-data; boundary=" + "b" * 300,
    "text/plain; charset=x",
                     "application/x-www-form-urlencoded; charset=utf-7", "multipart/form-data; boundary=b",
               "\xff", "multipart/form-data; boundary=\xff"],
    "Content-Length": ["-1", "NaN", "1e3", "9" * 30, "", "5"],
    "Authorization": ["Basic x", "Bearer " + "a" * 5000],
    "Referer": ["https://evil.test/", "\xff"],
    "Origin": ["null", "https://evil.test", "\xff"],
    "X-CSRFToken": ["t" * 32, "\xff", "t" * 5000],
    "Expect": ["100-continue"], "Upgrade": ["websocket"], "Transfer-Encoding": ["chunked"], "TE": ["trailers"],
    "X-HTTP-Method-Override": ["DELETE"], "X-Requested-With": ["XMLHttpRequest"], "User-Agent": ["", "\xff",
    "() { :;};"],
}  # fmt: skip
METHODS = (
    ["GET"] * 12
    + ["HEAD"] * 3
    + ["POST"] * 3
    + ["PUT", "DELETE", "OPTIONS", "TRACE", "PATCH", "PROPFIND", "get", "", "G" * 99]
)
BODIES = [
    b"", b"a=b", b"username=editor&password=x&csrfmiddlewaretoken=" + b"t" * 32, b"text=" + b"$x$ " * 900, b"%",
    b"\0" * 100,
    b"\xff\xfe" * 100, b"a&" * 900, b"a=" + b"b" * 100_000, b"{" * 5000, b"[" * 100_000, b"--b\r\n", b"--b--",
    b"--b\r\nX" * 50,
    b'--b\r\nContent-Disposition: form-data; name="file"; filename="../\xff.pdf"\r\n\r\nx\r\n--b--\r\n',
    b'--b\r\nContent-Disposition: form-data; name="a"\r\nContent-Transfer-Encoding: base64\r\n\r\n!!\r\n--b--\r\n',
]  # fmt: skip
POSTS = ["/admin/login/", "/admin/markdown/", "/admin/look/", "/admin/publications/publication/authors/"]
PARAMETERS = ["q", "page", "year", "type", "tag", "author", "id", "format", "v", "from", "to", "check", "o",
    "p", "all", "e",
              "_popup", "_to_field", "state__exact", "next", "app_label", "model_name", "field_name", "term",
               "_changelist_filters"]  # fmt: skip


REGULAR = re.compile(r"\(\?P<(\w+)>[^)]*\)|^\^|\\Z|\$$")


def routes(resolver=None, base=""):
    """Yield all routes of the site, with <str:name> for their parameters."""
    for pattern in (resolver or get_resolver()).url_patterns:
        route = base + REGULAR.sub(lambda found: f"<str:{found[1]}>" if found[1] else "", str(pattern.pattern))
        if isinstance(pattern, URLResolver):
            yield from routes(pattern, route)
        else:
            yield "/" + route


@pytest.fixture
def content(tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 2**20
    ada = make.owner(tags=["engines"])
    paper = make.publication(authors=[ada], tags=["engines", "looms"], abstract="Of engines.", type="software")
    paper.resources.create(kind="pdf", file=ContentFile(b"%PDF-1.7 " + bytes(range(256)) * 8, "paper.pdf"))
    for number in range(60):
        make.publication(f"Paper {number}", authors=[ada], tags=[f"tag {number}"], issued=str(1950 + number))
    make.project("Analytical Engine", tags=["engines"])
    make.activity(start="2025-03-01")
    make.section()
    indexing.refresh()


@pytest.fixture
def silence():
    logging.disable()
    yield
    logging.disable(logging.NOTSET)


class Fuzzer:
    """Generates requests; most are nearly valid, because those reach the most code."""

    def __init__(self, seed, session):
        self.random, self.session = random.Random(seed), session
        everything = sorted(set(routes()))
        self.pages = [route for route in everything if not route.startswith("/admin/")]
        self.admin = [route for route in everything if route.startswith("/admin/") and "logout" not in route]

    def word(self):
        words = self.random.choice([SLUGS, SLUGS, NUMBERS, TEXTS])
        word = self.random.choice(words)
        return word if self.random.random() < 0.5 else quote(word.encode(errors="surrogatepass"), safe="")

    def path(self, route):
        route = re.sub(r"<[^>]*>", lambda _: self.word(), route)
        if self.random.random() < 0.1:
            place = self.random.randrange(len(route) + 1)
            route = route[:place] + self.random.choice(TEXTS) + route[place:]
        return "/" + route.lstrip("/") if self.random.random() < 0.98 else route

    def query(self):
        pairs = []
        for _ in range(self.random.choice([0, 1, 1, 2, 3, 40])):
            name = self.random.choice(PARAMETERS)
            values = self.random.choice([SLUGS, NUMBERS, TEXTS, ["article", "software"]])
            values = SEARCHES if name in ("q", "term") else values
            value = self.random.choice(values)
            whole = self.random.random() < 0.8
            pairs.append(f"{name}={quote(value, safe='') if whole else value.encode().decode('latin-1')}")
        if self.random.random() < 0.01:
            pairs += [f"tag=tag-{number}" for number in range(2000)]
        return "?" + "&".join(pairs) if pairs else ""

    def request(self):
        """(target, method, body, headers)."""
        is_editor = self.random.random() < 0.3
        route = self.random.choice(self.admin if is_editor else self.pages)
        target = self.path(route) + self.query()
        method = "GET" if is_editor else self.random.choice(METHODS)
        names = self.random.sample(sorted(HEADERS), self.random.choice([0, 0, 1, 2, 5]))
        headers = [(name, self.random.choice(HEADERS[name])) for name in names]
        if is_editor:
            headers = [pair for pair in headers if pair[0] != "Cookie"]
            headers.append(("Cookie", f"{settings.SESSION_COOKIE_NAME}={self.session}"))
        if method == "POST" and self.random.random() < 0.5:
            target = self.random.choice(POSTS) + self.query()
            session = f"{settings.SESSION_COOKIE_NAME}={self.session}; " if self.random.random() < 0.7 else ""
            headers += [("Cookie", f"{session}csrftoken={'t' * 32}"), ("X-CSRFToken", "t" * 32)]
        body = self.random.choice(BODIES) if method not in ("GET", "HEAD") else b""
        return target, method, body, headers


@pytest.mark.usefixtures("content")
def test_random_requests_cause_no_error_and_little_work(editor_client, silence):
    fuzzer = Fuzzer(SEED, editor_client.cookies[settings.SESSION_COOKIE_NAME].value)
    wrong, most, statuses = [], (0, None), {}

    for _ in range(REQUESTS):
        request = fuzzer.request()
        with counted_calls() as calls:
            try:
                status = ask(*request).status
            except Exception as error:  # noqa: BLE001 (a server would answer 500)
                status = repr(error)
        most = max(most, (calls[0], request), key=lambda pair: pair[0])
        statuses[status] = statuses.get(status, 0) + 1
        if not isinstance(status, int) or not 200 <= status < 500 or calls[0] > MOST_CALLS:
            wrong.append((status, calls[0], request))

    print(f"{REQUESTS} requests, at most {most[0]:,} calls, by status {statuses}")
    assert wrong == []
