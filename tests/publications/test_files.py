"""Files of publications: validation, serving with byte ranges, and full text."""

import json
import re
import zlib
from datetime import timedelta

import pytest
from django.contrib.messages import get_messages
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from django.utils.http import http_date

from profiles.files.tagged import is_untagged
from profiles.search import indexing
from publications.files import pdf
from publications.models import FullText, Publication, Resource
from tests import make
from tests.profiles.files.test_images import phone_photo
from tests.publications.test_admin import ADD, LIST, form

pytestmark = pytest.mark.django_db
BODY = b"%PDF-1.7 " + bytes(range(256)) * 8


def a_pdf(*lines, box=(595, 842), pages=1):
    """A small PDF: each of ``lines`` is (size of its letters, text)."""
    shown = "\n".join(
        f"BT /F1 {size} Tf 50 {800 - 40 * number} Td ({text}) Tj ET" for number, (size, text) in enumerate(lines)
    ).encode("latin-1")
    kids = " ".join(f"{5 + number} 0 R" for number in range(pages))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {pages} >>".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(shown), shown),
    ]
    page = f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {box[0]} {box[1]}] /Contents 4 0 R "
    objects += [(page + "/Resources << /Font << /F1 3 0 R >> >> >>").encode()] * pages
    text, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(text))
        text += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    start = len(text)
    text += b"xref\n0 %d\n0000000000 65535 f \n%strailer\n" % (len(objects) + 1, table)
    return text + b"<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, start)


PAPER = a_pdf(
    (9, "arXiv:2412.07067v2 [cs.LG] 1 Dec 2024"), (20, "On Analytical"), (20, "Engines"), (10, "Ada Lovelace"),
    (10, "https://doi.org/10.1234/engines.7."), (10, "We weave algebraic patterns as the loom weaves brocade."),
)  # fmt: skip


def upload(data, name="My Paper (final).PDF"):
    return SimpleUploadedFile(name, data)


@pytest.fixture
def paper():
    publication = make.publication("On Engines")
    publication.resources.create(kind="pdf", file=ContentFile(BODY, "My Paper (final).PDF"))
    return publication


ADDRESS = "/publications/on-engines/my-paper-final.pdf"


def body(answer):
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def ask(client, **headers):
    """The answer to a request for the file, read to its end."""
    answer = client.get(ADDRESS, headers=headers)
    answer.whole = body(answer)
    return answer


def test_a_whole_file_is_served(client, paper):
    answer = client.get(ADDRESS)

    assert body(answer) == BODY
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Content-Disposition"] == 'inline; filename="my-paper-final.pdf"'
    assert answer.headers["Content-Length"] == str(len(BODY))
    assert answer.headers["Accept-Ranges"] == "bytes"
    assert answer.headers["ETag"] == f'"{paper.resources.get().sha256}"'
    assert answer.headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize(
    ("asked", "status", "expected", "content_range"),
    [
        ("bytes=0-9", 206, BODY[:10], "bytes 0-9/2057"),
        ("bytes=2000-", 206, BODY[2000:], "bytes 2000-2056/2057"),
        ("bytes=-7", 206, BODY[-7:], "bytes 2050-2056/2057"),
        ("bytes=5-99999", 206, BODY[5:], "bytes 5-2056/2057"),
        ("bytes=9999-", 416, b"", "bytes */2057"),
        ("bytes=-0", 416, b"", "bytes */2057"),
        ("bytes=9-5", 200, BODY, None),
        ("bytes=0-1,5-6", 200, BODY, None),
        ("pages=1-2", 200, BODY, None),
        ("bytes=-", 200, BODY, None),
    ],
)
@pytest.mark.usefixtures("paper")
def test_a_part_of_a_file_is_served(client, asked, status, expected, content_range):
    answer = client.get(ADDRESS, headers={"range": asked})

    assert (answer.status_code, body(answer)) == (status, expected)
    assert answer.headers.get("Content-Range") == content_range
    if status != 416:
        assert answer.headers["Content-Length"] == str(len(expected))


def test_an_unchanged_file_is_not_sent_again(client, paper):
    etag = ask(client).headers["ETag"]

    assert ask(client, if_none_match=etag).status_code == 304
    assert ask(client, if_none_match='"other"').status_code == 200
    assert ask(client, range="bytes=0-1", if_range=etag).status_code == 206
    assert ask(client, range="bytes=0-1", if_range='"other"').status_code == 200


def test_a_file_has_a_modification_date(client, paper):
    whole = ask(client)
    since = whole.headers["Last-Modified"]

    assert whole.status_code == 200
    assert ask(client, if_modified_since=since).status_code == 304
    assert ask(client, if_modified_since="Sat, 01 Jan 2000 00:00:00 GMT").status_code == 200
    assert ask(client, if_modified_since=since, if_none_match='"other"').status_code == 200
    assert ask(client, range="bytes=0-1", if_range=since).status_code == 206
    assert ask(client, range="bytes=0-1", if_range="Sat, 01 Jan 2000 00:00:00 GMT").status_code == 200


def test_a_restored_older_file_is_sent_again(client, paper):
    later = timezone.now() + timedelta(hours=1)
    since = ask(client).headers["Last-Modified"]

    Publication.objects.update(updated_at=later)

    answer = ask(client, if_modified_since=since)
    assert (answer.status_code, answer.headers["Last-Modified"]) == (200, http_date(later.timestamp()))


@pytest.mark.parametrize("others", [0, 3])
def test_a_file_needs_one_query_whether_it_is_sent_or_not(client, paper, django_assert_num_queries, others):
    for number in range(others):
        paper.resources.create(kind="slides", file=ContentFile(b"%PDF-", f"{number}.pdf"))
    etag = f'"{paper.resources.first().sha256}"'

    with django_assert_num_queries(1):
        sent = ask(client)
    with django_assert_num_queries(1):
        not_sent = ask(client, if_none_match=etag)

    assert (sent.status_code, not_sent.status_code) == (200, 304)


def test_a_head_request_gets_no_content(client, paper):
    answer = client.head(ADDRESS)

    assert (answer.status_code, body(answer)) == (200, b"")
    assert answer.headers["Content-Length"] == str(len(BODY))


def test_file_names_are_case_sensitive(client, paper):
    assert client.get(ADDRESS.replace("paper", "Paper")).status_code == 404


def test_a_file_of_a_project_is_served_below_its_page(client):
    project = make.project("Engine")
    project.resources.create(kind="slides", file=ContentFile(BODY, "slides.pdf"))
    address = "/projects/engine/slides.pdf"

    whole = client.get(address)

    assert body(whole) == BODY
    assert client.get(address, headers={"if_none_match": whole.headers["ETag"]}).status_code == 304
    type(project).objects.unpublish()
    assert client.get(address).status_code == 404


def test_a_new_file_has_a_new_etag(client, paper):
    before = ask(client).headers["ETag"]
    resource = paper.resources.get()
    resource.file.save("My Paper (final).PDF", ContentFile(BODY + b"more"))

    assert resource.filename == "my-paper-final.pdf"
    assert ask(client).headers["ETag"] != before


def test_a_file_is_visible_like_its_publication(client, editor_client, paper):
    Publication.objects.unpublish()

    answer = ask(editor_client)
    assert client.get(ADDRESS).status_code == 404
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "private, no-cache")


def test_two_files_with_the_same_name_have_different_addresses(paper):
    second = paper.resources.create(kind="slides", file=ContentFile(b"%PDF-", "my-paper-final.pdf"))

    assert second.filename == "my-paper-final-2.pdf"


def test_a_missing_file_is_not_found_and_its_form_still_opens(client, editor_client, paper):
    resource = paper.resources.get()
    resource.file.storage.delete(resource.file.name)

    assert client.get(ADDRESS).status_code == 404
    assert client.get("/publications/on-engines/").status_code == 200
    assert editor_client.get(f"{LIST}{paper.pk}/change/").status_code == 200
    row = {"id": resource.pk, "kind": "pdf", "position": 0}
    data = form(resources=[row], slug="on-engines") | {"resources-INITIAL_FORMS": 1}
    assert editor_client.post(f"{LIST}{paper.pk}/change/", data).status_code == 302


def test_several_files_are_added_in_one_field_with_the_right_kinds(editor_client):
    files = [
        upload(a_pdf((20, "Long title of it"), box=(842, 595), pages=3), "b.pdf"),
        upload(PAPER, "paper.pdf"),
        upload(a_pdf((20, "x"), box=(2384, 3370)), "c.pdf"),
        upload(a_pdf((20, "x")), "my-slides.pdf"),
        upload(b"a,b\n1,2\n", "data.csv"),
        upload(a_pdf((20, "x")), "appendix.pdf"),
    ]

    answer = editor_client.post(ADD, form(files=files))

    assert answer.status_code == 302
    assert [(one.kind, one.filename) for one in Publication.objects.get().resources.all()] == [
        ("pdf", "paper.pdf"), ("data", "data.csv"), ("slides", "b.pdf"), ("slides", "my-slides.pdf"),
        ("poster", "c.pdf"), ("supplement", "appendix.pdf"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("data", "name", "sentence"),
    [
        (b"<html><script>alert(1)</script>", "paper.pdf", "does not contain a “.pdf” file"),
        (b"MZ\x90\0", "data.csv", "does not contain a “.csv” file"),
        (b"%PDF-1.4", "slides.pptx", "does not contain a “.pptx” file"),
        (b"<svg/>", "picture.svg", "files with “.svg” cannot be uploaded"),
        (b"<svg/>", "photo.jpg", "Upload a valid image"),
        (b"#!/bin/sh", "run.sh", "files with “.sh” cannot be uploaded"),
        (b"", "paper.pdf", "This file is empty, or is no longer stored. Choose it again."),
    ],
)
@pytest.mark.parametrize("field", ["files", "row"])
def test_a_file_whose_content_does_not_match_its_name_is_refused(editor_client, data, name, sentence, field):
    if field == "files":
        posted = form(files=upload(data, name))
    else:
        posted = form(resources=[{"kind": "pdf", "file": upload(data, name), "position": 0}])

    page = editor_client.post(ADD, posted).content.decode()

    ending = name.rpartition(".")[2]
    assert sentence in page or f"File extension “{ending}” is not allowed" in page
    assert not Publication.objects.exists()


def test_a_file_larger_than_the_setting_is_refused(editor_client, settings):
    settings.UPLOAD_MAX_MB = 1

    page = editor_client.post(ADD, form(files=upload(b"%PDF-" + b"x" * 2**21))).content.decode()

    assert "has 2 MB, more than the 1 MB that this site accepts" in page


def test_the_metadata_of_an_uploaded_image_is_removed(editor_client, client):
    editor_client.post(ADD, form(files=upload(phone_photo(), "poster.jpg"), state="published"))

    data = body(client.get("/publications/on-engines/poster.jpg"))

    assert data.startswith(b"\xff\xd8")
    assert b"Camera" not in data


@pytest.mark.django_db(transaction=True)
def test_a_pdf_can_be_searched_and_its_metadata_is_shown(editor_client, client):
    editor_client.post(ADD, form(files=upload(PAPER), state="published"))

    page = editor_client.get(LIST).content.decode()

    assert "title “On Analytical Engines”, DOI “10.1234/engines.7”, arXiv identifier “2412.07067v2”" in page
    assert client.get("/publications/?q=brocade").context["count"] == 1
    assert client.get("/publications/?q=velvet").context["count"] == 0


def untagged_note(answer):
    notes = [str(message) for message in get_messages(answer.wsgi_request)]
    return next((note for note in notes if note.startswith("Screen readers find no headings")), "")


def test_editors_get_a_note_about_untagged_pdfs(client, editor_client):
    make.owner()
    tagged = b"".join(client.get("/cv.pdf"))

    files = [upload(PAPER, "a.pdf"), upload(tagged, "cv.pdf"), upload(PAPER, "b.pdf")]
    note = untagged_note(editor_client.post(ADD, form(files=files)))

    assert "in “a.pdf”, “b.pdf”, because" in note
    editor_client.get("/admin/")  # shows the note
    assert untagged_note(editor_client.post(ADD, form(title="Other", files=upload(tagged, "cv.pdf")))) == ""
    assert Resource.objects.filter(file__endswith="/cv.pdf").count() == 2


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"%PDF-1.7 << /Type /Catalog /StructTreeRoot 5 0 R >>", False),
        (b"%PDF-1.7 << /Type /ObjStm /N 1 >>\nstream\r\n" + zlib.compress(b"<</StructTreeRoot 5 0 R>>"), False),
        (b"%PDF-1.7 << /Type /ObjStm /N 1 >>\nstream\n" + zlib.compress(b"<</Pages 5 0 R>>"), True),
        (b"%PDF-1.7 /ObjStm stream\nnot compressed", True),
        (b"%PDF-1.7 trailer << /Encrypt 5 0 R >>", False),
        (b"%PDF-1.7", True),
    ],
)
def test_tags_are_found_wherever_a_pdf_names_them(content, expected):
    assert is_untagged(upload(content)) == expected
    assert not is_untagged(upload(content, "data.csv"))


def test_the_text_of_a_blind_paper_is_not_searched_for_visitors(client, editor_client, paper):
    FullText.objects.create(resource=paper.resources.get(), sha256="0", text="By Zoe Zanzibar")
    Publication.objects.update(hides_authors=True)
    indexing.refresh()

    assert client.get("/publications/?q=zanzibar").context["count"] == 0
    assert editor_client.get("/publications/?q=zanzibar").context["count"] == 1


def test_the_metadata_of_a_pdf_is_offered_before_it_is_saved(editor_client):
    found = editor_client.post(f"{LIST}inspect/", {"file": upload(PAPER)}).json()

    assert found == {
        "title": "On Analytical Engines", "doi": "10.1234/engines.7", "arxiv_id": "2412.07067v2",
        "arxiv_class": "cs.LG",
    }  # fmt: skip


@pytest.mark.parametrize("data", [b"%PDF-1.4 nothing", b"%PDF-" + b"<<" * 50_000, PAPER[: len(PAPER) // 2]])
def test_a_broken_pdf_is_saved_without_text(editor_client, data):
    found = editor_client.post(f"{LIST}inspect/", {"file": upload(data)})

    assert found.status_code == 200
    assert found.json().get("doi", "") == ""
    assert editor_client.post(ADD, form(files=upload(data))).status_code == 302


def test_reading_a_pdf_has_a_time_limit(monkeypatch, tmp_path):
    path = tmp_path / "a.pdf"
    path.write_bytes(PAPER)
    monkeypatch.setattr(pdf, "SECONDS", 0.01)

    assert pdf.read(path) == pdf.Content()


def test_only_editors_inspect_files_and_any_content_is_accepted(guest_client, editor_client):
    assert guest_client.post(f"{LIST}inspect/", {"file": upload(PAPER)}).status_code == 403
    assert "error" in json.loads(editor_client.post(f"{LIST}inspect/").content)


def name_kept(editor_client, name, data=PAPER):
    """Return the name under which an upload is stored, or "" if it is refused."""
    editor_client.post(ADD, form(files=upload(data, name)))
    stored = Resource.objects.last()
    return stored.filename if stored else ""


@pytest.mark.parametrize(
    ("name", "stored"),
    [
        ("../../../etc/cron.d/x.pdf", "x.pdf"),
        ("..\\..\\windows\\x.pdf", "x.pdf"),
        ("/absolute/x.pdf", "x.pdf"),
        ("a\u202efdp.exe\u2066.pdf", "afdpexe.pdf"),
        ("\u200bx\ufeff.pdf", "x.pdf"),
        ("x.php.html.PDF", "xphphtml.pdf"),
        ("<script>alert(1)<!--.pdf", "scriptalert1.pdf"),
        ('x"; filename="y.html.pdf', None),
        ("x\r\nSet-Cookie: a=b.pdf", None),
        ("CON.pdf", "con-.pdf"),
        ("com1.pdf", "com1-.pdf"),
        ("...pdf", None),
        ("%2e%2e%2fx.pdf", "2e2e2fx.pdf"),
        (f"{'a' * 5000}.pdf", f"{'a' * 100}.pdf"),
        ("\U0001f4a9.pdf", "file.pdf"),
        ("x.pdf.exe", ""),
        ("x.pdf\u202e", "x.pdf"),
        ("pdf", ""),
    ],
    ids=ascii,
)
def test_a_hostile_file_name_becomes_a_plain_one(editor_client, client, name, stored):
    found = name_kept(editor_client, name)

    assert found == stored or (stored is None and re.fullmatch(r"[a-z0-9-]*\.pdf|", found))
    for resource in Resource.objects.all():
        Publication.objects.update(state="published", publish_at=timezone.now())
        answer = client.get(resource.href)
        assert body(answer) == PAPER
        assert answer.headers["Content-Disposition"] == f'inline; filename="{found}"'


@pytest.mark.parametrize(
    ("name", "data", "kind"),
    [
        ("x.pdf", b"<html><script>alert(1)</script>%PDF-1.7", "application/pdf"),
        ("x.pdf", b"%PDF-1.7 <html><script>alert(1)</script>", "application/pdf"),
        ("x.gif", b"GIF89a/*" + b"\0" * 9 + b"*/=1;alert(1)", "image/gif"),
        ("x.zip", b"PK\x03\x04<script>alert(1)</script>", "application/zip"),
        ("x.html.gz", b"\x1f\x8b\x08\x08<script>alert(1)</script>", "application/octet-stream"),
        ("x.txt", b"<!doctype html><script>alert(1)</script>", "text/plain; charset=utf-8"),
        ("x.json", b'{"a": "<script>alert(1)</script>"}', "application/json; charset=utf-8"),
        ("x.csv", b"=cmd|' /C calc'!A0,<svg onload=alert(1)>", "text/csv; charset=utf-8"),
        ("x.md", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "text/markdown; charset=utf-8"),
        ("x.xlsx", b"PK\x03\x04" + b"\0" * 99, None),
        ("x.mp4", b"\0\0\0\x18ftyp<script>alert(1)</script>", "video/mp4"),
    ],
)
def test_a_file_of_two_types_is_served_as_the_type_of_its_name_and_runs_nothing(
    editor_client, client, name, data, kind
):
    editor_client.post(ADD, form(files=upload(data, name), state="published"))

    answer = client.get(Resource.objects.get().href)

    policy = {part.strip() for part in answer.headers["Content-Security-Policy"].split(";")}
    assert body(answer) == data
    assert kind in (None, answer.headers["Content-Type"])
    assert not re.search("html|svg|xml|script", answer.headers["Content-Type"].replace("openxml", ""))
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert {"default-src 'none'", "sandbox"} <= policy
    assert answer.headers["Cross-Origin-Resource-Policy"] in ("same-origin", "cross-origin")
