"""Identifiers of people and organisations."""

import re

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from stdnum.iso7064 import mod_11_2

from profiles.content.patterns import ORCID, ROR

ROR_DIGITS = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's base 32


def validate_orcid(value):
    """Raise ValidationError unless ``value`` is four groups of four, the last character a correct check digit."""
    if not re.fullmatch(ORCID, value):
        raise ValidationError("Write the ORCID iD as 0000-0002-1825-0097: four groups of four.", code="invalid")
    if not mod_11_2.is_valid(value.replace("-", "")):
        message = "The check digit of this ORCID iD does not match. Look for a mistyped digit."
        raise ValidationError(message, code="check_digit")


def read_orcid(text):
    """Return an ORCID iD as 0000-0002-1825-0097 from an address, or with spaces or no hyphens; else the text."""
    characters = re.sub(r"^(?:https?://)?(?:www\.)?orcid\.org/|[\s/‐‑–-]", "", text, flags=re.IGNORECASE)
    groups = re.fullmatch(r"(\d{4})(\d{4})(\d{4})(\d{3}[\dx])", characters, re.ASCII | re.IGNORECASE)
    return "-".join(groups.groups()).upper() if groups else text


class ORCIDFormField(forms.CharField):
    default_validators = [validate_orcid]

    def to_python(self, value):
        return read_orcid(super().to_python(value))


class ORCIDField(models.CharField):
    """An ORCID iD, typed or pasted in any usual form."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **{"max_length": 19, "validators": [validate_orcid], **kwargs})

    def to_python(self, value):
        value = super().to_python(value)
        return read_orcid(value) if value else value

    def formfield(self, **kwargs):
        # An address is longer than the column.
        return super().formfield(**{"form_class": ORCIDFormField, **kwargs, "max_length": None})


def validate_ror(value):
    """Raise ValidationError unless ``value`` is the nine characters of a ROR ID with a correct checksum.

    The last two are the checksum of the others as a number in base 32, by ISO 7064 mod 97-10.
    """
    if not re.fullmatch(ROR, value):
        raise ValidationError("Write the ROR ID as 052gg0110: nine characters, the first of them 0.", code="invalid")
    number = 0
    for character in value[:-2]:
        number = number * len(ROR_DIGITS) + ROR_DIGITS.index(character)
    if 98 - number * 100 % 97 != int(value[-2:]):
        message = "The checksum of this ROR ID does not match. Look for a mistyped character."
        raise ValidationError(message, code="check_digit")


def read_ror(text):
    """Return a ROR ID as 052gg0110 from its address; other text as it is, in lower case."""
    return re.sub(r"^(?:https?://)?(?:www\.)?ror\.org|/", "", "".join(text.lower().split()))


class RORFormField(forms.CharField):
    default_validators = [validate_ror]

    def to_python(self, value):
        return read_ror(super().to_python(value))


class RORField(models.CharField):
    """The ROR ID of an organisation, typed or pasted as its address."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **{"max_length": 9, "validators": [validate_ror], **kwargs})

    def to_python(self, value):
        value = super().to_python(value)
        return read_ror(value) if value else value

    def formfield(self, **kwargs):
        # An address is longer than the column.
        return super().formfield(**{"form_class": RORFormField, **kwargs, "max_length": None})
