"""A Reference becomes a row and comes back complete."""

import pytest

from profiles.content.publishing import EDITORS
from publications.models import Authorship, Publication, record
from publications.references import Date, Name, Reference
from tests import make

pytestmark = pytest.mark.django_db

FULL = Reference(
    type="article-journal",
    citation_key="lovelace1843notes",
    title="Notes on <i>Engines</i> of $O(n^2)$ and A* search",
    author=(
        Name(family="Lovelace", given="Ada", suffix="III"),
        Name(family="Beethoven", given="Ludwig", non_dropping_particle="van"),
        Name(literal="The Engine Collaboration"),
    ),
    editor=(Name(family="Taylor", given="Richard"),),
    collection_editor=(Name(family="Series", given="Editor"),),
    issued=Date(((1843, 9, 17),)),
    container_title="Scientific Memoirs",
    container_title_short="Sci. Mem.",
    volume="3",
    issue="2",
    page="666-731",
    doi="10.1000/Notes",
    arxiv_id="2412.07067v2",
    arxiv_class="cs.LG",
    isbn="978-0-262-03384-8",
    issn="1234-5678",
    pmid="29456894",
    url="https://example.org/notes",
    note="Best paper award",
    funding="Grant 7",
    track="Datasets Track",
    status="accepted",
    language="en",
    abstract="On *engines*.\n\nAnd cards.",
    keyword=("engines", "Analytical Engine"),
    extra={"collection-title": "Memoirs", "accessed": {"date-parts": [[2020, 5, 1]]}, "bdsk-url-1": "https://x.org"},
)


def stored(reference):
    publication = Publication.from_reference(reference)
    publication.save()
    authorships = record.authorships_of(Authorship, reference)
    for authorship in authorships:
        authorship.publication = publication
    Authorship.objects.bulk_create(authorships)
    publication.tags.set(word for word in reference.keyword if record.keys_of([word]))
    return Publication.objects.with_references(EDITORS).get(pk=publication.pk)


def test_every_field_of_a_reference_comes_back():
    publication = stored(FULL)

    assert publication.as_reference() == FULL


@pytest.mark.parametrize(
    "fields",
    [
        {"title": ""},
        {"title": "x" * 600},
        {"title": "<i>a</i><i>b</i> *c* `d` \\e &amp; <T>"},
        {"issued": Date(((2020,), (2021,)))},
        {"issued": Date(((2020, 2, 31),))},
        {"issued": Date(((2020,),), season="3")},
        {"issued": Date(((2020,),), circa=True)},
        {"issued": Date(literal="in press")},
        {"doi": "not a doi"},
        {"isbn": "978-0-262-03384-9"},
        {"pmid": "PMC1"},
        {"arxiv_id": "nothing"},
        {"url": "see the shelf"},
        {"language": "a language whose name is long"},
        {"status": "forthcoming"},
        {"type": "article"},
        {"container_title": "Proceedings of <i>X</i>"},
        {"note": "arXiv:1706.03762 [cs]"},
        {"note": "First prize\nin two lines"},
        {"volume": "v" * 60},
        {"keyword": ("b", "a", "A", "k" * 120)},
        {"author": (Name(literal="n" * 300),)},
        {"author": (Name(given="Ada", family="Lovelace", dropping_particle="de", non_dropping_particle="la"),)},
        {"extra": {"nocase": {"title": '<span class="nocase">GPU</span>s'}}, "title": "GPUs"},
    ],
)
def test_a_value_that_does_not_fit_its_column_comes_back(fields):
    reference = Reference(**{"title": "On Engines", **fields})

    assert stored(reference).as_reference() == reference


def test_a_manually_edited_column_overrides_the_imported_value():
    publication = stored(Reference(title="On Engines", issued=Date(((2020,), (2021,)))))

    publication.issued = "2022"

    assert publication.as_reference().issued == Date(((2022,),))


def test_a_manually_edited_name_overrides_its_imported_parts():
    publication = stored(Reference(title="On Engines", author=(Name(family="Lovelace", given="A."),)))
    authorship = publication.authorships.get()
    authorship.name = "Ada King"
    authorship.save()

    reference = Publication.objects.with_references(EDITORS).get().as_reference()

    assert reference.author == (Name(family="King", given="Ada"),)


def test_a_name_gets_its_parts_and_orcid_from_the_person():
    person = make.person(
        "Ada van Lovelace", given="Ada", particle="van", family="Lovelace", orcid="0000-0002-1825-0097"
    )
    publication = make.publication(authors=[person])

    name = publication.as_reference().author[0]

    assert name == Name(family="Lovelace", given="Ada", non_dropping_particle="van")
    assert name.orcid == "0000-0002-1825-0097"


def test_a_removed_tag_is_not_exported_as_a_keyword():
    publication = stored(Reference(title="On Engines", keyword=("engines", "cards")))

    publication.tags.remove("cards")

    assert Publication.objects.get().as_reference().keyword == ("engines",)
