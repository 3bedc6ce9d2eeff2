"""Citations of many publications, from those that are stored."""

from django.utils.html import escape

from profiles.content.batches import batched
from publications.citations import styles
from publications.citations.stored import digest
from publications.exports import public_reference
from publications.models import FormattedCitations
from publications.references.values import markup

CHUNK = 200  # publications in memory


class UnknownStyleError(Exception):
    """Says which citation styles are available."""


def style_named(name):
    """Return the Style with a key or CSL file name: "chicago" or "chicago-author-date". Raise UnknownStyleError."""
    available = styles.available().values()
    for style in available:
        if name.lower() in (style.key, style.path.stem.lower()):
            return style
    known = ", ".join(style.key for style in available)
    raise UnknownStyleError(f"There is no citation style “{name[:60]}” here. Use one of these: {known}.")


def lines(publications, style):
    """Yield the citation of each publication as a line of text, with what visitors may see."""
    for _, text, _ in cited(publications, style.key):
        yield f"{text}\n"


def cited(publications, style, reference_of=public_reference):
    """Yield (publication, its citation as text, as HTML) for publications, in the style with that key.

    A work that is not formatted yet has its names, title, venue and date instead. ``reference_of`` returns the
    Reference with what the reader may see; by default it is what visitors see.
    """
    for batch in batched(publications, CHUNK):
        stored = {
            (row.publication_id, row.digest): row.citations
            for row in FormattedCitations.objects.filter(publication__in=batch)
        }
        for publication in batch:
            reference = reference_of(publication)
            found = stored.get((publication.pk, digest(reference)), [])
            citation = next((one for one in found if one["key"] == style), None)
            text = citation["text"] if citation else plain_line(publication, reference)
            yield publication, text, citation["html"] if citation else escape(text)


def plain_line(publication, reference):
    names = publication.byline_text or ", ".join(map(str, publication.editors))
    date = publication.issued.display if publication.issued else publication.status_label
    said = [remark for remark in publication.remarks if remark != date]
    parts = (names, markup.plain(reference.title), publication.venue, date, *said)
    return ". ".join(filter(None, parts)) + "."
