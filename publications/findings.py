"""Content checks of publications: what readers and search engines would miss, and duplicates."""

import re
from calendar import monthrange
from collections import defaultdict
from datetime import date
from difflib import SequenceMatcher
from itertools import chain, combinations

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.http import urlencode

from profiles.content.dates import end_of, zone_named
from profiles.content.health import Finding, Severity, register
from profiles.findings import drafts_with_dates, edit_url, missing_alt_text, missing_pictures
from profiles.models import Person, SiteSettings
from publications.imports import linking
from publications.imports.comparable import normalised, versionless
from publications.imports.matching import given_of, stored_works
from publications.models import Authorship, Publication, Resource, SavedList
from publications.references.values.names import parse_name

CHANGE = "publications.change_publication"
WITH_DOI = ("article-journal", "paper-conference", "chapter", "book")
DEPOSITED = ("article-journal", "paper-conference")
EDGE = 12  # letters at the start or end of a title by which candidates for duplicates are found
SIMILARITY = 0.93  # ratio from which two titles count as similar
CHUNK = 100
SAME_TITLE = "the same title"
GROUP_LIMIT = 60  # larger groups of titles with the same start ("A note on …") are not compared
SCHOLAR_PDF_LIMIT = 5 * 2**20  # bytes of a PDF (Google Scholar's inclusion guidelines)
SCHOLARLY = ("article-journal", "paper-conference", "article", "chapter", "thesis", "report")


def public_works():
    """Return the publications that visitors see, without other versions of the same work, newest first."""
    return Publication.objects.published().filter(version_of=None).newest_first()


@register("owner-authorship", "Your works", permission=CHANGE, on_dashboard=True)
def owner_among_authors():
    owner, first = Person.objects.owner(), public_works().only("title").first()
    if not owner or not first or owner.authorships.exists():
        return
    if not any(linking.questions_of_works(owner)):  # otherwise the next check reports them
        yield Finding(
            "You are not an author of any publication. Choose yourself as an author.",
            f"{edit_url(first)}#authorships-group",
        )


@register("drafts-publications", "Drafts of publications with a date", permission="publications.publish_publication")
def dated_drafts():
    yield from drafts_with_dates(Publication)


@register("own-names", "Names that may be yours", permission=CHANGE, on_dashboard=True)
def own_names():
    owner = Person.objects.owner()
    for question in linking.questions_of_works(owner) if owner else ():
        yield question and Finding(
            f"“{question.printed}”, in {question.counted_works}: is this you? Until you answer, your CV lacks them.",
            f"{reverse('admin:publications_publication_names')}?person={owner.pk}",
        )


@register("names", "Names that may be people of the site", permission=CHANGE)
def names_of_people():
    for question in linking.questions_of_works():
        if not question or question.is_owner:
            yield None
            continue
        yield Finding(
            f"“{question.printed}”, in {question.counted_works}, may be {question.name}.",
            f"{reverse('admin:publications_publication_names')}?person={question.person}",
        )


@register("abstract", "Publications without an abstract", permission=CHANGE, on_dashboard=True)
def abstracts():
    for publication in public_works().filter(abstract="").only("title").iterator():
        yield Finding(f"“{publication}” has no abstract.", edit_url(publication, "abstract"))


@register("pdf", "Publications without a PDF", permission=CHANGE, on_dashboard=True)
def pdfs():
    papers = Resource.objects.filter(kind=Resource.Kind.PDF)
    missing = public_works().filter(
        ~Exists(papers.filter(publication=OuterRef("pk"))),
        ~Exists(papers.filter(publication__version_of=OuterRef("pk"))),
    )
    for publication in missing.only("title").iterator():
        yield Finding(f"“{publication}” has no PDF.", edit_url(publication, "files"))


@register("deposit", "Files to deposit", permission=CHANGE, on_dashboard=True)
def deposits():
    """Find articles and papers without an uploaded file, from acceptance until a year after the deposit was due.

    The months of the settings begin at the end of the day, month or year in which the work appeared. A file under an
    embargo is deposited.
    """
    months = SiteSettings.objects.values_list("deposit_months", flat=True).first()
    files = Resource.objects.filter(publication=OuterRef("pk"), kind=Resource.Kind.PDF).exclude(file="")
    in_time = Q(status=Publication.Status.ACCEPTED) | Q(status=Publication.Status.PUBLISHED, issued__gt="")
    works = public_works().filter(~Exists(files), in_time, type__in=DEPOSITED)
    for publication in works.only("title", "status", "issued").iterator() if months else ():
        url = edit_url(publication, "files")
        if publication.status == Publication.Status.ACCEPTED:
            yield Finding(f"“{publication}” is accepted. Deposit its accepted manuscript.", url)
            continue
        due = months_after(end_of(publication.issued, zone_named("")).date(), months)
        if due >= timezone.localdate():
            yield Finding(f"“{publication}” has no file. Deposit one by {date_format(due, 'j F Y')}.", url)
        elif months_after(due, 12) >= timezone.localdate():
            yield Finding(f"“{publication}” has no file. One was due on {date_format(due, 'j F Y')}.", url)
        else:
            yield None


def months_after(day, months):
    """Return the day some months after another one; the last day of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


@register("lists", "Lists whose filters have lost a tag or person", permission=CHANGE, severity=Severity.ERROR)
def lists_without_filters():
    for saved_list in SavedList.objects.exclude(missing={}):
        name, deleted = next(iter(saved_list.missing.items()))
        message = f"“{saved_list}” has lost a filter, because “{deleted[0]}” was deleted. Choose another one."
        yield Finding(message, edit_url(saved_list, name))


@register("doi", "Publications without a DOI", permission=CHANGE, severity=Severity.HINT)
def dois():
    missing = public_works().filter(doi="", status=Publication.Status.PUBLISHED, type__in=WITH_DOI)
    for publication in missing.only("title").iterator():
        yield Finding(
            f"“{publication}” has no DOI.",
            edit_url(publication, "doi"),
            "Look it up at Crossref",
            f"https://search.crossref.org/search/works?{urlencode({'q': publication.title})}",
        )


@register("scholar", "Publications that Google Scholar would not index", permission=CHANGE)
def scholar():
    """Google Scholar's inclusion guidelines: title, author, date, a visible abstract, a PDF next to its page."""
    authors = Authorship.objects.filter(publication=OuterRef("pk"), role=Authorship.Role.AUTHOR)
    publications = Publication.objects.published().filter(type__in=SCHOLARLY).annotate(has_authors=Exists(authors))
    for publication in publications.newest_first().prefetch_related("resources").iterator(chunk_size=CHUNK):
        yield None
        papers = [resource for resource in publication.resources.all() if resource.kind == Resource.Kind.PDF]
        uploaded = [paper.file for paper in papers if paper.file]
        name, url = f"“{publication}”", edit_url(publication)
        if not publication.has_authors:
            yield Finding(f"{name} has no author, which Google Scholar requires.", f"{url}#authorships-group")
        if not publication.issued and not publication.is_forthcoming:
            yield Finding(f"{name} has no date, which Google Scholar requires.", f"{url}#id_issued")
        if papers and not uploaded and not publication.version_of_id:
            message = f"The PDF of {name} is on another site, where Google Scholar does not look. Upload it."
            yield Finding(message, f"{url}#id_files")
        if not papers and not publication.abstract:
            message = f"{name} has neither an abstract nor a PDF. Google Scholar requires one of them."
            yield Finding(message, f"{url}#id_abstract")
        if any(file.storage.exists(file.name) and file.size > SCHOLAR_PDF_LIMIT for file in uploaded):
            message = f"The PDF of {name} is larger than the 5 MB that Google Scholar accepts. Compress it."
            yield Finding(message, f"{url}#resources-group")


@register("files", "Missing files", permission=CHANGE, severity=Severity.ERROR)
def missing_files():
    yield from missing_pictures(Publication)
    uploaded = Resource.objects.exclude(file="").select_related("publication")
    for resource in uploaded.only("file", "publication", "publication__title").order_by("pk").iterator():
        yield None
        if not resource.file.storage.exists(resource.file.name):
            yield Finding(
                f"{resource.filename} of “{resource.publication}” is missing. Upload it again.",
                f"{edit_url(resource.publication)}#resources-group",
            )


@register("twice", "Possible duplicates", permission=CHANGE)
def near_duplicates():
    """Find publications with the same or a similar title, or the same arXiv identifier, but not of one work."""
    same, by_edge = defaultdict(list), defaultdict(list)
    rows = Publication.objects.order_by("pk").values_list("pk", "title", "arxiv_id", "version_of")
    for pk, title, arxiv_id, work in rows.iterator():
        yield None
        normal, item = normalised(title), (pk, title, work or pk)
        same[SAME_TITLE, normal].append(item)
        if arxiv_id:
            same["the same arXiv identifier", versionless(arxiv_id)].append(item)
        # Two titles that differ by a typo still start or end alike.
        for edge in {normal[:EDGE], normal[-EDGE:]} if len(normal) > EDGE else ():
            by_edge[edge].append((normal, item))
    shared = [pk for (what, _), found in same.items() if what == SAME_TITLE and len(found) > 1 for pk, *_ in found]
    works = {work.pk: work for work in stored_works(shared)}
    similar = (("similar titles", pair) for pair in _similar_pairs(by_edge.values()))
    reported = set()
    for what, found in chain(((what, found) for (what, _), found in same.items()), similar):
        yield None
        if what == SAME_TITLE and len(found) > 1:
            found = [item for item in found if _has_relation(item[0], found, works)]  # noqa: PLW2901
        pks = frozenset(pk for pk, *_ in found)
        if len({work for *_, work in found}) < 2 or pks in reported:
            continue
        reported.add(pks)
        yield Finding(
            f"{len(found)} publications have {what}: “{found[0][1]}”. Delete one, or make it a version of the other.",
            f"{reverse('admin:publications_publication_changelist')}?id__in={','.join(map(str, sorted(pks)))}",
        )


def _has_relation(pk, found, works):
    """Return whether another work with the same title may be the same: two editorials of other issues are not."""
    return not works[pk].is_usual or any(other != pk and works[pk].relation_to(works[other]) for other, *_ in found)


def _similar_pairs(groups):
    """Yield pairs of items whose titles differ by a few letters, and an empty list for each other pair."""
    for group in groups:
        if len(group) <= GROUP_LIMIT:
            for (title, item), (other_title, other) in combinations(group, 2):
                yield [item, other] if title != other_title and _is_similar(title, other_title) else []


def _is_similar(one, other):
    """Return whether two titles differ by a few letters only. Digits must be equal: "part 1" is not "part 2"."""
    if re.sub(r"\D", "", one) != re.sub(r"\D", "", other):
        return False
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    return (
        matcher.real_quick_ratio() > SIMILARITY and matcher.quick_ratio() > SIMILARITY and matcher.ratio() > SIMILARITY
    )


@register("people-twice", "Possible duplicate people", permission="profiles.change_person")
def near_duplicate_people():
    """Find people with the same family name whose given names may be the same: "Yao Fu" and "Y. Fu"."""
    by_family = defaultdict(list)
    for person in Person.objects.only("name", "other_names", "orcid").order_by("pk").iterator():
        yield None
        for spelling in {person.name, *person.other_names.splitlines()}:
            name = parse_name(spelling)
            if name.family and name.given:
                by_family[normalised(name.family)].append((person, given_of(name)))
    reported = set()
    for (person, given), (other, its_given) in chain.from_iterable(combinations(c, 2) for c in by_family.values()):
        yield None
        pair = frozenset((person.pk, other.pk))
        is_similar = given == its_given or (1 in (len(given), len(its_given)) and given[0] == its_given[0])
        if len(pair) == 1 or pair in reported or not is_similar or (person.orcid and other.orcid):
            continue
        reported.add(pair)
        yield Finding(
            f"“{person}” and “{other}” may be the same person. Select both, then “Merge”.",
            f"{reverse('admin:profiles_person_changelist')}?id__in={person.pk},{other.pk}",
        )


@register("alt-publications", "Images without alternative text in abstracts and lists", permission=CHANGE)
def alternative_texts():
    yield from missing_alt_text(Publication, "abstract")
    yield from missing_alt_text(SavedList, "description")


@register("retracted", "Retracted publications on the home page", permission=CHANGE, severity=Severity.ERROR)
def retracted():
    featured = public_works().filter(featured=True, status=Publication.Status.RETRACTED)
    for publication in featured.only("title").iterator():
        yield Finding(f"“{publication}” is retracted, but still featured.", edit_url(publication, "featured"))
