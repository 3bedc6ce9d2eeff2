"""Highwire Press tags in the head of a page, which Google Scholar and Zotero read. Written only.

Source: Google Scholar's inclusion guidelines for webmasters, and Zotero's "Embedded Metadata" translator.
"""

from publications.references import markup
from publications.references.reference import PERIODICALS

label = "Highwire Press tags"

# The tag of the venue determines the type of the work.
VENUES = {
    **dict.fromkeys(PERIODICALS, "citation_journal_title"),
    "paper-conference": "citation_conference_title",
    **dict.fromkeys(["chapter", "entry-dictionary", "entry-encyclopedia"], "citation_inbook_title"),
}
INSTITUTIONS = {"thesis": "citation_dissertation_institution", "report": "citation_technical_report_institution"}
EDITED = ("book", "collection", "periodical")  # types whose editors are named in place of authors
# DC.type has Zotero's item type of a work whose venue does not determine it.
ITEM_TYPES = {
    "article": "preprint", "speech": "presentation", "dataset": "dataset", "software": "computerProgram",
    "patent": "patent", "post-weblog": "blogPost", "manuscript": "manuscript",
}  # fmt: skip


def tags(reference):
    """Return the tags of a Reference as pairs of name and content, without empty ones.

    The caller adds the tags of the page, such as the address of the PDF.
    """
    venue, institution = VENUES.get(reference.type), INSTITUTIONS.get(reference.type)
    first, last = reference.first_and_last_page
    found = [("citation_title", markup.plain(reference.title)), ("DC.type", ITEM_TYPES.get(reference.type))]
    # Google Scholar ignores a page without authors. The second tag tells Zotero that these authors are the editors.
    is_edited = reference.type in EDITED and not reference.author
    for name in reference.editor if is_edited else reference.author:
        found += [("citation_author", inverted(name)), ("citation_author_orcid", name.orcid_url)]
    found += [("eprints.editors_name" if is_edited else "citation_editor", inverted(name)) for name in reference.editor]
    found += [
        ("citation_publication_date", date(reference.issued)),
        (venue, reference.container_title or reference.event_title),
        (institution, reference.publisher),
        ("citation_journal_abbrev", reference.container_title_short if venue == "citation_journal_title" else ""),
        ("citation_technical_report_number", reference.number if reference.type == "report" else ""),
        ("citation_publisher", "" if institution else reference.publisher),
        ("citation_volume", reference.volume),
        ("citation_issue", reference.issue),
        ("citation_firstpage", first),
        ("citation_lastpage", last),
        ("citation_issn", reference.issn),
        ("citation_isbn", reference.isbn),
        ("citation_doi", reference.doi),
        ("citation_arxiv_id", reference.arxiv_id),
        ("citation_pmid", reference.pmid),
        ("citation_language", reference.language),
        ("citation_abstract", reference.abstract),
        *(("citation_keywords", word) for word in reference.keyword),
    ]
    return [(name, content) for name, content in found if name and content]


def inverted(name):
    """Return a Name as "van Beethoven, Ludwig". An organisation's name is not inverted."""
    if name.literal or not name.given:
        return str(name)
    given = " ".join(part for part in (name.given, name.dropping_particle) if part)
    family = " ".join(part for part in (name.non_dropping_particle, name.family) if part)
    return f"{family}, {given}" + (f", {name.suffix}" if name.suffix else "")


def date(issued):
    """Return a Date as "2025/12/3", "2025/12" or "2025", without leading zeros."""
    return "/".join(map(str, issued.parts[0])) if issued.parts else ""
