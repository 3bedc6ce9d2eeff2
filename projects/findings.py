"""Content checks of projects."""

from profiles.content.health import Finding, Severity, register
from profiles.findings import drafts_with_dates, edit_url, missing_alt_text, missing_pictures
from projects.models import Project, ProjectResource

CHANGE = "projects.change_project"


@register("projects", "Incomplete projects", permission=CHANGE, severity=Severity.HINT)
def incomplete_projects():
    for project in Project.objects.published():
        if not project.tagline:
            yield Finding(f"“{project}” has no tagline.", edit_url(project, "tagline"))
        if not (project.summary or project.body):
            yield Finding(f"“{project}” has no text.", edit_url(project, "summary"))


@register("drafts-projects", "Drafts of projects with a date", permission="projects.publish_project")
def dated_drafts():
    yield from drafts_with_dates(Project)


@register("project-files", "Missing files of projects", permission=CHANGE, severity=Severity.ERROR)
def missing_files():
    yield from missing_pictures(Project)
    for resource in ProjectResource.objects.exclude(file="").select_related("project").iterator():
        yield None
        if not resource.file.storage.exists(resource.file.name):
            yield Finding(
                f"{resource.filename} of “{resource.project}” is missing. Upload it again.",
                f"{edit_url(resource.project)}#resources-group",
            )


@register("alt-projects", "Images without alternative text in projects", permission=CHANGE)
def alternative_texts():
    yield from missing_alt_text(Project, "summary", "body")
