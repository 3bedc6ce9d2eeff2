"""CITATION.cff of software and data: who sees it, for which types, and the links to it."""

from datetime import timedelta

import pytest
import yaml
from django.utils import timezone

from publications.models import Publication
from tests import make
from tests.publications.references.test_cff import HOSTILE, read

pytestmark = pytest.mark.django_db


def test_software_has_a_citation_file_for_its_repository(client):
    ada = make.person("Ada Lovelace", orcid="0000-0002-1825-0097")
    engine = make.publication(
        "*Analytical* Engine", authors=[ada, "Charles Babbage"], type="software", issued="2025-03-17", tags=["engines"],
        slug="engine", extra={"version": "1.2", "annote": "a secret note"},
    )  # fmt: skip
    engine.resources.create(kind="pdf", url="https://example.org/a.pdf")
    engine.resources.create(kind="code", url="https://github.com/ada/engine")

    answer = client.get("/publications/engine.cff")

    assert answer.headers["Content-Type"] == "application/yaml; charset=utf-8"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="CITATION.cff"'
    assert read(answer.text) == {
        "cff-version": "1.2.0",
        "message": "If you use this software, please cite it as below.",
        "type": "software",
        "title": "Analytical Engine",
        "authors": [
            {
                "family-names": "Lovelace",
                "given-names": "Ada",
                "orcid": "https://orcid.org/0000-0002-1825-0097",
            },
            {"family-names": "Babbage", "given-names": "Charles"},
        ],
        "version": "1.2",
        "keywords": ["engines"],
        "date-released": "2025-03-17",
        "url": "http://testserver/publications/engine/",
        "repository-code": "https://github.com/ada/engine",
    }


def test_the_address_of_the_page_is_that_of_the_site(client, settings):
    settings.SITE_URL = "https://ada.example"
    make.publication("Cards", type="dataset")

    assert read(client.get("/publications/cards.cff").text)["url"] == "https://ada.example/publications/cards/"


def test_hostile_text_is_a_valid_file(client):
    make.publication(HOSTILE, type="software", slug="evil", authors=["Ada: #Lovelace"], abstract=HOSTILE)

    content = read(client.get("/publications/evil.cff").text)

    assert content["title"].startswith("Evil: \"quoted\" 'text' # no comment - item: {a: [b]} </script>")
    assert content["authors"] == [{"family-names": "#Lovelace", "given-names": "Ada:"}]


@pytest.mark.parametrize("type_", ["article-journal", "book", "webpage"])
def test_other_works_have_no_citation_file(client, editor_client, type_):
    make.publication("Engines", type=type_)

    for one in (client, editor_client):
        assert one.get("/publications/engines.cff").status_code == 404
        assert "CITATION.cff" not in one.get("/publications/engines/").text


def test_what_is_not_public_is_not_found(client, editor_client):
    make.publication("Drafted", type="software", state="draft")
    make.publication("To come", type="dataset", publish_at=timezone.now() + timedelta(days=1))

    for slug in ("drafted", "to-come", "not-there"):
        assert client.get(f"/publications/{slug}.cff").status_code == 404
    for slug in ("drafted", "to-come"):
        assert editor_client.get(f"/publications/{slug}.cff").status_code == 200


def test_under_blind_review_its_author_is_anonymous(client, editor_client):
    extra = {"version": "Zanzibar’s"}
    engine = make.publication("Engine", authors=["Zoe Zanzibar"], type="software", hides_authors=True, extra=extra)

    hidden = client.get("/publications/engine.cff").text
    editors = read(editor_client.get("/publications/engine.cff").text)
    Publication.objects.filter(pk=engine.pk).update(authors_from=timezone.now() - timedelta(hours=1))
    shown = read(client.get("/publications/engine.cff").text)

    assert "anzibar" not in hidden
    assert read(hidden)["authors"] == [{"name": "anonymous"}]
    assert editors["authors"] == shown["authors"] == [{"family-names": "Zanzibar", "given-names": "Zoe"}]


def test_a_former_address_leads_to_the_file(client):
    engine = make.publication("Engine", type="software", slug="old")
    engine.slug = "new"
    engine.save()

    answer = client.get("/publications/old.cff")

    assert (answer.status_code, answer.url) == (301, "/publications/new.cff")


def test_the_page_of_software_links_to_the_file(client):
    make.publication("Engine", type="software")

    assert (
        '<a href="/publications/engine.cff" rel="nofollow">CITATION.cff</a>' in client.get("/publications/engine/").text
    )


def test_the_list_has_no_cff_export(client):
    make.publication("Engine", type="software")

    assert client.get("/publications.cff").status_code == 404
    assert yaml.safe_load(client.get("/publications/engine.cff").text)["title"] == "Engine"
