"""The file that an exported site filters and searches by: ``search/index.json``, which exported.js reads.

It has the facts and words of each work and the page of the list that shows it, and the words of all other content with
its HTML for the search page. The texts of PDFs would make it too large.
"""

import json

from django.template.loader import render_to_string
from django.urls import reverse

from config.pages.search import kinds_besides_publications
from config.pages.tags import count_uses
from profiles.content.batches import batched
from profiles.content.slugs import GREEK
from profiles.feeds import VISITOR
from profiles.search.indexing import INDEXED
from profiles.search.queries import IDENTIFIER
from profiles.search.words import REPLACED, words
from publications.models import Authorship, Publication
from publications.numbering import GROUPS
from publications.views import PublicationList

CHUNK = 100  # documents in memory


def as_json(rewriter):
    """Return the index as bytes. The Rewriter changes its links."""
    labels = {"year": {}, "type": dict(Publication.TYPE_LABELS), "tag": {}, "author": {}}
    works = index_works(labels, rewriter)
    add_words(works)
    others = index_others(labels, rewriter)
    letters = {chr(letter): replacement for letter, replacement in REPLACED.items()}
    rules = {"letters": letters, "symbols": GREEK, "identifier": IDENTIFIER.pattern}
    groups = [title for _, title, _ in GROUPS]
    index = {"labels": labels, "groups": groups, "works": list(works.values()), "others": others, **rules}
    return json.dumps(index, ensure_ascii=False, separators=(",", ":")).encode()


def index_works(labels, rewriter):
    """Return {primary key: facts} of the works in the order of the list, and add the labels of the facts."""
    listed = Publication.objects.published().works(VISITOR)
    works = {}
    for place, work in enumerate(listed.newest_first().prefetch_related("tags")):
        page = f"{reverse('publications:publications')}?page={place // PublicationList.paginate_by + 1}"
        tags = {tag.slug: tag.name for tag in work.tags.all()}
        years = {str(work.year): str(work.year)} if work.year else {}
        labels["tag"] |= tags
        labels["year"] |= years
        works[work.pk] = {
            "href": rewriter.link(work.get_absolute_url(), "/"), "page": rewriter.link(page, "/"),
            "heading": work.list_heading, "group": work.type_heading,
            "year": list(years), "type": [work.type], "tag": list(tags), "author": [],
            "title": "", "names": "", "facts": "",
        }  # fmt: skip
    names = Authorship.objects.visible_to(VISITOR).filter(publication__in=listed.order_by().values("pk"))
    people = names.filter(person__isnull=False).order_by("person__name")
    for pk, slug, name in people.values_list("publication", "person__slug", "person__name").distinct():
        labels["author"][slug] = name
        works[pk]["author"].append(slug)
    return works


def add_words(works):
    """Add the words that a visitor may search. Those of another version of a work are added to the work's facts."""
    published = Publication.objects.published()
    with_names = set(published.with_authors_shown(VISITOR).values_list("pk", flat=True))
    for rows in batched(published.order_by("pk").values_list("pk", "version_of"), CHUNK):
        documents = INDEXED["publication"].documents([pk for pk, _ in rows])
        for pk, version_of in rows:
            found = words_of(documents[pk])
            if pk not in with_names:
                found["names"] = ""
            work = works.get(pk)
            if work is None:
                work, found = works[version_of], {"facts": " ".join(found.values())}
            for part, text in found.items():
                work[part] = f"{work[part]} {text}".strip()


def index_others(labels, rewriter):
    """Return the other content that is searched. Its type is the name of its kind."""
    found = []
    uses = count_uses(VISITOR)
    for kind in kinds_besides_publications(VISITOR):
        labels["type"][kind.plural] = kind.plural
        documents = INDEXED[kind.rows.model._meta.model_name].documents(kind.rows.values_list("pk", flat=True))
        for item in kind.rows:
            if kind.name == "tag":
                item.uses = uses[item.pk]
            html = render_to_string("config/_result.html", {"kind": kind, "item": item, "level": 3, "query": None})
            html = rewriter.html(html.strip(), reverse("search"))
            facts = {"year": [], "type": [kind.plural], "tag": [], "author": [], "html": html}
            found.append(facts | words_of(documents[item.pk]))
    return found


def words_of(document):
    """Return the words of a Document, as the index for the search has them."""
    return {part: " ".join(words(getattr(document, part))) for part in ("title", "names", "facts")}
