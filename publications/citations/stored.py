"""The citations that are stored: they are formatted when a work is saved, and viewing a page only reads them."""

import json
import sys
from hashlib import blake2s
from math import ceil

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver
from tqdm import tqdm

from profiles.content.batches import batched
from profiles.content.publishing import EDITORS
from profiles.models import Person
from publications.citations import citeproc, styles
from publications.models import FormattedCitations, Notice, Publication
from publications.references import csl, notices

BATCH = 50  # publications formatted in one run
LIMIT_AFTER_SAVE = 100  # works formatted before the answer to a save; each takes about a fifth of a second


def citations_of(publication, reference, favourite=""):
    """Return the stored citations of a publication as [Citation], the style ``favourite`` first.

    ``reference`` is the record that the reader may see. Citations of another record, such as an earlier state of this
    publication or one that names hidden authors, are left out.
    """
    stored = FormattedCitations.objects.filter(publication=publication, digest=digest(reference)).first()
    found = [citeproc.Citation(**one) for one in stored.citations] if stored else []
    return sorted(found, key=lambda citation: citation.key != favourite)


def citations_in(style, publications, references):
    """Return {primary key: Citation} of publications in the style with that key, where they are stored.

    ``references`` maps primary keys to the records that the reader may see.
    """
    digests = {pk: digest(reference) for pk, reference in references.items()}
    return {
        stored.publication_id: citeproc.Citation(**citation)
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
    for pks in batched(publications.order_by().values_list("pk", flat=True), BATCH) if styles.available() else ():
        wanted = {}  # (pk, digest): Reference
        for publication in Publication.objects.filter(pk__in=pks).with_references(EDITORS):
            for reference in public_references(publication):
                wanted[publication.pk, digest(reference)] = reference
        stored = FormattedCitations.objects.filter(publication__in=pks)
        current = set(stored.filter(styles=styles_digest).values_list("publication", "digest")) & set(wanted)
        missing = [key for key in wanted if key not in current][:limit]
        limit -= len(missing)
        made = citeproc.cite([wanted[key] for key in missing])
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
    return _hash([citeproc.VERSION, *((style.key, style.path.stat().st_size) for style in styles.available().values())])


def _hash(value):
    return blake2s(json.dumps(value, sort_keys=True).encode(), digest_size=16).hexdigest()
