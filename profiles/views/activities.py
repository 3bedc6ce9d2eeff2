from operator import attrgetter

from profiles.models import Activity, Occasion
from profiles.views.base import VisibleListView


class ActivityList(VisibleListView):
    model = Activity

    def get_queryset(self):
        return super().get_queryset().select_related("person").prefetch_related("tags")

    def get_context_data(self, **kwargs):
        occasions = Occasion.objects.visible_to(self.request.user)
        upcoming = [activity for activity in self.object_list if activity.is_upcoming]
        others = [activity for activity in self.object_list if not activity.is_upcoming]
        by_kind = [
            (kind, label, [activity for activity in others if activity.kind == kind])
            for kind, label in Activity.Kind.choices
        ]
        return super().get_context_data(
            upcoming=sorted(upcoming, key=lambda activity: activity.start or activity.end),
            kinds=[(kind, label, activities) for kind, label, activities in by_kind if activities],
            located=[*filter(attrgetter("point"), self.object_list), *occasions.located().select_related("talk")],
            **kwargs,
        )
