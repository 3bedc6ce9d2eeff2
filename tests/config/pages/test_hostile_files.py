"""Hostile texts in every field: each file that the site makes is valid, and runs and reads nothing that they name."""

import csv
import io
import json
import re
import zipfile
from xml.etree import ElementTree as ET

import icalendar
import pypdf
import pytest
import yaml
from django.db import models

from profiles.models import Person
from profiles.search import indexing
from publications.citations import styles
from tests.constellations import constellation, models_with_texts, text_fields

pytestmark = [pytest.mark.slow, pytest.mark.pandoc, pytest.mark.django_db]

TEXTS = [
    # Typst, and characters that no font has
    '#read("/etc/passwd") = $x$ *a* @b', '"] } #panic("out")', "\\u{41} \\", '$#read("/etc/passwd")$', "💩 \U000f1234",
    # LaTeX
    r"\input{/etc/passwd} \write18{id}", r"% & _ ^ ~ # ^^M ^^5cinput{a}", r"}}{\end{document}", r"$\input{a}$ $x %$",
    # pandoc and Word
    "`<w:p/>`{=openxml} `\\input{a}`{=latex}", "```{=latex}\n\\input{a}\n```", "![x](file:///etc/passwd)",
    '</w:t></w:r><w:fldSimple w:instr="DDEAUTO"/>', "a\x01b\x0bc\x0c\x1f\x7f\x85\ufffe\uffff",
    "[x](javascript:alert(1))", "---\ntitle: x\n---",
    # spreadsheets
    "=cmd|' /C calc'!A0", "+1", "-1", "@SUM(1)", "\t=1", "\r=1", "\n=1", '"=1"', "＝1",
    # BibTeX, RIS and YAML
    "}\n@article{evil, title={x}}", "x},\nevil = {y", "x\nER  - \nTY  - JOUR", "x\rTY  - JOUR", "a: *b # !!c\n- d",
    # iCalendar, JSON-LD and headers
    "x\nEND:VEVENT\nBEGIN:VEVENT\nSUMMARY:evil", "x\r\nATTACH:file:///etc/passwd", "</script><script>alert(1)</script>",
    'x"; filename="evil.html\r\nSet-Cookie: a=b', "../../etc/passwd", "\u202egnp.exe",
]  # fmt: skip
EACH = 5  # of the texts, from one object to the next of its model
FIELDS = {"instrText", "fldSimple", "fldChar", "altChunk", "object"}  # of Word, which may run or read something


def write(item, number):
    """Store hostile texts in the text fields of an object, the next one in the next field, without validation."""
    checked = models.URLField | models.EmailField
    fields = [field for field in text_fields(item) if not (field.name == "query" or isinstance(field, checked))]
    texts = {
        field.name: TEXTS[(number * EACH + place) % len(TEXTS)][: field.max_length]
        for place, field in enumerate(fields)
    }
    type(item)._base_manager.filter(pk=item.pk).update(**texts)


def check_docx(body):
    file = zipfile.ZipFile(io.BytesIO(body))
    parts = {name: ET.fromstring(file.read(name)) for name in file.namelist() if name.endswith((".xml", ".rels"))}
    assert not FIELDS & {node.tag.rpartition("}")[2] for node in parts["word/document.xml"].iter()}
    for relation in parts["word/_rels/document.xml.rels"]:
        if relation.get("TargetMode") == "External":
            assert re.match("https?:|mailto:|tel:", relation.get("Target"))


def check_pdf(body):
    pdf = pypdf.PdfReader(io.BytesIO(body))
    assert "root:" not in "".join(page.extract_text() for page in pdf.pages)
    for link in (link.get_object() for page in pdf.pages for link in page.get("/Annots", [])):
        assert re.match("https?:|mailto:|tel:", str(link.get("/A", {}).get("/URI", "https:")))


def check_tex(body):
    text = re.sub(r"(?s)\\begin\{verbatim\}.*?\\end\{verbatim\}|\\\\|\\[{}%$&#_^~]|\\text[a-z]+", "", body.decode())
    assert not re.search(r"\\(input|write|openin|immediate|csname|def)\b|\^\^|[\0-\x08\x0b-\x1f\x7f]", text)
    assert (text.count(r"\end{document}"), text.count("{")) == (1, text.count("}"))


def check_csv(body):
    cells = [cell for row in csv.reader(io.StringIO(body.decode("utf-8-sig"))) for cell in row]
    assert [cell for cell in cells if re.match(r"\s*[=+\-@\t\r＝]", cell)] == []


def check_xlsx(body):
    file = zipfile.ZipFile(io.BytesIO(body))
    names = {node.tag.rpartition("}")[2] for node in ET.fromstring(file.read("xl/worksheets/sheet1.xml")).iter()}
    assert not names & {"f", "hyperlink"}


def check_ics(body):
    parts = icalendar.Calendar.from_ical(body).walk()
    assert {part.name for part in parts} == {"VCALENDAR", "VEVENT"}
    assert "evil" not in {str(part.get("SUMMARY")) for part in parts}
    assert "\nATTACH" not in body.decode()


def check_bib(body):
    assert re.findall(r"^@.*", body.decode(), re.MULTILINE) == [body.decode().partition("\n")[0]]


def check_ris(body):
    lines = re.split(r"\r\n?|\n", body.decode())
    assert [line[:4] for line in lines if line.startswith(("TY  ", "ER  "))] == ["TY  ", "ER  "]


CHECKS = {
    "docx": check_docx, "pdf": check_pdf, "tex": check_tex, "csv": check_csv, "xlsx": check_xlsx, "ics": check_ics,
    "bib": check_bib, "ris": check_ris, "json": json.loads, "cff": yaml.safe_load, "xml": ET.fromstring,
    "txt": bytes.decode, "md": bytes.decode,
}  # fmt: skip


@pytest.mark.parametrize("number", range(len(TEXTS) // EACH + 1))
def test_no_file_has_what_a_text_asks_for(client, editor_client, monkeypatch, number):
    apa = {"apa": styles.available()["apa"]}
    monkeypatch.setattr("publications.citations.styles.available", lambda: apa)
    items = constellation(0, TEXTS[number * EACH % len(TEXTS)])
    assert models_with_texts() - {type(item) for item in items} == set()
    for item in items:
        write(item, number)
    Person.objects.update(is_owner=True)
    indexing.refresh()
    paper, project, talk = "/publications/paper-0", "/projects/project-0", "/talks/talk-0"
    made = [f"/cv{saved}.{ending}" for saved in ("", "/cv-0") for ending in ("pdf", "docx", "tex", "txt", "md", "json")]
    made += [f"{paper}.{ending}" for ending in ("bib", "ris", "json", "md", "linkset.json")]
    made += [f"/publications/lists/list-0.{ending}" for ending in ("bib", "ris", "json", "csv", "docx", "md")]
    made += [f"{project}/CITATION.cff", f"{talk}.ics", "/activities.ics", "/sitemap.xml", "/opensearch.xml"]

    answers = {address: client.get(address) for address in made}
    answers |= {f"{page}xml": client.get(page) for page in ("/feed/", "/news/feed/", "/people/person-0/feed/")}
    for page, endings in (("/admin/reports/?grants=on&talks=on", "csv docx"), ("/admin/collaborators/?", "csv xlsx")):
        for ending in endings.split():
            answers[f"{page}.{ending}"] = editor_client.get(f"{page}&format={ending}")

    for address, answer in answers.items():
        assert (address, answer.status_code) == (address, 200)
        assert not re.search(r"[\r\n]|evil\.html", str(answer.headers.get("Content-Disposition")))
        CHECKS[re.search(r"\w+$", address)[0]](answer.getvalue())
