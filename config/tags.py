"""Where a tag is used, across the apps."""

from django.db.models import Count, F, IntegerField, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from profiles.models import Activity, Person, Tag, TaggedActivity, TaggedPerson
from projects.models import Project, TaggedProject
from publications.models import Publication, TaggedPublication


def tags_in_use(user):
    """The tags on anything that the user may see, with ``uses``, the number of such things.

    A work counts once, whatever its versions; a person counts by their interests.
    """
    counted = [
        (TaggedPublication, Publication.objects.visible_to(user).works(user)),
        (TaggedProject, Project.objects.visible_to(user)),
        (TaggedActivity, Activity.objects.visible_to(user)),
        (TaggedPerson, Person.objects.published()),
    ]
    uses = 0
    for through, visible in counted:
        rows = through.objects.filter(tag=OuterRef("pk"), content_object__in=visible.order_by())
        count = Subquery(
            rows.order_by().values("tag").annotate(count=Count("pk")).values("count"), output_field=IntegerField()
        )
        uses = uses + Coalesce(count, 0)
    return Tag.objects.annotate(uses=uses).filter(Q(uses__gt=0)).order_by(F("uses").desc(), "name")
