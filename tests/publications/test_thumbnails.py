"""The image of a publication, from its upload to the pages."""

import re

import pytest
from django.core.exceptions import ValidationError

from profiles.history import revisions
from publications.models import Publication
from tests import make
from tests.profiles.test_models import portrait
from tests.publications.test_admin import ADD, LIST, form

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def is_served(client, address):
    response = client.get(address)
    return response.status_code == 200 and len(response.getvalue()) > 0


def test_an_image_is_shown_small_in_lists_and_large_on_the_page(client, editor_client):
    make.owner()
    answer = editor_client.post(
        ADD, form(image=portrait(), image_alt="Cost against accuracy", image_focus="20,50", state="published")
    )

    assert answer.status_code == 302
    for address in ("/", "/publications/", "/publications/on-engines/"):
        page = client.get(address).content.decode()
        (image,) = re.findall(r"<img[^>]*/media/images[^>]*>", page)
        assert 'alt="Cost against accuracy"' in image
        assert ('class="thumbnail"' in page, 'loading="lazy"' in image) == (address.count("/") < 3,) * 2
        for source in re.findall(r"/media/images/[^\s\"]+_x20y50/[^\s\"]+", page):
            assert is_served(client, source)


def test_an_image_without_alternative_text_is_refused(editor_client):
    page = editor_client.post(ADD, form(image=portrait())).content.decode()

    assert "Say in “alternative text” what the image shows." in page
    assert not Publication.objects.exists()
    with pytest.raises(ValidationError, match="alternative text"):
        Publication(title="On Engines", image=portrait()).full_clean()


def test_the_image_is_restored_with_a_revision(editor_client, client):
    paper = make.publication("On Engines")
    address, unchanged = f"{LIST}{paper.pk}", {"slug": paper.slug, "state": "published"}
    editor_client.post(f"{address}/change/", form(image=portrait(), image_alt="A curve", **unchanged))
    with_image = revisions.get_revisions(Publication, paper.pk)[0].pk
    editor_client.post(f"{address}/change/", form(**unchanged, **{"image-clear": "on"}))
    assert not Publication.objects.get().image

    editor_client.post(f"{address}/history/", {"restore": with_image})

    image = Publication.objects.get().image
    assert is_served(client, image.aspect_ratios["16/9"]["WEBP"][400].url)
