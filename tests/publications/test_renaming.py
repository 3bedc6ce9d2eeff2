"""What follows when a person is renamed: citation keys, printed placeholders, search, history."""

import json

import pytest

from profiles.history import revisions
from profiles.models import Person
from publications.imports.steps import apply, plan
from publications.models import Publication
from publications.references import Reference
from publications.references.values.names import parse_name
from tests import make

pytestmark = pytest.mark.django_db


def keyed(title, *authors, key="", **fields):
    work = make.publication(title, authors=authors, **fields)
    work.citation_key = key or work.free_citation_key()
    work.save()
    return work


def text_of(client, address):
    answer = client.get(address)
    assert answer.status_code == 200, address
    return b"".join(answer).decode()


def rename(person, name):
    person.name = name
    person.save()


def keys():
    return sorted(Publication.objects.values_list("citation_key", flat=True))


def test_everything_from_the_placeholder_is_replaced(client, django_capture_on_commit_callbacks):
    owner = make.owner(name="Your Name", other_names="Your Name\nA. Lovelace")
    keyed("Fast Engines", owner)
    printed = make.publication("Slow Looms", authors=["Luo Mai"])
    printed.authorships.create(name="Your Name", position=2)

    with django_capture_on_commit_callbacks(execute=True):
        rename(owner, "Ada Lovelace")

    assert keys() == ["", "lovelace2025fast"]
    assert list(owner.publications.order_by("pk").values_list("title", flat=True)) == ["Fast Engines", "Slow Looms"]
    assert owner.other_names == "A. Lovelace"
    assert "Lovelace, Ada" in text_of(client, "/publications.bib")
    for address in (
        "/",
        "/cv/",
        "/cv.json",
        "/people/ada-lovelace/",
        "/publications/",
        "/publications.bib",
        "/publications/feed/",
        "/llms.txt",
        "/publications/fast-engines/",
        "/publications/slow-looms/",
    ):
        assert "Your Name" not in text_of(client, address), address
    assert client.get("/search/", {"q": "Your Name"}).text.count("fast-engines") == 0


def test_a_key_follows_only_if_the_site_has_made_it():
    ada = make.person("Ada Lovelace")
    keyed("Fast Engines", ada)
    keyed("Fast Looms", ada)
    keyed("Typed", ada, key="my-thesis")
    keyed("Second author", "Luo Mai", ada)
    reference = Reference(
        type="book", title="From a file", citation_key="lovelace1843from", author=(parse_name("Ada Lovelace"),)
    )
    apply(plan([reference], "bib"))
    Publication.objects.get(title="From a file").authorships.update(name="")

    rename(ada, "Ada King")

    assert keys() == ["king2025fast", "king2025fasta", "lovelace1843from", "mai2025second", "my-thesis"]


def test_a_changed_key_is_in_the_history_of_the_work(editor_client):
    ada = make.person("Ada Lovelace")
    work = keyed("Fast Engines", ada)

    rename(ada, "Ada King")

    before = revisions.get_revisions(Publication, work.pk)
    assert [one.state.root.values["citation_key"] for one in before] == ["king2025fast", "lovelace2025fast"]
    assert before[0].comment == "“Ada Lovelace” was renamed “Ada King”"


@pytest.mark.pandoc
def test_formatted_citations_follow_the_name(client, django_capture_on_commit_callbacks):
    owner = make.owner(name="Your Name")
    with django_capture_on_commit_callbacks(execute=True):
        keyed("Fast Engines", owner)
        rename(Person.objects.get(), "Johanna van der Berg")

    page = client.get("/publications/fast-engines/").text

    assert "van der Berg, J. (2025)" in page
    assert "Name, Y." not in page
    assert json.loads(text_of(client, "/publications.json"))[0]["author"][0]["family"] == "Berg"
