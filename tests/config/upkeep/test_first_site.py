"""The first site: its content, and loading a site from a file."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from config.upkeep.first_site import Counts, SiteFileError, load
from profiles.models import Activity, Person, Section, Tag
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
        ("[[poems]]", "poems: there is no such table. Use people, sections, activities, publications, projects."),
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
        ("[[activities]]\nkind = 'talk'\ntitle = 'Hello'", "activities[1].person: This field cannot be null."),
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
