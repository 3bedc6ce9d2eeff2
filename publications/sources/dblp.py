"""Works by person, from DBLP's XML of the person's page."""

import re
from dataclasses import replace
from html import unescape

from publications.references.csl import date_from_csl
from publications.references.reference import Reference
from publications.references.values.names import parse_name
from publications.sources.xml import parsed, text_of

API = "https://dblp.org/pid/"
TYPES = {
    "article": "article-journal", "inproceedings": "paper-conference", "incollection": "chapter", "book": "book",
    "phdthesis": "thesis", "mastersthesis": "thesis", "proceedings": "book", "data": "dataset",
}  # fmt: skip


def works(pid, client):
    """Yield the References of a person's works, by DBLP's PID ("65/9612"); raise SourceError."""
    unknown = f"DBLP has no person with the PID {pid}. Check the link to DBLP."
    answer = client.get(f"{API}{pid}.xml", accept="application/xml", not_found=unknown)
    for record in parsed(answer).findall("r"):
        for work in record:
            if work.tag in TYPES:
                yield _reference(work)


def _reference(work):
    journal, volume = text_of(work, "journal"), text_of(work, "volume")
    preprint = journal == "CoRR" and re.fullmatch(r"abs/(\S+)", volume)
    addresses = [text_of(found) for found in work.findall("ee")]
    doi = next(filter(None, (re.search(r"doi\.org/(10\..+)", address) for address in addresses)), None)
    return Reference(
        type="article" if preprint or (work.get("publtype") == "informal" and not volume) else TYPES[work.tag],
        title=unescape(text_of(work, "title")).rstrip("."),
        author=tuple(_name(author) for author in work.findall("author")),
        editor=tuple(_name(editor) for editor in work.findall("editor")),
        issued=date_from_csl({"raw": text_of(work, "year")}),
        container_title="" if preprint else journal or text_of(work, "booktitle"),
        volume="" if preprint else volume,
        issue=text_of(work, "number"),
        page=text_of(work, "pages"),
        publisher=text_of(work, "publisher") or text_of(work, "school"),
        isbn=text_of(work, "isbn"),
        doi=doi[1] if doi else "",
        arxiv_id=preprint[1] if preprint else "",
        url=next((address for address in addresses if "doi.org/" not in address), ""),
    )


def _name(element):
    # People with the same name are numbered: "Wei Wang 0001".
    name = parse_name(re.sub(r"\s\d{4}$", "", text_of(element)))
    return replace(name, orcid=element.get("orcid", ""))
