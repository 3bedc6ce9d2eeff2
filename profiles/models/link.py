"""Links of a person or a project to other websites."""

from django.core.exceptions import ValidationError
from django.db import models

from profiles.content.websites import WEBSITES, bare, guess_kind, whole_address
from profiles.history import revisions
from profiles.models.person import Person


def link_kinds():
    """Return the choices of a link's kind; a new website needs no migration."""
    websites = sorted(((site.key, site.label) for site in WEBSITES.values()), key=lambda choice: choice[1].casefold())
    return [("", "Automatic"), ("email", "E-mail"), ("cv", "CV"), *websites, ("other", "Other")]


class LinkBase(models.Model):
    """A link to another website, or an e-mail address."""

    rel = ""  # the attribute of the HTML link

    kind = models.CharField(
        max_length=20, blank=True, choices=link_kinds, help_text="“Automatic” recognises it from the address."
    )
    label = models.CharField(max_length=100, blank=True, help_text="Leave empty to show the name of the kind.")
    url = models.CharField(
        "address", max_length=500, help_text="For example github.com/ada, @ada@mastodon.social or an e-mail address."
    )
    position = models.PositiveSmallIntegerField("order", default=0)

    class Meta:
        abstract = True
        ordering = ["position", "pk"]

    def __str__(self):
        if self.label or self.kind != "other":
            return self.label or self.get_kind_display()
        return bare(self.url).partition("/")[0] or "Other"

    def save(self, *args, **kwargs):
        self.kind = self.kind or guess_kind(self.url)
        super().save(*args, **kwargs)

    def clean(self):
        super().clean()
        try:
            self.url = whole_address(self.url)
        except ValueError as error:
            raise ValidationError({"url": "Write the whole address, starting with https://."}) from error

    @property
    def is_mail(self):
        return self.url.startswith("mailto:")

    @property
    def mail(self):
        """The e-mail address of a ``mailto:`` link."""
        return self.url.removeprefix("mailto:")

    @property
    def website(self):
        """The Website of its kind, or None."""
        return WEBSITES.get(self.kind)

    @property
    def icon(self):
        """The id of its icon in img/icons.svg."""
        return (self.website.icon if self.website else "") or self.kind

    @property
    def account(self):
        """The name of the account whose page it is, "" if there is none."""
        return (self.website and self.website.account(self.url)) or ""

    @property
    def is_profile(self):
        """Whether it is the page of a person at its website. On an unknown host, the chosen kind decides."""
        site = self.website
        return bool(site and site.profile and (self.account or not site.is_at(self.url)))


@revisions.register()
class Link(LinkBase):
    person = models.ForeignKey(Person, models.CASCADE, related_name="links")

    @property
    def rel(self):
        """“me” if it is the person's own page elsewhere."""
        return "me" if self.is_profile and self.website.is_own else ""
