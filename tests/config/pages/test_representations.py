"""Pages for programs: content negotiation, pages as Markdown, and what other sites may read."""

import json
import re
from datetime import timedelta
from xml.etree import ElementTree as ET

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone

from config.pages.representations import PAGES, preferred
from profiles.models import Look
from publications.citations.stored import digest
from publications.citations.styles import Style
from publications.exports import public_reference
from publications.models import FormattedCitations, Publication, SavedList
from publications.references.formats import loads
from tests import make
from tests.config.pages.test_previews import link_to

pytestmark = pytest.mark.django_db

BIB, RIS, CSL = (
    "application/x-bibtex", "application/x-research-info-systems", "application/vnd.citationstyles.csl+json",
)  # fmt: skip
LD, LINKSET, MD, TEXT = "application/ld+json", "application/linkset+json", "text/markdown", "text/x-bibliography"
LISTS = ["/publications/", "/publications/?tag=mills", "/tags/mills/", "/people/ada-lovelace/", "/projects/engine/"]


@pytest.fixture
def record():
    owner = make.owner(headline="Countess", bio="I write *programs*.", tags=["mills"])
    work = make.publication(
        "On [Engines] & $x_2$", slug="on-engines", authors=[owner], tags=["mills"], issued="2025-03", citation_key="e1",
        container_title="Journal of Mills", doi="10.1000/engines", abstract="All <!-- not this --> of **it**.",
    )  # fmt: skip
    make.project("Engine", tagline="It *turns*", tags=["mills"]).publications.add(work)
    make.activity("A talk", person=owner, start="2024-05", url="https://example.org/a_(b)")
    make.page("Join us")
    return work


def get(client, path, accept, **headers):
    return client.get(path, headers={"accept": accept, **headers})


def body(response):
    return (response.getvalue() if response.streaming else response.content).decode()


def type_of(response):
    return response.headers["Content-Type"].partition(";")[0]


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        ("", "text/html"), ("*/*", "text/html"), ("text/*", "text/html"), ("nonsense", "text/html"),
        (",;,", "text/html"),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8", "text/html"),
        ("image/png", "text/html"), ("application/x-bibtex;q=0", "text/html"), ("*;q=0.2", "text/html"),
        (BIB, BIB), ("APPLICATION/X-BibTeX", BIB), (f"{BIB}; charset=utf-8", BIB),
        (f' {BIB} ;q=0.5;profile="a,b"', BIB),
        (f'{CSL};profile="https://example.org/a"', CSL), (f"image/png, {RIS}", RIS), (f"{BIB}, */*", BIB),
        (f"{BIB};q=0.5, {RIS};q=0.7", RIS), (f"{BIB};q=0.5, text/html;q=0.4", BIB), (f"{BIB};q=0.5, */*", "text/html"),
        (f"{BIB}, text/html", "text/html"), (f"text/html, {BIB}; charset=utf-8", "text/html"),
        ("text/html;level=1", "text/html"), (f"text/html;q=0, {BIB};q=0.1", BIB), (f"{BIB};q=2", BIB),
        (f"{BIB};q=nan, {RIS};q=0.1", RIS), ('"' * 5000, "text/html"), (f"application/*, {BIB};q=0", RIS),
    ],
)  # fmt: skip
def test_an_accept_header_chooses_the_type_that_it_prefers(accept, expected):
    assert preferred(accept, [BIB, RIS, CSL, TEXT])[0] == expected


def test_a_type_may_have_parameters():
    assert preferred("text/x-bibliography; style=APA; locale=fr-FR", [TEXT]) == (
        TEXT, {"style": "APA", "locale": "fr-FR"},
    )  # fmt: skip


@pytest.mark.parametrize("path", ["/publications/on-engines/", *LISTS])
def test_a_page_answers_with_the_records_of_all_its_works(client, record, path, monkeypatch):
    for limit in ("profiles.views.PersonDetail.papers_shown", "config.pages.tags.TagDetail.papers_shown",
                  "publications.views.PublicationList.paginate_by"):  # fmt: skip
        monkeypatch.setattr(limit, 1)
    make.publication("Other", authors=[])
    other = make.publication("On Wheels", authors=[record.authors.get()], tags=["mills"], issued="2020")
    record.projects.get().publications.add(other)
    titles = ["On [Engines] & $x_2$", "Other", "On Wheels"]
    expected = {"/publications/on-engines/": titles[:1], "/publications/": titles}.get(path, titles[::2])

    for media_type in (BIB, RIS, CSL):
        response = get(client, path, f"{media_type}; charset=utf-8")
        loaded = loads(body(response))

        assert (type_of(response), loaded.problems) == (media_type, [])
        assert [reference.title for reference in loaded.references] == expected
        assert "Accept" in response.headers["Vary"].split(", ")


def test_the_bibtex_of_a_page_is_the_export_at_its_address(client, record):
    for page, export in [
        ("/publications/on-engines/", "/publications/on-engines.bib"),
        ("/publications/?year=2025", "/publications.bib?year=2025"), ("/tags/mills/", "/publications.bib?tag=mills"),
    ]:  # fmt: skip
        assert body(get(client, page, BIB)) == body(client.get(export))


@pytest.mark.parametrize(
    "path", ["/", "/publications/on-engines/", *LISTS, "/tags/", "/people/", "/projects/", "/activities/"]
)
def test_a_page_answers_with_its_json_ld(client, record, path):
    (text,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', client.get(path).text)

    response = get(client, path, LD)

    assert type_of(response) == LD
    assert json.loads(body(response)) == json.loads(text)


def test_a_list_answers_with_the_links_to_its_works(client, record):
    page = "http://testserver/tags/mills/"

    response = get(client, "/tags/mills/", LINKSET)

    assert type_of(response) == LINKSET
    assert response.json() == {
        "linkset": [
            {
                "anchor": page,
                "type": [{"href": "https://schema.org/CollectionPage"}],
                "item": [{"href": "http://testserver/publications/on-engines/", "type": "text/html"}],
            }
        ]
    }
    one = get(client, "/publications/on-engines/", LINKSET)
    assert one.json() == client.get("/publications/on-engines.linkset.json").json()


@pytest.fixture
def styles(monkeypatch, tmp_path):
    found = {
        key: Style(key, key.upper(), tmp_path / f"{name}.csl")
        for key, name in [("apa", "apa"), ("mla", "modern-language-association")]
    }
    monkeypatch.setattr("publications.citations.styles.available", lambda: found)


def format_work(publication, **texts):
    prepared = Publication.objects.published().get(pk=publication.pk)
    prepared.is_blind = False
    citations = [{"key": key, "label": key, "html": text, "text": text} for key, text in texts.items()]
    FormattedCitations.objects.create(
        publication=publication, digest=digest(public_reference(prepared)), styles="x", citations=citations
    )


@pytest.mark.parametrize(
    ("accept", "style"),
    [(TEXT, "apa"), (f"{TEXT}; style=mla", "mla"), (f"{TEXT}; style=MLA; locale=fr-FR", "mla"),
     (f"{TEXT};style=modern-language-association;charset=utf-8", "mla")],
)  # fmt: skip
@pytest.mark.parametrize("path", ["/publications/on-engines/", *LISTS])
@pytest.mark.usefixtures("styles")
def test_a_page_answers_with_formatted_citations(client, record, path, accept, style):
    format_work(record, apa="Lovelace (2025).", mla="Lovelace, 2025.")

    response = get(client, path, accept)

    assert response.headers["Content-Type"] == f"{TEXT}; style={style}; locale=en-US; charset=utf-8"
    assert body(response) == {"apa": "Lovelace (2025).\n", "mla": "Lovelace, 2025.\n"}[style]


def test_citations_use_the_owners_style_and_name_works_that_are_not_formatted(client, record, styles):
    record.authors.update(citation_style="mla")
    make.publication("Bare", authors=["Grace Hopper"], issued="2020")

    text = body(get(client, "/publications/", TEXT))

    assert text == "Ada Lovelace. On [Engines] & x₂. Journal of Mills. March 2025.\nGrace Hopper. Bare. 2020.\n"


def test_an_unknown_citation_style_is_answered_with_the_names_of_all(client, record, styles):
    response = get(client, "/publications/on-engines/", f"{TEXT}; style=bluebook")

    assert (response.status_code, type_of(response)) == (400, "text/plain")
    assert response.text == "There is no citation style “bluebook” here. Use one of these: apa, mla.\n"


def test_without_citation_styles_a_client_gets_the_page(client, record):
    assert type_of(get(client, "/publications/on-engines/", TEXT)) == "text/html"


ADDRESSES = {
    "/": "/index.md", "/publications/on-engines/": "/publications/on-engines.md", "/publications/": "/publications.md",
    "/publications/?tag=mills": "/publications.md?tag=mills", "/tags/": "/tags.md", "/tags/mills/": "/tags/mills.md",
    "/people/": "/people.md", "/people/ada-lovelace/": "/people/ada-lovelace.md", "/projects/": "/projects.md",
    "/projects/engine/": "/projects/engine.md", "/activities/": "/activities.md", "/cv/": "/cv.md",
    "/cv/short-cv/": "/cv/short-cv.md",
    "/publications/lists/engines/": "/publications/lists/engines.md",
    "/join-us/": "/join-us.md", "/grants/": "/grants.md", "/grants/engine-fund/": "/grants/engine-fund.md",
    "/teaching/": "/teaching.md", "/teaching/engines-i/": "/teaching/engines-i.md", "/talks/": "/talks.md",
    "/talks/on-engines/": "/talks/on-engines.md", "/news/": "/news.md", "/news/it-runs/": "/news/it-runs.md",
}  # fmt: skip


@pytest.fixture
def whole_record(record):
    make.course("Engines I")
    make.talk("On Engines", occasions=[{"start": "2025"}])
    make.post("It runs")
    make.cv()
    make.grant("Engine fund")
    SavedList.objects.create(name="Engines", state="published")
    return record


@pytest.mark.parametrize("path", ADDRESSES)
def test_a_page_as_markdown_has_an_address_that_the_page_names(client, whole_record, path):
    (link,) = re.findall(
        r'<link rel="alternate" type="text/markdown" title="Markdown" href="(.*?)">', client.get(path).text
    )
    assert link == ADDRESSES[path]

    at_address, negotiated = client.get(link), get(client, path, MD)

    assert at_address.headers["Content-Type"] == "text/markdown; charset=utf-8"
    assert at_address.text.replace(".md?", "/?") == negotiated.text.replace(".md?", "/?")
    assert re.match("# .+\n\n", at_address.text)
    page = f"http://testserver{path.partition('?')[0]}"
    assert at_address.headers["Link"] == f'<{page}>; rel="canonical"; type="text/html"'
    assert "Accept" not in at_address.headers.get("Vary", "").split(", ")


def test_the_registry_has_a_template_for_each_page_as_markdown():
    assert len(ADDRESSES) == len(PAGES) + 1


def test_a_work_as_markdown_has_its_facts_abstract_and_links(client, record):
    record.resources.create(kind="pdf", file=ContentFile(b"%PDF-1.4 %%EOF", "engines.pdf"))

    assert (
        client.get("/publications/on-engines.md").text
        == """# On \\[Engines\\] & x₂

Ada Lovelace

Journal article, *Journal of Mills*
  (March 2025)

## Abstract

All  of **it**.

## Links

- [Web page](http://testserver/publications/on-engines/)
- [BibTeX](http://testserver/publications/on-engines.bib)
- [RIS](http://testserver/publications/on-engines.ris)
- [CSL-JSON](http://testserver/publications/on-engines.json)
- [https://doi.org/10.1000/engines](https://doi.org/10.1000/engines)
- [PDF](http://testserver/publications/on-engines/engines.pdf)

## Projects

- [Engine](http://testserver/projects/engine.md)

## Tags

- [mills](http://testserver/tags/mills.md)
"""
    )


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("/index.md", "I write *programs*."), ("/index.md", "> Countess"),
        ("/publications.md", "- [On \\[Engines\\] & x₂](http://testserver/publications/on-engines.md)"),
        ("/publications.md?tag=mills", "# Publications: mills"), ("/publications.md", "## 2025"),
        ("/tags.md", "- [mills](http://testserver/tags/mills.md) (3)"),
        ("/tags/mills.md", "- [Ada Lovelace](http://testserver/people/ada-lovelace.md)"),
        ("/people/ada-lovelace.md", "- [A talk](https://example.org/a_%28b%29)"),
        ("/activities.md", "  · May 2024"), ("/projects/engine.md", "> It \\*turns\\*"), ("/cv.md", "- J1"),
    ],
)  # fmt: skip
def test_markdown_shows_the_content_of_the_page(client, record, path, line):
    assert line in client.get(path).text.splitlines()


@pytest.mark.parametrize("text", ["[x](y", "*a* `b` <i>", "&lt;b&gt;", "\\", "]", "a_b_"])
def test_a_name_is_no_markup_in_markdown(client, text):
    make.owner(name=text, headline=text)
    make.project(text, slug="engine")
    plain = re.sub(r"([\\`*_\[\]<]|&(?=lt|gt))", r"\\\1", text)

    assert client.get("/people.md").text.splitlines()[2].startswith(f"- [{plain}](http")
    assert client.get("/projects/engine.md").text.splitlines()[0] == f"# {plain}"


def test_notes_of_editors_and_mail_addresses_are_not_in_markdown(client):
    bio = "One.\n\n[//]: # (secret)\n\nTwo <!-- secret\nsecret -->three.\n\n<!-- secret"
    make.owner(bio=bio, email="ada@example.org").links.create(kind="email", url="mailto:ada@example.org")

    for path in ("/index.md", "/people/ada-lovelace.md", "/cv.md", "/llms.txt"):
        assert "secret" not in client.get(path).text
        assert "@" not in client.get(path).text
    assert "One.\n\nTwo three." in client.get("/people/ada-lovelace.md").text


@pytest.mark.parametrize(("path", "accept"), [("/join-us.md", "*/*"), ("/join-us/", MD)])
def test_relative_links_lead_to_the_same_files_in_markdown(client, path, accept):
    body_ = """[Call](call.pdf) [note](<call.pdf> "A (call)") [top](/x/) [year](?y=1) ![plan](plan.png) [up](../up/)
[here](#a) [out](https://example.org/a) [mail](mailto:a@example.org) [name][ref] \\[no\\](no) `[code](a)` $f[x](y)$

[ref]: ref.pdf

> ```
> [code](a)
> ```"""
    make.page("Join us", body=body_)
    here = "http://testserver/join-us"
    for before, after in [
        ("(call.pdf)", f"({here}/call.pdf)"), ("(<call.pdf>", f"(<{here}/call.pdf>"),
        ("(/x/)", "(http://testserver/x/)"), ("(?y=1)", f"({here}/?y=1)"), ("(plan.png)", f"({here}/plan.png)"),
        ("(../up/)", "(http://testserver/up/)"), ("]: ref.pdf", f"]: {here}/ref.pdf"),
    ]:  # fmt: skip
        body_ = body_.replace(before, after)

    assert body(get(client, path, accept)) == f"# Join us\n\n{body_}\n"


def test_relative_links_of_the_home_page_start_at_its_address(client):
    make.owner(bio="[Thesis](thesis/)")

    assert "[Thesis](http://testserver/thesis/)" in body(client.get("/index.md"))


def test_the_home_page_as_markdown_has_the_blocks_of_the_page(client, record):
    make.section("Outside", body="I play chess.")
    assert "## Outside\n\nI play chess." in client.get("/index.md").text

    look = Look.objects.create(person=record.authors.get())
    look.blocks = ["projects", "a block without Markdown", "biography"]
    look.save()

    text = client.get("/index.md").text
    assert re.findall("^#.*$", text, re.MULTILINE) == ["# Ada Lovelace", "## Projects"]
    assert "I write *programs*." in text


def test_a_long_list_as_markdown_has_pages(client):
    for number in range(25):
        make.publication(f"Work {number}", authors=[], issued="2000")

    first = client.get("/publications.md").text
    (link,) = re.findall(r"\[Next page\]\(http://testserver(.*?)\)", first)

    assert link == "/publications.md?page=2"
    assert first.count("\n- [Work") == 24
    assert client.get(link).text.count("\n- [Work") == 1
    page = client.get("/publications/?page=2").text
    assert 'title="Markdown" href="/publications.md?page=2"' in page


def test_a_former_address_as_markdown_redirects(client, record):
    record.slug = "on-mills"
    record.save()

    answer = client.get("/publications/on-engines.md")

    assert (answer.status_code, answer.url) == (301, "/publications/on-mills.md")
    assert get(client, "/publications/on-engines/", BIB).url == "/publications/on-mills/"


@pytest.mark.parametrize("path", ["/search.md", "/admin.md", "/publications/feed.md", "/feed.md", "/tags/none.md"])
def test_nothing_else_has_an_address_as_markdown(client, record, path):
    assert client.get(path).status_code == 404


def test_an_uploaded_markdown_file_keeps_its_address(client, record):
    record.resources.create(kind="data", file=ContentFile(b"# Read me", "readme.md"))

    assert body(client.get("/publications/on-engines/readme.md")) == "# Read me"


EVERY_TYPE = (BIB, RIS, CSL, LD, LINKSET, MD, TEXT)


@pytest.mark.parametrize("state", [{"state": "draft"}, {"publish_at": timezone.now() + timedelta(days=9999)}])
def test_hidden_content_is_in_no_representation_not_even_an_editors(client, editor_client, record, styles, state):
    owner = record.authors.get()
    make.publication("Zanzibar", slug="z", authors=[owner], tags=["mills"], featured=True, **state)
    make.project("Zanzibar", slug="z", tags=["mills"], **state).publications.add(record)
    make.activity("Zanzibar", person=owner, tags=["mills"], **state)
    make.section("Zanzibar", **state)

    for visitor in (client, editor_client):
        for media_type in EVERY_TYPE:
            for path in ("/publications/z/", "/projects/z/"):
                assert get(visitor, path, media_type).status_code == 404
            for path in ["/", "/activities/", "/projects/", "/cv/", "/tags/", "/publications/on-engines/", *LISTS]:
                response = get(visitor, path, media_type)
                if type_of(response) != "text/html":
                    assert "anzibar" not in body(response)
        assert visitor.get("/publications/z.md").status_code == 404
        assert "anzibar" not in visitor.get("/llms.txt").text
    assert "text/markdown" not in editor_client.get("/publications/z/").text


def test_blind_review_hides_the_authors_in_every_representation(client, editor_client, record, styles):
    paper = make.publication("Blind", authors=["Charles Babbage"], tags=["mills"], hides_authors=True)
    record.projects.get().publications.add(paper)

    for visitor in (client, editor_client):
        for path in ("/publications/blind/", "/publications/", "/tags/mills/", "/projects/engine/"):
            for media_type in EVERY_TYPE:
                text = body(get(visitor, path, media_type))
                # a project would lead to the authors
                assert "Blind" in text or media_type == LINKSET or path == "/projects/engine/"
                assert "Babbage" not in text
    assert "Authors hidden for blind review" in client.get("/publications/blind.md").text


OPEN = [
    "/publications.bib", "/publications/on-engines.json", "/publications/on-engines.linkset.json", "/cv.json", "/feed/",
    "/activities.ics", "/projects/engine/CITATION.cff", "/publications.md", "/llms.txt", "/sitemap.xml",
    "/opensearch.xml",
]  # fmt: skip


@pytest.mark.parametrize("path", OPEN)
def test_other_sites_may_read_feeds_and_exports_as_visitors_get_them(client, editor_client, record, path):
    response = client.get(path)

    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert response.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert "Access-Control-Allow-Credentials" not in response.headers
    assert "Content-Security-Policy" in response.headers
    assert "Access-Control-Allow-Origin" not in editor_client.get(path).headers
    head = client.head(path)
    assert (head.status_code, head.headers["Access-Control-Allow-Origin"]) == (200, "*")


@pytest.mark.parametrize("media_type", EVERY_TYPE)
def test_other_sites_may_read_what_a_page_answers_to_programs(client, record, styles, media_type):
    response = get(client, "/publications/on-engines/", media_type, origin="https://example.org")

    assert response.headers["Access-Control-Allow-Origin"] == "*"


def test_other_sites_may_not_read_pages_previews_or_the_admin(client, editor_client, record):
    draft = make.publication("Draft", state="draft")
    draft.resources.create(kind="data", file=ContentFile(b"{}", "data.json"))
    preview = link_to(editor_client, draft)

    assert client.get(f"{preview}data.json").getvalue() == b"{}"
    for path in [
        "/", "/publications/", "/cv/", "/admin/", "/admin/login/", "/nowhere.bib", "/publications/draft.bib", preview,
        f"{preview}data.json",
    ]:  # fmt: skip
        response = client.get(path)
        body(response)  # closes a file
        assert "Access-Control-Allow-Origin" not in response.headers


def test_a_browser_can_search_the_site(client, record):
    page = client.get("/").text
    assert (
        '<link rel="search" type="application/opensearchdescription+xml" title="Ada Lovelace" href="/opensearch.xml">'
        in page
    )

    response = client.get("/opensearch.xml")
    description = ET.fromstring(response.content)

    assert type_of(response) == "application/opensearchdescription+xml"
    namespace = "{http://a9.com/-/spec/opensearch/1.1/}"
    assert description.findtext(f"{namespace}ShortName") == "Ada Lovelace"
    assert description.find(f"{namespace}Url").get("template") == "http://testserver/search/?q={searchTerms}"


def test_a_long_or_hostile_name_fits_into_the_description_of_the_search(client):
    make.owner(name='<b>&"Ada" of many long names, the Countess of Lovelace')

    description = ET.fromstring(client.get("/opensearch.xml").content)

    assert len(description[0].text) == 16


def test_llms_txt_leads_to_the_pages_as_markdown_and_to_the_exports(client, record):
    text = client.get("/llms.txt").text

    assert text.startswith("# Ada Lovelace\n\n> Countess\n\n")
    assert re.findall("^## (.*)$", text, re.MULTILINE) == ["Pages", "Newest publication", "Exports"]
    links = re.findall(r"^- \[.*\]\(http://testserver(.*?)\)", text, re.MULTILINE)
    assert "/publications/on-engines.md" in links
    assert {client.get(link).status_code for link in links} == {200}


def test_llms_txt_of_an_empty_site_has_no_dead_links(client):
    links = re.findall(r"\]\(http://testserver(.*?)\)", client.get("/llms.txt").text)

    assert {client.get(link).status_code for link in links} == {200}


def test_pages_name_their_exports(client, record):
    def alternates(path):
        found = re.findall(r'<link rel="alternate" type="(.*?)" title="(.*?)" href="(.*?)">', client.get(path).text)
        assert all(client.get(href).headers["Content-Type"].startswith(type_) for type_, _, href in found)
        return found

    assert (BIB, "BibTeX", "/publications.bib?tag=mills") in alternates("/publications/?tag=mills")
    assert (BIB, "BibTeX", "/publications.bib?tag=mills") in alternates("/tags/mills/")
    assert (CSL, "CSL-JSON", "/publications.json?author=ada-lovelace") in alternates("/people/ada-lovelace/")
    assert ("text/calendar", "Activities", "/activities.ics") in alternates("/activities/")
    assert ("application/yaml", "CITATION.cff", "/projects/engine/CITATION.cff") in alternates("/projects/engine/")
    assert ("application/json", "CV as JSON Resume", "/cv.json") in alternates("/cv/")
    Publication.objects.update(type="software")
    assert ("application/yaml", "CITATION.cff", "/publications/on-engines.cff") in alternates(
        "/publications/on-engines/"
    )


@pytest.mark.parametrize("path", ["/", "/publications/", "/tags/mills/", "/people/ada-lovelace/", "/cv/"])
@pytest.mark.parametrize("media_type", [MD, LD])
def test_head_and_304_work_for_every_representation(client, record, path, media_type):
    whole = get(client, path, media_type)
    head = client.head(path, headers={"accept": media_type})
    again = get(client, path, media_type, **{"if-none-match": whole.headers.get("ETag", "none")})

    assert (head.status_code, head.content, type_of(head)) == (200, b"", type_of(whole))
    assert again.status_code == (304 if "ETag" in whole.headers else 200)


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(
    ("path", "queries"),
    [(("/publications.md", "*/*"), 7), (("/publications/", TEXT), 8), (("/tags/mills.md", "*/*"), 15),
     (("/cv.md", "*/*"), 17), (("/publications/", LINKSET), 2), (("/publications/", LD), 2)],
)  # fmt: skip
@pytest.mark.usefixtures("styles")
def test_the_number_of_queries_does_not_grow_with_the_works(client, django_assert_num_queries, path, queries, count):
    owner = make.owner()
    for number in range(count):
        make.publication(
            f"Work {number}", authors=[owner, f"Author {number}"], tags=["mills"], issued=str(2000 + number)
        )

    with django_assert_num_queries(queries):
        body(get(client, *path))


def test_exports_at_the_address_of_a_page_are_limited_like_those_at_their_own(client, record, settings):
    settings.RATE_LIMIT = 2

    answers = [
        client.get("/publications/", headers={"accept": BIB}, REMOTE_ADDR="203.0.113.7").status_code for _ in range(3)
    ]

    assert answers == [200, 200, 429]
    page = client.get("/publications/", headers={"accept": "text/html,*/*;q=0.8"}, REMOTE_ADDR="203.0.113.7")
    assert page.status_code == 200
