"""Projects: software, books, benchmarks …"""

from django.db import models
from django.urls import reverse

from profiles.content.dates import PartialDateField, end_not_before_start
from profiles.content.patterns import LONGEST_TEXT
from profiles.content.publishing import Publishable, PublishableQuerySet
from profiles.content.slugs import Slugged, SluggedQuerySet
from profiles.history import revisions
from profiles.models import (
    CVRecord,
    Illustrated,
    LinkBase,
    Person,
    Post,
    ResourceBase,
    SearchIndex,
    TaggedBase,
    Talk,
    indexed,
    tags_field,
)
from profiles.search.queries import SearchableQuerySet
from publications.models import Publication


class ProjectQuerySet(PublishableQuerySet, SluggedQuerySet, SearchableQuerySet):
    def for_listing(self, user):
        """Prefetch what a card in a list shows, with the publications that the user may see."""
        works = Publication.objects.visible_to(user).works(user).with_authors_shown(user).only("pk")
        return self.prefetch_related(
            "highlights", "links", "members__person", models.Prefetch("publications", works, to_attr="papers")
        )


@revisions.register("highlights", "links", "members", "resources", "taggedproject_set")
class Project(Illustrated, CVRecord, Publishable, Slugged):
    class Status(models.TextChoices):
        ACTIVE = "active", "Active"
        PAUSED = "paused", "Paused"
        FINISHED = "finished", "Finished"

    name = models.CharField(max_length=200)
    tagline = models.CharField(max_length=300, blank=True, help_text="What the project is, in one line.")
    summary = models.TextField(
        max_length=LONGEST_TEXT, blank=True, help_text="In Markdown. A few sentences, for the list."
    )
    body = models.TextField(
        max_length=LONGEST_TEXT, blank=True, help_text="In Markdown. The text of the project's page."
    )
    role = models.CharField("role of the owner", max_length=100, blank=True)
    status = models.CharField(max_length=20, choices=Status, blank=True)
    start = PartialDateField(blank=True)
    end = PartialDateField(blank=True)
    funding = models.TextField(max_length=LONGEST_TEXT, blank=True)
    featured = models.BooleanField("on the home page", default=True)
    position = models.PositiveSmallIntegerField("order", default=0)
    people = models.ManyToManyField(Person, through="Member", related_name="projects")
    publications = models.ManyToManyField(Publication, blank=True, related_name="projects")
    tags = tags_field("projects.TaggedProject")

    objects = ProjectQuerySet.as_manager()

    class Meta(Publishable.Meta):
        ordering = ["position", "name"]
        constraints = [
            *Publishable.Meta.constraints,
            *Illustrated.Meta.constraints,
            end_not_before_start("projects_project_end_not_before_start"),
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("projects:project", args=[self.slug])

    @property
    def team(self):
        """The people who work on it now, unless it is the owner of the site alone. Of prefetched rows."""
        people = [member.person for member in self.members.all() if not member.is_former]
        return [] if all(person.is_owner for person in people) else people


@revisions.register()
class TaggedProject(TaggedBase):
    content_object = models.ForeignKey(Project, models.CASCADE)


@revisions.register()
class Highlight(models.Model):
    """A figure with a label: "10×", "faster loading"."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="highlights")
    figure = models.CharField(max_length=40, help_text="For example “10×” or “about 36 %”.")
    label = models.CharField(max_length=100, help_text="What it measures, for example “faster loading of models”.")
    position = models.PositiveSmallIntegerField("order", default=0)

    class Meta:
        ordering = ["position", "pk"]

    def __str__(self):
        return f"{self.figure} {self.label}"


@revisions.register()
class Member(models.Model):
    """The role of a person in a project."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="members")
    person = models.ForeignKey(Person, models.CASCADE, related_name="project_memberships")
    role = models.CharField(max_length=100, blank=True, help_text="For example “Core developer”.")
    start = PartialDateField(blank=True)
    end = PartialDateField(blank=True)
    position = models.PositiveSmallIntegerField("order", default=0)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["project", "person"],
                name="projects_member_once",
                violation_error_message="This person is on the project already.",
            ),
            end_not_before_start("projects_member_end_not_before_start"),
        ]

    def __str__(self):
        return self.person.name

    @property
    def is_former(self):
        """Whether the person has left the project, by the date of today."""
        return bool(self.end and self.end.is_past)


class ProjectRowsQuerySet(models.QuerySet):
    """Rows that each name one project."""

    def projects(self, user):
        """Return the projects that the user may see."""
        return Project.objects.visible_to(user).filter(pk__in=self.order_by().values("project"))


@revisions.register()
class PostProject(models.Model):
    """A project that a post names."""

    post = models.ForeignKey(Post, models.CASCADE, related_name="post_projects")
    project = models.ForeignKey(Project, models.CASCADE, related_name="post_projects")

    objects = ProjectRowsQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        verbose_name = "project"
        constraints = [
            models.UniqueConstraint(
                fields=["post", "project"],
                name="projects_postproject_once",
                violation_error_message="The post names this project already.",
            )
        ]

    def __str__(self):
        return str(self.project)


@revisions.register()
class TalkProject(models.Model):
    """A project that a talk is about."""

    talk = models.ForeignKey(Talk, models.CASCADE, related_name="talk_projects")
    project = models.ForeignKey(Project, models.CASCADE, related_name="talk_projects")

    objects = ProjectRowsQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        verbose_name = "project"
        constraints = [
            models.UniqueConstraint(
                fields=["talk", "project"],
                name="projects_talkproject_once",
                violation_error_message="The talk names this project already.",
            )
        ]

    def __str__(self):
        return str(self.project)


revisions.add_owned(Post, "post_projects")
revisions.add_owned(Talk, "talk_projects")


@revisions.register()
class ProjectLink(LinkBase):
    project = models.ForeignKey(Project, models.CASCADE, related_name="links")

    class Meta(LinkBase.Meta):
        verbose_name = "link"


@revisions.register()
class ProjectResource(ResourceBase):
    project = models.ForeignKey(Project, models.CASCADE, related_name="resources")

    class Meta(ResourceBase.Meta):
        verbose_name = "resource"

    @property
    def subject(self):
        return self.project


class ProjectIndex(SearchIndex):
    project = indexed(Project)

    class Meta(SearchIndex.Meta):
        db_table = "search_project"
