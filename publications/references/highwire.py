"""Highwire Press tags, as Google Scholar's inclusion guidelines for webmasters and Zotero's translator read them."""

from publications.references import markup
from publications.references.reference import Date

# The tag of the venue tells the type. A paper in proceedings has the conference's, since Scholar asks for that.
VENUES = {
    "article-journal": "citation_journal_title",
    "article-magazine": "citation_journal_title",
    "article-newspaper": "citation_journal_title",
    "review": "citation_journal_title",
    "review-book": "citation_journal_title",
    "paper-conference": "citation_conference_title",
    "chapter": "citation_inbook_title",
    "entry-dictionary": "citation_inbook_title",
    "entry-encyclopedia": "citation_inbook_title",
}
INSTITUTIONS = {
    "thesis": "citation_dissertation_institution",
    "report": "citation_technical_report_institution",
}


def tags(reference):
    """[(name, content)] of one Reference, in order, those without content left out.

    What belongs to a page and not to the work (its address, the PDF beside it) is not among them.
    """
    venue, institution = VENUES.get(reference.type), INSTITUTIONS.get(reference.type)
    first, last = pages(reference.page)
    found = [("citation_title", markup.plain(reference.title))]
    for name in reference.author:
        found += [("citation_author", written(name)), ("citation_author_orcid", orcid_url(name))]
    found += [("citation_editor", written(name)) for name in reference.editor]
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


def written(name):
    """A Name as these tags want it: "Beethoven, Ludwig van", or the whole of a body's name."""
    if name.literal or not name.given:
        return str(name)
    given = " ".join(part for part in (name.given, name.dropping_particle) if part)
    family = " ".join(part for part in (name.non_dropping_particle, name.family) if part)
    return f"{family}, {given}" + (f", {name.suffix}" if name.suffix else "")


def orcid_url(name):
    return f"https://orcid.org/{name.orcid}" if name.orcid else ""


def date(issued: Date):
    """ "2025/12/3", "2025/12" or "2025", without leading zeros in month and day."""
    return "/".join(map(str, issued.parts[0])) if issued.parts else ""


def pages(text):
    """The first and the last page of "45-67", "45–67" or "e12"."""
    first, _, last = text.replace("–", "-").replace("--", "-").partition("-")
    return first.strip(), last.strip()
