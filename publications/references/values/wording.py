"""Words in a field that are no value of it: "in press" instead of a year, or "et al." as the last author.

They become the ``status`` of a Reference, and ``extra["et-al"]``. BibTeX's "collaboration" becomes a contributor.
"""

import re
from dataclasses import replace

from profiles.content.patterns import COLLABORATION
from publications.references.reference import CSL_NAMES, ROLES, Name
from publications.references.values.dates import date_from_text

# How people write that a work has not appeared, for each status of CSL: in English, and in other languages.
ENGLISH = {
    "in preparation": r"in prep(?:aration|\.)?",
    "submitted": (
        r"submitted(?: for publication)?|(?:under|in) (?:peer[- ])?review(?:ing)?|(?:under|in) revision|"
        r"under consideration|revised? (?:and|&) resubmit(?:ted)?"
    ),
    "accepted": (
        r"in (?:the )?press|in print|to appear|to be (?:published|printed)|forthcoming|accepted(?: for publication)?"
    ),
}
OTHER_LANGUAGES = {
    "in preparation": r"in vorbereitung|en préparation|en preparación|in preparazione|em preparação",
    "submitted": r"eingereicht|in begutachtung|soumise?|en révision|enviado|en revisión|sottomesso|submetido|投稿中",
    "accepted": (
        r"i[nm] (?:druck|erscheinen)|erscheint(?: demnächst)?|(?:zur veröffentlichung )?angenommen|sous presse|"
        r"à paraître|accepté|en prensa|aceptado|in corso di (?:stampa|pubblicazione)|in stampa|no prelo|aceito|"
        r"ter perse|i tryck(?:en)?|under utgivelse|w druku|v tisku|megjelenés alatt|в печати|"
        r"印刷中|出版中|待刊|即将出版|掲載予定|게재 예정"
    ),
}
STAGES = {
    stage: re.compile(rf"(?<!\w)(?:{ENGLISH[stage]}|{OTHER_LANGUAGES[stage]})(?!\w)", re.IGNORECASE)
    for stage in ENGLISH
}
WORDING = re.compile("|".join(pattern.pattern for pattern in STAGES.values()), re.IGNORECASE)
IN_ENGLISH = re.compile("|".join(ENGLISH.values()), re.IGNORECASE)
# What may stand before it in a note: "Manuscript under review".
BEFORE = re.compile(
    r"(?:(?:publication )?status|preprint|draft|manuscript|paper|article|book|chapter|"
    r"currently|now|still|is|has been|\W)*",
    re.IGNORECASE,
)
OTHERS = re.compile(
    r"(?:^(?:and )?(?:many |several )?others|[\s,;]*\b(?:et|and)\.? al|^(?:等人?|他|ほか|외))\W*$", re.IGNORECASE
)
AND = re.compile(r"\s*[,;&]\s*(?:and\s+)?|\s+and\s+")
TAG = re.compile(r"</?[a-z][^<>]*>")
NOTES = ("note", "volume", "issue", "page", "genre")
EXTRA_NOTES = ("howpublished", "addendum", "titleaddon", "publication_stage", "annote")
# What publishers write instead of a volume that a work does not have yet.
AHEAD_OF_PRINT = re.compile(r"ahead[- ]of[- ]print|online[- ]first|early[- ](?:access|view)", re.IGNORECASE)
# "To appear in the Journal of Examples", "Journal of Examples (in press)".
VENUE = re.compile(
    rf"(?P<before>{WORDING.pattern}) (?:in|to|at|by) (?P<venue>.+)|"
    rf"(?P<place>.+?)(?:,| ?[(\[]) ?(?P<after>{WORDING.pattern})[)\]]?",
    re.IGNORECASE,
)


def stage_of(text):
    """Return the status of CSL that a text means, such as "accepted" for "To appear in JHEP", or ""."""
    return next((stage for stage, pattern in STAGES.items() if pattern.search(text)), "")


def ends_with_others(extra, role):
    """Return whether ``extra["et-al"]``, which an editor may have changed, has a role by its CSL name."""
    roles = extra.get("et-al")
    return isinstance(roles, list) and role in roles


def understood(reference):
    """Return a Reference with the words that its fields have instead of a value, or beside it, in their own place."""
    extra = dict(reference.extra)
    fields = _names(reference, extra)
    if isinstance(extra.get("collaboration"), str):
        groups = [name for name in _collaborations(extra.pop("collaboration")) if name not in reference.author]
        fields["contributor"] = (*reference.contributor, *groups)
    issued, status = _date_and_status(reference)
    if not (reference.type == "article" and issued.year):  # remarks on preprints are seldom updated
        noted, others = _noted(reference, extra, is_undated=not issued)
        status = status or noted
        fields |= others
    # Publishers write it before a work has a volume.
    fields |= {name: "" for name in ("volume", "issue", "page") if getattr(reference, name).lower() == "n/a"}
    return replace(reference, **fields, issued=issued, status=status, extra=extra)


def without_placeholders(reference):
    """Return a Reference of a file without a DOI "n/a", and with "ahead of print" not as its volume but as its status.

    Stored publications are compared with what was imported, so ``understood``, which reads that, does not change these.
    """
    found = [name for name in ("volume", "issue", "page") if AHEAD_OF_PRINT.fullmatch(getattr(reference, name))]
    status = reference.status or next((getattr(reference, name).lower().replace("-", " ") for name in found), "")
    fields = dict.fromkeys(found, "") | ({"doi": ""} if reference.doi.lower() == "n/a" else {})
    return replace(reference, **fields, status=status)


def _collaborations(text):
    """Return the Names in a text such as "ATLAS and CMS", which leaves out the word "Collaboration"."""
    parts = [re.sub(r"^(?:(?:on behalf of|for) )?the ", "", part, flags=re.IGNORECASE) for part in AND.split(text)]
    return [Name(literal=part if COLLABORATION.search(part) else f"{part} Collaboration") for part in parts if part]


def _date_and_status(reference):
    """Return the date without words, and the status: that of the reference, or the words of the date."""
    issued, status = reference.issued, reference.status
    text = TAG.sub("", issued.literal or issued.season)
    found = WORDING.search(text)
    if not found:
        return issued, status
    rest = f"{text[: found.start()]} {text[found.end() :]}".strip(" ,;:.()[]–—-")
    date = date_from_text(re.sub(r"^(?:in|for|on)\s+", "", rest, flags=re.IGNORECASE))
    status = status or (_tidied(found[0]) if date.parts or not rest else text)
    return date if date.parts else replace(issued, literal="", season=""), status


def _noted(reference, extra, *, is_undated):
    """Return the status in a note or in the venue, and the fields without it. A note that says more stays as well."""
    if found := VENUE.fullmatch(reference.container_title):
        return _tidied(found["before"] or found["after"]), {"container_title": found["venue"] or found["place"]}
    for name in (*NOTES, *EXTRA_NOTES):
        text = getattr(reference, name) if name in NOTES else extra.get(name)
        text = TAG.sub("", text) if isinstance(text, str) else ""
        found = WORDING.match(text, BEFORE.match(text).end())
        if found and not WORDING.sub("", text[found.end() :]).strip(" .;,)]"):
            extra.pop(name, None)
            return _tidied(found[0]), {name: ""} if name in NOTES else {}
        if found and name == "note" and (is_undated or reference.type == "manuscript"):
            return _tidied(found[0]), {}
    return "", {}


def _tidied(words):
    return words.lower() if IN_ENGLISH.fullmatch(words) else words


def _names(reference, extra):
    """Return the names without "et al." or "others" at the end, which ``extra["et-al"]`` records."""
    fields = {}
    for role in ROLES:
        if not getattr(reference, role):
            continue
        *names, last = getattr(reference, role)
        parts = {part: _without_others(getattr(last, part)) for part in ("literal", "family", "given", "suffix")}
        shortened = Name() if OTHERS.fullmatch(str(last)) else replace(last, **parts)
        if shortened != last and (names or shortened != Name()):
            fields[role] = (*names, *([shortened] if shortened != Name() else []))
            extra["et-al"] = [
                one for one in CSL_NAMES.values() if one == CSL_NAMES[role] or ends_with_others(extra, one)
            ]
    return fields


def _without_others(text):
    # Only the end is searched, because the time grows with the square of the length.
    return text[:-50] + OTHERS.sub("", text[-50:])
