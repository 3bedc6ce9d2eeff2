"""What may be wrong with the projects."""

from profiles.content.health import Finding, register
from profiles.findings import lost_pictures, place, without_alternative_text
from projects.models import Project, ProjectResource

CHANGE = "projects.change_project"


@register("projects", "Projects that say too little", permission=CHANGE)
def thin_projects():
    for project in Project.objects.published():
        if not project.tagline:
            yield Finding(f"“{project}” does not say in one line what it is.", place(project, "tagline"))
        if not (project.summary or project.body):
            yield Finding(f"“{project}” has no text.", place(project, "summary"))


@register("project-files", "Files of projects gone from the disk", permission=CHANGE)
def lost_files():
    yield from lost_pictures(Project)
    for resource in ProjectResource.objects.exclude(file="").select_related("project").iterator():
        yield None
        if not resource.file.storage.exists(resource.file.name):
            yield Finding(
                f"{resource.filename} of “{resource.project}” is no longer on the disk. Upload it again.",
                f"{place(resource.project)}#resources-group",
            )


@register("alt-projects", "Images without alternative text in projects", permission=CHANGE)
def alternative_texts():
    yield from without_alternative_text(Project, "summary", "body")
