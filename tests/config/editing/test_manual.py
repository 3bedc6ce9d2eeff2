"""The manual inside the admin."""

from html.parser import HTMLParser

import pytest
from django.contrib import admin
from django.contrib.staticfiles import finders
from django.urls import reverse

from config.editing.manual import PAGES
from config.upkeep import first_site


class Addresses(HTMLParser):
    def __init__(self, html):
        super().__init__()
        self.links, self.pictures = [], []
        self.feed(html[html.index('class="text"') :])

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        if tag == "a":
            self.links.append(attributes["href"])
        if tag == "img":
            assert attributes["alt"]
            self.pictures.append(attributes["src"])


@pytest.mark.parametrize("name", PAGES)
def test_the_links_and_pictures_of_each_page_of_the_manual_exist(editor_client, name):
    first_site.load()

    page = editor_client.get(f"/admin/manual/{name}/")

    found = Addresses(page.content.decode())
    for link in found.links:
        if link.startswith("/"):
            assert editor_client.get(link, follow=True).status_code == 200
    for picture in found.pictures:
        assert finders.find(picture.removeprefix("/static/"))


@pytest.mark.parametrize("model", admin.site._registry, ids=lambda model: model._meta.label_lower)
def test_each_list_and_form_links_to_its_page_of_the_manual(editor_client, model):
    name = f"{model._meta.app_label}_{model._meta.model_name}"
    for view in ("changelist", "add"):
        response = editor_client.get(reverse(f"admin:{name}_{view}"), follow=True)
        if response.status_code == 200:
            assert response.context["manual_page"] in PAGES
            assert reverse("admin:manual-page", args=[response.context["manual_page"]]) in response.content.decode()


@pytest.mark.parametrize("view", ["selected", "renumber", "names"])
def test_the_pages_of_the_cv_link_to_its_page_of_the_manual(editor_client, view):
    page = editor_client.get(reverse(f"admin:publications_publication_{view}")).text

    assert reverse("admin:manual-page", args=["cv"]) in page


def test_a_missing_page_of_the_manual_is_not_found(editor_client):
    assert editor_client.get("/admin/manual/nothing/").status_code == 404
