"""The first site: its content, and loading a site from a file."""

import re
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from config.upkeep.first_site import TABLES, Counts, SiteFileError, load
from profiles.models import (
    Activity,
    Block,
    FollowedFeed,
    Look,
    Membership,
    Menu,
    Page,
    Person,
    Section,
    SiteSettings,
    Tag,
    Talk,
)
from projects.models import Project
from publications.models import Publication

pytestmark = pytest.mark.django_db

MODELS = [Person, Section, Activity, Publication, Project, Tag]


def rows():
    return {model: list(model.objects.order_by("pk").values()) for model in MODELS}


def test_loading_twice_changes_nothing():
    first, before = load(), rows()

    second = load()

    assert (first, second) == (Counts(added=15), Counts(existing=15))
    assert rows() == before


def test_loading_again_does_not_change_what_an_editor_has_edited():
    load()
    owner = Person.objects.owner()
    owner.name = "Ada Lovelace"
    owner.save()
    paper = Publication.objects.get(slug="moe-cap")
    paper.title, paper.slug = "Another title", "another-address"
    paper.save()

    counts = load()

    assert counts == Counts(existing=15)
    assert Person.objects.owner().name == "Ada Lovelace"
    assert Publication.objects.get(pk=paper.pk).title == "Another title"


def test_the_command_counts_added_and_existing_entries():
    first, second = StringIO(), StringIO()

    call_command("load_site", stdout=first)
    call_command("load_site", stdout=second)

    assert first.getvalue() == "15 added, 0 existed.\n"
    assert second.getvalue() == "0 added, 15 existed.\n"


def test_a_former_kind_of_activity_is_refused_with_the_name_of_its_table(tmp_path):
    path = tmp_path / "site.toml"
    path.write_text('[[activities]]\nkind = "talk"\ntitle = "On engines"\nevent = "Salon"\n')

    with pytest.raises(SiteFileError, match=r"activities\[1\].kind: “talk” is no kind .* Write it as \[\[talks\]\]\."):
        load(path)


def test_the_owner_has_a_headline_interests_and_two_supervisors():
    load()

    owner = Person.objects.owner()

    assert (owner.name, owner.headline) == ("Your Name", "PhD Student at the University of Edinburgh")
    assert owner.tags.count() == 11
    assert [(relation.role, relation.related.name) for relation in owner.relations.all()] == [
        ("primary-supervisor", "Luo Mai"),
        ("assistant-supervisor", "Wenda Li"),
    ]
    assert [person.name for person in Person.objects.published()] == ["Wenda Li", "Luo Mai", "Your Name"]


def test_the_paper_is_one_work_in_two_versions_by_sixteen_authors():
    load()

    preprint = Publication.objects.get(arxiv_id="2412.07067")
    work = preprint.version_of

    assert [work.citation_key, work.year, work.container_title_short, work.track, work.event_place] == [
        "jiang2025moecap", 2025, "NeurIPS 2025", "Datasets and Benchmarks Track", "San Diego, US",
    ]  # fmt: skip
    assert [str(author) for author in work.byline] == [str(author) for author in preprint.byline]
    assert [len(work.byline), str(work.byline[0]), work.byline[-1].person.slug] == [16, "Yinsicheng Jiang", "luo-mai"]
    assert [resource.kind for resource in work.resources.all()] == ["pdf", "code", "webpage"]


def test_the_projects_are_in_order_and_have_their_highlights():
    load()

    projects = Project.objects.published()

    assert [(p.name, [str(highlight) for highlight in p.highlights.all()]) for p in projects] == [
        ("ContextPilot", ["4–13× cache hits", "1.5–3× faster prefill", "about 36 % fewer tokens"]),
        ("ServerlessLLM", ["10× faster loading of models", "10 models on 1 GPU"]),
        ("MoE-CAP", ["three dimensions: cost, accuracy, performance"]),
        ("Machine Learning Systems: Design and Implementation", []),
    ]
    assert [project.links.count() for project in projects] == [1, 1, 1, 1]


def test_education_and_places_have_no_dates():
    load()

    education = Activity.objects.published().filter(kind="education")
    places = Activity.objects.published().filter(kind="travel", latitude__isnull=False)

    assert [str(line) for line in education] == ["PhD", "BSc Computer Science"]
    assert [line.place for line in places] == ["San Diego, US", "Rotterdam, Netherlands", "Newcastle, UK"]
    assert {line.start for line in Activity.objects.all()} == {""}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[[people]", "Expected ']]' at the end of an array declaration (at line 1, column 9)"),
        ("[people]\nname = 'Ada'", "people: write [[people]] above each entry."),
        ("[[poems]]", f"poems: there is no such table. Use {', '.join(TABLES)}."),
        ("[[people]]\nnaem = 'Ada'", "people[1].naem: there is no such field."),
        ("[[people]]\nheadline = 'Countess'", "people[1].name: This field cannot be blank."),
        ("[[projects]]\nname = 'Engine'\ntags = 'a'", "projects[1].tags: write a list, between [ and ]."),
        ("[[projects]]\nname = 'Engine'\ntags = [1]", "projects[1].tags: write each item between quotes."),
        (
            "[[projects]]\nname = 'Engine'\nlinks = [{url = 'git hub'}]",
            "projects[1].links[1].url: Write the whole address, starting with https://.",
        ),
        (
            "[[projects]]\nname = 'Engine'\nlinks = ['github.com']",
            'projects[1].links[1]: write fields between braces, as in { url = "https://…" }.',
        ),
        (
            "[[publications]]\ntitle = 'One'\n[[publications]]\ntitle = 'Two'\nissued = '2025-13'",
            "publications[2].issued: “2025-13” is not a date. "
            "Write a year (2025), a month (2025-03) or a day (2025-03-17).",
        ),
        (
            "[[publications]]\ntitle = 'One'\nversion_of = 'two'",
            "publications[1].version_of: there is no “two” in “publications”.",
        ),
        (
            "[[people]]\nname = 'Ada'\nis_owner = true\n[[look]]\nblocks = 'news'",
            f"look[1].blocks: Choose from {', '.join(Block.values)}.",
        ),
        ("[[feeds]]\nurl = 'my feed'", "feeds[1].url: Enter a valid URL."),
        ("[[activities]]\nkind = 'award'\ntitle = 'Hello'", "activities[1].person: This field cannot be null."),
    ],
)
def test_a_mistake_is_reported_with_its_place_and_nothing_is_loaded(tmp_path, text, message):
    file = tmp_path / "my_site.toml"
    file.write_text(f"{text}\n", encoding="utf-8")

    with pytest.raises(SiteFileError) as caught:
        load(file)

    assert str(caught.value) == f"my_site.toml: {message}"
    assert not any(rows().values())


def test_the_command_reports_a_missing_file(tmp_path):
    with pytest.raises(CommandError, match=r"^no\.toml: No such file or directory$"):
        call_command("load_site", tmp_path / "no.toml")


def test_a_talk_is_loaded_with_its_occasions_files_and_works(tmp_path):
    file = tmp_path / "site.toml"
    file.write_text(
        """
        [[people]]
        name = "Ada Lovelace"
        is_owner = true
        [[publications]]
        title = "On Looms"
        [[talks]]
        title = "On Engines"
        tags = ["engines"]
        publications = ["On Looms"]
        occasions = [
            { event = "AAAI", start = 2026-05-03, start_time = 14:00:00, time_zone = "Europe/Rome", city = "Turin" },
            { start = 2025 },
        ]
        resources = [{ url = "https://example.org/slides.pdf", kind = "slides" }]
        """
    )
    load(file)

    talk = Talk.objects.get()
    given, earlier = talk.occasions.all()
    assert (given.when, earlier.when) == ("3 May 2026, 14:00 (Europe/Rome)", "2025")
    assert given.point is not None
    assert [str(one) for one in talk.speakers.all()] == ["Ada Lovelace"]
    assert [str(one) for one in (*talk.talk_publications.all(), *talk.resources.all())] == ["On Looms", "Slides"]
    assert load(file) == Counts(existing=3)


def test_a_time_that_does_not_exist_is_reported_with_its_place(tmp_path):
    file = tmp_path / "site.toml"
    row = '{ start = 2026-03-29, start_time = 02:30:00, time_zone = "Europe/Rome" }'
    file.write_text(f'[[talks]]\ntitle = "On Engines"\noccasions = [{row}]')

    with pytest.raises(SiteFileError, match=r"talks\[1\].occasions\[1\].start_time: There is no 02:30 on this day"):
        load(file)


def test_pages_are_loaded_below_each_other_with_their_links(tmp_path):
    file = tmp_path / "site.toml"
    file.write_text(
        """
        [[pages]]
        title = "Join us"
        body = "Write to us."
        resources = [{ url = "https://example.org/call", label = "Call" }]

        [[pages]]
        title = "PhD students"
        slug = "phd"
        parent = "join-us"
        tags = ["jobs"]
        """
    )
    assert load(file) == Counts(added=2)
    assert load(file) == Counts(existing=2)
    phd = Page.objects.get(path="join-us/phd")
    assert (phd.state, phd.parent.resources.get().label) == ("published", "Call")


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ('slug = "static"', "pages[1].slug: The site itself uses the address /static/."),
        ('parent = "nobody"', "pages[1].parent: there is no “nobody” in “pages”."),
    ],
)
def test_a_wrong_page_is_named(tmp_path, row, message):
    file = tmp_path / "site.toml"
    file.write_text(f'[[pages]]\ntitle = "Page"\n{row}\n')
    with pytest.raises(SiteFileError, match=re.escape(message)):
        load(file)


def test_a_membership_names_people_and_its_thesis(tmp_path):
    path = tmp_path / "lab.toml"
    path.write_text(
        """
[[people]]
name = "Ada Lovelace"
is_owner = true
[[people]]
name = "Grace Hopper"
[[publications]]
title = "On Compilers"
type = "thesis"
[[projects]]
name = "Engine"
members = ["Ada Lovelace", {person = "Grace Hopper", start = 2020, end = 2021}]
[[memberships]]
person = "Grace Hopper"
role = "phd-student"
start = 2020
supervisors = ["Ada Lovelace"]
thesis_publication = "on-compilers"
"""
    )

    assert (load(path), load(path)) == (Counts(added=5), Counts(existing=5))
    membership = Membership.objects.get()
    assert (membership.person.name, membership.is_ongoing, membership.is_public) == ("Grace Hopper", True, True)
    assert [person.name for person in membership.supervisors.all()] == ["Ada Lovelace"]
    assert membership.theses.get().publication.title == "On Compilers"
    members = Project.objects.get().members.all()
    assert [(member.person.name, member.end) for member in members] == [("Ada Lovelace", ""), ("Grace Hopper", "2021")]


def test_the_menu_settings_look_and_feeds_of_a_site_are_loaded_once(tmp_path, client):
    file = tmp_path / "site.toml"
    file.write_text("""
        [[pages]]
        title = "Openings"
        slug = "join"

        [[menu]]
        items = [
          { label = "Research" },
          { built_in = "cv", parent = "Research" },
          { page = "join" },
          { url = "https://lab.example", label = "The lab" },
        ]

        [[settings]]
        is_group = true
        name = "Engine Lab"
        footer = "[Imprint](/imprint/)"

        [[look]]
        theme = "modern"
        blocks = ["news", "talks"]

        [[feeds]]
        url = "https://lab.example/feed.xml"
    """)
    load()

    assert load(file) == Counts(added=5)
    assert load(file) == Counts(existing=5)
    assert (Look.objects.get().theme, Look.objects.get().blocks) == ("modern", ["news", "talks"])
    assert [feed.url for feed in FollowedFeed.objects.all()] == ["https://lab.example/feed.xml"]
    items = Menu.objects.get().items.all()
    assert [(str(item), str(item.parent or "")) for item in items] == [
        ("Research", ""), ("CV", "Research"), ("Openings", ""), ("The lab", ""),
    ]  # fmt: skip
    assert SiteSettings.objects.get().site_name == "Engine Lab"
    assert "<h1>Engine Lab</h1>" in client.get("/").text


@pytest.mark.parametrize(
    ("items", "message"),
    [
        ('{ label = "A" }, { built_in = "cv", parent = "B" }', "menu[1].items[2].parent: there is no “B” in “menu”."),
        ('{ page = "gone" }', "menu[1].items[1].page: there is no “gone” in “pages”."),
        (
            '{ label = "A" }, { label = "B", parent = "A" }, { built_in = "cv", parent = "B" }',
            "menu[1].items[3].parent: A submenu has no submenus. Choose an entry of the menu itself.",
        ),
        ('{ built_in = "cv" }, { built_in = "cv" }', "menu[1].items[2]: This page is in the menu already."),
    ],
)
def test_a_wrong_entry_of_the_menu_is_named(tmp_path, items, message):
    file = tmp_path / "site.toml"
    file.write_text(f"[[menu]]\nitems = [{items}]\n")
    load()

    with pytest.raises(SiteFileError, match=re.escape(f"site.toml: {message}")):
        load(file)
