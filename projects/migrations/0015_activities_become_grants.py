"""Activities of the kind "grant" become grants.

A filled field without a place in a grant becomes a line of its text. Amounts were public, so they stay public. The
migration is not undone: an earlier version of the site needs the backup that the upgrade made. The revisions of the
activities stay as they are, at the history's address of their number.
"""

import json
import re
from collections import defaultdict
from decimal import Decimal

from django.db import migrations
from django.utils import timezone

from profiles.content.slugs import MAX_LENGTH, make_slug
from projects.funders import funder_named

SYMBOLS = {"€": "EUR", "£": "GBP"}  # "$" may be that of several countries
FACTORS = {"": 1, "k": 1000, "m": 1_000_000}
AMOUNT = re.compile(
    r"(?P<before>€|£|[A-Z]{3})?\s*(?P<number>\d{1,3}(?:[,'’]\d{3})+|\d+(?:\.\d{1,2})?)\s*(?P<factor>[kKM])?\s*"
    r"(?P<after>€|£|[A-Z]{3})?"
)
LARGEST = Decimal(10) ** 12


def move(apps, schema_editor):
    alias = schema_editor.connection.alias

    def objects(app, name):
        return apps.get_model(app, name).objects.using(alias)

    activities = objects("profiles", "Activity")
    rows = list(activities.filter(kind="grant").select_related("person").order_by("pk"))
    if not rows:
        return
    tags = defaultdict(list)
    for item in objects("profiles", "TaggedActivity").filter(content_object__in=[row.pk for row in rows]).order_by("pk"):
        tags[item.content_object_id].append(item.tag_id)
    people = {" ".join(person.name.casefold().split()): person for person in objects("profiles", "Person").order_by("-pk")}
    previews = objects("profiles", "PreviewLink").filter(model="profiles.activity")
    taken = set(objects("projects", "Grant").values_list("slug", flat=True))
    moved, today = {}, timezone.localdate().isoformat()
    for row in rows:
        title = row.title or ", ".join(filter(None, (row.city, row.country)))
        named, others = find_people(row.co_investigators, people, row.person)
        known, amount = funder_named(row.organisation), read_amount(row.amount)
        grant = objects("projects", "Grant").create(
            title=title, slug=free_slug(title, taken), funder=row.organisation, funder_id=known.url if known else "",
            status="ended" if is_over(row, today) else "held", other_people=others, start=row.start, end=row.end,
            **amount, url=row.url, description=text_of(row, amount), position=row.position, state=row.state,
            publish_at=row.publish_at, not_in_cvs=row.not_in_cvs,
        )  # fmt: skip
        roles = [(row.person, row.role), *((person, "Co-investigator") for person in named)]
        for position, (person, role) in enumerate(roles, 1):
            objects("projects", "Investigator").create(
                grant=grant, person=person, role=role[:100], position=position
            )
        for tag in tags[row.pk]:
            objects("projects", "TaggedGrant").create(tag_id=tag, content_object=grant)
        objects("projects", "Grant").filter(pk=grant.pk).update(updated_at=row.updated_at)
        previews.filter(object_id=row.pk).update(model="projects.grant", object_id=grant.pk)
        moved[row.pk] = grant.pk
    for part in objects("profiles", "CVPart").filter(kind="grant").exclude(chosen=[]):
        part.chosen = [moved[pk] for pk in part.chosen if pk in moved]
        part.save(update_fields=["chosen"])
    activities.filter(kind="grant").delete()


def free_slug(title, taken):
    stem = make_slug(title, MAX_LENGTH - len("-9999")) or "grant"
    slug, number = stem, 1
    while slug in taken:
        number += 1
        slug = f"{stem}-{number}"
    taken.add(slug)
    return slug


def is_over(row, today):
    last = row.end or ("" if row.is_ongoing else row.start)
    return bool(last and last < today[: len(last)])


def find_people(text, people, owner):
    """Return the people of the site among the names in a text, and the text of the others."""
    names = [name.strip() for name in re.split(r"[,;]|\band\b", text) if name.strip()]
    found = {name: people.get(" ".join(name.casefold().split())) for name in names}
    named = [person for person in dict.fromkeys(found.values()) if person and person.pk != owner.pk]
    return named, ", ".join(name for name in names if not found[name]) if named else text


def read_amount(text):
    """Return the fields of an amount such as "£250,000" or "€1.2M", {} if it is written in another way."""
    match = AMOUNT.fullmatch(text.strip())
    if not match or bool(match["before"]) == bool(match["after"]):
        return {}
    currency = match["before"] or match["after"]
    amount = Decimal(re.sub("[,'’]", "", match["number"])) * FACTORS[(match["factor"] or "").lower()]
    if amount >= LARGEST:
        return {}
    return {"amount": amount, "currency": SYMBOLS.get(currency, currency), "amount_is_public": True}


def escaped(text):
    """Return a plain text as Markdown."""
    return re.sub(r"([\\`*_\[\]<>$~|])", r"\\\1", " ".join(str(text).split()))


def text_of(row, amount):
    """Return the description, with a line for each filled field that has no place in a grant."""
    place = ", ".join(filter(None, dict.fromkeys((row.city, row.country)))) if row.title else ""
    point = "" if row.latitude is None else f"{row.latitude}, {row.longitude}"
    facts = {
        "Role": row.role if len(row.role) > 100 else "", "Thesis": row.thesis, "Amount": "" if amount else row.amount,
        "Place": place, "Point": point,
    }  # fmt: skip
    lines = [f"{label}: {escaped(value)}" for label, value in facts.items() if value]
    return "\n\n".join(text for text in (row.description, *lines) if text.strip())


def describe_other_kinds(apps, schema_editor):
    """Keep in the description what activities of other kinds have in fields that are removed."""
    activities = apps.get_model("profiles", "Activity").objects.using(schema_editor.connection.alias)
    for row in activities.exclude(amount="", co_investigators=""):
        facts = {"Amount": row.amount, "Co-investigators": row.co_investigators}
        lines = [f"{label}: {escaped(value)}" for label, value in facts.items() if value]
        description = "\n\n".join(text for text in (row.description, *lines) if text.strip())
        activities.filter(pk=row.pk).update(description=description)


def show_on_home_page(apps, schema_editor):
    """Put the block of grants on home pages whose timeline has shown them."""
    alias = schema_editor.connection.alias
    looks = apps.get_model("profiles", "Look").objects.using(alias)
    for look in looks.all():
        blocks, timeline = without_grants(look.blocks, look.timeline)
        looks.filter(pk=look.pk).update(blocks=blocks, timeline=timeline)
    versions = apps.get_model("reversion", "Version").objects.using(alias)
    of_looks = {"content_type__app_label": "profiles", "content_type__model": "look", "format": "json"}
    for version in versions.filter(**of_looks).iterator():
        [row] = json.loads(version.serialized_data)
        fields = row["fields"]
        if "timeline" in fields and "blocks" in fields:
            fields["blocks"], fields["timeline"] = without_grants(fields["blocks"], fields["timeline"])
            versions.filter(pk=version.pk).update(serialized_data=json.dumps([row]))


def without_grants(blocks, timeline):
    """Return the blocks and the timeline of a look without the kind."""
    blocks = list(blocks)
    if timeline.get("grant") and "timeline" in blocks and "grants" not in blocks:
        blocks.insert(blocks.index("timeline"), "grants")
    return blocks, {kind: number for kind, number in timeline.items() if kind != "grant"}


class Migration(migrations.Migration):
    dependencies = [
        ("projects", "0014_grants"),
        ("reversion", "0002_add_index_on_version_for_content_type_and_db"),
    ]
    run_before = [("profiles", "0042_grants")]  # which removes the kind, and the fields that only it used

    operations = [
        migrations.RunPython(move, migrations.RunPython.noop),
        migrations.RunPython(describe_other_kinds, migrations.RunPython.noop),
        migrations.RunPython(show_on_home_page, migrations.RunPython.noop),
    ]
