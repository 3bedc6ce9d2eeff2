"""The tags of the whole site: where they are used, and their pages."""

from collections import Counter

from django.db.models import Count, Exists, OuterRef
from django.views.generic import ListView

from profiles.models import Activity, Person, Tag, TaggedActivity, TaggedPerson
from profiles.views import VisibleDetailView
from projects.models import Project, TaggedProject
from publications.models import Publication, TaggedPublication


class TagList(ListView):
    template_name = "config/tag_list.html"
    paginate_by = 200

    def get_queryset(self):
        return tags_by_use(self.request.user)


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
            projects=Project.objects.visible_to(user).filter(taggedproject__tag=tag).for_listing(),
            activities=Activity.objects.visible_to(user).filter(taggedactivity__tag=tag),
            people=Person.objects.published().filter(taggedperson__tag=tag),
            **kwargs,
        )


def tagged_objects(user):
    """Return [(through model, queryset)]: the objects of each tagged model that the user may see.

    A publication counts once, whatever its versions; a person counts by their interests.
    """
    return [
        (TaggedPublication, Publication.objects.visible_to(user).works(user)),
        (TaggedProject, Project.objects.visible_to(user)),
        (TaggedActivity, Activity.objects.visible_to(user)),
        (TaggedPerson, Person.objects.published()),
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


def tags_by_use(user):
    """Return the list of tags that the user may see, the most used first, each with its number of ``uses``."""
    uses = count_uses(user)
    tags = list(Tag.objects.filter(pk__in=uses))
    for tag in tags:
        tag.uses = uses[tag.pk]
    return sorted(tags, key=lambda tag: (-tag.uses, tag.name))
