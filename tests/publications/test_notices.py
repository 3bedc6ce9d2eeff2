"""Retractions, corrections and expressions of concern: on pages, in citations, metadata, files and imports."""

import json
import re

import pytest
from django.contrib.auth.models import Group
from django.contrib.messages import get_messages
from django.db import IntegrityError, transaction

from profiles.history import restoring, revisions
from publications.citations.citeproc import cite
from publications.imports import steps
from publications.models import Notice, Publication
from publications.references import Reference, bibtex, csl, ris
from publications.references.reference import Date, Name
from tests import json_ld, make
from tests.publications.test_admin import ADD, form

pytestmark = pytest.mark.django_db

RETRACTION = {"kind": "retraction", "date": "2025-03-17", "doi": "10.1000/r", "text": "The *data* were made up."}
CONCERN = {"kind": "concern", "date": "2024-11", "url": "https://journal.example/concern"}
CORRECTION = {"kind": "correction", "date": "2024-05-03", "doi": "10.1000/c"}


def noted(*rows, title="On Engines", **fields):
    work = make.publication(title, authors=["Ada Lovelace"], doi="10.1000/e", **fields)
    for row in rows:
        work.notices.create(**row)
    return Publication.objects.get(pk=work.pk)


def text_of(client, path):
    return " ".join(re.sub(r"<[^>]+>", " ", client.get(path).text).split())


def change_form(work, notices=(), initial=0, **fields):
    rows = work.authorships.all()
    authors = [
        {"id": row.pk, "publication": work.pk, "person": row.person_id, "position": row.position} for row in rows
    ]
    return form(
        notices=notices, initial_notices=initial, authors=authors, initial_authors=len(rows),
        **{"title": work.title, "slug": work.slug, "status": work.status, "state": "published", "issued": "2025",
           "doi": work.doi, "publish_at_0": "2025-01-01", "publish_at_1": "00:00"} | fields,
    )  # fmt: skip


def test_a_retraction_stands_at_the_top_of_the_page_and_a_correction_in_its_details(client):
    noted(CORRECTION, RETRACTION)
    page = client.get("/publications/on-engines/").text
    _, banner, rest = re.split(r'(<div class="banner.*?</div>\s*</div>)', page, maxsplit=1, flags=re.DOTALL)
    details = rest.partition("more-facts")[2]

    assert "This work has been retracted." in banner
    assert '<a href="https://doi.org/10.1000/r"' in banner
    assert "The <em>data</em> were made up." in banner
    assert "10.1000/c" not in banner
    assert "<dt>Correction</dt>" in details
    assert "3 May 2024" in details


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([CORRECTION], "Corrected"),
        ([CORRECTION, CONCERN], "Expression of concern"),
        ([CORRECTION, CONCERN, RETRACTION], "Retracted"),
        ([], None),
    ],
)
@pytest.mark.parametrize("path", ["/publications/", "/", "/cv/", "/publications/feed/", "/search/?q=engines"])
def test_lists_say_it_once(client, rows, said, path):
    make.owner()
    noted(*rows, featured=True)
    text = client.get(path).text
    labels = re.findall(r'class="badge \w+"&?(?:gt;|>)([^<&]+)', text.replace("&lt;", "<").replace("&quot;", '"'))

    assert [label for label in labels if label in ("Corrected", "Expression of concern", "Retracted")] == (
        [said] if said else []
    )


def test_the_pages_for_programs_say_it(client):
    noted(CORRECTION, RETRACTION)

    page = client.get("/publications/on-engines.md").text
    assert "(Retracted)" in page
    assert "**Retracted** 17 March 2025" in " ".join(page.split())
    assert "The data were made up." in page
    assert "(Retracted)" in client.get("/publications.md").text
    assert '<meta name="description" content="Retracted. ' in client.get("/publications/on-engines/").text


def test_a_search_for_retracted_works_finds_them(client):
    noted(RETRACTION)
    make.publication("On Cards")

    assert "On Engines" in text_of(client, "/search/?q=retracted")
    assert "On Cards" not in text_of(client, "/search/?q=retracted")


def test_the_metadata_has_the_status_and_the_notices(client):
    noted(CORRECTION, RETRACTION)
    facts = json_ld.graph(client.get("/publications/on-engines/").text)[0]

    assert facts["creativeWorkStatus"] == "Retracted"
    assert facts["correction"] == [
        {
            "@type": "CorrectionComment",
            "name": "Correction",
            "datePublished": "2024-05-03",
            "url": "https://doi.org/10.1000/c",
        },
        {
            "@type": "CorrectionComment",
            "name": "Retraction",
            "datePublished": "2025-03-17",
            "url": "https://doi.org/10.1000/r",
            "text": "The data were made up.",
        },
    ]


def test_files_for_visitors_have_the_notices_in_the_note(client):
    noted(CORRECTION, RETRACTION)
    note = "Corrected, 3 May 2024, https://doi.org/10.1000/c; Retracted, 17 March 2025, https://doi.org/10.1000/r"
    item = json.loads(client.get("/publications/on-engines.json").getvalue())[0]

    assert (item["status"], item["note"], "custom" in item) == ("retracted", note, False)
    assert f"N1  - {note}" in client.get("/publications.ris").getvalue().decode()
    entry = client.get("/publications.bib").getvalue().decode()
    assert f"note = {{{note}}}" in entry
    assert "pubstate = {retracted}" in entry


def test_a_retracted_work_without_a_notice_says_so_too(client):
    noted(status="retracted")

    assert "This work has been retracted." in text_of(client, "/publications/on-engines/")
    assert "N1  - Retracted\r\n" in client.get("/publications.ris").getvalue().decode()


@pytest.mark.parametrize("module", [bibtex, csl, ris])
def test_a_complete_file_brings_the_notices_back(module):
    reference = noted(CORRECTION, CONCERN, RETRACTION, citation_key="lovelace").as_reference()

    [read] = module.loads(module.dumps([reference])).references
    assert read == reference
    Publication.objects.all().delete()
    steps.apply(steps.plan([read], "bib"))

    work = Publication.objects.get()
    assert work.as_reference() == reference
    assert [str(notice) for notice in work.notices.all()] == [
        "Correction, 3 May 2024", "Expression of concern, November 2024", "Retraction, 17 March 2025",
    ]  # fmt: skip


def test_a_notice_that_cannot_be_read_is_left_out():
    bad = [None, {"kind": "gossip"}, {"kind": "correction", "date": "soon", "url": "javascript:x"}, [], {"kind": []}]
    steps.apply(steps.plan([Reference(title="On Engines", extra={"notices": bad})], "json"))

    assert [(one.kind, one.date, one.url) for one in Notice.objects.all()] == [("correction", "", "")]


class TestTheStatus:
    def test_follows_a_notice_of_retraction(self):
        work = noted(RETRACTION)
        assert work.status == "retracted"

        work.status = "published"
        work.save()

        assert Publication.objects.get().status == "retracted"

    def test_stays_when_the_notice_is_deleted_until_an_editor_changes_it(self):
        work = noted(RETRACTION)
        work.notices.all().delete()
        assert Publication.objects.get().status == "retracted"

        work.status = "published"
        work.save()

        assert Publication.objects.get().status == "published"

    def test_of_the_form_gives_way_to_a_notice_with_a_message(self, editor_client):
        answer = editor_client.post(ADD, form(notices=[RETRACTION]))

        assert answer.status_code == 302
        assert Publication.objects.get().status == "retracted"
        messages = [str(message) for message in get_messages(answer.wsgi_request)]
        assert [text for text in messages if text.startswith("The status is “Retracted”")]

    def test_can_be_changed_in_the_form_that_deletes_the_notice(self, editor_client):
        work = noted(RETRACTION)
        row = RETRACTION | {"id": work.notices.get().pk, "publication": work.pk, "DELETE": "on"}

        answer = editor_client.post(
            f"/admin/publications/publication/{work.pk}/change/", change_form(work, [row], 1, status="published")
        )

        assert answer.status_code == 302
        assert (Publication.objects.get().status, Notice.objects.count()) == ("published", 0)

    def test_of_an_older_revision_is_restored_without_the_notice(self, editor):
        work = noted()
        revisions.record([work], editor)
        work.notices.create(**RETRACTION)
        revisions.record([work], editor)
        _, before = revisions.get_revisions(Publication, work.pk)

        restoring.restore(Publication, work.pk, before, editor)
        assert (Publication.objects.get().status, Notice.objects.count()) == ("published", 0)

        latest = revisions.get_revisions(Publication, work.pk)[1]
        restoring.restore(Publication, work.pk, latest, editor)
        assert (Publication.objects.get().status, Notice.objects.count()) == ("retracted", 1)

    def test_is_not_taken_back_by_an_import(self):
        noted(RETRACTION)
        [row] = steps.plan([Reference(title="On Engines", doi="10.1000/e", status="in press")], "bib").rows

        assert "status" not in [change.name for change in row.changes]


def test_a_notice_is_not_stored_twice(editor_client):
    work = noted(CORRECTION)
    for twice in (CORRECTION, CORRECTION | {"doi": "10.1000/C", "date": ""}):
        with pytest.raises(IntegrityError), transaction.atomic():
            work.notices.create(**twice)
    rows = [CONCERN, CONCERN]

    page = editor_client.post(ADD, form(notices=rows)).text
    assert "This notice is here twice. Remove one of the two." in page
    page = editor_client.post(
        f"/admin/publications/publication/{work.pk}/change/", change_form(work, [CORRECTION])
    ).text
    assert "The publication has this notice already. Remove one of the two." in page
    assert Notice.objects.count() == 1


def test_a_copy_of_a_work_has_no_notices(editor_client):
    work = noted(CORRECTION)

    page = editor_client.get(f"{ADD}?copy_of={work.pk}").text

    assert 'name="notices-TOTAL_FORMS" value="0"' in page


def crossref(*updates):
    item = {"DOI": "10.1000/e", "title": ["On Engines"], "type": "journal-article", "updated-by": list(updates)}
    return csl.from_record(item)


def update(type_, doi, day):
    return {"type": type_, "DOI": doi, "updated": {"date-parts": [day]}, "source": "publisher"}


class TestCrossref:
    def test_names_the_notices(self):
        reference = crossref(
            update("retraction", "10.1000/r", [2025, 3, 17]),
            update("retraction", "10.1000/R", [2025, 3, 18]),  # Retraction Watch
            update("erratum", "10.1000/c", [2024, 5, 3]),
            update("expression_of_concern", "10.1000/x", [2024, 11]),
            update("new_version", "10.1000/v2", [2024]),
        )

        assert reference.status == "retracted"
        assert reference.extra["notices"] == [
            {"kind": "correction", "doi": "10.1000/c", "date": "2024-05-03"},
            {"kind": "concern", "doi": "10.1000/x", "date": "2024-11"},
            {"kind": "retraction", "doi": "10.1000/r", "date": "2025-03-17"},
        ]

    def test_may_answer_anything(self):
        item = {"DOI": "10.1000/e", "title": ["On Engines"], "type": "journal-article"}
        for updates in ("retraction", [None, 3, {"type": None}, {"type": "retraction"}], {"type": "retraction"}):
            assert "notices" not in csl.from_record(item | {"updated-by": updates}).extra

    def test_adds_a_new_notice_to_a_work_and_keeps_the_text_of_known_ones(self):
        noted(CORRECTION | {"text": "The table."})
        reference = crossref(
            update("correction", "10.1000/C", [2024]), update("retraction", "10.1000/r", [2025, 3, 17])
        )

        plan = steps.plan([reference], "doi")
        assert [change.label for change in plan.rows[0].changes if "notices" in change.name] == [
            "corrections and retractions"
        ]
        steps.apply(plan)

        work = Publication.objects.get()
        assert [(one.kind, one.text) for one in work.notices.all()] == [
            ("correction", "The table."), ("retraction", ""),
        ]  # fmt: skip
        assert work.status == "retracted"
        assert steps.plan([reference], "doi").rows[0].kind == "unchanged"


@pytest.mark.pandoc
def test_citations_of_all_styles_end_with_the_notices():
    notices = [RETRACTION | {"text": "<b>x</b>"}]
    reference = Reference(
        type="book", title="Engines", author=(Name("Lovelace", "Ada"),), issued=Date(((2024,),)), status="retracted",
        extra={"notices": notices},
    )  # fmt: skip

    [found] = cite([reference])

    assert len(found) > 1
    assert {one.html.endswith(" [Retracted, 17 March 2025, https://doi.org/10.1000/r]") for one in found} == {True}


@pytest.mark.pandoc
def test_the_stored_citations_follow_the_notices(client, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        work = noted()
    assert "Corrected" not in client.get("/publications/on-engines/").text

    with django_capture_on_commit_callbacks(execute=True):
        work.notices.create(**CORRECTION)

    cited = client.get("/publications/on-engines/").text.partition('id="cite"')[2]
    assert "[Corrected, 3 May 2024, https://doi.org/10.1000/c]" in cited


def test_an_assistant_adds_notices_to_drafts_and_not_to_what_visitors_see(client, django_user_model):
    user = django_user_model.objects.create_user("assistant", is_staff=True)
    user.groups.add(Group.objects.get(name="Assistant"))
    client.force_login(user)
    work = noted()

    client.post(f"/admin/publications/publication/{work.pk}/change/", change_form(work, [RETRACTION]))
    assert (Publication.objects.get().status, Notice.objects.count()) == ("published", 0)

    client.post(ADD, form(notices=[RETRACTION], title="On Mills"))
    assert Notice.objects.get().publication.title == "On Mills"
