"""Talks, teaching, supervision and news become records of their own.

- Talks of one person with the same title become one Talk, with an Occasion for each.
- Teaching of one person with the same title and institution becomes one Course, with a Term for each.
- Supervision becomes a Membership of the student, who is found by name among the people, or added without a page.
- News becomes a Post.

Only what has the same visibility is joined. A filled field without a place in the new record becomes a line of its text.
The migration is not undone: an earlier version of the site needs the backup that the upgrade made. The revisions of the
activities stay as they are, at the history's address of their number.
"""

import json
import re
from collections import defaultdict

from django.db import migrations
from django.utils import timezone

from profiles.content.names import NameParts, split_name
from profiles.content.slugs import MAX_LENGTH, make_slug

KINDS = ("talk", "teaching", "supervision", "news")
LABELS = {
    "role": "Role", "organisation": "Organisation", "event": "Event", "level": "Level", "term": "Term",
    "thesis": "Thesis", "amount": "Amount", "co_investigators": "Co-investigators", "place": "Place", "point": "Point",
    "end": "End", "is_ongoing": "Ongoing", "tag_names": "Tags",
}  # fmt: skip
OCCASION_KINDS = {"keynote": "keynote", "invited": "invited", "contributed": "contributed"}
# Roles of members by the words of a degree, and the texts that say no more than the role.
DEGREES = [
    ("postdoc", r"post-?\s?doc", {"postdoc", "postdoctoral researcher"}),
    ("phd-student", r"\bph\.?\s?d\b|\bd\.?\s?phil\b|doctor", {"phd", "phd student", "doctorate"}),
    ("masters-student", r"\bm\.?\s?(?:sc|eng|phil|res|a)\b|master", {"msc", "msc student", "master", "masters"}),
    ("undergraduate", r"\bb\.?\s?(?:sc|eng|a)\b|bachelor|undergraduate", {"bsc", "bsc student", "bachelor"}),
    ("visitor", r"visit", {"visitor"}),
]
SUMMARY_LENGTH = 300


def move(apps, schema_editor):
    mover = Mover(apps, schema_editor.connection.alias)
    if mover.rows:
        mover.move_talks()
        mover.move_teaching()
        mover.move_supervision()
        mover.move_news()
        mover.move_preview_links()
        mover.activities.filter(kind__in=KINDS).delete()


class Mover:
    def __init__(self, apps, alias):
        self.apps, self.alias = apps, alias
        self.now = timezone.now()
        self.activities = self.objects("Activity")
        self.rows = list(self.activities.filter(kind__in=KINDS).select_related("person").order_by("pk"))
        self.previewed = set(
            self.objects("PreviewLink").filter(model="profiles.activity").values_list("object_id", flat=True)
        )
        self.moved = {}  # {key of an activity: (name of the model, key of the new object)}
        tags = defaultdict(list)
        for row in self.objects("TaggedActivity").select_related("tag").order_by("pk"):
            tags[row.content_object_id].append(row.tag)
        for row in self.rows:
            row.tag_rows = tags[row.pk]
            row.tag_names = ", ".join(tag.name for tag in row.tag_rows)
            row.place = ", ".join(filter(None, dict.fromkeys((row.city, row.country))))
            row.place_as_title = "" if row.title else row.place
            row.point = "" if row.latitude is None else f"{row.latitude}, {row.longitude}"

    def objects(self, name):
        return self.apps.get_model("profiles", name).objects.using(self.alias)

    def of_kind(self, kind):
        return [row for row in self.rows if row.kind == kind]

    def groups(self, kind, *names):
        """Return the activities of a kind in lists: those of one person with equal fields and the same visibility."""
        found = defaultdict(list)
        for row in self.of_kind(kind):
            is_public = row.state == "published" and row.publish_at <= self.now
            visibility = None if is_public else (row.state, row.publish_at)
            # A preview link shows one object, so a draft that has one stays alone.
            alone = row.pk if row.pk in self.previewed and not is_public else None
            found[row.person_id, *(" ".join(getattr(row, name).casefold().split()) for name in names), visibility,
                  alone].append(row)  # fmt: skip
        return list(found.values())

    def create(self, name, rows, **fields):
        """Create the object that activities become, with their visibility and the time of their last change."""
        dates = [row.publish_at for row in rows if row.publish_at]
        new = self.objects(name).create(state=rows[0].state, publish_at=min(dates, default=None), **fields)
        self.objects(name).filter(pk=new.pk).update(updated_at=max(row.updated_at for row in rows))
        self.moved |= {row.pk: (name.lower(), new.pk) for row in rows}
        return new

    def tag(self, name, new, rows):
        tags = dict.fromkeys(tag.pk for row in rows for tag in row.tag_rows)
        model = self.apps.get_model("profiles", name)
        self.objects(name).bulk_create(model(tag_id=pk, content_object=new) for pk in tags)

    def free_slugs(self, name, *reserved):
        """Return a function that makes a slug which no object of a model has or had."""
        former = self.objects("FormerSlug").filter(model=f"profiles.{name.lower()}")
        taken = {*reserved, *self.objects(name).values_list("slug", flat=True), *former.values_list("slug", flat=True)}

        def free_slug(title):
            stem = make_slug(title, MAX_LENGTH - len("-9999")) or name.lower()
            stem = f"{name.lower()}-{stem}" if stem.isdigit() else stem  # /news/2025/ is the archive of a year
            slug, number = stem, 1
            while slug in taken:
                number += 1
                slug = f"{stem}-{number}"
            taken.add(slug)
            return slug

        return free_slug

    def move_talks(self):
        free_slug, occasions = self.free_slugs("Talk", "feed"), self.objects("Occasion")
        for rows in self.groups("talk", "title", "place_as_title"):
            title = rows[0].title or rows[0].place
            text = joined_texts(rows, "level", "term", "thesis", "amount", "co_investigators", "is_ongoing")
            talk = self.create("Talk", rows, title=title, slug=free_slug(title), abstract=text)
            talk.speakers.add(rows[0].person)
            self.tag("TaggedTalk", talk, rows)
            for row in rows:
                fields = {name: getattr(row, name) for name in SAME_OF_OCCASION}
                uid = f"activity-{row.pk}"  # calendars know the event by it
                occasions.create(talk=talk, uid=uid, **fields, **occasion_kind(row.role))

    def move_teaching(self):
        free_slug, terms = self.free_slugs("Course", "feed"), self.objects("Term")
        for rows in self.groups("teaching", "title", "organisation", "place_as_title"):
            title = rows[0].title or rows[0].place
            levels = list(dict.fromkeys(row.level for row in rows if row.level))
            text = joined_texts(
                rows, *(["level"] if len(levels) > 1 else []), "event", "thesis", "amount", "co_investigators",
                "place", "point", "is_ongoing",
            )  # fmt: skip
            course = self.create(
                "Course", rows, title=title, slug=free_slug(title), organisation=rows[0].organisation,
                level=levels[0] if len(levels) == 1 else "", description=text,
                position=min(row.position for row in rows),
            )  # fmt: skip
            course.instructors.add(rows[0].person)
            self.tag("TaggedCourse", course, rows)
            for row in rows:
                if any((row.term, row.start, row.end, row.role, row.url)):
                    terms.create(
                        course=course, name=row.term, start=row.start, end=row.end, role=row.role, url=row.url
                    )

    def move_supervision(self):
        students = Students(self)
        for row in self.of_kind("supervision"):
            student, is_new = students.named(row.title or row.place)
            role, title = member_role(row.role)
            lines = ["event", "level", "term", "amount", "co_investigators", *(["place"] if row.title else []), "point"]
            if is_new:
                self.tag("TaggedPerson", student, [row])
            else:
                lines.append("tag_names")  # the interests of a person are theirs to choose
            text = text_of(row, *lines)
            if len(row.title) > students.longest:
                text = joined(row.title, text)
            member = self.create(
                "Membership", [row], person=student, role=role, title=title, description=text,
                **{name: getattr(row, name) for name in SAME_OF_MEMBERSHIP},
            )  # fmt: skip
            member.supervisors.add(row.person)

    def move_news(self):
        free_slug = self.free_slugs("Post", "feed")
        for row in self.of_kind("news"):
            title = row.title or row.place
            when = row.start or row.end or timezone.localtime(row.publish_at or row.updated_at).date().isoformat()
            place = ["place"] if row.title else []
            text = text_of(
                row, "role", "organisation", "event", "level", "term", "thesis", "amount", "co_investigators", *place,
                "point", *(["end"] if row.start else []), "is_ongoing",
            )  # fmt: skip
            is_short = len(text) <= SUMMARY_LENGTH and "\n" not in text
            post = self.create(
                "Post", [row], title=title, slug=free_slug(title), date=when, url=row.url,
                **{"summary" if is_short else "body": text},
            )  # fmt: skip
            if not row.person.is_owner:
                post.people.add(row.person)
            self.tag("TaggedPost", post, [row])

    def move_preview_links(self):
        for link in self.objects("PreviewLink").filter(model="profiles.activity", object_id__in=self.previewed):
            if link.object_id in self.moved:
                name, pk = self.moved[link.object_id]
                link.model, link.object_id = f"profiles.{name}", pk
                link.save(update_fields=["model", "object_id"])


SAME_OF_OCCASION = (
    "event", "organisation", "start", "end", "url", "city", "country", "latitude", "longitude",
)  # fmt: skip
SAME_OF_MEMBERSHIP = ("organisation", "start", "end", "is_ongoing", "thesis", "url", "position")


class Students:
    """The people who are found by the names of students, and those who are added."""

    def __init__(self, mover):
        self.mover, self.free_slug = mover, mover.free_slugs("Person")
        model = mover.apps.get_model("profiles", "Person")
        self.lengths = {part: model._meta.get_field(part).max_length for part in NameParts._fields}
        self.longest = model._meta.get_field("name").max_length
        self.by_name, self.by_spelling = {}, defaultdict(list)
        for person in mover.objects("Person").order_by("-pk"):
            self.by_name[key_of(person.name)] = person
            others = set(map(key_of, person.names_of_others.splitlines()))
            for spelling in set(map(key_of, person.other_names.splitlines())) - others:
                self.by_spelling[spelling].append(person)

    def named(self, name):
        """Return the person with this name, and whether they were added: one spelling may be that of two people."""
        key = key_of(name)
        if found := self.by_name.get(key):
            return found, False
        if len(self.by_spelling[key]) == 1:
            return self.by_spelling[key][0], False
        name = name[: self.longest]
        parts = {part: text[: self.lengths[part]] for part, text in split_name(name)._asdict().items()}
        person = self.mover.objects("Person").create(name=name, slug=self.free_slug(name), **parts)
        self.by_name[key] = person
        return person, True


def key_of(name):
    return " ".join(name.casefold().split())


def occasion_kind(role):
    """Return the kind and label of an occasion: the kind alone if the role says no more."""
    words = role.casefold().split()
    kind = next((kind for word, kind in OCCASION_KINDS.items() if word in words), "")
    says_more = words not in ([kind], [kind, "talk"])
    return {"kind": kind, "label": role if says_more else ""}


def member_role(degree):
    """Return the role and title of a student: no title if the degree says no more than the role."""
    text = degree.casefold().strip()
    for role, pattern, plain in DEGREES:
        if re.search(pattern, text):
            return role, "" if re.sub(r"[.’']", "", text) in plain else degree
    return "other", degree


def escaped(text):
    """Return a plain text as Markdown."""
    return re.sub(r"([\\`*_\[\]<>$~|])", r"\\\1", " ".join(str(text).split()))


def text_of(row, *names):
    """Return the description with a line such as "Level: MSc" for each of these fields that is filled."""
    facts = [(LABELS[name], getattr(row, name)) for name in names if getattr(row, name)]
    return joined(
        row.description, *(f"{label}: {'yes' if value is True else escaped(value)}" for label, value in facts)
    )


def joined(*texts):
    return "\n\n".join(text for text in texts if text.strip())


def joined_texts(rows, *names):
    """Return the texts of several activities; those that differ have the event or term that they are about above."""
    by_text = defaultdict(list)
    for row in rows:
        by_text[text_of(row, *names)].append(row)
    if len(by_text) == 1:
        return next(iter(by_text))
    return joined(*(f"{headings(some)}{text}" for text, some in by_text.items() if text))


def headings(rows):
    about = [", ".join(filter(None, (row.event or row.term, row.organisation, row.start))) for row in rows]
    about = "; ".join(filter(None, about))
    return f"**{escaped(about)}**\n\n" if about else ""


def describe_other_kinds(apps, schema_editor):
    """Keep in the description what activities of the other kinds have in fields that are removed."""
    activities = apps.get_model("profiles", "Activity").objects.using(schema_editor.connection.alias)
    names = ("event", "level", "term")
    for row in activities.exclude(kind__in=KINDS).exclude(event="", level="", term=""):
        activities.filter(pk=row.pk).update(description=text_of(row, *names))


def show_on_home_page(apps, schema_editor):
    """Put the blocks of the new records on home pages whose timeline has shown their kinds."""
    looks = apps.get_model("profiles", "Look").objects.using(schema_editor.connection.alias)
    for look in looks.all():
        blocks, timeline = without_kinds(look.blocks, look.timeline)
        news = look.timeline.get("news") or look.news
        looks.filter(pk=look.pk).update(blocks=blocks, timeline=timeline, news=news)
    versions = apps.get_model("reversion", "Version").objects.using(schema_editor.connection.alias)
    of_looks = {"content_type__app_label": "profiles", "content_type__model": "look", "format": "json"}
    for version in versions.filter(**of_looks).iterator():
        [row] = json.loads(version.serialized_data)
        fields = row["fields"]
        if "timeline" in fields and "blocks" in fields:
            fields["blocks"], fields["timeline"] = without_kinds(fields["blocks"], fields["timeline"])
            versions.filter(pk=version.pk).update(serialized_data=json.dumps([row]))


def without_kinds(blocks, timeline):
    """Return the blocks and the timeline of a look without the four kinds."""
    blocks = list(blocks)
    shown = {kind for kind in KINDS if timeline.get(kind) and "timeline" in blocks}
    before = [("talk", "talks"), ("teaching", "teaching"), ("supervision", "people")]
    for name in [block for kind, block in before if kind in shown and block not in blocks]:
        blocks.insert(blocks.index("timeline"), name)
    if "news" in shown and "news" not in blocks:
        blocks.insert(blocks.index("biography") + 1 if "biography" in blocks else 0, "news")
    return blocks, {kind: number for kind, number in timeline.items() if kind not in KINDS}


class Migration(migrations.Migration):
    dependencies = [
        ("profiles", "0032_menu"),
        ("reversion", "0002_add_index_on_version_for_content_type_and_db"),
    ]

    operations = [
        migrations.RunPython(move, migrations.RunPython.noop),
        migrations.RunPython(describe_other_kinds, migrations.RunPython.noop),
        migrations.RunPython(show_on_home_page, migrations.RunPython.noop),
    ]
