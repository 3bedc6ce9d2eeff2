"""Uploaded images: photos from phones, and hostile files."""

import io
import struct
import subprocess
import sys
import time
import zlib
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageFile

from profiles.files.images import clean_image
from profiles.models import Person
from tests.profiles.test_admin import person_form

pytestmark = pytest.mark.django_db
ADD = "/admin/profiles/person/add/"
BASE = Path(__file__).resolve().parents[3]


def written(image, kind="JPEG", **options):
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def phone_photo():
    """Return an upright photo whose pixels are stored sideways, red at the top, with a location and a comment."""
    image = Image.new("RGB", (1200, 900), "blue")
    image.paste("red", (0, 0, 300, 900))
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned by 90° clockwise: the left side is the top
    exif[0x010F] = "Camera of Ada"
    exif.get_ifd(0x8825)[2] = (55.0, 57.0, 12.0)
    exif.get_ifd(0x8825)[1] = "N"
    return written(image, exif=exif, comment=b"Ada's kitchen")


def upload(data, name="me.jpg"):
    return SimpleUploadedFile(name, data, "image/jpeg")


def test_a_photo_from_a_phone_is_upright_and_without_metadata(editor_client, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    editor_client.post(ADD, person_form(photo=upload(phone_photo()), photo_alt="Ada", is_owner="on"))

    person = Person.objects.get()
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert (person.photo_width, person.photo_height) == (900, 1200)
    assert {path.suffix for path in files} == {".jpg", ".avif", ".webp"}
    for path in files:
        data = path.read_bytes()
        assert not [word for word in (b"Camera", b"kitchen", b"Exif\0\0\x4d\x4d") if word in data]
        with Image.open(path) as image:
            assert not image.getexif()
    with Image.open(person.photo.path) as image:
        top, bottom = image.getpixel((450, 20)), image.getpixel((450, 1180))
    assert top[0] > 200 > top[2]
    assert bottom[2] > 200 > bottom[0]


def test_a_new_focal_point_makes_new_renditions_at_new_addresses(editor_client, client, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    editor_client.post(
        ADD, person_form(photo=upload(phone_photo()), photo_alt="Ada", photo_focus="50,0", is_public_page="on")
    )
    person = Person.objects.get()
    before = person.photo.name

    editor_client.post(
        f"/admin/profiles/person/{person.pk}/change/",
        person_form(photo_alt="Ada", photo_focus="50,100", slug=person.slug, is_public_page="on"),
    )

    person.refresh_from_db()
    assert before != person.photo.name
    colours = []
    for name in (before, person.photo.name):
        with Image.open(next((tmp_path / name).with_suffix("").rglob("480w.webp"))) as image:
            colours.append(image.convert("RGB").getpixel((240, 5))[0] > 200)
    assert colours == [True, False]
    page = client.get(f"/people/{person.slug}/").content.decode()
    assert before.rpartition("/")[0] not in page


@pytest.mark.parametrize("focus", ["50", "101,5", "-1,5", "a,b", "50,50;"])
def test_an_invalid_focal_point_is_an_error_of_its_field(editor_client, focus):
    page = editor_client.post(ADD, person_form(photo_focus=focus)).content.decode()

    assert "Write two numbers from 0 to 100" in page


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "Upload a valid image: a JPEG"),
        (b"<html><script>alert(1)</script></html>", "Upload a valid image: a JPEG"),
        (b"", "This file is empty"),
        (b"\0\0\0\x18ftypheic" + b"\0" * 400, "This is a HEIC photo"),
        (phone_photo()[:3000], "This image is damaged or incomplete."),
        (written(Image.new("RGB", (500, 500)), "BMP"), "Upload a valid image: a JPEG"),
        (written(Image.new("1", (10_000, 10_000)), "PNG"), "This image has 100 megapixels"),
        (written(Image.new("L", (10_000, 10_000)), quality=10), "This image has 100 megapixels"),
    ],
    ids=["svg", "html", "empty", "heic", "cut off", "bmp", "png of 100 MP", "jpeg of 100 MP"],
)
def test_the_error_of_an_invalid_photo_says_what_to_do(editor_client, data, sentence):
    page = editor_client.post(ADD, person_form(photo=upload(data), photo_alt="Ada")).content.decode()

    assert sentence in page
    assert 'value="Ada"' in page
    assert not Person.objects.exists()


def png(*chunks):
    """Return a PNG of (kind, data) chunks, valid or not."""
    parts = [
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def size(width, height):
    return b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (png(size(50_000, 50_000), (b"IDAT", zlib.compress(b"\0" * 1000))), "more than 170 megapixels"),
        (png(size(2**31 - 1, 2**31 - 1)), "Upload a valid image: a JPEG"),
        (png(size(600, 600), (b"zTXt", b"a\0\0" + zlib.compress(b"x" * 10**8))), "damaged or incomplete"),
        (png(size(600, 600), (b"IDAT", zlib.compress(b"\0" * 10**8)), (b"IEND", b"")), ""),
        (png(size(600, 600), (b"IDAT", b"x" * 1000), (b"IEND", b"")), "damaged or incomplete"),
        (png((b"IHDR", b"")), "damaged or incomplete"),
        (b"GIF89a" + struct.pack("<HH", 65535, 65535) + b"\0" * 99, "Upload a valid image: a JPEG"),
        (phone_photo()[:2] + b"\xff\xe1\xff\xff<script>" + phone_photo()[2:], ""),
        (b"RIFF\xff\xff\xff\xffWEBPVP8X" + b"\xff" * 50, "more than 170 megapixels"),
        (b"\xff\xd8" + b"<svg onload=alert(1)>" * 99, "Upload a valid image: a JPEG"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "Upload a valid image: a JPEG"),
    ],
    ids=["wide", "wider", "text bomb", "pixel bomb", "noise", "no head", "gif", "exif", "webp", "svg", "ps"],
)
def test_decompression_bombs_and_invalid_images_are_rejected_quickly(data, sentence):
    begin = time.process_time()
    try:
        message = clean_image(upload(data)) and ""
    except ValidationError as error:
        message = error.messages[0]

    assert sentence in message
    assert time.process_time() - begin < 2


def test_a_file_that_is_too_large_is_rejected_before_it_is_read():
    class Giant:
        name, size = "giant.jpg", 50_000_000

    with pytest.raises(ValidationError, match="50 MB, more than the 40 MB"):
        clean_image(Giant())


@pytest.mark.parametrize("mode", ["L", "LA", "P", "RGBA", "CMYK", "1", "I;16"])
def test_every_colour_mode_becomes_rgb(mode):
    kind = "JPEG" if mode == "CMYK" else "PNG"

    cleaned = clean_image(upload(written(Image.new(mode, (600, 600)), kind), f"drawing.{kind.lower()}"))

    with Image.open(cleaned) as image:
        assert image.mode == ("RGBA" if mode in ("LA", "RGBA") else "RGB")


RAMP = [0, 64, 128, 192, 255]


@pytest.mark.parametrize(
    ("mode", "options"),
    [("L", {}), ("LA", {}), ("P", {}), ("CMYK", {}), ("I;16", {}), ("I;16", {"transparency": 0})],
)
def test_an_image_of_any_mode_keeps_its_tones(mode, options):
    ramp = Image.new("L", (500, 500))
    for number, tone in enumerate(RAMP):
        ramp.paste(tone, (100 * number, 0, 100 * number + 100, 500))
    deep = ramp.convert("I").point(lambda tone: tone * 257)
    drawing = deep.convert(mode) if mode == "I;16" else ramp.convert(mode)
    kind, name = ("JPEG", "a.jpg") if mode == "CMYK" else ("PNG", "a.png")

    cleaned = clean_image(upload(written(drawing, kind, **options), name))

    with Image.open(cleaned) as image:
        tones = [image.convert("L").getpixel((100 * number + 50, 250)) for number in range(len(RAMP))]
        assert tones == pytest.approx(RAMP, abs=1)
        assert image.convert("RGBA").getpixel((50, 250))[3] == (0 if options else 255)


MEASURE = """
import os, re, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
import django
django.setup()
from django.core.files.uploadedfile import SimpleUploadedFile
from profiles.files.images import clean_image
import config.urls
clean_image(SimpleUploadedFile("a.jpg", open(sys.argv[1], "rb").read()))
print(int(re.search(r"VmHWM:\\s*(\\d+)", open("/proc/self/status").read())[1]) // 1024)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="memory is measured on Linux")
@pytest.mark.parametrize(
    ("kind", "size", "options"),
    [
        ("jpeg", (8900, 7800), {"quality": 80}),
        ("jpeg", (5000, 4000), {"quality": 80, "progressive": True}),
        ("webp", (3600, 2700), {"quality": 50}),
    ],
    ids=["baseline", "progressive", "webp"],
)
def test_the_largest_accepted_images_need_less_than_300_mb(tmp_path, monkeypatch, kind, size, options):
    monkeypatch.setattr(ImageFile, "MAXBLOCK", 2**26)
    mode = "RGB" if kind == "jpeg" else "RGBA"
    path = tmp_path / "image"
    Image.new(mode, size, "teal").save(path, kind, **options)

    used = subprocess.run(
        [sys.executable, "-c", MEASURE, path], cwd=BASE, capture_output=True, text=True, check=True
    ).stdout

    assert int(used) < 300
