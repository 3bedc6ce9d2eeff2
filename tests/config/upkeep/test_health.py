"""The content check: each finding links to the field that fixes it."""

from datetime import timedelta

import pytest
from django.apps import apps
from django.contrib.auth.models import Group
from django.core.files.base import ContentFile
from django.core.management import CommandError, call_command
from django.db.models import URLField
from django.test import Client as DjangoClient
from django.utils import timezone

from config.upkeep import links
from profiles.content import health
from profiles.models import LinkCheck, Menu
from publications.models import Publication, SavedList
from publications.sources import Client, client
from tests import make
from tests.publications.sources.conftest import service  # noqa: F401 (a fixture)

pytestmark = pytest.mark.django_db


def found(editor, key):
    return [finding.sentence for result in health.run(editor, key) for finding in result.findings]


def test_each_finding_links_to_its_field(editor_client):
    paper = make.publication("On Engines")

    page = editor_client.get("/admin/health/").content.decode()

    form = f"/admin/publications/publication/{paper.pk}/change/"
    for sentence, field in (("has no abstract.", "abstract"), ("has no PDF.", "files"), ("has no DOI.", "doi")):
        assert f'<a href="{form}#id_{field}">Fix<span class="visually-hidden">: “On Engines” {sentence}</span>' in page
        assert f'id="id_{field}"' in editor_client.get(form).content.decode()


def test_education_without_dates_or_institution_is_found(editor):
    owner = make.owner(name="Ada")
    make.activity("PhD", person=owner, kind="education")

    assert {"“PhD” has no dates.", "“PhD” has no institution."} <= set(found(editor, "profile"))


def test_what_google_scholar_would_reject_is_found(editor):
    make.publication("Nameless", authors=[], abstract="A")
    make.publication("Timeless", issued="", abstract="A")
    elsewhere = make.publication("Elsewhere", abstract="A")
    elsewhere.resources.create(kind="pdf", url="https://example.org/a.pdf")
    heavy = make.publication("Heavy", abstract="A")
    heavy.resources.create(kind="pdf", file=ContentFile(b"%PDF-" + b"x" * (5 * 2**20), "heavy.pdf"))
    make.publication("Empty")
    make.publication("Draft", authors=[], state="draft")

    assert sorted(found(editor, "scholar")) == [
        "The PDF of “Elsewhere” is on another site, where Google Scholar does not look. Upload it.",
        "The PDF of “Heavy” is larger than the 5 MB that Google Scholar accepts. Compress it.",
        "“Empty” has neither an abstract nor a PDF. Google Scholar requires one of them.",
        "“Nameless” has no author, which Google Scholar requires.",
        "“Timeless” has no date, which Google Scholar requires.",
    ]


def test_possible_duplicates_are_found(editor, editor_client):
    make.publication("On Engines!")
    make.publication("On engines", type="book")
    work = make.publication("On Mills")
    make.publication("On Mills", type="article", version_of=work)
    make.person("Yao Fu")
    make.person("Y. Fu")
    make.person("Ada Lovelace-King")
    make.person("Augusta King", other_names="A. Lovelace-King")
    make.person("Yaoming Fu")

    assert len(found(editor, "twice")) == 1
    assert sorted(found(editor, "people-twice")) == [
        "“Ada Lovelace-King” and “Augusta King” may be the same person. Select both, then “Merge”.",
        "“Y. Fu” and “Yaoming Fu” may be the same person. Select both, then “Merge”.",
        "“Yao Fu” and “Y. Fu” may be the same person. Select both, then “Merge”.",
    ]
    for key in ("twice", "people-twice"):
        for finding in health.run(editor, key)[0].findings:
            assert len(editor_client.get(finding.url).context["cl"].result_list) == 2


def test_works_with_the_same_usual_title_in_other_issues_are_no_duplicates(editor):
    for issue in ("1", "2", "2"):
        make.publication("Editorial", issue=issue, authors=["Ada Lovelace"])

    (sentence,) = found(editor, "twice")

    assert sentence.startswith("2 publications have the same title: “Editorial”.")


def test_titles_that_differ_by_a_typo_are_found_but_not_parts_of_a_series(editor):
    for title in (
        "Sketch of the analytical engine invented by Babbage", "Sketch of the analytcal engine invented by Babbage",
        "Lectures on the analytical engine, part 1", "Lectures on the analytical engine, part 2",
        "Old numbers", "Other numbers",
    ):  # fmt: skip
        make.publication(title)
    Publication.objects.filter(title="Old numbers").update(arxiv_id="solv-int/9901001")
    Publication.objects.filter(title="Other numbers").update(arxiv_id="solv-int/9901002")

    assert found(editor, "twice") == [
        "2 publications have similar titles: “Sketch of the analytical engine invented by Babbage”. "
        "Delete one, or make it a version of the other."
    ]


def test_images_without_alternative_text_are_found(editor):
    make.publication("On Engines", abstract="![](/media/a.png)")
    make.section("Beside", body="![What the image shows](/media/a.png) ![A cat](/media/b.png)")
    make.project("Engine", body="![ ](/media/a.png)")

    for key, title in (("alt-publications", "On Engines"), ("alt-profiles", "Beside"), ("alt-projects", "Engine")):
        assert [f"“{title}”" in sentence for sentence in found(editor, key)] == [True]


def test_the_texts_links_and_picture_of_the_site_itself_are_checked(editor, editor_client):
    image = {"image": "images/none.png", "image_alt": "A curve", "image_width": 1, "image_height": 1}
    settings = make.group(about="![](/media/a.png)", footer="[Imprint](https://footer.example/)", **image)
    menu = Menu.objects.create(person=settings.person)
    menu.items.create(url="https://menu.example/", label="The lab")
    make.publication().notices.create(url="https://notice.example/", text="See [why](https://why.example/).")
    SavedList.objects.create(name="Mine", description="![](/media/a.png) <https://list.example/>", state="published")

    places = {url: place.url for url, (place,) in links.links_of_site().items()}

    assert places.keys() == {f"https://{name}.example/" for name in ("footer", "menu", "notice", "why", "list")}
    for form in places.values():
        page, _, anchor = form.partition("#")
        assert f'id="{anchor}"' in editor_client.get(page).text
    assert found(editor, "alt-profiles") == [
        "An image in “Settings of the site” (about the group) has no alternative text."
    ]
    assert found(editor, "alt-publications") == ["An image in “Mine” (description) has no alternative text."]
    assert found(editor, "photo-files") == ["The image of “Settings of the site” is missing. Upload it again."]


def test_every_address_that_an_editor_can_enter_is_checked():
    fields = {
        (model, field.name)
        for app in ("profiles", "projects", "publications")
        for model in apps.get_app_config(app).get_models()
        for field in model._meta.local_fields
        if isinstance(field, URLField)
    }

    unchecked = {f"{model.__name__}.{name}" for model, name in fields - {entry[:2] for entry in links.ADDRESSES}}
    # Those that other programs have found, and a script, which the browser reports.
    assert unchecked == {"FollowedFeed.url", "PostSuggestion.url", "SiteSettings.analytics_script"}


def test_missing_files_are_found(editor):
    paper, project = make.publication("On Engines"), make.project("Engine")
    for subject in (paper, project):
        resource = subject.resources.create(kind="pdf", file=ContentFile(b"%PDF-", "a.pdf"))
        resource.file.storage.delete(resource.file.name)
    image = {"image": "images/none.png", "image_alt": "A curve", "image_width": 1, "image_height": 1}
    make.publication("On Looms", **image)
    make.project("Loom", **image)
    make.person("Ada", photo="images/none.png", photo_alt="Ada", photo_width=1, photo_height=1)

    missing = "is missing. Upload it again."
    assert found(editor, "files") == [f"The image of “On Looms” {missing}", f"a.pdf of “On Engines” {missing}"]
    assert found(editor, "project-files") == [f"The image of “Loom” {missing}", f"a.pdf of “Engine” {missing}"]
    assert found(editor, "photo-files") == [f"The photo of “Ada” {missing}"]


def test_a_check_without_findings_has_a_page(editor_client, editor):
    make.owner(
        name="Ada", headline="Countess", bio="I", email="ada@example.org", orcid="0000-0002-1825-0097",
    )  # fmt: skip

    assert health.run(editor, "abstract") == []
    assert editor_client.get("/admin/health/?check=abstract").status_code == 200
    assert editor_client.get("/admin/health/?check=nonsense").status_code == 404


def test_findings_need_the_permission_to_fix_them(guest_client):
    make.publication("On Engines")
    assert guest_client.get("/admin/health/").context["groups"] == []


@pytest.fixture
def web(service):  # noqa: F811
    """A client for which the hosts a.example.org, b.example.org and archive.org are on this machine."""
    mirrors = {f"https://{host}.example.org": f"{service.url}/{host}" for host in "abcd"}
    client = Client(mirrors={**mirrors, "https://archive.org": service.url}, allow_private=True, pause=0)
    with client:
        yield service, client


def test_dead_links_are_found_with_date_and_archived_copy(web, editor, editor_client):
    server, network = web
    server.answers = {
        "/a/alive": (200, {}, b"x" * 10_000_000),
        "/b/gone": (404, {}, b""),
        "/c/private": (403, {}, b""),
        "/d/busy": [(503, {"Retry-After": "0"}, b""), (200, {}, b"ok")],
        "/wayback/available": (200, {}, {"archived_snapshots": {"closest": {"url": "http://web.archive.org/web/1/x"}}}),
    }
    make.owner(homepage="https://a.example.org/alive", bio="[c](https://c.example.org/private)")
    paper = make.publication("On Engines", state="draft", abstract="See <https://d.example.org/busy>.")
    paper.resources.create(kind="code", url="https://b.example.org/gone")

    tally = links.check(network, pause=0)

    assert (tally.alive, tally.dead) == (3, 1)
    (finding,) = health.run(editor, "links")[0].findings
    assert finding.sentence.startswith("https://b.example.org/gone in “On Engines” has been dead since ")
    assert finding.url == f"/admin/publications/publication/{paper.pk}/change/#resources-group"
    assert finding.suggestion_url == "https://web.archive.org/web/1/x"
    assert 'id="resources-group"' in editor_client.get(finding.url).content.decode()


def test_a_link_that_answers_again_is_no_longer_dead_and_the_first_failure_is_remembered(web):
    server, network = web
    make.owner(homepage="https://a.example.org/x")
    links.check(network, pause=0)
    since = LinkCheck.objects.get().dead_since
    links.check(network, pause=0)
    assert LinkCheck.objects.get().dead_since == since

    server.answers = {"/a/x": (200, {}, b"")}
    links.check(network, pause=0)

    assert LinkCheck.objects.get().dead_since is None


def test_a_single_link_can_be_dead_while_the_network_works(web):
    server, network = web
    server.answers = {"/": (200, {}, b"")}
    make.owner(homepage="https://gone.invalid/")

    assert links.check(network, pause=0).dead == 1


def test_a_link_that_answered_recently_is_not_checked_again(web):
    server, network = web
    server.answers = {"/a/": (200, {}, b"")}
    make.owner(homepage="https://a.example.org/x")
    links.check(network, pause=0)

    links.check(network, since=timezone.now() - timedelta(hours=1), pause=0)

    assert len(server.asked) == 1


def test_a_host_gets_one_request_at_a_time(web):
    server, network = web
    server.answers = {"/a/": (200, {}, b"")}
    make.owner(bio=" ".join(f"<https://a.example.org/{number}>" for number in range(4)))
    started = timezone.now()

    links.check(network, pause=0.1)

    assert len(server.asked) == 4
    assert (timezone.now() - started).total_seconds() >= 0.3


def test_without_a_network_no_link_is_marked_dead(monkeypatch):
    monkeypatch.setattr(links, "PROBE", "https://probe.invalid/")
    make.owner(bio=" ".join(f"<https://{host}.invalid/>" for host in "ab"))

    class NoNetwork(Client):
        tries = 1

    with NoNetwork(pause=0) as network, pytest.raises(Exception, match="network of this machine is probably down"):
        links.check(network, pause=0)

    assert not LinkCheck.objects.exists()


def test_the_command_counts_links(capsys):
    call_command("check_links")

    assert capsys.readouterr().out == "0 alive, 0 dead.\n"


def test_the_command_reports_a_network_that_is_down(monkeypatch):
    monkeypatch.setattr(links, "PROBE", "https://probe.invalid/")
    make.owner(bio=" ".join(f"<https://{host}.invalid/>" for host in "ab"))
    monkeypatch.setattr(client.time, "sleep", lambda seconds: None)

    with pytest.raises(CommandError, match="network of this machine is probably down"):
        call_command("check_links")


def test_a_slow_check_is_stopped_with_a_message(editor_client, monkeypatch):
    make.publication("On Engines")
    monkeypatch.setattr(health, "OVERVIEW", health.Limits(10, -1))
    monkeypatch.setattr(health, "SINGLE_CHECK", health.Limits(10, -1))

    overview = editor_client.get("/admin/health/").content.decode()
    alone = editor_client.get("/admin/health/?check=twice").content.decode()

    assert '<a href="?check=twice">Run it completely</a>' in overview
    assert "The check stopped after 20 seconds." in alone


def test_a_stopped_check_shows_what_it_has_found(editor_client, monkeypatch):
    for number in range(3):
        make.publication(f"Paper {number}")
    monkeypatch.setattr(health, "OVERVIEW", health.Limits(10, -1))

    page = editor_client.get("/admin/health/").content.decode()

    assert page.count("has no abstract.\n") == 1


def test_the_dashboard_leaves_out_stopped_checks_without_findings(editor_client, monkeypatch):
    make.owner()
    paper = make.publication("On Engines", abstract="A")
    paper.resources.create(kind="pdf", url="https://example.org/a.pdf")
    monkeypatch.setattr(health, "DASHBOARD", health.Limits(3, -1))

    assert [result.check.key for result in editor_client.get("/admin/").context["unfinished"]] == ["profile"]


def test_drafts_scheduled_publications_and_versions_are_not_checked(editor):
    make.publication("To come", publish_at=timezone.now() + timedelta(days=1))
    make.publication("Draft", state="draft")
    work = make.publication("Work")
    make.publication("Version", version_of=work)

    assert [found(editor, key) for key in ("abstract", "pdf", "doi")] == [
        ["“Work” has no abstract."], ["“Work” has no PDF."], ["“Work” has no DOI."],
    ]  # fmt: skip


def test_the_pdf_of_a_version_is_enough(editor):
    work = make.publication("Work")
    make.publication("Version", version_of=work).resources.create(kind="pdf", url="https://example.org/a.pdf")

    assert found(editor, "pdf") == []


def dismiss(client, check, sentence):
    """Dismiss a finding as its button does."""
    (result,) = [one for group in client.get("/admin/health/").context["groups"] for one in group["results"]
                 if one.check.key == check]  # fmt: skip
    (key,) = [key for key, finding in result.keyed_findings if finding.sentence == sentence]
    return client.post("/admin/health/", {"check_name": check, "dismiss": key}, follow=True)


def test_findings_are_listed_by_severity_with_their_number(editor_client):
    make.publication("On Engines", featured=True, status="retracted")
    make.publication("On Looms", doi="10.1234/a")

    groups = editor_client.get("/admin/health/").context["groups"]

    counts = {
        group["severity"].value: {one.check.key: len(one.findings) for one in group["results"]} for group in groups
    }
    assert list(counts) == ["error", "warning"]
    assert counts["error"] == {"retracted": 1}
    assert counts["warning"].items() >= {"abstract": 2, "pdf": 2}.items()
    assert [group["count"] for group in groups] == [sum(checks.values()) for checks in counts.values()]


def test_a_dismissed_finding_stands_apart_everywhere_and_can_be_listed_again(editor, editor_client):
    make.publication("On Engines")
    make.publication("On Looms")

    page = dismiss(editor_client, "abstract", "“On Engines” has no abstract.").content.decode()

    folded = page[page.index("<details") :]
    assert "“On Engines” has no abstract." in folded
    assert "Dismissed by editor," in folded
    assert found(editor, "abstract") == ["“On Looms” has no abstract."]
    dashboard = editor_client.get("/admin/").content.decode()
    assert "“On Engines” has no abstract." not in dashboard
    assert "“On Looms” has no abstract." in dashboard

    editor_client.post("/admin/health/", {"undismiss": folded.partition('name="undismiss" value="')[2][:32]})

    assert len(found(editor, "abstract")) == 2


def test_a_dismissed_finding_is_listed_again_when_the_problem_changes(editor, editor_client):
    for _ in range(2):
        make.publication("On Engines", issued="")
    dismiss(editor_client, "twice", found(editor, "twice")[0])
    assert found(editor, "twice") == []

    make.publication("On Engines", issued="")

    assert [sentence.partition(" have ")[0] for sentence in found(editor, "twice")] == ["3 publications"]


def test_a_finding_of_another_object_with_the_same_name_is_not_dismissed(editor, editor_client):
    first, _ = make.publication("On Engines"), make.publication("On Engines")
    key = health.run(editor, "abstract")[0].keyed_findings[1][0]  # the newest is listed first

    editor_client.post("/admin/health/", {"check_name": "abstract", "dismiss": key})

    (finding,) = health.run(editor, "abstract")[0].findings
    assert f"/{first.pk}/" not in finding.url


def test_all_findings_of_a_check_can_be_dismissed_at_once(editor, editor_client):
    for number in range(12):
        make.publication(f"Paper {number}")
    address = "/admin/health/?check=doi"
    result = editor_client.get(address).context["groups"][0]["results"][0]

    keys = [key for key, _ in result.keyed_findings]
    answer = editor_client.post(address, {"check_name": "doi", "dismiss": keys}, follow=True)

    assert answer.redirect_chain == [(address, 302)]
    assert "Dismissed: 12" in answer.content.decode()
    assert found(editor, "doi") == []


def test_only_who_may_publish_dismisses_and_only_what_a_check_has_found(editor, editor_client, django_user_model):
    make.publication("On Engines")
    key = health.run(editor, "abstract")[0].keyed_findings[0][0]
    assistant = DjangoClient()
    helper = django_user_model.objects.create_user("helper", is_staff=True)
    helper.groups.add(Group.objects.get(name="Assistant"))
    assistant.force_login(helper)

    assert "Dismiss" not in assistant.get("/admin/health/").content.decode()
    for sender, data, status in (
        (assistant, {"check_name": "abstract", "dismiss": key}, 403), (assistant, {"undismiss": key}, 403),
        (editor_client, {"check_name": "coffee", "dismiss": key}, 400),
        (editor_client, {"check_name": "abstract", "dismiss": "nonsense"}, 400),
    ):  # fmt: skip
        assert sender.post("/admin/health/", data).status_code == status
    assert len(found(editor, "abstract")) == 1
