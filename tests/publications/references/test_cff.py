"""CITATION.cff, checked against the schema of version 1.2.0 (cff.schema.json, which names its licence)."""

import json
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft7Validator

from publications.references import Date, Name, Reference, cff, csl
from publications.references.cff import address, as_cff, cited, dumps
from tests.publications.references import strategies

SCHEMA = json.loads((Path(__file__).parent / "cff.schema.json").read_text())
VALIDATOR = Draft7Validator(SCHEMA, format_checker=Draft7Validator.FORMAT_CHECKER)

HOSTILE = (
    "Evil: \"quoted\" 'text' # no comment\n- item: {a: [b]}\t</script> & *x &y "
    "!!python/object 🎉 \x07\x1b\x85\u2028 end"
)

quick = settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
addresses = st.one_of(
    strategies.lines, st.text(max_size=30), st.text("ab:/?#[]@%20é|\\^ ", max_size=20).map("https://{}".format)
)
texts = st.text(max_size=40)


def read(text):
    """What a program reads in the file, which must be valid."""
    content = yaml.safe_load(text)
    VALIDATOR.validate(content)
    return content


def test_the_schema_is_checked_with_its_formats():
    good = as_cff(Reference(title="Engine", url="https://example.org/"))

    assert VALIDATOR.is_valid(good)
    for wrong in ({"url": "https://a b"}, {"date-released": "2025-02-30"}, {"authors": []}, {"surprise": "1"}):
        assert not VALIDATOR.is_valid(good | wrong)


def test_software_says_how_to_cite_it():
    reference = Reference(
        type="software",
        title="The <i>Analytical</i> Engine",
        author=(
            Name(family="Beethoven", given="Ludwig", non_dropping_particle="van", orcid="0000-0002-1825-0097"),
            Name(family="King", given="Martin Luther", suffix="Jr."),
            Name(literal="Engine Collaboration"),
        ),
        issued=Date(((2025, 3, 17),)),
        abstract="It computes.\n\nAnything.",
        doi="10.5281/zenodo.1234",
        arxiv_id="2412.07067",
        url="https://example.org/engine",
        keyword=("engines", "cards"),
        extra={"version": "1.2.0"},
    )

    assert read(dumps(reference, page="https://ada.example/engine/", code="https://github.com/ada/engine")) == {
        "cff-version": "1.2.0",
        "message": "If you use this software, please cite it as below.",
        "type": "software",
        "title": "The Analytical Engine",
        "authors": [
            {
                "family-names": "Beethoven",
                "given-names": "Ludwig",
                "name-particle": "van",
                "orcid": "https://orcid.org/0000-0002-1825-0097",
            },
            {"family-names": "King", "given-names": "Martin Luther", "name-suffix": "Jr."},
            {"name": "Engine Collaboration"},
        ],
        "abstract": "It computes.\n\nAnything.",
        "version": "1.2.0",
        "doi": "10.5281/zenodo.1234",
        "identifiers": [{"type": "other", "value": "arXiv:2412.07067"}],
        "url": "https://example.org/engine",
        "keywords": ["engines", "cards"],
        "date-released": "2025-03-17",
        "repository-code": "https://github.com/ada/engine",
    }


def test_data_has_the_type_dataset_and_links_to_its_page():
    content = read(dumps(Reference(type="dataset", title="Cards"), page="https://ada.example/cards/"))

    assert (content["type"], content["url"]) == ("dataset", "https://ada.example/cards/")
    assert content["message"] == "If you use this dataset, please cite it as below."


@pytest.mark.parametrize("issued", [Date(), Date(((2025,),)), Date(((2025, 3),)), Date(((2025, 2, 30),))])
def test_a_release_date_is_given_only_if_the_day_is_known(issued):
    assert "date-released" not in read(dumps(Reference(title="Engine", issued=issued)))


def test_without_a_known_name_the_author_is_anonymous():
    for author in ((), (Name(literal=" \x07 "),)):
        assert read(dumps(Reference(title="Engine", author=author)))["authors"] == [{"name": "anonymous"}]


def test_the_paper_is_the_preferred_citation():
    paper = Reference(
        type="paper-conference",
        title="On Engines",
        author=(Name(family="Lovelace", given="Ada"),),
        editor=(Name(family="Babbage", given="Charles"),),
        issued=Date(((2025, 12, 3),)),
        container_title="Proceedings of Engines",
        event_title="Conference on Engines",
        event_place="Turin",
        publisher="Engine Press",
        volume="12",
        page="45–67",
        language="en-GB",
        doi="10.5555/engines",
        isbn="978-0-262-03384-8",
    )

    content = read(dumps(Reference(type="software", title="Engine", author=paper.author), preferred=paper))

    assert content["message"] == "If you use this software, please cite the work under preferred-citation."
    assert content["preferred-citation"] == {
        "type": "conference-paper",
        "title": "On Engines",
        "authors": [{"family-names": "Lovelace", "given-names": "Ada"}],
        "doi": "10.5555/engines",
        "editors": [{"family-names": "Babbage", "given-names": "Charles"}],
        "collection-title": "Proceedings of Engines",
        "collection-type": "proceedings",
        "conference": {"name": "Conference on Engines", "location": "Turin"},
        "publisher": {"name": "Engine Press"},
        "volume": 12,
        "start": 45,
        "end": 67,
        "year": 2025,
        "month": 12,
        "date-published": "2025-12-03",
        "isbn": "978-0-262-03384-8",
        "languages": ["en"],
    }


@pytest.mark.parametrize(
    ("reference", "expected"),
    [
        (
            Reference(type="article-journal", container_title="Engines", issue="3", page="e12", issn="0028-0836, x"),
            {"type": "article", "journal": "Engines", "issue": 3, "start": "e12", "issn": "0028-0836"},
        ),
        (Reference(type="article", arxiv_id="2412.07067"), {"type": "article", "status": "preprint"}),
        (
            Reference(type="chapter", container_title="All Engines"),
            {"type": "generic", "collection-title": "All Engines", "collection-type": "book"},
        ),
        (
            Reference(type="thesis", publisher="University of London", genre="PhD thesis"),
            {"type": "thesis", "institution": {"name": "University of London"}, "thesis-type": "PhD thesis"},
        ),
        (Reference(type="report", number="TR-7", status="submitted"), {"number": "TR-7", "status": "submitted"}),
        (
            Reference(type="book", editor=(Name(literal="Ada"),), extra={"collection-title": "Studies"}),
            {"type": "book", "authors": [{"name": "Ada"}], "collection-title": "Studies"},
        ),
        (Reference(type="dataset", issued=Date(((2025, 1, 2),))), {"type": "data", "date-released": "2025-01-02"}),
    ],
)
def test_each_type_has_its_venue_in_the_field_of_the_format(reference, expected):
    found = cited(reference)

    assert {name: found.get(name) for name in expected} == expected
    assert VALIDATOR.is_valid(as_cff(Reference(title="Engine"), preferred=reference))


def test_every_type_is_one_that_the_format_has():
    known = SCHEMA["definitions"]["reference"]["properties"]["type"]["enum"]

    assert set(cff.CITED_TYPES) <= csl.TYPES
    assert set(cff.CITED_TYPES.values()) <= set(known)


def test_a_doi_that_the_schema_does_not_allow_is_written_as_an_identifier():
    content = read(dumps(Reference(title="Engine", doi="10.1002/(SICI)1097<1::AID>3.0.CO;2-#")))

    assert "doi" not in content
    assert content["identifiers"] == [{"type": "other", "value": "doi:10.1002/(SICI)1097<1::AID>3.0.CO;2-#"}]


def test_hostile_text_stays_text():
    reference = Reference(
        title=HOSTILE, author=(Name(literal=HOSTILE),), abstract=HOSTILE, keyword=(HOSTILE,), extra={"version": HOSTILE}
    )

    content = read(dumps(reference, preferred=reference))

    line = "Evil: \"quoted\" 'text' # no comment - item: {a: [b]} </script> & *x &y !!python/object 🎉 end"
    assert content["title"] == content["preferred-citation"]["title"] == content["version"] == line
    assert content["authors"] == [{"name": line}]
    assert content["keywords"] == [line]
    assert content["abstract"].startswith("Evil: \"quoted\" 'text' # no comment\n- item: {a: [b]}")
    assert content["abstract"].endswith("🎉\n\nend")
    assert list(content) == [
        "cff-version", "message", "type", "title", "authors", "abstract", "version", "keywords", "preferred-citation",
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["1e5", "12E-4", "0o17", "1_000", "0x1F", "yes", "no", "~", "null", "2025-01-01"])
def test_a_text_that_any_version_of_yaml_reads_as_a_number_is_quoted(text):
    written = dumps(Reference(title=text, extra={"version": text}))

    assert f"version: '{text}'\n" in written
    assert read(written)["version"] == text


def test_a_repeated_value_is_written_out_twice():
    text = dumps(Reference(title="Engine"), preferred=Reference(title="On Engines"))

    assert text.count("name: anonymous") == 2
    assert "*id" not in text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("https://example.org/a?b=c#d", "https://example.org/a?b=c#d"),
        ("https://example.org/Zürich 100%", "https://example.org/Z%C3%BCrich%20100%25"),
        ("https://example.org/a%20b", "https://example.org/a%20b"),
        ("https://example.org/#a#b", ""),
        ("https://", ""),
        ("javascript:alert(1)", ""),
        ("/home/ada/engine", ""),
        ("", ""),
    ],
)
def test_an_address_is_escaped_or_is_none(text, expected):
    assert address(text) == expected


@quick
@given(strategies.references(), st.none() | strategies.references(), addresses, addresses)
def test_any_reference_gives_a_valid_file(reference, preferred, page, code):
    content = as_cff(reference, page=page, code=code, preferred=preferred)

    VALIDATOR.validate(content)
    assert yaml.safe_load(dumps(reference, page=page, code=code, preferred=preferred)) == content


@quick
@given(texts, texts, texts, texts, texts)
def test_any_text_in_the_file_is_read_back_unchanged(title, name, abstract, note, page):
    reference = Reference(
        type="software", title=title, author=(Name(family=name), Name(literal=note)), abstract=abstract, note=note,
        page=page, volume=title, issue=name, edition=note, isbn=page, issn=page, doi=page, pmid=note, language=name,
        event_title=title, event_place=note, publisher=name, keyword=(title, note), extra={"version": title},
    )  # fmt: skip

    content = as_cff(reference, preferred=reference)

    VALIDATOR.validate(content)
    assert yaml.safe_load(dumps(reference, preferred=reference)) == content
