"""Identifiers of people."""

import re

from django.core.exceptions import ValidationError

from profiles.content.patterns import ORCID


def validate_orcid(value):
    """Four groups of four, the last character being a check digit (ISO 7064, MOD 11-2; orcid.org's own rule).

    Raises ValidationError.
    """
    if not re.fullmatch(ORCID, value):
        raise ValidationError("Write the ORCID iD as 0000-0002-1825-0097: four groups of four.", code="invalid")
    total = 0
    for digit in value.replace("-", "")[:-1]:
        total = (total + int(digit)) * 2
    check = (12 - total % 11) % 11
    if value[-1] != ("X" if check == 10 else str(check)):
        raise ValidationError(
            "The last character of this ORCID iD does not fit the others: one of them is mistyped.", code="check_digit"
        )
