"""Random input in the forms of the admin is saved as a whole or not at all, and causes no server error.

FUZZ_FORMS=3000 posts that many forms; FUZZ_SEED=7 posts others. A failure lists the changes to the opened form.
"""

import os
import random

import pytest
from django.apps import apps
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from profiles.models import FollowedFeed, Look, Menu, PostSuggestion, SiteSettings
from tests import make
from tests.config.web.test_fuzz import NUMBERS, TEXTS, silence  # noqa: F401
from tests.running import Fields
from tests.wsgi import ask

pytestmark = [pytest.mark.slow, pytest.mark.django_db, pytest.mark.usefixtures("silence")]

REQUESTS = int(os.environ.get("FUZZ_FORMS", "60"))
SEED = int(os.environ.get("FUZZ_SEED", "1"))

DAYS = [
    "2026", "2026-03", "2026-03-29", "2026-10-25", "2025-02-30", "0000", "0001-01-01", "9999-12-31", "10000-01-01",
    "1899", "2026-3-9", "29.3.2026", "-1", "٢٠٢٦", "2026-03-29T02:30",
]  # fmt: skip
CLOCKS = ["02:30", "2:30", "24:00", "25:61", "00:00:00.999999", "noon", "-1:00", "23:59:59"]
ZONES = ["Europe/Rome", "UTC", "America/New_York", "Europe/Atlantis", "../../etc/passwd", "EST5EDT"]
LINKS = ["https://example.org/", "javascript:alert(1)", "https://[::1", "ftp://x", "//x", "https://" + "a" * 600, "x"]
BLOCKS = [
    "{{ publications tag=nothing limit=9999999 }}", "{{ person nobody }}", "{{ posts", "{{ gallery }}", "{{ x }}" * 99,
    "$\\frac{" * 50, "[^1]: " * 999, "| a |\n|---|\n" * 300, "# " * 500, "> " * 500, "<script>alert(1)</script>",
]  # fmt: skip
KEYS = ["1", "2", "0", "-1", "999999", "9" * 30, "x", "1,2", "publications:publications", "home", "profiles:talks"]
VALUES = {
    ("start", "end", "date", "publish_at"): DAYS,
    ("_time",): CLOCKS,
    ("zone",): ZONES,
    ("url", "script", "address"): LINKS,
    ("body", "text", "abstract", "syllabus", "description", "about", "footer", "summary"): BLOCKS,
    ("FORMS", "-id", "person", "parent", "target", "supervisors", "speakers", "term", "thesis", "copies"): KEYS,
}
PAGES = [
    "/", "/news/", "/news/feed/", "/talks/", "/talks.ics", "/teaching/", "/people/", "/cv/", "/cv.json", "/feed/",
    "/index.md", "/llms.txt", "/sitemap.xml", "/search/?q=engines",
]  # fmt: skip
FILES = [
    ("a.pdf", b"%PDF-1.4"), ("a.exe", b"MZ"), ("a.pdf", b""), ("../../a.pdf", b"%PDF-1.4"), ("\0.pdf", b"x"),
    ("a" * 300 + ".pdf", b"%PDF"), ("a.jpg", b"\xff\xd8\xff not a picture"), (".pdf", b"%PDF"),
    ("a.svg", b"<svg onload=alert(1)>"),
]  # fmt: skip


@pytest.fixture
def forms(settings, tmp_path):
    """Something of every kind, and the addresses of the forms that add and change it."""
    settings.MEDIA_ROOT = tmp_path
    owner = make.owner()
    paper, project = make.publication(authors=[owner]), make.project()
    post = make.post(people=[owner], publications=[paper], projects=[project])
    talk = make.talk(occasions=[{"start": "2026-05-03", "start_time": "14:00", "time_zone": "Europe/Rome"}])
    course = make.course(instructors=[owner])
    page = make.page()
    for item in (talk, course, page):
        item.resources.create(kind="slides", file=ContentFile(b"%PDF-1.4", "a.pdf"))
    member = make.membership(supervisors=[owner], thesis=paper)
    below = make.page("PhD", parent=page)
    feed = FollowedFeed.objects.create(url="https://example.org/feed.xml")
    PostSuggestion.objects.create(key="1", title="News", date="2026", feed=feed)
    menu = Menu.objects.create(person=owner)
    menu.items.create(page=page, position=1)
    single = [Look.objects.create(person=owner), SiteSettings.objects.create(person=owner), menu]
    cv = make.cv(parts=["publications", "talks", {"kind": "text", "text": "Hello"}])
    changed = [post, talk, course, page, below, member, feed, cv, *single]
    addresses = [
        reverse(f"admin:{item._meta.label_lower.replace('.', '_')}_change", args=[item.pk]) for item in changed
    ]
    added = [post, talk, course, page, member, feed, cv]
    addresses += [reverse(f"admin:{item._meta.label_lower.replace('.', '_')}_add") for item in added]
    copy = f"{reverse('admin:profiles_course_change', args=[course.pk])}?copy_term={course.terms.get().pk}"
    return [*addresses, copy, "/admin/profiles/postsuggestion/"]


def rows():
    """Return {table: rows} of all content, without the search index."""
    return {
        model._meta.db_table: list(model._base_manager.order_by("pk").values())
        for name in ("profiles", "publications", "projects")
        for model in apps.get_app_config(name).get_models(include_auto_created=True)
        if not model._meta.proxy and not model._meta.db_table.startswith("search_")
    }


class FormFuzzer:
    """Changes the fields of a form as it was opened; most stay, because nearly valid forms reach the most code."""

    def __init__(self, seed):
        self.random = random.Random(seed)

    def value(self, name):
        fitting = next((values for parts, values in VALUES.items() if any(part in name for part in parts)), TEXTS)
        value = self.random.choice(self.random.choice([fitting, fitting, fitting, TEXTS, NUMBERS]))
        return [value, self.random.choice(fitting)] if self.random.random() < 0.05 else value

    def changes(self, fields):
        """Return {name: new value}; None leaves a field out."""
        names = sorted(fields)
        some = self.random.sample(names, min(len(names), self.random.choice([1, 1, 2, 3, 8])))
        changed = {name: self.value(name) for name in some}
        for name in self.random.sample(names, 1) if self.random.random() < 0.15 else []:
            changed[name] = None
        for name in (name for name in names if name.endswith("TOTAL_FORMS")):
            if self.random.random() < 0.3:  # another row, of which only some fields arrive
                prefix, number = name.removesuffix("-TOTAL_FORMS"), fields[name]
                empty = [field for field in names if field.startswith(f"{prefix}-__prefix__-")]
                for field in self.random.sample(empty, min(len(empty), 4)):
                    changed[field.replace("__prefix__", number)] = self.value(field)
                changed[name] = str(int(number) + 1)
                if self.random.random() < 0.5:
                    changed[f"{prefix}-{number}-file"] = SimpleUploadedFile(*self.random.choice(FILES))
        if self.random.random() < 0.1:
            changed["image"] = SimpleUploadedFile(*self.random.choice(FILES))
        return changed


def test_random_input_in_forms_is_saved_as_a_whole_or_not_at_all(editor_client, client, forms):
    fuzzer, wrong, saved = FormFuzzer(SEED), [], 0

    for _ in range(REQUESTS):
        address = fuzzer.random.choice(forms)
        opened = editor_client.get(address)
        form = "changelist-form" if "suggestion" in address else f"{address.split('/')[3]}_form"
        fields = {**Fields.of(opened.content.decode(), form), "_save": "Save"}
        changes = fuzzer.changes(fields)
        sent = {name: value for name, value in {**fields, **changes}.items() if value is not None}
        before = rows()
        try:
            status = editor_client.post(address, sent).status_code
            is_saved = status == 302
            after = before if is_saved else rows()
            half_saved = [table for table in after if after[table] != before[table]]
            if half_saved or status not in (200, 302, 400):
                wrong.append((address, status, half_saved, changes))
            for page in [address, *fuzzer.random.sample(PAGES, 3)] if is_saved else []:
                editor_client.get(page)
                client.get(page)
            saved += is_saved
        except Exception as error:  # noqa: BLE001 (a server would answer 500)
            wrong.append((address, repr(error), changes))

    print(f"{REQUESTS} forms, {saved} of them saved")
    assert wrong == []
    assert saved


@pytest.mark.parametrize("model", ["post", "talk", "course", "page"])
def test_a_form_that_claims_to_have_200_megabytes_is_refused_before_it_is_read(editor_client, model):
    cookie = f"sessionid={editor_client.cookies['sessionid'].value}; csrftoken={'t' * 32}"
    headers = [("Cookie", cookie), ("Content-Type", "multipart/form-data; boundary=b"), ("X-CSRFToken", "t" * 32)]

    answer = ask(f"/admin/profiles/{model}/add/", "POST", b"--b--", headers, CONTENT_LENGTH=str(200 * 2**20))

    assert answer.status == 400  # fewer bytes came
