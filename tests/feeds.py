"""Reads feeds as feed readers do."""

from xml.etree import ElementTree as ET

import feedparser

ATOM = "{http://www.w3.org/2005/Atom}"


def read(client, path):
    """Return the feed at a path, parsed by feedparser and checked against RFC 4287, section 4.1."""
    answer = client.get(path)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/atom+xml; charset=utf-8"
    check_grammar(ET.fromstring(answer.content))
    feed = feedparser.parse(answer.content)
    assert not feed.bozo
    return feed


def check_grammar(feed):
    assert feed.tag == f"{ATOM}feed"
    assert feed.get("{http://www.w3.org/XML/1998/namespace}lang")
    entries = feed.findall(f"{ATOM}entry")
    for element in (feed, *entries):
        for name in ("id", "title", "updated"):
            assert len(element.findall(f"{ATOM}{name}")) == 1, name
        assert element.find(f"{ATOM}id").text.startswith("tag:")
        assert all(author.find(f"{ATOM}name").text for author in element.findall(f"{ATOM}author"))
        assert all(link.get("href").startswith("http") for link in element.findall(f"{ATOM}link"))
        assert [link.get("rel") for link in element.findall(f"{ATOM}link")].count("alternate") == 1
    assert feed.findall(f"{ATOM}author")  # for entries without an author
    assert len({entry.find(f"{ATOM}id").text for entry in entries}) == len(entries)
    # All moments are in UTC, so they compare as text.
    updated = [entry.find(f"{ATOM}updated").text for entry in entries]
    assert all(moment.endswith("+00:00") for moment in updated)
    assert not entries or feed.find(f"{ATOM}updated").text == max(updated)
    assert all(entry.find(f"{ATOM}published").text <= entry.find(f"{ATOM}updated").text for entry in entries)


def titles(feed):
    return [entry.title for entry in feed.entries]


def names(entry):
    return [author.get("name") for author in entry.authors]


def terms(entry):
    return sorted(tag.term for tag in entry.get("tags", []))
