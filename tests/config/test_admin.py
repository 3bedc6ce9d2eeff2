import pytest

from tests import make

pytestmark = pytest.mark.django_db


def test_the_front_page_says_that_there_is_no_owner_yet(editor_client):
    page = editor_client.get("/admin/").content.decode()

    assert "The site has no owner yet." in page


def test_the_front_page_lists_what_is_unfinished_with_the_place_to_mend_it(editor_client):
    owner = make.owner(name="Your Name")
    degree = make.activity("PhD", kind="education", organisation="Edinburgh")
    paper = make.publication("On Engines")

    page = editor_client.get("/admin/").content.decode()

    for sentence, address in (
        ("Your name is still to be filled in.", f"/admin/profiles/person/{owner.pk}/change/#id_name"),
        ("There is no photo of you.", f"/admin/profiles/person/{owner.pk}/change/#id_photo"),
        ("“PhD” has no dates.", f"/admin/profiles/education/{degree.pk}/change/#id_start"),
        (
            "No publication has you among its authors: choose yourself there.",
            f"/admin/publications/publication/{paper.pk}/change/#authorships-group",
        ),
        ("“On Engines” lacks an abstract.", f"/admin/publications/publication/{paper.pk}/change/#id_abstract"),
    ):
        assert f'<a href="{address}">{sentence}</a>' in page


def test_the_front_page_is_content_when_nothing_is_missing(editor_client):
    owner = make.owner(
        name="Ada", headline="Countess", bio="I", email="ada@example.org", orcid="0000-0002-1825-0097",
        photo="images/a.png", photo_alt="Ada", photo_width=1, photo_height=1,
    )  # fmt: skip
    make.activity("PhD", person=owner, kind="education", organisation="Turin", start="2020")

    assert "nothing is missing" in editor_client.get("/admin/").content.decode()


def test_many_publications_without_an_abstract_are_one_list(editor_client):
    make.owner()
    for number in range(7):
        make.publication(f"Paper {number}")

    page = editor_client.get("/admin/").content.decode()
    address = "/admin/publications/publication/?state__exact=published&amp;lacks=abstract"

    assert f'<a href="{address}">More publications lack an abstract.</a>' in page
    assert len(editor_client.get(address.replace("&amp;", "&")).context["cl"].result_list) == 7


def test_the_list_of_what_is_unfinished_is_for_those_who_can_mend_it(client, django_user_model):
    client.force_login(django_user_model.objects.create_user("guest", is_staff=True))

    assert client.get("/admin/").context["unfinished"] is None


def test_what_is_edited_most_comes_first(editor_client):
    apps = editor_client.get("/admin/").context["app_list"]

    assert [app["app_label"] for app in apps] == ["publications", "projects", "profiles", "auth"]


def test_a_visitor_must_sign_in(client):
    assert client.get("/admin/").url == "/admin/login/?next=/admin/"
