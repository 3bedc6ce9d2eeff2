"""The counts beside the filters of /publications/ are those of a recount in plain Python."""

from collections import Counter
from datetime import timedelta

import pytest
from django.utils import timezone

from publications.models import Publication
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def record():
    """Works with versions, drafts, scheduled works, embargoes that have ended, and blind review."""
    hour, now = timedelta(hours=1), timezone.now()
    ada, grace, mary = make.owner(name="Ada Lovelace"), make.person("Grace Hopper"), make.person("Mary Somerville")
    engines = make.publication("On Engines", authors=[ada, grace], tags=["engines", "mills"], issued="2024-05")
    make.publication("On Engines, a preprint", authors=[ada], tags=["engines"], type="article", version_of=engines)
    make.publication("On Looms", authors=[grace], tags=["looms"], type="book", issued="2024")
    make.publication("On Mills", authors=[ada, mary], tags=["mills"], issued="")
    draft = make.publication("Draft", authors=[ada], tags=["engines", "secret"], issued="2023", state="draft")
    make.publication("Preprint of a draft", authors=[mary], tags=["mills"], type="article", version_of=draft)
    make.publication("Scheduled", authors=[mary], tags=["looms"], issued="2024", publish_at=now + hour)
    make.publication("Embargo ended", authors=[ada], tags=["looms"], issued="2022", publish_at=now - hour)
    blind = make.publication("Blind", authors=[grace, mary], tags=["mills"], type="book", hides_authors=True)
    make.publication("Version of blind", authors=[grace], tags=["looms"], type="article", version_of=blind)
    reviewed = make.publication("Review at a workshop", authors=[ada], tags=["engines"], issued="2023")
    make.publication("Its draft", authors=[ada], state="draft", version_of=reviewed, hides_authors=True)
    make.publication(
        "Review ended", authors=[mary], issued="2023", hides_authors=True, authors_from=now - hour, tags=["mills"]
    )


def works_shown():
    """Return the facts of each work that a visitor finds in the list: {"year", "type", "tags", "authors"}."""
    now, everything = timezone.now(), list(Publication.objects.prefetch_related("tags", "authorships__person"))
    public = {work.pk: work for work in everything if work.state == "published" and work.publish_at <= now}
    blind = {
        work.version_of_id or work.pk
        for work in everything
        if work.hides_authors and not (work.authors_from and work.authors_from <= now)
    }
    return [
        {
            "year": {str(work.issued)[:4]} - {""},
            "type": {work.type},
            "tag": {tag.slug for tag in work.tags.all()},
            "author": {
                one.person.slug for one in work.authorships.all() if (work.version_of_id or work.pk) not in blind
            },
        }
        for work in public.values()
        if work.version_of_id not in public
    ]


def recount(chosen):
    """Return {facet: {value: number of works}}; a work has all chosen values of the other facets, and all tags."""
    counts = {facet: Counter() for facet in ("year", "type", "tag", "author")}
    for facet, counter in counts.items():
        wanted = {name: values for name, values in chosen.items() if name != facet or name == "tag"}
        for work in works_shown():
            if all(values <= work[name] for name, values in wanted.items()):
                counter.update(work[facet])
    return counts


@pytest.mark.parametrize(
    "chosen",
    [
        {},
        {"tag": {"mills"}},
        {"tag": {"mills", "engines"}},
        {"year": {"2024"}},
        {"type": {"book"}},
        {"author": {"ada-lovelace"}},
        {"year": {"2023"}, "type": {"article-journal"}},
        {"author": {"ada-lovelace"}, "tag": {"looms"}, "year": {"2022"}},
    ],
)
def test_facet_counts_equal_a_recount(client, record, chosen):
    expected = recount(chosen)

    facets = client.get("/publications/", {name: sorted(values) for name, values in chosen.items()}).context["facets"]

    types = {label: type_ for type_, label in Publication.TYPE_LABELS.items()}
    slugs = {"Ada Lovelace": "ada-lovelace", "Grace Hopper": "grace-hopper", "Mary Somerville": "mary-somerville"}
    assert {choice.label: choice.count for choice in facets.years} == expected["year"]
    assert {types[choice.label]: choice.count for choice in facets.types} == expected["type"]
    assert {choice.label: choice.count for choice in facets.tags()} == expected["tag"]
    assert {slugs[choice.label]: choice.count for choice in facets.authors()} == expected["author"]
    assert sum(expected["type"].values()) > 0
