"""Grants: their pages, and what visitors must not see of them."""

import json
import re
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from config.upkeep.first_site import load
from profiles.history import revisions
from profiles.history.merging import merge
from profiles.models import PreviewLink, Tag
from projects.funders import FUNDERS, validate_funder_id
from projects.models import Grant
from tests import json_ld, make
from tests.running import Fields

pytestmark = pytest.mark.django_db

SNSF = {"funder": "Swiss National Science Foundation", "number": "200021_123456"}


@pytest.fixture
def ada():
    return make.owner()


def test_the_list_has_current_grants_then_those_that_have_ended(client, ada):
    make.grant("Old", start="2015", status="ended")
    make.grant("Over", start="2018", end="2020")
    make.grant("Running", start="2024", end="2999")
    make.grant("Open", start="2025")

    groups = client.get("/grants/").context["groups"]

    assert [(heading, [str(grant) for grant in grants]) for heading, grants in groups] == [
        ("Current", ["Open", "Running"]), ("Ended", ["Over", "Old"]),
    ]  # fmt: skip


def test_a_page_shows_the_funder_the_people_and_the_outputs(client, ada):
    mary = make.person("Mary Somerville", is_public_page=True)
    paper, project = make.publication("On looms", issued="2024"), make.project("Engine", tagline="It weaves.")
    post = make.post("We have a grant")
    make.grant(
        people=[(ada, "Principal investigator"), (mary, "Co-investigator")], **SNSF, end="2026-05",
        publications=[paper], projects=[project], posts=[post], tags=["looms"], other_people="Charles Babbage",
        description="We build *engines*.", url="https://example.org/grant",
    )  # fmt: skip

    page = client.get("/grants/engines-for-notation/").text

    for text in (
        "2023 – May 2026", 'href="https://ror.org/00yjd3n13"', "200021_123456", "Principal investigator",
        'href="/people/mary-somerville/"', "Charles Babbage", 'href="/publications/on-looms/"',
        'class="list-heading">2024</h3>', 'href="/projects/engine/"', "It weaves.",
        'href="/news/we-have-a-grant/"', "<em>engines</em>", 'href="/tags/looms/"', 'href="https://example.org/grant"',
        "This work was supported by the Swiss National Science Foundation (grant 200021_123456).",
    ):  # fmt: skip
        assert text in page, text
    for path in ("/publications/on-looms/", "/projects/engine/", "/people/mary-somerville/", "/news/we-have-a-grant/"):
        for address in (path, f"{path.rstrip('/')}.md"):
            assert "/grants/engines-for-notation" in client.get(address).text, address


def test_talks_of_a_grant_are_those_linked_to_it_and_those_about_its_publications(client, ada):
    paper, hidden, blind = (
        make.publication(title, state=state, hides_authors=title == "Blind")
        for title, state in (("On looms", "published"), ("Draft", "draft"), ("Blind", "published"))
    )
    for title, about in (("Looms", paper), ("Drafts", hidden), ("Anonymity", blind)):
        make.talk(title, occasions=[{"start": "2024"}]).talk_publications.create(publication=about)
    linked = make.talk("Our grant", speakers=[ada], occasions=[{"event": "CMC", "start": "2025"}])
    make.grant(publications=[paper, hidden, blind], talks=[linked, make.talk("Secret", state="draft")])

    talks = client.get("/grants/engines-for-notation/").context["talks"]
    assert [str(talk) for talk in talks] == ["Our grant", "Looms"]
    assert "/talks/our-grant" in client.get("/grants/engines-for-notation.md").text
    for address in ("/talks/our-grant/", "/talks/our-grant.md"):
        assert "/grants/engines-for-notation" in client.get(address).text, address


def test_a_grant_of_a_preprint_shows_the_article(client, ada):
    article = make.publication("On looms", type="article-journal")
    make.grant(publications=[make.publication("On looms, a preprint", version_of=article)])

    assert list(client.get("/grants/engines-for-notation/").context["papers"]) == [article]


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"funder": "ERC", "number": "101001234"}, "the European Research Council (grant 101001234)."),
        ({"funder": "Innovate UK"}, "Innovate UK."),
        ({"funder": "The Tide Fund", "number": "G-7"}, "the Tide Fund (grant G-7)."),
        ({"number": "G-7"}, "grant G-7."),
    ],
)
def test_a_sentence_acknowledges_the_funder_and_the_number(fields, sentence):
    assert make.grant(**fields).acknowledgement == f"This work was supported by {sentence}"


def test_a_grant_without_funder_and_number_has_no_sentence(client):
    make.grant()

    assert "Acknowledgement" not in client.get("/grants/engines-for-notation/").text


def test_a_known_funder_gets_its_name_and_identifier_unless_there_is_one():
    known, other = make.grant(funder="snsf"), make.grant("Two", funder="SNSF", funder_id="https://ror.org/0472cxd90")

    assert (known.funder, known.funder_id) == ("Swiss National Science Foundation", "https://ror.org/00yjd3n13")
    assert (other.funder, other.funder_id) == ("SNSF", "https://ror.org/0472cxd90")


@pytest.mark.parametrize("funder", FUNDERS, ids=str)
def test_the_ids_of_the_known_funders_have_the_right_check_digits(funder):
    validate_funder_id(funder.url)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("00yjd3n13", "Enter the address at ror.org or doi.org"), ("javascript:x", "Enter the address"),
        ("https://example.org/00yjd3n13", "Enter the address"), ("https://doi.org/10.1/1", "Enter the address"),
        ("https://ror.org/1", "Write the ROR ID"), ("https://ror.org/00yjd3n14", "The checksum of this ROR ID"),
    ],
)  # fmt: skip
def test_another_address_is_no_identifier_of_a_funder(value, message):
    with pytest.raises(ValidationError) as caught:
        Grant(title="x", funder_id=value).full_clean()

    assert caught.value.message_dict["funder_id"][0].startswith(message)


def test_a_funder_may_have_an_id_of_crossref():
    Grant(title="x", funder="Tide Fund", funder_id="https://doi.org/10.13039/501100001711").full_clean()


def test_an_amount_needs_a_currency():
    with pytest.raises(ValidationError) as caught:
        Grant(title="x", amount=5).full_clean()

    assert caught.value.message_dict == {"currency": ["Enter the currency of the amount, such as EUR."]}


# What visitors must not see

EVERYWHERE = [
    "/", "/index.md", "/grants/", "/grants.md", "/grants/engines-for-notation/", "/grants/engines-for-notation.md",
    "/publications/on-engines/", "/publications/on-engines.md", "/projects/analytical-engine/",
    "/projects/analytical-engine.md", "/people/mary-somerville/", "/people/mary-somerville.md", "/tags/",
    "/tags/looms/", "/tags/looms.md", "/tags/looms/feed/", "/people/mary-somerville/feed/", "/feed/", "/cv/", "/cv.md",
    "/cv.json",
    "/search/?q=notation", "/news/our-paper-was-accepted/", "/llms.txt", "/sitemap.xml",
]  # fmt: skip


def everything(client):
    texts = {path: client.get(path).text for path in EVERYWHERE}
    for path in ("/grants/engines-for-notation/", "/projects/analytical-engine/", "/publications/on-engines/"):
        texts[f"{path} as JSON-LD"] = client.get(path, headers={"accept": "application/ld+json"}).text
    return texts


@pytest.fixture
def linked(ada):
    """Return a function that makes a grant with a page for each of its links."""

    def make_grant(**fields):
        mary = make.person("Mary Somerville", is_public_page=True)
        make.publication("Looms", tags=["looms"])
        return make.grant(
            people=[ada, mary], publications=[make.publication(authors=[ada])], projects=[make.project()],
            posts=[make.post()], tags=["looms"], **SNSF, **fields,
        )  # fmt: skip

    return make_grant


def test_an_amount_is_shown_only_if_it_may_be_public(client, linked):
    linked(amount="812450", currency="CHF")

    hidden = everything(client)
    Grant.objects.update(amount_is_public=True)
    shown = everything(client)

    assert [path for path, text in hidden.items() if re.search("812.?450", text) or "MonetaryGrant" in text] == []
    wanted = {
        "/", "/index.md", "/grants/", "/grants.md", "/grants/engines-for-notation/", "/grants/engines-for-notation.md",
        "/publications/on-engines.md", "/projects/analytical-engine.md", "/people/mary-somerville.md",
        "/tags/looms.md", "/cv/", "/cv.md", "/cv.json",
    }  # fmt: skip
    assert {path for path, text in shown.items() if "CHF 812,450" in text} >= wanted
    assert '"value": 812450' in shown["/grants/engines-for-notation/ as JSON-LD"]


def test_a_private_amount_is_not_found_by_the_search(client, linked):
    linked(amount="812450", currency="CHF")

    assert client.get("/search/?q=812450").context["paginator"].count == 0
    assert client.get("/search/?q=200021_123456").context["paginator"].count == 1


def test_an_editor_sees_a_private_amount_marked(editor_client, client, linked):
    grant = linked(amount="812450", currency="CHF")
    end = timezone.now() + timedelta(days=1)
    preview = PreviewLink.objects.create(token="t" * 32, model="projects.grant", object_id=grant.pk, expires_at=end)

    page = editor_client.get("/grants/engines-for-notation/").text

    assert 'CHF 812,450 <span class="badge">Only for editors</span>' in page
    for path in ("/cv/", "/cv.json", "/grants/", "/grants/engines-for-notation.md", preview.get_absolute_url()):
        answer = editor_client.get(path)
        assert (answer.status_code, bool(re.search("812.?450", answer.text))) == (200, False), path


def test_a_draft_is_nowhere(client, linked):
    linked(state="draft", status="submitted")

    for path, text in everything(client).items():
        assert "200021_123456" not in text, path
        assert "/grants/" not in text or path.startswith("/grants"), path
    assert client.get("/grants/engines-for-notation/").status_code == 404
    assert Tag.objects.get(name="looms").pk in [tag.pk for tag in client.get("/tags/").context["object_list"]]


def test_a_scheduled_grant_opens_at_its_moment(client, linked):
    grant = linked(publish_at=timezone.now() + timedelta(hours=1))
    before = client.get("/grants/engines-for-notation/").status_code
    Grant.objects.filter(pk=grant.pk).update(publish_at=timezone.now() - timedelta(seconds=5))

    assert (before, client.get("/grants/engines-for-notation/").status_code) == (404, 200)


def test_a_submitted_grant_that_is_published_says_so_and_is_not_acknowledged(client, linked):
    linked(status="submitted")

    assert client.get("/grants/").context["groups"][0][0] == "Submitted"
    page = client.get("/grants/engines-for-notation/").text
    assert "· Submitted" in page
    assert "This work was supported" not in page
    assert "Submitted" in client.get("/cv/").text
    assert client.get("/").context["grants"] == []


def test_a_work_under_blind_review_and_its_grant_do_not_name_each_other(client, editor_client, ada):
    paper = make.publication("Secret", authors=[ada], hides_authors=True)
    make.grant(publications=[paper], **SNSF)

    for path in ("/publications/secret/", "/publications/secret.md"):
        assert "/grants/" not in client.get(path).text.replace('href="/grants/">', ""), path
    for path in ("/grants/engines-for-notation/", "/grants/engines-for-notation.md"):
        assert "/publications/secret" not in client.get(path).text, path
    data = client.get("/publications/secret/", headers={"accept": "application/ld+json"}).json()
    assert "funding" not in data["@graph"][0]
    assert "/grants/engines-for-notation/" in editor_client.get("/publications/secret/").text


# For programs


def test_the_data_name_the_funder_and_what_it_funds(client, linked):
    linked(amount="812450", currency="CHF", amount_is_public=True)

    [grant, *_] = json_ld.graph(client.get("/grants/engines-for-notation/").text)
    [work, *_] = json_ld.graph(client.get("/publications/on-engines/").text)
    [project, *_] = json_ld.graph(client.get("/projects/analytical-engine/").text)

    reference = {
        "@type": "MonetaryGrant",
        "@id": "http://testserver/grants/engines-for-notation/",
        "url": "http://testserver/grants/engines-for-notation/",
        "name": "Engines for Notation",
        "identifier": "200021_123456",
        "funder": {
            "@type": "Organization",
            "@id": "https://ror.org/00yjd3n13",
            "name": "Swiss National Science Foundation",
            "identifier": "https://ror.org/00yjd3n13",
        },
    }
    assert work["funding"] == project["funding"] == [reference]
    assert grant | reference == grant
    assert grant["amount"] == {"@type": "MonetaryAmount", "currency": "CHF", "value": 812450}
    assert [item.get("name") for item in grant["fundedItem"]] == [
        "Ada Lovelace", "Mary Somerville", "Analytical Engine", "On Engines",
    ]  # fmt: skip


def test_the_text_of_a_project_stays_in_the_data_without_a_record(client):
    make.project(funding="The Crown")

    [project, *_] = json_ld.graph(client.get("/projects/analytical-engine/").text)

    assert project["funding"] == {"@type": "Grant", "description": "The Crown"}


def test_a_former_address_redirects_and_the_social_card_is_drawn(client):
    grant = make.grant()
    grant.slug = "engines"
    grant.save()

    answer = client.get("/grants/engines-for-notation/")

    assert (answer.status_code, answer["Location"]) == (301, "/grants/engines/")
    assert client.get("/card/grants/engines.png").headers["Content-Type"] == "image/png"


def test_the_cv_has_the_role_the_number_and_the_others(client, ada):
    make.grant(
        people=[(make.person("Mary Somerville"), "PI"), (ada, "Co-investigator")], end="2026", **SNSF,
        other_people="Charles Babbage", status="held",
    )  # fmt: skip
    make.grant("Of others", people=[make.person("Grace Hopper")])

    cv = client.get("/cv/").context["cv"]
    [line] = next(section.items for section in cv.sections if section.kind == "grant")

    assert (line.title, line.role, line.entity) == ("Engines for Notation", "Co-investigator", SNSF["funder"])
    assert line.details == "200021_123456 · with Mary Somerville, Charles Babbage"
    assert client.get("/cv.pdf").status_code == 200


def test_the_menu_and_the_home_page_show_grants_only_if_there_are_any(client, ada):
    before = client.get("/").text
    make.grant()
    after = client.get("/").text

    assert 'href="/grants/"' not in before
    assert after.count('href="/grants/"') == 2
    assert "Engines for Notation" in after


@pytest.mark.parametrize("count", [1, 3])
def test_the_number_of_queries_does_not_grow(client, ada, django_assert_num_queries, count):
    papers = [make.publication(f"Paper {number}", authors=[ada]) for number in range(count)]
    for number in range(count):
        people = [ada, make.person(f"Person {number}")]
        make.grant(f"Grant {number}", people=people, publications=papers, tags=[f"tag {number}"])
    client.get("/grants/")
    client.get("/grants/grant-0/")

    with django_assert_num_queries(6):
        client.get("/grants/?1")
    with django_assert_num_queries(16):
        client.get("/grants/grant-0/?1")


def test_json_ld_of_a_title_with_markup_is_plain(client):
    make.grant("On *engines*</script>")

    assert "<script>alert" not in client.get("/grants/on-enginesscript/").text
    data = json.loads(client.get("/grants/on-enginesscript/", headers={"accept": "application/ld+json"}).content)
    assert data["@graph"][0]["name"] == "On engines"


# As part of the site


def test_a_site_file_loads_a_grant(tmp_path, ada):
    make.person("Mary Somerville")
    make.publication("On looms")
    make.talk("A talk")
    path = tmp_path / "site.toml"
    path.write_text("""
[[grants]]
title = "Engines for Notation"
funder = "SNSF"
number = "200021_123456"
start = 2023
amount = 812450.50
currency = "CHF"
publications = ["on-looms"]
talks = ["a-talk"]
tags = ["engines"]
investigators = [{ person = "ada-lovelace", role = "Principal investigator" }, "mary-somerville"]
""")

    first, second = load(path), load(path)

    grant = Grant.objects.get()
    assert (first.added, second.added) == (1, 0)
    assert (grant.full_amount, grant.public_amount, grant.state) == ("CHF 812,450.50", "", "published")
    assert [(one.person.name, one.role) for one in grant.investigators.all()] == [
        ("Ada Lovelace", "Principal investigator"), ("Mary Somerville", ""),
    ]  # fmt: skip
    assert [str(work) for work in grant.publications.all()] == ["On looms"]
    assert [str(talk) for talk in grant.talks.all()] == ["A talk"]


def test_merged_people_are_once_on_a_grant(editor_client, ada):
    mary, other, third = (make.person(name) for name in ("Mary Somerville", "M. Somerville", "M. Fairfax"))
    both, one = make.grant("Both", people=[(mary, "PI"), other]), make.grant("One", people=[third, ada])

    for duplicate in (other, third):
        merge(mary, duplicate, None)

    assert [(row.person.name, row.role) for row in both.investigators.all()] == [("Mary Somerville", "PI")]
    assert [row.person.name for row in one.investigators.all()] == ["Mary Somerville", "Ada Lovelace"]


def test_the_history_restores_people_and_links(editor_client, ada):
    grant = make.grant(people=[(ada, "PI")], publications=[make.publication()], tags=["looms"])
    revisions.record([grant])
    grant.investigators.all().delete()
    grant.publications.clear()
    grant.tags.clear()
    revisions.record([grant])

    [_, first] = revisions.get_revisions(Grant, grant.pk)
    editor_client.post(f"/admin/projects/grant/{grant.pk}/history/", {"restore": first.pk})

    assert [row.role for row in grant.investigators.all()] == ["PI"]
    assert grant.publications.count() == grant.tags.count() == 1


def test_a_new_grant_starts_as_a_draft_with_the_owner(editor_client, ada):
    editor_client.post("/admin/projects/grant/add/", FORM | {"title": "First", "state": "published"})

    page = editor_client.get("/admin/projects/grant/add/")

    assert Grant.objects.get().is_public
    assert page.context["adminform"].form.initial["state"] == "draft"
    [row] = [form for form in page.context["inline_admin_formsets"][0].formset.forms if form.initial.get("person")]
    assert (row.initial["person"], row.initial["role"]) == (ada, "Principal investigator")


FORM = {"status": "held", "position": 0, "investigators-TOTAL_FORMS": 0, "investigators-INITIAL_FORMS": 0}


def test_a_grant_is_chosen_in_the_forms_of_its_outputs(editor_client, client):
    grant, other = make.grant(), make.grant("Other")
    row = {"TOTAL_FORMS": 1, "INITIAL_FORMS": 0, "0-grant": grant.pk}
    for output, field in (
        (make.publication("On looms"), "publications"), (make.project("Engine"), "projects"),
        (make.talk("A talk"), "talks"), (make.post("A post"), "posts"),
    ):  # fmt: skip
        address = f"/admin/{output._meta.app_label}/{output._meta.model_name}/{output.pk}/change/"
        data = Fields.of(editor_client.get(address).text, f"{output._meta.model_name}_form")
        data |= {f"Grant_{field}-{name}": value for name, value in row.items()}

        assert editor_client.post(address, data).status_code == 302, field

        assert list(getattr(grant, field).all()) == [output]
        [last, *_] = revisions.get_revisions(Grant, grant.pk)
        assert (last.user, last.comment) == ("editor", f"Changed in the form of “{output}”")
    page = client.get("/grants/engines-for-notation/").text
    assert all(text in page for text in ("/publications/on-looms/", "/projects/engine/", "/talks/a-talk/", "A post"))
    assert not revisions.get_revisions(Grant, other.pk)


def test_a_grant_is_named_once_and_removed_in_the_form_of_a_publication(editor_client):
    paper = make.publication("On looms")
    grant = make.grant(publications=[paper])
    address = f"/admin/publications/publication/{paper.pk}/change/"
    data = Fields.of(editor_client.get(address).text, "publication_form")

    twice = {"Grant_publications-TOTAL_FORMS": 2, "Grant_publications-1-grant": grant.pk}
    assert "This grant is here already." in editor_client.post(address, data | twice).text

    editor_client.post(address, data | {"Grant_publications-0-DELETE": "on"})

    assert not grant.publications.exists()
    assert revisions.get_revisions(Grant, grant.pk)[0].comment == "Changed in the form of “On looms”"


def test_the_currency_may_be_typed_in_small_letters(editor_client):
    rows = {"investigators-TOTAL_FORMS": 0, "investigators-INITIAL_FORMS": 0}
    money = {"amount": "12000", "currency": "chf"}
    fields = {"title": "Engines", "status": "held", "position": 0, "state": "draft", **money, **rows}

    assert editor_client.post("/admin/projects/grant/add/", fields).status_code == 302
    assert Grant.objects.get().currency == "CHF"
