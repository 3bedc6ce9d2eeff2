import pytest
from django.contrib.messages import get_messages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from profiles.models import Tag
from publications.models import Authorship, Publication
from tests import make

pytestmark = pytest.mark.django_db

ADD = "/admin/publications/publication/add/"
LIST = "/admin/publications/publication/"


def form(authors=(), resources=(), notices=(), initial_authors=0, initial_notices=0, **fields):
    """What a browser posts: ``authors``, ``resources`` and ``notices`` are the rows of the inlines."""
    data = {"title": "On Engines", "type": "article-journal", "status": "published", "state": "draft", "extra": "{}"}
    data |= fields
    for prefix, rows, initial in (
        ("authorships", authors, initial_authors),
        ("resources", resources, 0),
        ("notices", notices, initial_notices),
        ("Grant_publications", (), 0),
    ):
        data |= {f"{prefix}-TOTAL_FORMS": len(rows), f"{prefix}-INITIAL_FORMS": initial}
        for number, row in enumerate(rows):
            filled = {"role": "author"} | row if prefix == "authorships" else row
            data |= {f"{prefix}-{number}-{name}": value for name, value in filled.items()}
    return data


def order(publication):
    return [(row.position, str(row)) for row in publication.authorships.order_by("role", "position")]


def test_a_publication_is_added_with_authors_resources_and_tags(editor_client):
    ada = make.person("Ada Lovelace")
    make.tag("KV cache")

    answer = editor_client.post(
        ADD,
        form(
            authors=[{"person": ada.pk}, {"name": "Grace Hopper", "corresponding": "on"}],
            resources=[{"kind": "code", "url": "https://example.org", "position": 0}],
            tags=["kv-cache", "new tag"],
            issued="2025-3",
            doi="https://doi.org/10.1234/abc",
            state="published",
        ),
    )

    assert answer.status_code == 302
    publication = Publication.objects.published().get()
    assert order(publication) == [(1, "Ada Lovelace"), (2, "Grace Hopper")]
    assert [str(tag) for tag in publication.tags.all()] == ["KV cache", "new tag"]
    assert (publication.issued, publication.doi, publication.slug) == ("2025-03", "10.1234/abc", "on-engines")
    assert publication.citation_key == "lovelace2025engines"
    assert str(publication.resources.get()) == "Code"


def test_authors_can_be_reordered(editor_client):
    publication = make.publication("On Engines", authors=["Ada", "Grace", "Mary"])
    ada, grace, mary = publication.authorships.all()

    answer = editor_client.post(
        f"{LIST}{publication.pk}/change/",
        form(
            authors=[
                {"id": ada.pk, "name": "Ada", "position": 2},
                {"id": grace.pk, "name": "Grace", "position": 1},
                {"id": mary.pk, "name": "Mary", "position": 3, "DELETE": "on"},
                {"name": "Zoe", "position": ""},
                {"name": "Eve", "position": 0},
            ],
            initial_authors=3,
        ),
    )

    assert answer.status_code == 302
    assert order(publication) == [(1, "Eve"), (2, "Grace"), (3, "Ada"), (4, "Zoe")]


def test_editors_are_numbered_separately_from_authors(editor_client):
    editor_client.post(ADD, form(authors=[{"name": "Ada"}, {"name": "Mary", "role": "editor"}, {"name": "Grace"}]))

    assert order(Publication.objects.get()) == [(1, "Ada"), (2, "Grace"), (1, "Mary")]


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"title": ""}, "This field is required."),
        ({"issued": "2025-13"}, "Write a year (2025), a month (2025-03) or a day (2025-03-17)."),
        ({"doi": "abc"}, "Enter a DOI that starts with “10.”"),
        ({"doi": "10.1234/TAKEN"}, "Another publication has this DOI."),
        ({"citation_key": "taken"}, "Another publication has this citation key."),
        ({"arxiv_id": "x"}, "Enter an arXiv identifier such as 2412.07067"),
        ({"isbn": "978-0-262-03384-9"}, "The check digit of this ISBN does not match"),
        ({"slug": "feed"}, "The site itself uses the address “feed”. Choose another one."),
        ({"title": "a\0b"}, "Null characters are not allowed."),
        ({"extra": "{"}, "Enter a JSON object"),
        ({"extra": "[1]"}, "Enter a JSON object"),
        ({"extra": '{"a": NaN}'}, "Enter a JSON object"),
        ({"extra": '{"a": "\\ud800"}'}, "Enter a JSON object"),
        ({"extra": "[" * 5000}, "Enter a JSON object"),
        ({"tags": ["a" * 101]}, "at most 100 characters"),
        ({"tags": ["ß" * 80]}, "at most 100 characters"),
        ({"publish_at_0": "0001-01-01", "publish_at_1": "00:00"}, "Enter a date between the years 1900 and 2999."),
        ({"version_of": "None"}, "Choose the main version."),
        ({"type": "nonsense"}, "Select a valid choice."),
        ({"authors": [{"corresponding": "on", "name": "A" * 201}]}, "at most 200 characters"),
        ({"authors": [{"person": "abc"}]}, "Select a valid choice."),
        ({"authors": [{"person": "9" * 40}]}, "Select a valid choice."),
        ({"authors": [{"corresponding": "on"}]}, "Choose a person, or enter the name as printed."),
        ({"authors": [{"position": 3}]}, "Choose a person, or enter the name as printed."),
        ({"resources": [{"kind": "pdf", "position": 0}]}, "Enter either an address or a file"),
        ({"resources": [{"kind": "pdf", "url": "x y", "position": 0}]}, "Enter a valid URL."),
    ],
)
def test_invalid_input_is_refused_with_a_message_and_stays_in_the_form(editor_client, fields, sentence):
    make.publication("Taken", doi="10.1234/taken", citation_key="taken")

    answer = editor_client.post(ADD, form(**{"abstract": "What was typed", "tags": ["typed"], **fields}))
    page = answer.content.decode()

    assert answer.status_code == 200
    assert sentence in page
    assert "What was typed" in page
    assert Publication.objects.count() == 1


def test_a_typed_tag_stays_in_the_form_after_an_error(editor_client):
    page = editor_client.post(ADD, form(title="", tags=["typed tag"])).content.decode()

    assert '<option value="typed tag" selected>typed tag</option>' in page


def test_an_incomplete_author_is_refused_in_its_row(editor_client):
    publication = make.publication("On Engines", authors=["Ada"])
    row = publication.authorships.get()

    answer = editor_client.post(
        f"{LIST}{publication.pk}/change/",
        form(title="Changed", authors=[{"id": row.pk, "name": "", "position": 1}], initial_authors=1),
    )

    assert "Choose a person, or enter the name as printed." in answer.content.decode()
    assert Publication.objects.get().title == "On Engines"


def test_a_version_of_a_version_is_refused(editor_client):
    work = make.publication("The work")
    version = make.publication("The preprint", version_of=work)

    page = editor_client.post(ADD, form(version_of=version.pk)).content.decode()

    assert "is itself a version of another work" in page
    assert Publication.objects.count() == 2


def test_a_version_is_chosen_by_autocomplete(editor_client):
    work = make.publication("The work")
    make.publication("A version of the work", version_of=work)

    answer = editor_client.post(ADD, form(title="The preprint", version_of=work.pk))
    found = editor_client.get(
        "/admin/autocomplete/",
        {"term": "work", "app_label": "publications", "model_name": "publication", "field_name": "version_of"},
    )

    assert answer.status_code == 302
    assert Publication.objects.get(title="The preprint").version_of == work
    assert found.json()["results"] == [{"id": str(work.pk), "text": "The work — Journal article, 2025"}]


def test_tags_are_found_by_autocomplete(editor_client):
    make.tag("KV cache")

    found = editor_client.get(
        "/admin/autocomplete/",
        {"term": "kv", "app_label": "publications", "model_name": "publication", "field_name": "tags"},
    )

    assert found.json()["results"] == [{"id": "KV cache", "text": "KV cache"}]


def test_two_spellings_of_a_tag_are_the_same_tag(editor_client):
    editor_client.post(ADD, form(title="😀 engines", tags=["KV cache", "kv-cache", "🦊", "2024"]))

    assert sorted(Publication.objects.get(title="😀 engines").tags.names()) == ["2024", "KV cache", "🦊"]


def test_nothing_is_saved_when_a_row_is_refused(editor_client):
    editor_client.post(ADD, form(tags=["typed"], authors=[{"name": "Ada"}, {"corresponding": "on"}]))

    assert not Publication.objects.exists()
    assert not Tag.objects.exists()


def test_a_row_that_was_deleted_by_someone_else_is_refused_with_a_message(editor_client):
    publication = make.publication("On Engines", authors=["Ada", "Grace"])
    ada, grace = publication.authorships.all()
    rows = [{"id": ada.pk, "name": "Ada", "position": 1}, {"id": grace.pk, "name": "Grace", "position": 2}]
    ada.delete()

    answer = editor_client.post(f"{LIST}{publication.pk}/change/", form(authors=rows, initial_authors=2))

    assert "Someone else has deleted one of these rows." in answer.content.decode()


def test_publishing_in_bulk_shows_the_number(editor_client):
    draft = make.publication("A", state="draft")

    answer = editor_client.post(f"{LIST}?state__exact=draft", {"action": "publish", "_selected_action": [draft.pk]})

    assert [message.message for message in get_messages(answer.wsgi_request)] == ["1 publication published."]


def test_publishing_in_bulk_keeps_an_embargo(editor_client):
    later = timezone.now() + timezone.timedelta(days=1)
    draft, embargoed = make.publication("A", state="draft"), make.publication("B", state="draft", publish_at=later)

    answer = editor_client.post(LIST, {"action": "publish", "_selected_action": [draft.pk, embargoed.pk]})

    assert [message.message for message in get_messages(answer.wsgi_request)] == [
        "1 publication published.",
        "1 publication scheduled.",
    ]
    assert list(Publication.objects.published()) == [draft]


def test_unpublishing_in_bulk_turns_publications_into_drafts(editor_client):
    rows = [make.publication("A"), make.publication("B")]

    editor_client.post(LIST, {"action": "unpublish", "_selected_action": [row.pk for row in rows]})

    assert not Publication.objects.published().exists()


@pytest.mark.parametrize("query", ["", "?q=engines", "?state__exact=draft", "?year=2020", "?q=%22%27", "?o=1.-2"])
def test_the_list_can_be_searched_and_filtered(editor_client, query):
    make.publication("On Engines", authors=["Ada"], issued="2020")

    assert editor_client.get(LIST + query).status_code == 200


def test_the_list_can_be_filtered_by_missing_content_and_tag(editor_client):
    whole = make.publication("Whole", abstract="In full.", tags=["kept"])
    whole.resources.create(kind="code", url="https://example.org")
    bare = make.publication("Bare")

    found = {
        query: list(editor_client.get(f"{LIST}?{query}").context["cl"].queryset)
        for query in ("lacks=abstract", "lacks=resources", "tag=kept", "lacks=nonsense")
    }

    assert found == {
        "lacks=abstract": [bare], "lacks=resources": [bare], "tag=kept": [whole], "lacks=nonsense": [bare, whole],
    }  # fmt: skip


@pytest.mark.parametrize("count", [1, 30])
def test_the_form_needs_as_many_queries_for_30_authors_as_for_1(editor_client, django_assert_num_queries, count):
    publication = make.publication("On Engines", authors=[f"Author {number}" for number in range(count)])
    editor_client.get(f"{LIST}{publication.pk}/change/")  # fills the caches of the process

    with django_assert_num_queries(14):
        page = editor_client.get(f"{LIST}{publication.pk}/change/").content.decode()

    assert page.count("selected>Author ") == count


def test_the_list_needs_as_many_queries_for_30_rows_as_for_2(editor_client, django_assert_num_queries):
    for number in range(2):
        make.publication(f"Paper {number}", authors=["Ada"], tags=["a"])
    editor_client.get(LIST)
    with django_assert_num_queries(7):
        editor_client.get(LIST)
    for number in range(28):
        make.publication(f"More {number}", authors=["Ada"], tags=["a"])

    with django_assert_num_queries(7):
        editor_client.get(LIST)


def test_a_publication_with_very_many_authors_can_be_saved(editor_client):
    answer = editor_client.post(
        ADD, form(authors=[{"name": f"Author {number}", "position": ""} for number in range(400)])
    )

    assert answer.status_code == 302
    assert order(Publication.objects.get())[-1] == (400, "Author 399")


def test_a_publication_with_more_authors_than_djangos_limit_can_be_edited(editor_client):
    publication = make.publication("On Engines", authors=[])
    Authorship.objects.bulk_create(
        Authorship(publication=publication, name=f"Author {number}", position=number) for number in range(1, 1202)
    )
    rows = [{"id": row.pk, "name": row.name, "position": row.position} for row in publication.authorships.all()]
    rows[0]["position"], rows[1]["position"] = 2, 1

    answer = editor_client.post(f"{LIST}{publication.pk}/change/", form(authors=rows, initial_authors=1201))

    assert answer.status_code == 302
    assert order(publication)[:3] == [(1, "Author 2"), (2, "Author 1"), (3, "Author 3")]


def test_a_very_long_text_can_be_saved(editor_client):
    abstract = "A long abstract. " * 300_000

    page = editor_client.post(ADD, form(title="", abstract=abstract)).content.decode()

    assert "This field is required." in page
    assert len(page) > len(abstract)


def test_a_file_of_an_unknown_type_is_refused(editor_client):
    upload = SimpleUploadedFile("page.html", b"<script>alert(1)</script>")

    page = editor_client.post(
        ADD, form(resources=[{"kind": "pdf", "file": upload, "position": 0}])
    ).content.decode()  # fmt: skip

    assert "File extension “html” is not allowed" in page


def test_authors_from_the_text_box_come_after_the_rows(editor_client):
    fu = make.person("Yao Fu")
    mai = make.person("Luo Mai", other_names="Mai L\nLuo X. Mai")

    editor_client.post(
        ADD, form(authors=[{"name": "Ada"}], byline="Jiang, Yinsicheng and Yao Fu; Luo X. Mai, Y. Fu")
    )  # fmt: skip

    assert order(Publication.objects.get()) == [
        (1, "Ada"), (2, "Yinsicheng Jiang"), (3, "Yao Fu"), (4, "Luo X. Mai"), (5, "Y. Fu"),
    ]  # fmt: skip
    people = list(Publication.objects.get().authorships.values_list("person", flat=True))
    assert people == [None, None, fu.pk, mai.pk, None]


def test_authors_in_the_text_box_are_previewed(editor_client):
    mai = make.person("Luo Mai", orcid="0000-0002-1825-0097", other_names="Mai, L. X.")

    found = editor_client.post(
        f"{LIST}authors/", {"byline": "Lo Mai 0000-0002-1825-0097; Luo Mai; L. Mai; Mai, L. X.; Grace Hopper"}
    ).json()["authors"]

    assert [(one["printed"], one["person"], one["certain"], one["reason"]) for one in found] == [
        ("Lo Mai", mai.pk, True, "by ORCID iD"),
        ("Luo Mai", mai.pk, True, "by name"),
        ("L. Mai", mai.pk, False, "possible match"),
        ("L. X. Mai", mai.pk, True, "by another spelling"),
        ("Grace Hopper", None, False, ""),
    ]


def test_the_text_box_of_authors_keeps_its_text_after_an_error(editor_client):
    page = editor_client.post(ADD, form(title="", byline="Ada Lovelace; Yao Fu")).content.decode()

    assert "Ada Lovelace; Yao Fu</textarea>" in page


def test_previewing_authors_needs_permission(guest_client):
    assert guest_client.post(f"{LIST}authors/", {"byline": "Ada"}).status_code == 403
