"""Slugs: a slug stays when the title changes, an emptied one is made again, and a changed one leaves a redirect."""

import re
import unicodedata
from pathlib import PurePath

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q
from django.urls import get_script_prefix
from django.utils.text import slugify

MAX_LENGTH = 100
MAX_PATH_LENGTH = 500
SLUG = re.compile(r"[-\w]+")
DEVICE = re.compile(r"aux|con|nul|prn|com\d|lpt\d")  # file names that Windows does not allow
# Letters without a Unicode decomposition, which Django's slugify would drop.
LETTERS = str.maketrans({
    "ß": "ss", "ħ": "h", "Ħ": "H", "ŋ": "ng", "Ŋ": "NG", "ŧ": "t", "Ŧ": "T",
    "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L",
    "đ": "d", "Đ": "D", "ð": "d", "Ð": "D", "þ": "th", "Þ": "TH", "ı": "i", "·": "-", "–": "-", "—": "-",
})  # fmt: skip

GREEK = dict(zip(
    "αβγδεζηθικλμνξοπρστυφχψω",
    ("alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa", "lambda", "mu", "nu", "xi",
     "omicron", "pi", "rho", "sigma", "tau", "upsilon", "phi", "chi", "psi", "omega"),
    strict=True,
))  # fmt: skip
# A letter in a Greek word is not a symbol.
SYMBOL = re.compile(r"(?<![α-ω])[α-ω](?![α-ω])")


def without_symbols(text):
    """Return a text in lower case with the names of Greek letters that stand alone: "β-decay" is " beta-decay"."""
    return SYMBOL.sub(lambda found: f" {GREEK[found[0]]}" if found[0] in GREEK else found[0], text)


def make_slug(text, max_length=MAX_LENGTH):
    """Return an ASCII slug for Latin script, or one in the text's own script. May be empty ("***")."""
    text = unicodedata.normalize("NFKC", text).lower().translate(LETTERS)
    if re.search("[a-z]", text):
        text = without_symbols(text)
    latin = slugify(text)
    own = slugify(text, allow_unicode=True)
    slug = latin if len(latin) >= len(own) - own.count("-") else own
    if len(slug) <= max_length:
        return slug
    head, dash, _ = slug[: max_length + 1].rpartition("-")
    return head if dash and len(head) > max_length // 2 else slug[:max_length]


def readable_name(filename):
    """Return a file name that is safe in an address: "My Paper (final).PDF" becomes "my-paper-final.pdf"."""
    path = PurePath(filename)
    stem = make_slug(path.stem) or "file"
    return f"{stem}-{path.suffix.lower()}" if DEVICE.fullmatch(stem) else f"{stem}{path.suffix.lower()}"


class FormerSlug(models.Model):
    """A slug, or the path of a page, that an object had before; its address redirects to the object."""

    model = models.CharField(max_length=100, help_text="Label of the model, such as “publications.publication”.")
    slug = models.CharField(max_length=MAX_PATH_LENGTH)
    object_id = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["model", "slug"], name="profiles_former_slug_unique")]

    def __str__(self):
        return f"{self.model} {self.slug}"


class Slugged(models.Model):
    """A model whose page has a slug. Subclasses may set ``reserved_slugs`` and override ``slug_source()``."""

    reserved_slugs = frozenset()

    slug = models.SlugField(
        max_length=MAX_LENGTH,
        unique=True,
        blank=True,
        allow_unicode=True,
        help_text="The last part of the address. Made from the name when empty; the old address keeps working.",
    )

    class Meta:
        abstract = True

    def save(self, *args, **kwargs):
        with transaction.atomic():
            previous = None
            if self.pk:
                previous = type(self)._base_manager.filter(pk=self.pk).values_list("slug", flat=True).first()
            self.slug = self.slug or self.free_slug()
            super().save(*args, **kwargs)
            if previous != self.slug:
                self.former_slugs().filter(slug=self.slug).delete()
                if previous:
                    label = self._meta.concrete_model._meta.label_lower
                    FormerSlug.objects.update_or_create(model=label, slug=previous, defaults={"object_id": self.pk})

    def clean(self):
        super().clean()
        self.slug = self.slug or self.free_slug()
        if self.slug in self.reserved_slugs:
            raise ValidationError({"slug": f"The site itself uses the address “{self.slug}”. Choose another one."})
        holder = self.former_slugs().filter(slug=self.slug).exclude(object_id=self.pk or 0).first()
        leads_to = holder and type(self)._base_manager.filter(pk=holder.object_id).first()
        if leads_to:
            raise ValidationError({"slug": f"This address still leads to “{leads_to}”. Choose another one."})
        if page := self._page_at_address():
            raise ValidationError({"slug": f"The page “{page}” has the address /{page.path}/. Choose another one."})

    def _page_at_address(self):
        """Return the page that an editor has written for the object's address, or None."""
        if not SLUG.fullmatch(self.slug) or not hasattr(self, "get_absolute_url"):
            return None
        path = self.get_absolute_url().removeprefix(get_script_prefix()).strip("/")
        return apps.get_model("profiles", "Page")._base_manager.filter(path=path).first()

    def resolve_conflicts(self):
        """Change the values that only one object may have and another one has. Return a sentence about each.

        For an object that is restored after others have taken its place. Subclasses add their own values.
        """
        others = type(self)._base_manager.exclude(pk=self.pk)
        former = self.former_slugs().filter(slug=self.slug).exclude(object_id=self.pk)
        if not others.filter(Q(slug=self.slug) | Q(pk__in=former.values("object_id"))).exists():
            return []
        taken, self.slug = self.slug, self.free_slug()
        return [f"The slug “{taken}” is in use, so “{self}” got “{self.slug}”."]

    def slug_source(self):
        return str(self)

    def free_slug(self, taken=None):
        """Return a slug made from the name that no other object has or had, so that old addresses keep redirecting.

        To create many objects, pass the result of ``slugs_taken()`` and add each new slug to it.
        """
        stem = make_slug(self.slug_source(), MAX_LENGTH - len("-9999")) or self._meta.model_name
        taken = self.slugs_taken(stem) - self.own_slugs() if taken is None else taken
        slug, number = stem, 1
        while slug in taken:
            number += 1
            slug = f"{stem}-{number}"
        return slug

    def own_slugs(self):
        """Return the slugs that this object has or had."""
        if not self.pk:
            return set()
        stored = type(self)._base_manager.filter(pk=self.pk).values_list("slug", flat=True)
        return {*stored, *self.former_slugs().filter(object_id=self.pk).values_list("slug", flat=True)}

    @property
    def has_derived_slug(self):
        """Whether the slug is made from the name, with or without a number."""
        stem = make_slug(self.slug_source(), MAX_LENGTH - len("-9999")) or self._meta.model_name
        return bool(re.fullmatch(rf"{re.escape(stem)}(?:-\d+)?", self.slug))

    @classmethod
    def slugs_taken(cls, stem=""):
        """Return all slugs with this beginning that an object has or had, or that are reserved."""
        taken = set(cls.reserved_slugs)
        for rows in (cls._base_manager, cls.former_slugs()):
            taken.update(rows.filter(slug__startswith=stem).values_list("slug", flat=True))
        return taken

    @classmethod
    def former_slugs(cls):
        return FormerSlug.objects.filter(model=cls._meta.concrete_model._meta.label_lower)


class SluggedQuerySet(models.QuerySet):
    def moved_from(self, slug):
        """Return the object of this queryset that had the slug before, or None."""
        return self.filter(pk__in=self.model.former_slugs().filter(slug=slug).values("object_id")).first()
