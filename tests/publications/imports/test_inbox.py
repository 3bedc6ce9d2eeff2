"""Repeated searches of services, against a server on this machine."""

import pytest

from publications.imports import inbox
from publications.models import Batch, Publication
from publications.sources import SourceError
from tests import make
from tests.publications.sources.conftest import client, service  # noqa: F401 (fixtures)

pytestmark = pytest.mark.django_db

ORCID = "0000-0002-1825-0097"


def item(**fields):
    return {
        "DOI": "10.1000/engines", "type": "journal-article", "title": ["On Engines"],
        "author": [{"given": "Ada", "family": "Lovelace", "ORCID": f"http://orcid.org/{ORCID}"}], **fields,
    }  # fmt: skip


@pytest.fixture
def crossref(service):  # noqa: F811
    """Sets what Crossref answers from now on."""

    def answer(*items):
        service.answers["/works"] = (200, {}, {"message": {"items": list(items)}})

    return answer


@pytest.fixture
def owner():
    return make.owner(name="Ada Lovelace", orcid=ORCID)


def ask(owner, client):  # noqa: F811
    return inbox.sync(owner, "crossref", client)


def waiting(batch):
    return [incoming.reference.title for incoming in batch.rows.waiting()]


def test_new_works_are_suggested_without_other_changes(owner, client, crossref):  # noqa: F811
    crossref(item())

    batch, news = ask(owner, client)

    assert (waiting(batch), news) == (["On Engines"], 1)
    assert batch.label == "Crossref: Ada Lovelace"
    assert not Publication.objects.exists()


def test_a_work_is_not_suggested_twice(owner, client, crossref):  # noqa: F811
    crossref(item())
    ask(owner, client)

    batch, _ = ask(owner, client)

    assert waiting(batch) == ["On Engines"]
    assert Batch.objects.count() == 1


@pytest.mark.parametrize("title", ["Editorial", "On the weaving of looms"])
def test_works_with_the_same_title_in_other_issues_are_each_suggested_once(owner, client, crossref, title):  # noqa: F811
    crossref(*(item(title=[title], DOI="", issue=issue, page=f"{issue}-20") for issue in ("1", "2", "3")))
    ask(owner, client)

    batch, news = ask(owner, client)

    assert news == 3
    assert sorted(incoming.reference.issue for incoming in batch.rows.waiting()) == ["1", "2", "3"]


def test_an_ignored_work_stays_ignored(owner, client, crossref):  # noqa: F811
    crossref(item())
    batch, _ = ask(owner, client)
    batch.discard()

    batch, news = ask(owner, client)

    assert (waiting(batch), news) == ([], 0)


def test_a_work_of_the_site_is_not_suggested(owner, client, crossref):  # noqa: F811
    make.publication("On Engines", authors=[owner], doi="10.1000/engines", issued="")
    crossref(item())

    assert ask(owner, client)[1] == 0


def test_new_volume_and_pages_are_suggested(owner, client, crossref, editor_client):  # noqa: F811
    make.publication("On Engines", authors=[owner], doi="10.1000/engines", issued="")
    crossref(item(volume="12", page="1-29"))

    batch, news = ask(owner, client)
    page = editor_client.get(batch.get_absolute_url()).text

    assert news == 1
    assert "Volume and pages are known now." in page
    # A suggestion is accepted only if an editor selects it.
    assert "checked" not in page.partition(f'id="select-{batch.rows.get().pk}"')[2].partition(">")[0]


def test_an_article_of_a_preprint_is_suggested_as_its_version(owner, client, crossref, editor_client):  # noqa: F811
    preprint = make.publication("On Engines", authors=[owner], type="article", arxiv_id="1843.00001", issued="2024")
    crossref(item(issued={"date-parts": [[2024, 5]]}))
    batch, _ = ask(owner, client)
    row = editor_client.get(batch.get_absolute_url()).context["groups"][0][2][0]

    editor_client.post(
        batch.get_absolute_url(),
        {f"select-{row.pk}": "on", f"stamp-{row.pk}": row.stamp, f"action-{row.pk}": "version"},
    )

    preprint.refresh_from_db()
    article = Publication.objects.get(doi="10.1000/engines")
    assert row.row.headline == "This preprint has appeared"
    assert (preprint.version_of, article.state) == (article, "draft")
    assert article.authorships.get().person == owner


def test_a_failing_service_raises_an_error_and_changes_nothing(owner, client, service):  # noqa: F811
    service.answers["/works"] = (500, {}, b"")

    with pytest.raises(SourceError, match="busy or out of order"):
        ask(owner, client)

    assert not Batch.objects.exists()


def test_a_person_without_a_link_to_the_service_is_reported(client):  # noqa: F811
    with pytest.raises(SourceError, match="Ada Lovelace has no link to DBLP, which DBLP needs"):
        inbox.sync(make.owner(), "dblp", client)


def test_the_identifier_at_a_service_comes_from_the_persons_links(owner):
    owner.links.create(label="DBLP", url="https://dblp.org/pid/65/9612.html")
    owner.links.create(label="OpenAlex", url="https://openalex.org/A5023888391")

    assert inbox.SERVICES["dblp"].identifier(owner) == "65/9612"
    assert inbox.SERVICES["openalex"].identifier(owner) == "A5023888391"
    assert inbox.SERVICES["orcid"].identifier(owner) == ORCID


def test_each_line_with_an_identifier_is_looked_up(client, service, monkeypatch):  # noqa: F811
    service.answers["/10.1000/engines"] = (200, {}, item())
    monkeypatch.setattr(inbox, "client", lambda: client)

    loaded, source = inbox.read("https://doi.org/10.1000/engines\n\n10.1000/nothing\nhello")

    assert ([reference.title for reference in loaded.references], source) == (["On Engines"], "web")
    assert [(problem.entry, problem.line, problem.text) for problem in loaded.lost] == [
        (2, 3, "10.1000/nothing"), (3, 4, "hello"),
    ]  # fmt: skip
