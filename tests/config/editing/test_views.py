"""Previews and image uploads of the admin's Markdown boxes."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from config.text.markdown import render
from tests import make
from tests.profiles.files.test_images import phone_photo

pytestmark = pytest.mark.django_db


TEXTS = ["A *proof* of $E = mc^2$", "# Title\n\n| a | b |\n|---|---|\n| 1 | 2 |", "<script>x</script>"]
BOXES = ["publications/publication", "projects/project"]
BOXES += ["profiles/person", "profiles/section", "profiles/awardactivity", "profiles/tag"]


@pytest.mark.parametrize("text", TEXTS)
def test_the_preview_shows_the_same_as_the_page(editor_client, client, text):
    make.publication("On Engines", abstract=text)
    preview = editor_client.post("/admin/markdown/", {"text": text, "level": "3"}).content.decode()

    assert render(text, 3) in preview
    assert render(text, 3) in client.get("/publications/on-engines/").content.decode()


def test_a_very_long_text_has_no_live_preview(editor_client):
    assert editor_client.post("/admin/markdown/", {"text": "a" * 100_001}).status_code == 413


def test_a_pasted_image_is_stored_without_metadata_and_public(editor_client, client):
    photo = SimpleUploadedFile("Pasted image.jpg", phone_photo(), "image/jpeg")

    url = editor_client.post("/admin/image/", {"file": photo}).json()["url"]

    answer = client.get(url)
    data = b"".join(answer.streaming_content)
    with Image.open(io.BytesIO(data)) as image:
        assert image.size == (900, 1200)
    assert b"Camera" not in data
    assert url.endswith("/pasted-image.jpg")
    make.section(body=f"![A kitchen]({url})")
    make.owner()
    assert f'<img src="{url}" alt="A kitchen"' in client.get("/").content.decode()


@pytest.mark.parametrize("files", [{}, {"file": SimpleUploadedFile("a.jpg", b"<svg/>")}])
def test_a_file_that_is_not_an_image_is_refused_with_a_message(editor_client, files):
    answer = editor_client.post("/admin/image/", files)

    assert answer.status_code == 400
    assert len(answer.json()["error"]) > 20


def test_previews_need_a_login_and_uploads_a_permission(client, guest_client):
    assert client.post("/admin/markdown/", {"text": "a"}).status_code == 302
    assert guest_client.post("/admin/image/", {}).status_code == 403


@pytest.mark.parametrize("path", BOXES)
def test_the_markdown_boxes_of_all_apps_have_a_preview(editor_client, path):
    page = editor_client.get(f"/admin/{path}/add/").content.decode()

    assert 'data-preview="/admin/markdown/"' in page
    assert "js/admin/markdown.js" in page
