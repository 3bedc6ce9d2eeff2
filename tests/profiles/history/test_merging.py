"""Merging duplicates, and undoing it."""

import pytest

from profiles.history import revisions
from profiles.models import Activity, Person, Tag
from publications.models import Publication
from tests import make

pytestmark = pytest.mark.django_db

PEOPLE = "/admin/profiles/person/"
TAGS = "/admin/profiles/tag/"


def merge(client, address, target, *others, follow=True):
    pks = [item.pk for item in (target, *others)]
    return client.post(address, {"action": "merge", "_selected_action": pks, "target": target.pk}, follow=follow)


@pytest.fixture
def two():
    """Two records of one person, with everything that can refer to them."""
    luo = make.person("Luo Mai", is_public_page=True)
    mai = make.person(
        "L. Mai", orcid="0000-0002-1825-0097", email="mai@example.org", is_public_page=True, tags=["a", "b"]
    )
    luo.tags.set(["a"])
    mai.other_names = "Mai L"
    mai.save()
    ada = make.person("Ada")
    make.publication("Old", authors=[mai, ada])
    ada.relations.create(related=mai, role="student")
    ada.relations.create(related=luo, role="student")
    luo.relations.create(related=mai, role="collaborator")
    mai.links.create(kind="github", url="https://github.com/mai")
    make.activity("A talk", person=mai)
    project = make.project("Engine")
    project.members.create(person=mai, role="Lead")
    project.members.create(person=luo)
    return luo, mai


def test_everything_that_refers_to_a_merged_person_moves(editor_client, client, two):
    luo, mai = two

    merge(editor_client, PEOPLE, luo, mai)

    assert not Person.objects.filter(pk=mai.pk).exists()
    luo.refresh_from_db()
    assert [str(paper) for paper in luo.publications.all()] == ["Old"]
    assert (luo.links.count(), luo.relations.count(), luo.inverse_relations.count()) == (1, 0, 1)
    assert [str(activity) for activity in luo.activities.all()] == ["A talk"]
    assert luo.project_memberships.count() == 1
    assert sorted(tag.name for tag in luo.tags.all()) == ["a", "b"]
    assert (luo.orcid, luo.email) == ("0000-0002-1825-0097", "mai@example.org")
    assert luo.other_names.splitlines() == ["L. Mai", "Mai L"]
    assert client.get("/people/l-mai/").url == "/people/luo-mai/"


def test_the_merge_page_shows_what_would_move(editor_client, two):
    luo, mai = two

    page = editor_client.post(
        PEOPLE, {"action": "merge", "_selected_action": [luo.pk, mai.pk]}
    ).content.decode()  # fmt: skip

    assert "1 authorship" in page
    assert Person.objects.filter(pk=mai.pk).exists()


def test_a_merge_can_be_undone(editor_client, client, two):
    luo, mai = two
    merge(editor_client, PEOPLE, luo, mai)
    Activity.objects.filter(title="A talk").update(title="A better talk")
    assert "Undo the last merge" in editor_client.get(f"{PEOPLE}{luo.pk}/history/").content.decode()

    editor_client.post(f"{PEOPLE}{luo.pk}/unmerge/")

    luo, mai = Person.objects.get(pk=luo.pk), Person.objects.get(pk=mai.pk)
    assert [str(paper) for paper in mai.publications.all()] == ["Old"]
    assert (luo.orcid, luo.other_names, mai.orcid, mai.slug) == ("", "", "0000-0002-1825-0097", "l-mai")
    assert (mai.links.count(), mai.inverse_relations.count(), luo.relations.count()) == (1, 2, 1)
    assert [str(activity) for activity in mai.activities.all()] == ["A better talk"]
    assert (mai.project_memberships.get().role, luo.project_memberships.get().role) == ("Lead", "")
    assert sorted(tag.name for tag in mai.tags.all()) == ["a", "b"]
    assert client.get("/people/l-mai/").status_code == 200
    assert "Undo the last merge" not in editor_client.get(f"{PEOPLE}{luo.pk}/history/").content.decode()


def test_after_a_merge_was_undone_each_old_address_leads_to_its_own_person(editor_client, client):
    luo, mai = (make.person(name, is_public_page=True) for name in ("Luo Mai", "L. Mai"))
    revisions.record([mai])
    mai.slug = "mai"
    mai.save()
    merge(editor_client, PEOPLE, luo, mai)
    assert client.get("/people/l-mai/").url == "/people/luo-mai/"

    editor_client.post(f"{PEOPLE}{luo.pk}/unmerge/")

    assert client.get("/people/l-mai/").url == "/people/mai/"


def test_a_merged_record_cannot_be_restored(editor_client, two):
    luo, mai = two
    merge(editor_client, PEOPLE, luo, mai)
    (revision,) = revisions.revision_ids(Person, mai.pk)

    page = editor_client.post(f"{PEOPLE}{mai.pk}/history/", {"restore": revision}, follow=True).content.decode()

    assert f"Merged into “Luo Mai” ({luo.pk}). Undo the merge" in page
    assert not Person.objects.filter(pk=mai.pk).exists()


def test_undoing_a_merge_keeps_later_edits(editor_client, two):
    luo, mai = two
    merge(editor_client, PEOPLE, luo, mai)
    Person.objects.filter(pk=luo.pk).update(email="luo@example.org", headline="Doctor")

    editor_client.post(f"{PEOPLE}{luo.pk}/unmerge/")

    luo.refresh_from_db()
    assert (luo.email, luo.headline, luo.orcid) == ("luo@example.org", "Doctor", "")


def test_two_people_with_two_orcid_ids_are_not_merged(editor_client, two):
    luo, mai = two
    Person.objects.filter(pk=luo.pk).update(orcid="0000-0001-5109-3700")

    page = merge(editor_client, PEOPLE, luo, mai).content.decode()

    assert "They have different ORCID iDs" in page
    assert Person.objects.filter(pk=mai.pk).exists()
    assert mai.publications.count() == 1


def test_a_record_that_the_owner_is_merged_into_becomes_the_owner(editor_client):
    owner, other = make.owner(name="Ada"), make.person("Ada Lovelace")

    merge(editor_client, PEOPLE, other, owner)

    assert Person.objects.owner() == other


def test_a_single_record_cannot_be_merged(editor_client, two):
    page = merge(editor_client, PEOPLE, two[0]).content.decode()

    assert "Select 2 to 20" in page


def test_merged_tags_redirect_to_the_remaining_one(editor_client, client):
    paper = make.publication(tags=["machine learning", "ml"])
    make.project(tags=["ml"])
    learning, ml = make.tag("machine learning"), make.tag("ml")
    Tag.objects.filter(pk=ml.pk).update(description="Machines that learn.")

    merge(editor_client, TAGS, learning, ml)

    assert [tag.name for tag in Publication.objects.get().tags.all()] == ["machine learning"]
    assert Tag.objects.get().description == "Machines that learn."
    assert client.get("/tags/ml/").url == "/tags/machine-learning/"
    assert client.get("/publications/?tag=ml").url == "/publications/?tag=machine-learning"
    assert client.get("/tags/").context["object_list"][0].uses == 2
    assert paper.slug


def test_a_tag_that_was_merged_twice_still_redirects(editor_client, client):
    make.publication(tags=["a", "b", "c"])
    a, b, c = (make.tag(name) for name in "abc")

    merge(editor_client, TAGS, b, a)
    merge(editor_client, TAGS, c, b)

    assert client.get("/tags/a/").url == "/tags/c/"
    assert client.get("/tags/b/").url == "/tags/c/"


def test_a_merge_of_tags_is_undone(editor_client, client):
    make.publication("One", tags=["a"])
    make.publication("Both", tags=["a", "b"])
    a, b = make.tag("a"), make.tag("b")
    merge(editor_client, TAGS, b, a)

    editor_client.post(f"{TAGS}{b.pk}/unmerge/")

    assert [tag.name for tag in Publication.objects.get(title="One").tags.all()] == ["a"]
    assert sorted(tag.name for tag in Publication.objects.get(title="Both").tags.all()) == ["a", "b"]
    assert client.get("/tags/a/").status_code == 200


def test_undoing_a_merge_takes_back_the_spellings_that_it_added(editor_client):
    a, b = make.tag("machine learning"), make.tag("ml")
    merge(editor_client, TAGS, a, b)
    Tag.objects.filter(pk=a.pk).update(other_names="ml\nlearning machines")

    editor_client.post(f"{TAGS}{a.pk}/unmerge/")

    assert Tag.objects.get(pk=a.pk).other_names == "learning machines"
    assert Tag.objects.named("ML") == Tag.objects.get(pk=b.pk)


def test_the_former_name_of_a_tag_and_its_other_spellings_mean_the_tag(editor_client, client):
    make.publication(tags=["ml"])
    tag = make.tag("ml")

    editor_client.post(
        f"{TAGS}{tag.pk}/change/", {"name": "Machine learning", "slug": "ml", "other_names": "Apprentissage\r\n"}
    )

    assert Tag.objects.named("M L") == Tag.objects.named("apprentissage") == tag
    assert client.get("/search/?q=tag:apprentissage").context["facets"].count == 1
    assert client.get("/search/?q=tag:unknown").context["facets"].count == 0


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"name": "ML"}, "This is another spelling of “Machine learning”."),
        ({"other_names": "m-l"}, "“m-l” means “Machine learning”."),
        ({"other_names": "machine LEARNING"}, "“machine LEARNING” means “Machine learning”."),
    ],
)
def test_one_spelling_cannot_mean_two_tags(editor_client, fields, sentence):
    Tag.objects.create(name="Machine learning", other_names="ML")
    other = make.tag("Statistics")

    page = editor_client.post(f"{TAGS}{other.pk}/change/", {"name": "Statistics", "slug": "s", **fields}).content

    assert sentence in page.decode()


def test_a_renamed_tag_redirects_from_its_old_address(editor_client, client):
    make.publication(tags=["ml"])
    tag = make.tag("ml")

    editor_client.post(f"{TAGS}{tag.pk}/change/", {"name": "Machine learning", "slug": "machine-learning"})

    assert client.get("/tags/ml/").url == "/tags/machine-learning/"
    assert client.get("/tags/machine-learning/").status_code == 200


def test_a_redirecting_slug_cannot_be_taken(editor_client, client):
    make.publication(tags=["ml", "maths"])
    ml, maths = make.tag("ml"), make.tag("maths")
    editor_client.post(f"{TAGS}{ml.pk}/change/", {"name": "ml", "slug": "machine-learning"})

    page = editor_client.post(f"{TAGS}{maths.pk}/change/", {"name": "maths", "slug": "ml"}).content.decode()

    assert "This address still leads to “ml”. Choose another one." in page
    assert client.get("/tags/ml/").url == "/tags/machine-learning/"


def test_merging_needs_delete_permission(guest_client, two):
    assert guest_client.post(f"{PEOPLE}{two[0].pk}/unmerge/").status_code == 403


@pytest.mark.parametrize("count", [1, 30])
def test_merging_needs_as_many_queries_for_30_rows_as_for_1(editor_client, django_assert_num_queries, count):
    target, other = make.person("Ada Lovelace"), make.person("A. Lovelace")
    for number in range(count):
        make.publication(f"Paper {number}", authors=[other])
    # Fills the caches of the process.
    make.publication("First", authors=["L. Mai"])
    merge(editor_client, PEOPLE, make.person("Luo Mai"), Person.objects.get(name="L. Mai"))

    with django_assert_num_queries(188):
        merge(editor_client, PEOPLE, target, other, follow=False)
    assert target.authorships.count() == count
    with django_assert_num_queries(106):
        editor_client.post(f"{PEOPLE}{target.pk}/unmerge/")

    assert Person.objects.get(name="A. Lovelace").authorships.count() == count


def test_duplicate_rows_are_dropped_by_a_merge_and_restored_by_undoing_it(editor_client):
    both, one = make.publication("Both", tags=["kept", "other"]), make.publication("One", tags=["other"])
    target, other = make.tag("kept"), make.tag("other")

    merge(editor_client, TAGS, target, other)
    assert [sorted(paper.tags.names()) for paper in (both, one)] == [["kept"], ["kept"]]
    editor_client.post(f"{TAGS}{target.pk}/unmerge/")

    assert [sorted(paper.tags.names()) for paper in (both, one)] == [["kept", "other"], ["other"]]


@pytest.mark.parametrize("count", [1, 30])
def test_dropping_duplicate_rows_needs_as_many_queries_for_30_rows_as_for_1(
    editor_client, django_assert_num_queries, count
):
    make.publication("First", tags=["a", "b"])
    merge(editor_client, TAGS, make.tag("a"), make.tag("b"))  # fills the caches of the process
    for number in range(count):
        make.publication(f"Paper {number}", tags=["kept", "other"])

    with django_assert_num_queries(143):
        merge(editor_client, TAGS, make.tag("kept"), make.tag("other"), follow=False)
