"""Works that have not appeared: their place and their words on pages, in metadata and in the admin."""

import re
from types import SimpleNamespace

import pytest
from django.contrib.auth.models import AnonymousUser

from config.upkeep.export.index import index_works
from publications.imports import steps
from publications.models import Publication
from publications.references import Reference
from publications.references.formats import loads
from tests import json_ld, make

pytestmark = pytest.mark.django_db


def headings(client, query=""):
    """[heading, titles] of the list of publications."""
    page = client.get(f"/publications/{query}").content.decode()
    pattern = r'<h2 id="year-[^"]+">(.*?)</h2>|<h3 class="title"><a [^>]*>(.*?)</a>'
    return [heading or title for heading, title in re.findall(pattern, page)]


def read(fields):
    text = f"@article{{low, author = {{Low, Pia}}, title = {{New cards}}, journal = {{Examples}}, {fields}}}"
    return steps.plan(loads(text).references, "bib")


def imported(fields):
    """Import and publish an article with the given fields in BibTeX."""
    steps.apply(read(fields), publish=True)
    return Publication.objects.get(title="New cards")


@pytest.mark.parametrize(
    ("fields", "status", "label"),
    [
        ("year = {in press}", "accepted", "In press"),
        ("year = {2024, to appear}", "accepted", "To appear"),
        ("note = {Under review}, year = 2024", "submitted", "Under review"),
        ("pubstate = {inpreparation}", "in preparation", "In preparation"),
    ],
)
def test_works_that_have_not_appeared_are_listed_first_in_their_own_words(client, fields, status, label):
    make.publication("Undated", issued="")
    make.publication("Newest", issued="2025-12")
    work = imported(fields)

    assert (work.status, work.status_label) == (status, label)
    assert headings(client) == ["Forthcoming", "New cards", "2025", "Newest", "Undated", "Undated"]
    assert label in client.get("/publications/").content.decode()
    assert list(Publication.objects.newest_first()) == list(Publication.objects.all())


def test_words_that_no_longer_apply_are_not_shown(client):
    work = imported("year = {in press}")
    work.status, work.issued = "published", "2026"
    work.save()

    assert work.status_label == "Published"
    assert work.as_reference().status == ""
    assert headings(client) == ["2026", "New cards"]


def test_an_import_with_volume_and_pages_says_that_the_work_has_appeared():
    imported("year = {in press}")
    final = "year = 2026, volume = 3, pages = {1--9}"
    [row] = read(final).rows
    assert ("status", "in press", "") in [(change.name, change.old, change.new) for change in row.changes]

    work = imported(final)

    assert (work.status, work.status_label, work.numbers) == ("published", "Published", "3, pp. 1–9")
    assert "status" not in work.extra
    assert [read(fields).rows[0].kind for fields in (final, "year = {in press}")] == ["unchanged", "unchanged"]


def test_the_metadata_neither_says_published_nor_makes_up_a_date(client):
    imported("year = {in press}")
    page = client.get("/publications/new-cards/").content.decode()
    facts = json_ld.graph(page)[0]

    assert (facts["creativeWorkStatus"], facts.get("datePublished")) == ("In press", None)
    assert "citation_publication_date" not in page
    assert '<meta name="description" content="Journal article by Pia Low. Examples, in press.">' in page
    assert '<span class="badge accepted">In press</span>' in page


def test_the_home_page_the_cv_and_tags_start_with_it(client):
    owner = make.owner()
    engines = make.tag("engines")
    make.publication("Newest", authors=[owner], issued="2025-12", tags=[engines])
    make.publication("New cards", authors=[owner], issued="", status="accepted", tags=[engines])

    for path in ("/", "/cv/", "/tags/engines/", f"/people/{owner.slug}/"):
        page = client.get(path).content.decode()
        assert page.index("/publications/new-cards/") < page.index("/publications/newest/"), path


def test_filters_and_the_chart_have_no_year_for_an_undated_work(client):
    imported("year = {in press}")
    make.publication("Newest", issued="2025-12")
    make.publication("Older", issued="2024")

    assert headings(client, "?year=2025") == ["2025", "Newest"]
    assert [choice.label for choice in client.get("/publications/").context["facets"].years] == ["2025", "2024"]


def test_the_filters_of_an_exported_site_have_the_same_headings():
    imported("year = {in press}")
    make.publication("Newest", issued="2025-12")
    make.publication("Undated", issued="")
    labels = {"year": {}, "tag": {}, "author": {}}

    works = index_works(labels, SimpleNamespace(link=lambda path, page: path))

    assert [work["heading"] for work in works.values()] == ["Forthcoming", "2025", "Undated"]


def test_the_list_reads_the_first_page_from_an_index():
    rows = Publication.objects.published().works(AnonymousUser()).newest_first()[:50]

    assert "USE TEMP B-TREE" not in rows.explain()


def test_the_list_in_the_admin_has_the_words(editor_client):
    imported("year = {in press}")

    assert (
        '<td class="field-status_label">In press</td>'
        in editor_client.get("/admin/publications/publication/").content.decode()
    )


def test_the_formats_get_the_words_back():
    work = imported("year = {in press}")

    assert work.as_reference().status == "in press"
    assert Publication.from_reference(Reference(status="retracted")).status == "retracted"
