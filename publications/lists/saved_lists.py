"""The works of saved lists, in groups, and as CSV and Word documents."""

from collections import namedtuple
from itertools import groupby
from operator import attrgetter

from django.db.models import Case, Q, Value, When
from django.utils.html import escape

from publications import spreadsheets
from publications.citations import bibliography, stored
from publications.citations.conversion import convert
from publications.exports import public_reference
from publications.models import Publication, SavedList
from publications.references.values import markup

# The fields of works that lists of cards read; the cards read the rest.
FIELDS = ("issued", "slug", "status", "title", "type")
# The columns of a CSV file.
COLUMNS = [
    "type", "title", "authors", "editors", "venue", "volume", "issue", "pages", "publisher", "date", "year", "status",
    "notices", "doi", "arxiv", "isbn", "issn", "url", "licence", "open access", "award", "tags", "key", "page",
]  # fmt: skip

# A work as a line of a list: its citation as HTML and as text.
Entry = namedtuple("Entry", "publication html text")


def works_of(saved_list, user):
    """Return the works of a list that the user may see: the chosen ones first, then in the order of its groups."""
    chosen = [row.publication_id for row in saved_list.rows.all()]
    works = Publication.objects.visible_to(user).works(user)
    found = works.none() if saved_list.chosen_only else matching(saved_list, works, user)
    places = []
    if chosen:
        found = works.filter(Q(pk__in=chosen) | Q(pk__in=found.order_by().values("pk")))
        cases = (When(pk=pk, then=Value(place)) for place, pk in enumerate(chosen))
        places = [Case(*cases, default=Value(len(chosen)))]
    is_by_type = saved_list.grouping == SavedList.Grouping.TYPE
    return found.by_type(*places) if is_by_type else found.newest_first(*places)


def matching(saved_list, works, user):
    """Return the works that all filters of a list match; none while a tag or person of the filters is missing."""
    if saved_list.missing:
        return works.none()
    for tag in saved_list.tags.all():
        works = works.with_tag(tag.slug)
    people = [person.slug for person in saved_list.people.all()]
    if people:
        works = works.naming(people, user)
    if saved_list.types:
        works = works.filter(type__in=saved_list.types)
    if saved_list.year_from:
        works = works.filter(year__gte=saved_list.year_from)
    if saved_list.year_to:
        works = works.filter(year__lte=saved_list.year_to)
    if saved_list.selected_only:
        works = works.filter(featured=True)
    return works.search(saved_list.query, user) if saved_list.query else works


def headed(saved_list, works):
    """Return works as a list, each with ``heading``, that of its group. The chosen ones come first and have none."""
    chosen = {row.publication_id for row in saved_list.rows.all()}
    name = {"year": "list_heading", "type": "type_heading"}.get(saved_list.grouping)
    works = list(works)
    for work in works:
        work.heading = getattr(work, name) if name and work.pk not in chosen else ""
    return works


def shown(saved_list, works, style, user, limit=None):
    """Return the variables of publications/_saved_list.html: ``papers``, and for a Style their ``entries``."""
    rows = works.with_references(user) if style else works.only(*FIELDS)
    papers = headed(saved_list, rows[:limit])
    return {"papers": papers, "entries": entries(papers, style.key) if style else []}


def entries(publications, style):
    """Return the Entries of publications, which have what ``with_references`` prefetches, in a citation style.

    A work that is not formatted in that style yet has its names, title, venue and date instead.
    """
    references = {publication.pk: public_reference(publication) for publication in publications}
    found = stored.citations_in(style, publications, references)
    return [_entry(publication, references[publication.pk], found.get(publication.pk)) for publication in publications]


def _entry(publication, reference, citation):
    if citation:
        return Entry(publication, citation.html, citation.text)
    line = bibliography.plain_line(publication, reference)
    return Entry(publication, escape(line), line)


def csv_of(publications, url):
    """Return a CSV file with what visitors may see; ``url`` makes a path of this site absolute."""
    return spreadsheets.to_csv([COLUMNS, *(_values(publication, url) for publication in publications)])


def _values(publication, url):
    reference = public_reference(publication)
    return [
        publication.type_label, markup.plain(reference.title), "; ".join(map(str, reference.author)),
        "; ".join(map(str, reference.editor)), markup.plain(publication.venue), reference.volume, reference.issue,
        reference.page, reference.publisher, reference.issued.iso, publication.year or "", publication.status_label,
        "; ".join(map(str, publication.notices.all())), reference.doi, reference.arxiv_id, reference.isbn,
        reference.issn, reference.url, publication.license, "yes" if publication.is_open_access else "",
        publication.award, "; ".join(reference.keyword), reference.citation_key, url(publication.get_absolute_url()),
    ]  # fmt: skip


def docx_of(saved_list, works, style):
    """Return the bytes of a Word document of works in a citation style, made by pandoc. Raise ConversionError.

    Its headings and paragraphs have Word's own styles, so that an editor can change them all at once.
    """
    parts = [f"<h1>{escape(saved_list.name)}</h1>"]
    for heading, group in groupby(entries(headed(saved_list, works), style), attrgetter("publication.heading")):
        parts += [f"<h2>{escape(heading)}</h2>"] if heading else []
        parts += [f"<p>{entry.html}</p>" for entry in group]
    html = f"<html><head><title>{escape(saved_list.name)}</title></head><body>{''.join(parts)}</body></html>"
    return convert(html, "--to=docx", changed=saved_list.updated_at)
