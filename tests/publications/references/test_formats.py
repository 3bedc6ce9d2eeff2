import json

import pytest

from publications.models import Publication
from publications.references import Reference, csl
from publications.references.formats import detect, loads
from publications.references.reading import decode

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
def test_a_file_is_read_whatever_its_encoding(data, warned):
    loaded = loads(data)

    assert loaded.references == [Reference(type="book", citation_key="a", title="Größe")]
    assert bool(loaded.problems) is warned
    assert not loaded.lost


@pytest.mark.parametrize(
    ("text", "ending"),
    [
        (BIB, "bib"), ("% comment\n\n" + BIB, "bib"), ("TY  - BOOK\nER  - ", "ris"), ('[{"id": 1}]', "json"),
        ('{"id": 1}', "json"), ("10.1000/x", None), ("", None), ("ada@example.org", None),
    ],
)  # fmt: skip
def test_the_format_of_a_text_is_seen(text, ending):
    assert detect(text) == ending


def test_what_is_in_no_format_is_told_with_its_text():
    loaded = loads("On Engines, by Ada")

    assert [problem.text for problem in loaded.lost] == ["On Engines, by Ada"]


def test_bytes_that_no_encoding_explains_are_read_all_the_same():
    assert decode(b"\xff\x81\x8d")[0]


def test_what_crossref_and_zotero_wrap_is_found():
    item = {"type": "journal-article", "title": ["A"], "issued": {"date-parts": [[2020, None]]}}

    for wrapped in (item, [item], {"items": [item]}, {"message": {"items": [item]}}):
        [found] = csl.loads(json.dumps(wrapped)).references
        assert (found.type, found.title, found.issued.iso) == ("article-journal", "A", "2020")


def test_a_broken_item_never_sinks_the_list():
    loaded = csl.loads('[{"id": "a", "type": "book"},\n {"id": "b" "type": "book"},\n {"id": "c", "type": "book"}]')

    assert [reference.citation_key for reference in loaded.references] == ["a", "c"]
    assert str(loaded.lost[0]) == (
        "Entry 2 (b), line 2: This is not JSON: expecting ',' delimiter. Mend the text at this place."
    )


def test_the_site_and_csl_know_the_same_types():
    assert set(Publication.TYPE_LABELS) == csl.TYPES
