"""Pages that an editor writes: openings, an imprint, a reading list. They form a tree."""

import re

from django.core.exceptions import ValidationError
from django.db import connection, models, transaction
from django.db.models import Case, Q, Value, When
from django.db.models.functions import Cast, Collate, Concat, LPad
from django.urls import Resolver404, get_resolver, get_script_prefix, resolve, reverse

from profiles.content.addresses import first_path_segments
from profiles.content.patterns import LONGEST_TEXT
from profiles.content.publishing import Publishable, PublishableQuerySet, is_public
from profiles.content.slugs import MAX_LENGTH, MAX_PATH_LENGTH, FormerSlug, make_slug
from profiles.history import revisions
from profiles.models.resource import ResourceBase, as_title
from profiles.models.tag import TaggedBase, tags_field
from profiles.search.queries import SearchableQuerySet

MAX_DEPTH = 5  # slugs in a path
ANCESTORS = ["__".join(["parent"] * depth) for depth in range(1, MAX_DEPTH)]
# Slugs at the top that no route has, but that stand for something else: static files, /index.md, the home page's card.
RESERVED = {"static", "index", "home"}
INTRODUCED = "Another page is the introduction of this one. Change that page first."


def is_built_in(path):
    """Return whether a built-in page or file has the address of a path, or would have it first.

    Below a built-in page, the address of an object that exists is taken: a course wins over a page below “Teaching”.
    """
    if "/" not in path:
        return path in RESERVED or path in first_path_segments(get_resolver().url_patterns)
    try:
        match = resolve(f"/{path}/")
    except Resolver404:
        return False
    if match.view_name == "page":
        return False
    model, slug = getattr(getattr(match.func, "view_class", None), "model", None), match.kwargs.get("slug")
    if model is None or set(match.kwargs) != {"slug"}:
        return True
    former = FormerSlug.objects.filter(model=model._meta.label_lower, slug=slug)
    return model._base_manager.filter(Q(slug=slug) | Q(pk__in=former.values("object_id"))).exists()


def tree_order():
    """Return the order of a list of all pages: each one directly above the pages below it, which have their order."""
    places = []
    for prefix in (*(f"{path}__" for path in reversed(ANCESTORS)), ""):
        number = LPad(Cast(f"{prefix}position", models.CharField()), 5, Value("0"))
        place = Concat(number, f"{prefix}slug", Value(" "), output_field=models.CharField())
        places.append(Case(When(**{f"{prefix}pk__isnull": False}, then=place), default=Value("")))
    collation = {"sqlite": "BINARY", "postgresql": "C"}[connection.vendor]
    return Collate(Concat(*places, output_field=models.CharField()), collation)


class PageQuerySet(PublishableQuerySet, SearchableQuerySet):
    def published(self):
        """Return the pages that visitors may see now. A page below a draft is hidden: its address names the draft."""
        return super().published().filter(*(Q(**{path: None}) | is_public(path) for path in ANCESTORS))

    def with_parents(self):
        """Fetch the pages above in the same query; ``is_public`` reads them."""
        return self.select_related(ANCESTORS[-1])

    def for_results(self):
        return self.with_parents()

    def in_tree_order(self):
        return self.order_by(tree_order())

    def moved_from(self, path):
        """Return the page of this queryset that had the path before, or None."""
        return self.filter(pk__in=Page.former_paths().filter(slug=path).values("object_id")).first()


@revisions.register("resources", "taggedpage_set")
class Page(Publishable):
    derived_fields = ["path"]

    class BuiltIn(models.TextChoices):
        """The built-in pages, by URL name."""

        PUBLICATIONS = "publications:publications", "Publications"
        PROJECTS = "projects:projects", "Projects"
        GRANTS = "projects:grants", "Grants"
        NEWS = "profiles:news", "News"
        TALKS = "profiles:talks", "Talks"
        TEACHING = "profiles:teaching", "Teaching"
        PEOPLE = "profiles:people", "People"
        ACTIVITIES = "profiles:activities", "Activities"
        TAGS = "tags", "Tags"
        CV = "cv", "CV"

    title = models.CharField(max_length=200)
    slug = models.SlugField(
        max_length=MAX_LENGTH,
        blank=True,
        allow_unicode=True,
        help_text="The last part of the address. Made from the title when empty; the old address keeps working.",
    )
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        help_text="The page above this one: below “Teaching”, the address is /teaching/… Leave empty for none.",
    )
    path = models.CharField(
        max_length=MAX_PATH_LENGTH,
        unique=True,
        blank=True,
        editable=False,
        help_text="The slugs from the top down, such as “teaching/os”.",
    )
    body = models.TextField("text", max_length=LONGEST_TEXT, blank=True, help_text="In Markdown.")
    introduces = models.CharField(
        max_length=40,
        blank=True,
        choices=[("", "Nothing: an ordinary page"), *BuiltIn.choices],
        help_text="Shows the text at the top of a built-in page instead.",
    )
    position = models.PositiveSmallIntegerField(
        "order", default=0, help_text="Lower numbers come first among the pages with the same parent."
    )
    tags = tags_field("profiles.TaggedPage")

    objects = PageQuerySet.as_manager()

    class Meta(Publishable.Meta):
        ordering = ["path"]
        constraints = [
            *Publishable.Meta.constraints,
            models.UniqueConstraint(
                fields=["introduces"],
                condition=~models.Q(introduces=""),
                name="profiles_page_introduces_once",
                violation_error_message=INTRODUCED,
            ),
        ]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("page", args=[self.path])

    def save(self, *args, **kwargs):
        with transaction.atomic():
            before = self.stored_path
            self.slug = self.slug or self.free_slug()
            self.path = self.make_path()
            super().save(*args, **kwargs)
            if before != self.path:
                self.former_paths().filter(slug=self.path).delete()
                if before:
                    self.former_paths().update_or_create(
                        model=self._meta.label_lower, slug=before, defaults={"object_id": self.pk}
                    )
                for child in self.children.all():
                    child.save()

    def clean(self):
        super().clean()
        self._lock_tree()
        self.slug = self.slug or self.free_slug()
        self._check_introduction()
        self._check_parent()
        self._check_address()

    @property
    def chooser_detail(self):
        return f"/{self.path}/"

    @property
    def ancestors(self):
        """The pages above, from the top down."""
        found = []
        while len(found) < MAX_DEPTH and (parent := (found[0] if found else self).parent):
            found.insert(0, parent)
        return found

    @property
    def descendants(self):
        return type(self)._base_manager.filter(path__startswith=f"{self.stored_path}/").exclude(pk=self.pk)

    @property
    def depth(self):
        return self.path.count("/")

    @property
    def is_public(self):
        return all(super(Page, page).is_public for page in [self, *self.ancestors])

    @property
    def hidden_by(self):
        """The page above that hides this one from visitors, or None."""
        return next((page for page in self.ancestors if not page.is_public), None)

    @property
    def listed_resources(self):
        """The files and links that the text does not show or name itself."""
        return [one for one in self.resources.all() if one.url or not one.is_named_in(self.body)]

    @property
    def stored_path(self):
        return type(self)._base_manager.filter(pk=self.pk).values_list("path", flat=True).first() or ""

    @classmethod
    def former_paths(cls):
        return FormerSlug.objects.filter(model=cls._meta.label_lower)

    def make_path(self):
        """Return the path from the slug and the page above. An introduction has the path of its built-in page."""
        if self.introduces in self.BuiltIn:
            return reverse(self.introduces).removeprefix(get_script_prefix()).strip("/")
        return f"{self.parent.path}/{self.slug}" if self.parent else self.slug

    def free_slug(self):
        """Return a slug made from the title, with which no other page has the same address."""
        stem = make_slug(self.title, MAX_LENGTH - len("-9999")) or "page"
        slug, number = stem, 1
        while self.is_taken(f"{self.parent.path}/{slug}" if self.parent else slug):
            number += 1
            slug = f"{stem}-{number}"
        return slug

    def is_taken(self, path):
        """Return whether a path is that of something else, now or before."""
        return is_built_in(path) or self.other_page_at(path) is not None

    def other_page_at(self, path):
        """Return another page that has a path, or had it before; None if there is none."""
        former = self.former_paths().filter(slug=path).values("object_id")
        others = type(self)._base_manager.exclude(pk=self.pk)
        return others.filter(Q(path=path) | Q(pk__in=former)).first()

    def resolve_conflicts(self):
        """Change what another page has taken since this one was deleted. Return a sentence about each change."""
        changes, others = [], type(self)._base_manager.exclude(pk=self.pk)
        if self.introduces and others.filter(introduces=self.introduces).exists():
            changes.append(f"“{self.get_introduces_display()}” has another introduction, so “{self}” is only a page.")
            self.introduces = ""
        if not self.introduces and self.is_taken(self.make_path()):
            taken, self.slug = self.slug, self.free_slug()
            changes.append(f"The slug “{taken}” is in use, so “{self}” got “{self.slug}”.")
        return changes

    def _lock_tree(self):
        """Lock all pages until the transaction ends: two editors at once could move two pages below each other."""
        pages = type(self)._base_manager
        with transaction.atomic():
            list(pages.select_for_update().order_by("pk").values_list("pk"))
        if self.parent:
            self.parent = pages.filter(pk=self.parent_id).first()
            if self.parent is None:
                raise ValidationError({"parent": "Someone else has deleted this page. Choose another one."})

    def _check_introduction(self):
        others = type(self)._base_manager.exclude(pk=self.pk)
        if self.introduces and others.filter(introduces=self.introduces).exists():
            raise ValidationError({"introduces": INTRODUCED})

    def _check_parent(self):
        if self.introduces and self.parent:
            raise ValidationError({"parent": "Leave this empty: an introduction has the address of its built-in page."})
        page, above = self, 0
        while page := page.parent:
            above += 1
            if page.pk == self.pk:
                message = f"A page cannot be below itself. Choose a page that is not below “{self}”."
                raise ValidationError({"parent": message})
            if above == MAX_DEPTH:
                break
        below = max((page.depth for page in self.descendants), default=0) - self.stored_path.count("/")
        if above + max(below, 0) >= MAX_DEPTH:
            raise ValidationError({"parent": f"Pages can be nested {MAX_DEPTH} deep. Choose a page further up."})

    def _check_address(self):
        """Check the new address, and those of the pages below that move with this one."""
        path, before = self.make_path(), self.stored_path
        if path == before:
            return
        field = "introduces" if self.introduces else "slug"
        if not self.introduces:
            self._check_own_address(path)
        for page in self.descendants:
            moved = path + page.path.removeprefix(before)
            if page.is_taken(moved):
                message = f"“{page}” below this page would get the address /{moved}/, which is in use."
                raise ValidationError({field: f"{message} Change its slug first."})
            if len(moved) > MAX_PATH_LENGTH:
                message = f"The address of “{page}” below this page would get too long. Shorten its slug first."
                raise ValidationError({field: message})

    def _check_own_address(self, path):
        if is_built_in(path):
            raise ValidationError({"slug": f"The site itself uses the address /{path}/. Choose another slug."})
        if other := self.other_page_at(path):
            raise ValidationError({"slug": f"The address /{path}/ leads to “{other}”. Choose another slug."})
        if len(path) > MAX_PATH_LENGTH:
            message = f"The address would have more than {MAX_PATH_LENGTH} characters. Choose a shorter slug."
            raise ValidationError({"slug": message})


@revisions.register()
class TaggedPage(TaggedBase):
    content_object = models.ForeignKey(Page, models.CASCADE)


@revisions.register()
class PageResource(ResourceBase):
    page = models.ForeignKey(Page, models.CASCADE, related_name="resources")

    class Meta(ResourceBase.Meta):
        verbose_name = "file"

    def __str__(self):
        return self.label or (self.file and as_title(self.filename)) or super().__str__()

    @property
    def subject(self):
        return self.page

    def is_named_in(self, text):
        return re.search(rf"(?<![\w.-]){re.escape(self.filename)}(?![\w-])", text) is not None
