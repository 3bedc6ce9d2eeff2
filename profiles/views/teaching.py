from profiles.models import Course, Material
from profiles.views.base import ResourceFileView, VisibleDetailView, VisibleListView


def are_of_owner(courses):
    """Return whether the owner of the site alone teaches all of some courses, so that a list need not say so."""
    return not any(course.named_instructors for course in courses)


class CourseList(VisibleListView):
    model = Course

    def get_queryset(self):
        return super().get_queryset().for_listing()

    def get_context_data(self, **kwargs):
        courses = list(self.object_list)
        return super().get_context_data(
            current=[course for course in courses if course.is_current],
            past=[course for course in courses if not course.is_current],
            names_hidden=are_of_owner(courses),
            **kwargs,
        )


class CourseDetail(VisibleDetailView):
    model = Course

    def get_queryset(self):
        return super().get_queryset().prefetch_related("instructors", "resources", "tags", "terms")

    def get_context_data(self, **kwargs):
        materials = self.object.resources.all()
        return super().get_context_data(
            materials=[material for material in materials if not material.term_id],
            terms=[
                (term, [material for material in materials if material.term_id == term.pk])
                for term in self.object.terms.all()
            ],
            **kwargs,
        )


class CourseFile(ResourceFileView):
    model = Material
    subject = "course"
