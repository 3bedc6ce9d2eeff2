"""Pages without content, as visitors and editors see them."""

import re

import pytest

from tests import make

pytestmark = pytest.mark.django_db

LISTS = [
    ("/publications/", "There are no publications yet.", "/admin/publications/publication/add/"),
    ("/projects/", "There are no projects yet.", "/admin/projects/project/add/"),
    ("/talks/", "There are no talks yet.", "/admin/profiles/talk/add/"),
    ("/teaching/", "There are no courses yet.", "/admin/profiles/course/add/"),
    ("/news/", "There is no news yet.", "/admin/profiles/post/add/"),
    ("/people/", "There are no people yet.", "/admin/profiles/person/add/"),
    ("/activities/", "There are no activities yet.", "/admin/"),
]


def nothing(client, path):
    """Return the sentence and the addresses of an empty list."""
    part = client.get(path).text.partition('<div class="nothing">')[2].partition("</div>")[0]
    return re.search(r"<p class=\"lead\">(.*?)</p>", part)[1], re.findall('href="(.*?)"', part)


@pytest.mark.parametrize(("path", "sentence", "add"), LISTS)
def test_an_empty_list_leads_visitors_on_and_editors_to_the_form(client, editor_client, path, sentence, add):
    assert nothing(client, path) == (sentence, ["/", "/search/"])
    assert nothing(editor_client, path) == (sentence, [add])
    assert editor_client.get(add).status_code == 200


def test_who_may_not_add_anything_gets_no_link_to_the_form(guest_client):
    assert nothing(guest_client, "/talks/") == ("There are no talks yet.", ["/", "/search/"])


def test_filters_without_results_lead_to_the_whole_list(client):
    make.publication()

    assert nothing(client, "/publications/?q=qqqq")[1] == ["/publications/"]


def test_an_expired_preview_says_so_and_is_not_stored(client):
    answer = client.get("/preview/none/")

    assert answer.status_code == 404
    assert "<h1>This preview has expired</h1>" in answer.text
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.headers["X-Robots-Tag"] == "noindex, nofollow, noarchive"


def test_a_draft_has_a_link_to_its_form_for_editors_and_none_in_a_preview(client, editor_client):
    paper = make.publication("Secret", state="draft")

    banner = editor_client.get(paper.get_absolute_url()).text.partition('class="banner')[2].partition("</p>")[0]

    assert f'href="/admin/publications/publication/{paper.pk}/change/"' in banner


def test_a_missing_page_offers_a_search(client):
    page = client.get("/nowhere/").text

    assert '<form class="search" role="search" action="/search/">' in page
    assert "<h1>Page not found</h1>" in page
