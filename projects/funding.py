"""Which grants the funding of a publication names: "Tide Fund (G-7); NSF (2145678, 2145679)", or a sentence."""

import re
from collections import Counter
from dataclasses import dataclass, field

from django.db import transaction
from django.dispatch import receiver

from profiles.content.batches import batched
from projects.funders import known_funder, normalised
from projects.models import Grant
from publications.imports.signals import publications_imported
from publications.models import Publication
from publications.references.funders import ids_of_awards

CHUNK = 500
TELLING = 6  # letters and digits from which a number alone identifies a grant; a shorter one needs its funder
# It starts where a statement does: tried from each letter, a text without parentheses would take minutes.
STATEMENT = re.compile(r"(?<![^;()\n])([^;()\n]*)\(([^()]*)\)")
# What is before the name of the funder in a sentence, and before a number.
BEFORE_FUNDER = re.compile(r"^(?:.*\b(?:by|from)\s+)?(?:[\s,.]*\band\b)?[\s,.]*(?:the\s+)?", re.IGNORECASE)
YEARS = re.compile(r"(?:19|20)\d\d(?:\s*[-–/]\s*\d{2,4})?")
BEFORE_NUMBER = re.compile(
    r"^(?:(?:grant|award|agreement|project|contract|reference|number|nos?|id)s?\b[\s.:#]*)+", re.IGNORECASE
)


def key_of(number):
    """Return what all spellings of an award number share: "200021_123456" and "200021-123456" are the same."""
    return re.sub(r"[\W_]+", "", number.casefold())


@dataclass
class Award:
    """An award that publications name. ``funder_id`` is an address; ``grant`` is the one of the site, if any."""

    funder: str
    number: str
    funder_id: str = ""
    publications: list = field(default_factory=list)
    grant: Grant | None = None

    @property
    def key(self):
        return key_of(self.number)

    def __str__(self):
        return " ".join(filter(None, [self.funder, self.number]))


def awards_in(funding):
    """Yield (funder, number) for each award in the text of a publication's funding."""
    before = ""
    for funder, numbers in STATEMENT.findall(funding):
        name = BEFORE_FUNDER.sub("", funder).strip(" ,.:")
        before = name or before  # "Austrian Science Fund (FWF) (P 33574)"
        for number in re.split(r",|\band\b", numbers):
            text = BEFORE_NUMBER.sub("", number.strip()).strip()
            is_number = re.search(r"\d", text) and not YEARS.fullmatch(text)
            if is_number and len(text) <= Grant._meta.get_field("number").max_length:
                yield before[: Grant._meta.get_field("funder").max_length], text


def ids_of_funders(publication):
    """Return {key of an award number: address of its funder} of a publication, as its source gave them."""
    return {key_of(number): address for number, address in ids_of_awards(publication.extra).items()}


def names_grant(funding, grant, ids):
    """Return whether the text of a publication's funding names a grant: its number, and a short one with its funder.

    ``ids`` are those of ``ids_of_funders``.
    """
    if len(key_of(grant.number)) >= TELLING:
        return has_number(funding, grant.number)
    return any(
        has_number(number, grant.number) and is_funder_of(grant, funder, ids.get(key_of(number), ""))
        for funder, number in awards_in(funding)
    )


def has_number(text, number):
    """Return whether a text has an award number in any spelling, not as a part of a longer one."""
    runs = re.findall(r"[^\W_]+", number.casefold())
    pattern = r"[\W_]*".join(map(re.escape, runs))
    return bool(runs and re.search(rf"(?<![^\W_]){pattern}(?![^\W_])", text.casefold()))


def is_funder_of(grant, name, address):
    """Return whether a funder, with its name and its address or "", is the one of a grant."""
    if known := known_funder(name, address):
        return known == known_funder(grant.funder, grant.funder_id)
    return normalised(name) == normalised(grant.funder) != "" or address == grant.funder_id != ""


def publications_naming(grant):
    """Return the publications whose funding names a grant, and that are not linked to it."""
    longest = max(re.findall(r"[^\W_]+", grant.number), key=len, default="")
    if not longest:
        return []
    rows = Publication.objects.filter(funding__icontains=longest).exclude(grants=grant).order_by("pk")
    rows = rows.only("extra", "funding", "slug", "title")
    return [row for row in rows if names_grant(row.funding, grant, ids_of_funders(row))]


def link(grant):
    """Link a grant to the publications whose funding names it. Return how many are new."""
    found = publications_naming(grant)
    grant.publications.add(*found)
    return len(found)


def unlinked_awards():
    """Return the Awards that publications name and that are not linked yet, those with most publications first."""
    rows = Publication.objects.exclude(funding="").order_by("-sort_date", "-pk")
    grants = list(Grant.objects.exclude(number=""))
    linked = set(Grant.publications.through.objects.values_list("grant", "publication"))
    awards, funders, addresses = {}, {}, {}
    for row in rows.only("extra", "funding", "slug", "title", "sort_date"):
        ids = ids_of_funders(row)
        for funder, number in dict.fromkeys(awards_in(row.funding)):
            key = key_of(number)
            address = ids.get(key, "")
            if known := known_funder(funder, address):
                funder, address = known.name, known.url  # noqa: PLW2901
            grant = next((one for one in grants if names_grant(f"{funder} ({number})", one, ids)), None)
            if grant and (grant.pk, row.pk) in linked:
                continue
            award = awards.setdefault(key, Award("", number, grant=grant))
            funders.setdefault(key, Counter())[funder] += 1
            addresses[funder] = addresses.get(funder) or address
            if row not in award.publications:
                award.publications.append(row)
    for key, award in awards.items():
        award.funder = funders[key].most_common(1)[0][0]
        award.funder_id = addresses[award.funder]
    return sorted(awards.values(), key=lambda award: (-len(award.publications), award.funder, award.number))


@transaction.atomic
def create_grant(award):
    """Create a draft of a grant from an Award, linked to the publications that name it."""
    grant = Grant.objects.create(title=str(award), funder=award.funder, funder_id=award.funder_id, number=award.number)
    grant.publications.add(*award.publications)
    return grant


@receiver(publications_imported)
def link_imported(pks, **kwargs):
    """Link imported publications to the grants that their funding names. Never create a grant."""
    grants = list(Grant.objects.exclude(number=""))
    for some in batched(pks, CHUNK) if grants else ():
        for row in Publication.objects.filter(pk__in=some).exclude(funding="").only("extra", "funding"):
            ids = ids_of_funders(row)
            for grant in grants:
                if names_grant(row.funding, grant, ids):
                    grant.publications.add(row)
