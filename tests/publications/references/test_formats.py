import io
import json
import tracemalloc

import pytest

from publications.models import Publication
from publications.references import Reference, csl, reading
from publications.references.formats import detect, loads, read

BIB = "@book{a, title={Größe}}"


@pytest.mark.parametrize(
    ("data", "warned"),
    [
        (BIB.encode(), False),
        (b"\xef\xbb\xbf" + BIB.encode(), False),
        (BIB.encode("utf-16"), False),
        (BIB.encode("latin-1"), True),
        (b"% Encoding: ISO8859_1\n" + BIB.encode("latin-1"), False),
        (BIB.replace(", ", ",\r\n").encode(), False),
    ],
)
def test_a_file_is_read_in_any_encoding(data, warned):
    loaded = loads(data)

    assert loaded.references == [Reference(type="book", citation_key="a", title="Größe")]
    assert bool(loaded.problems) is warned
    assert not loaded.lost


MANY = {
    "bib": "".join(
        [
            "% @book{no, title={No}}\n@string{press = {The Press}}\n\ntext between\n",
            *(f"@inproceedings{{p{n}, title={{Größe}}, publisher=press,\n crossref={{c{n % 3}}}}}\n" for n in range(9)),
            "@in-book{h, title={A {B} @c{d}\n and @e}, url={x\n}}\n@comment{ @book{x, title={X}}}\n",
            "@book{p1, title={Twice}}\n@book{broken, title={Unclosed, year=1843\n@book(q, title={Q})\n",
            *(f"@proceedings{{c{n}, title={{Conference {n}}}, year={{200{n}}}, crossref={{all}}}}\n" for n in range(3)),
            "@xdata{all, editor={Lovelace, Ada}}\n@book{last, title={Cut off",
        ]
    ),
    "ris": "stray\n" + "".join(
        f"TY  - BOOK\nTI  - Größe\nAB  - One\n\n  TY  - no\nTY - no\n{'ER  - ' if n % 4 else ''}\n" for n in range(9)
    ),
    "json": json.dumps(
        [{"id": f"k{n}", "type": "book", "title": f'Gr\\öße {{"{n}"}}', "volume": n} for n in range(9)], indent=1
    ) + '\n{"id": "b" "type": "book"},\n123 null "text" {"items": [{"id": "x"}, {"id": "y"}]} {"id": "z", "title": "cu',
}  # fmt: skip


@pytest.mark.parametrize("size", [1, 2, 3, 5, 17, 100])
@pytest.mark.parametrize("ending", MANY)
def test_a_file_is_read_the_same_with_any_block_size(monkeypatch, ending, size):
    whole = loads(MANY[ending], ending)
    monkeypatch.setattr(reading, "BLOCK", size)

    assert loads(MANY[ending], ending) == whole
    assert len(whole.references) > 8
    assert whole.problems


@pytest.mark.slow
def test_a_long_file_is_read_in_little_memory():
    entry = "@article{{k{}, title={{On Engines}}, abstract={{" + "An engine. " * 100 + "}}}}\n"
    file = io.BytesIO("".join(map(entry.format, range(10_000))).encode())
    tracemalloc.start()

    count = sum(len(part.references) for part in read(file, "bib"))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert (count, peak < 8_000_000 < file.tell()) == (10_000, True)


@pytest.mark.parametrize(
    ("text", "ending"),
    [
        (BIB, "bib"), ("% comment\n\n" + BIB, "bib"), ("TY  - BOOK\nER  - ", "ris"), ('[{"id": 1}]', "json"),
        ('{"id": 1}', "json"), ("10.1000/x", None), ("", None), ("ada@example.org", None),
    ],
)  # fmt: skip
def test_the_format_of_a_text_is_seen(text, ending):
    assert detect(text) == ending


def test_a_text_in_no_known_format_is_reported():
    loaded = loads("On Engines, by Ada")

    assert [problem.text for problem in loaded.lost] == ["On Engines, by Ada"]


def test_bytes_that_are_invalid_in_every_encoding_are_read():
    assert loads(b"\xff\x81\x8d" + BIB.encode()).references


def test_items_wrapped_by_crossref_or_zotero_are_found():
    item = {"type": "journal-article", "title": ["A"], "issued": {"date-parts": [[2020, None]]}}

    for wrapped in (item, [item], {"items": [item]}, {"message": {"items": [item]}}):
        [found] = csl.loads(json.dumps(wrapped)).references
        assert (found.type, found.title, found.issued.iso) == ("article-journal", "A", "2020")


def test_a_broken_item_does_not_affect_the_others():
    loaded = csl.loads('[{"id": "a", "type": "book"},\n {"id": "b" "type": "book"},\n {"id": "c", "type": "book"}]')

    assert [reference.citation_key for reference in loaded.references] == ["a", "c"]
    assert str(loaded.lost[0]) == (
        "Entry 2 (b), line 2: This is not JSON: expecting ',' delimiter. Correct the text at this place."
    )


def test_the_site_and_csl_know_the_same_types():
    assert set(Publication.TYPE_LABELS) == csl.TYPES
