"""What follows when a person is renamed: citation keys that nobody has edited, and what has the placeholder's name."""

import re

from django.db.models import Q
from django.dispatch import receiver
from django.utils import timezone

from profiles.history import revisions
from profiles.models import PLACEHOLDER_NAME, Person
from profiles.search import indexing
from profiles.signals import person_renamed
from publications.models import Authorship, Origin, Publication


@receiver(person_renamed, sender=Person)
def follow_name(person, before, **kwargs):
    """Change the works of a renamed person, and record the change in their history.

    A citation key follows as long as it is the one that the site made from the name before. A key that an editor has
    typed, or that an imported file has, never changes. Names that are printed on works stay, except the placeholder's.
    """
    placeholders = Authorship.objects.none()
    if before.is_placeholder:
        placeholders = Authorship.objects.filter(Q(person=person) | Q(person=None), name=PLACEHOLDER_NAME)
    keys = new_citation_keys(person, before)
    changed = Publication.objects.filter(Q(pk__in=keys) | Q(pk__in=placeholders.values_list("publication", flat=True)))
    works = {work.pk: work for work in changed}
    revisions.record_unsaved_changes(works.values())
    placeholders.update(person=person, name="", parts={})
    for pk, work in works.items():
        work.citation_key, work.updated_at = keys.get(pk, work.citation_key), timezone.now()
    Publication.objects.bulk_update(works.values(), ["citation_key", "updated_at"])
    indexing.schedule(Publication, list(works))
    revisions.record(works.values(), comment=f"“{before}” was renamed “{person}”")


def new_citation_keys(person, before):
    """Return {primary key of a work: its new citation key} for the keys made from a person's name before."""
    firsts = Authorship.objects.filter(person=person, role=Authorship.Role.AUTHOR, position=1)
    firsts = firsts.exclude(publication__citation_key="").select_related("publication")
    imported = {
        (origin.publication_id, origin.reference.citation_key)
        for origin in Origin.objects.filter(publication__in=firsts.values("publication"))
    }
    taken, keys = set(Publication.objects.values_list("citation_key", flat=True)), {}
    for first in firsts.order_by("publication"):
        work = first.publication
        stems = []
        for named in (before, person):
            first.person = named
            stems.append(work.citation_key_stem(first.family))
        is_made = re.fullmatch(rf"{re.escape(stems[0])}(?:[a-z]|-[0-9]+)?", work.citation_key)
        if is_made and stems[0] != stems[1] and (work.pk, work.citation_key) not in imported:
            keys[work.pk] = work.first_free_key(stems[1], taken)
            taken.add(keys[work.pk])
    return keys
