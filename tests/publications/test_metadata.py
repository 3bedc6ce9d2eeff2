"""The metadata on the page of a publication."""

import html
import re
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone

from tests import json_ld, make

pytestmark = pytest.mark.django_db

PDF = b"%PDF-1.4 %%EOF"


def head_of(client, slug="on-engines"):
    """[(name, content)] of the citation tags of a publication's page."""
    page = client.get(f"/publications/{slug}/").content.decode()
    found = re.findall(r'<meta name="(citation_\w+)" content="(.*?)">', page, re.DOTALL)
    return [(name, html.unescape(content)) for name, content in found]


@pytest.fixture
def article():
    owner = make.owner(orcid="0000-0002-1825-0097")
    return make.publication(
        "On *Engines* & $x_2$", slug="on-engines", authors=[owner, "Charles Babbage"], tags=["engines", "mills"],
        issued="2025-12-03", container_title="Journal of Engines", volume="12", issue="3", page="45–67",
        doi="10.1000/engines", arxiv_id="2501.00001", abstract="All of it, **whole**, <b>so</b> & so.", language="en",
    )  # fmt: skip


def test_google_scholar_finds_title_authors_date_and_venue(client, article):
    found = head_of(client)

    assert found[:7] == [
        ("citation_title", "On Engines & x₂"),
        ("citation_author", "Lovelace, Ada"),
        ("citation_author_orcid", "https://orcid.org/0000-0002-1825-0097"),
        ("citation_author", "Babbage, Charles"),
        ("citation_publication_date", "2025/12/3"),
        ("citation_journal_title", "Journal of Engines"),
        ("citation_volume", "12"),
    ]
    assert ("citation_abstract", "All of it, whole, so & so.") in found
    assert ("citation_abstract_html_url", "http://testserver/publications/on-engines/") in found


def test_google_scholar_gets_only_a_pdf_below_the_page(client, article):
    article.resources.create(kind="pdf", url="https://elsewhere.example.org/engines.pdf")
    assert "citation_pdf_url" not in dict(head_of(client))

    article.resources.create(kind="pdf", file=ContentFile(PDF, "Engines.pdf"))

    address = dict(head_of(client))["citation_pdf_url"]
    assert address == "http://testserver/publications/on-engines/engines.pdf"
    assert client.get(address).getvalue() == PDF


def test_the_whole_abstract_is_visible_on_the_page(client, article):
    article.abstract = "word " * 400 + "end."
    article.save()

    page = client.get("/publications/on-engines/").content.decode()

    shown = page[page.index("<h2>Abstract</h2>") :]
    assert "end." in shown[: shown.index("</section>")]
    assert "<details" not in shown[: shown.index("</section>")]


def test_the_article_is_linked_data_with_its_authors_in_order(client, article):
    preprint = make.publication("Preprint", type="article", version_of=article, authors=[])
    article.resources.create(kind="pdf", file=ContentFile(PDF, "engines.pdf"))

    facts = json_ld.by_type(client, "/publications/on-engines/")

    work = facts["ScholarlyArticle"]
    assert work["@id"] == "http://testserver/publications/on-engines/"
    assert [(person["name"], person.get("@id")) for person in work["author"]] == [
        ("Ada Lovelace", "http://testserver/#person"),
        ("Charles Babbage", None),
    ]
    assert work["author"][0]["sameAs"] == "https://orcid.org/0000-0002-1825-0097"
    assert work["isPartOf"] == {
        "@type": "PublicationIssue",
        "issueNumber": "3",
        "isPartOf": {
            "@type": "PublicationVolume",
            "volumeNumber": "12",
            "isPartOf": {"@type": "Periodical", "name": "Journal of Engines"},
        },
    }
    assert (work["pageStart"], work["pageEnd"], work["datePublished"]) == ("45", "67", "2025-12-03")
    assert work["sameAs"] == ["https://doi.org/10.1000/engines", "https://arxiv.org/abs/2501.00001"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT[\d:.]+\+00:00", work["dateModified"])
    assert work["encoding"][0]["contentUrl"] == "http://testserver/publications/on-engines/engines.pdf"
    assert work["workExample"] == [{"@id": f"http://testserver/publications/{preprint.slug}/"}]
    assert json_ld.by_type(client, f"/publications/{preprint.slug}/")["ScholarlyArticle"]["exampleOfWork"] == [
        {"@id": "http://testserver/publications/on-engines/"}
    ]
    steps = facts["BreadcrumbList"]["itemListElement"]
    assert [(step["name"], step["item"]) for step in steps] == [
        ("Home", "http://testserver/"),
        ("Publications", "http://testserver/publications/"),
        ("On Engines & x₂", "http://testserver/publications/on-engines/"),
    ]


@pytest.mark.parametrize(
    ("type_", "name"),
    [("book", "Book"), ("thesis", "Thesis"), ("dataset", "Dataset"), ("software", "SoftwareSourceCode"),
     ("report", "Report"), ("patent", "CreativeWork"), ("standard", "TechArticle"), ("graphic", "VisualArtwork"),
     ("bill", "Legislation"), ("pamphlet", "Book"), ("review-book", "Review"), ("article-newspaper", "NewsArticle")],
)  # fmt: skip
def test_each_type_has_its_schema_org_name(client, type_, name):
    make.publication("On Engines", type=type_)

    assert name in json_ld.by_type(client, "/publications/on-engines/")


@pytest.mark.parametrize("text", ["</script><script>alert(1)</script>", "<!--", "a\u2028b", "\\u003c/script>", "]]>"])
def test_a_text_cannot_close_the_script_element(client, text):
    make.owner(headline=text[:200], bio=text)
    make.publication(text, slug="on-engines", abstract=text, award=text, container_title=text)
    make.activity(text, start="2025-01-01", kind="travel")
    make.project(text, slug="engine", tagline=text)

    for path in ("/", "/publications/on-engines/", "/activities/", "/projects/engine/", "/people/ada-lovelace/"):
        json_ld.by_type(client, path)
        assert "<script>alert" not in client.get(path).content.decode()
    assert json_ld.by_type(client, "/publications/on-engines/")["ScholarlyArticle"]["award"] == text


def test_the_page_links_to_its_record_in_all_formats(client, article):
    page = client.get("/publications/on-engines/").content.decode()

    for ending, media_type in [
        ("bib", "application/x-bibtex"),
        ("ris", "application/x-research-info-systems"),
        ("json", "application/vnd.citationstyles.csl+json"),
    ]:
        (link,) = re.findall(rf'<link rel="alternate" [^>]* href="/publications/on-engines\.{ending}">', page)
        assert f'type="{media_type}"' in link


def test_each_item_of_the_list_is_an_openurl(client, article):
    make.publication("Later", issued="2026")

    page = client.get("/publications/").content.decode()

    titles = re.findall(r'<span class="Z3988" title="(.*?)"></span>', page)
    assert ["rft.atitle=Later" in titles[0], "rft.au=Lovelace,+Ada&amp;rft.au=Babbage,+Charles" in titles[1]] == [
        True
    ] * 2


@pytest.mark.parametrize(
    "path", ["/", "/tags/a/", "/people/ada-lovelace/", "/projects/mill/", "/cv/", "/search/?q=engines"]
)
def test_each_list_of_works_has_openurls_of_what_is_public(client, editor_client, path):
    ada = make.owner()
    shown = make.publication("On Engines", authors=[ada], tags=["a"], featured=True)
    draft = make.publication("On engines, drafted", authors=[ada], tags=["a"], state="draft", featured=True)
    make.project("Mill", slug="mill").publications.set([shown, draft])

    for reader in (client, editor_client):
        titles = re.findall(r'<span class="Z3988" title="(.*?)"></span>', reader.get(path).text)
        assert ["rft.atitle=On+Engines" in title for title in titles] == [True]


def test_blind_review_hides_the_authors_in_openurls_from_everybody(client, editor_client):
    make.publication("On Engines", hides_authors=True)

    for reader in (client, editor_client):
        page = reader.get("/publications/").text
        assert ("rft.atitle=On+Engines" in page, "rft.au" in page) == (True, False)


def test_the_page_of_a_work_has_no_openurl(client, article):
    # Zotero would read COinS instead of the page's meta tags, which contain more.
    assert "Z3988" not in client.get("/publications/on-engines/").content.decode()


def links_of(response):
    """{relation: [address]} of a Link header."""
    found = {}
    for address, relation in re.findall(r'<([^>]*)>; rel="([^"]*)"', response.headers["Link"]):
        found.setdefault(relation, []).append(address)
    return found


def test_signposting_links_the_page_to_its_files_and_exports(client, article):
    article.resources.create(kind="pdf", file=ContentFile(PDF, "engines.pdf"))
    page = "http://testserver/publications/on-engines/"

    response = client.get("/publications/on-engines/")
    links = links_of(response)

    assert links["cite-as"] == [page]
    assert links["type"] == ["https://schema.org/ScholarlyArticle", "https://schema.org/AboutPage"]
    assert links["author"] == ["https://orcid.org/0000-0002-1825-0097"]
    assert links["describedby"] == [f"{page[:-1]}.{ending}" for ending in ("bib", "ris", "json")]
    assert links["item"] == [f"{page}engines.pdf"]
    assert links["related"] == ["https://doi.org/10.1000/engines", "https://arxiv.org/abs/2501.00001"]
    file = client.get(links["item"][0])
    assert file.getvalue() == PDF
    assert links_of(file) == {"collection": [page], "cite-as": [page]}
    whole = client.get(links["linkset"][0])
    assert whole.headers["Content-Type"] == "application/linkset+json"
    first, second = whole.json()["linkset"]
    assert {relation: [one["href"] for one in first[relation]] for relation in first if relation != "anchor"} == {
        relation: addresses for relation, addresses in links.items() if relation != "linkset"
    }
    assert second["anchor"] == f"{page}engines.pdf"
    assert second["collection"] == [{"href": page, "type": "text/html"}]
    record = client.get(links["describedby"][0])
    assert links_of(record) == {"describes": [page]}


@pytest.mark.parametrize("state", ["draft", "scheduled"])
def test_a_draft_has_no_metadata(client, editor_client, state):
    later = timezone.now() + timedelta(days=1)
    fields = {"state": "draft"} if state == "draft" else {"state": "published", "publish_at": later}
    make.publication("On Engines", **fields)

    assert client.get("/publications/on-engines.linkset.json").status_code == 404
    page = editor_client.get("/publications/on-engines/").content.decode()
    assert "citation_title" not in page
    assert "ld+json" not in page


def test_hidden_authors_are_not_in_the_metadata(client, editor_client):
    paper = make.publication("On Engines", authors=["Charles Babbage"], hides_authors=True)
    make.publication("Its preprint", authors=["Charles Babbage"], version_of=paper)

    for path in (
        "/publications/", "/publications/on-engines/", "/publications/its-preprint/",
        "/publications/on-engines.linkset.json",
    ):  # fmt: skip
        response = client.get(path)
        text = response.getvalue().decode() if response.streaming else response.content.decode()
        assert "Babbage" not in text + response.headers.get("Link", "")
    # Metadata has what visitors may see, even for editors.
    assert ("citation_author", "Babbage, Charles") not in head_of(editor_client)


def test_a_licence_is_on_the_page_and_in_the_metadata(client):
    make.publication("On Engines", type="software", license="CC-BY-4.0")
    licence = "https://creativecommons.org/licenses/by/4.0/"

    response = client.get("/publications/on-engines/")

    assert f'<a href="{licence}" rel="license noopener">CC BY 4.0</a>' in response.content.decode()
    assert links_of(response)["license"] == [licence]
    assert json_ld.by_type(client, "/publications/on-engines/")["SoftwareSourceCode"]["license"] == licence
    assert "license: CC-BY-4.0\n" in client.get("/publications/on-engines.cff").content.decode()


def test_an_author_without_an_orcid_is_identified_by_their_page(client):
    make.publication("On Engines", authors=[make.person("Ada", is_public_page=True), "Charles"])

    links = links_of(client.get("/publications/on-engines/"))

    assert links["author"] == ["http://testserver/people/ada/"]


def test_the_link_header_leaves_out_very_many_authors(client):
    people = [make.person(f"Author {number}", is_public_page=True) for number in range(60)]
    make.publication("On Engines", authors=people)

    response = client.get("/publications/on-engines/")

    assert len(response.headers["Link"]) < 2000
    whole = client.get(links_of(response)["linkset"][0]).json()
    assert len(whole["linkset"][0]["author"]) == 60


def test_a_former_address_of_the_link_set_redirects(client, article):
    article.slug = "on-mills"
    article.save()

    answer = client.get("/publications/on-engines.linkset.json")

    assert (answer.status_code, answer.headers["Location"]) == (301, "/publications/on-mills.linkset.json")


BOOK = {"@type": "Book", "name": "Looms", "isbn": "9783161484100"}
JOURNAL = {"@type": "Periodical", "name": "Looms", "issn": "1234-5679"}
SERIES = {"name": "Notes on Mills", "issn": "1234-5679"}


@pytest.mark.parametrize(
    ("type_", "expected"),
    [
        ("article-journal", JOURNAL), ("review-book", JOURNAL), ("article-newspaper", JOURNAL),
        ("paper-conference", BOOK), ("chapter", BOOK), ("entry-encyclopedia", BOOK), ("entry-dictionary", BOOK),
        ("webpage", {"@type": "WebSite", "name": "Looms"}), ("post-weblog", {"@type": "Blog", "name": "Looms"}),
        ("interview", {"@type": "CreativeWork", "name": "Looms"}),
        *[(type_, None) for type_ in ("article", "thesis", "dataset", "software", "patent", "speech", "book")],
    ],
)  # fmt: skip
def test_a_work_is_part_of_the_container_that_its_type_has(client, type_, expected):
    make.publication("On Engines", type=type_, container_title="Looms", isbn="9783161484100", issn="1234-5679")

    (work, _) = json_ld.by_type(client, "/publications/on-engines/").values()

    assert work.get("isPartOf") == expected


@pytest.mark.parametrize(
    ("type_", "title", "expected"),
    [
        ("book", "", {"@type": "BookSeries", **SERIES}),
        ("paper-conference", "", {"@type": "BookSeries", **SERIES}),
        ("chapter", "Looms", {"@type": "Book", "name": "Looms", "isPartOf": {"@type": "BookSeries", **SERIES}}),
        ("report", "", {"@type": "CreativeWorkSeries", **SERIES}),
        ("article-journal", "", None),
    ],
)
def test_a_book_is_part_of_its_series(client, type_, title, expected):
    extra = {"collection-title": "Notes on <i>Mills</i>"}
    make.publication("On Engines", type=type_, container_title=title, issn="1234-5679", extra=extra)

    (work, _) = json_ld.by_type(client, "/publications/on-engines/").values()

    assert work.get("isPartOf") == expected


def test_a_conference_is_an_event_and_no_container(client):
    make.publication("On Engines", type="paper-conference", event_title="Mills 2025", event_place="Turin")

    work = json_ld.by_type(client, "/publications/on-engines/")["ScholarlyArticle"]

    assert "isPartOf" not in work
    assert work["releasedEvent"] == {
        "@type": "PublicationEvent",
        "name": "Mills 2025",
        "location": {"@type": "Place", "name": "Turin"},
    }


def test_a_dataset_has_a_description_a_version_and_a_catalogue(client):
    make.publication(
        "On Engines", type="dataset", abstract="Short.", container_title="Looms", extra={"version": "v2", "x": "y"}
    )
    make.publication("Mills", type="dataset", abstract="*word* " * 2000)
    make.publication("Wheels", type="dataset")

    first, second, third = [
        json_ld.by_type(client, f"/publications/{slug}/")["Dataset"] for slug in ("on-engines", "mills", "wheels")
    ]

    assert first["description"] == "On Engines: Short."
    assert first["version"] == "v2"
    assert first["includedInDataCatalog"] == {"@type": "DataCatalog", "name": "Looms"}
    assert (len(second["description"]), second["description"][:9]) == (5000, "word word")
    assert "description" not in third


@pytest.mark.parametrize(
    ("fields", "type_", "name", "expected"),
    [
        ({"type": "report", "number": "TR-7"}, "Report", "reportNumber", "TR-7"),
        ({"type": "patent", "number": "7"}, "CreativeWork", "reportNumber", None),
        ({"type": "book", "extra": {"number-of-pages": "312"}}, "Book", "numberOfPages", 312),
        ({"type": "book", "extra": {"number-of-pages": 312}}, "Book", "numberOfPages", 312),
        ({"type": "book", "page": "312"}, "Book", "numberOfPages", 312),
        ({"type": "book", "page": "3-12"}, "Book", "numberOfPages", None),
        ({"type": "book", "extra": {"number-of-pages": "xii, 312"}}, "Book", "numberOfPages", None),
        ({"type": "book", "extra": {"number-of-pages": ["312"]}}, "Book", "numberOfPages", None),
        ({"type": "book", "extra": {"number-of-pages": "9" * 5000}}, "Book", "numberOfPages", None),
        ({"type": "book", "isbn": "9783161484100"}, "Book", "isbn", "9783161484100"),
        ({"type": "thesis", "genre": "PhD thesis"}, "Thesis", "inSupportOf", "PhD"),
        ({"type": "thesis", "genre": "Doctoral dissertation"}, "Thesis", "inSupportOf", "Doctoral"),
        ({"type": "thesis", "genre": "Dissertation"}, "Thesis", "inSupportOf", None),
        ({"type": "thesis", "genre": "Master's thesis."}, "Thesis", "inSupportOf", "Master's"),
        ({"type": "thesis", "genre": "Habilitationsschrift"}, "Thesis", "inSupportOf", "Habilitationsschrift"),
        ({"type": "software", "extra": {"version": "1.0.2"}}, "SoftwareSourceCode", "version", "1.0.2"),
        ({"type": "article", "extra": {"version": 3}}, "ScholarlyArticle", "version", "3"),
        ({"issn": "1234-5679, 8765-432X", "container_title": "Looms"}, "ScholarlyArticle", "isPartOf",
         {"@type": "Periodical", "name": "Looms", "issn": ["1234-5679", "8765-432X"]}),
    ],
)  # fmt: skip
def test_a_fact_has_the_property_of_its_type(client, fields, type_, name, expected):
    make.publication("On Engines", **fields)

    assert json_ld.by_type(client, "/publications/on-engines/")[type_].get(name) == expected


def test_google_scholar_finds_the_editors_of_a_book_as_its_authors(client):
    book = make.publication("On Engines", authors=[], type="book")
    book.authorships.create(person=make.person("Grace Hopper", orcid="0000-0002-1825-0097"), role="editor", position=1)
    page = client.get("/publications/on-engines/").content.decode()

    assert ("citation_author", "Hopper, Grace") in head_of(client)
    assert "citation_editor" not in dict(head_of(client))
    # With this tag Zotero reads the same name as an editor's.
    assert '<meta name="eprints.editors_name" content="Hopper, Grace">' in page

    book.authorships.create(person=make.person("Ada Lovelace"), role="author", position=1)
    assert head_of(client)[1] == ("citation_author", "Lovelace, Ada")
    assert ("citation_editor", "Hopper, Grace") in head_of(client)


def items_of(facts):
    return [(item["position"], item["name"], item["url"]) for item in facts["itemListElement"]]


@pytest.mark.parametrize(
    ("path", "name", "url"),
    [
        ("/publications/", "On Engines & x₂", "/publications/on-engines/"),
        ("/publications/?tag=mills", "On Engines & x₂", "/publications/on-engines/"),
        ("/tags/mills/", "On Engines & x₂", "/publications/on-engines/"),
        ("/projects/", "Mill", "/projects/mill/"), ("/people/", "Ada Lovelace", "/people/ada-lovelace/"),
        ("/tags/", "engines", "/tags/engines/"),
    ],
)  # fmt: skip
def test_a_list_names_its_items(client, article, path, name, url):
    make.project("Mill")

    facts = json_ld.by_type(client, path)["CollectionPage"]

    assert facts["url"] == f"http://testserver{path}"
    assert items_of(facts["mainEntity"])[0] == (1, name, f"http://testserver{url}")


def test_the_items_of_a_later_page_are_counted_on(client):
    for number in range(25):
        make.publication(f"Work {number}", authors=[], issued=str(2000 - number))

    facts = json_ld.by_type(client, "/publications/?page=2")["CollectionPage"]["mainEntity"]

    assert facts["numberOfItems"] == 25
    assert items_of(facts) == [(25, "Work 24", "http://testserver/publications/work-24/")]


@pytest.mark.parametrize("path", ["/people/ada-lovelace/", "/projects/mill/"])
def test_a_person_and_a_project_have_the_list_of_their_works(client, article, path):
    make.project("Mill").publications.add(article)

    facts = json_ld.by_type(client, path)["ItemList"]

    assert items_of(facts) == [(1, "On Engines & x₂", "http://testserver/publications/on-engines/")]


@pytest.mark.parametrize("path", ["/publications/", "/tags/engines/", "/people/ada-lovelace/"])
def test_lists_name_nothing_that_visitors_do_not_see(client, editor_client, article, path):
    make.publication("Zanzibar", state="draft", tags=["engines"], authors=[article.authorships.first().person])

    assert "Zanzibar" not in client.get(path).text
    assert "ld+json" not in editor_client.get(path).text


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [("2024-05-17", "", ("2024-05-17", "2024-05-17")), ("2024-05", "", ("2024-05", None)), ("2024", "", ("2024", None)),
     ("2024-05-17", "2024-05-19", ("2024-05-17", "2024-05-19")), ("2024-05", "2024-06", ("2024-05", "2024-06"))],
)  # fmt: skip
def test_a_trip_is_dated_as_precisely_as_it_is_known(client, start, end, expected):
    make.activity("A visit", kind="travel", start=start, end=end)

    graph = json_ld.by_type(client, "/activities/")

    assert (graph["Event"]["startDate"], graph["Event"].get("endDate")) == expected
    assert graph["CollectionPage"]["mainEntity"]["itemListElement"][0]["url"] == graph["Event"]["@id"]
