"""The organisations of people, and the members of a group, as JSON-LD."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from tests import json_ld, make

pytestmark = pytest.mark.django_db


def test_the_home_page_of_a_group_names_its_members_with_roles_and_dates(client):
    make.group("Analytical Engines Group", tagline="We build engines")
    make.membership("Grace Hopper", start="2021-09")
    make.membership("Mary Jackson", start="2010", end="2014")
    make.membership("Annie Easley", state="draft")

    data = json_ld.by_type(client, "/")["ResearchOrganization"]
    assert data["name"] == "Analytical Engines Group"
    assert data["slogan"] == "We build engines"
    assert data["member"] == [
        {
            "@type": "OrganizationRole",
            "member": {"@type": "Person", "name": "Grace Hopper", "givenName": "Grace", "familyName": "Hopper"},
            "roleName": "PhD student",
            "startDate": "2021-09",
        }
    ]


def test_a_person_is_a_member_or_an_alumnus_of_the_group(client):
    make.group()
    person = make.person("Grace Hopper", is_public_page=True)
    make.membership(person, role="masters-student", start="2018", end="2019")
    make.membership(person, title="Research engineer", start="2021", organisation="Navy")
    make.membership(person, role="visitor", state="draft")
    later = timezone.now() + timedelta(days=1)
    make.membership(person, role="visitor", publish_at=later)
    group = {"@type": "ResearchOrganization", "@id": "http://testserver/#group", "url": "http://testserver/",
             "name": "Analytical Engines Group"}  # fmt: skip

    data = json_ld.by_type(client, "/people/grace-hopper/")["Person"]
    engineer = {"roleName": "Research engineer", "startDate": "2021"}
    assert data["memberOf"] == [{"@type": "OrganizationRole", "memberOf": group, **engineer}]
    assert data["affiliation"] == [
        {"@type": "OrganizationRole", "affiliation": {"@type": "Organization", "name": "Navy"}, **engineer}
    ]
    assert data["alumniOf"] == [
        {"@type": "OrganizationRole", "alumniOf": group, "roleName": "Master’s student", "startDate": "2018",
         "endDate": "2019"}
    ]  # fmt: skip


def test_education_and_positions_are_affiliations(client):
    make.owner()
    make.activity("MSc", kind="education", organisation="Cambridge", start="2015", end="2017")
    make.activity("PhD", kind="education", organisation="London", start="2018", is_ongoing=True)
    make.activity("Lecturer", kind="position", organisation="Oxford", start="2019", is_ongoing=True)
    make.activity("Tutor", kind="position", organisation="Leeds", start="2010", end="2011")
    make.activity("BSc", kind="education", organisation="Hidden", start="2012", end="2015", state="draft")
    for path in ("/", "/people/ada-lovelace/"):
        data = json_ld.by_type(client, path)["Person"]
        names = {
            relation: [role[relation]["name"] for role in data[relation]]
            for relation in ("worksFor", "affiliation", "alumniOf")
        }
        assert names == {"worksFor": ["Oxford"], "affiliation": ["London"], "alumniOf": ["Cambridge"]}


def test_a_project_names_the_years_of_its_members_and_former_ones_apart(client, django_assert_num_queries):
    project = make.project("Engine")
    project.members.create(person=make.person("Grace Hopper"), start="2023")
    project.members.create(person=make.person("Mary Jackson"), role="Tester", start="2020", end="2022")
    page = " ".join(re.sub(r"<[^>]+>", " ", client.get("/projects/engine/").content.decode()).split())

    assert "People Grace Hopper since 2023 Former members Mary Jackson Tester 2020–2022" in page
    roles = json_ld.by_type(client, "/projects/engine/")["ResearchProject"]["member"]
    assert [(role["member"]["name"], role.get("endDate")) for role in roles] == [
        ("Grace Hopper", None), ("Mary Jackson", "2022"),
    ]  # fmt: skip
    assert "- Mary Jackson\n  · Tester\n  · 2020–2022" in client.get("/projects/engine.md").content.decode()
