"""The CV as JSON Resume, checked by its schema (json_resume.schema.json, which contains its licence)."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from jsonschema import Draft7Validator

from config.cv.json_resume import SCHEMA
from profiles.models import Activity, Course, Membership, Person, Talk
from publications.models import Publication
from tests import make

pytestmark = pytest.mark.django_db

VALIDATOR = Draft7Validator(
    json.loads((Path(__file__).parent / "json_resume.schema.json").read_text()),
    format_checker=Draft7Validator.FORMAT_CHECKER,
)
HOSTILE = 'Evil "quotes": {x}, [y] \\u0041 </script> & é 🎉 \x07\x1b\u2028 end'


def read(response):
    """Return the content of a response, which must be a valid JSON Resume."""
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "application/json"
    content = json.loads(response.content)
    VALIDATOR.validate(content)
    return content


def test_the_validator_checks_formats_too():
    assert VALIDATOR.is_valid({"basics": {"url": "https://example.org/"}})
    for wrong in (
        {"basics": {"url": "https://example.org/a b"}},
        {"basics": {"email": "nobody"}},
        {"work": [{"startDate": "May 2025"}]},
    ):
        assert not VALIDATOR.is_valid(wrong)


def test_the_resume_of_an_empty_record_has_the_name_only(client):
    owner = make.owner(name="Ada Lovelace")
    Person.objects.filter(pk=owner.pk).update(updated_at=datetime(2025, 3, 17, 12, 30, tzinfo=UTC))

    assert read(client.get("/cv.json")) == {
        "$schema": SCHEMA,
        "basics": {"name": "Ada Lovelace", "url": "http://testserver/"},
        "meta": {
            "canonical": "http://testserver/cv.json",
            "version": "v1.0.0",
            "lastModified": "2025-03-17T12:30:00+00:00",
        },
    }


def test_without_an_owner_with_a_page_there_is_no_resume(client, editor_client):
    assert client.get("/cv.json").status_code == 404

    make.owner(is_public_page=False)

    assert client.get("/cv.json").status_code == 404
    assert editor_client.get("/cv.json").status_code == 200


def test_the_basics_are_the_owners_facts(client, settings):
    settings.SITE_URL = "https://ada.example"
    make.owner(
        name="Ada Lovelace", headline="Countess", bio="I *write* programs.\n\nFor [engines](https://example.org).",
        email="ada@example.org", homepage="https://example.org/Adá",
        photo="images/token_x50y50/ada.jpg", photo_width=960, photo_height=960, photo_alt="Ada",
        tags=["engines", "poetry"],
    )  # fmt: skip

    content = read(client.get("/cv.json"))

    assert content["basics"] == {
        "name": "Ada Lovelace",
        "label": "Countess",
        "image": "https://ada.example/media/images/token_x50y50/ada/1/960w.webp",
        "email": "ada@example.org",
        "url": "https://example.org/Ad%C3%A1",
        "summary": "I write programs. For engines.",
    }
    assert content["interests"] == [{"name": "Research", "keywords": ["engines", "poetry"]}]
    assert content["meta"]["canonical"] == "https://ada.example/cv.json"


@pytest.mark.parametrize(
    ("kind", "url", "network", "username"),
    [
        ("github", "https://github.com/ada", "GitHub", "ada"),
        ("scholar", "https://scholar.google.com/citations?hl=en&user=AbC-1_2", "Google Scholar", "AbC-1_2"),
        ("linkedin", "https://www.linkedin.com/in/ada-lovelace/", "LinkedIn", "ada-lovelace"),
        ("mastodon", "https://mathstodon.xyz/@ada", "Mastodon", "ada"),
        ("bluesky", "https://bsky.app/profile/ada.example", "Bluesky", "ada.example"),
    ],
)
def test_an_account_has_its_network_and_user_name(client, kind, url, network, username):
    make.owner().links.create(kind=kind, label="Code", url=url)

    [profile] = read(client.get("/cv.json"))["basics"]["profiles"]

    assert profile == {"network": network, "username": username, "url": url}


def test_other_links_are_accounts_if_they_have_a_label(client):
    owner = make.owner(orcid="0000-0002-1825-0097")
    for kind, label, url in [
        ("other", "DBLP", "https://dblp.org/pid/1"),
        ("other", "", "https://example.org/unnamed"),
        ("github", "", "https://example.org/git/ada"),
        ("email", "", "mailto:second@example.org"),
        ("cv", "", "https://example.org/cv.pdf"),
    ]:
        owner.links.create(kind=kind, label=label, url=url)

    assert read(client.get("/cv.json"))["basics"]["profiles"] == [
        {"network": "ORCID", "username": "0000-0002-1825-0097", "url": "https://orcid.org/0000-0002-1825-0097"},
        {"network": "DBLP", "url": "https://dblp.org/pid/1"},
        {"network": "GitHub", "url": "https://example.org/git/ada"},
    ]


def test_an_email_link_is_used_if_the_owner_has_no_email_address(client):
    make.owner().links.create(kind="email", url="mailto:ada@example.org")

    assert read(client.get("/cv.json"))["basics"]["email"] == "ada@example.org"


def test_positions_education_awards_and_service_have_sections(client):
    make.activity(
        "Analyst", kind="position", organisation="Engine House", city="London", country="UK", start="1842-05",
        is_ongoing=True, url="https://example.org/house", description="I *compute*.",
    )  # fmt: skip
    make.activity(
        "PhD Mathematics", kind="education", organisation="University of London", start="1840", end="1842-05-17"
    )
    make.activity("Medal", kind="award", organisation="Royal Society", start="1843-06", description="For *notes*.")
    make.activity("Journal of Engines", kind="service", role="Reviewer", organisation="Engine Press", start="1841")
    membership = {"kind": "membership", "role": "Fellow", "organisation": "Royal Society", "city": "London"}
    make.activity("", start="1844", is_ongoing=True, **membership)

    content = read(client.get("/cv.json"))

    assert content["work"] == [
        {
            "name": "Engine House",
            "position": "Analyst",
            "location": "London, UK",
            "url": "https://example.org/house",
            "startDate": "1842-05",
            "summary": "I compute.",
        }
    ]
    assert content["education"] == [
        {
            "institution": "University of London",
            "studyType": "PhD Mathematics",
            "startDate": "1840",
            "endDate": "1842-05-17",
        }
    ]
    assert content["awards"] == [
        {"title": "Medal", "date": "1843-06", "awarder": "Royal Society", "summary": "For notes."}
    ]
    assert content["volunteer"] == [
        {
            "organization": "Engine Press",
            "position": "Reviewer, Journal of Engines",
            "startDate": "1841",
            "endDate": "1841",
        }
    ]
    assert content["memberships"] == [{"organization": "Royal Society", "position": "Fellow", "startDate": "1844"}]


def test_grants_talks_teaching_and_supervision_are_projects_with_a_type(client):
    make.owner()
    project = make.project(
        "Engine", tagline="It computes.", role="Inventor", start="1837", end="1871-10", tags=["engines"]
    )
    project.highlights.create(figure="10×", label="faster")
    ada = Person.objects.owner()
    occasion = {"event": "Soirée", "organisation": "Salon", "start": "1843-06-29", "city": "Turin", "kind": "invited"}
    Talk.objects.create(title="On *poetry*", state="published").occasions.create(**occasion)
    Talk.objects.get().speakers.add(ada)
    make.grant(
        "Engine fund", people=[(ada, "PI")], funder="The Crown", start="1830", end="1842", amount=17000,
        currency="GBP", amount_is_public=True, description="For the *Difference Engine*.",
    )  # fmt: skip
    course = Course.objects.create(title="Algebra", organisation="Home", level="MSc", state="published")
    course.instructors.add(ada)
    for year in ("1841", "1843"):
        course.terms.create(role="Tutor", start=year)
    student = make.person("C. Babbage")
    member = Membership.objects.create(
        person=student, role="phd-student", start="1840", end="1841", url="https://example.org/cb", thesis="On mills",
        state="published",
    )  # fmt: skip
    member.supervisors.add(ada)

    content = read(client.get("/cv.json"))

    assert content["projects"] == [
        {
            "name": "Engine",
            "description": "It computes.",
            "highlights": ["10× faster"],
            "keywords": ["engines"],
            "startDate": "1837",
            "endDate": "1871-10",
            "url": "http://testserver/projects/engine/",
            "roles": ["Inventor"],
        },
        {
            "name": "Engine fund",
            "startDate": "1830",
            "endDate": "1842",
            "url": "http://testserver/grants/engine-fund/",
            "description": "£17,000. For the Difference Engine.",
            "roles": ["PI"],
            "entity": "The Crown",
            "type": "grant",
        },
        {
            "name": "On poetry",
            "startDate": "1843-06-29",
            "endDate": "1843-06-29",
            "url": "http://testserver/talks/on-poetry/",
            "roles": ["Invited talk"],
            "entity": "Soirée, Salon",
            "type": "talk",
            "location": "Turin",
        },
        {
            "name": "Algebra",
            "startDate": "1841",
            "endDate": "1843",
            "url": "http://testserver/teaching/algebra/",
            "description": "MSc",
            "roles": ["Tutor"],
            "entity": "Home",
            "type": "teaching",
        },
        {
            "name": "C. Babbage",
            "startDate": "1840",
            "endDate": "1841",
            "url": "https://example.org/cb",
            "description": "Thesis: On mills",
            "roles": ["PhD student"],
            "type": "supervision",
        },
    ]


def test_publications_are_listed_newest_first_with_their_authors(client):
    ada = make.owner(name="Ada Lovelace")
    make.publication(
        "On *Engines*", authors=[ada, "Charles Babbage"], issued="1843-09", container_title="Taylor’s Memoirs",
        volume="3", page="666-731", doi="10.5555/engines", award="Best notes",
    )  # fmt: skip
    make.publication("Preprint", authors=[ada], type="article", issued="1844", arxiv_id="2412.07067")
    make.publication("A draft of a book", authors=[ada], type="book", issued="", status="in preparation")

    assert read(client.get("/cv.json"))["publications"] == [
        {
            "name": "A draft of a book",
            "url": "http://testserver/publications/a-draft-of-a-book/",
            "summary": "Ada Lovelace. Book. In preparation",
        },
        {
            "name": "Preprint",
            "publisher": "arXiv:2412.07067",
            "releaseDate": "1844",
            "url": "https://arxiv.org/abs/2412.07067",
            "summary": "Ada Lovelace. Preprint",
        },
        {
            "name": "On Engines",
            "publisher": "Taylor’s Memoirs",
            "releaseDate": "1843-09",
            "url": "https://doi.org/10.5555/engines",
            "summary": "Ada Lovelace, Charles Babbage. Journal article. 3, pp. 666–731. Best notes",
        },
    ]


@pytest.mark.parametrize(("number", "end"), [(100, "Author 40, 60 others"), (41, "Author 40, Author 41")])
def test_authors_beyond_the_limit_are_counted(client, number, end):
    paper = make.publication("With everyone", authors=[make.owner()])
    for position in range(2, number + 1):
        paper.authorships.create(position=position, name=f"Author {position}")

    [publication] = read(client.get("/cv.json"))["publications"]

    assert f"{end}. Journal article" in publication["summary"]


def test_a_date_that_the_schema_does_not_allow_is_left_out(client):
    make.activity("Academy", kind="position", start="0387", end="0529")

    assert read(client.get("/cv.json"))["work"] == [{"position": "Academy"}]


def test_the_date_of_change_is_that_of_the_newest_public_object(client):
    make.activity("Medal", kind="award")
    Person.objects.update(updated_at=datetime(2025, 1, 1, tzinfo=UTC))
    Activity.objects.update(updated_at=datetime(2025, 5, 1, tzinfo=UTC))
    make.activity("Secret", kind="award", state="draft")

    assert read(client.get("/cv.json"))["meta"]["lastModified"] == "2025-05-01T00:00:00+00:00"


def test_hostile_text_stays_text(client):
    owner = make.owner(name=HOSTILE, headline=HOSTILE, bio=HOSTILE)
    owner.links.create(kind="other", label=HOSTILE, url='https://example.org/"a" [b]|c')
    make.publication(HOSTILE, authors=[owner], container_title=HOSTILE, award=HOSTILE)
    make.project(HOSTILE, tagline=HOSTILE, role=HOSTILE[:100]).highlights.create(figure="<b>", label='"')
    for kind in Activity.Kind.values:
        make.activity(HOSTILE, kind=kind, role=HOSTILE, organisation=HOSTILE, description=HOSTILE, city=HOSTILE)

    response = client.get("/cv.json")

    content = read(response)
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert "é 🎉" in response.text
    assert content["basics"]["name"] == content["projects"][0]["name"] == HOSTILE
    assert content["basics"]["profiles"][0]["url"] == "https://example.org/%22a%22%20%5Bb%5D%7Cc"
    assert content["projects"][0]["highlights"] == ['<b> "']


def test_drafts_and_scheduled_content_are_left_out(client, editor_client):
    ada = make.owner()
    make.activity("Medal", kind="award")
    for word, fields in [
        ("Zanzibar", {"state": "draft"}),
        ("Zanzibar to come", {"publish_at": timezone.now() + timedelta(days=1)}),
    ]:
        make.publication(word, authors=[ada], **fields)
        make.project(word, **fields)
        for kind in Activity.Kind.values:
            make.activity(word, kind=kind, **fields)

    assert "anzibar" not in client.get("/cv.json").text
    assert sorted(read(client.get("/cv.json"))) == ["$schema", "awards", "basics", "meta"]
    assert len(read(editor_client.get("/cv.json"))["publications"]) == 2


def test_works_under_blind_review_are_left_out(client, editor_client):
    ada = make.owner(name="Ada Lovelace")
    make.publication("Open", authors=[ada])
    sealed = make.publication("Sealed", authors=[ada, "Zoe Zanzibar"], hides_authors=True)

    hidden = client.get("/cv.json").text
    editors = editor_client.get("/cv.json").text
    Publication.objects.filter(pk=sealed.pk).update(authors_from=timezone.now() - timedelta(hours=1))
    shown = client.get("/cv.json").text

    assert "Open" in hidden
    assert "Sealed" not in hidden
    assert "Zanzibar" not in hidden
    assert "Zoe Zanzibar" in editors
    assert "Zoe Zanzibar" in shown


def test_the_page_links_to_the_resume_and_to_the_pdf(client):
    make.owner()

    page = client.get("/cv/").text

    assert '<link rel="alternate" type="application/json" title="CV as JSON Resume" href="/cv.json">' in page
    assert '<link rel="alternate" type="application/pdf" title="CV as a PDF" href="/cv.pdf">' in page
    assert '<a href="/cv.json" rel="nofollow">' in page


@pytest.mark.parametrize("count", [1, 3])
def test_the_number_of_queries_does_not_grow_with_the_rows(client, django_assert_num_queries, count):
    ada = make.owner(tags=["engines"])
    for number in range(count):
        make.publication(f"Paper {number}", authors=[ada, f"Author {number}"], tags=["a"], abstract="Long.")
        make.project(f"Engine {number}", tags=["engines"]).highlights.create(figure="10×", label="faster")
        for kind in Activity.Kind.values:
            make.activity(f"{kind} {number}", kind=kind, tags=["engines"])

    with django_assert_num_queries(19):
        client.get("/cv.json")
