"""CSL-JSON as programs write it, and the records of Crossref and DataCite."""

import json

import pytest

from publications.references import Date, Name, Reference, bibtex, csl, ris

RECORD = {
    "DOI": "10.5072/tides", "type": "journal-article",
    "title": ["Slow <i>tides</i> &amp; CO<sub>2</sub> in <scp>DNA</scp>"],
    "subtitle": ["A study"], "author": [{"given": "Ana", "family": "Conceição &amp; Co"}],
    "container-title": ["Journal of Tides"], "short-container-title": ["J. Tides"],
    "issued": {"date-parts": [[2021, 5]]},
    "article-number": "e12", "URL": "http://dx.doi.org/10.5072/tides", "reference-count": 3,
    "funder": [{"name": "Tide Fund", "award": ["G-7"]}],
    "abstract": "<jats:title>Abstract</jats:title><jats:p>First <jats:italic>p</jats:italic> &lt; 0.05.</jats:p>"
                "<jats:p>CO<jats:sub>2</jats:sub>.</jats:p>",
}  # fmt: skip
REFERENCE = Reference(
    type="article-journal", title="Slow <i>tides</i> & CO<sub>2</sub> in DNA: A study", doi="10.5072/tides",
    author=(Name(family="Conceição & Co", given="Ana"),), container_title="Journal of Tides",
    container_title_short="J. Tides", issued=Date(((2021, 5),)), page="e12", funding="Tide Fund (G-7)",
    abstract="First p < 0.05.\n\nCO2.",
)  # fmt: skip
DATACITE = {
    "doi": "10.5072/sea.1", "publicationYear": 2021, "publisher": {"name": "Sea Archive"}, "version": "1.2",
    "titles": [{"title": "Sea &amp; <i>tide</i> levels"}, {"title": "Hourly", "titleType": "Subtitle"}],
    "creators": [
        {"name": "Silva, Ana", "nameType": "Personal", "givenName": "Ana", "familyName": "Silva",
         "nameIdentifiers": [{"nameIdentifier": "https://orcid.org/0000-0002-1825-0097"}]},
        {"name": "Sea Group", "nameType": "Organizational"},
    ],
    "contributors": [{"name": "Doe, Jo", "contributorType": "Editor"}, {"name": "X", "contributorType": "Sponsor"}],
    "dates": [{"date": "2021-05-03", "dateType": "Issued"}, {"date": "2020", "dateType": "Collected"}],
    "types": {"resourceTypeGeneral": "Software", "citeproc": "article"}, "container": {},
    "descriptions": [{"descriptionType": "Abstract", "description": "<p>One.</p><p>Two.</p>"}],
    "subjects": [{"subject": "tides"}], "fundingReferences": [
        {"funderName": "Tide Fund", "awardNumber": "G-7", "funderIdentifier": "ror.org/00YJD3N13"},
    ],
}  # fmt: skip


def load(item):
    [reference] = csl.loads(json.dumps(item)).references
    return reference


def record(**fields):
    return csl.from_record({"title": ["On Tides"], "type": "journal-article"} | fields)


@pytest.mark.parametrize(
    "uploaded",
    [RECORD, [RECORD], {"message-type": "work", "message": RECORD}, {"message": {"items": [RECORD]}}],
)  # fmt: skip
def test_an_uploaded_record_of_crossref_is_cleaned_like_a_looked_up_one(uploaded):
    assert load(uploaded) == csl.from_record(RECORD) == REFERENCE


@pytest.mark.parametrize(
    "uploaded", [DATACITE, {"data": {"id": "10.5072/sea.1", "attributes": DATACITE}}, {"data": [DATACITE]}]
)  # fmt: skip
def test_a_record_of_datacites_api_is_imported(uploaded):
    found = load(uploaded)

    assert found == Reference(
        type="software", title="Sea & <i>tide</i> levels: Hourly", doi="10.5072/sea.1", publisher="Sea Archive",
        author=(Name(family="Silva", given="Ana"), Name(literal="Sea Group")), editor=(Name(family="Doe", given="Jo"),),
        issued=Date(((2021, 5, 3),)), abstract="One.\n\nTwo.", keyword=("tides",), funding="Tide Fund (G-7)",
        extra={
            "version": "1.2",
            "funders": [{"name": "Tide Fund", "id": "https://ror.org/00yjd3n13", "awards": ["G-7"]}],
        },
    )  # fmt: skip
    assert found.author[0].orcid == "0000-0002-1825-0097"


def test_datacites_csl_is_cleaned_too():
    found = load(
        {"type": "dataset", "id": "https://doi.org/10.5072/sea", "DOI": "10.5072/sea",
         "title": "Sea &lt;i&gt;levels&lt;/i&gt;",
         "abstract": "<p>a &amp;amp; b</p>", "categories": ["tides"]}
    )  # fmt: skip

    assert found == Reference(type="dataset", doi="10.5072/sea", title="Sea <i>levels</i>", abstract="a & b")


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("&amp;lt;i&amp;gt;E. coli&amp;lt;/i&amp;gt; &amp;amp; AT&T", "<i>E. coli</i> & AT&T"),
        ("if p &lt; q and q &gt; r", "if p < q and q > r"), ("List&lt;T&gt; types", "List<T> types"),
        ("<em>In vitro</em> <inf>2</inf> <span class='x'>H</span>", "<i>In vitro</i> <sub>2</sub> H"),
        ('On <mml:math xmlns:mml="http://www.w3.org/1998/Math/MathML"><mml:msub><mml:mi>Sr</mml:mi><mml:mn>2</mml:mn>'
         "</mml:msub><mml:msup><mml:mi>x</mml:mi><mml:mrow><mml:mo>−</mml:mo><mml:mn>1</mml:mn></mml:mrow></mml:msup>"
         "<mml:annotation>Sr_2</mml:annotation></mml:math>!", "On Sr<sub>2</sub>x<sup>−1</sup>!"),
        ("<math><mi>a", "a"),
    ],
)  # fmt: skip
def test_markup_in_the_title_of_a_record_becomes_rich_text(title, expected):
    assert record(title=[title]).title == expected


@pytest.mark.parametrize(
    ("fields", "name", "expected"),
    [
        ({"posted": {"date-parts": [[2020, 1]]}, "published-print": {"date-parts": [[2021]]}}, "issued", "2021"),
        ({"ISBN": ["http://id.example.org/isbn/9780306406157"]}, "isbn", "9780306406157"),
        ({"type": "posted-content", "institution": [{"name": "SeaRxiv"}], "publisher": "Lab"}, "publisher", "SeaRxiv"),
        ({"type": "posted-content", "subtype": "preprint"}, "type", "article"),
        ({"type": "dissertation", "institution": [{"name": "Sea University"}]}, "publisher", "Sea University"),
        ({"type": "dissertation", "degree": ["PhD"]}, "genre", "PhD"),
        ({"title": ["Why tides?"], "subtitle": ["A study"]}, "title", "Why tides? A study"),
        ({"type": "peer-review"}, "type", "review"),
        ({"type": "book-chapter", "container-title": ["A Series", "The Book"]}, "container_title", "The Book"),
        ({"event": {"name": "Tides &amp; Seas"}}, "event_title", "Tides & Seas"),
        ({"journal-issue": {"issue": "4"}}, "issue", "4"),
        ({"title": ["RETRACTED: On Tides"]}, "status", "retracted"),
    ],
)  # fmt: skip
def test_fields_of_crossref_become_fields_of_csl(fields, name, expected):
    value = getattr(record(**fields), name)

    assert (value.iso if name == "issued" else value) == expected


@pytest.mark.parametrize(
    ("literal", "expected"),
    [("Spring 2020", Date(((2020,),), "1")), ("May 2020", Date(((2020, 5),))), ("n.d.", Date(literal="n.d."))],
)
def test_a_literal_date_that_can_be_read_is_a_date(literal, expected):
    assert load({"type": "book", "title": "On Tides", "issued": {"literal": literal}}).issued == expected


def test_entities_are_characters_and_come_back_from_our_own_files():
    people = [{"family": "Garc&iacute;a", "given": "M."}, {"literal": "AT&amp;T"}]
    tides = load(
        {"type": "book", "title": "Sea &lt; <i>air</i> &#38; tides", "author": people, "publisher": "A &amp; B"}
    )
    literal = Reference(type="book", citation_key="a", title="The entity &amp; in HTML", publisher="R&D")

    assert (tides.title, tides.publisher) == ("Sea < <i>air</i> & tides", "A & B")
    assert tides.author == (Name(family="García", given="M."), Name(literal="AT&T"))
    assert csl.loads(csl.dumps([literal, tides])).references == [literal, tides]


def test_fields_in_a_note_of_zotero_are_imported_and_the_rest_stays_a_note():
    note = "Original Date: 1843\narXiv:1843.00001 [cs.DL]\nPMID: 123\nEditor: Babbage || Charles\nEditor: Tide Group\n"
    note += "tex.series: Sea Notes\nType: dataset\nTitle: Another\nRead it again\n{:original-title: Gezeiten}"
    found = load({"id": "http://zotero.example.org/1", "type": "book", "title": "On Tides", "note": note})

    assert found == Reference(
        type="dataset", title="On Tides", arxiv_id="1843.00001", arxiv_class="cs.DL", pmid="123",
        editor=(Name(family="Babbage", given="Charles"), Name(literal="Tide Group")),
        note="Title: Another\nRead it again",
        extra={"original-date": {"date-parts": [[1843]]}, "tex.series": "Sea Notes", "original-title": "Gezeiten"},
    )  # fmt: skip


def test_a_note_that_looks_like_fields_comes_back_from_our_own_files():
    references = [Reference(type="book", title="On Tides", note="arXiv:1843.00001\nPMID: 5")]

    assert csl.loads(csl.dumps(references)).references == references


@pytest.mark.parametrize(
    ("item", "field"),
    [
        ({"id": "k", "type": "book", "title": {"a": 1}}, "title"), ({"id": "k", "title": [{}]}, "title"),
        ({"id": "k", "type": "book", "author": [{"family": {"a": 1}}]}, "author"),
        ({"id": "k", "type": {"a": "book"}}, "type"), ({"id": "k", "type": "book", "note": {"a": 1}}, "note"),
        ({"id": "k", "type": "book", "custom": {"ORCID": "x"}}, "custom"), ({"id": "k", "other": 1}, ""),
        ({"id": "k", "type": "book", "ris-type": {"a": 1}}, "ris-type"),
        ({"id": "k", "type": "book", "custom": {"et-al": [{"a": 1}]}}, "et-al"),
        ({"id": "k", "type": "book", "custom": {"keyword": [{"a": 1}]}}, "custom"),
        ({"id": "k", "titles": [{"title": ["x"]}], "creators": []}, "title"),
    ],
)  # fmt: skip
def test_a_value_of_the_wrong_shape_is_reported_with_its_entry_and_field(item, field):
    loaded = csl.loads(json.dumps([{"id": "a", "type": "book"}, item]))

    assert [(problem.entry, problem.key, problem.field) for problem in loaded.lost] == [(2, "k", field)]
    assert len(loaded.references) == 1


def test_numbers_become_texts_so_that_they_can_be_exported():
    found = load({"type": "book", "title": "On Tides", "volume": 3, "number-of-pages": 412, "version": 1.5})

    assert (found.volume, found.extra) == ("3", {"number-of-pages": "412", "version": "1.5"})


@pytest.mark.parametrize(
    "name", ["arxiv-class", "arxiv-id", "entrytype", "et-al", "funding", "nocase", "ris-type", "track"]
)
@pytest.mark.parametrize("value", [5, True, "x", ["x"], {"title": 5}, [None]])
def test_any_value_under_a_name_of_our_own_is_refused_or_comes_back_from_all_formats(name, value):
    found = csl.loads(json.dumps({"type": "book", "title": "T", "author": [{"family": "A"}], name: value})).references

    assert csl.loads(csl.dumps(found)).references == found
    assert ris.loads(ris.dumps(found)).references == found
    assert bibtex.loads(bibtex.dumps(found)).references == found


def test_items_are_imported_one_a_line():
    loaded = csl.loads('{"type": "book", "title": "A"}\n\n{"type": "book", "title": "B"}\n')

    assert [reference.title for reference in loaded.references] == ["A", "B"]


@pytest.mark.parametrize(
    ("text", "references", "problems"),
    [
        ("[" * 300_000, 0, 0), ('{"a":' * 50_000, 0, 1), ("{x}," * 100_000, 0, 1000),
        (json.dumps({"type": "book", "title": '<span class="nocase">' * 30_000}), 1, 0),
        (json.dumps({"type": "book", "title": ["<math>" * 30_000]}), 1, 0),
        (json.dumps({"type": "book", "author": [{"literal": ", " * 30_000}]}), 1, 0),
        (json.dumps({"type": "book", "note": "{:a" * 100_000 + "PMID: 1\n" * 10_000}), 1, 0),
    ],
    ids=["brackets", "braces", "broken", "marks", "formulas", "name", "note"],
)  # fmt: skip
def test_hostile_text_is_read_in_linear_time(text, references, problems):
    loaded = csl.loads(text)

    assert (len(loaded.references), len(loaded.problems)) == (references, problems)


def test_pages_are_a_range_whatever_their_dash():
    item = '{"type": "article-journal", "title": "On Engines", "page": "%s"}'

    assert [csl.loads(item % page).references[0].page for page in ("1–29", "1 -- 29", "e12")] == ["1-29", "1-29", "e12"]


@pytest.mark.parametrize("complete", [True, False])
def test_a_citation_key_may_be_the_url_of_a_doi(complete):
    reference = Reference(
        type="article-journal",
        citation_key="https://doi.org/10.1000/a",
        title="A",
        url="https://example.org/a",
        issue="3",
    )

    assert csl.loads(csl.dumps([reference], complete=complete)).references == [reference]
