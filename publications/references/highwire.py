"""Highwire Press tags in the head of a page, which Google Scholar and Zotero read. Written only.

Source: Google Scholar's inclusion guidelines for webmasters, and Zotero's "Embedded Metadata" translator.
"""

from publications.references.values import markup

label = "Highwire Press tags"

# The tag of the venue determines the type of the work in Zotero.
VENUES = {
    **dict.fromkeys(["article-journal", "review", "review-book"], "citation_journal_title"),
    "paper-conference": "citation_conference_title",
    "chapter": "citation_inbook_title",
}
INSTITUTIONS = {"thesis": "citation_dissertation_institution", "report": "citation_technical_report_institution"}
EDITED = ("book", "collection", "periodical")  # types whose editors are named in place of authors
# Zotero's item type of each CSL type: the one in Zotero's schema, or the nearest.
ITEM_TYPES = {
    "article": "preprint", "article-journal": "journalArticle", "article-magazine": "magazineArticle",
    "article-newspaper": "newspaperArticle", "bill": "bill", "book": "book", "broadcast": "tvBroadcast",
    "chapter": "bookSection", "classic": "book", "collection": "book", "dataset": "dataset", "document": "document",
    "entry": "encyclopediaArticle", "entry-dictionary": "dictionaryEntry",
    "entry-encyclopedia": "encyclopediaArticle", "event": "document", "figure": "artwork", "graphic": "artwork",
    "hearing": "hearing", "interview": "interview", "legal_case": "case", "legislation": "statute",
    "manuscript": "manuscript", "map": "map", "motion_picture": "film", "musical_score": "document",
    "pamphlet": "book", "paper-conference": "conferencePaper", "patent": "patent", "performance": "document",
    "periodical": "document", "personal_communication": "letter", "post": "forumPost", "post-weblog": "blogPost",
    "regulation": "statute", "report": "report", "review": "journalArticle", "review-book": "journalArticle",
    "software": "computerProgram", "song": "audioRecording", "speech": "presentation", "standard": "standard",
    "thesis": "thesis", "treaty": "document", "webpage": "webpage",
}  # fmt: skip


def tags(reference, institutions=()):
    """Return the tags of a Reference as pairs of name and content, without empty ones.

    ``institutions`` are lists of the affiliations of its authors, or of its editors if it has no author, in order.
    The caller adds the tags of the page, such as the address of the PDF.
    """
    venue, institution = VENUES.get(reference.type), INSTITUTIONS.get(reference.type)
    first, last = reference.first_and_last_page
    container, item_type = markup.plain(reference.container_title), ITEM_TYPES[reference.type]
    # Zotero takes a work for a journal article unless a tag says something else.
    has_type = (venue and (container or reference.event_title)) or (institution and reference.publisher)
    found = [
        ("citation_title", markup.plain(reference.title)),
        ("DC.type", "" if has_type or item_type == "journalArticle" else item_type),
    ]
    # Google Scholar ignores a page without authors. The second tag tells Zotero that these authors are the editors.
    is_edited = reference.type in EDITED and not reference.author
    names = reference.editor if is_edited else reference.author
    if len(names) != len(institutions):
        institutions = [[] for _ in names]
    for name, some in zip(names, institutions, strict=True):
        found += [("citation_author", inverted(name)), ("citation_author_orcid", name.orcid_url)]
        found += [("citation_author_institution", institution) for institution in some]
    found += [("eprints.editors_name" if is_edited else "citation_editor", inverted(name)) for name in reference.editor]
    found += [
        ("citation_publication_date", date(reference.issued)),
        (venue or "DC.source", container or (venue and reference.event_title)),
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
