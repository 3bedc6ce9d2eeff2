"""Formatted citations, made by pandoc's citeproc from the CSL project's styles.

Of the available engines pandoc agrees best with citeproc-js, the reference implementation. It runs as a separate
process; all works and styles of a batch are formatted in one run. Without pandoc, no styles are available.
"""

import json
import logging
import re
import subprocess
from dataclasses import dataclass
from html import escape, unescape
from pathlib import Path

import nh3

from profiles.content.batches import batched
from profiles.content.patterns import COLLABORATION, EAST_ASIAN
from publications.citations import conversion, styles
from publications.references import csl, notices
from publications.references.csl.variables import CASED
from publications.references.reference import CSL_NAMES, ROLES
from publications.references.values import markup, maths
from publications.references.values.wording import ends_with_others, stage_of

logger = logging.getLogger(__name__)

SCRIPT = Path(__file__).with_name("citeproc.lua")
SECONDS = 10  # pandoc's time limit: for starting, and for each citation
SECONDS_PER_ITEM = 0.5
ENTRY = re.compile(r'<div id="ref-1"[^>]*>(.*?)</div>\s*</div>\s*$', re.DOTALL)
NUMBERED = re.compile(r'<div class="csl-left-margin">.*?</div>\s*<div class="csl-right-inline">(.*?)</div>', re.DOTALL)
WITH_STATUS = ("apa", "chicago", "ieee")  # styles that print the status themselves
VERSION = 7  # increase it when this module changes pandoc's input or output


@dataclass(frozen=True)
class Citation:
    key: str
    label: str
    html: str
    text: str


def cite(references):
    """Return a list of [Citation] in all styles for each Reference, formatted in one run of pandoc.

    A style in which pandoc fails is left out. Styles know no notices, so what is said of a retracted or corrected work
    follows in brackets.
    """
    all_styles = styles.available().values()
    jobs = [(style, item_for(reference, style)) for reference in references for style in all_styles]
    ends = [_end(reference) for reference in references for _ in all_styles]
    found = [_citation(style, html, end) for (style, _), html, end in zip(jobs, _run_pandoc(jobs), ends, strict=True)]
    return [[one for one in some if one] for some in batched(found, len(all_styles))]


def _run_pandoc(jobs):
    """Return pandoc's HTML for each (Style, CSL-JSON item), False if it failed."""
    if not jobs:
        return []
    data = {
        "styles": {style.key: style.url for style in {style for style, _ in jobs}},
        "jobs": [
            {
                "item": json.dumps([item]),
                "literal": item.get("issued", {}).get("literal"),
                "style": style.key,
                "locale": style.locale,
            }
            for style, item in jobs
        ],
    }
    try:
        answer = subprocess.run(  # noqa: S603 (no shell, and no argument from outside)
            [conversion.pandoc(), "lua", str(SCRIPT)], input=json.dumps(data), capture_output=True, encoding="utf-8",
            timeout=SECONDS + SECONDS_PER_ITEM * len(jobs), check=True,
        )  # fmt: skip
    except (OSError, subprocess.SubprocessError):
        logger.exception("pandoc could not format %d citations.", len(jobs))
        return [False] * len(jobs)
    return json.loads(answer.stdout)


def _end(reference):
    """Return the text after a citation: " [Retracted, 17 March 2025, https://doi.org/10.1000/r]"."""
    return "".join(f" [{sentence}]" for sentence in notices.sentences(reference))


def _citation(style, answer, end=""):
    """Return the Citation in pandoc's HTML with the text ``end`` after it, or None."""
    entry = ENTRY.search(answer or "")
    if not entry:
        return None
    html = " ".join(clean(NUMBERED.sub(r"\1", entry[1])).split()) + escape(end)
    return Citation(style.key, style.label, html, unescape(re.sub(r"<[^>]+>", "", html)))


def clean(html):
    """Remove all HTML but emphasis and web links from a citation."""
    return nh3.clean(
        html,
        tags={"em", "strong", "i", "b", "sub", "sup", "a"},
        attributes={"a": {"href"}},
        url_schemes={"http", "https"},
    )


def item_for(reference, style):
    """Return the CSL-JSON of a Reference, adapted to a style."""
    item = csl.to_csl(reference) | {"id": "1"}
    custom = item.pop("custom", {})
    nocase = custom.get("nocase", {})
    for name, text in nocase.items() if isinstance(nocase, dict) else ():
        if isinstance(text, str) and item.get(name) == csl.without_nocase(text):
            item[name] = text
    names = {CSL_NAMES[role]: list(map(_name_for, getattr(reference, role))) for role in ROLES}
    item |= {name: some for name, some in names.items() if some} | {"author": _authors_for(reference)}
    if not reference.issued and stage_of(reference.status) and style.key not in WITH_STATUS:
        item["issued"] = {"literal": item.pop("status")}  # "in press", instead of "no date" or nothing
    for name in set(CASED) & set(item):
        item[name] = markup.with_formulas(item[name], _protected)
    for name in ("archive", "archive_location"):
        item.pop(name, None)  # styles would print the preprint's number twice
    if reference.type == "article" and reference.arxiv_id:
        # IEEE's style writes the archive's name before the number itself.
        item["number"] = reference.arxiv_id if style.key == "ieee" else f"arXiv:{reference.arxiv_id}"
        item.setdefault("publisher", "arXiv")
        item.setdefault("URL", f"https://arxiv.org/abs/{reference.arxiv_id}")
    if style.key == "ieee" and item.get("URL"):
        item.setdefault("medium", "online")  # pandoc drops IEEE's own "[Online]"
    return item


def _name_for(name):
    # Styles with initials would add a full stop: "王小明.".
    return {"literal": str(name)} if EAST_ASIAN.fullmatch(name.family + name.given) else csl.name_to_csl(name)


def _protected(tex):
    """Return a formula as rich text that styles do not capitalise, with Unicode's indices where they exist."""
    return f'<span class="nocase">{markup.RAISED.sub(markup.unicode_of, maths.rich(tex))}</span>'


def _authors_for(reference):
    """Return the authors as CSL-JSON. citeproc takes a last name "others" for "et al."."""
    groups = [name for name in reference.contributor if COLLABORATION.search(name.literal)]
    names = [_name_for(name) for name in (*reference.author, *groups)]
    return [*names, {"literal": "others"}] if names and ends_with_others(reference.extra, "author") else names
