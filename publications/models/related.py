"""The publications that posts, talks and memberships name. Their models are below this app, so the rows are here."""

from django.db import models

from profiles.history import revisions
from profiles.models import Membership, Post, Talk
from publications.models.publication import Publication


class PublicationRowsQuerySet(models.QuerySet):
    """Rows that each name one publication."""

    def works(self, user):
        """Return the publications that the user may see, newest first. A version stands for itself."""
        return Publication.objects.visible_to(user).filter(pk__in=self.order_by().values("publication")).newest_first()


@revisions.register()
class PostPublication(models.Model):
    post = models.ForeignKey(Post, models.CASCADE, related_name="post_publications")
    publication = models.ForeignKey(Publication, models.CASCADE, related_name="post_publications")

    objects = PublicationRowsQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        verbose_name = "publication"
        constraints = [
            models.UniqueConstraint(
                fields=["post", "publication"],
                name="publications_postpublication_once",
                violation_error_message="The post names this publication already.",
            )
        ]

    def __str__(self):
        return str(self.publication)


@revisions.register()
class TalkPublication(models.Model):
    talk = models.ForeignKey(Talk, models.CASCADE, related_name="talk_publications")
    publication = models.ForeignKey(Publication, models.CASCADE, related_name="talk_publications")

    objects = PublicationRowsQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        verbose_name = "publication"
        constraints = [
            models.UniqueConstraint(
                fields=["talk", "publication"],
                name="publications_talkpublication_once",
                violation_error_message="The talk names this publication already.",
            )
        ]

    def __str__(self):
        return str(self.publication)


class ThesisQuerySet(PublicationRowsQuerySet):
    def visible_to(self, user):
        """Filter theses that the user may see, with their publications. Under blind review they name the author."""
        publications = Publication.objects.visible_to(user).with_authors_shown(user)
        return self.filter(publication__in=publications).select_related("publication")


@revisions.register()
class Thesis(models.Model):
    """The thesis of a member of the group, among the publications."""

    membership = models.ForeignKey(Membership, models.CASCADE, related_name="theses")
    publication = models.ForeignKey(Publication, models.CASCADE, related_name="theses")

    objects = ThesisQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "theses"
        constraints = [
            models.UniqueConstraint(
                fields=["membership"],
                name="publications_thesis_one",
                violation_error_message="A member has one thesis. Remove the other one.",
            )
        ]

    def __str__(self):
        return str(self.publication)


revisions.add_owned(Post, "post_publications")
revisions.add_owned(Talk, "talk_publications")
revisions.add_owned(Membership, "theses")
