"""Hostile texts in every field that editors can edit: no script in them runs on any page.

The Content Security Policy would stop most of them, so it is removed here.
"""

import re
from contextlib import suppress
from contextvars import copy_context
from urllib.parse import quote

import pytest
import reversion
from django.conf import settings
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.utils.html import escape

from profiles.content.addresses import safe_url
from profiles.content.batches import batched
from profiles.history import revisions
from profiles.models import Activity, Link, Person, Section, SiteSettings
from profiles.search import indexing
from projects.models import Project, ProjectLink
from publications.models import Publication, Resource
from tests import make
from tests.browser.payloads import ADDRESSES, PAYLOADS
from tests.constellations import constellation, models_with_texts, text_fields
from tests.wsgi import ask

pytestmark = [pytest.mark.browser, pytest.mark.django_db]

SITE = "http://testserver"
TOKEN = "t" * 32
POLICIES = ("Content-Security-Policy", "X-Frame-Options")  # removed: they would hide faults, and forbid frames
WATCH = """
window.ran = number => console.log("ran " + number);
window.alert = window.confirm = window.prompt = window.ran;
"""
# Finds elements that are not the site's own. First it triggers events on each element, as a visitor might.
LOOK = """
() => {
  const all = [...document.querySelectorAll("*")], found = [];
  for (const button of document.querySelectorAll("button[type=button], [data-cite], summary")) button.click?.();
  for (const element of all) {
    for (const name of ["mouseover", "mouseenter", "focus", "focusin", "toggle", "load", "error"])
      element.dispatchEvent(new Event(name));
    for (const { name, value } of element.attributes) {
      if (name.startsWith("on") || (name === "style" && /url|animation/i.test(value))) found.push(name + "=" + value);
      if (["href", "src", "action", "formaction", "data", "xlink:href", "poster", "background"].includes(name)) {
        let scheme = "";
        try { scheme = new URL(value, document.baseURI).protocol; } catch {}
        if (!["", "http:", "https:", "mailto:", "tel:"].includes(scheme) && !value.startsWith("data:image/")) found.push(name + "=" + value);
      }
    }
    const tag = element.localName;
    if (["object", "embed", "base", "foreignObject", "animate", "set"].includes(tag)) found.push(tag);
    if (tag === "iframe" && element.getAttribute("sandbox") !== "allow-same-origin") found.push("iframe");
    if (tag === "meta" && element.httpEquiv) found.push("meta " + element.httpEquiv);
    if (tag === "script" && !/^(?:\\/static\\/|\\/admin\\/jsi18n\\/|$)/.test(element.getAttribute("src") ?? "")) found.push("script " + element.src);
    if (tag === "script" && !element.getAttribute("src") && !/json$/.test(element.type)) found.push("script " + element.text);
    if (tag === "form" && new URL(element.action, document.baseURI).origin !== location.origin) found.push("form");
  }
  return found;
}
"""  # noqa: E501


def write(item, number):
    """Store a payload in each text field of an object, without validation: the next one in the next field."""
    texts = {field.name: PAYLOADS[(number + place) % len(PAYLOADS)] for place, field in enumerate(text_fields(item))}
    if hasattr(item, "file"):
        has_file = number % 3 == 0
        name = re.sub("[^ -~]", "", PAYLOADS[number])
        texts |= {"url": "", "file": f"publication/1/x/{name}.pdf"} if has_file else {"file": ""}
    if hasattr(item, "extra"):
        texts["extra"] = {"note": PAYLOADS[number], PAYLOADS[number]: PAYLOADS[number]}
    type(item)._base_manager.filter(pk=item.pk).update(**texts)


def write_all(item):
    """Store all payloads together in each text field that is not a URL."""
    names = [field.name for field in text_fields(item) if field.name not in ("homepage", "url")]
    type(item)._base_manager.filter(pk=item.pk).update(**dict.fromkeys(names, "\n".join(PAYLOADS)))


@pytest.fixture
def hostile(monkeypatch):
    """[the objects of each payload], all with payloads in all their texts."""
    monkeypatch.setattr("publications.citations.styles.available", dict)  # pandoc would take a minute
    everything = [constellation(number, payload) for number, payload in enumerate(PAYLOADS)]
    assert models_with_texts() - {type(item) for item in everything[0]} == set(), "a new model: make one of it here"
    indexing.refresh()
    for number, items in enumerate(everything):
        for item in items:
            write(item, number)
    return everything


@pytest.fixture
def visit(browser):
    """Return a function that opens addresses without the Content Security Policy, and returns what is wrong there.

    The site answers in this process, which is fast. ``visit.session`` logs in.
    """
    context, messages = browser.new_context(base_url=SITE), []
    context.add_init_script(WATCH)
    here = copy_context()  # the database's connection is that of a context
    scripts, statuses = {}, {}

    def answer(route):
        address = route.request.url.removeprefix(SITE)
        if address == "/frames":
            frames = "".join(f'<iframe src="{escape(address)}"></iframe>' for address in visit.addresses)
            return route.fulfill(body=frames, content_type="text/html")
        if route.request.resource_type not in ("document", "script", "fetch", "xhr") or not address.startswith("/"):
            return route.abort()
        made, asked = scripts.get(address), route.request
        if made is None:
            headers = [("Content-Type", asked.headers.get("content-type", "")), ("X-CSRFToken", TOKEN)]
            headers += [("Cookie", f"sessionid={visit.session}; csrftoken={TOKEN}")] if visit.session else []
            made = here.run(ask, address, asked.method, asked.post_data_buffer or b"", headers)
        if address.startswith("/static/"):
            scripts[address] = made
        headers = {name: value for name, value in made.headers if name not in visit.policies}
        statuses[address] = made.status
        return route.fulfill(status=made.status, headers=headers, body=made.body)

    context.route("**/*", answer)
    page = context.new_page()
    page.on("console", lambda message: messages.append(message.text) if message.text.startswith("ran ") else None)
    page.on("dialog", lambda dialog: (messages.append(f"dialog {dialog.message}"), dialog.dismiss()))

    def visit(addresses, status=200):
        found = []
        for visit.addresses in batched(addresses, 20):
            messages.clear()
            statuses.clear()
            page.goto("/frames", timeout=120_000)
            for frame in page.frames[1:]:
                if frame.parent_frame == page.main_frame:
                    wrong = frame.evaluate(LOOK)
                    found += [(frame.url, *wrong)] if wrong else []
            found += [messages[:]] if messages else []
            found += [(one, statuses.get(one)) for one in visit.addresses if statuses.get(one) != status]
        return found

    visit.session, visit.page, visit.policies = "", page, POLICIES
    yield visit
    context.close()


def test_no_hostile_text_runs_on_a_public_page(visit, hostile):
    lists = ["/publications/", "/projects/", "/people/", "/tags/", "/activities/", "/search/", "/feed/", "/sitemap.xml"]
    lists += ["/publications/?page=2", "/publications/?page=3", "/projects/?page=2", "/projects/?page=3"]
    lists += ["/people/?page=2", "/publications/feed/", "/activities/feed/", "/search/?q=paper"]
    lists += ["/news/", "/news/?page=2", "/news/feed/", "/talks/", "/talks/feed/", "/teaching/", "/grants/"]
    queries = [quote(payload) for payload in PAYLOADS]

    found = visit(lists)
    found += visit([item.get_absolute_url() for items in hostile for item in (*items[:4], *items[-6:])])
    for number, items in enumerate(hostile):
        person, cv = items[1], items[-7]
        Person.objects.filter(is_owner=True).update(is_owner=False)
        Person.objects.filter(pk=person.pk).update(is_owner=True)
        found += visit(["/", "/cv/"])
        if number % 3 == 0:  # the texts of a part have the payloads of three numbers
            found += visit([cv.get_absolute_url()])
        if number == 0:  # on the home page of every owner
            Section.objects.update(state="draft")
            Publication.objects.update(featured=False)
            Project.objects.update(featured=False)
    found += visit([f"/search/?q={query}%20nowhere" for query in queries])
    found += visit([f"/publications/?year={query}" for query in queries], 404)

    assert found == []


def test_no_hostile_text_runs_on_an_editors_page(visit, hostile, editor_client, editor):
    visit.session = editor_client.cookies[settings.SESSION_COOKIE_NAME].value
    type(editor).objects.filter(pk=editor.pk).update(first_name=PAYLOADS[0], last_name=PAYLOADS[71])
    chosen = [*hostile[-2], *hostile[-1]]  # those with addresses
    for item in hostile[-1]:
        write_all(item)
    addresses = ["/admin/", "/admin/health/", "/admin/auth/user/"]
    for model in admin.site._registry:
        pks = [item.pk for item in chosen if isinstance(item, model._meta.concrete_model)]
        rows = model.objects.filter(pk__in=pks) if model._meta.app_label != "auth" else []
        base = f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
        if not reversion.is_registered(model):
            addresses += [f"{base}{item.pk}/{page}" for item in rows for page in ("change/", "delete/")]
            addresses += [base] if rows else []
            continue
        for item in rows:
            revisions.record([item], editor, PAYLOADS[0])
            for field in text_fields(model):
                setattr(item, field.name, f"{getattr(item, field.name)} x")
            item.save()
            revisions.record([item], editor, PAYLOADS[71])
            newer, older = revisions.revision_ids(model, item.pk)[:2]
            pages = ["change/", "history/", "delete/", f"history/?from={older}&to={newer}"]
            addresses += [f"{base}{item.pk}/{page}" for page in pages]
            revisions.record([item], editor, "Deleted", related=revisions.referring_rows(item))
        lists = [f"{base}deleted/"] if model is SiteSettings else [base, f"{base}deleted/"]  # one row, no list
        addresses += lists if rows else []
    addresses += [f"/admin/publications/publication/import/{items[6].pk}/" for items in hostile[::10]]

    # settings and suggestions have no page that deletes them
    assert [one for one in visit(addresses) if one[1:] != (403,)] == []


def test_the_sites_own_code_keeps_to_its_policy(visit, hostile, editor_client):
    visit.session, visit.policies = editor_client.cookies[settings.SESSION_COOKIE_NAME].value, ()
    messages, paper, person = [], hostile[0][2], hostile[0][1]
    visit.page.on(
        "console", lambda message: messages.append(message.text) if "Content Security Policy" in message.text else None
    )
    addresses = [item.get_absolute_url() for item in (*hostile[0][:4], *hostile[0][-6:])]
    addresses += [
        "/",
        "/publications/",
        "/projects/",
        "/activities/",
        "/cv/",
        "/search/?q=paper",
        "/nowhere/",
        "/admin/",
    ]
    addresses += [f"/admin/publications/publication/{paper.pk}/change/", f"/admin/profiles/person/{person.pk}/change/"]

    for address in addresses:
        visit.page.goto(address)
        visit.page.evaluate(LOOK)

    assert messages == []


@pytest.mark.parametrize("payload", ADDRESSES)
def test_an_address_that_could_run_is_refused_where_it_is_typed(payload):
    person, paper = make.owner(), make.publication(authors=[])
    items = [
        Link(person=person, url=payload), ProjectLink(project=make.project(), url=payload),
        Resource(publication=paper, kind="pdf", url=payload), Person(name="x", homepage=payload),
        Activity(person=person, kind="award", title="x", url=payload), Publication(title="x", url=payload),
    ]  # fmt: skip

    for item in items:
        with suppress(ValidationError):
            item.full_clean()
            assert safe_url(getattr(item, "url", "") or item.homepage), item
            assert "\n" not in getattr(item, "url", "")
