"""Removing the example content of a new site, in the admin and with ``quickstart --empty``."""

import pytest
from django.contrib.auth.models import Group

from config.editing import example
from config.upkeep import first_site, quickstart
from config.upkeep.first_site import TABLES
from profiles.models import Activity, Person, Relation, Section, Tag
from projects.models import Project
from publications.models import Publication
from tests import make
from tests.running import Fields

pytestmark = pytest.mark.django_db

PAGE = "/admin/example/"
CONTENT = [*TABLES.values(), Tag]


@pytest.fixture
def site():
    """A site as the first start creates it; its owner."""
    quickstart.load_first_site()
    return Person.objects.owner()


def edit(client, item, **changes):
    """Change some fields in an object's form in the admin, and save it."""
    name = item._meta.model_name
    path = f"/admin/{item._meta.app_label}/{name}/{item.pk}/change/"
    fields = Fields.of(client.get(path).text, f"{name}_form")
    fields["tags"] = [tag.name for tag in item.tags.all()]
    answer = client.post(path, {**fields, "state": "published", **changes})
    assert answer.status_code == 302, answer.context["errors"]


def names(model):
    return sorted(str(item) for item in model.objects.all())


def test_the_dashboard_offers_to_remove_the_example_content_while_it_is_there(editor_client, site):
    assert PAGE in editor_client.get("/admin/").text

    answer = editor_client.post(PAGE, follow=True)

    assert [model for model in CONTENT if model.objects.exists()] == [Person]
    site.refresh_from_db()
    assert (site.name, site.headline, site.bio, site.is_public_page) == ("Your Name", "", "", True)
    assert "Removed: 4 projects, 2 publications, 5 activities, 1 section" in answer.text
    assert PAGE not in editor_client.get("/admin/").text


def test_the_page_says_what_would_be_deleted_and_what_stays_and_changes_nothing(editor_client, site):
    before = {model: model.objects.count() for model in CONTENT}
    edit(editor_client, Project.objects.get(name="ContextPilot"), role="Lead")

    page = editor_client.get(PAGE)

    removal = page.context["removal"]
    assert [title for title, _ in removal.groups][:3] == ["3 projects", "2 publications", "5 activities"]
    assert (names_of(removal.edited), removal.emptied_labels) == (
        ["ContextPilot"], ["headline", "biography", "research interests"]
    )  # fmt: skip
    assert "<strong>ContextPilot</strong>: somebody has edited it" in page.text
    assert {model: model.objects.count() for model in CONTENT} == before


def names_of(items):
    return [str(item) for item in items]


def test_what_an_editor_has_changed_stays_with_what_it_uses(editor_client, site):
    project = Project.objects.get(name="MoE-CAP")
    edit(editor_client, project, tagline="Mine", slug="our-benchmark")
    edit(editor_client, site, name="Ada Lovelace", headline="Countess", is_owner="on", is_public_page="on")

    editor_client.post(PAGE)

    assert names(Project) == ["MoE-CAP"]
    assert [work.slug for work in Publication.objects.all()] == ["moe-cap"]
    assert Publication.objects.get().authorships.filter(person=None).count() == 0
    assert Publication.objects.get().authorships.count() == 16
    assert names(Tag) == ["AI systems", "benchmarking", "mixture of experts"]
    site.refresh_from_db()
    assert (site.name, site.headline, site.bio, site.tags.count()) == ("Ada Lovelace", "Countess", "", 0)
    assert names(Relation) == ["Luo Mai (Primary supervisor)"]  # an author of the work that stays
    assert PAGE not in editor_client.get("/admin/").text


def test_saving_a_form_does_not_edit_the_texts_that_it_only_shows(editor_client, site):
    edit(editor_client, site, name="Ada Lovelace", is_owner="on", is_public_page="on")

    history = editor_client.get(f"/admin/profiles/person/{site.pk}/history/").text
    editor_client.post(PAGE)

    site.refresh_from_db()
    assert (site.name, site.headline, site.bio, site.tags.count()) == ("Ada Lovelace", "", "", 0)
    assert "Given names" in history
    assert "Biography" not in history


def test_a_text_that_an_older_version_has_loaded_with_a_line_end_counts_as_unedited(editor_client, site):
    site.bio += "\n"
    site.save()
    example.revisions.record([site], comment=example.LOADED)
    edit(editor_client, site, name="Ada Lovelace", is_owner="on", is_public_page="on")

    assert "biography" in editor_client.get(PAGE).context["removal"].emptied_labels
    assert "Biography" not in editor_client.get(f"/admin/profiles/person/{site.pk}/history/").text


def test_publishing_all_works_of_a_list_leaves_those_alone_that_are_published(editor_client, site):
    works = Publication.objects.all()
    make.publication("Mine", state="draft")

    answer = editor_client.post(
        "/admin/publications/publication/",
        {"action": "publish", "_selected_action": [work.pk for work in works]},
        follow=True,
    )

    assert "1 publication published." in answer.text
    assert len(example.revisions.revision_ids(Publication, works.get(slug="moe-cap").pk)) == 1
    editor_client.post(PAGE)
    assert names(Publication) == ["Mine"]


def test_saving_a_form_without_a_change_does_not_edit_example_content(editor_client, site):
    edit(editor_client, Project.objects.get(name="ContextPilot"), featured="on")

    editor_client.post(PAGE)

    assert Project.objects.count() == 0


def test_what_own_content_uses_stays(editor_client, site):
    make.publication("Mine", authors=[Person.objects.get(name="Yao Fu")], tags=["KV cache"])

    editor_client.post(PAGE)

    assert names(Publication) == ["Mine"]
    assert names(Person) == ["Yao Fu", "Your Name"]
    assert names(Tag) == ["KV cache"]
    assert editor_client.get("/publications/mine/").status_code == 200


def test_changed_interests_and_supervisors_of_the_owner_stay(editor_client, site):
    site.tags.add("knots")
    site.relations.filter(related__name="Luo Mai").update(start="2023")

    editor_client.post(PAGE)

    assert "knots" in names(Tag)
    assert site.tags.count() == 12
    assert names(Relation) == ["Luo Mai (Primary supervisor)"]


def test_content_that_a_later_version_of_the_example_lacks_is_removed_too(editor_client, site, monkeypatch, tmp_path):
    monkeypatch.setattr("config.upkeep.first_site.FIRST_SITE", tmp_path / "another.toml")

    editor_client.post(PAGE)

    assert Project.objects.count() == 0


def test_removed_content_can_be_restored(editor_client, site):
    editor_client.post(PAGE)

    for version in example.revisions.deleted_versions(Publication):
        editor_client.post(
            f"/admin/publications/publication/{version.object_id}/history/", {"restore": version.revision_id}
        )
    for version in example.revisions.deleted_versions(Person):
        editor_client.post(f"/admin/profiles/person/{version.object_id}/history/", {"restore": version.revision_id})

    work = Publication.objects.get(slug="moe-cap")
    assert work.authorships.filter(person__isnull=False).count() == 16
    assert work.tags.count() == 3
    assert work.versions.count() == 1
    assert editor_client.get(PAGE).context["removal"].deleted == []


def test_removing_needs_the_permission_to_delete_all_of_it(client, django_user_model, site):
    user = django_user_model.objects.create_user("assistant", is_staff=True)
    user.groups.set(Group.objects.filter(name="Assistant"))
    client.force_login(user)

    assert PAGE not in client.get("/admin/").text
    assert client.get(PAGE).status_code == client.post(PAGE).status_code == 403
    assert Project.objects.count() == 4


def test_an_own_site_has_no_example_content(editor_client):
    make.owner()
    make.publication()

    assert PAGE not in editor_client.get("/admin/").text
    assert "There is no example content to remove." in editor_client.get(PAGE).text
    assert quickstart.load_first_site(empty=True) == "There is no example content to remove."
    assert (Publication.objects.count(), Person.objects.count()) == (1, 1)


def test_the_example_content_of_an_older_version_is_removed_if_it_is_as_it_was_loaded(editor_client):
    first_site.load()
    project = Project.objects.get(name="ContextPilot")
    edit(editor_client, project, tagline="Mine")
    make.publication("Mine", authors=[Person.objects.get(name="Yao Fu")], tags=["KV cache"])
    Section.objects.update(body="Changed by a script")

    quickstart.load_first_site(empty=True)

    assert (names(Project), names(Publication), names(Section)) == (["ContextPilot"], ["Mine"], ["Outside research"])
    assert names(Person) == ["Yao Fu", "Your Name"]
    assert names(Tag) == ["AI systems", "KV cache", "agentic AI", "context management"]


def test_quickstart_starts_empty_or_removes_what_nobody_has_edited(editor_client):
    assert quickstart.load_first_site(empty=True) == "empty: only its owner"
    assert [model for model in CONTENT if model.objects.exists()] == [Person]
    assert editor_client.get("/").status_code == 200

    Person.objects.all().delete()
    quickstart.load_first_site()
    section = Section.objects.get()
    editor_client.post(
        f"/admin/profiles/section/{section.pk}/change/",
        {"title": "Music", "body": "Erhu.", "position": 1, "state": "published"},
    )
    done = quickstart.load_first_site(empty=True)
    assert done.startswith("Removed: 4 projects, 2 publications, 5 activities, 17 people, ")
    assert done.endswith(" Kept, because somebody has edited them: Music.")
    assert (names(Section), Activity.objects.count()) == (["Music"], 0)
