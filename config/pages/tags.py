"""The tags of the whole site: where they are used, and their pages."""

from collections import Counter
from math import log

from django.db.models import Count, Exists, OuterRef
from django.views.generic import ListView

from profiles.models import (
    Activity,
    Course,
    Page,
    Person,
    Post,
    Tag,
    TaggedActivity,
    TaggedCourse,
    TaggedPage,
    TaggedPerson,
    TaggedPost,
    TaggedTalk,
    Talk,
)
from profiles.search.words import UNSPACED, fold
from profiles.views import VisibleDetailView
from projects.models import Grant, Project, TaggedGrant, TaggedProject
from publications.models import Publication, TaggedPublication

HEAVIEST = 4  # the weight of the most used tag
MIN_LETTERED = 30  # tags of an index with letters, and with the most used tags above it
MOST_USED = 8


class TagList(ListView):
    """The index of the tags: alphabetical, each as heavy as its use."""

    template_name = "config/tag_list.html"
    paginate_by = 400

    def get_queryset(self):
        self.by_use = tags_by_use(self.request.user)
        return sorted(self.by_use, key=lambda tag: (sorting_letter(tag.name), fold(tag.name)))

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        weigh(self.by_use)
        for tag in context["object_list"]:
            tag.letter = sorting_letter(tag.name)
        context["is_lettered"] = len(self.by_use) >= MIN_LETTERED
        is_first = context["page_obj"].number == 1
        context["most_used"] = self.by_use[:MOST_USED] if context["is_lettered"] and is_first else []
        return context


class TagDetail(VisibleDetailView):
    model = Tag
    template_name = "config/tag_detail.html"
    papers_shown = 50

    def get_queryset(self):
        return tags_in_use(self.request.user)

    def get_context_data(self, **kwargs):
        user, tag = self.request.user, self.object
        works = Publication.objects.visible_to(user).works(user).filter(taggedpublication__tag=tag)
        papers = works.newest_first().only("issued", "slug", "title")[: self.papers_shown + 1]
        return super().get_context_data(
            papers=papers[: self.papers_shown],
            has_more_papers=len(papers) > self.papers_shown,
            works=works.newest_first(),
            projects=Project.objects.visible_to(user).filter(taggedproject__tag=tag).for_listing(user),
            grants=Grant.objects.visible_to(user).filter(taggedgrant__tag=tag),
            courses=Course.objects.visible_to(user).filter(taggedcourse__tag=tag).for_listing(),
            posts=Post.objects.visible_to(user).filter(taggedpost__tag=tag).by_date(),
            activities=Activity.objects.visible_to(user).filter(taggedactivity__tag=tag),
            talks=Talk.objects.visible_to(user).filter(taggedtalk__tag=tag).newest_first().for_listing(),
            people=Person.objects.published().filter(taggedperson__tag=tag),
            pages=Page.objects.visible_to(user).filter(taggedpage__tag=tag).with_parents(),
            **kwargs,
        )


def tagged_objects(user):
    """Return [(through model, queryset)]: the objects of each tagged model that the user may see.

    A publication counts once, whatever its versions; a person counts by their interests.
    """
    return [
        (TaggedPublication, Publication.objects.visible_to(user).works(user)),
        (TaggedProject, Project.objects.visible_to(user)),
        (TaggedGrant, Grant.objects.visible_to(user)),
        (TaggedCourse, Course.objects.visible_to(user)),
        (TaggedPost, Post.objects.visible_to(user)),
        (TaggedActivity, Activity.objects.visible_to(user)),
        (TaggedTalk, Talk.objects.visible_to(user)),
        (TaggedPerson, Person.objects.published()),
        (TaggedPage, Page.objects.visible_to(user)),
    ]


def tags_in_use(user):
    """Return the tags of anything that the user may see."""
    is_used = Exists(Person.objects.none())
    for through, objects in tagged_objects(user):
        is_used |= Exists(objects.order_by().filter(**{f"{through._meta.model_name}__tag": OuterRef("pk")}))
    return Tag.objects.filter(is_used)


def count_uses(user, tags=None):
    """Return a Counter of the objects that the user may see, by the primary key of their tag (one of ``tags``)."""
    uses = Counter()
    for through, objects in tagged_objects(user):
        rows = through.objects.order_by()
        if tags is None:
            rows = rows.filter(content_object__in=objects.order_by().values("pk"))
        else:  # one look-up per row is faster than a list of all objects
            rows = rows.filter(Exists(objects.order_by().filter(pk=OuterRef("content_object"))), tag__in=tags)
        uses.update(dict(rows.values_list("tag").annotate(uses=Count("pk"))))
    return uses


def sorting_letter(name):
    """Return the letter of the index for a name: "E" for "École"; "0–9" for figures, and "…" for all others."""
    first = fold(name).strip()[:1].upper()
    if first.isdigit():
        return "0–9"
    return first if first.isalpha() and not UNSPACED.match(first) else "…"


def weigh(tags):
    """Set the ``weight`` of each tag, from 1 to HEAVIEST; each step is the same factor of uses."""
    steps = log(max((tag.uses for tag in tags), default=1)) or 1
    for tag in tags:
        tag.weight = 1 + round((HEAVIEST - 1) * log(tag.uses) / steps)


def tags_by_use(user):
    """Return the list of tags that the user may see, the most used first, each with its number of ``uses``."""
    uses = count_uses(user)
    tags = list(Tag.objects.filter(pk__in=uses))
    for tag in tags:
        tag.uses = uses[tag.pk]
    return sorted(tags, key=lambda tag: (-tag.uses, tag.name))
