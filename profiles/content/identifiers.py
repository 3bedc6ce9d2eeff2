"""Identifiers of people."""

import re

from django.core.exceptions import ValidationError
from stdnum.iso7064 import mod_11_2

from profiles.content.patterns import ORCID


def validate_orcid(value):
    """Raise ValidationError unless ``value`` is four groups of four, the last character a correct check digit."""
    if not re.fullmatch(ORCID, value):
        raise ValidationError("Write the ORCID iD as 0000-0002-1825-0097: four groups of four.", code="invalid")
    if not mod_11_2.is_valid(value.replace("-", "")):
        message = "The check digit of this ORCID iD does not match. Look for a mistyped digit."
        raise ValidationError(message, code="check_digit")
