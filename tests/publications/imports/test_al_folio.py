"""The bibliography of an al-folio site is imported with its links, selection, awards and marks after names."""

import pytest
from django.core.management import call_command

from profiles.content.publishing import EDITORS
from publications.imports.steps import RowKind, apply, plan
from publications.imports.unplaced import unplaced
from publications.models import Authorship, Batch, Publication, Resource
from publications.references import bibtex
from publications.references.formats import loads
from publications.references.values import links
from tests import make

pytestmark = pytest.mark.django_db

SITE = "https://engine.example.org"
ENTRY = f"""---
---
@article{{lovelace2025,
  abbr = {{EJ}}, title = {{On Engines}}, author = {{Lovelace*, Ada* and Babbage, Charles and Taylor*, Richard†}},
  annotation = {{* Equal contribution, † Corresponding author}}, year = {{2025}}, journal = {{Engine Journal}},
  bibtex_show = {{true}}, selected = {{true}}, arxiv = {{2301.00001}}, pmid = {{29456894}},
  html = {{{SITE}/paper}}, website = {{{SITE}}}, pdf = {{{SITE}/a.pdf}}, code = {{{SITE}/code}}, blog = {{{SITE}/blog}},
  slides = {{slides.pdf}}, preview = {{engine.gif}}, video = {{javascript:alert(1)}}, inspirehep_id = {{123}},
  award = {{Test of Time}}, award_name = {{ToT}}, altmetric = {{true}}, dimensions = {{true}},
}}
"""
LINKS = [
    ("pdf", "", f"{SITE}/a.pdf"),
    ("code", "", f"{SITE}/code"),
    ("webpage", "Blog", f"{SITE}/blog"),
    ("webpage", "", SITE),
]
NOT_LINKED = "Not linked: enter an address with https:// and at most 500 characters in the publication’s form."
IMPORT = "/admin/publications/publication/import/"


def references(text=ENTRY):
    return bibtex.loads(text).references


def take(text=ENTRY):
    return apply(plan(references(text), "bib"))


def changes(text):
    [row] = plan(references(text), "bib").rows
    return [(change.label, change.old_text, change.new_text, change.conflict) for change in row.changes]


def stored_links():
    return list(Resource.objects.order_by("position").values_list("kind", "label", "url"))


def test_every_field_finds_its_place():
    take()

    publication = Publication.objects.get()
    assert stored_links() == LINKS
    assert (publication.url, publication.arxiv_id, publication.pmid) == (f"{SITE}/paper", "2301.00001", "29456894")
    assert (publication.container_title_short, publication.award, publication.featured) == ("EJ", "Test of Time", True)
    assert list(publication.authorships.values_list("name", "equal_contribution", "corresponding")) == [
        ("Ada Lovelace", True, False), ("Charles Babbage", False, False), ("Richard Taylor", True, True),
    ]  # fmt: skip


def test_what_was_imported_comes_back_and_a_second_import_changes_nothing():
    take()

    publication = Publication.objects.with_references(EDITORS).get()
    result = take()

    assert [publication.as_reference()] == references()
    assert references(bibtex.dumps([publication.as_reference()])) == references()
    assert (result.unchanged, stored_links()) == (1, LINKS)


def test_a_link_that_is_new_in_the_file_is_shown_and_added():
    take()
    text = ENTRY.replace("slides =", f"demo = {{{SITE}/demo}}, slides =")

    shown = changes(text)
    take(text)

    assert shown == [("demo", "", f"{SITE}/demo", False)]
    assert stored_links() == [*LINKS, ("demo", "", f"{SITE}/demo")]
    assert [row.kind for row in plan(references(text), "bib").rows] == [RowKind.UNCHANGED]


def test_links_of_earlier_imports_become_resources_with_the_next_change():
    take()
    Resource.objects.all().delete()
    Publication.objects.update(extra={"code": f"{SITE}/code", "presenter": "Ada Lovelace"})

    take(ENTRY.replace("/blog", "/news"))

    assert ("code", "", f"{SITE}/code") in stored_links()
    assert Authorship.objects.get(presenter=True).name == "Ada Lovelace"


def test_a_link_that_changed_in_the_file_gets_the_new_address():
    take()

    take(ENTRY.replace("/code", "/v2"))

    assert stored_links() == [(*link[:2], link[2].replace("/code", "/v2")) for link in LINKS]


def test_a_link_that_an_editor_added_or_changed_is_not_doubled_or_overwritten():
    take()
    publication = Publication.objects.get()
    publication.resources.create(kind="poster", url=f"{SITE}/poster/", position=9)
    publication.resources.filter(kind="code").update(url=f"{SITE}/mine")
    text = ENTRY.replace("slides =", f"poster = {{{SITE}/poster}}, slides =").replace("/code", "/v2")

    assert changes(text) == [("code", f"{SITE}/mine", f"{SITE}/v2", True)]


@pytest.mark.parametrize(
    ("authors", "marked"),
    [
        ("Wang, Wei and Wang*, Wei", [2]),
        ("王*, 小明 and 李, 四 and {Engine Group} and King*, Jr., Martin and de la Vega*, Ana", [1, 4, 5]),
    ],
)
def test_marks_are_those_of_the_author_at_that_place(authors, marked):
    text = ENTRY.replace("Lovelace*, Ada* and Babbage, Charles and Taylor*, Richard†", authors)

    take(text)

    assert list(Authorship.objects.filter(equal_contribution=True).values_list("position", flat=True)) == marked
    assert [Publication.objects.with_references(EDITORS).get().as_reference()] == references(text)


def test_the_selection_award_and_marks_can_change_later():
    take(ENTRY.replace("selected = {true}, ", "").replace("Test of Time", "").replace("*", ""))
    before = Publication.objects.get()

    take()

    publication = Publication.objects.get()
    assert (before.featured, before.award) == (False, "ToT")
    assert (publication.featured, publication.award) == (True, "Test of Time")
    marked = Authorship.objects.filter(equal_contribution=True).order_by("position")
    assert list(marked.values_list("name", flat=True)) == ["Ada Lovelace", "Richard Taylor"]


def test_an_update_without_the_note_leaves_note_and_award_alone():
    take(ENTRY.replace("award_name", "note = {Accepted as a talk}, award_name"))

    take(ENTRY.replace("award_name", "volume = {7}, award_name"))

    reference = Publication.objects.with_references(EDITORS).get().as_reference()
    assert (reference.note, reference.extra["award"], reference.volume) == ("Accepted as a talk", "Test of Time", "7")


@pytest.mark.parametrize(
    ("fields", "award"),
    [
        ("award = {**Test of Time** for *Engines*}", "Test of Time for Engines"),
        ("award = {Given to **Ada** for her work on engines, which everybody uses now}, award_name = {ToT}", "ToT"),
        ("award_name = {ToT}, note = {Best paper award}", "ToT"),
        ("note = {Best paper award}", "Best paper award"),
        (r"note = {\textbf{Best} \emph{paper} award}", "Best paper award"),
        ("award = {" + "Engines. " * 30 + "}", ""),
    ],
)
def test_the_award_is_short_and_plain(fields, award):
    text = f"@book{{a, title = {{T}}, {fields}}}"
    take(text)

    publication = Publication.objects.with_references(EDITORS).get()
    assert publication.award == award
    assert [publication.as_reference()] == references(text)


def test_an_award_that_an_editor_changed_overrides_the_imported_one():
    take()
    Publication.objects.update(award="Test of Time 2025")

    reference = Publication.objects.with_references(EDITORS).get().as_reference()

    assert (reference.note, "award" in reference.extra) == ("Test of Time 2025", False)


@pytest.mark.parametrize("award", ["Best talk", ""])
def test_an_award_that_an_editor_changed_overrides_the_note(award):
    take(r"@book{a, title = {T}, note = {\textbf{Best paper award}}}")
    Publication.objects.update(award=award)

    assert Publication.objects.with_references(EDITORS).get().as_reference().note == award


def test_every_kind_of_resource_travels_as_a_link():
    publication = make.publication()
    for kind in Resource.Kind.values:
        publication.resources.create(kind=kind, url=f"{SITE}/{kind}")

    found = links.links_in(Publication.objects.with_references(EDITORS).get().as_reference().extra)

    assert {links.kind_of(name): url for name, url in found.items()} == {
        (kind, ""): f"{SITE}/{kind}" for kind in Resource.Kind.values
    }


def test_an_address_that_a_form_would_refuse_is_no_link():
    take(ENTRY.replace(f"{SITE}/code", "https://-engine-/"))

    assert "code" not in [kind for kind, _, _ in stored_links()]
    assert "code" in [
        field.name for field in unplaced(references(ENTRY.replace(f"{SITE}/code", "https://-engine-/"))[0])
    ]


def test_the_fields_without_a_place_are_listed_with_what_to_do():
    upload = "Upload the file in the publication’s form."

    assert [tuple(field) for field in unplaced(references()[0])] == [
        ("inspirehep_id", "123", "Stored with the publication. Only editors see it."),
        ("preview", "engine.gif", "Upload the picture in the publication’s form."),
        ("slides", "slides.pdf", upload),
        ("video", "javascript:alert(1)", NOT_LINKED),
    ]


@pytest.mark.parametrize(
    ("field", "listed"),
    [
        ("annotation = {* Deceased}", ["annotation"]),
        ("doi = {soon}", ["DOI"]),
        ("series = {Engines}, eid = {e12}, howpublished = {By hand}, pagetotal = {12}", []),
        ("bibtex_show = {false}, google_scholar_id = {x:1}, timestamp = {now}, bdsk-url-1 = {a}, date-added = {b}", []),
        ("comment = {weak}, file = {:home/a.pdf:PDF}", ["comment", "file"]),
    ],
)
def test_only_what_an_editor_may_miss_is_listed(field, listed):
    [reference] = references(f"@book{{a, title = {{T}}, author = {{Lovelace, Ada}}, {field}}}")

    assert [one.name for one in unplaced(reference)] == listed


@pytest.mark.parametrize(
    ("text", "listed"),
    [
        ("TY  - JOUR\nTI  - On Engines\nC1  - In two parts\nVL  - 7\nER  - \n", [("c1", "In two parts")]),
        (
            f'[{{"title": "On Engines", "volume": 7, "custom": {{"code": "{SITE}", "shelf": "B"}}, "DOI": "soon"}}]',
            [("DOI", "soon"), ("shelf", "B")],
        ),
    ],
)
def test_files_of_every_format_are_examined(text, listed):
    [reference] = loads(text).references

    assert [(field.name, field.value) for field in unplaced(reference)] == listed


@pytest.mark.parametrize(
    ("authors", "annotation", "fields"),
    [
        ("Lovelace, Ada", "* Equal contribution", ["annotation"]),
        (r"Lovelace, Ada$^{1}$", "", ["author-marks"]),
        ("Lovelace, Ada*", "* Equal contribution", []),
    ],
)
def test_marks_that_are_not_understood_are_listed(authors, annotation, fields):
    [reference] = references(f"@book{{a, title = {{T}}, author = {{{authors}}}, annotation = {{{annotation}}}}}")

    advice = "Select what this says of the authors in the publication’s form."
    assert [(field.name, field.advice) for field in unplaced(reference)] == [(name, advice) for name in fields]


def test_the_review_lists_the_fields_and_no_page_links_a_hostile_address(editor_client):
    editor_client.post(IMPORT, {"text": ENTRY})
    batch = Batch.objects.get()
    page = editor_client.get(batch.get_absolute_url())
    [(_, _, [row])] = page.context["groups"]
    data = {f"select-{row.pk}": "on", f"stamp-{row.pk}": row.stamp, f"action-{row.pk}": "add"}

    editor_client.post(batch.get_absolute_url(), data)

    publication = Publication.objects.get()
    shown = " ".join(page.text.split())
    assert "Engine Journal · 2025 · pdf, code, blog, website" in shown
    assert "No place on the page for <code>inspirehep_id</code>, <code>preview</code>, <code>slides</code>" in shown
    assert stored_links() == LINKS
    assert "javascript:alert" not in editor_client.get(publication.get_absolute_url()).text.partition('id="cite"')[0]


def test_the_command_names_the_fields_of_new_works_only(tmp_path, capsys):
    file = tmp_path / "papers.bib"
    file.write_text(ENTRY)

    call_command("import_publications", file)
    first = capsys.readouterr().out
    call_command("import_publications", file)

    fields = "inspirehep_id (1), preview (1), slides (1), video (1)"
    assert f"no place on the pages for {fields}. Only editors see these fields." in first
    assert "no place" not in capsys.readouterr().out


def test_visitors_exports_have_no_field_without_a_place(client):
    take()
    Publication.objects.publish()

    text = b"".join(client.get("/publications/on-engines.bib")).decode()

    assert "award = {Test of Time}" in text
    hidden = ("preview", "slides.pdf", "javascript", "inspirehep", "bibtex_show", "annotation", "annote", "dimensions")
    assert [name for name in hidden if name in text] == []
