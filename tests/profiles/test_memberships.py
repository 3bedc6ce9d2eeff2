"""The members of a group: the page of people, their own pages, and what visitors see of them."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from profiles.models import Membership
from tests import make

pytestmark = pytest.mark.django_db


def day(days):
    """Return the date that many days from today."""
    return (timezone.localdate() + timedelta(days=days)).isoformat()


def listed(client, path="/people/"):
    """Return {heading: [names]} of a page."""
    page = client.get(path).content.decode()
    found = {}
    for section in re.findall(r"<section.*?</section>", page, re.DOTALL):
        heading = re.search(r"<h2>(.*?)</h2>", section)
        found[heading and heading.group(1)] = re.findall(r'<h3 class="title">\s*(?:<a[^>]*>)?([^<]+?)\s*<', section)
    return found


@pytest.fixture
def group():
    return make.group()


def test_members_are_in_sections_by_role_and_alumni_by_end(client, group):
    make.membership("Katherine Johnson", role="postdoc")
    make.membership("Grace Hopper", start="2021")
    make.membership("Annie Easley", start="2019")
    make.membership("Ada Lovelace", role="principal-investigator")
    make.membership("Mary Jackson", start="2010", end="2014")
    make.membership("Dorothy Vaughan", start="2010", end="2016-05")
    make.person("Charles Babbage", is_public_page=True)

    assert listed(client) == {
        "Principal investigator": ["Ada Lovelace"],
        "Postdoc": ["Katherine Johnson"],
        "PhD students": ["Annie Easley", "Grace Hopper"],
        "Alumni": ["Dorothy Vaughan", "Mary Jackson"],
        "Collaborators": ["Charles Babbage"],
    }


def test_a_member_is_an_alumnus_from_the_day_after_the_end(client, group):
    make.membership("Ends today", start="2020", end=day(0))
    make.membership("Ended yesterday", start="2020", end=day(-1))

    assert listed(client) == {
        "PhD student": ["Ends today"], "Alumni": ["Ended yesterday"], "Collaborators": ["Ada Lovelace"],
    }  # fmt: skip


def test_a_person_appears_once_in_the_newest_role_of_today(client, group):
    person = make.person("Grace Hopper", is_public_page=True)
    make.membership(person, role="masters-student", start="2018", end="2019")
    make.membership(person, role="phd-student", start="2019")
    make.membership(person, role="staff", start="2021")
    make.membership(person, role="postdoc", start=day(30))
    returns = make.person("Returns")
    make.membership(returns, role="masters-student", start="2018", end="2019")
    make.membership(returns, role="visitor", start=day(30))

    assert listed(client) == {
        "Staff": ["Grace Hopper"], "Visitor": ["Returns"], "Collaborators": ["Ada Lovelace"],
    }  # fmt: skip
    assert f"From {day(30)[:4]}" in client.get("/people/").content.decode()


def test_only_a_person_with_a_page_is_linked_and_has_interests(client, group):
    make.membership(make.person("Grace Hopper", is_public_page=True, tags=["compilers"]))
    make.membership(make.person("Annie Easley", homepage="https://easley.example", tags=["rockets"]))
    page = client.get("/people/").content.decode()

    assert '<a href="/people/grace-hopper/">Grace Hopper</a>' in page
    assert "compilers" in page
    assert "Annie Easley" in page
    assert "easley.example" not in page
    assert "rockets" not in page
    assert "/people/annie-easley/" not in page


def test_alumni_have_years_thesis_and_next_position(client, group):
    thesis = make.publication("On Compilers", type="thesis", authors=["Grace Hopper"])
    make.membership("Grace Hopper", start="2015", end="2019-05", thesis=thesis, next_position="Postdoc, ETH Zürich",
                    next_position_url="https://ethz.example/hopper")  # fmt: skip
    make.membership("Annie Easley", start="2010", end="2014", thesis="On Rockets")
    page = client.get("/people/").content.decode()

    assert "PhD student, 2015–2019" in page
    assert 'Thesis: <a href="/publications/on-compilers/">On Compilers</a>' in page
    assert "Thesis: On Rockets" in page
    assert re.search(r'Next: <a href="https://ethz.example/hopper"[^>]*>Postdoc, ETH Zürich</a>', page)


@pytest.mark.parametrize("hidden", [{"state": "draft"}, {"publish_at": timezone.now() + timedelta(days=1)}])
def test_a_hidden_membership_shows_nothing(client, admin_client, group, hidden):
    supervisor = make.person("Charles Babbage", is_public_page=True)
    make.membership("Grace Hopper", supervisors=[supervisor], thesis="On Compilers", **hidden)
    for path in ("/people/", "/", "/people/charles-babbage/", "/people.md", "/people/charles-babbage.md"):
        page = client.get(path).content.decode()
        assert "Hopper" not in page
        assert "Compilers" not in page
    assert "Grace Hopper" in admin_client.get("/people/").content.decode()


@pytest.mark.parametrize("hidden", [{"state": "draft"}, {"hides_authors": True}])
def test_a_thesis_that_visitors_may_not_see_is_not_named(client, group, hidden):
    person = make.person("Grace Hopper", is_public_page=True)
    thesis = make.publication("On Compilers", type="thesis", authors=[person], **hidden)
    make.membership(person, start="2015", end="2019", thesis=thesis, supervisors=[group.person])
    for path in ("/people/", "/people/grace-hopper/", "/people/ada-lovelace/", "/people.md", "/people/grace-hopper.md"):
        assert "On Compilers" not in client.get(path).content.decode()
    Membership.objects.update(thesis="On Compilers")  # as it was typed before
    for path in ("/people/", "/people/grace-hopper/", "/people/ada-lovelace/", "/people.md", "/people/grace-hopper.md"):
        assert "On Compilers" not in client.get(path).content.decode()


def test_a_member_has_a_headline_that_says_more_than_the_role_and_a_few_interests(client, group):
    grace = make.person("Grace Hopper", is_public_page=True, headline="Fellow of the Navy", tags=list("abcdef"))
    make.membership(grace)
    annie = make.person("Annie Easley", is_public_page=True, headline="PhD student")
    make.membership(annie)
    text = " ".join(re.sub(r"<[^>]+>", " ", client.get("/people/").content.decode()).split())

    assert "Annie Easley Since 2020" in text
    assert "Grace Hopper Fellow of the Navy Since 2020 a, b, c, d, e" in text
    assert "e, f" not in text


def test_the_person_of_a_page_is_bold_in_lists_of_authors_and_in_lists_of_a_group_nobody(client):
    ada, grace = make.owner(), make.person("Grace Hopper", is_public_page=True)
    make.publication(authors=[ada, grace], featured=True)

    def bold(path):
        return [re.sub("<.*?>", "", name) for name in re.findall(r'<strong class="me">(.*?)</strong>', page_of(path))]

    def page_of(path):
        return client.get(path).content.decode()

    assert [bold(path) for path in ("/publications/", "/people/grace-hopper/")] == [["Ada Lovelace"], ["Grace Hopper"]]
    make.group()
    assert [bold(path) for path in ("/publications/", "/people/grace-hopper/")] == [[], ["Grace Hopper"]]
    assert [bold(path) for path in ("/people/ada-lovelace/", "/cv/")] == [["Ada Lovelace"], ["Ada Lovelace"]]


def test_a_person_page_names_roles_supervisors_thesis_and_students(client):
    owner = make.owner()
    person = make.person("Grace Hopper", is_public_page=True)
    make.membership(person, supervisors=[owner, make.person("Charles Babbage")], thesis="On Compilers",
                    committee="Mary Somerville", start="2015", end="2019", next_position="Postdoc")  # fmt: skip
    text = " ".join(re.sub(r"<[^>]+>", " ", client.get("/people/grace-hopper/").content.decode()).split())

    assert "Roles 2015–2019 PhD student Thesis: On Compilers Supervised by Charles Babbage, Ada Lovelace" in text
    assert "Committee: Mary Somerville Next: Postdoc" in text
    text = " ".join(re.sub(r"<[^>]+>", " ", client.get("/people/ada-lovelace/").content.decode()).split())
    assert "Supervision 2015–2019 Grace Hopper PhD student Thesis: On Compilers" in text


def test_the_home_page_of_a_group_has_its_current_members(client, group):
    make.membership("Grace Hopper")
    make.membership("Annie Easley", role="postdoc")
    make.membership("Mary Jackson", start="2010", end="2014")

    assert listed(client, "/")["People"] == ["Annie Easley", "Grace Hopper"]
    assert "## People\n\n- Annie Easley\n  · Postdoc\n  · since 2020\n- Grace Hopper" in (
        client.get("/index.md").content.decode()
    )


def test_the_site_of_one_person_lists_people_as_before(client):
    make.owner()
    make.membership(make.person("Grace Hopper", is_public_page=True))
    make.membership("Annie Easley")
    page = client.get("/people/").content.decode()

    assert listed(client) == {}
    assert re.findall(r'<h2 class="title"><a[^>]*>([^<]+)<', page) == ["Ada Lovelace", "Grace Hopper"]
    assert "Easley" not in page
    assert "Easley" not in client.get("/").content.decode()


def test_a_group_has_people_in_its_menu_though_none_has_a_page(client, group):
    group.person.is_public_page = False
    group.person.save()
    membership = make.membership("Grace Hopper", state="draft")
    assert 'href="/people/"' not in client.get("/").content.decode()

    membership.state = "published"
    membership.save()
    assert 'href="/people/"' in client.get("/").content.decode()
    assert "/people/</loc>" in client.get("/sitemap.xml").content.decode()


@pytest.mark.parametrize("count", [1, 3, 30])
def test_pages_of_members_take_the_same_number_of_queries(client, django_assert_num_queries, group, count):
    for number in range(count):
        person = make.person(f"Person {number}", is_public_page=True, tags=["engines"])
        work = make.publication(f"Thesis {number}", authors=[person])
        make.membership(person, supervisors=[group.person], thesis=work, end="" if number % 2 else "2024")
    make.publication("On Looms", authors=["Mary Somerville"])  # the newest work; the home page lists the others
    assert Membership.objects.count() == count
    for path, queries in (("/people/", 9), ("/people/ada-lovelace/", 20), ("/people/person-0/", 26), ("/", 34)):
        client.get(path)
        with django_assert_num_queries(queries):
            client.get(path)


def test_the_page_of_a_thesis_names_the_supervisors_but_not_under_blind_review(client):
    thesis = make.publication("On Compilers", type="thesis", authors=["Grace Hopper"])
    supervisors = [make.owner(name="Ada Lovelace"), make.person("Charles Babbage")]
    membership = make.membership("Grace Hopper", thesis=thesis, supervisors=supervisors)
    path = "/publications/on-compilers/"
    assert "Supervised by" in client.get(path).content.decode()

    membership.state = "draft"
    membership.save()
    assert "Supervised by" not in client.get(path).content.decode()

    membership.state = "published"
    membership.save()
    thesis.hides_authors = True
    thesis.save()
    assert "Babbage" not in client.get(path).content.decode()
    cv = client.get("/cv/").content.decode()
    assert "Grace Hopper" in cv
    assert "On Compilers" not in re.sub(r"(?s)<h2[^>]*>Publications.*", "", cv)
