"""The admin of posts."""

import pytest
from django.urls import reverse
from django.utils import timezone

from profiles.models import Post
from tests import make

pytestmark = pytest.mark.django_db

ADD = "/admin/profiles/post/add/"
LIST = "/admin/profiles/post/"


def form(**fields):
    """The values of a form that is filled in, without rows of publications and projects unless given."""
    rows = {
        f"{prefix}-{name}": "0"
        for prefix in ("post_publications", "post_projects", "Grant_posts")
        for name in ("TOTAL_FORMS", "INITIAL_FORMS")
    }
    return {"title": "We won", "date": "2025-05", "state": "published", "image_focus": "50,50", **rows, **fields}


def errors(response):
    return response.context["adminform"].form.errors


def test_a_new_post_is_of_today_and_starts_with_title_date_and_state(editor_client):
    page = editor_client.get(ADD)

    fields = page.context["adminform"].form
    assert fields.get_initial_for_field(fields.fields["date"], "date") == timezone.localdate().isoformat()
    assert list(page.context["adminform"].fieldsets[0][1]["fields"]) == ["title", "date", "state", "publish_at"]


def test_three_fields_make_a_public_post(editor_client, client):
    response = editor_client.post(ADD, form())

    assert response.status_code == 302
    assert "We won" in client.get("/news/we-won/").text


def test_a_form_with_relations_saves_them(editor_client):
    paper, project, ada = make.publication(), make.project(), make.person("Grace Hopper")

    editor_client.post(
        ADD,
        form(
            people=[ada.pk], tags=["looms"],
            **{
                "post_publications-TOTAL_FORMS": "1", "post_publications-0-publication": paper.pk,
                "post_projects-TOTAL_FORMS": "1", "post_projects-0-project": project.pk,
            },
        ),
    )  # fmt: skip

    post = Post.objects.get()
    assert [row.publication for row in post.post_publications.all()] == [paper]
    assert [row.project for row in post.post_projects.all()] == [project]
    assert list(post.people.all()) == [ada]


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("date", "2025-13", "is not a date"),
        ("date", "", "This field is required"),
        ("title", "", "This field is required"),
        ("title", "x" * 301, "at most 300 characters"),
        ("slug", "feed", "The site itself uses the address"),
        ("url", "javascript:alert(1)", "Enter a valid URL"),
        ("people", ["999"], "not one of the available choices"),
    ],
)
def test_bad_input_is_named_at_its_field_and_loses_nothing(editor_client, field, value, message):
    response = editor_client.post(ADD, form(**{"body": "A long text", field: value}))

    assert message in str(errors(response)[field])
    assert "A long text" in response.text
    assert not Post.objects.exists()


def test_the_same_publication_twice_is_named_at_its_row(editor_client):
    paper = make.publication()
    rows = {f"post_publications-{number}-publication": paper.pk for number in (0, 1)}

    response = editor_client.post(ADD, form(**rows, **{"post_publications-TOTAL_FORMS": "2"}))

    assert response.status_code == 200
    assert not Post.objects.exists()


def test_the_list_filters_by_year_and_searches(editor_client):
    make.post("Old", date="2020-05")
    make.post("New", date="2025", body="About looms.")

    def found(query):
        return [str(post) for post in editor_client.get(f"{LIST}?{query}").context["cl"].result_list]

    assert found("year=2020") == ["Old"]
    assert found("q=looms") == ["New"]
    assert found("pinned__exact=0") == ["New", "Old"]
    assert editor_client.get(f"{LIST}?year=20x").status_code == 200


def test_a_copy_is_a_draft_of_today(editor_client):
    post = make.post("We won", date="2020", pinned=True, summary="A prize.", publications=[make.publication()])

    page = editor_client.get(f"{ADD}?copy_of={post.pk}")

    initial = page.context["adminform"].form.initial
    assert (initial["summary"], initial["date"]) == ("A prize.", timezone.localdate().isoformat())
    assert not initial.get("pinned")
    assert page.context["inline_admin_formsets"][0].formset.total_form_count() == 1


def test_a_deleted_post_is_restored_with_what_it_names(editor_client):
    paper, ada = make.publication(), make.person("Grace Hopper")
    post = make.post("We won", publications=[paper], people=[ada], tags=["looms"])
    editor_client.post(reverse("admin:profiles_post_delete", args=[post.pk]), {"post": "yes"})
    assert not Post.objects.exists()

    page = editor_client.get("/admin/profiles/post/deleted/")

    assert "We won" in page.text
