from profiles.views import GatedDetailView, GatedListView
from projects.models import Project
from publications.views import ResourceFile


class ProjectList(GatedListView):
    model = Project
    paginate_by = 60

    def get_queryset(self):
        return super().get_queryset().for_listing().prefetch_related("tags")


class ProjectDetail(GatedDetailView):
    model = Project

    def get_queryset(self):
        return super().get_queryset().for_listing().prefetch_related("tags", "resources")

    def get_context_data(self, **kwargs):
        user, project = self.request.user, self.object
        return super().get_context_data(
            members=project.members.select_related("person"),
            papers=project.publications.visible_to(user).works(user).for_listing(user).newest_first(),
            **kwargs,
        )


class ProjectFile(ResourceFile):
    model = Project
