"""Uploaded files in an S3 bucket: upload, pages, and an unreachable bucket."""

import io
import re
import secrets
import socket
import tracemalloc
from contextlib import contextmanager

import pytest
from botocore.config import Config
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from PIL import Image

from config.settings import s3_options
from profiles.files import storage
from profiles.files.s3 import CLIENT_CONFIG
from profiles.models import Person
from publications.models import FullText, Publication
from tests import make, s3
from tests.profiles.files.test_images import phone_photo, upload
from tests.profiles.files.test_pending_uploads import chosen
from tests.profiles.test_admin import person_form
from tests.publications.test_admin import ADD, LIST, form
from tests.publications.test_files import PAPER, body

pytestmark = [pytest.mark.slow, pytest.mark.django_db]
ADDRESS = "/publications/on-engines/paper.pdf"


@pytest.fixture(scope="module")
def port():
    with s3.store() as port:
        yield port


@contextmanager
def media_at(settings, address):
    settings.MEDIA_STORAGE_URL = address
    bucket = {"BACKEND": "profiles.files.s3.S3Storage", "OPTIONS": s3_options(address)}
    settings.STORAGES = {**settings.STORAGES, "default": bucket}
    yield default_storage
    default_storage.connection.meta.client.close()


@pytest.fixture
def bucket(settings, port):
    with media_at(settings, s3.make_bucket(port, f"test-{secrets.token_hex(6)}")) as storage:
        yield storage


def names(bucket, folder=""):
    """Return the names of all files in the bucket."""
    folders, files = bucket.listdir(folder)
    inside = [name for one in folders for name in names(bucket, f"{folder}{one}/")]
    return [f"{folder}{name}" for name in files] + inside


def test_a_chosen_file_waits_in_the_bucket_until_its_form_is_saved(editor_client, bucket):
    tokens, _ = chosen(editor_client.post(ADD, form(title="", files=upload(PAPER, "Paper.pdf"))))
    waiting = names(bucket, "incoming/")
    editor_client.post(ADD, form(**tokens))

    assert len(waiting) == 1
    assert Publication.objects.get().resources.get().filename == "paper.pdf"
    assert names(bucket, "incoming/") == []


def test_a_photo_is_stored_in_the_bucket_and_served_in_several_sizes(editor_client, client, bucket):
    fields = {"is_owner": "on", "is_public_page": "on", "photo_alt": "Ada"}
    answer = editor_client.post("/admin/profiles/person/add/", person_form(photo=upload(phone_photo()), **fields))

    assert answer.status_code == 302
    owner = Person.objects.owner()
    page = client.get("/").content.decode()
    shown = set(re.findall(r"/media/images/[^\s\"]+", page))
    assert len(shown) > 3
    sizes = set()
    for address in shown:
        found = client.get(address)
        assert found.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        with Image.open(io.BytesIO(body(found))) as image:
            sizes.add(image.width)
    assert len(sizes) > 1
    original = owner.photo.url
    assert client.get(original).status_code == 404
    assert body(editor_client.get(original))
    icon = client.get("/icon/48.png").content
    with Image.open(io.BytesIO(icon)) as image:
        assert image.convert("RGB").getpixel((24, 44))[2] > 200

    changed = person_form(photo_focus="50,0", slug=owner.slug, **fields)
    assert editor_client.post(f"/admin/profiles/person/{owner.pk}/change/", changed).status_code == 302

    owner.refresh_from_db()
    assert owner.photo.url != original
    assert {name for name in names(bucket) if name.startswith(owner.photo.name.rpartition("/")[0])}


def test_a_file_is_served_beside_its_publication_until_it_is_replaced_or_deleted(editor_client, client, bucket):
    answer = editor_client.post(ADD, form(files=upload(PAPER, "paper.pdf"), state="published"))

    assert answer.status_code == 302
    paper = Publication.objects.get()
    resource = paper.resources.get()
    assert names(bucket) == [resource.file.name]
    whole = client.get(ADDRESS)
    assert body(whole) == PAPER
    assert whole.headers["Content-Length"] == str(len(PAPER))
    part = client.get(ADDRESS, headers={"range": "bytes=100-199"})
    assert (part.status_code, body(part)) == (206, PAPER[100:200])
    for headers in (
        {"if_none_match": whole.headers["ETag"]},
        {"if_modified_since": whole.headers["Last-Modified"]},
    ):
        assert client.get(ADDRESS, headers=headers).status_code == 304

    row = {"id": resource.pk, "kind": "pdf", "position": 0, "file": upload(PAPER + b"%", "paper.pdf")}
    data = form(resources=[row], slug="on-engines", state="published") | {"resources-INITIAL_FORMS": 1}
    assert editor_client.post(f"{LIST}{paper.pk}/change/", data).status_code == 302

    assert body(client.get(ADDRESS)) == PAPER + b"%"
    assert body(client.get(ADDRESS, headers={"if_none_match": whole.headers["ETag"]})) == PAPER + b"%"

    data["resources-0-DELETE"] = "on"
    assert editor_client.post(f"{LIST}{paper.pk}/change/", data).status_code == 302

    assert client.get(ADDRESS).status_code == 404


def test_only_editors_get_the_file_of_a_draft(editor_client, client, bucket):
    make.publication(state="draft").resources.create(kind="pdf", file=ContentFile(PAPER, "paper.pdf"))

    visitor, editor = client.get(ADDRESS), editor_client.get(ADDRESS)

    assert (visitor.status_code, editor.status_code) == (404, 200)
    assert body(editor) == PAPER
    assert editor.headers["Cache-Control"] == "private, no-cache"


@pytest.mark.django_db(transaction=True)
def test_the_text_of_a_pdf_in_the_bucket_is_indexed(editor_client, bucket):
    editor_client.post(ADD, form(files=upload(PAPER, "paper.pdf"), state="published"))

    assert "brocade" in FullText.objects.get().text


def test_parts_of_a_large_file_are_read_through_a_temporary_file(bucket):
    data = secrets.token_bytes(2**20) * 20
    name = bucket.save("large.zip", ContentFile(data))
    tracemalloc.start()

    file, _ = storage.opened(bucket, name)
    file.seek(15_000_000)
    part = file.read(1000)
    file.seek(-10, io.SEEK_END)
    end = file.read()
    file.close()

    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (part, end) == (data[15_000_000:15_001_000], data[-10:])
    assert most < 10 * 2**20


def test_a_missing_file_is_a_404_and_the_content_check_reports_it(client, editor_client, bucket):
    paper = make.publication()
    resource = paper.resources.create(kind="pdf", file=ContentFile(PAPER, "paper.pdf"))
    bucket.delete(resource.file.name)

    assert client.get(ADDRESS).status_code == 404
    assert client.get("/media/images/no/such/image.webp").status_code == 404
    assert "paper.pdf of “On Engines” is missing" in editor_client.get("/admin/health/").content.decode()


@pytest.fixture(params=["gone", "silent"])
def bucket_out_of_reach(request, settings, monkeypatch):
    impatient = CLIENT_CONFIG.merge(Config(connect_timeout=0.2, read_timeout=0.2))
    monkeypatch.setattr("profiles.files.s3.CLIENT_CONFIG", impatient)
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        if request.param == "silent":
            server.listen()
        with media_at(settings, f"s3+http://key:secret@127.0.0.1:{server.getsockname()[1]}/media") as storage:
            yield storage


def test_while_the_bucket_is_unreachable_pages_are_served_and_files_get_503(client, editor_client, bucket_out_of_reach):
    paper = make.publication(abstract="On looms")
    type(paper.resources.create(kind="pdf", url="https://example.org")).objects.update(
        url="", file="publication/1/token/paper.pdf", sha256="0"
    )

    for address in ("/", "/publications/", "/publications/on-engines/", "/publications/feed/", "/cv/"):
        assert client.get(address).status_code in (200, 404)
    for address in (ADDRESS, "/media/images/token/name/1_1/100w.webp"):
        answer = client.get(address)
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "30")
        assert "The file storage does not answer" in answer.content.decode()


def test_an_upload_to_an_unreachable_bucket_saves_nothing_and_says_so(editor_client, bucket_out_of_reach):
    answer = editor_client.post(ADD, form(files=upload(PAPER, "paper.pdf")))
    image = editor_client.post("/admin/image/", {"file": upload(phone_photo())})

    assert answer.status_code == 503
    assert "none of it was saved" in answer.content.decode()
    assert not Publication.objects.exists()
    assert image.json()["error"].startswith("The file storage does not answer")


def test_a_missing_bucket_is_an_error(settings, port):
    address = f"s3+http://key:secret@127.0.0.1:{port}/no-such-bucket"

    with media_at(settings, address) as away, pytest.raises(storage.StorageError):
        away.save("a.pdf", ContentFile(PAPER))
