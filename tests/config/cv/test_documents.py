"""CVs as DOCX, LaTeX, plain text and Markdown."""

import io
import json
import re
import shutil
import subprocess
import zipfile
from datetime import timedelta
from xml.etree import ElementTree as ET

import pytest
from django.utils import timezone
from PIL import Image

from config.cv import formats
from profiles.models import PreviewLink
from publications.citations import conversion
from tests import make
from tests.rich_site import picture

pytestmark = [pytest.mark.django_db, pytest.mark.skipif(not conversion.pandoc(), reason="pandoc is not installed")]

WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
RELATION = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
HOSTILE = [
    r"\input{/etc/passwd} \write18{touch /tmp/x} \csname end\endcsname",
    '#read("/etc/passwd") #panic("out")',
    r"<script>alert(1)</script><b>x</b> `\input{a}`{=latex} `<w:fldSimple/>`{=openxml}",
    r"$\text{\input{/etc/passwd}}$ and $\mathrm{a} \) \input{/etc/passwd} \($ and $x$",
    '{ DDEAUTO c:\\windows\\system32\\cmd.exe "/k calc" } "smart" --- quotes\u2019',
    "\u05e9\u05dc\u05d5\u05dd \u202eevil\u202c " + "x" * 250,
    r"^^5cinput{/etc/passwd} %comment & ~ _ ^ # { }} \\ \end{document}",
    "[link](javascript:alert(1)) ![picture](/etc/passwd) [file](file:///etc/passwd)",
]


DEEP = "\n".join(f"{' ' * 2 * depth}- level {depth}" for depth in range(8))
RICH = rf"""{DEEP}

> > > > > > > A quotation in quotations

```python
if a < b:
    print("{"long " * 40}\end{{verbatim}}")
```

| Left | Right & wrong |
|---|--:|
| `code_1` | {"wide " * 40} |

$$\int_0^1 \frac{{\partial u}}{{\partial t}}\,dx = \binom{{n}}{{k}} \begin{{pmatrix}} a & b \\ c & d \end{{pmatrix}}$$

A footnote[^1] on $\overline{{x}}$, $\dot{{y}}$ and ~~$\mathcal{{O}}(n)$~~.

[^1]: At the [end](https://example.org/a_b?c=%20&d#e~f)."""


def text_of_docx(response):
    """Return the text of the paragraphs of a DOCX, in lines."""
    root = ET.fromstring(zipfile.ZipFile(io.BytesIO(response.content)).read("word/document.xml"))
    return "\n".join(
        "".join(
            {f"{WORD}t": node.text or "", f"{WORD}tab": "\t", f"{WORD}br": "\n"}.get(node.tag, "")
            for node in paragraph.iter()
        )
        for paragraph in root.iter(f"{WORD}p")
    )


def styles_of(response):
    root = ET.fromstring(zipfile.ZipFile(io.BytesIO(response.content)).read("word/document.xml"))
    return [node.get(f"{WORD}val") for node in root.iter(f"{WORD}pStyle")]


def tree_of(text, reader):
    """Return the tree that pandoc reads from a text, as JSON."""
    command = [conversion.pandoc(), "--sandbox", f"--from={reader}", "--to=json"]
    return json.loads(subprocess.run(command, input=text.encode(), capture_output=True, check=True).stdout)


def elements(tree):
    """Yield all elements of a pandoc tree."""
    if isinstance(tree, dict):
        yield tree
        for value in tree.values():
            yield from elements(value)
    elif isinstance(tree, list):
        for value in tree:
            yield from elements(value)


def fill():
    owner = make.owner(name="Ada Lovelace", headline="Countess", email="ada@example.org")
    make.publication(
        r"Sorting in $\mathcal{O}(n \log n)$ time", authors=["Charles Babbage", owner], doi="10.5555/engines",
        container_title="Journal of *Engines*", type="article-journal", award="Best paper",
    ).authorships.update(equal_contribution=True)  # fmt: skip
    make.activity(
        "PhD", kind="education", organisation="University of London", start="1840", end="1843",
        description="On **looms**, see [the list](/publications/) and $x^2$.",
    )  # fmt: skip
    make.activity("Medal", kind="award")
    return make.cv(parts=("education", "publications", "award"), phone="+44 131 650", address="12 St James’s Square")


def test_the_docx_has_styles_dates_links_and_properties(client):
    fill()

    response = client.get("/cv/short-cv.docx")

    assert response.headers["Content-Type"] == formats.DOCX
    assert 'filename="ada-lovelace-short-cv.docx"' in response.headers["Content-Disposition"]
    text = text_of_docx(response)
    assert text.startswith("Ada Lovelace\nCountess\nCurriculum vitae · Updated ")
    assert "1840 – 1843\tPhD\nUniversity of London\nOn looms, see the list and" in text
    assert "[J1]\tCharles Babbage*, Ada Lovelace*. Sorting in" in text
    assert "Journal of Engines, 2025. doi:10.5555/engines. Best paper." in text
    assert "* Equal contribution." in text
    assert list(dict.fromkeys(styles_of(response))) == [
        "Title", "Subtitle", "Date", "FirstParagraph", "BodyText", "Heading1", "CVDated", "CVDatedText", "CVLegend",
        "Heading2", "CVNumbered",
    ]  # fmt: skip
    file = zipfile.ZipFile(io.BytesIO(response.content))
    properties = file.read("docProps/core.xml").decode()
    assert "<dc:title>Curriculum vitae of Ada Lovelace</dc:title>" in properties
    assert "<dc:creator>Ada Lovelace</dc:creator>" in properties
    assert "<dc:language>en</dc:language>" in properties
    links = {one.get("Target") for one in ET.fromstring(file.read("word/_rels/document.xml.rels")).iter(RELATION)}
    assert {"https://doi.org/10.5555/engines", "http://testserver/publications/", "mailto:ada@example.org"} <= links
    assert 'w:instr=" NUMPAGES "' in file.read("word/footer1.xml").decode()
    assert b'<w:pgSz w:w="11906" w:h="16838"' in file.read("word/document.xml")
    assert b"<m:oMath>" in file.read("word/document.xml")


def test_the_column_of_a_word_document_is_wide_enough_for_long_dates_and_keeps_lists_in_it(client):
    make.owner()
    make.activity(start="2010-09-30", end="2014-12-31", description="Two:\n\n- one\n- two\n\n3. three\n4. four")
    make.cv(parts=["award"])

    response = client.get("/cv/short-cv.docx")

    assert "30 September 2010 – 31 December 2014\tPrize for engines" in text_of_docx(response)
    assert text_of_docx(response).endswith("Two:\n• one\n• two\n3. three\n4. four")
    assert styles_of(response)[-6:] == ["CVLongDated", *["CVLongDatedText"] * 5]


def test_a_document_is_the_same_each_time(client):
    fill()

    assert client.get("/cv.docx").content == client.get("/cv.docx").content


def test_the_latex_source_stands_alone(client):
    fill()

    text = client.get("/cv/short-cv.tex").text

    assert r"\documentclass[10pt,a4paper]{article}" in text
    assert text.rstrip().endswith(r"\end{document}")
    lines = " ".join(text.split())
    assert r"\section{Education}" in lines
    assert r"\item[1840 -- 1843] \textbf{PhD}\\ University of London On \textbf{looms}" in lines
    assert r"\href{http://testserver/publications/}{the list} and \(x^{2}\)." in lines
    assert r"\item[{[}J1{]}] Charles Babbage*, \textbf{Ada Lovelace}*. " in lines
    assert (
        r"\emph{Journal of \emph{Engines}}, 2025. \href{https://doi.org/10.5555/engines}{doi:10.5555/engines}." in lines
    )
    assert "\\mathcal{O}" in lines


def test_formulas_mean_the_same_in_documents(client):
    make.owner(bio=r"$\binom{n}{k}$, $\overline{x}$, $\dot{x}$, $\vec{x}$ and $\frac{a}{b}$")
    make.cv(parts=["biography"])

    word = zipfile.ZipFile(io.BytesIO(client.get("/cv/short-cv.docx").content)).read("word/document.xml").decode()

    latex = r"\(\binom{n}{k}\), \(\overline{x}\), \(\dot{x}\), \(\overrightarrow{x}\) and \(\frac{a}{b}\)"
    assert latex in " ".join(client.get("/cv/short-cv.tex").text.split())
    assert word.count('<m:type m:val="noBar" />') == 1
    assert [word.count(f'<m:chr m:val="{accent}" />') for accent in "\u0307\u20d7"] == [1, 1]


def test_the_latex_source_of_rich_texts_has_only_what_latex_can_set(client):
    make.owner(bio=RICH, homepage=f"https://example.org/{'long-' * 12}name/")
    make.activity(kind="position", start="2010-05-03", end="2014-01-31")
    make.cv(parts=["biography", "position"])

    text = client.get("/cv/short-cv.tex").text

    assert text.count(r"\begin{itemize}") == 3
    assert "level 7" in text
    assert r"\begin{verbatim}" not in text
    assert r"\texttt{\ \ \ \ print(" in text
    assert "p{(\\linewidth" in text
    assert "↩" not in text
    assert r"long-\allowbreak{}name" in text
    assert r"\settowidth{\termwidth}{\small 3 May 2010 -- 31 January 2014}" in text


def test_the_latex_source_asks_for_chinese_fonts_only_if_it_has_chinese(client):
    make.owner()
    make.cv("Latin", parts=[])
    make.cv("Chinese", parts=[], language="zh-hans")

    assert "xeCJK" not in client.get("/cv/latin.tex").text
    assert "xeCJK" in client.get("/cv/chinese.tex").text


@pytest.mark.slow
@pytest.mark.parametrize("engine", ["xelatex", "pdflatex"])
def test_the_latex_source_compiles(client, engine, tmp_path):
    if not shutil.which(engine):
        pytest.skip(f"{engine} is not installed")
    owner = make.owner(name="Łukasz Đặng 王伟", headline="Реактор & Co. 100% #1", bio=RICH)
    for number, text in enumerate([*HOSTILE, "H₂O ≤ Ωμέγα", "Анализ", "对分析机的研究", "🚀 𝒪(n) ∈ ℝ"]):
        make.publication(text, authors=[owner], container_title=text, doi=f"10.5555/{'a_b.' * 20}{number}<x>;%20")
        make.activity(text[:200], organisation=text[:140], description=text, start="2010-05-03")
    make.cv(parts=["biography", "publications", "award"], address=r"\ # $ % & ~ _ ^ { }")
    (tmp_path / "cv.tex").write_bytes(client.get("/cv/short-cv.tex").content)

    done = subprocess.run(
        [engine, "-interaction=nonstopmode", "-halt-on-error", "cv.tex"], cwd=tmp_path, capture_output=True, check=False
    )

    assert done.returncode == 0, done.stdout.decode(errors="replace")[-2000:]
    assert (tmp_path / "cv.pdf").exists()


def test_the_plain_text_has_short_lines_and_formulas_in_unicode(client):
    fill()

    text = client.get("/cv/short-cv.txt").text

    assert max(map(len, text.split("\n"))) <= 80
    assert text.startswith("Ada Lovelace\nCountess\n\nCurriculum vitae. Updated ")
    assert "Education\n=========\n\n1840 – 1843: PhD\nUniversity of London\n" in text
    assert "On looms, see the list and x²." in text
    assert "[J1] Charles Babbage*, Ada Lovelace*. Sorting in 𝒪(n log n) time. Journal of" in text
    assert "doi:10.5555/engines. Best paper." in " ".join(text.split())
    assert "* Equal contribution." in text
    assert "+44 131 650\nada@example.org" in text


def test_the_markdown_has_identifiers_and_the_date_of_the_last_change(client):
    fill()

    text = client.get("/cv/short-cv.md").text

    assert "Curriculum vitae. Updated " in text
    assert "ada@example.org" not in text  # as on pages, programs do not read it
    assert "[doi:10.5555/engines](https://doi.org/10.5555/engines)" in text
    assert r"\* Equal contribution." in text


def test_names_in_markdown_end_with_one_full_stop(client):
    make.publication("Looms", authors=[make.owner(), "Grace Hopper Jr."])
    make.publication("Mills", authors=["Ada Lovelace"], extra={"et-al": ["author"]})
    make.cv()

    text = client.get("/cv/short-cv.md").text

    assert "Ada Lovelace, Grace Hopper Jr.\n" in text
    assert "Ada Lovelace et al.\n" in text


def test_the_legend_of_a_word_document_stays_with_the_works_below_it(client):
    work = make.publication(authors=[make.owner()])
    work.authorships.update(corresponding=True)
    make.cv()

    response = client.get("/cv/short-cv.docx")

    assert "† Corresponding author." in text_of_docx(response)
    assert styles_of(response).count("CVLegend") == 1
    styles = ET.fromstring(zipfile.ZipFile(io.BytesIO(response.content)).read("word/styles.xml"))
    (legend,) = (one for one in styles.iter(f"{WORD}style") if one.get(f"{WORD}styleId") == "CVLegend")
    assert legend.find(f"{WORD}pPr/{WORD}keepNext") is not None


def test_a_word_document_shows_the_photo_where_it_is_chosen(client, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    make.owner(
        bio="![Another](https://example.org/a.jpg)", photo=picture(900, 900, "#d9c9b4", "#5b3a29"), photo_alt="Ada"
    )
    make.cv(shows_photo=True, parts=["biography"])
    make.cv("Plain", parts=["biography"])

    shown, plain = (
        zipfile.ZipFile(io.BytesIO(client.get(f"/cv/{name}.docx").content)) for name in ("short-cv", "plain")
    )

    (name,) = [name for name in shown.namelist() if "media/" in name]
    with Image.open(io.BytesIO(shown.read(name))) as image:
        assert image.size == (480, 480)
    assert 'descr="Ada"' in shown.read("word/document.xml").decode()
    assert not [name for name in plain.namelist() if "media/" in name]


@pytest.mark.parametrize("ending", ["docx", "tex", "txt"])
def test_the_full_cv_and_previews_have_the_format_and_drafts_do_not(client, ending):
    cv = fill()

    assert client.get(f"/cv.{ending}").status_code == 200
    assert f'href="/cv.{ending}"' in client.get("/cv/").text
    assert f'href="/cv/short-cv.{ending}"' in client.get("/cv/short-cv/").text
    cv.state = "draft"
    cv.save()
    assert client.get(f"/cv/short-cv.{ending}").status_code == 404
    link = PreviewLink.objects.create(
        model="profiles.cv", object_id=cv.pk, expires_at=timezone.now() + timedelta(days=1)
    )
    assert client.get(f"{link.get_absolute_url()}cv.{ending}").status_code == 200


def test_without_pandoc_the_formats_are_not_offered(client, monkeypatch):
    fill()
    monkeypatch.setattr(conversion, "pandoc", lambda: None)

    page = client.get("/cv/").text

    assert 'href="/cv.pdf"' in page
    for ending in ("docx", "tex", "txt"):
        assert f'href="/cv.{ending}"' not in page
        assert client.get(f"/cv.{ending}").status_code == 404


def test_a_document_that_pandoc_cannot_make_is_an_error_that_says_so(client, monkeypatch):
    make.owner()
    monkeypatch.setattr("publications.citations.conversion.pandoc", lambda: shutil.which("false"))

    answer = client.get("/cv.docx")

    assert (answer.status_code, answer.text) == (
        500,
        "The DOCX file could not be made. Try again, or use another format.\n",
    )


@pytest.mark.parametrize("hostile", HOSTILE)
def test_no_text_becomes_markup_of_a_format(client, hostile):
    short = hostile[:140]
    owner = make.owner(name=f"Ada {short[:60]}", headline=short, bio=hostile)
    make.publication(
        hostile, authors=[owner, short[:80]], container_title=hostile, award=short[:100], publisher=short,
        volume=short[:20], doi="10.1/x",
    ).authorships.update(contribution=short, corresponding=True)  # fmt: skip
    make.project(short[:100], tagline=short, role=short[:50])
    make.activity(
        hostile[:200], kind="award", organisation=short, description=hostile, url="https://e.example/?a=\"b'#{}"
    )
    make.talk(hostile[:200], occasions=[{"start": "2024", "event": short}])
    make.tag(short[:40])
    kinds = ("interests", "projects", "award", "talks")
    parts = [{"kind": kind, "title": short, "text": hostile} for kind in kinds]
    works = [{"kind": "publications", "shows_contribution": True}, {"kind": "text", "text": hostile, "title": short}]
    make.cv(parts=[*parts, *works], address=hostile, phone=short[:40])

    files = {ending: client.get(f"/cv/short-cv.{ending}") for ending in ("docx", "tex", "txt", "md", "pdf")}

    assert {response.status_code for response in files.values()} == {200}
    # DOCX: no fields, and no relations but links.
    file = zipfile.ZipFile(io.BytesIO(files["docx"].content))
    document = file.read("word/document.xml").decode()
    names = {node.tag.rpartition("}")[2] for node in ET.fromstring(document).iter()}
    assert not names & {"instrText", "fldSimple", "fldChar", "altChunk", "object", "pict", "drawing", "script"}
    for relation in ET.fromstring(file.read("word/_rels/document.xml.rels")).iter(RELATION):
        if relation.get("TargetMode") == "External":
            assert re.match(r"https?://|mailto:|tel:", relation.get("Target"))
    # LaTeX: what an editor typed has no commands.
    body = files["tex"].text
    body = re.sub(r"\\textbackslash|\\\\|\\[{}$&#_%^~]", "", body)
    assert not re.search(r"\\(?:input|write|csname|include|openin|read|def|catcode)", body)
    assert not re.search(r"\^\^", body)
    assert files["tex"].text.count(r"\end{document}") == 1
    raw = [one for one in elements(tree_of(files["tex"].text, "latex")) if one.get("t") in ("RawInline", "RawBlock")]
    assert raw == []
    # Markdown: what is not the owner's own Markdown has no HTML.
    raw = [one for one in elements(tree_of(files["md"].text, "markdown")) if one.get("t") in ("RawInline", "RawBlock")]
    assert not [one for one in raw if one["c"][1] not in hostile]


def test_documents_have_no_control_characters(client):
    make.owner(name="Ada\x0bLovelace\x01")

    properties = zipfile.ZipFile(io.BytesIO(client.get("/cv.docx").content)).read("docProps/core.xml")
    assert "AdaLovelace" in "".join(ET.fromstring(properties).itertext())
    assert "pdfauthor={AdaLovelace}" in client.get("/cv.tex").text
