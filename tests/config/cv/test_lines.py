"""Talks, courses and students in the CV: on its page, as Markdown, as a PDF and as JSON Resume."""

import io
from datetime import timedelta

import pypdf
import pytest
from django.utils import timezone

from profiles.models import Course, Membership, Talk
from publications.models import Thesis
from tests import make

pytestmark = pytest.mark.django_db

PATHS = ("/cv/", "/cv.md", "/cv.pdf", "/cv.json")


def text_of(client, path):
    response = client.get(path)
    assert response.status_code == 200, path
    if not path.endswith("pdf"):
        return " ".join(response.text.split())
    pages = pypdf.PdfReader(io.BytesIO(response.content)).pages
    return " ".join("\n".join(page.extract_text() for page in pages).split())


def taught(owner, title="Algebra", terms=("2023", "2021"), **fields):
    course = Course.objects.create(title=title, **{"state": "published", **fields})
    course.instructors.add(owner)
    for year in terms:
        course.terms.create(name=f"Autumn {year}", start=year, role="Tutor")
    return course


def supervised(owner, name="Grace Hopper", **fields):
    values = {"state": "published", "role": "phd-student", "start": "2020", "end": "2024", **fields}
    member = Membership.objects.create(person=make.person(name), **values)
    member.supervisors.add(owner)
    return member


def test_the_cv_shows_talks_courses_and_students_with_their_facts(client):
    owner = make.owner()
    make.talk("On *engines*", occasions=[
        {"event": "Soirée", "organisation": "Salon", "city": "Turin", "start": "2024-05-17", "kind": "keynote"},
        {"event": "Workshop", "start": "2022", "label": "Panel"},
    ])  # fmt: skip
    taught(owner, organisation="Turin College", level="MSc")
    supervised(owner, thesis="On looms", next_position="Postdoc, Zürich")

    for path in PATHS:
        text = text_of(client, path)
        for fact in (
            "On engines" if path != "/cv/" else "On <em>engines</em>", "Soirée", "Salon", "Turin", "Keynote", "Panel",
            "2022", "Algebra", "Turin College", "MSc", "Tutor", "Autumn 2021", "Grace Hopper", "PhD student", "2024",
            "On looms", "Postdoc, Zürich",
        ):  # fmt: skip
            assert fact in text, (path, fact)


def test_a_talk_given_twice_has_a_line_for_each_occasion_and_the_newest_comes_first(client):
    make.owner()
    make.talk("Old", occasions=[{"event": "First", "start": "2001"}, {"event": "Third", "start": "2021"}])
    make.talk("New", occasions=[{"event": "Second", "start": "2011"}])

    page = text_of(client, "/cv/")

    assert page.index("Third") < page.index("Second") < page.index("First")


def test_talks_courses_and_students_of_others_are_not_in_the_cv(client):
    make.owner()
    other = make.person("Charles Babbage", is_public_page=True)
    make.talk("On mills", speakers=[other])
    taught(other, "Geometry")
    supervised(other)

    for path in PATHS:
        assert not [word for word in ("mills", "Geometry", "Hopper") if word in text_of(client, path)], path
    assert "cv" not in client.get("/llms.txt").text


@pytest.mark.parametrize("fields", [{"state": "draft"}, {"publish_at": timezone.now() + timedelta(days=9)}])
def test_drafts_and_scheduled_ones_are_shown_to_editors_only(client, editor_client, fields):
    owner = make.owner()
    make.talk("Zanzibar", occasions=[{"event": "Zanzibar"}], **fields)
    taught(owner, "Zanzibar", **fields)
    supervised(owner, "Zanzibar", **fields)

    for path in PATHS:
        assert "anzibar" not in text_of(client, path), path
    assert 'href="/cv/"' not in client.get("/").text
    page = editor_client.get("/cv/").text
    assert page.count("badge draft") == 3
    assert "Zanzibar" in text_of(editor_client, "/cv.json")


def test_the_title_of_a_thesis_has_formulas_in_unicode(client):
    thesis = make.publication("Sorting in $O(n^2)$ and *time*", authors=[])
    Thesis.objects.create(membership=supervised(make.owner()), publication=thesis)

    assert "Thesis: Sorting in O(n²) and time" in client.get("/cv/").text


def test_a_thesis_that_is_a_draft_is_not_named(client, editor_client):
    thesis = make.publication("Zanzibar", state="draft", authors=[])
    Thesis.objects.create(membership=supervised(make.owner()), publication=thesis)

    assert "Zanzibar" not in text_of(client, "/cv/")
    assert "Thesis: Zanzibar" in text_of(editor_client, "/cv/")
    Membership.objects.update(thesis="Zanzibar")
    for path in PATHS:
        assert "Zanzibar" not in text_of(client, path), path


def test_the_years_of_a_course_are_those_of_its_first_and_last_term(client):
    course = taught(make.owner(), terms=("2023-09-15", "2021"))
    course.terms.create(start="2025", end="2026-01")
    supervised(course.instructors.get(), "Annie Easley", next_position="Postdoc, Zürich")

    assert "2021 – 2026 Algebra" in text_of(client, "/cv.pdf")
    taught(course.instructors.get(), "Geometry", terms=("2026-03",))
    page = text_of(client, "/cv/")
    assert "2021 – 2026" in page
    assert page.index("Geometry") < page.index("Algebra")  # which began in 2025
    assert "Next: Postdoc, Zürich" in text_of(client, "/cv.pdf")


def test_the_owners_roles_in_the_group_are_in_the_cv(client):
    settings = make.group(name="Engine Lab")
    make.membership(settings.person, role="principal-investigator", start="2012")
    make.membership(settings.person, title="Zanzibar", state="draft")

    for path in PATHS:
        text = text_of(client, path)
        for fact in ("Principal investigator", "Engine Lab", "2012"):
            assert fact in text, (path, fact)
        assert "Zanzibar" not in text, path
    assert client.get("/cv.json").json()["work"] == [
        {"name": "Engine Lab", "position": "Principal investigator", "startDate": "2012"}
    ]


def test_a_site_with_only_a_talk_of_its_owner_has_a_cv_in_its_menu(client):
    make.owner()
    make.talk("On engines")

    assert 'href="/cv/"' in client.get("/").text


@pytest.mark.parametrize("count", [1, 3, 30])
def test_the_number_of_queries_does_not_grow_with_talks_courses_and_students(client, django_assert_num_queries, count):
    owner = make.owner()
    for number in range(count):
        make.talk(f"Talk {number}", occasions=[{"start": "2020"}, {"start": "2021"}])
        taught(owner, f"Course {number}")
        thesis = make.publication(f"Thesis {number}", authors=[])
        Thesis.objects.create(membership=supervised(owner, f"Student {number}"), publication=thesis)
    assert Talk.objects.count() == count

    with django_assert_num_queries(21):
        client.get("/cv.json")
