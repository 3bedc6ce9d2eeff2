"""Identifiers of works. Pasted with a resolver's address or a prefix, each is kept bare."""

import re

from django.core.exceptions import ValidationError
from django.db import models


class IdentifierField(models.CharField):
    """A bare identifier: ``prefix`` is what is taken off before it, ``shape`` what must be left."""

    prefix = r""
    shape = r".*"
    message = ""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **{"max_length": 255, "blank": True, **kwargs})

    def to_python(self, value):
        value = (super().to_python(value) or "").strip()
        return re.sub(rf"^(?:{self.prefix})", "", value, count=1, flags=re.IGNORECASE) if self.prefix else value

    def get_prep_value(self, value):
        return self.to_python(super().get_prep_value(value))

    def validate(self, value, model_instance):
        super().validate(value, model_instance)
        if value and not re.fullmatch(self.shape, value):
            raise ValidationError(self.message, code="invalid")


class DOIField(IdentifierField):
    """Registered with a prefix of four to nine digits (DOI Handbook, 2.2)."""

    prefix = r"(?:https?://)?(?:dx\.)?doi\.org/|doi:\s*"
    shape = r"10\.[0-9]{4,9}(?:\.[0-9]+)*/\S+"
    message = "A DOI starts with “10.”, as in 10.48550/arXiv.2412.07067."


class ArxivField(IdentifierField):
    """The form since 2007 ("2412.07067") or the one before ("hep-th/9901001"), with or without a version."""

    prefix = r"(?:https?://)?(?:www\.)?arxiv\.org/(?:abs|pdf)/|arxiv:\s*"
    shape = r"(?:[0-9]{4}\.[0-9]{4,5}|[a-z-]+(?:\.[A-Z]{2})?/[0-9]{7})(?:v[0-9]+)?"
    message = "An arXiv identifier looks like 2412.07067, or hep-th/9901001 for papers before 2007."


class PMIDField(IdentifierField):
    prefix = r"(?:https?://)?pubmed\.ncbi\.nlm\.nih\.gov/|pmid:?\s*"
    shape = r"[1-9][0-9]{0,8}"
    message = "A PubMed identifier is a number, such as 29456894."

    def to_python(self, value):
        return super().to_python(value).rstrip("/")


class ISBNField(IdentifierField):
    """Ten or thirteen digits, hyphens kept as given; the last one is a check digit (ISO 2108)."""

    prefix = r"isbn(?:-1[03])?:?\s*"
    shape = r"[0-9][0-9 -]{8,15}[0-9Xx]"
    message = "An ISBN has ten or thirteen digits, such as 978-0-262-03384-8."

    def validate(self, value, model_instance):
        super().validate(value, model_instance)
        digits = [10 if digit in "Xx" else int(digit) for digit in value if digit not in " -"]
        weights = {10: range(10, 0, -1), 13: (1, 3) * 6 + (1,)}.get(len(digits))
        if value and not weights:
            raise ValidationError(self.message, code="invalid")
        if value and sum(d * w for d, w in zip(digits, weights, strict=True)) % (11 if len(digits) == 10 else 10):
            raise ValidationError(
                "The last digit of this ISBN does not fit the others: one of them is mistyped.", code="check_digit"
            )
