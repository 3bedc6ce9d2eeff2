"""“Save and duplicate” in the admin."""

import pytest
from django.core.files.base import ContentFile
from lxml import html

from profiles.models import Activity
from projects.models import Project
from publications.models import Publication
from tests import make
from tests.config.editing.conftest import log_in  # noqa: F401  (a fixture)
from tests.publications.test_admin import ADD, LIST, form

pytestmark = pytest.mark.django_db


def sent_by_browser(page):
    """What a browser posts when the editor saves the form of a page unchanged."""
    document = html.fromstring(page.content.decode())
    data = {}
    for name, value in document.xpath("//form[.//input[@name='_save']]")[0].form_values():
        data.setdefault(name, []).append(value)
    return data


def test_a_publication_is_saved_and_its_copy_opens(editor_client):
    project = make.project()
    work = make.publication(
        "On Engines", authors=["Ada Lovelace", "Grace Hopper"], tags=["looms"], doi="10.1234/abc", page="1–9",
        container_title="Sketches", citation_key="ada2025", slug="engines", extra={"et-al": ["author"]},
    )  # fmt: skip
    work.projects.add(project)
    ada, grace = work.authorships.all()
    work.resources.create(kind="code", url="https://example.org/code")
    work.resources.create(kind="pdf", file=ContentFile(b"%PDF-1.7", "paper.pdf"))
    rows = [
        {"id": ada.pk, "person": ada.person_id, "position": 1, "corresponding": "on"},
        {"id": grace.pk, "person": grace.person_id, "position": 2},
    ]

    saved = editor_client.post(
        f"{LIST}{work.pk}/change/",
        form(
            title="On Engines", container_title="Sketches", doi="10.1234/abc", citation_key="ada2025", slug="engines",
            page="1–9", tags=["looms"], state="published", issued="2025", has_more_authors="on", authors=rows,
            initial_authors=2, _duplicate="Save and duplicate",
        ),
    )  # fmt: skip
    page = editor_client.get(saved.url)

    assert saved.url == f"{ADD}?copy_of={work.pk}"
    assert "A copy of “On Engines”, which is not saved yet. Not copied:" in " ".join(page.content.decode().split())
    assert page.context["not_copied"] == ["slug", "pages", "DOI", "citation key", "uploaded files"]
    assert Publication.objects.count() == 1
    assert editor_client.post(saved.url, sent_by_browser(page)).status_code == 302
    copy = Publication.objects.exclude(pk=work.pk).get()
    assert (copy.title, copy.container_title, copy.doi, copy.page) == ("On Engines", "Sketches", "", "")
    assert (copy.slug, copy.citation_key) == ("on-engines", "lovelace2025engines")
    assert [(row.person, row.position, row.corresponding) for row in copy.authorships.all()] == [
        (ada.person, 1, True), (grace.person, 2, False),
    ]  # fmt: skip
    assert copy.has_more_authors
    assert list(copy.tags.names()) == ["looms"]
    assert [resource.url for resource in copy.resources.all()] == ["https://example.org/code"]


def test_an_award_and_a_project_are_duplicated(editor_client):
    award = make.activity("A prize", organisation="Turin", start="2025-03-02", state="draft", thesis="of another kind")
    project = make.project("Engine", tagline="It weaves.")
    project.highlights.create(figure="10×", label="faster")
    project.publications.add(make.publication())

    for item, kind in ((award, "profiles/awardactivity"), (project, "projects/project")):
        page = editor_client.get(f"/admin/{kind}/add/?copy_of={item.pk}")
        assert editor_client.post(f"/admin/{kind}/add/?copy_of={item.pk}", sent_by_browser(page)).status_code == 302

    copies = Activity.objects.filter(title="A prize", organisation="Turin", thesis=award.thesis, start="2025-03-02")
    assert [copy.state for copy in copies] == ["draft", "draft"]
    copy = Project.objects.exclude(pk=project.pk).get()
    assert (copy.slug, copy.tagline, copy.state) == ("engine-2", "It weaves.", "draft")
    assert str(copy.highlights.get()) == "10× faster"
    assert copy.publications.count() == 1


@pytest.mark.parametrize("address", ["0", "x", "9" * 40])
def test_a_copy_of_nothing_is_an_empty_form(editor_client, address):
    page = editor_client.get(f"{ADD}?copy_of={address}")

    assert page.status_code == 200
    assert "A copy of" not in page.content.decode()


def test_only_who_may_add_is_offered_a_copy(editor_client, log_in):  # noqa: F811
    assistant = log_in("Assistant")
    draft, public = make.publication("Draft", state="draft"), make.publication("Public")

    pages = [
        client.get(address).content.decode()
        for client, address in [
            (editor_client, f"{LIST}{public.pk}/change/"),
            (assistant, f"{LIST}{draft.pk}/change/"),
            (assistant, f"{LIST}{public.pk}/change/"),
            (editor_client, f"/admin/profiles/person/{public.authorships.get().person_id}/change/"),
        ]
    ]

    assert ["Save and duplicate" in page for page in pages] == [True, True, False, False]
