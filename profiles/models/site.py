"""The site itself: its settings, its menu, and the sections of its home page."""

import re
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, URLValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse

from profiles.content.addresses import PATH, on_site, safe_url
from profiles.content.patterns import LONGEST_TEXT
from profiles.content.publishing import Publishable, PublishableQuerySet
from profiles.content.slugs import make_slug
from profiles.files.images import Illustrated
from profiles.history import revisions
from profiles.models.page import Page
from profiles.models.person import Person

VERIFICATION = re.compile(r"[\w.~=+/-]*", re.ASCII)
# The attribute of the script in which a service expects the name of the site, by what the name looks like.
SITE_ATTRIBUTES = [
    (re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE), "data-website-id"),  # Umami
    (re.compile(r"https://.+"), "data-goatcounter"),
    (re.compile(r"[^/]+\.[^/]+"), "data-domain"),  # Plausible
    (re.compile(r".*", re.DOTALL), "data-site"),
]
NAMELESS_GROUP = "Enter the name of the group."
TWO_TARGETS = "Choose a page or enter an address, not both."
BUILT_IN = [("home", "Home"), *Page.BuiltIn.choices, ("search", "Search")]


def validate_address(value):
    """Raise ValidationError unless a value is a URL or a path on this site."""
    if not PATH.fullmatch(value):
        URLValidator(["http", "https"])(value)


@revisions.register()
class SiteSettings(Illustrated):
    person = models.OneToOneField(Person, models.CASCADE, related_name="site_settings", editable=False)
    is_group = models.BooleanField(
        "the site of a group",
        default=False,
        help_text="The home page is then the group’s, not the owner’s, who keeps a page under “People”.",
    )
    name = models.CharField("name of the group", max_length=200, blank=True)
    tagline = models.CharField(max_length=300, blank=True, help_text="What the group does, in one line.")
    about = models.TextField(
        "about the group", max_length=LONGEST_TEXT, blank=True, help_text="In Markdown. Shown on the home page."
    )
    footer = models.TextField(
        max_length=LONGEST_TEXT,
        blank=True,
        help_text="In Markdown. For example links to the imprint, the licence of the content, or a funder.",
    )
    shows_affiliations = models.BooleanField(
        "affiliations on works",
        default=False,
        help_text="The page of a work shows the affiliation that each author had at its date, as papers do. "
        "Enter affiliations in the form of each person.",
    )
    deposit_months = models.PositiveSmallIntegerField(
        "months to deposit a file",
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(60)],
        help_text="Some funders and universities require a file of each journal article and conference paper within "
        "some months, for example 3. The content check then reminds you of those without one. If empty, it does not.",
    )
    google_verification = models.CharField(
        "Google verification code",
        max_length=100,
        blank=True,
        help_text="From Google Search Console, method “HTML tag”. Paste the whole tag, or the value of “content”.",
    )
    bing_verification = models.CharField(
        "Bing verification code",
        max_length=100,
        blank=True,
        help_text="From Bing Webmaster Tools, method “HTML meta tag”. Paste the whole tag, or the value of “content”.",
    )
    analytics_script = models.URLField(
        "script of the statistics",
        max_length=500,
        blank=True,
        help_text="The address of the script, such as https://plausible.io/js/script.js, or the whole tag that the "
        "service gives you. Choose a service without cookies: others need the consent of each visitor.",
    )
    analytics_site = models.CharField(
        "site in the statistics",
        max_length=200,
        blank=True,
        help_text="The domain or id that the service knows this site by.",
    )

    class Meta:
        verbose_name = "settings of the site"
        verbose_name_plural = "settings of the site"
        constraints = [
            *Illustrated.Meta.constraints,
            models.CheckConstraint(
                condition=models.Q(is_group=False) | ~models.Q(name=""),
                name="profiles_sitesettings_group_has_name",
                violation_error_message=NAMELESS_GROUP,
            ),
        ]

    def __str__(self):
        return "Settings of the site"

    def get_absolute_url(self):
        return reverse("home")

    def clean(self):
        super().clean()
        errors = {}
        if self.is_group and not self.name:
            errors["name"] = NAMELESS_GROUP
        for name in ("google_verification", "bing_verification"):
            if not VERIFICATION.fullmatch(getattr(self, name)):
                errors[name] = "Paste the whole <meta> tag, or only the value of its “content”."
        if self.analytics_script and not self.analytics_script.startswith("https://"):
            errors["analytics_script"] = "The address of the script must start with https://."
        elif self.analytics_script and not self.analytics_origin:
            errors["analytics_script"] = "Browsers cannot load a script from this host or port. Check the address."
        if errors:
            raise ValidationError(errors)

    @property
    def owner(self):
        return self.person if self.person_id else None

    @property
    def site_name(self):
        """The name of the site: the group's, or the owner's."""
        return self.name if self.is_group else self.owner.name if self.owner else ""

    @property
    def headline(self):
        """The line below the name of the site."""
        return self.tagline if self.is_group else self.owner.headline if self.owner else ""

    @property
    def monogram(self):
        """The initials of the site's name, for its icon."""
        if not self.is_group:
            return self.owner.monogram if self.owner else ""
        words = [word for word in self.name.split() if word[0].isupper()] or self.name.split()
        return "".join(word[0] for word in words[:2]).upper()

    @property
    def icon_photo(self):
        """The name of the picture on the site's icon, in the storage: the owner's photo. A group has initials."""
        is_shown = not self.is_group and self.owner and self.owner.is_public_page and self.owner.photo
        return self.owner.photo.name if is_shown else ""

    @property
    def analytics_origin(self):
        """The origin of the script; "" if there is none that the Content Security Policy can name."""
        try:
            parts = urlsplit(self.analytics_script)
            host, port = (parts.hostname or "").encode("idna").decode(), parts.port
        except ValueError:  # a port above 65535, or a name that is too long in ASCII
            return ""
        if not host or ":" in host:  # an IPv6 address
            return ""
        return f"https://{host}:{port}" if port else f"https://{host}"

    @property
    def analytics_attribute(self):
        """(name, value) of the attribute by which the script knows the site; () without one."""
        site = self.analytics_site
        return next((name, site) for pattern, name in SITE_ATTRIBUTES if pattern.fullmatch(site)) if site else ()


@revisions.register("items")
class Menu(models.Model):
    """The menu that an editor has saved. There is at most one for the owner."""

    person = models.OneToOneField(Person, models.CASCADE, related_name="menu", editable=False)

    class Meta:
        verbose_name = "menu"
        verbose_name_plural = "menu"

    def __str__(self):
        return "Menu of the site"

    def get_absolute_url(self):
        return reverse("home")


@revisions.register()
class MenuItem(models.Model):
    """An entry: a page, a built-in page, an address, or only a label above its submenu.

    Positions count through the whole menu, so that each submenu follows its ``parent``.
    """

    menu = models.ForeignKey(Menu, models.CASCADE, related_name="items")
    # An entry whose parent is deleted becomes an entry of the menu itself.
    parent = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="children")
    page = models.ForeignKey(Page, models.CASCADE, null=True, blank=True, related_name="menu_items")
    built_in = models.CharField("built-in page", max_length=40, blank=True, choices=BUILT_IN)
    url = models.CharField(
        "address",
        max_length=500,
        blank=True,
        validators=[validate_address],
        help_text="The address of a page elsewhere, such as https://example.org/lab, or a path on this site, such as "
        "/publications/?tag=maps.",
    )
    label = models.CharField(max_length=60, blank=True, help_text="If empty, the title of the page is shown.")
    position = models.PositiveSmallIntegerField("order", default=0)

    class Meta:
        ordering = ["position", "pk"]
        verbose_name = "menu entry"
        verbose_name_plural = "menu entries"
        constraints = [
            models.CheckConstraint(
                condition=Q(page__isnull=True, built_in="") | Q(page__isnull=True, url="") | Q(built_in="", url=""),
                name="profiles_menuitem_one_target",
                violation_error_message=TWO_TARGETS,
            ),
            models.CheckConstraint(
                condition=Q(page__isnull=False) | ~Q(built_in="") | ~Q(label=""),
                name="profiles_menuitem_has_label",
                violation_error_message="Enter a label.",
            ),
            models.UniqueConstraint(
                fields=["menu", "page"],
                name="profiles_menuitem_page_once",
                violation_error_message="This page is in the menu already.",
            ),
            models.UniqueConstraint(
                fields=["menu", "built_in"],
                condition=~Q(built_in=""),
                name="profiles_menuitem_built_in_once",
                violation_error_message="This page is in the menu already.",
            ),
            models.UniqueConstraint(
                fields=["menu", "url"],
                condition=~Q(url=""),
                name="profiles_menuitem_url_once",
                violation_error_message="This address is in the menu already.",
            ),
        ]

    def __str__(self):
        return self.label or (str(self.page) if self.page else self.get_built_in_display())

    def get_absolute_url(self):
        """Return the address, or "" for an entry that only opens its submenu."""
        if self.page:
            return self.page.get_absolute_url()
        if self.built_in:
            return reverse(self.built_in)
        return on_site(self.url) if PATH.fullmatch(self.url) else safe_url(self.url)

    def clean(self):
        super().clean()
        has_page = bool(self.page_id or self.built_in)
        if self.parent and (self.parent.parent_id or self.parent == self):
            raise ValidationError({"parent": "A submenu has no submenus. Choose an entry of the menu itself."})
        if has_page and self.url:
            raise ValidationError({"url": TWO_TARGETS})
        if not has_page and not self.label:
            message = "Enter a label." if self.url else "Choose a page, or enter an address or a label."
            raise ValidationError({"label": message})


@revisions.register()
class Section(Publishable):
    """A titled block of text on the home page ("Outside research")."""

    title = models.CharField(max_length=200)
    body = models.TextField(max_length=LONGEST_TEXT, help_text="In Markdown.")
    position = models.PositiveSmallIntegerField("order", default=0)

    objects = PublishableQuerySet.as_manager()

    class Meta(Publishable.Meta):
        ordering = ["position", "pk"]
        verbose_name = "section of the home page"
        verbose_name_plural = "sections of the home page"

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return f"{reverse('home')}#{self.anchor}"

    @property
    def anchor(self):
        return make_slug(self.title) or f"section-{self.pk}"
