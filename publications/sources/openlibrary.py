"""Books by ISBN, from Open Library's books API."""

from publications.references.reference import Reference
from publications.references.values.dates import date_of
from publications.references.values.names import parse_name
from publications.sources.client import SourceError

API = "https://openlibrary.org/api/books"


def fetch(isbn, client):
    """Return the Reference of the book with an ISBN; raise SourceError."""
    bare = isbn.replace("-", "").replace(" ", "")
    answer = client.get(API, params={"bibkeys": f"ISBN:{bare}", "format": "json", "jscmd": "data"}).json()
    book = answer.get(f"ISBN:{bare}")
    if not isinstance(book, dict):
        raise SourceError(f"Open Library has no book with the ISBN {isbn}. Try its DOI, or add it by hand.", 404)
    title, subtitle = str(book.get("title", "")), str(book.get("subtitle") or "")
    pages = book.get("number_of_pages")
    return Reference(
        type="book",
        title=f"{title}: {subtitle}" if subtitle else title,
        author=tuple(parse_name(name) for name in _names(book, "authors")),
        issued=_date(str(book.get("publish_date", ""))),
        publisher="; ".join(_names(book, "publishers")),
        publisher_place="; ".join(_names(book, "publish_places")),
        isbn=isbn,
        extra={"number-of-pages": str(pages)} if pages else {},
    )


def _names(book, field):
    return [str(one["name"]) for one in book.get(field, []) if isinstance(one, dict) and one.get("name")]


def _date(text):
    """Return the Date of "March 17, 2009", "17 March 2009", "2009-03-17" or "2009"."""
    words = text.replace(",", " ").split()
    year = next((word for word in words if len(word) == 4 and word.isdigit()), "")
    rest = " ".join(word for word in words if word != year)
    return date_of(year, rest, "") if year else date_of(text, "", "")
