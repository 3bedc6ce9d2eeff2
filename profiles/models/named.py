"""The name of a person: as it is shown, its parts for citations, and its other spellings."""

from django.db import models
from django.utils.functional import cached_property

from profiles.content.names import NameParts, split_name
from profiles.content.patterns import LONGEST_TEXT

PLACEHOLDER_NAME = "Your Name"


class Named(models.Model):
    name = models.CharField(max_length=200, help_text="As shown on pages, for example “Ada Lovelace”.")
    given = models.CharField("given names", max_length=100, blank=True)
    particle = models.CharField(max_length=40, blank=True, help_text="Such as “van der” or “ibn”.")
    family = models.CharField("family name", max_length=100, blank=True, help_text="Bibliographies are sorted by it.")
    suffix = models.CharField(max_length=40, blank=True, help_text="Such as “Jr.” or “III”.")
    other_names = models.TextField(
        "other spellings",
        max_length=LONGEST_TEXT,
        blank=True,
        help_text="One per line, for example “A. Lovelace” or a former name. Imports match on them.",
    )
    names_of_others = models.TextField(
        "names of other people",
        max_length=LONGEST_TEXT,
        blank=True,
        help_text="One per line: names on works that look like this person’s, but are someone else’s.",
    )

    class Meta:
        abstract = True

    def __str__(self):
        return self.name

    @property
    def is_placeholder(self):
        return self.name == PLACEHOLDER_NAME

    @cached_property
    def spellings(self):
        """The set of the name, its forms with an initial and as in Chinese, and its other spellings, casefolded.

        Names that an editor has said to be other people's are left out.
        """
        initial = f"{self.given[:1]}. {self.family}" if self.given and self.family else ""
        names = [self.name, initial, f"{self.family}{self.given}", *self.other_names.splitlines()]
        mine, others = (
            {" ".join(name.split()).casefold() for name in some if name.strip()}
            for some in (names, self.names_of_others.splitlines())
        )
        return frozenset(mine - others)

    @property
    def parts(self):
        return NameParts(*(getattr(self, part) for part in NameParts._fields))

    @parts.setter
    def parts(self, parts):
        for part, text in parts._asdict().items():
            setattr(self, part, text[: self._meta.get_field(part).max_length])

    @property
    def has_derived_parts(self):
        """Whether the parts are what the name is split into, so that no editor has set them."""
        return self.parts in (NameParts(), split_name(self.name))

    @property
    def monogram(self):
        """The initials of the first and the last name."""
        words = self.name.split()
        return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper()

    def add_spellings(self, *names):
        """Add names to the other spellings. They are no longer those of other people."""
        known = {name.strip(): None for name in self.other_names.splitlines() + list(names)}
        self.other_names = "\n".join(filter(None, known))
        self.names_of_others = "\n".join(name for name in self.names_of_others.splitlines() if name not in names)

    def add_names_of_others(self, *names):
        """Add names to those of other people, except spellings of this person."""
        known = {name.strip(): None for name in self.names_of_others.splitlines() + list(names)}
        mine = {self.name, *self.other_names.splitlines()}
        self.names_of_others = "\n".join(name for name in known if name and name not in mine)

    def follow_name(self, before):
        """Set the parts that an editor has set neither before nor now. ``before`` is the stored person, or None.

        Parts of the placeholder belong to no name, so they are replaced even if the name was changed without them.
        """
        is_renamed = before is not None and before.name != self.name
        is_placeholder = self.parts == split_name(PLACEHOLDER_NAME)
        if (
            self.parts == NameParts()
            or is_placeholder
            or (is_renamed and before.has_derived_parts and self.parts == before.parts)
        ):
            self.parts = split_name(self.name)
        if is_renamed and before.is_placeholder:
            self.other_names = "\n".join(name for name in self.other_names.splitlines() if name != PLACEHOLDER_NAME)
