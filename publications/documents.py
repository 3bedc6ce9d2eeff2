"""What is searched of publications."""

from django.db.models import Prefetch

from profiles.documents import own, tagged
from profiles.search.indexing import Watched, register
from profiles.search.queries import Document
from publications.models import Authorship, FullText, Publication, PublicationIndex

FACTS = (
    "container_title", "container_title_short", "event_title", "event_place", "track", "publisher", "genre", "doi",
    "arxiv_id", "arxiv_class", "isbn", "issn", "pmid", "award", "abstract",
)  # fmt: skip


def publications(keys):
    """Names in every spelling that is known, and the texts of the PDFs. Notes and keys of the owner's are left out."""
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
        for publication in Publication.objects.filter(pk__in=keys).prefetch_related(names, "tags")
    }


def _names(publication):
    for authorship in publication.authorships.all():
        yield authorship.name
        if authorship.person:
            yield authorship.person.name
            yield authorship.person.other_names


def _facts(publication):
    found = [str(publication.year or ""), publication.type_label, *(getattr(publication, name) for name in FACTS)]
    return [*found, *(tag.name for tag in publication.tags.all())]


register(
    Publication, PublicationIndex, publications,
    own("publications_publication", "title", "type", "issued", *FACTS),
    *tagged("publications_taggedpublication"),
    Watched("publications_authorship", "SELECT {row}.publication_id AS key"),
    Watched(
        "profiles_person",
        "SELECT publication_id AS key FROM publications_authorship WHERE person_id = {row}.id",
        ("name", "other_names"),
    ),
    Watched(
        "publications_fulltext", "SELECT publication_id AS key FROM publications_resource WHERE id = {row}.resource_id"
    ),
)  # fmt: skip
