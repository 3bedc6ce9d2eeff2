"""What visitors may not see changes nothing of what they can: every public address answers as if it did not exist."""

import re
from datetime import timedelta
from html import unescape
from urllib.parse import urljoin, urlsplit

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone

from config.upkeep.export.addresses import crawled
from profiles.models import CV, CVPart, FollowedFeed, Menu, Page, Post, PostSuggestion, SiteSettings
from publications.models import Batch, Incoming, Origin, SavedList
from tests import make
from tests.config.web.test_fuzz import routes

pytestmark = [pytest.mark.slow, pytest.mark.django_db]

HOST = "http://testserver"
BINARY = ("image/", "application/pdf", "application/vnd.openxmlformats")
SKIPPED = ("/admin/", "/healthz", "/static/", "/media/", "/card/", "/cv.pdf")  # pictures are slow to draw
WORD = "zanzibar"
LINK = re.compile(r'(?:href|src)="([^"]*)"|"(https?://[^"]*)"|<(?:loc|id|uri)>(http[^<]*)<|\]\((http[^)]*)\)')
TOMORROW = timezone.now() + timedelta(days=1)
WAYS = [{"state": "draft"}, {"publish_at": TOMORROW}, {"state": "draft", "publish_at": TOMORROW - timedelta(days=9)}]


@pytest.fixture(params=[False, True], ids=["of a person", "of a group"])
def site(request, settings, tmp_path):
    """Something public of every kind. Each leads to the others."""
    settings.MEDIA_ROOT = tmp_path
    owner = make.owner(name="Ada Lovelace", tags=["shared"])
    SiteSettings.objects.create(person=owner, is_group=request.param, name="Engines", about="{{ posts }}")
    grace = make.person("Grace Hopper", is_public_page=True)
    paper = make.publication("On Looms", authors=[owner, grace], tags=["shared"], featured=True)
    project = make.project("Engine", tags=["shared"], featured=True)
    project.members.create(person=grace)
    make.membership(grace, supervisors=[owner], thesis=make.publication("Thesis", authors=[grace], type="thesis"))
    make.membership("Alan Former", end="2020", thesis="On cards")
    make.activity(tags=["shared"])
    make.post("News", people=[grace], publications=[paper], projects=[project], tags=["shared"])
    make.post("Old news", date="2020", pinned=True)
    make.course("Engines I", instructors=[owner, grace], tags=["shared"])
    talk = make.talk("A lecture", speakers=[owner, grace], occasions=[{"start": "2999-05-17"}, {"start": "2020"}])
    talk.talk_publications.create(publication=paper)
    talk.talk_projects.create(project=project)
    make.grant(publications=[paper], projects=[project], people=[owner, grace], tags=["shared"])
    SavedList.objects.create(name="All works", state="published")
    make.cv(parts=[kind for kind in CVPart.Kind.values if kind != CVPart.Kind.TEXT])
    blocks = (
        "{{ posts }}\n{{ publications tag=shared }}\n{{ project zanzibar-project }}\n{{ person zanzibar-person }}\n"
    )
    join = make.page("Join us", body=blocks, tags=["shared"])
    make.page("Postdocs", parent=join)
    make.page("About talks", introduces="tags", body=blocks)
    menu = Menu.objects.create(person=owner)
    menu.items.create(page=join, position=1)
    for position, (name, _) in enumerate(Page.BuiltIn.choices, 2):
        menu.items.create(built_in=name, position=position)
    return owner, grace, paper, project, join, menu


def hide(site, **fields):
    """Add something hidden of every kind, whose words all contain WORD, to what is public."""
    owner, grace, paper, project, join, menu = site
    nobody = make.person("Zanzibar Person", bio=WORD)
    hers = {"tags": ["shared", "Zanzibar tag"], **fields}
    hidden = make.publication("Zanzibar paper", authors=[owner, grace, nobody], featured=True, **hers)
    hidden_project = make.project("Zanzibar project", featured=True, **hers)
    hidden_project.members.create(person=grace)
    hidden_project.publications.add(paper, hidden)
    project.publications.add(hidden)
    place = {"city": WORD, "country": WORD, "latitude": 45, "longitude": 7, "event": WORD, "organisation": WORD}
    for title, speakers in (("Zanzibar talk", [owner, grace]), ("Her zanzibar talk", [grace])):
        times = [{"start": "2998-05-17", **place}, {"start": "2021-05-17", **place}]
        talk = make.talk(title, speakers=speakers, abstract=WORD, occasions=times, **hers)
        talk.resources.create(kind="slides", file=ContentFile(b"zanzibar", "zanzibar.pdf"))
        talk.talk_publications.create(publication=paper)
        talk.talk_projects.create(project=project)
    for date, pinned in (("2030", False), ("2020", True), ("1999", False)):
        make.post(
            f"Zanzibar {date}", date=date, pinned=pinned, summary=WORD, body=WORD, people=[owner, grace],
            publications=[paper, hidden], projects=[project, hidden_project], **hers,
        )  # fmt: skip
    for post in Post.objects.filter(title__in=["News", "Old news"]):
        post.post_publications.create(publication=hidden)
        post.post_projects.create(project=hidden_project)
    term = {"start": "2099", "name": WORD, "role": WORD}
    course = make.course(
        "Zanzibar course", instructors=[owner, grace], terms=[term], code=WORD, description=WORD, syllabus=WORD, **hers
    )
    course.resources.create(kind="slides", file=ContentFile(b"zanzibar", "zanzibar.pdf"), term=course.terms.first())
    make.membership(grace, role="postdoc", start="2026", title=WORD, supervisors=[owner], **fields)
    make.membership(owner, role="principal-investigator", title=WORD, thesis=hidden, **fields)
    make.membership(nobody, supervisors=[owner, grace], thesis=WORD, next_position=WORD, **fields)
    above = make.page("Zanzibar page", body=WORD, parent=join, position=0, **hers)
    above.resources.create(kind="pdf", file=ContentFile(b"zanzibar", "zanzibar.pdf"))
    below = make.page("Below zanzibar", body=WORD, parent=above)
    introduced = Page.objects.exclude(introduces="").count()
    make.page("Zanzibar introduction", body=WORD, introduces=Page.BuiltIn.values[introduced], **fields)
    parent = menu.items.create(page=above, label=WORD, position=90)
    menu.items.create(page=below, parent=parent, position=91)
    menu.items.create(label=WORD, position=92)
    make.activity("Zanzibar prize", **hers)
    make.grant(
        "Zanzibar grant", people=[owner, grace], publications=[paper], projects=[project], funder=WORD, number=WORD,
        amount=7, currency="EUR", amount_is_public=True, posts=Post.objects.filter(title="News"), **hers,
    )  # fmt: skip
    SavedList.objects.create(name="Zanzibar list", description=WORD, **fields)
    make.cv("Zanzibar CV", parts=CVPart.Kind.values, phone=WORD, **fields)
    paper.resources.create(kind="pdf", file=ContentFile(b"zanzibar", "zanzibar.pdf"), label=WORD, visible_from=TOMORROW)
    make.section("Zanzibar section", body=WORD, **fields)
    version = make.publication("Zanzibar version", authors=[owner, nobody], version_of=paper, award=WORD, **hers)
    version.notices.create(kind="retraction", date="2024", text=WORD)
    nobody.affiliations.create(organisation=WORD, start="2000")
    paper.authorships.update(contribution=WORD)
    public_list = SavedList.objects.get(name="All works")
    public_list.rows.create(publication=hidden)
    public_list.rows.create(publication=version)
    Incoming.objects.create(batch=Batch.objects.create(label=WORD), number=1, reference={"type": "book", "title": WORD})
    Origin.objects.create(publication=paper, source=f"zanzibar-{version.pk}", reference={"type": "book", "title": WORD})
    feed = FollowedFeed.objects.create(url=f"https://example.org/{version.pk}", title=WORD)
    PostSuggestion.objects.create(feed=feed, key=str(version.pk), title=WORD, date="2025", summary=WORD)
    CV.objects.first().snapshots.create(cv_name=WORD, note=WORD)


def answers(client):
    """Return {address: (status, headers, body)} of all addresses that a visitor finds."""
    waiting = [route for route in routes() if "<" not in route and not route.startswith(SKIPPED)]
    waiting += [f"/search/?q={words}" for words in ("engines", "lecture+OR+person+OR+news", WORD, "tag:shared")]
    waiting += ["/news/?year=2025", "/news/?year=2030", f"/{WORD}/", "/publications/?tag=shared"]
    found = {}
    while waiting:
        address = waiting.pop()
        if address in found:
            continue
        answer = client.get(address)
        headers = {name: value for name, value in answer.headers.items() if name != "ETag"}
        found[address] = answer.status_code, headers, answer.getvalue()
        if answer.headers.get("Content-Type", "").startswith(BINARY):
            continue
        for groups in LINK.findall(found[address][2].decode()):
            whole = urlsplit(urljoin(HOST + address, unescape(next(filter(None, groups), ""))))
            if whole.netloc == "testserver" and not whole.path.startswith(SKIPPED):
                waiting.append(crawled(whole._replace(scheme="", netloc="").geturl()))
    return found


def test_every_public_address_answers_the_same_with_and_without_hidden_content(client, site):
    before = answers(client)

    for fields in WAYS:
        hide(site, **fields)

    after = answers(client)
    assert sorted(after) == sorted(before)
    assert [address for address in after if after[address] != before[address]] == []


def test_no_address_of_hidden_content_is_found_but_by_editors(client, editor_client, site):
    hide(site, **WAYS[1])
    pages = [
        "/news/zanzibar-2030", "/talks/zanzibar-talk", "/teaching/zanzibar-course", "/join-us/zanzibar-page",
        "/join-us/zanzibar-page/below-zanzibar", "/publications/zanzibar-paper", "/projects/zanzibar-project",
    ]  # fmt: skip
    files = [f"{path}/zanzibar.pdf" for path in pages[1:4]]

    for path in [*(f"{page}/" for page in pages), *files]:
        assert (path, client.get(path).status_code) == (path, 404)
        answer = editor_client.get(path)
        assert (path, answer.status_code, answer.getvalue() and answer["Cache-Control"][:7]) == (path, 200, "private")
    for path in [*(f"{page}.md" for page in pages), "/talks/zanzibar-talk.ics", "/tags/zanzibar-tag/"]:
        assert (path, client.get(path).status_code) == (path, 404)
    for page in pages:
        assert (page, client.get(f"/card{page}.png").status_code) == (page, 404)
