"""The dated affiliations of people: in their form, on their page, and below the names on works."""

import re

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from config.editing.visitors import VisitorsWouldSeeError, unchanged_for_visitors
from config.upkeep import first_site
from profiles.history import merging, revisions
from profiles.models import Affiliation, Person, PreviewLink, SiteSettings
from tests import json_ld, make
from tests.profiles.test_admin import person_form

pytestmark = pytest.mark.django_db

QUERIES = 15  # of the page of a work
OXFORD, MIT = "052gg0110", "042nb2s44"
LATER = "2999-01-01T00:00Z"
PAGE = "/publications/on-engines/"


@pytest.fixture
def ada():
    """The owner, who moved from Oxford to MIT in May 2020."""
    ada = make.owner()
    ada.affiliations.create(organisation="University of Oxford", ror=OXFORD, start="2015", end="2020-04", position=2)
    ada.affiliations.create(
        organisation="MIT", department="EECS", place="Cambridge, USA", ror=MIT, start="2020-05", position=1
    )
    return ada


@pytest.fixture
def shown(ada):
    return SiteSettings.objects.create(person=ada, shows_affiliations=True)


def printed(client, path=PAGE):
    """Return the numbers after each name, and the printed affiliations."""
    page = client.get(path).text
    names = re.search(r'<p class="authors">(.*?)</p>', page, re.DOTALL)
    found = re.search(r'<ul class="legend affiliations".*?>(.*?)</ul>', page, re.DOTALL)
    lines = re.findall("<li>(.*?)</li>", found[1], re.DOTALL) if found else []
    plain = [" ".join(re.sub("<.*?>", " ", line).split()) for line in lines]
    return re.sub("<.*?>", "", names[1]) if names else "", plain


def preview(work, **fields):
    """Return the address of a preview link."""
    return str(PreviewLink.objects.create(model="publications.publication", object_id=work.pk, **fields))


@pytest.mark.parametrize(
    ("text", "stored"),
    [
        ("052gg0110", OXFORD),
        ("https://ror.org/052gg0110", OXFORD),
        (" ror.org/042NB2S44/ ", MIT),
    ],
)
def test_a_ror_id_is_read_from_its_address(text, stored):
    affiliation = Affiliation(person=make.person(), organisation="A", ror=text)
    affiliation.full_clean()
    assert (affiliation.ror, affiliation.ror_url) == (stored, f"https://ror.org/{stored}")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("052gg0111", "The checksum of this ROR ID does not match. Look for a mistyped character."),
        ("025gg0110", "The checksum of this ROR ID does not match. Look for a mistyped character."),
        ("052gg01", "Write the ROR ID as 052gg0110: nine characters, the first of them 0."),
        ("152gg0110", "Write the ROR ID as 052gg0110: nine characters, the first of them 0."),
        ("052ug0110", "Write the ROR ID as 052gg0110: nine characters, the first of them 0."),
    ],
)
def test_a_wrong_ror_id_is_refused(text, message):
    with pytest.raises(ValidationError) as caught:
        Affiliation(person=make.person(), organisation="A", ror=text).full_clean()
    assert caught.value.message_dict["ror"] == [message]


@pytest.mark.parametrize(
    ("start", "end", "dates", "others"),
    [
        ("", "", ["2020", "2020-05-17"], []),
        ("2020-05", "", ["2020", "2020-05", "2020-05-01", "2021"], ["2019", "2020-04", "2020-04-30"]),
        ("", "2020-05-17", ["2020", "2020-05", "2020-05-17", "1990"], ["2021", "2020-06", "2020-05-18"]),
        ("2019", "2020", ["2019-01-01", "2020-12-31"], ["2018-12-31", "2021-01"]),
    ],
)
def test_an_affiliation_includes_the_dates_that_overlap_with_it(start, end, dates, others):
    affiliation = Affiliation(start=start, end=end)
    assert [date for date in [*dates, *others] if affiliation.includes(date)] == dates


def test_the_form_of_a_person_saves_affiliations_and_their_history(editor_client):
    ada = make.owner()
    form = f"/admin/profiles/person/{ada.pk}/change/"
    row = {"organisation": "MIT", "ror": f"https://ror.org/{MIT}", "start": "2020-5"}
    answer = editor_client.post(form, person_form(affiliations=[row], slug=ada.slug), follow=True)

    found = ada.affiliations.get()
    assert (found.organisation, found.ror, found.start) == ("MIT", MIT, "2020-05"), answer.text
    state = revisions.current_state(ada)
    assert [one.values["organisation"] for one in state.rows["affiliations"]] == ["MIT"]

    answer = editor_client.post(form, person_form(affiliations=[row | {"end": "2019"}]))
    assert "The end lies before the start." in answer.text


def test_the_page_of_a_person_lists_affiliations_with_dates_and_links(client, ada):
    page = client.get("/people/ada-lovelace/").text
    section = page.partition("<h2>Affiliations</h2>")[2].partition("</section>")[0]

    assert re.findall(r'class="when">(.*?)</p>', section) == ["Since 2020", "2015–2020"]
    assert re.findall(r'href="(https://ror.org/.*?)"', section) == [
        f"https://ror.org/{MIT}",
        f"https://ror.org/{OXFORD}",
    ]
    assert "EECS, Cambridge, USA" in section
    markdown = client.get("/people/ada-lovelace.md").text
    assert f"- [EECS, MIT, Cambridge, USA](https://ror.org/{MIT})\n  · since 2020" in markdown
    assert "Affiliations" not in client.get(f"/people/{make.person('Eve', is_public_page=True).slug}/").text


def test_the_data_of_a_person_names_the_current_affiliation(client, ada):
    institution = {
        "@type": "Organization",
        "@id": f"https://ror.org/{MIT}",
        "name": "MIT",
        "identifier": f"https://ror.org/{MIT}",
        "department": {"@type": "Organization", "name": "EECS"},
    }
    role = {"@type": "OrganizationRole", "affiliation": institution, "startDate": "2020-05"}

    assert json_ld.by_type(client, "/people/ada-lovelace/")["Person"]["affiliation"] == [role]
    assert json_ld.by_type(client, "/")["Person"]["affiliation"] == [role]


def test_a_work_shows_the_affiliations_that_its_authors_had_at_its_date(client, ada, shown):
    grace = make.person("Grace Hopper")
    grace.affiliations.create(organisation="US Navy")
    grace.affiliations.create(organisation="MIT", department="EECS", place="Cambridge, USA", position=1)
    work = make.publication(authors=[ada, grace, "Eve"], issued="2020-04-30")

    assert printed(client) == (
        "Ada Lovelace1, Grace Hopper2,3, Eve",
        ["1 University of Oxford", "2 US Navy", "3 EECS, MIT, Cambridge, USA"],
    )
    work.issued = "2020-05"
    work.save()
    assert printed(client) == (
        "Ada Lovelace1, Grace Hopper1,2, Eve",
        ["1 EECS, MIT, Cambridge, USA", "2 US Navy"],
    )
    assert 'aria-label="affiliations 1 and 2"' in client.get(PAGE).text
    assert (
        f"- [EECS, MIT, Cambridge, USA](https://ror.org/{MIT})\n  (Ada Lovelace, Grace Hopper)"
        in client.get("/publications/on-engines.md").text
    )


def test_a_work_without_a_date_shows_the_current_affiliation_without_numbers_if_all_share_it(client, ada, shown):
    make.publication(authors=[ada], issued="", status="in preparation")
    assert printed(client) == ("Ada Lovelace", ["EECS, MIT, Cambridge, USA"])
    ada.affiliations.filter(organisation="MIT").update(end=str(timezone.localdate().year - 1))
    assert printed(client) == ("Ada Lovelace", [])


def test_an_edited_book_shows_the_affiliations_of_its_editors(client, ada, shown):
    work = make.publication(type="book", authors=[], issued="2021")
    work.authorships.create(person=ada, role="editor", position=1)
    assert printed(client)[1] == ["EECS, MIT, Cambridge, USA"]


def test_without_the_setting_a_work_says_nothing_of_affiliations(client, ada):
    make.publication(authors=[ada], issued="2021")
    page = client.get(PAGE).text
    assert "MIT" not in page
    assert "citation_author_institution" not in page


def test_data_for_search_engines_names_the_affiliations(client, ada, shown):
    make.publication(authors=[ada, "Eve"], issued="2021")
    page = client.get(PAGE).text
    tags = re.findall(r'name="(citation_author.*?)" content="(.*?)"', page)
    assert tags == [
        ("citation_author", "Lovelace, Ada"),
        ("citation_author_institution", "EECS, MIT, Cambridge, USA"),
        ("citation_author", "Eve"),
    ]
    first, second = json_ld.by_type(client, PAGE)["ScholarlyArticle"]["author"]
    assert [one["@id"] for one in first["affiliation"]] == [f"https://ror.org/{MIT}"]
    assert "affiliation" not in second


def test_blind_review_hides_affiliations(client, editor_client, ada, shown):
    work = make.publication(authors=[ada], issued="2021", hides_authors=True)
    for path in (PAGE, "/publications/on-engines.md"):
        assert "MIT" not in client.get(path).text
    assert "MIT" in editor_client.get(PAGE).text
    assert "MIT" not in client.get(preview(work, expires_at=LATER, hides_authors=True)).text
    assert "MIT" in client.get(preview(work, expires_at=LATER)).text


def test_the_page_of_a_work_takes_one_more_query_for_any_number_of_authors(
    editor_client, client, ada, django_assert_num_queries
):
    def queries(number):
        with django_assert_num_queries(number):
            client.get(PAGE)

    make.publication(authors=[ada], issued="2021")
    client.get("/")
    queries(QUERIES)
    settings = SiteSettings.objects.create(person=ada, shows_affiliations=True)
    queries(QUERIES + 1)
    work = settings.person.publications.get()
    for number in (2, 3):
        person = make.person(f"Author {number}")
        person.affiliations.create(organisation=f"Place {number}")
        work.authorships.create(person=person, position=number)
    queries(QUERIES + 1)


def test_affiliations_move_when_people_are_merged(ada, editor):
    other = make.person("A. Lovelace")
    other.affiliations.create(organisation="University of Oxford", start="2015", end="2020-04")
    other.affiliations.create(organisation="ETH Zürich", start="2010", end="2014")
    merging.merge(ada, other, editor)
    assert [one.organisation for one in ada.affiliations.order_by("start")] == [
        "ETH Zürich", "University of Oxford", "MIT"
    ]  # fmt: skip


def test_a_site_file_has_affiliations_of_people(tmp_path):
    file = tmp_path / "site.toml"
    file.write_text(
        '[[people]]\nname = "Ada Lovelace"\nis_owner = true\n'
        f'affiliations = [{{organisation = "MIT", ror = "{MIT}", start = 2020}}]\n',
        encoding="utf-8",
    )
    first_site.load(file)
    assert [(one.text, one.ror, one.start) for one in Person.objects.get().affiliations.all()] == [("MIT", MIT, "2020")]
    file.write_text(file.read_text().replace(MIT, "042nb2s45").replace("Ada", "Eve").replace("is_owner = true", ""))
    with pytest.raises(first_site.SiteFileError, match=r"people\[1\].affiliations\[1\].ror: The checksum"):
        first_site.load(file)


def test_a_change_of_the_affiliations_of_an_author_is_one_that_visitors_see():
    grace, unnamed = make.person("Grace Hopper"), make.person("Mary Jackson")
    make.publication(authors=[grace])

    with unchanged_for_visitors():
        unnamed.affiliations.create(organisation="NASA")
    with pytest.raises(VisitorsWouldSeeError, match="“Grace Hopper” would change"), unchanged_for_visitors():
        grace.affiliations.create(organisation="US Navy")

    assert [one.organisation for one in Affiliation.objects.all()] == ["NASA"]
