"""Imports that wait for review: pasted or uploaded by an editor, or found by an online service."""

import re
from dataclasses import dataclass
from hashlib import blake2s

from django.conf import settings
from django.db import transaction

from profiles.models import Person
from publications import sources
from publications.imports.identity import Work
from publications.imports.plans import RowKind
from publications.imports.steps import plan
from publications.models import Batch, Incoming
from publications.references import Loaded, Problem
from publications.references.formats import detect, detect_ending, loads

LOOKUP_LIMIT = 50


@dataclass(frozen=True)
class Service:
    """An online service that lists a person's works.

    ``link`` is a pattern of the person's link to the service; its group is the person's identifier there.
    """

    label: str
    link: str
    takes_orcid: bool = True

    def identifier(self, person):
        """Return the person's identifier at the service, or ""."""
        for url in person.links.values_list("url", flat=True):
            if self.link and (found := re.search(self.link, url)):
                return found[1]
        return person.orcid if self.takes_orcid else ""


SERVICES = {
    "orcid": Service("ORCID", ""),
    "openalex": Service("OpenAlex", r"openalex\.org/(?:works\?.*|authors/)?(A\d+)"),
    "dblp": Service("DBLP", r"dblp\.(?:org|uni-trier\.de)/pid/([\w/-]+?)(?:\.\w+)?/?$", takes_orcid=False),
    "crossref": Service("Crossref", ""),
}


def client():
    """Return a Client with the contact that services ask for: the owner's e-mail address, or the site's URL."""
    owner = Person.objects.owner()
    return sources.Client(contact=(owner and owner.email) or settings.SITE_URL)


def receive(data, name, user):
    """Store the references in a file (bytes and a name) or a pasted text for review. Return the Batch."""
    loaded, source = read(data, detect_ending(name))
    with transaction.atomic():
        batch = Batch.objects.create(source=source, label=(name or "Pasted text")[:200], created_by=user)
        batch.add(loaded)
    return batch


def read(data, ending=""):
    """Return (Loaded, source) of a file or text in a known format, or of a list of identifiers, one per line."""
    if ending or isinstance(data, bytes) or detect(data):
        loaded = loads(data, ending)
        return loaded, loaded.ending
    return look_up(data.split("\n"))


def look_up(lines):
    """Return (Loaded, "web") for lines that hold an identifier or the URL of a paper."""
    references, problems = [], []
    wanted = [(number, line.strip()) for number, line in enumerate(lines, 1) if line.strip()]
    with client() as network:
        for entry, (number, text) in enumerate(wanted, 1):
            try:
                if entry > LOOKUP_LIMIT:
                    raise sources.SourceError(f"Only {LOOKUP_LIMIT} entries are looked up at once. Try this one again.")
                references.append(sources.fetch(text, network))
            except sources.SourceError as error:
                problems.append(Problem(str(error), entry, number, text=text))
    return Loaded(references, problems, len(wanted)), "web"


def repair(broken, text):
    """Read the corrected text of an entry that had an error. Return whether a reference was read.

    Text that still has errors stays in the import.
    """
    loaded, _ = read(text.replace("\r\n", "\n"))
    lost = loaded.lost
    with transaction.atomic():
        Incoming.objects.bulk_create(
            Incoming(batch=broken.batch, number=broken.number, reference=reference) for reference in loaded.references
        )
        if loaded.references and not lost:
            broken.delete()
            return True
        broken.text = "\n\n".join(problem.text for problem in lost if problem.text) or text
        broken.message = lost[0].message if lost else "The text is empty. Enter the entry, or discard the import."
        broken.field, broken.line = (lost[0].field[:100], 0) if lost else ("", 0)
        broken.save()
    return bool(loaded.references)


def sync(person, name, network, *, progress=iter):
    """Fetch a person's works from a service and add new ones to its inbox. Return (Batch, number of suggestions).

    Raise SourceError. Ignored works stay ignored; imported ones return if the service has new details.
    """
    service = SERVICES[name]
    identifier = service.identifier(person)
    if not identifier:
        what = "ORCID iD" if service.takes_orcid else f"link to {service.label}"
        raise sources.SourceError(f"{person} has no {what}, which {service.label} needs. Add it to the person.")
    references = list(progress(sources.SYNC[name].works(identifier, network)))
    with transaction.atomic():
        batch, _ = Batch.objects.get_or_create(source=name, label=f"{service.label}: {person}", is_inbox=True)
        return batch, _suggest(batch, references)


def _suggest(batch, references):
    """Store the references that are new to the batch or have changed. Return the number that await review."""
    known = {incoming.fingerprint: incoming for incoming in batch.rows.all()}
    new, again, keys = {}, {}, set()
    for row in plan(references, batch.source).rows:
        key = fingerprint(row.reference)
        if key in keys and row.kind != RowKind.DUPLICATE:
            key = fingerprint(row.reference, is_shared=True)
        keys.add(key)
        before = known.get(key)
        is_news = row.kind not in (RowKind.UNCHANGED, RowKind.DUPLICATE)
        if before is None and is_news:
            new.setdefault(key, Incoming(batch=batch, number=row.number, reference=row.reference, fingerprint=key))
        elif before and before.state != Incoming.State.IGNORED and key not in again:
            before.reference = row.reference
            before.state = Incoming.State.WAITING if is_news else Incoming.State.IMPORTED
            again[key] = before
    Incoming.objects.bulk_create(new.values(), batch_size=500)
    Incoming.objects.bulk_update(again.values(), ["reference", "state"], batch_size=200)
    return len(new) + sum(before.state == Incoming.State.WAITING for before in again.values())


def fingerprint(reference, *, is_shared=False):
    """Return a hash that identifies a work in repeated searches. ``is_shared``: another work has the usual one."""
    work = Work.from_reference(reference)
    found = work.doi or work.arxiv_id or (work.title, work.year)
    place = [part for part in (work.volume, work.issue, work.report_number, *sorted(work.pages)) if part]
    if is_shared or (place and work.is_usual and isinstance(found, tuple)):
        found = (found, work.title, *place)
    return blake2s(repr(found).encode(), digest_size=16).hexdigest()
