import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.db.models import ProtectedError

from profiles.content.publishing import EDITORS
from profiles.search import indexing
from publications.models import Authorship, Publication, Resource
from publications.references import bibtex, ris
from tests import make

pytestmark = pytest.mark.django_db


def refused_by_the_database(publication, **fields):
    """Assert that the database refuses an update that no form has validated."""

    def update():
        with transaction.atomic():
            Publication.objects.filter(pk=publication.pk).update(**fields)
            connection.check_constraints()

    with pytest.raises(IntegrityError):
        update()


def test_a_new_publication_can_be_checked_without_a_form():
    Publication(title="On Engines").full_clean()


@pytest.mark.parametrize("typed", ["45--67", "45–67", "45 — 67", "45-67"])
def test_pages_are_a_range_however_they_are_typed(typed):
    publication = make.publication(page=typed)
    publication.full_clean()

    assert publication.page == "45-67"
    assert publication.numbers == "pp. 45–67"


def test_pages_that_are_stored_as_they_were_typed_are_exported_as_a_range():
    reference = make.publication(page="45–67", type="article-journal").as_reference()

    assert "pages = {45--67}," in bibtex.dumps([reference])
    assert "SP  - 45\nEP  - 67\n" in ris.dumps([reference]).replace("\r", "")


@pytest.mark.parametrize("title", [r"On \textit{Engines}", r"\emph {Looms} and $x^2$"])
def test_a_title_with_latex_outside_formulas_is_refused_with_what_to_write(title):
    with pytest.raises(ValidationError, match="has the LaTeX command .* outside a formula. Write .italics."):
        Publication(title=title).full_clean()


@pytest.mark.parametrize("title", [r"On $\mathcal{O}(n)$", r"A C:\path and \*stars\*", "{Braces} of CO$_2$"])
def test_a_title_with_formulas_backslashes_or_braces_is_allowed(title):
    Publication(title=title).full_clean()


def test_a_citation_key_is_unique():
    make.publication(citation_key="lovelace1843")
    second = Publication(title="Another", citation_key="lovelace1843")

    with pytest.raises(ValidationError, match=r"Another publication has this citation key. Add a letter"):
        second.full_clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        second.save()


def test_a_doi_is_unique_regardless_of_case():
    make.publication(doi="10.1000/ABC")
    second = Publication(title="Another", doi="https://doi.org/10.1000/abc")

    with pytest.raises(ValidationError, match=r"Another publication has this DOI. Edit that one, or clear"):
        second.full_clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        second.save()


def test_many_publications_can_have_neither_key_nor_doi():
    make.publication("One")
    make.publication("Two")

    assert Publication.objects.filter(citation_key="", doi="").count() == 2


def test_a_publication_cannot_be_a_version_of_itself():
    publication = make.publication()

    publication.version_of = publication

    with pytest.raises(ValidationError, match=r"cannot be a version of itself. Choose the other one."):
        publication.full_clean()
    refused_by_the_database(publication, version_of=publication.pk)


def test_a_version_cannot_have_versions():
    work = make.publication("Journal")
    preprint = make.publication("Preprint", version_of=work)
    draft = make.publication("Workshop")

    draft.version_of = preprint

    with pytest.raises(ValidationError, match=r"“Preprint” is itself a version of “Journal”. Choose that one."):
        draft.full_clean()
    refused_by_the_database(draft, version_of=preprint.pk)


def test_a_publication_with_versions_cannot_become_a_version():
    work, other = make.publication("Journal"), make.publication("Book")
    make.publication("Preprint", version_of=work)

    work.version_of = other

    with pytest.raises(ValidationError, match=r"“Preprint” is a version of this one. Move it to “Book” first."):
        work.full_clean()
    refused_by_the_database(work, version_of=other.pk)


def test_a_version_remains_when_the_main_version_is_deleted():
    work = make.publication("Journal")
    preprint = make.publication("Preprint", version_of=work)

    work.delete()

    preprint.refresh_from_db()
    assert preprint.version_of is None
    connection.check_constraints()


def test_a_former_version_can_have_versions():
    work = make.publication("Journal")
    other = make.publication("Preprint", version_of=work)

    other.version_of = None
    other.save()
    other.refresh_from_db()
    third = make.publication("Workshop", version_of=other)

    third.refresh_from_db()
    assert third.version_of == other
    connection.check_constraints()


def test_a_former_version_can_have_versions_before_it_is_loaded_again():
    other = make.publication("Preprint", version_of=make.publication("Journal"))
    other.version_of = None
    other.save()

    third = make.publication("Workshop", version_of=other)

    third.refresh_from_db()
    assert third.version_of == other


def test_the_versions_of_a_work_are_related_to_each_other():
    work = make.publication("Journal", issued="2025")
    preprint = make.publication("Preprint", issued="2024", version_of=work)
    workshop = make.publication("Workshop", issued="2023", version_of=work)
    make.publication("Another")

    assert list(Publication.objects.of_the_same_work(work)) == [preprint, workshop]
    assert list(Publication.objects.of_the_same_work(preprint)) == [work, workshop]


def test_the_address_of_the_feed_is_reserved():
    publication = make.publication()

    publication.slug = "feed"

    with pytest.raises(ValidationError, match=r"The site itself uses the address “feed”. Choose another one."):
        publication.full_clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        publication.save()


@pytest.mark.parametrize(("issued", "year"), [("", None), ("2025", 2025), ("2024-12", 2024), ("2024-02-29", 2024)])
def test_the_year_is_taken_from_the_date(issued, year):
    publication = make.publication(issued=issued)

    publication.refresh_from_db()

    assert publication.year == year


def test_two_authors_cannot_have_the_same_position():
    publication = make.publication(authors=["Ada Lovelace"])
    second = Authorship(publication=publication, name="Charles Babbage", position=1)

    with pytest.raises(ValidationError, match=r"Two authors of one role have the same place in the order."):
        second.full_clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        second.save()


def test_an_author_and_an_editor_can_have_the_same_position():
    publication = make.publication(authors=["Ada Lovelace"])

    publication.authorships.create(name="Charles Babbage", position=1, role="editor")

    assert [str(name) for name in publication.byline] == ["Ada Lovelace"]
    assert [str(name) for name in publication.editors] == ["Charles Babbage"]


def test_an_authorship_needs_a_person_or_a_name():
    nobody = Authorship(publication=make.publication(authors=[]), position=1)

    with pytest.raises(ValidationError, match=r"Choose a person, or write the name as printed."):
        nobody.full_clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        nobody.save()


def test_authors_are_in_order():
    publication = make.publication(authors=["Charles Babbage", "Ada Lovelace"])

    assert [str(name) for name in publication.byline] == ["Charles Babbage", "Ada Lovelace"]


def test_a_person_with_works_cannot_be_deleted():
    person = make.person()
    make.publication(authors=[person])

    with pytest.raises(ProtectedError):
        person.delete()


@pytest.mark.parametrize(
    "given", [{}, {"url": "https://example.org/x.pdf", "file": "publication/1/x.pdf"}], ids=["neither", "both"]
)
def test_a_resource_with_both_or_neither_of_address_and_file_is_refused(given):
    resource = Resource(publication=make.publication(), kind="pdf", **given)

    with pytest.raises(ValidationError, match=r"Enter either an address or a file, not both."):
        resource.full_clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        resource.save()


@pytest.mark.parametrize("given", [{"url": "https://example.org/x.pdf"}, {"file": "publication/1/x.pdf"}])
def test_a_resource_is_one_of_the_two(given):
    resource = Resource(publication=make.publication(), kind="pdf", **given)

    resource.full_clean()
    resource.save()

    assert resource.href.endswith("/x.pdf")


@pytest.mark.parametrize("name", ["page.html", "drawing.svg", "run.js"])
def test_a_file_that_a_browser_would_run_is_refused(name):
    with pytest.raises(ValidationError, match="is not allowed"):
        Resource(publication=make.publication(), kind="pdf", file=name).full_clean()


def test_a_citation_key_is_made_from_author_year_and_title():
    first = make.publication("On the Engine", authors=["Ada Lovelace"], issued="1843")
    first.citation_key = first.free_citation_key()
    first.save()
    second = make.publication("The Second", authors=["Ada Lovelace"], issued="1843")

    assert first.citation_key == "lovelace1843the"
    assert second.free_citation_key() == "lovelace1843thea"


@pytest.mark.parametrize(
    "word", ["engine", "ENGINE", "lovelace", "nature", "10.1000/182", "2412.07067", "chess", "proof"]
)
def test_a_work_is_found_by_each_of_its_parts(word):
    found = make.publication(
        "On the Engine",
        authors=["Ada Lovelace"],
        tags=["chess"],
        abstract="A proof.",
        container_title="Nature",
        doi="10.1000/182",
        arxiv_id="2412.07067",
    )
    make.publication("Another", authors=["Charles Babbage"])
    indexing.refresh()

    assert list(Publication.objects.search(word, EDITORS)) == [found]
    assert list(Publication.objects.search(f"{word} nowhere", EDITORS)) == []
