import pytest
from hypothesis import given
from hypothesis import strategies as st

from profiles.content.slugs import MAX_LENGTH, make_slug
from profiles.models import FormerSlug, Person
from publications.models import Publication
from tests import make

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("On Engines", "on-engines"),
        ("Über Größe", "uber-grosse"),
        ("Łódź – Ørsted", "lodz-orsted"),
        ("王小明", "王小明"),
        ("Η ζωή", "η-ζωή"),
        ("***", ""),
    ],
)
def test_a_slug_is_readable_in_any_script(text, expected):
    assert make_slug(text) == expected


@given(st.text(max_size=300))
def test_a_slug_fits_its_column(text):
    assert len(make_slug(text)) <= MAX_LENGTH


def test_a_long_title_is_cut_between_words():
    assert make_slug("engine " * 30) == "-".join(["engine"] * 14)


def test_a_slug_stays_when_the_title_changes():
    publication = make.publication("On Engines")

    publication.title = "On Better Engines"
    publication.save()

    assert publication.slug == "on-engines"


def test_an_emptied_slug_is_made_again_from_the_title_and_the_old_address_redirects(client):
    publication = make.publication("On Engines")

    publication.title, publication.slug = "On Better Engines", ""
    publication.save()

    assert publication.slug == "on-better-engines"
    assert client.get("/publications/on-engines/").headers["Location"] == "/publications/on-better-engines/"


def test_an_emptied_slug_of_an_unchanged_or_former_title_is_its_own_again():
    make.publication("On Engines")
    publication = make.publication("On Engines")

    for title, slug in [("On Engines", "on-engines-2"), ("Notes", "notes"), ("On Engines", "on-engines-2")]:
        publication.title, publication.slug = title, ""
        publication.save()

        assert publication.slug == slug


def test_equal_titles_get_different_slugs():
    make.publication("On Engines")

    assert make.publication("On Engines").slug == "on-engines-2"


def test_a_name_in_another_script_has_a_slug():
    assert make.person("王小明").slug == "王小明"


def test_the_slug_of_a_name_without_letters_is_the_model_name():
    assert make.person("***").slug == "person"


def test_the_address_of_the_feed_is_never_a_slug():
    assert make.publication("Feed").slug == "feed-2"


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        (r"*Fast* $O(n^2)$", "fast-o-n2"),
        ("CO<sub>2</sub> capture", "co2-capture"),
        ("CO$_2$ capture", "co2-capture"),
        (r"$t\bar{t}H$ at $\sqrt{s}=13$ TeV", "tth-at-s-13-tev"),
        (r"The $k \ll n$ case of $\alpha\beta$", "the-k-n-case-of-alpha-beta"),
        (r"Bounds for $x_{max}$ and $\frac{a}{b}$", "bounds-for-x-max-and-a-b"),
        ("β-decay of ¹³C and/or ϕ", "beta-decay-of-13c-and-or-phi"),
        ("A* *search* for {Braces}", "a-search-for-braces"),
    ],
)
def test_a_title_with_markup_has_a_slug_of_plain_words(title, slug):
    publication = make.publication(title)

    assert publication.slug == slug


def test_the_citation_key_of_a_title_has_no_markup():
    assert make.publication("CO<sub>2</sub> capture").free_citation_key() == "lovelace2025co2"


def test_a_former_slug_redirects_to_the_object():
    publication = make.publication("On Engines")

    publication.slug = "engines"
    publication.save()

    assert Publication.objects.moved_from("on-engines") == publication


def test_a_former_slug_is_not_given_to_another_object():
    publication = make.publication("On Engines")
    publication.slug = "engines"
    publication.save()

    assert make.publication("On Engines").slug == "on-engines-2"


def test_a_slug_that_is_used_again_no_longer_redirects():
    publication = make.publication("On Engines")
    for slug in ("engines", "on-engines"):
        publication.slug = slug
        publication.save()

    assert list(FormerSlug.objects.values_list("slug", flat=True)) == ["engines"]


def test_a_slug_given_to_another_object_on_purpose_no_longer_redirects():
    publication = make.publication("On Engines")
    publication.slug = "engines"
    publication.save()

    make.publication("Another", slug="on-engines")

    assert Publication.objects.moved_from("on-engines") is None


def test_the_former_slug_of_a_draft_is_a_404():
    publication = make.publication("On Engines", state="draft")
    publication.slug = "engines"
    publication.save()

    assert Publication.objects.published().moved_from("on-engines") is None
    assert Publication.objects.moved_from("on-engines") == publication


def test_a_former_slug_belongs_to_its_model():
    publication = make.publication("Ada Lovelace", authors=[])
    publication.slug = "ada"
    publication.save()

    assert Person.objects.moved_from("ada-lovelace") is None
    assert make.person("Ada Lovelace").slug == "ada-lovelace"
