"""Content checks of projects and grants."""

from django.urls import reverse

from profiles.content.health import Finding, Severity, register
from profiles.findings import (
    drafts_with_dates,
    edit_url,
    missing_alt_text,
    missing_pictures,
    missing_resource_files,
)
from projects.funding import unlinked_awards
from projects.models import Grant, Project, ProjectResource

CHANGE = "projects.change_project"
OFTEN = 2  # publications that name an award before it is suggested: others may be grants of co-authors


@register("projects", "Incomplete projects", permission=CHANGE, severity=Severity.HINT)
def incomplete_projects():
    for project in Project.objects.published():
        if not project.tagline:
            yield Finding(f"“{project}” has no tagline.", edit_url(project, "tagline"))
        if not (project.summary or project.body):
            yield Finding(f"“{project}” has no text.", edit_url(project, "summary"))


@register("drafts-projects", "Drafts of projects and grants with a date", permission="projects.publish_project")
def dated_drafts():
    yield from drafts_with_dates(Project)
    yield from drafts_with_dates(Grant)


@register("project-files", "Missing files of projects", permission=CHANGE, severity=Severity.ERROR)
def missing_files():
    yield from missing_pictures(Project)
    yield from missing_resource_files(ProjectResource, "project")


@register("alt-projects", "Images without alternative text in projects and grants", permission=CHANGE)
def alternative_texts():
    yield from missing_alt_text(Project, "summary", "body")
    yield from missing_alt_text(Grant, "description")


@register("grants", "Incomplete grants", permission="projects.change_grant", severity=Severity.HINT)
def incomplete_grants():
    for grant in Grant.objects.published():
        if not grant.funder:
            yield Finding(f"“{grant}” has no funder.", edit_url(grant, "funder"))
        if not grant.start:
            yield Finding(f"“{grant}” has no start.", edit_url(grant, "start"))


@register("funding", "Grants that publications name", permission="projects.add_grant", severity=Severity.HINT)
def unlinked_grants():
    address = reverse("admin:projects_grant_funding")
    for award in unlinked_awards():
        number = len(award.publications)
        names = f"{number} publication{'s name' if number > 1 else ' names'}"
        if award.grant:
            yield Finding(f"{names} “{award}”, but {'are' if number > 1 else 'is'} not linked to that grant.", address)
        elif number >= OFTEN:
            yield Finding(f"{names} “{award}”, which is not among the grants of this site.", address)
