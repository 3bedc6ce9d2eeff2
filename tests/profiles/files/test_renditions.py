"""The command that creates missing renditions."""

import io
import signal
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from PIL import Image

from profiles.models import Person
from publications.models import Publication
from tests import make
from tests.profiles.files.test_images import upload, written

pytestmark = pytest.mark.django_db


def run(**options):
    """Return (exit code, output, errors)."""
    out, err = io.StringIO(), io.StringIO()
    try:
        call_command("make_renditions", stdout=out, stderr=err, **options)
    except CommandError as error:
        err.write(str(error))
        return error.returncode, out.getvalue(), err.getvalue()
    return 0, out.getvalue(), err.getvalue()


def picture(colour):
    return upload(written(Image.new("RGB", (640, 640), colour)))


@pytest.fixture
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    make.person("Ada Lovelace", photo=picture("red"), photo_alt="Ada")
    make.person("Charles Babbage", photo=picture("blue"), photo_alt="Charles")
    make.publication("On Engines", image=picture("green"), image_alt="An engine", authors=[])
    return tmp_path


def renditions(media):
    return {path: path.read_bytes() for path in media.rglob("*") if path.suffix in (".avif", ".webp", ".part")}


def test_only_missing_renditions_are_created_and_they_are_the_same_as_before(media):
    before = renditions(media)
    gone = sorted(before)[::3]
    for path in gone:
        path.unlink()
    unchanged = {path: path.stat().st_mtime_ns for path in renditions(media)}

    first, second = run(), run()

    assert first == (0, f"3 pictures, {len(gone)} renditions created.\n", "")
    assert second == (0, "3 pictures, 0 renditions created.\n", "")
    assert renditions(media) == before
    assert {path: path.stat().st_mtime_ns for path in unchanged} == unchanged


def test_all_renditions_are_replaced_on_request(media):
    before = renditions(media)
    for path in before:
        path.write_bytes(b"old")

    assert run(all=True) == (0, f"3 pictures, {len(before)} renditions created.\n", "")
    assert renditions(media) == before


def test_a_missing_or_damaged_original_is_reported_and_the_others_are_done(media):
    before = renditions(media)
    for path in before:
        path.unlink()
    gone, broken = Person.objects.order_by("name")
    Path(gone.photo.path).unlink()
    Path(broken.photo.path).write_bytes(b"no picture")

    code, out, err = run()

    engine = Publication.objects.get().image.get_picture_files_list()
    assert (code, out) == (3, f"3 pictures, {len(engine)} renditions created.\n")
    lines = err.splitlines()
    assert lines[0] == "The photo of “Ada Lovelace” is missing. Upload it again."
    assert lines[1].startswith("The photo of “Charles Babbage” cannot be read (")
    assert lines[2:] == ["2 of 3 pictures could not be read."]


@pytest.mark.parametrize("moment", [1, 2, 9])
def test_a_stopped_run_leaves_complete_files_and_the_next_run_creates_the_rest(media, monkeypatch, moment):
    before = renditions(media)
    for path in before:
        path.unlink()
    left = [moment]
    replace = Path.replace

    def stop(path, target):
        left[0] -= 1
        if not left[0]:
            signal.raise_signal(signal.SIGINT)
        return replace(path, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", stop)
        code, _, err = run()
    made = {path: data for path, data in renditions(media).items() if path.suffix != ".part"}

    assert (code, "Run the command again to create the rest." in err) == (130, True)
    assert made.items() < before.items()
    assert len(made) == moment - 1
    assert run() == (0, f"3 pictures, {len(before) - len(made)} renditions created.\n", "")
    assert renditions(media) == before
