"""The words that publications are found by."""

from django.db.models import Prefetch

from profiles.content.patterns import EAST_ASIAN
from profiles.models import Person, Tag
from profiles.search.indexing import register
from profiles.search.queries import Document
from publications.models import (
    Authorship,
    FullText,
    Notice,
    Publication,
    PublicationIndex,
    Resource,
    TaggedPublication,
)  # fmt: skip

FACTS = (
    "container_title", "container_title_short", "event_title", "event_place", "track", "publisher", "genre", "doi",
    "arxiv_id", "arxiv_class", "isbn", "issn", "pmid", "award", "abstract",
)  # fmt: skip


def publications(keys):
    """Return documents with all spellings and orders of names and texts of PDFs, without notes and citation keys."""
    texts = {}
    for publication, text in FullText.objects.filter(resource__publication__in=keys).values_list(
        "resource__publication", "text"
    ):
        texts.setdefault(publication, []).append(text)
    names = Prefetch("authorships", Authorship.objects.select_related("person"))
    return {
        publication.pk: Document(
            title=publication.title,
            names="\n".join(filter(None, _names(publication))),
            facts="\n".join(_facts(publication)),
            text="\n".join(texts.get(publication.pk, [])),
        )
        for publication in Publication.objects.filter(pk__in=keys).prefetch_related(names, "notices", "tags")
    }


def _names(publication):
    for authorship in publication.authorships.all():
        name = authorship.as_name()
        if EAST_ASIAN.fullmatch(name.family + name.given):
            yield f"{name.family} {name.given} {name.given}{name.family}"
        yield authorship.name
        if authorship.person:
            yield authorship.person.name
            yield authorship.person.other_names


def _facts(publication):
    found = [str(publication.year or ""), publication.type_label, *(getattr(publication, name) for name in FACTS)]
    noted = [text for notice in publication.notices.all() for text in (notice.label, notice.doi, notice.text)]
    return [*found, *publication.remarks, *noted, *(tag.name for tag in publication.tags.all())]


register(
    Publication,
    PublicationIndex,
    publications,
    rows={
        TaggedPublication: "content_object_id",
        Authorship: "publication_id",
        Resource: "publication_id",
        FullText: "resource.publication_id",
        Notice: "publication_id",
    },
    names={
        Tag: ("taggedpublication__tag", ["name"]),
        Person: ("authorships__person", ["name", "other_names"]),
    },
)
