"""Blocks in the admin: the check of the forms, the preview, the picker's choices, and the content check."""

import pytest

from config.upkeep.links import links_of_site
from profiles.content import health
from profiles.models import Section
from projects.models import Project
from tests import make

pytestmark = pytest.mark.django_db


def save(client, body):
    """Send the form of a new section; return the errors of its text, [] if it was saved."""
    response = client.post(
        "/admin/profiles/section/add/", {"title": "News", "body": body, "position": 0, "state": "draft"}
    )
    return [] if response.status_code == 302 else response.context["adminform"].form.errors["body"]


def test_a_text_with_blocks_is_saved_as_it_was_typed(editor_client):
    make.publication("Alpha", tags=["engines"])
    body = '# Papers\n{{ publications tag="engines" year=2025 limit=5 }}\n\n`{{ x }}` and $\\frac{{a}}$\n\n{{ posts }}'

    assert save(editor_client, body) == []
    assert Section.objects.get().body == body


@pytest.mark.parametrize(
    ("block", "message"),
    [
        (
            "{{ publcations }}",
            "Line 3, “{{ publcations }}”: there is no block “publcations”. Use publications, list, person, project,",
        ),
        ("{{ publications colour=red }}", "“colour” is not an option of publications. Use tag, year, type, author, q"),
        ("{{ publications newest }}", "“newest” means nothing in publications. Use tag,"),
        ("{{ publications tag=nothing }}", "There is no tag “nothing”."),
        ("{{ publications author=nobody }}", "There is no person “nobody”."),
        ("{{ publications year=99 }}", "“99” is not a year."),
        ("{{ publications year=2024 year=2025 }}", "“year” is there twice."),
        ("{{ publications type=poem }}", "“poem” is not a type of publication."),
        ("{{ publications limit=5000 }}", "“5000” is not a limit from 1 to 50."),
        ('{{ publications tag="" }}', "“tag” has no value."),
        ('{{ publications tag="a }}', "cannot be read. Write options like limit=5"),
        ("{{ person nobody }}", "There is no person “nobody”."),
        ("{{ person }}", "Write the last part of the address of the person’s page"),
        ("{{ project nothing }}", "There is no project “nothing”."),
        ("{{ posts limit=x }}", "“x” is not a limit from 1 to 20."),
        ("{{ video https://example.org/a }}", "is not a video on YouTube, Vimeo or PeerTube"),
        ("{{ video a.mp4 poster=https://example.org/a.png }}", "is not an image of this site."),
        ("{{ gallery }}\n![a](a.png)", "It has no end. Write {{ /gallery }}"),
        ("{{ gallery }}\nWords\n{{ /gallery }}", "A gallery has images only, but this one has “Words”."),
        ("{{ gallery }}\n![a](https://example.org/a.png)\n{{ /gallery }}", "is not an image of this site."),
        ("See {{ posts }} here", "write the block on a separate line"),
        ("- {{ posts }}", "write the block on a separate line"),
        ("{{ posts limit=3", "write the block on a separate line"),
    ],
)
def test_a_wrong_block_is_refused_with_its_line_and_what_is_allowed(editor_client, block, message):
    [error] = save(editor_client, f"Before\n\n{block}\n\nAfter")

    assert error.startswith("Line 3")
    assert message in error
    assert not Section.objects.exists()


def test_thousands_of_blocks_are_refused_with_one_message(editor_client):
    [error] = save(editor_client, "{{ posts }}\n" * 5000)

    assert error == "The text has 5000 blocks, but a page shows at most 30. Remove some."


def test_a_draft_may_be_named_and_the_content_check_lists_it(editor_client, editor):
    make.project("Secret project", state="draft")

    assert save(editor_client, "Text\n\n{{ project secret-project }}") == []
    [result] = health.run(editor, "blocks")
    [finding] = result.findings
    assert "“News”, line 3, {{ project secret-project }}: This project is not public." in finding.sentence
    assert finding.url.endswith("/change/#id_body")


def test_a_text_whose_target_was_deleted_can_still_be_saved_but_gets_no_new_wrong_block(editor_client, editor):
    make.project("Difference Engine")
    section = make.section(title="About", body="Before\n\n{{ project difference-engine }}")
    section_form = {"title": "About", "position": 0, "state": "published"}
    Project.objects.all().delete()

    def save_again(body):
        response = editor_client.post(
            f"/admin/profiles/section/{section.pk}/change/", {**section_form, "body": body}, follow=False
        )
        section.refresh_from_db()
        return [] if response.status_code == 302 else response.context["adminform"].form.errors["body"]

    assert save_again("A new line\n\nBefore\n\n{{ project difference-engine }}") == []
    assert section.body.startswith("A new line")
    [error] = save_again("{{ project difference-engine }}\n\n{{ person nobody }}")
    assert error.startswith("Line 3, “{{ person nobody }}”: There is no person “nobody”.")
    assert section.body.startswith("A new line")
    assert len(health.run(editor, "blocks")[0].findings) == 1


def test_the_content_check_lists_a_target_that_was_deleted(editor):
    project = make.project("Difference Engine")
    make.section(body="{{ project difference-engine }}")
    assert health.run(editor, "blocks") == []

    project.delete()
    [result] = health.run(editor, "blocks")
    assert "There is no project “difference-engine”." in result.findings[0].sentence


def test_the_preview_shows_blocks_only_for_texts_whose_pages_do(editor_client):
    make.publication("Alpha", state="draft")

    blocks = editor_client.post("/admin/markdown/", {"text": "{{ publications }}", "blocks": "shown"}).content.decode()
    assert ">Alpha</a>" in blocks
    assert "badge draft" in blocks
    assert (
        "{{ publications }}" in editor_client.post("/admin/markdown/", {"text": "{{ publications }}"}).content.decode()
    )


def test_the_forms_of_texts_with_blocks_have_the_picker(editor_client):
    for path in ("profiles/page", "profiles/post", "profiles/section", "projects/project"):
        page = editor_client.get(f"/admin/{path}/add/").content.decode()
        assert page.count('data-blocks="/admin/blocks/"') == 1
        assert "js/admin/blocks.js" in page
    assert "data-blocks" not in editor_client.get("/admin/profiles/person/add/").content.decode()


def test_the_picker_finds_drafts_by_part_of_their_names(editor_client):
    make.project("Difference Engine", state="draft")
    make.project("Analytical Engine")
    make.tag("KV cache")

    found = editor_client.get("/admin/blocks/?kind=project&q=engine").json()["choices"]
    assert found == [
        {"value": "analytical-engine", "label": "Analytical Engine"},
        {"value": "difference-engine", "label": "Difference Engine (draft)"},
    ]
    assert editor_client.get("/admin/blocks/?kind=tag&q=kv").json()["choices"][0]["value"] == "kv-cache"
    assert editor_client.get("/admin/blocks/?kind=users&q=e").status_code == 404


def test_the_picker_needs_a_permission(client, guest_client):
    assert client.get("/admin/blocks/?kind=person").status_code == 302
    assert guest_client.get("/admin/blocks/?kind=person").status_code == 403


def test_the_address_of_a_video_is_among_the_links_that_are_checked():
    make.section(body="Text\n\n{{ video https://vimeo.com/76979871 title=Talk }}")

    assert list(links_of_site()) == ["https://vimeo.com/76979871"]
