"""What may be wrong with the record: what readers and search engines would miss, and what is there twice."""

import re
from collections import defaultdict
from difflib import SequenceMatcher
from itertools import chain, combinations, islice

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.http import urlencode

from profiles.content.health import Finding, register
from profiles.findings import lost_pictures, place, without_alternative_text
from profiles.models import Person
from publications.matching import given_of, normalised, versionless
from publications.models import Authorship, Publication, Resource
from publications.references.names import parse_name

CHANGE = "publications.change_publication"
WITH_DOI = ("article-journal", "paper-conference", "chapter", "book")
EDGE = 12  # letters at the start or end of a title that two like ones share
ALIKE = 0.93  # of the letters of two titles
AT_ONCE = 100  # works whose files are looked up together
MOST_ALIKE = 60  # titles of one start ("A note on …") that are compared with each other
LARGEST_FOR_SCHOLAR = 5 * 2**20  # bytes of a PDF (Google Scholar's inclusion guidelines)
SCHOLARLY = ("article-journal", "paper-conference", "article", "chapter", "thesis", "report")


def published():
    """What is public or will be, the newest first.

    Which is which, ``is_public`` tells of each: asked for the moment too, SQLite finds all by it, and sorts them.
    """
    return Publication.objects.filter(state=Publication.State.PUBLISHED).newest_first()


def works(publications):
    """Those that are no version of another: by ``work_key``, since by an empty ``version_of`` it is the same again."""
    return publications.filter(work_key__isnull=False)


def told(publications, tell):
    """What ``tell`` finds of each publication that is public, and None of each that is not."""
    for publication in publications.only("title", "state", "publish_at").iterator(chunk_size=AT_ONCE):
        yield tell(publication) if publication.is_public else None


@register("owner-authorship", "Your works", permission=CHANGE, on_home=True)
def owner_among_authors():
    owner, first = Person.objects.owner(), works(published()).only("title").first()
    if owner and first and not owner.authorships.exists():
        yield Finding(
            "No publication has you among its authors: choose yourself there.", f"{place(first)}#authorships-group"
        )


@register("abstract", "Without an abstract", permission=CHANGE, on_home=True)
def abstracts():
    def tell(publication):
        return Finding(f"“{publication}” lacks an abstract.", place(publication, "abstract"))

    # Drafts, too: so the index of those without an abstract is used.
    yield from told(works(Publication.objects.filter(abstract="").newest_first()), tell)


@register("pdf", "Without a PDF", permission=CHANGE, on_home=True)
def pdfs():
    papers = Resource.objects.filter(kind=Resource.Kind.PDF)
    rows = works(published()).only("title", "state", "publish_at").iterator(chunk_size=AT_ONCE)
    while some := list(islice(rows, AT_ONCE)):
        keys = [publication.pk for publication in some]
        having = {*papers.filter(publication__in=keys).values_list("publication", flat=True)}
        having.update(papers.filter(publication__version_of__in=keys).values_list("publication__version_of", flat=True))
        for publication in some:
            if publication.pk not in having and publication.is_public:
                yield Finding(f"“{publication}” lacks a PDF.", place(publication, "files"))
        yield None


@register("doi", "Without a DOI", permission=CHANGE)
def dois():
    def tell(publication):
        return Finding(
            f"“{publication}” has no DOI.",
            place(publication, "doi"),
            "Look it up at Crossref",
            f"https://search.crossref.org/search/works?{urlencode({'q': publication.title})}",
        )

    lacking = published().filter(doi="", status=Publication.Status.PUBLISHED, type__in=WITH_DOI)
    yield from told(works(lacking), tell)


@register("scholar", "What Google Scholar would not take", permission=CHANGE)
def scholar():
    """By its inclusion guidelines: title, author and date, an abstract in sight, and the PDF beside its page."""
    authors = Authorship.objects.filter(publication=OuterRef("pk"), role=Authorship.Role.AUTHOR)
    found = published().filter(type__in=SCHOLARLY).annotate(has_authors=Exists(authors.order_by()))
    for publication in found.prefetch_related("resources").defer("extra").iterator(chunk_size=AT_ONCE):
        yield None
        if not publication.is_public:
            continue
        if not publication.has_authors:
            yield Finding(
                f"“{publication}” has no author, and Scholar takes nothing without one.",
                f"{place(publication)}#authorships-group",
            )
        if not publication.issued:
            yield Finding(
                f"“{publication}” has no date, and Scholar takes nothing without a year.", place(publication, "issued")
            )
        yield from _of_its_pdf(publication)


def _of_its_pdf(publication):
    papers = [resource for resource in publication.resources.all() if resource.kind == Resource.Kind.PDF]
    uploaded = [paper for paper in papers if paper.file]
    if papers and not uploaded and not publication.version_of_id:
        yield Finding(
            f"The PDF of “{publication}” lies elsewhere, and Scholar reads those beside their page alone. Upload it.",
            place(publication, "files"),
        )
    if not papers and not publication.abstract:
        yield Finding(
            f"“{publication}” has neither abstract nor PDF, and Scholar wants one of them in sight.",
            place(publication, "abstract"),
        )
    for paper in uploaded:
        storage = paper.file.storage
        if storage.exists(paper.file.name) and storage.size(paper.file.name) > LARGEST_FOR_SCHOLAR:
            yield Finding(
                f"The PDF of “{publication}” has more than 5 MB, and Scholar leaves such files out. Make it smaller.",
                f"{place(publication)}#resources-group",
            )


@register("files", "Files gone from the disk", permission=CHANGE)
def lost_files():
    yield from lost_pictures(Publication)
    uploaded = Resource.objects.exclude(file="").select_related("publication")
    for resource in uploaded.only("file", "publication", "publication__title").order_by("pk").iterator():
        yield None
        if not resource.file.storage.exists(resource.file.name):
            yield Finding(
                f"{resource.filename} of “{resource.publication}” is no longer on the disk. Upload it again.",
                f"{place(resource.publication)}#resources-group",
            )


@register("twice", "Perhaps twice on the site", permission=CHANGE)
def near_duplicates():
    """Publications of one title but for small differences, or of one arXiv number, that are not one work's versions."""
    by_arxiv, by_title, by_edge = defaultdict(list), defaultdict(list), defaultdict(list)
    rows = Publication.objects.order_by("pk").values_list("pk", "title", "arxiv_id", "version_of")
    for pk, title, arxiv_id, work in rows.iterator():
        yield None
        spelt, item = normalised(title), (pk, title, work or pk)
        by_title[spelt].append(item)
        if arxiv_id:
            by_arxiv[versionless(arxiv_id)].append(item)
        # A title with one mistake still starts or ends as the other one does.
        for edge in {spelt[:EDGE], spelt[-EDGE:]} if len(spelt) > EDGE else ():
            by_edge[edge].append((spelt, item))
    groups = chain(
        (("title", found) for found in by_title.values()),
        (("arXiv number", found) for found in by_arxiv.values()),
        (("title, nearly,", found) for found in _nearly_alike(by_edge.values())),
    )
    told = set()
    for what, found in groups:
        yield None
        numbers = frozenset(pk for pk, *_ in found)
        if len({work for *_, work in found}) < 2 or numbers in told:
            continue
        told.add(numbers)
        address = reverse("admin:publications_publication_changelist")
        yield Finding(
            f"{len(found)} publications have the {what} of “{found[0][1]}”. Delete one, or make it a version of "
            "the other.",
            f"{address}?id__in={','.join(map(str, sorted(numbers)))}",
        )


def _nearly_alike(groups):
    """Pairs of items whose titles differ by a few letters, and an empty list for each pair that was looked at."""
    for near in groups:
        if 1 < len(near) <= MOST_ALIKE:
            for (spelt, item), (others, other) in combinations(near, 2):
                yield [item, other] if spelt != others and _is_alike(spelt, others) else []


def _is_alike(one, other):
    """Whether two titles differ by a few letters, digits apart: "part 1" is not "part 2"."""
    if re.sub(r"\D", "", one) != re.sub(r"\D", "", other):
        return False
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    return matcher.real_quick_ratio() > ALIKE and matcher.quick_ratio() > ALIKE and matcher.ratio() > ALIKE


@register("people-twice", "Perhaps one person in two records", permission="profiles.change_person")
def near_duplicate_people():
    """People of one family name whose given names may be the same: "Yao Fu" and "Y. Fu"."""
    by_family = defaultdict(list)
    for person in Person.objects.only("name", "other_names", "orcid").order_by("pk").iterator():
        yield None
        for spelling in {person.name, *person.other_names.splitlines()}:
            name = parse_name(spelling)
            if name.family and name.given:
                by_family[normalised(name.family)].append((person, given_of(name)))
    told = set()
    for found in by_family.values():
        for number, (person, given) in enumerate(found):
            yield None
            for other, its_given in found[number + 1 :]:
                pair = frozenset((person.pk, other.pk))
                alike = given == its_given or (1 in (len(given), len(its_given)) and given[0] == its_given[0])
                if len(pair) == 1 or pair in told or not alike or (person.orcid and other.orcid):
                    continue
                told.add(pair)
                address = reverse("admin:profiles_person_changelist")
                yield Finding(
                    f"“{person}” and “{other}” may be one person. Choose both, and “Merge into one”.",
                    f"{address}?id__in={person.pk},{other.pk}",
                )


@register("alt-publications", "Images without alternative text in abstracts", permission=CHANGE)
def alternative_texts():
    yield from without_alternative_text(Publication, "abstract")


@register("retracted", "Retracted works on the home page", permission=CHANGE)
def retracted():
    def tell(publication):
        return Finding(f"“{publication}” is retracted, and still selected.", place(publication, "featured"))

    selected = Publication.objects.filter(Q(featured=True), status=Publication.Status.RETRACTED)
    yield from told(works(selected), tell)
