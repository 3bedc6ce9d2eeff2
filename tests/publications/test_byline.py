import re

import pytest

from tests import make

pytestmark = pytest.mark.django_db


def byline(client):
    page = client.get("/publications/").content.decode()
    html = re.search(r'<(?:p|div) class="authors">(.*?)</(?:p|div)>', page, re.DOTALL)[1]
    return " ".join(html.split())


def test_a_long_list_of_authors_is_folded_without_a_script(client):
    make.publication(authors=[f"Author Nr{number}" for number in range(1, 17)])

    first, rest = byline(client).split("<details>")

    assert first.endswith("Author Nr7, ")
    assert "<summary> and 9 more </summary> Author Nr8, " in rest
    assert rest.endswith("Author Nr16 </details>")


def test_a_folded_list_of_authors_names_the_owner(client):
    owner = make.owner(name="Ada Lovelace")
    make.publication(authors=[*(f"Author Nr{number}" for number in range(1, 12)), owner])

    assert "<summary> and 5 more, including Ada Lovelace </summary>" in byline(client)


def test_ten_authors_are_not_folded(client):
    make.publication(authors=[f"Author Nr{number}" for number in range(1, 11)])

    assert "details" not in byline(client)


@pytest.mark.parametrize("printed", ["Ada Lovelace", "A. Lovelace", "Augusta Ada King"])
def test_the_owners_name_is_highlighted_in_every_spelling(client, printed):
    make.owner(name="Ada Lovelace", other_names="Augusta Ada King")
    paper = make.publication(authors=["Charles Babbage"])
    paper.authorships.create(name=printed, position=2)

    assert byline(client) == f'Charles Babbage, <strong class="me">{printed}</strong>'
