"""Layouts of funders: their files, new CVs from them, and what the preview says is missing."""

import pytest

from config.cv.content import document_of
from config.cv.facts import report_of
from config.cv.layouts import FOLDER, OWNER_FACTS, PART_FACTS, layouts
from profiles.feeds import VISITOR
from profiles.models import CV, Activity, CVPart, Person
from publications.models import Publication
from publications.numbering import GROUPS
from tests import make
from tests.config.cv.test_admin import ADD, LIST, words
from tests.profiles.test_duplicates import sent_by_browser

NAMES = sorted(path.stem for path in FOLDER.glob("*.toml"))
LETTERS = {letter for letter, _, _ in GROUPS}


def report(cv):
    document = document_of(cv, cv.parts.all(), Person.objects.owner(), VISITOR)
    return report_of(document, lambda part, name: f"#{part.kind}-{name}")


def missing(cv):
    return {fact.text: fact.url for fact in report(cv).missing}


def counts(cv):
    return {count.text: count.is_too_much for count in report(cv).counts}


def from_layout(name):
    """Return a CV as the admin makes it from a layout."""
    layout = layouts()[name]
    cv = CV.objects.create(state="draft", **layout.values)
    for values in layout.part_values:
        cv.parts.create(**values)
    return cv


@pytest.fixture
def record(db):
    owner = make.owner(orcid="0000-0002-1825-0097", email="ada@example.org", bio="Writes programs.")
    job = {"organisation": "Analytical Institute", "city": "London", "country": "GB"}
    make.activity("Professor", kind="position", start="2020-04", is_ongoing=True, **job)
    make.activity("Postdoc", kind="position", start="2017-01", end="2020-03", **job)
    make.activity("PhD", kind="education", start="2013-10", end="2016-12", **job)
    make.activity("Prize", kind="award", start="2021")
    for number in range(12):
        make.publication(f"Paper {number}", authors=[owner], issued=f"20{10 + number}", doi=f"10.5555/{number}")
    make.talk("On Looms", occasions=[{"start": "2024", "kind": "invited", "event": "Salon"}])
    make.course("Engines I", instructors=[owner])
    return owner


@pytest.mark.parametrize("name", NAMES)
def test_each_layout_names_a_source_and_a_date_and_only_what_exists(name):
    layout = layouts()[name]

    assert layout.source.startswith("https://")
    assert layout.label and layout.funder and layout.note and layout.date.year >= 2024  # noqa: PT018
    assert layout.language in CV.Language
    assert layout.paper in CV.Paper
    assert {*layout.requires, *layout.identity} <= {*OWNER_FACTS}
    seen = [(part.kind, part.title) for part in layout.parts]
    assert len(seen) == len(set(seen))
    for part in layout.parts:
        assert part.kind in CVPart.Kind
        assert set(part.requires) <= PART_FACTS
        assert part.kind == "publications" or not {"doi", "contribution"} & set(part.requires)
        assert part.kind in Activity.Kind or not {"organisation", "place"} & set(part.requires)
        assert not part.group or part.group in layout.groups
        assert part.title or part.kind != "text"
        assert len(part.title) <= CVPart._meta.get_field("title").max_length
        assert part.kind != "publications" or set(part.types) <= LETTERS
        CVPart(**part.values).clean_fields(exclude=["cv"])


@pytest.mark.parametrize("name", NAMES)
def test_a_new_cv_from_a_layout_is_a_draft_with_its_parts(client, editor_client, record, name):
    layout = layouts()[name]

    page = words(editor_client.get(f"{LIST}layouts/"))
    form = editor_client.get(f"{ADD}?layout={name}")
    answer = editor_client.post(f"{ADD}?layout={name}", sent_by_browser(form))

    assert layout.label in page
    assert layout.source in form.text
    assert answer.status_code == 302
    cv = CV.objects.get()
    assert (cv.layout, cv.state, cv.page_limit, cv.paper) == (name, "draft", layout.page_limit, layout.paper)
    assert [(part.kind, part.title, part.types) for part in cv.parts.all()] == [
        (part.kind, part.title, part.types) for part in layout.parts
    ]
    assert client.get(cv.get_absolute_url()).status_code == 404
    assert editor_client.get(cv.get_absolute_url()).status_code == 200
    assert editor_client.get(f"{LIST}{cv.pk}/text/").status_code == 200


def test_missing_facts_appear_with_a_link_and_vanish_when_they_are_entered(record):
    cv = from_layout("nsf")
    postdoc = Activity.objects.get(title="Postdoc")
    Activity.objects.filter(pk=postdoc.pk).update(start="", end="")
    Person.objects.filter(is_owner=True).update(orcid="")
    chosen = list(Publication.objects.values_list("pk", flat=True)[:3])
    cv.parts.filter(title__startswith="Products").update(chosen=chosen)
    Publication.objects.filter(pk__in=chosen).update(doi="")
    CVPart.objects.filter(title="Other Significant Products").update(chosen=[9999])

    assert missing(cv) == {
        "Your profile has no ORCID iD.": f"/admin/profiles/person/{record.pk}/change/#id_orcid",
        "Position “Postdoc, Analytical Institute” has no start.": (
            f"/admin/profiles/positionactivity/{postdoc.pk}/change/#id_start"
        ),
        "Position “Postdoc, Analytical Institute” has no end, and is not marked as ongoing.": (
            f"/admin/profiles/positionactivity/{postdoc.pk}/change/#id_end"
        ),
        "3 of 3 records of “Products Most Closely Related to the Proposed Project” have no DOI or link:": "",
    }

    Activity.objects.filter(pk=postdoc.pk).update(start="2017", end="2020")
    Person.objects.filter(is_owner=True).update(orcid="0000-0002-1825-0097")
    Publication.objects.filter(pk__in=chosen).update(url="https://example.org/")
    assert missing(cv) == {}


def test_too_many_products_and_all_products_are_reported(record):
    cv = from_layout("nsf")
    title = "Products Most Closely Related to the Proposed Project"

    assert f"“{title}” shows all records. Choose single ones." in missing(cv)
    cv.parts.filter(title=title).update(chosen=list(Publication.objects.values_list("pk", flat=True)[:6]))
    assert counts(cv)[f"6 of at most 5 in “{title}”: 1 too many"]
    cv.parts.filter(title=title).update(title="My products")
    assert f"The part “{title}” of the layout is missing." in missing(cv)


def test_honours_beyond_the_limit_of_nih_are_shown_and_counted_as_too_many(client, record):
    for number in range(16):
        make.activity(f"Honour {number:02}", kind="award")
    cv = from_layout("nih")
    cv.state = "published"
    cv.save()

    found = {text: is_too_much for text, is_too_much in counts(cv).items() if "Honors" in text}

    total = Activity.objects.filter(kind="award").count()
    assert found == {f"{total} of at most 15 in “Honors”: {total - 15} too many": True}
    assert client.get(cv.get_absolute_url()).text.count("Honour ") == 16


def test_a_product_that_is_chosen_twice_is_reported(record):
    cv = from_layout("nsf")
    first, second, third = Publication.objects.order_by("pk")[:3]
    cv.parts.filter(title__startswith="Products").update(chosen=[first.pk, second.pk])
    cv.parts.filter(title__startswith="Other").update(chosen=[third.pk, second.pk])

    assert missing(cv) == {
        "“Paper 1” is in “Products Most Closely Related to the Proposed Project” and in “Other Significant Products”. "
        "Choose another one.": "#publications-chosen"
    }


def test_the_words_of_the_four_modules_of_r4ri_count_together(record):
    cv = from_layout("ukri-r4ri")
    first, second, *_ = cv.parts.all()

    assert counts(cv)["0 of 1,000 words over the four modules"] is False
    assert len(missing(cv)) == 4
    CVPart.objects.filter(pk=first.pk).update(text="I *made*\n\n- one [engine](https://example.org/)\n- and a loom.")
    CVPart.objects.filter(pk=second.pk).update(text="word " * 900)
    assert counts(cv)["907 of 1,000 words over the four modules"] is False
    assert len(missing(cv)) == 2
    CVPart.objects.filter(pk=first.pk).update(text="word " * 101)
    assert counts(cv)["1,001 of 1,000 words over the four modules: 1 too many"]


def test_characters_are_counted_in_single_texts_and_over_several(record):
    nih, snsf = from_layout("nih"), from_layout("snsf")
    nih.parts.filter(title="Personal Statement").update(text="x" * 3501)
    snsf.parts.filter(title__startswith="Major achievement").update(text="x" * 1000)

    assert counts(nih)["3,501 of 3,500 characters in “Personal Statement”: 1 too many"]
    assert counts(snsf)["3,000 of 4,350 characters over the major achievements"] is False


def test_a_cv_names_the_kinds_of_records_that_it_does_not_show(record):
    assert report(from_layout("nsf")).not_shown == "Awards: 1, Talks: 1, Teaching: 1"
    assert report(from_layout("promotion")).not_shown == ""


def test_the_preview_lists_what_is_missing_with_links_to_the_form(editor_client, record):
    cv = from_layout("ukri-r4ri")
    address, preview = f"{LIST}{cv.pk}/change/", f"{LIST}{cv.pk}/preview/"
    data = sent_by_browser(editor_client.get(address)) | {"parts-1-text": ["I teach ten students."]}

    fragment = editor_client.post(preview, data | {"_fragment": ["1"]})

    assert "4 of 1,000 words over the four modules" in words(fragment)
    assert 'href="#id_parts-0-text"' in fragment.text
    assert 'href="#id_parts-1-text"' not in fragment.text
    assert "Publications: 12" in words(fragment)
    assert f'href="{address}#id_parts-0-text"' in editor_client.post(preview, data).text


def test_a_text_of_a_layout_may_be_empty_until_it_is_written(editor_client, record):
    data = sent_by_browser(editor_client.get(f"{ADD}?layout=ukri-r4ri"))

    assert "Enter a text." in words(editor_client.post(ADD, data | {"layout": [""]}))
    assert editor_client.post(ADD, data).status_code == 302


def test_the_promotion_file_has_totals(client, record):
    cv = from_layout("promotion")
    cv.state = "published"
    cv.save()

    page = words(client.get(cv.get_absolute_url()))

    assert "Publications (12)" in page
    assert "Journal articles (12)" in page
    assert "Talks (1)" in page


def test_texts_to_paste_are_in_a_box_for_each_field(editor_client, record):
    cv = from_layout("nsf")
    cv.parts.filter(kind="publications").update(chosen=[Publication.objects.get(title="Paper 3").pk])

    page = editor_client.get(f"{LIST}{cv.pk}/text/").text

    for text in ("https://orcid.org/0000-0002-1825-0097", "Professor", "Analytical Institute", "April 2020", "present"):
        assert f'value="{text}"' in page
    assert ">1. Degree</label>" in page
    assert "Ada Lovelace. Paper 3. 2013. doi:10.5555/3." in page
    assert page.count("data-copies=") == 4 + 5 * 3 + 2


def test_layouts_and_texts_are_not_for_everybody(client, guest_client, record):
    cv = from_layout("nsf")

    for address in (f"{LIST}layouts/", f"{LIST}{cv.pk}/text/"):
        assert guest_client.get(address).status_code == 403
        assert client.get(address).status_code == 302
