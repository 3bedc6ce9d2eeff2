import pytest
from django.core.exceptions import ValidationError

from publications.models import Publication
from tests import make


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("field", "pasted", "stored"),
    [
        ("doi", "https://doi.org/10.48550/arXiv.2412.07067", "10.48550/arXiv.2412.07067"),
        ("doi", "http://dx.doi.org/10.1000/182", "10.1000/182"),
        ("doi", "DOI: 10.1000/182", "10.1000/182"),
        ("doi", " 10.1002/(SICI)1097-0258(19980815)17:15<1661::AID-SIM968>3.0.CO;2-2 ",
         "10.1002/(SICI)1097-0258(19980815)17:15<1661::AID-SIM968>3.0.CO;2-2"),
        ("doi", "https://doi-org.proxy.example.edu/10.1000/a%28b%29%3C1%3E?x=1#part", "10.1000/a(b)<1>"),
        ("doi", "urn:doi:10.1000/A&lt;1&gt;.", "10.1000/A<1>"),
        ("arxiv_id", "https://arxiv.org/abs/2412.07067v2", "2412.07067v2"),
        ("arxiv_id", "arXiv:hep-th/9901001", "hep-th/9901001"),
        ("pmid", "https://pubmed.ncbi.nlm.nih.gov/29456894/", "29456894"),
        ("isbn", "ISBN 978-0-262-03384-8", "978-0-262-03384-8"),
        ("isbn", "0-8044-2957-X", "0-8044-2957-X"),
    ],
)  # fmt: skip
def test_an_identifier_is_stored_without_prefix(field, pasted, stored):
    cleaned = Publication(title="On Engines", **{field: pasted})
    cleaned.full_clean()

    saved = make.publication(**{field: pasted})
    saved.refresh_from_db()

    assert getattr(cleaned, field) == stored
    assert getattr(saved, field) == stored


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("doi", "11.1000/182", "Enter a DOI that starts with “10.”"),
        ("doi", "10.1000/1 82", "Enter a DOI that starts with “10.”"),
        ("arxiv_id", "2412", "Enter an arXiv identifier such as"),
        ("pmid", "PMC123", "Enter a PubMed identifier"),
        ("isbn", "978-0-262-03384-9", "The check digit of this ISBN does not match"),
        ("isbn", "978-0-262-0338", "Enter an ISBN of ten or thirteen digits"),
    ],
)
def test_a_mistyped_identifier_is_refused_with_an_example(field, value, sentence):
    with pytest.raises(ValidationError, match=sentence):
        Publication(title="On Engines", **{field: value}).full_clean()


@pytest.mark.django_db
@pytest.mark.parametrize("field", ["doi", "arxiv_id", "pmid", "isbn"])
@pytest.mark.parametrize("value", ["X", "-" * 10, "0" * 10 + "X" * 3, "9" * 20, "X123456789", "1X34567890"])
def test_any_text_is_valid_or_refused_as_an_identifier(field, value):
    with pytest.raises(ValidationError):
        Publication(title="On Engines", **{field: value}).full_clean()
