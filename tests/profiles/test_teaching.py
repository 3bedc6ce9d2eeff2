"""Courses: their pages and files, and where else they are."""

import re
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone

from config.upkeep import first_site, stored_files
from profiles.history import merging
from profiles.models import Course, LinkCheck, PreviewLink, Term
from tests import json_ld, make

pytestmark = pytest.mark.django_db

PDF = b"%PDF-1.4 %%EOF"
SECRET = "Secret Engines"


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def this_year(years=0):
    return str(timezone.localdate().year + years)


def text_of(answer):
    """The text of a page as a reader sees it."""
    return " ".join(
        re.sub(r"<[^>]+>", " ", answer.content.decode().partition('tabindex="-1">')[2].partition("</main>")[0]).split()
    )


# Pages


def test_current_and_coming_courses_come_before_past_ones(client):
    make.course("Old", terms=["2001"])
    make.course("Now", terms=[this_year(), "2003"])
    make.course("Next", terms=[this_year(1)])

    text = text_of(client.get("/teaching/"))

    assert [word for word in text.split() if word in ("Old", "Now", "Next", "Current", "Past")] == [
        "Current", "Next", "Now", "Past", "Old",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("months", "is_current"), [(-8, False), (-6, False), (-5, True), (0, True), (2, True)]
)  # fmt: skip
def test_a_term_without_an_end_is_over_after_six_months(months, is_current):
    today = timezone.localdate()
    count = today.year * 12 + today.month - 1 + months

    assert Term(start=make_date(f"{count // 12}-{count % 12 + 1:02}")).is_current is is_current


def test_the_last_year_that_dates_have_breaks_neither_the_list_nor_the_next_term(client):
    term = make.course("Engines", terms=["9999-12"]).terms.get()

    assert client.get("/teaching/").status_code == 200
    assert term.a_year_later().start == "9999-12"


def make_date(text):
    return Term._meta.get_field("start").to_python(text)


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"name": "Autumn", "start": "2025-09"}, "Autumn 2025"),
        ({"name": "Winter", "start": "2025-10", "end": "2026-02"}, "Winter 2025–26"),
        ({"start": "1998", "end": "2003"}, "1998–2003"),
        ({"name": "Autumn 2025", "start": "2025"}, "Autumn 2025"),
        ({"name": "Autumn"}, "Autumn"),
    ],
)
def test_a_term_is_named_by_its_name_and_years(fields, name):
    values = {key: value if key == "name" else make_date(value) for key, value in fields.items()}

    assert str(Term(**values)) == name


def test_a_course_of_a_title_a_role_and_a_year_is_one_line_without_a_link(client):
    make.course("Engines I", terms=[{"start": "2024", "role": "Teaching assistant"}])

    page = client.get("/teaching/")

    assert text_of(page).startswith("Teaching 2024 Engines I , Teaching assistant")
    assert 'href="/teaching/engines-i/"' not in page.content.decode()
    assert client.get("/teaching/engines-i/").status_code == 200


def test_a_material_named_like_its_kind_does_not_say_it_twice():
    resources = make.course().resources

    assert resources.create(url="https://a.example.org/1", kind="slides", label="Slides").format == ""
    assert resources.create(url="https://a.example.org/2", kind="slides", label="Week 1").format == "Slides"


def test_the_page_of_a_course_shows_its_terms_newest_first_with_their_materials(client):
    ada, charles = make.owner(), make.person("Charles Babbage")
    course = make.course(
        code="E101", organisation="University of London", level="MSc", instructors=[ada, charles], tags=["engines"],
        description="All *about* engines.", syllabus="## Week 1", terms=[],
    )  # fmt: skip
    old = course.terms.create(name="Spring", start="2024", role="Assistant", students=1)
    new = course.terms.create(name="Autumn", start="2025", role="Lecturer", students=1200, url="https://a.example.org/")
    course.resources.create(file=ContentFile(PDF, "Reading list.pdf"), position=1)
    course.resources.create(file=ContentFile(PDF, "week-1.pdf"), term=old, position=2)
    course.resources.create(url="https://youtu.be/x", label="Recording", term=new, position=3)

    page = client.get("/teaching/engines-i/")
    text = text_of(page)

    assert "Materials Reading list PDF, 14\xa0bytes" in text.replace("&nbsp;", "\xa0").replace(
        "14 bytes", "14\xa0bytes"
    )
    assert text.index("Autumn 2025 Lecturer · 1,200 students") < text.index("Recording") < text.index("Spring 2024")
    assert "Assistant · 1 student" in text
    assert "Ada Lovelace" in text
    assert client.get("/teaching/engines-i/week-1.pdf").getvalue() == PDF
    markdown = client.get("/teaching/engines-i.md").content.decode()
    assert "- Autumn 2025\n  · Lecturer · 1,200 students\n  · [Web page](https://a.example.org/)\n  - [Rec" in markdown
    assert "  - [Week 1](http://testserver/teaching/engines-i/week-1.pdf)\n" in markdown
    assert markdown.count("\n## ") == 6


def test_the_owner_who_teaches_alone_is_not_named(client):
    make.course(instructors=[make.owner()], description="Engines.")

    assert "Ada Lovelace" not in text_of(client.get("/teaching/engines-i/"))


def test_the_course_of_a_group_names_who_teaches_it(client):
    make.course(instructors=[make.owner()], description="Engines.")
    assert "Instructor" not in client.get("/teaching/engines-i/").text

    make.group()

    assert "<h2>Instructor</h2>" in client.get("/teaching/engines-i/").text
    assert "## Instructor\n\n- [Ada Lovelace](" in client.get("/teaching/engines-i.md").text


def test_the_lists_of_a_group_name_the_instructors_unless_the_owner_teaches_everything(client):
    ada, charles = make.group().person, make.person("Charles Babbage")
    make.course(instructors=[ada])
    page = client.get("/teaching/").text
    assert "Ada Lovelace" not in page
    assert "Courses taught by Analytical Engines Group," in page
    assert "Ada Lovelace" not in client.get("/").text.partition("<h2>Teaching</h2>")[2].partition("</section>")[0]

    make.course("Engines II", instructors=[charles])

    text = text_of(client.get("/teaching/"))
    assert text.index("Engines I") < text.index("Ada Lovelace")
    assert "Charles Babbage" in text
    assert "Ada Lovelace" in client.get("/").text.partition("<h2>Teaching</h2>")[2].partition("</section>")[0]


@pytest.mark.parametrize("number", [1, 3, 30])
def test_the_list_takes_the_same_number_of_queries_for_any_number_of_courses(client, django_assert_num_queries, number):
    ada = make.owner()
    for count in range(number):
        course = make.course(f"Course {count}", terms=["2024", "2025"], instructors=[ada], description="Text.")
        course.resources.create(url="https://example.org/", position=1)

    with django_assert_num_queries(6):
        client.get("/teaching/")


@pytest.mark.parametrize("number", [1, 3, 30])
def test_the_page_takes_the_same_number_of_queries_for_any_number_of_terms(client, django_assert_num_queries, number):
    course = make.course(terms=[], instructors=[make.person("Charles Babbage"), make.person("Ada Lovelace")])
    for count in range(number):
        term = course.terms.create(start=str(1990 + count))
        course.resources.create(file=ContentFile(PDF, "slides.pdf"), term=term, position=count)

    with django_assert_num_queries(7):
        client.get("/teaching/engines-i/")


def test_search_engines_get_the_course_and_its_terms(client):
    course = make.course(
        code="E101", organisation="University of London", description="All about engines.",
        terms=[{"name": "Autumn", "start": "2025-09", "end": "2025-12"}], instructors=[make.person("Charles Babbage")],
    )  # fmt: skip

    facts = json_ld.by_type(client, course.get_absolute_url())

    assert facts["Course"] == {
        "@type": "Course",
        "@id": "http://testserver/teaching/engines-i/",
        "url": "http://testserver/teaching/engines-i/",
        "name": "Engines I",
        "courseCode": "E101",
        "description": "All about engines.",
        "provider": {"@type": "Organization", "name": "University of London"},
        "hasCourseInstance": [
            {
                "@type": "CourseInstance",
                "name": "Engines I, Autumn 2025",
                "startDate": "2025-09",
                "endDate": "2025-12",
                "instructor": [{"@type": "Person", "name": "Charles Babbage", "givenName": "Charles",
                                "familyName": "Babbage"}],
            }
        ],
    }  # fmt: skip
    assert [step["name"] for step in facts["BreadcrumbList"]["itemListElement"]] == ["Home", "Teaching", "Engines I"]


def test_search_engines_get_the_syllabus_of_a_course_without_a_description(client):
    course = make.course(syllabus="1. Cards\n2. *Looms*")

    assert json_ld.by_type(client, course.get_absolute_url())["Course"]["description"] == "Cards Looms"


def test_a_former_address_redirects_with_its_files(client):
    course = make.course()
    course.resources.create(file=ContentFile(PDF, "slides.pdf"), position=1)
    course.slug = "engines-one"
    course.save()

    assert client.get("/teaching/engines-i/").headers["Location"] == "/teaching/engines-one/"
    assert client.get("/teaching/engines-i/slides.pdf").headers["Location"] == "/teaching/engines-one/slides.pdf"


def test_the_same_file_name_in_two_terms_gets_a_number():
    course = make.course(terms=["2024", "2025"])
    for term in course.terms.all():
        course.resources.create(file=ContentFile(PDF, "slides.pdf"), term=term)

    assert [(str(one), one.filename) for one in course.resources.order_by("pk")] == [
        ("Slides", "slides.pdf"), ("Slides", "slides-2.pdf"),
    ]  # fmt: skip


@pytest.mark.parametrize("state", ["draft", "scheduled", "withdrawn"])
def test_a_hidden_course_leaks_nowhere(client, state):
    owner = make.owner()
    course = make.course(
        SECRET, instructors=[owner], tags=["hush"], description="Nobody knows.", code="SECRET1",
        terms=[{"start": this_year(), "name": "Secret term"}],
    )  # fmt: skip
    course.resources.create(file=ContentFile(PDF, "secret.pdf"), term=course.latest, position=1)
    if state == "scheduled":
        Course.objects.update(publish_at=timezone.now() + timedelta(days=1))
    else:
        Course.objects.update(state="draft", publish_at=None if state == "draft" else timezone.now())

    for path in ["/", "/index.md", "/teaching/", "/teaching.md", "/tags/", "/feed/", "/sitemap.xml", "/llms.txt",
                 "/search/?q=secret", "/cv/", "/cv.json", f"/people/{owner.slug}/"]:  # fmt: skip
        text = client.get(path).content.decode().lower()
        assert "nobody knows" not in text, path
        assert not re.search(r"secret (?:engines|term)|secret1|secret-engines|hush", text), path
    for path in ["/teaching/secret-engines/", "/teaching/secret-engines.md", "/teaching/secret-engines/secret.pdf",
                 "/card/teaching/secret-engines.png", "/tags/hush/"]:  # fmt: skip
        assert client.get(path).status_code == 404, path
    assert "Teaching" not in client.get("/").content.decode()


def test_a_preview_shows_a_draft_with_its_files(client):
    course = make.course(SECRET, state="draft", description="Nobody knows.")
    course.resources.create(file=ContentFile(PDF, "slides.pdf"), term=course.latest, position=1)
    link = PreviewLink.objects.create(
        model="profiles.course", object_id=course.pk, expires_at=timezone.now() + timedelta(days=1)
    )

    page = client.get(f"/preview/{link.token}/")

    assert "Nobody knows." in page.content.decode()
    assert 'href="slides.pdf"' in page.content.decode()
    assert client.get(f"/preview/{link.token}/slides.pdf").getvalue() == PDF


def test_a_course_is_found_by_its_words_its_tag_the_feed_and_the_sitemap(client):
    make.course(tags=["looms"], code="E101", syllabus="Punched cards.", description="Text.")

    assert "/teaching/engines-i/" in client.get("/search/?q=punched").content.decode()
    assert "/teaching/engines-i/" in client.get("/tags/looms/").content.decode()
    assert "[Engines I](http://testserver/teaching/engines-i.md)" in client.get("/tags/looms.md").content.decode()
    assert "Engines I" in client.get("/feed/").content.decode()
    assert "Engines I" in client.get("/tags/looms/feed/").content.decode()
    sitemap = client.get("/sitemap.xml").content.decode()
    assert "<loc>http://testserver/teaching/</loc>" in sitemap
    assert "<loc>http://testserver/teaching/engines-i/</loc>" in sitemap
    assert "/teaching.md" in client.get("/llms.txt").content.decode()
    assert client.get("/card/teaching/engines-i.png").headers["Content-Type"] == "image/png"


def test_the_home_page_shows_the_courses_of_this_term_or_else_the_latest_few(client):
    make.owner()
    for number in range(6):
        make.course(f"Old {number}", terms=[str(2000 + number)])

    assert re.findall(r"Old \d", text_of(client.get("/"))) == ["Old 5", "Old 4", "Old 3", "Old 2"]

    make.course("Now", terms=[this_year()])

    text = text_of(client.get("/"))
    assert "Now" in text
    assert "Old" not in text
    assert "All courses" in text


# Around


def test_a_page_of_a_person_lists_their_courses_and_no_drafts(client):
    charles = make.person("Charles Babbage", is_public_page=True)
    make.course(instructors=[charles], terms=[{"start": "2025", "role": "Lecturer"}])
    make.course("Not yet", instructors=[charles], state="draft")

    text = text_of(client.get(charles.get_absolute_url()))

    assert "Teaching 2025 Engines I , Lecturer" in text
    assert "Not yet" not in text
    assert "[Engines I]" in client.get(f"/people/{charles.slug}.md").content.decode()


def test_merged_people_keep_their_courses_and_the_merge_can_be_undone():
    one, other = make.person("Charles Babbage"), make.person("C. Babbage")
    both, only = make.course("Both", instructors=[one, other]), make.course("Only", instructors=[other])

    merging.merge(one, other, None)
    assert list(both.instructors.all()) == list(only.instructors.all()) == [one]

    again, warnings = merging.undo(type(one), one.pk, None)
    assert set(both.instructors.all()) == {one, again}
    assert list(only.instructors.all()) == [again]
    assert warnings == []


def test_the_content_check_names_a_course_without_a_term_missing_files_and_dead_links(admin_client):
    course = make.course("No term", terms=[], description="![](/x.png)")
    material = course.resources.create(file=ContentFile(PDF, "slides.pdf"), position=1)
    material.file.storage.delete(material.file.name)
    course.resources.create(url="https://dead.example.org/", position=2)
    LinkCheck.objects.create(
        url="https://dead.example.org/", checked_at=timezone.now(), dead_since=timezone.now(), error="404"
    )

    page = admin_client.get("/admin/health/").content.decode()

    assert "“No term” has no term." in page
    assert "slides.pdf of “No term” is missing." in page
    assert "An image in “No term” (description) has no alternative text." in page
    assert "https://dead.example.org/ in “No term” has been dead" in page


def test_the_files_of_courses_are_in_use():
    course = make.course()
    course.resources.create(file=ContentFile(PDF, "slides.pdf"), term=course.latest)

    found = stored_files.check()

    assert (found.files, found.orphans, found.missing) == (1, [], {})


def test_a_site_file_has_courses_with_terms_and_materials(tmp_path):
    owner = make.owner()
    path = tmp_path / "site.toml"
    path.write_text(
        """
[[courses]]
title = "Engines I"
code = "E101"
tags = ["engines"]
terms = [{ name = "Autumn", start = 2025, role = "Lecturer", students = 30 }, { start = 2024 }]
materials = [
  { url = "https://example.org/book", label = "Book" },
  { url = "https://youtu.be/x", term = "Autumn 2025" },
]
"""
    )

    assert first_site.load(path).added == 1
    assert first_site.load(path).existing == 1
    course = Course.objects.published().get()
    assert [str(term) for term in course.terms.all()] == ["Autumn 2025", "2024"]
    assert [(str(one), str(one.term or "")) for one in course.resources.all()] == [
        ("Book", ""),
        ("Video", "Autumn 2025"),
    ]
    assert list(course.instructors.all()) == [owner]


def test_a_material_of_an_unknown_term_is_a_mistake_in_a_site_file(tmp_path):
    path = tmp_path / "site.toml"
    path.write_text('[[courses]]\ntitle = "E"\nmaterials = [{ url = "https://example.org/", term = "2020" }]\n')

    with pytest.raises(first_site.SiteFileError, match=r"materials\[1\].term: the course has no term “2020”"):
        first_site.load(path)


def test_an_instructor_without_a_page_is_a_name_in_markdown(client):
    make.course(instructors=[make.person("Ada Lovelace", is_public_page=True), make.person("Grace", headline="Secret")])

    text = client.get("/teaching/engines-i.md").text

    assert "- Grace\n- [Ada Lovelace](http://testserver/people/ada-lovelace.md)\n" in text
    assert "Secret" not in text
