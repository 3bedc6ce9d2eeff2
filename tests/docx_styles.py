"""Makes config/cv/pandoc/reference.docx, which has the styles of CVs: pandoc's own file with the changes below.

.venv/bin/python -m tests.docx_styles
"""

import io
import re
import subprocess
import zipfile
from pathlib import Path

import pypandoc

TARGET = Path(__file__).parents[1] / "config" / "cv" / "pandoc" / "reference.docx"
WORD = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
FONT = '<w:rFonts w:ascii="Calibri" w:hAnsi="Calibri" w:eastAsia="Calibri" w:cs="Calibri" />'
ACCENT, QUIET = '<w:color w:val="1D4F91" />', '<w:color w:val="4A4D55" />'
FOOTER = f"""<?xml version="1.0" encoding="UTF-8"?>
<w:ftr {WORD}><w:p><w:pPr><w:pStyle w:val="Footer" /></w:pPr>
<w:fldSimple w:instr=" PAGE "><w:r><w:t>1</w:t></w:r></w:fldSimple>
<w:r><w:t xml:space="preserve"> / </w:t></w:r>
<w:fldSimple w:instr=" NUMPAGES "><w:r><w:t>1</w:t></w:r></w:fldSimple>
</w:p></w:ftr>"""


def size(points):
    return f'<w:sz w:val="{round(points * 2)}" /><w:szCs w:val="{round(points * 2)}" />'


def spacing(before, after):
    return f'<w:spacing w:before="{before * 20}" w:after="{after * 20}" />'


def hanging(width, *, first=True):
    """Return a paragraph's indent of a width in twentieths of a point, with a tab stop there."""
    hang = f' w:hanging="{width}"' if first else ""
    return f'<w:tabs><w:tab w:val="left" w:pos="{width}" /></w:tabs>%s<w:ind w:left="{width}"{hang} />'


def ruled():
    return '<w:pBdr><w:bottom w:val="single" w:sz="4" w:space="2" w:color="4A4D55" /></w:pBdr>'


def style(name, paragraph, run="", based_on="Normal", following="BodyText"):
    key = re.sub(r"\W", "", name.title() if name.islower() else name)
    custom = ' w:customStyle="1"' if name.startswith("CV ") else ""
    return key, (
        f'<w:style w:type="paragraph"{custom} w:styleId="{key}"><w:name w:val="{name}" />'
        f'<w:basedOn w:val="{based_on}" /><w:next w:val="{following}" /><w:qFormat />'
        f"<w:pPr>{paragraph}</w:pPr><w:rPr>{run}</w:rPr></w:style>"
    )


def heading(level, space, run, border=""):
    outline = f'<w:outlineLvl w:val="{level - 1}" />'
    return style(f"heading {level}", f"<w:keepNext /><w:keepLines />{border}{space}{outline}", run)


DATED, LONG_DATED, NUMBERED = 2608, 3515, 737  # 46 mm, 62 mm for "30 September 2010 – 31 December 2014", and 13 mm
STYLES = dict([
    style("Body Text", spacing(3, 3)),
    style("Title", spacing(0, 3), f"<w:b />{size(22)}"),
    style("Subtitle", spacing(0, 3), f"{QUIET}{size(12)}"),
    style("Date", spacing(0, 6), f"{QUIET}{size(9.5)}"),
    heading(1, spacing(14, 5), f"<w:b />{ACCENT}{size(13)}", ruled()),
    heading(2, spacing(9, 3), f"<w:i />{size(11)}"),
    heading(3, spacing(6, 3), f"<w:b />{size(10.5)}"),
    heading(4, spacing(6, 3), f"<w:i />{size(10.5)}"),
    style("CV Legend", f"<w:keepNext />{spacing(3, 3)}", f"{QUIET}{size(9.5)}"),
    style("CV Dated", f"<w:keepLines />{hanging(DATED) % spacing(3, 3)}", following="CVDated"),
    style("CV Dated Text", hanging(DATED, first=False) % spacing(0, 3), size(9.5), following="CVDated"),
    style("CV Long Dated", f"<w:keepLines />{hanging(LONG_DATED) % spacing(3, 3)}", following="CVLongDated"),
    style("CV Long Dated Text", hanging(LONG_DATED, first=False) % spacing(0, 3), size(9.5), following="CVLongDated"),
    style("CV Numbered", f"<w:keepLines />{hanging(NUMBERED) % spacing(3, 3)}", following="CVNumbered"),
    style("CV Numbered Text", hanging(NUMBERED, first=False) % spacing(0, 3), size(9.5), following="CVNumbered"),
    style("footer", f'{spacing(0, 0)}<w:jc w:val="right" />', f"{QUIET}{size(9)}", following="Footer"),
])  # fmt: skip


def with_styles(xml):
    xml = re.sub(r'<w:color w:val="4F81BD"[^>]*/>', ACCENT, xml)  # of links
    term = '<w:style w:type="character" w:customStyle="1" w:styleId="CVTerm"><w:name w:val="CV Term" />'
    xml = xml.replace("</w:styles>", f"{term}<w:rPr>{QUIET}{size(9)}</w:rPr></w:style></w:styles>")
    for key, text in STYLES.items():
        xml = re.sub(rf'<w:style w:type="paragraph"[^>]*?w:styleId="{key}">.*?</w:style>', "", xml, flags=re.DOTALL)
        xml = xml.replace("</w:styles>", f"{text}</w:styles>")
    xml = re.sub(r"(<w:rPrDefault>\s*<w:rPr>)\s*<w:rFonts[^>]*/>\s*<w:sz [^>]*/>\s*<w:szCs[^>]*/>",
                 rf"\1{FONT}{size(10.5)}", xml)  # fmt: skip
    return re.sub(r"(<w:pPrDefault>\s*<w:pPr>)\s*<w:spacing[^>]*/>", rf"\1{spacing(0, 4)}", xml)


def changed(name, text):
    match name:
        case "word/styles.xml":
            return with_styles(text)
        case "[Content_Types].xml":
            kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.footer+xml"
            return text.replace("</Types>", f'<Override PartName="/word/footer1.xml" ContentType="{kind}" /></Types>')
        case "word/_rels/document.xml.rels":
            row = f'<Relationship Id="rIdFooter" Type="{OFFICE}/footer" Target="footer1.xml" />'
            return text.replace("</Relationships>", f"{row}</Relationships>")
        case "word/document.xml":
            section = f'<w:sectPr xmlns:r="{OFFICE}"><w:footerReference w:type="default" r:id="rIdFooter" /></w:sectPr>'
            return re.sub(r"<w:sectPr.*(?=</w:body>)|(?=</w:body>)", section, text, count=1, flags=re.DOTALL)
    return text


def make():
    command = [pypandoc.get_pandoc_path(), "--print-default-data-file", "reference.docx"]
    usual = zipfile.ZipFile(io.BytesIO(subprocess.run(command, capture_output=True, check=True).stdout))
    parts = {name: changed(name, usual.read(name).decode()) for name in usual.namelist() if not name.endswith("/")}
    with zipfile.ZipFile(TARGET, "w", zipfile.ZIP_DEFLATED) as made:
        for name, text in sorted((parts | {"word/footer1.xml": FOOTER}).items()):
            made.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), text, zipfile.ZIP_DEFLATED)


if __name__ == "__main__":
    make()
