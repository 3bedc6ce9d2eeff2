"""Model fields for identifiers of works. They remove the prefix or URL of a pasted identifier."""

import re

from django.core.exceptions import ValidationError
from django.db import models
from stdnum import exceptions, isbn

from publications.references.values import identifiers


class IdentifierField(models.CharField):
    """Stores a bare identifier. ``prefix`` is removed from input, ``pattern`` must match the rest."""

    prefix = r""
    pattern = r".*"
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
        if value and not re.fullmatch(self.pattern, value):
            raise ValidationError(self.message, code="invalid")


class DOIField(IdentifierField):
    pattern = identifiers.DOI
    message = "Enter a DOI that starts with “10.”, such as 10.48550/arXiv.2412.07067."

    def to_python(self, value):
        return identifiers.bare_doi(super().to_python(value))


class ArxivField(IdentifierField):
    prefix = r"(?:https?://)?(?:www\.)?arxiv\.org/(?:abs|pdf)/|arxiv:\s*"
    pattern = identifiers.ARXIV
    message = "Enter an arXiv identifier such as 2412.07067, or hep-th/9901001 for papers before 2007."


class PMIDField(IdentifierField):
    prefix = r"(?:https?://)?pubmed\.ncbi\.nlm\.nih\.gov/|pmid:?\s*"
    pattern = identifiers.PMID
    message = "Enter a PubMed identifier, which is a number such as 29456894."

    def to_python(self, value):
        return super().to_python(value).rstrip("/")


class ISBNField(IdentifierField):
    """Keeps the hyphens of an ISBN and verifies its check digit."""

    prefix = r"isbn(?:-1[03])?:?\s*"
    pattern = identifiers.ISBN
    message = "Enter an ISBN of ten or thirteen digits, such as 978-0-262-03384-8."

    def validate(self, value, model_instance):
        super().validate(value, model_instance)
        if not value:
            return
        try:
            isbn.validate(value)
        except exceptions.InvalidChecksum as error:
            message = "The check digit of this ISBN does not match. Look for a mistyped digit."
            raise ValidationError(message, code="check_digit") from error
        except exceptions.ValidationError as error:
            raise ValidationError(self.message, code="invalid") from error
