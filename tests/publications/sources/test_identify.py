import pytest

from publications.sources import identify


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("10.1000/xyz", "doi", "10.1000/xyz"),
        ("doi: 10.1000/xyz", "doi", "10.1000/xyz"),
        ("https://doi.org/10.1000/xyz.", "doi", "10.1000/xyz"),
        ("http://dx.doi.org/10.1000/xyz%3B2", "doi", "10.1000/xyz;2"),
        ("doi.org/10.1000/xyz", "doi", "10.1000/xyz"),
        ("https://dl.acm.org/doi/abs/10.1145/12345.67890", "doi", "10.1145/12345.67890"),
        ("https://onlinelibrary.example.com/doi/10.1002/abc/full?x=1", "doi", "10.1002/abc"),
        ("https://link.example.com/content/pdf/10.1007/s1-2.pdf", "doi", "10.1007/s1-2"),
        ("2412.07067", "arxiv", "2412.07067"),
        ("arXiv:2412.07067v2", "arxiv", "2412.07067v2"),
        ("hep-th/9901001", "arxiv", "hep-th/9901001"),
        ("https://arxiv.org/abs/2412.07067", "arxiv", "2412.07067"),
        ("https://arxiv.org/pdf/2412.07067v1.pdf", "arxiv", "2412.07067v1"),
        ("PMID: 29456894", "pmid", "29456894"),
        ("29456894", "pmid", "29456894"),
        ("https://pubmed.ncbi.nlm.nih.gov/29456894/", "pmid", "29456894"),
        ("PMC5815332", "pmcid", "PMC5815332"),
        ("https://www.ncbi.nlm.nih.gov/pmc/articles/PMC5815332/", "pmcid", "PMC5815332"),
        ("978-0-262-03384-8", "isbn", "978-0-262-03384-8"),
        ("ISBN 9780262033848", "isbn", "9780262033848"),
        ("https://paper.example.org/42", "url", "https://paper.example.org/42"),
        ("paper.example.org/42", "url", "https://paper.example.org/42"),
    ],
)
def test_pasted_identifiers_are_recognised(text, kind, value):
    found = identify(text)

    assert (found.kind, found.value) == (kind, value)


@pytest.mark.parametrize("text", ["", "On Engines", "978-0-262-03384-9", "12", "doi: nothing", "javascript:alert(1)"])
def test_other_text_is_not_an_identifier(text):
    assert identify(text) is None
