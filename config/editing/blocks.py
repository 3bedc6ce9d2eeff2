"""Blocks in texts for editors: the check of the forms, the content check, and the choices of the picker."""

import re

from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Q
from django.http import Http404, JsonResponse
from django.views.decorators.http import require_safe

from config.editing.views import can_edit_content
from config.pages.blocks import MAX_BLOCKS, either, read
from config.text import markdown
from profiles.content import blocks
from profiles.content.health import Finding, Severity, register
from profiles.content.publishing import Publishable
from profiles.feeds import VISITOR
from profiles.findings import edit_url
from profiles.models import Course, Page, Person, Post, Section, SiteSettings, Tag
from projects.models import Grant, Project
from publications.models import Publication, SavedList

# The texts whose pages show blocks.
TEXTS = [
    (Page, "body"), (Post, "body"), (Section, "body"), (Project, "body"), (Grant, "description"),
    (Course, "description"), (Course, "syllabus"),
    (SiteSettings, "about"),
]  # fmt: skip
MAX_CHOICES = 20
# A block that is not one, such as one inside a sentence.
MISPLACED = re.compile(rf"\{{\{{\s*/?(?:{'|'.join(blocks.NAMES)})\b")
UNKNOWN = re.compile(r"\{\{\s*(/?[A-Za-z][\w-]*)\b.*\}\}\s*")


def problems(text):
    """Return [(line, sentence)] about the blocks of a text that cannot be shown; line 0 is the whole text."""
    if "{{" not in text:
        return []
    found = markdown.blocks_of(text)
    if len(found) > MAX_BLOCKS:
        return [(0, f"The text has {len(found)} blocks, but a page shows at most {MAX_BLOCKS}. Remove some.")]
    return list(_problems(text, found))


def _problems(text, found):
    for block, *_ in found:
        try:
            read(block)
        except ValidationError as error:
            yield block.line, f"“{block.source[:60]}”: {error.message}"
    for line, written in markdown.paragraphs_of(text):
        unknown = UNKNOWN.fullmatch(written)
        if unknown and unknown[1].removeprefix("/") not in blocks.NAMES:
            allowed = f"Use {either(list(blocks.NAMES))}. To show it as text, write it between backticks."
            yield line, f"“{written.strip()[:60]}”: there is no block “{unknown[1][:40]}”. {allowed}"
        elif MISPLACED.search(written):
            place = "a separate line, from {{ to }}, outside lists, tables, quotations and HTML"
            yield line, f"“{written.strip()[:60]}”: write the block on {place}."


blocks.checks.append(problems)


@register("blocks", "Blocks that visitors do not see", permission="profiles.change_page", severity=Severity.ERROR)
def hidden_blocks():
    for model, field in TEXTS:
        rows = model.objects.filter(**{f"{field}__contains": "{{"})
        for item in rows.order_by("pk").iterator():
            yield None
            for block, *_ in markdown.blocks_of(getattr(item, field)):
                if problem := _hidden(block):
                    yield Finding(f"“{item}”, line {block.line}, {block.source[:80]}: {problem}", edit_url(item, field))


def _hidden(block):
    """Return why visitors do not see a block, or ""."""
    try:
        kind, values = read(block)
    except ValidationError as error:
        return error.message
    return "" if kind.find(VISITOR, **values) else kind.empty


# What the picker searches: {kind: (model, fields)}.
SEARCHED = {
    "list": (SavedList, ["name"]),
    "author": (Person, ["name", "other_names"]),
    "person": (Person, ["name", "other_names"]),
    "project": (Project, ["name", "tagline"]),
    "tag": (Tag, ["name", "other_names"]),
}


@require_safe
def choices(request):
    """Return JSON: the ``choices`` of a ``kind`` whose name contains ``q``, each with slug and label, drafts too."""
    if not can_edit_content(request.user):
        raise PermissionDenied
    kind, q = request.GET.get("kind", ""), request.GET.get("q", "").strip()[:100]
    if kind == "type":
        types = Publication.TYPE_LABELS.items()
        return JsonResponse({"choices": [{"value": value, "label": label} for value, label in types]})
    if kind not in SEARCHED:
        raise Http404("There is no such kind.")
    model, fields = SEARCHED[kind]
    wanted = Q(slug__icontains=q)
    for field in fields:
        wanted |= Q(**{f"{field}__icontains": q})
    rows = model.objects.filter(wanted)
    if kind == "person":
        rows = rows.order_by("-is_public_page", "family", "name")
    return JsonResponse({"choices": [{"value": row.slug, "label": label_of(row)} for row in rows[:MAX_CHOICES]]})


def label_of(row):
    """Return the name of an object, with a word if visitors do not see it."""
    if isinstance(row, Publishable) and not row.is_public:
        return f"{row} (draft)"
    return f"{row} (no page)" if isinstance(row, Person) and not row.is_public_page else str(row)
