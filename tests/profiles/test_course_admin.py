"""The form of a course, with its terms and materials."""

import re

import pytest
from django.contrib.auth.models import Group
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile

from profiles.models import Course
from tests import make
from tests.profiles.history.test_publication_history import restore_last

pytestmark = pytest.mark.django_db

ADD = "/admin/profiles/course/add/"
PDF = b"%PDF-1.4 %%EOF"
TOKEN = re.compile(r'<input type="checkbox" name="(pending-[^"]*)" value="([^"]*)" checked>')


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def a_pdf(name="Slides 1.pdf"):
    return SimpleUploadedFile(name, PDF, "application/pdf")


def form(*, terms=(), resources=(), initial_terms=0, initial_resources=0, **fields):
    data = {"title": "Engines I", "state": "published", "position": 0, "instructors": []}
    for prefix, rows, initial in [("terms", terms, initial_terms), ("resources", resources, initial_resources)]:
        data |= {f"{prefix}-TOTAL_FORMS": len(rows), f"{prefix}-INITIAL_FORMS": initial}
        for number, row in enumerate(rows):
            data |= {f"{prefix}-{number}-{name}": value for name, value in row.items()}
    return data | fields


def change(course):
    return f"/admin/profiles/course/{course.pk}/change/"


def saved_terms(course):
    return [{"id": term.pk, "course": course.pk, "name": term.name, "start": term.start} for term in course.terms.all()]


def saved_resources(course):
    return [
        {"id": one.pk, "course": course.pk, "term": one.term_id or "", "label": one.label, "url": one.url,
         "kind": one.kind, "position": one.position}
        for one in course.resources.all()
    ]  # fmt: skip


def test_a_course_is_added_with_terms_files_and_links(editor_client):
    owner = make.owner()
    assert f'<option value="{owner.pk}" selected' in editor_client.get(ADD).content.decode()

    answer = editor_client.post(ADD, form(
        instructors=[owner.pk],
        terms=[{"name": "Autumn", "start": "2025", "role": "Lecturer", "students": 30,
                "files": [a_pdf(), a_pdf("slides-1.pdf"), a_pdf("Notes.txt")]}],
        resources=[{"term": "added", "url": "https://youtu.be/x", "position": 4},
                   {"term": "", "url": "https://example.org/book", "label": "Book", "position": 5}],
    ))  # fmt: skip

    assert answer.status_code == 302
    course = Course.objects.published().get()
    assert list(course.instructors.all()) == [owner]
    assert [one.filename for one in course.latest.materials.exclude(file="")] == [
        "slides-1.pdf", "slides-1-2.pdf", "notes.txt",
    ]  # fmt: skip
    assert [(str(one), str(one.term or "")) for one in course.resources.filter(file="")] == [
        ("Video", "Autumn 2025"), ("Book", ""),
    ]  # fmt: skip


def test_a_saved_term_with_a_wrong_date_is_shown_again_with_what_was_typed(editor_client):
    course = make.course()
    rows = [saved_terms(course)[0] | {"start": "2025-02-30"}]

    page = editor_client.post(change(course), form(terms=rows, initial_terms=1)).text

    assert "is not a date" in page
    assert 'value="2025-02-30"' in page


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ({"start": "2025", "end": "2024"}, "The end lies before the start."),
        ({"start": "20255"}, "is not a date"),
        ({"start": "0202"}, "Enter a year between 1900 and"),
        ({"start": "2225"}, "Enter a year between 1900 and"),
        ({"start": "2025", "students": "-3"}, "greater than or equal to 0"),
        ({"start": "2025", "students": "9" * 30}, "less than or equal to"),
        ({"role": "Lecturer"}, "Enter the year, or a name in “Term”."),
        ({"start": "2025", "url": "no address"}, "Enter a valid URL."),
        ({"start": "2025", "files": ("virus.exe", PDF)}, "files with “.exe” cannot be uploaded"),
        ({"start": "2025", "files": ("a.pdf", b"no")}, "does not contain a “.pdf” file"),
    ],
)
def test_bad_input_gives_a_message_at_the_field_and_loses_nothing(editor_client, row, sentence):
    if "files" in row:
        row = row | {"files": SimpleUploadedFile(*row["files"])}

    answer = editor_client.post(ADD, form(title="Kept", terms=[row, {"name": "Other", "start": "2001"}]))

    assert answer.status_code == 200
    text = answer.content.decode()
    assert sentence in text
    assert 'value="Kept"' in text
    assert 'value="Other"' in text
    assert not Course.objects.exists()


def test_a_large_syllabus_is_refused_and_the_other_files_stay_chosen(editor_client, settings):
    settings.UPLOAD_MAX_MB = 1
    large = SimpleUploadedFile("syllabus.pdf", PDF + b" " * 2**21)
    rows = [{"start": "2025", "files": [large, a_pdf()]}]

    answer = editor_client.post(ADD, form(terms=rows, resources=[{"file": a_pdf("Book.pdf"), "position": 1}]))
    text = answer.content.decode()

    assert "“syllabus.pdf” has 2 MB, more than the 1 MB" in text
    tokens = dict(TOKEN.findall(text))
    assert sorted(tokens) == ["pending-resources-0-file", "pending-terms-0-files"]

    again = form(terms=[{"start": "2025"}], resources=[{"position": 1}])
    assert editor_client.post(ADD, again | tokens).status_code == 302
    assert [one.filename for one in Course.objects.get().resources.all()] == ["book.pdf", "slides-1.pdf"]


def test_a_link_of_the_added_term_needs_one_added_term(editor_client):
    link = {"term": "added", "url": "https://example.org/", "position": 1}

    none = editor_client.post(ADD, form(resources=[link]))
    several = editor_client.post(ADD, form(terms=[{"start": "2024"}, {"start": "2025"}], resources=[link]))

    assert "Add a term, or choose another." in none.content.decode()
    assert "You add several terms. Save them first." in several.content.decode()


def test_a_material_moves_to_another_term_but_not_to_one_of_another_course(editor_client):
    course, other = make.course(terms=["2024", "2025"]), make.course("Other")
    course.resources.create(url="https://example.org/", term=course.latest, position=1)
    old = course.terms.last()

    def save(term):
        rows = [saved_resources(course)[0] | {"term": term.pk}]
        return editor_client.post(
            change(course),
            form(terms=saved_terms(course), initial_terms=2, resources=rows, initial_resources=1),
        )

    assert "Select a valid choice." in save(other.latest).content.decode()
    assert save(old).status_code == 302
    assert course.resources.get().term == old


def test_the_materials_of_a_deleted_term_stay_as_those_of_all_terms(editor_client):
    course = make.course(terms=["2024", "2025"])
    course.resources.create(url="https://example.org/", term=course.latest, position=1)
    terms, resources = saved_terms(course), saved_resources(course)
    terms[0]["DELETE"], resources[0]["label"] = "on", "Changed too"

    answer = editor_client.post(
        change(course),
        form(terms=terms, initial_terms=2, resources=resources, initial_resources=1),
        follow=True,
    )

    assert "A material of a deleted term is now for all terms." in answer.content.decode()
    assert [(str(one), one.term) for one in course.resources.all()] == [("Changed too", None)]


def test_the_next_term_is_a_copy_of_the_last_with_its_materials(editor_client):
    course = make.course(terms=[{"name": "Autumn 2024", "start": "2024-09-15", "role": "Lecturer", "students": 5}])
    course.resources.create(url="https://youtu.be/x", label="Recording", term=course.latest, position=1)
    course.resources.create(file=ContentFile(PDF, "slides.pdf"), term=course.latest, position=2)
    rows = {"terms": saved_terms(course), "initial_terms": 1}
    rows["terms"][0] |= {"role": "Lecturer", "students": 5}
    rows |= {"resources": saved_resources(course), "initial_resources": 2}

    saved = editor_client.post(change(course), form(**rows, _next_term=""))
    page = editor_client.get(saved.headers["Location"]).content.decode()

    assert course.terms.count() == 1  # nothing is saved yet
    for field, value in [("name", "Autumn 2025"), ("start", "2025-09"), ("role", "Lecturer")]:
        assert re.search(rf'name="terms-1-{field}" value="{value}"', page), field
    copies = re.findall(r'name="terms-1-copies" value="(\d+)"[^>]*checked', page)
    assert len(copies) == 2

    rows["terms"].append({"name": "Autumn 2025", "start": "2025-09", "copies": copies})
    assert editor_client.post(saved.headers["Location"], form(**rows)).status_code == 302
    assert str(course.latest) == "Autumn 2025"
    assert [(str(one), one.filename) for one in course.latest.materials.all()] == [
        ("Recording", ""), ("Slides", "slides-2.pdf"),
    ]  # fmt: skip
    with course.latest.materials.last().file.open() as file:
        assert file.read() == PDF


@pytest.mark.parametrize("key", ["0", "x", "9" * 40, "²"])
def test_an_unknown_term_to_copy_is_no_error(editor_client, key):
    assert editor_client.get(f"{change(make.course())}?copy_term={key}").status_code == 200


def test_a_copy_of_a_course_has_the_links_of_all_terms_but_no_terms(editor_client):
    course = make.course(terms=["2025"])
    course.resources.create(url="https://example.org/book", position=1)
    course.resources.create(url="https://example.org/recording", term=course.latest, position=2)

    page = editor_client.get(f"{ADD}?copy_of={course.pk}").content.decode()

    assert "https://example.org/book" in page
    assert "https://example.org/recording" not in page
    assert "terms with their materials." in page


def test_a_deleted_course_is_restored_with_terms_and_materials(editor_client):
    course = make.course(instructors=[make.person("Charles Babbage")], terms=["2024", "2025"])
    course.resources.create(url="https://example.org/", term=course.latest, position=1)
    pk = course.pk
    editor_client.post(f"/admin/profiles/course/{pk}/delete/", {"post": "yes"})
    assert not Course.objects.exists()

    restore_last(editor_client, "/admin/profiles/course/", course)

    restored = Course.objects.get(pk=pk)
    assert str(restored.resources.get().term) == "2025"
    assert [person.name for person in restored.instructors.all()] == ["Charles Babbage"]


def test_an_assistant_cannot_change_a_published_course(client, django_user_model):
    course = make.course()
    assistant = django_user_model.objects.create_user("assistant", is_staff=True)
    assistant.groups.add(Group.objects.get(name="Assistant"))
    client.force_login(assistant)

    answer = client.post(change(course), form(title="Mine", terms=saved_terms(course), initial_terms=1))

    assert answer.status_code == 403
    assert Course.objects.get().title == "Engines I"
