"""What visitors see does not change by anything that an assistant sends, by a form or by a request made by hand."""

import re
from types import SimpleNamespace

import pytest
from django.core.files.base import ContentFile
from django.db import transaction
from django.test import Client
from django.utils import timezone
from reversion import get_registered_models

from config.editing.visitors import SHOWN_WHERE_USED, SHOWN_WHOLLY, content_models
from profiles.files.storage import INCOMING
from profiles.history import merging, revisions
from profiles.models import Person, PreviewLink, Tag
from publications.models import Batch, Publication
from tests import make
from tests.profiles.test_admin import person_form
from tests.publications.test_admin import ADD, LIST, form

pytestmark = pytest.mark.django_db

PERSON, TAG, PROJECT = "/admin/profiles/person/", "/admin/profiles/tag/", "/admin/projects/project/"
LATER = "2999-01-01T00:00Z"
START = [
    "/sitemap.xml", "/search/?q=engines", "/search/?q=lovelace", "/cv.json", "/feed/", "/activities.ics",
    "/publications.bib", "/publications.json", "/publications/feed/", "/people/old-name/", "/publications/old-address/",
    "/publications/a-draft/", "/publications/on-engines/data.csv",
]  # fmt: skip


def crawl():
    """Return {URL: (status, redirect, body)} of the lists, and of every page in the sitemap."""
    visitor = Client()
    found = visitor.get("/sitemap.xml").content.decode()
    urls = {*START, *re.findall(r"<loc>http://testserver(.*?)</loc>", found), *(map(str, PreviewLink.objects.all()))}
    pages = {url: visitor.get(url) for url in sorted(urls) if not url.endswith(".pdf")}
    return {url: (page.status_code, page.headers.get("Location"), page.getvalue()) for url, page in pages.items()}


@pytest.fixture
def site(editor_client):
    """A site with published content, and drafts that it depends on."""
    ada = make.owner(slug="old-name", other_names="A. Lovelace", tags=["engines"])
    ada.slug = "ada-lovelace"
    ada.save()
    public = make.publication("On Engines", authors=[ada], tags=["Engines"], doi="10.1234/a", slug="old-address")
    public.slug = "on-engines"
    public.save()
    public.authorships.create(name="A. Lovelace", position=2)
    public.resources.create(kind="data", file=ContentFile(b"1,2", "data.csv"))
    blind = make.publication("Preprint", state="draft", authors=["Eve"], hides_authors=True, version_of=public)
    main = make.publication("Journal article", state="draft", authors=[])
    for title in ("First version", "Second version"):
        make.publication(title, version_of=main, authors=[ada])
    other = make.publication("Other work", authors=["Grace Hopper"])
    draft = make.publication("A draft", state="draft", authors=[], hides_authors=True)
    project = make.project("Analytical Engine", tags=["engines"])
    project.publications.add(public)
    project.highlights.create(figure="10×", label="faster")
    activity = make.activity("A talk on engines", tags=["engines"])
    section = make.section()
    Tag.objects.named("engines").description = "About engines"
    make.tag("unused")
    link = PreviewLink.objects.create(model="publications.publication", object_id=main.pk, expires_at=LATER)
    return SimpleNamespace(**{name: value for name, value in locals().items() if name != "editor_client"})


@pytest.fixture
def assistant(site, log_in):
    return log_in("Assistant")


def selected(action, *rows, **data):
    return {"action": action, "_selected_action": [row.pk for row in rows], "post": "yes", **data}


def first_revision(row):
    return {"restore": revisions.revision_ids(type(row), row.pk)[-1]}


# Requests that change nothing visible: {name: function of the site that returns URL and form data}.
HOSTILE = {
    "delete a blind version": lambda s: (f"{LIST}{s.blind.pk}/delete/", {"post": "yes"}),
    "delete a blind version in bulk": lambda s: (LIST, selected("delete_selected", s.blind)),
    "delete a draft that connects two works": lambda s: (f"{LIST}{s.main.pk}/delete/", {"post": "yes"}),
    "detach a blind version": lambda s: (f"{LIST}{s.blind.pk}/change/", form(title="Preprint")),
    "move a blind version": lambda s: (f"{LIST}{s.blind.pk}/change/", form(version_of=s.other.pk)),
    "attach a blind draft": lambda s: (f"{LIST}{s.draft.pk}/change/", form(version_of=s.public.pk)),
    "show authors": lambda s: (
        f"{LIST}{s.blind.pk}/change/",
        form(version_of=s.public.pk, authors_from_0="2020-01-01", authors_from_1="00:00", state="published"),
    ),
    "publish by a form": lambda s: (
        f"{LIST}{s.draft.pk}/change/", form(state="published", publish_at_0="2020-01-01", publish_at_1="00:00"),
    ),
    "publish in bulk": lambda s: (LIST, selected("publish", s.draft)),
    "unpublish in bulk": lambda s: (LIST, selected("unpublish", s.public)),
    "delete in bulk": lambda s: (LIST, selected("delete_selected", s.public, s.draft)),
    "change a published work": lambda s: (f"{LIST}{s.public.pk}/change/", form(title="Changed")),
    "edit rows of another work": lambda s: (
        f"{LIST}{s.draft.pk}/change/",
        form(authors=[{"id": s.public.authorships.first().pk, "name": "Eve"}], initial_authors=1),
    ),
    "save a deleted work as new, published": lambda s: (
        f"{LIST}999999/change/", form(state="published", _seen="x", slug="old-address"),
    ),
    "take an old address": lambda s: (ADD, form(slug="old-address")),
    "take an old address with a person": lambda s: (f"{PERSON}add/", person_form(name="Eve", slug="old-name")),
    "add a public person": lambda s: (
        f"{PERSON}add/?_popup=1", person_form(name="Ada Lovelace", is_owner="on", is_public_page="on", _popup="1"),
    ),
    "add a person with the owner's spelling": lambda s: (f"{PERSON}add/", person_form(name="A. Lovelace")),
    "change a person": lambda s: (f"{PERSON}{s.ada.pk}/change/", person_form(name="Eve")),
    "delete a person": lambda s: (f"{PERSON}{s.ada.pk}/delete/", {"post": "yes"}),
    "turn a person into plain names": lambda s: (f"{PERSON}{s.ada.pk}/delete/", {"post": "yes", "_detach": ""}),
    "merge people": lambda s: (PERSON, selected("merge", *Person.objects.all(), target=s.ada.pk)),
    "change a tag": lambda s: (f"{TAG}{Tag.objects.get(name='engines').pk}/change/", {"name": "Eve"}),
    "merge tags": lambda s: (TAG, selected("merge", *Tag.objects.all(), target=Tag.objects.get(name="unused").pk)),
    "change a project": lambda s: (f"{PROJECT}{s.project.pk}/change/", {"name": "Eve"}),
    "reorder projects": lambda s: (
        PROJECT,
        {"form-TOTAL_FORMS": 1, "form-INITIAL_FORMS": 1, "form-0-id": s.project.pk, "form-0-position": 9, "_save": "1"},
    ),
    "change an activity": lambda s: (f"/admin/profiles/awardactivity/{s.activity.pk}/change/", {"title": "Eve"}),
    "change an activity as another kind": lambda s: (
        f"/admin/profiles/serviceactivity/{s.activity.pk}/change/",
        {"title": "E"},
    ),
    "delete a section": lambda s: (f"/admin/profiles/section/{s.section.pk}/delete/", {"post": "yes"}),
    "create a preview link": lambda s: (
        f"{LIST}{s.main.pk}/previews/",
        {"create": "", "last_day": timezone.localdate()},
    ),
    "revoke a preview link": lambda s: (f"{LIST}{s.main.pk}/previews/", {"revoke": s.link.token}),
    "select for the home page": lambda s: (f"{LIST}selected/", {"add": [s.other.pk]}),
    "renumber the CV": lambda s: (f"{LIST}renumber/", {}),
    "link names to a person": lambda s: (f"{LIST}names/", {"answer": "yes"}),
    "remove the example": lambda s: ("/admin/example/", {"post": "yes", "confirm": "on"}),
    "dismiss a finding": lambda s: ("/admin/health/", {"check_name": "abstract", "dismiss": "1"}),
    "change the look": lambda s: ("/admin/profiles/look/1/change/", {"accent": "teal"}),
    "add a user": lambda s: ("/admin/auth/user/add/", {"first_name": "Eve", "email": "eve@example.org"}),
    "an address that does not exist": lambda s: ("/admin/nothing/", {"_save": "1"}),
}  # fmt: skip


def test_visitors_see_the_same_before_and_after(assistant, site):
    before = crawl()
    assert len(before) > 25

    for name, request_of in HOSTILE.items():
        url, data = request_of(site)
        with transaction.atomic():
            status = assistant.post(url, data).status_code
            is_refused = status in (403, 404)
            assert (name, status < 500, is_refused or crawl() == before) == (name, True, True)
            transaction.set_rollback(not is_refused)
    assert crawl() == before  # after all refused requests, too


def test_the_crawl_sees_what_an_editor_changes(site, editor_client):
    names = ["delete a blind version", "publish in bulk", "merge people", "merge tags", "revoke a preview link"]
    before = crawl()

    for name in names:
        with transaction.atomic():
            url, data = HOSTILE[name](site)
            editor_client.post(url, data)
            assert (name, crawl() != before) == (name, True)
            transaction.set_rollback(True)


# Restoring and merging


def test_an_assistant_cannot_restore_what_visitors_would_see(assistant, site, editor_client):
    first = revisions.record_unsaved_changes
    first([site.blind, site.public])
    rows = [(Publication, site.blind), (Publication, site.other), (Tag, Tag.objects.get(name="engines"))]
    # The draft was public and detached at first; the others are deleted.
    editor_client.post(f"{LIST}{site.blind.pk}/change/", form(title="Detached", state="published"))
    editor_client.post(f"{LIST}{site.blind.pk}/change/", form(title="Detached", hides_authors="on"))
    editor_client.post(f"{LIST}{site.other.pk}/delete/", {"post": "yes"})
    editor_client.post(f"{TAG}{rows[2][1].pk}/delete/", {"post": "yes"})
    eve = Person.objects.get(name="Grace Hopper")
    editor_client.post(f"{PERSON}{eve.pk}/delete/", {"post": "yes"})
    before = crawl()

    for model, row in [*rows, (Person, eve)]:
        url = f"/admin/{model._meta.app_label}/{model._meta.model_name}/{row.pk}/history/"
        for revision in revisions.revision_ids(model, row.pk):
            answer = assistant.post(url, {"restore": revision})
            assert answer.status_code in (302, 403)
            assert crawl() == before


def test_an_assistant_cannot_undo_a_merge(assistant, site, editor):
    other = make.person("Grace H.")
    merging.merge(other, Person.objects.get(name="Grace Hopper"), editor)
    before = crawl()

    assert assistant.post(f"{PERSON}{other.pk}/unmerge/").status_code == 403
    assert crawl() == before


# Imports


@pytest.mark.parametrize("action", ["add", "version", "update", "skip"])
def test_an_import_changes_nothing_visible(assistant, site, action):
    text = (
        "@article{a, title={On Engines}, doi={10.1234/a}, volume={7}, author={Eve}}\n"
        "@article{b, title={Other work}, author={Hopper, Grace}, year={2025}, keywords={engines}}\n"
        "@article{c, title={A draft}, year={2025}}\n@article{d, title={Preprint}, author={Eve}, year={2025}}"
    )
    before = crawl()
    assistant.post(f"{LIST}import/", {"text": text})
    batch = Batch.objects.get()
    data = {}
    for _, _, rows in assistant.get(f"{LIST}import/{batch.pk}/").context["groups"]:
        for row in rows:
            data |= {f"select-{row.pk}": "on", f"stamp-{row.pk}": row.stamp, f"action-{row.pk}": action}
            data |= {f"field-{row.pk}": ["volume", "doi", "title", "tags", "author"]}

    answer = assistant.post(f"{LIST}import/{batch.pk}/", data)

    assert (answer.status_code, bool(data)) == (302, True)
    assert crawl() == before


# The messages that an assistant gets


def test_the_form_says_what_visitors_would_see_and_keeps_what_was_typed(assistant, site):
    answer = assistant.post(
        f"{LIST}{site.blind.pk}/change/",
        form(title="A much better title", authors=[{"name": "New Author"}], tags=["typed tag"]),
    )

    page = answer.content.decode()
    assert answer.status_code == 200
    assert "Nothing was saved, because visitors would see the difference: “On Engines” would show its authors." in page
    assert all(text in page for text in ("A much better title", "New Author", "typed tag"))
    assert not [*answer.context["messages"]]
    site.blind.refresh_from_db()
    assert (site.blind.title, site.blind.version_of) == ("Preprint", site.public)


def test_other_pages_say_it_in_a_message(assistant, site):
    answer = assistant.post(f"{LIST}{site.blind.pk}/delete/", {"post": "yes"}, follow=True)

    assert [str(message) for message in answer.context["messages"]] == [
        "Nothing was saved, because visitors would see the difference: “On Engines” would show its authors. "
        "Ask an editor to do this."
    ]


@pytest.mark.django_db(transaction=True)
def test_a_refused_upload_is_not_published_and_not_lost(assistant, site, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    upload = ContentFile(b"a,b\n" * 2**20, "large.csv")  # larger than what Django keeps in memory

    answer = assistant.post(f"{LIST}{site.blind.pk}/change/", form(title="Detached", files=[upload]))

    page = answer.content.decode()
    assert "“On Engines” would show its authors" in page
    assert "large.csv" in page  # waits for the next attempt
    stored = {path.relative_to(tmp_path).parts[0] for path in tmp_path.rglob("*") if path.is_file()}
    assert stored == {INCOMING}


def test_an_assistant_still_writes_drafts(assistant, site):
    before = crawl()

    answers = [
        assistant.post(ADD, form(title="New", authors=[{"person": site.ada.pk}, {"name": "Eve"}], tags=["engines"])),
        assistant.post(f"{LIST}{site.blind.pk}/change/", form(title="New", version_of=site.public.pk)),
        assistant.post(f"{LIST}{site.draft.pk}/delete/", {"post": "yes"}),
        assistant.post(f"{PERSON}add/", person_form(name="Eve Example")),
        assistant.post(f"{TAG}add/", {"name": "a new tag"}),
    ]

    assert [answer.status_code for answer in answers] == [302] * 5
    assert sorted(Publication.objects.filter(state="draft").values_list("title", flat=True)) == [
        "Journal article", "New", "New",
    ]  # fmt: skip
    assert crawl() == before


def test_the_comparison_knows_every_model_with_a_history(site):
    known = {*content_models(), *SHOWN_WHERE_USED, *SHOWN_WHOLLY}
    known |= {rows_model for model in content_models() for _, rows_model, _ in revisions.owned_relations(model)}

    assert {model._meta.concrete_model for model in get_registered_models()} - known == set()
