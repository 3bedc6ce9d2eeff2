"""CSL-JSON (citeproc-js's input model, schema 1.0.2): forgiving when it reads, strict when it writes."""

import json
import re
from dataclasses import replace

from publications.references.identifiers import ARXIV_DOI, ORCID, bare_doi
from publications.references.reading import BLOCK, UNPRINTABLE, Loaded, Problem, joined
from publications.references.reference import CSL_NAMES, FIELD_NAMES, ROLES, Date, Name, Reference

media_type = "application/vnd.citationstyles.csl+json"
label = "CSL-JSON"

TYPES = frozenset([
    "article", "article-journal", "article-magazine", "article-newspaper", "bill", "book", "broadcast", "chapter",
    "classic", "collection", "dataset", "document", "entry", "entry-dictionary", "entry-encyclopedia", "event",
    "figure", "graphic", "hearing", "interview", "legal_case", "legislation", "manuscript", "map", "motion_picture",
    "musical_score", "pamphlet", "paper-conference", "patent", "performance", "periodical", "personal_communication",
    "post", "post-weblog", "regulation", "report", "review", "review-book", "software", "song", "speech", "standard",
    "thesis", "treaty", "webpage",
])  # fmt: skip
# What Crossref, DataCite and older versions of CSL say instead.
OTHER_TYPES = {
    "journal-article": "article-journal",
    "proceedings-article": "paper-conference",
    "posted-content": "article",
    "preprint": "article",
    "book-chapter": "chapter",
    "book-section": "chapter",
    "monograph": "book",
    "edited-book": "book",
    "reference-book": "book",
    "proceedings": "collection",
    "dissertation": "thesis",
    "report-component": "report",
    "peer-review": "review",
    "article-in-press": "article-journal",
    "conference-paper": "paper-conference",
    "book-review": "review-book",
    "entry-dictionnary": "entry-dictionary",
}
# The rest of the schema's variables, which live in ``extra`` under these names.
EXTRA_NAMES = frozenset([
    "chair", "compiler", "composer", "curator", "director", "editorial-director", "executive-producer", "guest",
    "host", "interviewer", "illustrator", "narrator", "organizer", "original-author", "performer", "producer",
    "recipient", "reviewed-author", "script-writer", "series-creator",
])  # fmt: skip
EXTRA_DATES = frozenset([
    "accessed", "available-date", "event-date", "original-date", "submitted",
])  # fmt: skip
EXTRA_TEXTS = frozenset([
    "annote", "archive", "archive_collection", "archive_location", "archive-place", "authority", "call-number",
    "chapter-number", "citation-number", "citation-label", "collection-number", "collection-title", "dimensions",
    "division", "first-reference-note-number", "jurisdiction", "locator", "medium", "number-of-pages",
    "number-of-volumes", "original-publisher", "original-publisher-place", "original-title", "page-first", "part",
    "part-title", "PMCID", "printing", "references", "reviewed-genre", "reviewed-title", "scale", "section", "source",
    "supplement", "title-short", "version", "volume-title", "volume-title-short", "year-suffix",
])  # fmt: skip
OLD_NAMES = {"event": "event-title", "journalAbbreviation": "container-title-short", "shortTitle": "title-short"}
NAME_PARTS = {name.replace("_", "-"): name for name in Name.__slots__ if name != "orcid"}
NAME_VARIABLES = frozenset(CSL_NAMES[role] for role in ROLES)
# Fields of Reference that CSL has no variable for.
OURS = ("arxiv_class", "track", "funding")
CASED = ("title", "container-title", "event-title", "collection-title", "title-short")
NOCASE = re.compile(r"<span class=[\"']nocase[\"']>(.*?)</span>", re.DOTALL)
CHUNK = 200  # items that are read at once
BEGINNING = re.compile(r"[^\s,\[\]]")
# After an item that is no JSON, the next one begins where a brace opens after one that closed.
NEXT = re.compile(r"\}\s*,?\s*(?=\{)")


def read(blocks):
    """Read the text of some blocks: a list of items, a single one, Crossref's answer, or one item a line.

    Yields Loaded after Loaded; raises nothing. An item that is not JSON is told and left out, with its text.
    """
    references, problems, entries = [], [], 0
    for entry, (line, item, raw) in enumerate(_items(blocks), 1):
        found = _loaded(item, entry, line, raw)
        (problems if isinstance(found, Problem) else references).append(found)
        entries += 1
        if entries == CHUNK:
            yield Loaded(references, problems, entries)
            references, problems, entries = [], [], 0
    yield Loaded(references, problems, entries)


def loads(text):
    """Read all items of a text at once; returns Loaded."""
    return joined(read([text]))


def _loaded(item, entry, line, raw):
    """The Reference of an item, or the Problem that there is with it."""
    if isinstance(item, dict):
        try:
            return from_csl(item)
        except (KeyError, TypeError, ValueError, RecursionError):
            message = "This item is not CSL-JSON. Compare its fields with an export of Zotero."
    elif isinstance(item, json.JSONDecodeError):
        line += item.lineno - 1
        message = f"This is not JSON: {item.msg[0].lower()}{item.msg[1:]}. Mend the text at this place."
    else:
        message = "An item is a pair of braces with fields in it. Remove what stands here instead."
    key = re.search(r"\"(?:citation-key|id)\"\s*:\s*\"([^\"\n]*)", raw)
    return Problem(message, entry, line, key[1] if key else "", text=raw)


def from_csl(item):
    """The Reference of one CSL-JSON item (a dict), as forgiving as ``loads``.

    Raises KeyError, TypeError or ValueError where it is nothing like one.
    """
    item = {OLD_NAMES.get(name, name): _clean(value) for name, value in item.items()}
    item = {name: value for name, value in item.items() if value not in (None, "", [], {})}
    custom = item.pop("custom", {})
    custom = custom if isinstance(custom, dict) else {"custom": custom}
    fields = {name: _text(custom.get(CSL_NAMES[name], "")) for name in OURS}
    extra = {name: value for name, value in custom.items() if name not in FIELD_NAMES}
    for name, value in item.items():
        read = _READERS.get(name)
        if read:
            fields[FIELD_NAMES[name]] = read(value)
        elif name not in ("id", "type"):
            extra[name] = _lines(value) if isinstance(value, str) else value
    for csl, orcids in dict(extra.pop("ORCID", {})).items():
        names = zip(fields[FIELD_NAMES[csl]], orcids, strict=True)
        fields[FIELD_NAMES[csl]] = tuple(replace(name, orcid=orcid) for name, orcid in names)
    if isinstance(custom.get("keyword"), list):
        fields["keyword"] = tuple(custom["keyword"])
    _take_type(item, fields, extra)
    _take_key(item, fields)
    _take_identifiers(fields, extra)
    _take_case(fields, extra)
    return Reference(**fields, extra={name: value for name, value in extra.items() if value not in ("", None, [], {})})


def _take_type(item, fields, extra):
    type_ = _text(item.get("type", "document"))
    fields["type"] = type_ if type_ in TYPES else OTHER_TYPES.get(type_.lower(), "document")
    if fields["type"] == "document" != type_:
        extra["original-type"] = type_


def _take_key(item, fields):
    # An address (Zotero's) or a number in the file ("#1", ours) is no citation key.
    identifier = _text(item.get("id", ""))
    if not fields.get("citation_key") and "/" not in identifier and not identifier.startswith("#"):
        fields["citation_key"] = identifier


def _take_identifiers(fields, extra):
    fields["doi"] = bare_doi(fields.get("doi", ""))
    if str(extra.get("archive", "")).lower() == "arxiv" and extra.get("archive_location"):
        del extra["archive"]
        fields["arxiv_id"] = re.sub("^arxiv:", "", str(extra.pop("archive_location")), flags=re.IGNORECASE)
    if not fields.get("arxiv_id"):
        found = ARXIV_DOI.fullmatch(fields["doi"]) or re.fullmatch(
            r"arxiv:\s*(\S+)", fields.get("number", ""), re.IGNORECASE
        )
        fields["arxiv_id"] = found[1] if found else ""


def _take_case(fields, extra):
    """Move the marks of what keeps its capitals from the texts to ``extra["nocase"]``."""
    nocase = dict(extra.pop("nocase", {}))
    for csl in CASED:
        place, name = (fields, FIELD_NAMES[csl]) if csl in FIELD_NAMES else (extra, csl)
        value = place.get(name)
        if isinstance(value, str) and NOCASE.search(value):
            nocase[csl] = value
            place[name] = without_nocase(value)
    if nocase:
        extra["nocase"] = nocase


def without_nocase(text):
    """The text without the marks round what keeps its capitals."""
    previous = None
    while previous != text:
        previous, text = text, NOCASE.sub(r"\1", text)
    return text


def dumps(references):
    return "".join(dump(references))


def dump(references):
    """The text of a list of items, which is valid against the schema, in pieces of an item each."""
    separator = "["
    number = 0
    for number, reference in enumerate(references, 1):
        item = json.dumps(to_csl(reference, f"#{number}"), ensure_ascii=False, indent=1)
        yield f"{separator}\n{item}"
        separator = ","
    yield "\n]\n" if number else "[]\n"


def to_csl(reference, number="#1"):
    """The item (a dict) of a Reference, valid against the schema.

    ``number`` is the ``id``, which the schema demands, of one that has no citation key.
    """
    item = {"id": reference.citation_key or number, "type": reference.type}
    custom = {}
    for name, csl in CSL_NAMES.items():
        value = getattr(reference, name)
        if not value or name in ("type", "arxiv_id"):
            continue
        if name in ROLES:
            item[csl] = [name_to_csl(person) for person in value]
        elif name == "issued":
            item[csl] = date_to_csl(value)
        elif name == "keyword":
            item[csl] = _join_keywords(value)
            if _keywords(item[csl]) != value:
                custom[csl] = list(value)
        elif name in OURS:
            custom[csl] = value
        else:
            item[csl] = value
    orcids = {CSL_NAMES[role]: [name.orcid for name in getattr(reference, role)] for role in ROLES}
    if known := {csl: found for csl, found in orcids.items() if any(found)}:
        # The schema has no place for them beside the names.
        custom["ORCID"] = known
    if reference.arxiv_id:
        item["archive"], item["archive_location"] = "arXiv", reference.arxiv_id
    for name, value in reference.extra.items():
        place = item if name not in item and _is_valid(name, value) else custom
        place[name] = value
    if custom:
        item["custom"] = custom
    return item


def difference(wanted, got):
    """What turns the item of the Reference ``got`` into that of ``wanted``: {name: value, or None to remove it}.

    Empty where the two are equal. ORCID iDs are no part of it: formats have no place for them.
    """
    if wanted == got:
        return {}
    new, old = (_without_orcids(to_csl(reference)) for reference in (wanted, got))
    return {name: new.get(name) for name in (*new, *old) if new.get(name) != old.get(name)}


def patched(reference, text, name):
    """The Reference with a ``difference``, in JSON, made; what is none stays in ``extra`` under the name."""
    if not text:
        return reference
    try:
        return from_csl({**to_csl(reference), **json.loads(text)})
    except (AttributeError, KeyError, TypeError, ValueError, RecursionError):
        return replace(reference, extra=reference.extra | {name: text})


def _without_orcids(item):
    custom = {name: value for name, value in item.pop("custom", {}).items() if name != "ORCID"}
    return item | ({"custom": custom} if custom else {})


def date_to_csl(date):
    """CSL-JSON's date-variable of a Date."""
    found = {"date-parts": [list(parts) for parts in date.parts]} if date.parts else {}
    found |= {"season": date.season} if date.season else {}
    found |= {"circa": True} if date.circa else {}
    return found | ({"literal": date.literal} if date.literal else {})


def date_from_csl(value):
    """The Date of a date-variable, an EDTF text or a bare year; what is no date is kept as ``literal``."""
    if not isinstance(value, dict):
        value = {"raw": str(value)}
    season, literal = _text(value.get("season", "")), _text(value.get("literal", ""))
    circa = value.get("circa", False) not in (False, "", 0, "0", "false")
    parts = []
    for found in value.get("date-parts") or []:
        numbers = _numbers(found)
        if numbers and len(numbers) > 1 and numbers[1] > 12:
            # CSL counts seasons on from the months: 13 to 16, or 21 to 24.
            season = season or str((numbers[1] - 13) % 4 + 1 if numbers[1] < 21 else numbers[1] - 20)
            numbers = numbers[:1]
        if numbers:
            parts.append(numbers)
    raw = _text(value.get("raw", ""))
    if raw and not parts:
        parts, circa = _parts_of(raw)
        literal = literal or ("" if parts else raw)
    return Date(tuple(parts[:2]), season, circa, literal)


def _parts_of(raw):
    """The date-parts that an EDTF text says, and whether it is marked as uncertain."""
    ends = [re.fullmatch(r"(\d{4})(?:[-/](\d\d?)(?:[-/](\d\d?))?)?", end.rstrip("~?%")) for end in raw.split("/")]
    if not all(ends) or len(ends) > 2:
        ends = [re.fullmatch(r"(\d{4})[-/](\d\d?)(?:[-/](\d\d?))?", raw.rstrip("~?%"))]
    found = [_numbers(end.groups()) for end in ends if end]
    return ([] if not all(found) else found), bool(found) and raw[-1] in "~?%"


def _numbers(parts):
    """(year, month, day) as far as they are numbers that a calendar has."""
    numbers = []
    limits = (9999, 24, 31)
    for part, limit in zip(parts if isinstance(parts, list | tuple) else [parts], limits, strict=False):
        text = str(part).strip()
        if not re.fullmatch(r"\d{1,4}", text, re.ASCII) or not 0 < int(text) <= limit:
            break
        numbers.append(int(text))
    return tuple(numbers)


def names_from_csl(value):
    """The names of a name-variable (a list of dicts; a text is a literal name)."""
    return tuple(name for name in map(_name_from_csl, value if isinstance(value, list) else [value]) if name != Name())


def _name_from_csl(value):
    if not isinstance(value, dict):
        return Name(literal=_text(value))
    parts = {field: _text(value[csl]) for csl, field in NAME_PARTS.items() if value.get(csl)}
    if not (parts.get("family") or parts.get("literal")):
        # A body (Crossref), or somebody with a single name.
        parts["literal"] = parts.pop("given", "") or _text(value.get("name", ""))
    orcid = re.search(ORCID, str(value.get("ORCID", "")))
    return Name(**parts, orcid=orcid[0] if orcid else "")


def name_to_csl(name):
    return {csl: getattr(name, field) for csl, field in NAME_PARTS.items() if getattr(name, field)}


def _text(value):
    """One line of text; a number as it is written."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, list):
        value = value[0] if value else ""
    if isinstance(value, dict):
        raise TypeError(value)
    return " ".join(str(value).split())


def _clean(value):
    if isinstance(value, str):
        return UNPRINTABLE.sub("", value)
    if isinstance(value, list):
        return [_clean(item) for item in value]
    return {_clean(name): _clean(item) for name, item in value.items()} if isinstance(value, dict) else value


def _lines(value):
    """Text that may have several lines."""
    lines = str(value).replace("\r\n", "\n").split("\n")
    return "\n".join(line.rstrip() for line in lines).strip()


def _keywords(value):
    words = value if isinstance(value, list) else str(value).split(";" if ";" in str(value) else ",")
    return tuple(dict.fromkeys(word for word in map(_text, words) if word))


def _join_keywords(words):
    if not any("," in word for word in words):
        return ", ".join(words)
    return "; ".join(words) + (";" if len(words) == 1 else "")


_READERS = (
    dict.fromkeys(CSL_NAMES.values(), _text)
    | dict.fromkeys((CSL_NAMES[role] for role in ROLES), names_from_csl)
    | {"issued": date_from_csl, "keyword": _keywords, "abstract": _lines, "note": _lines}
)
for _name in ("type", *(CSL_NAMES[name] for name in OURS), "arxiv-id"):
    del _READERS[_name]


def _is_valid(name, value):
    """Whether the schema has such a variable, with such a value."""
    if name in EXTRA_TEXTS:
        return isinstance(value, str)
    if name in EXTRA_DATES:
        return isinstance(value, dict) and date_to_csl(date_from_csl(value)) == value
    if name in EXTRA_NAMES:
        return isinstance(value, list) and [name_to_csl(person) for person in names_from_csl(value)] == value
    return name == "categories" and isinstance(value, list) and all(isinstance(item, str) for item in value)


def _items(blocks):
    """(line, item, raw text) of each item; a JSONDecodeError in place of one that cannot be read."""
    rest = _Rest(blocks)
    while found := rest.find(BEGINNING):
        rest.go_to(found.start())
        line, (item, end) = rest.line, rest.decoded()
        raw = rest.text[rest.position : end]
        if isinstance(item, json.JSONDecodeError):
            raw = raw.rstrip().rstrip("],").rstrip()
        wrapped = _wrapped(item)
        if wrapped is None:
            yield line, item, raw
        else:
            for inner in wrapped:
                yield line, inner, json.dumps(inner, ensure_ascii=False)
        rest.go_to(end)


class _Rest:
    """The text of some blocks from ``position`` on, which is in ``line``; no more of it than has been asked for."""

    # NaN and Infinity are no JSON, though Python reads them.
    decoder = json.JSONDecoder(parse_constant=str)

    def __init__(self, blocks):
        self._blocks = iter(blocks)
        self.text, self.position, self.line = "", 0, 1

    def find(self, pattern):
        """The next match of a pattern, or None."""
        while not (found := pattern.search(self.text, self.position)):
            if not self._read_on():
                return None
        return found

    def go_to(self, position):
        self.line += self.text.count("\n", self.position, position)
        self.position = position
        if position > BLOCK:
            self.text, self.position = self.text[position:], 0

    def decoded(self):
        """(item, where it ends) of what begins here; a JSONDecodeError, and where the next may begin, for none."""
        while True:
            broken = None
            try:
                item, end = self.decoder.raw_decode(self.text, self.position)
                is_whole = end < len(self.text) or isinstance(item, dict | list | str)
            except json.JSONDecodeError as error:
                # What is cut off ends in the middle of a word, or is a text without its end.
                is_whole = error.pos < len(self.text) - 12 and not error.msg.startswith("Unterminated string")
                broken = error.msg, error.pos
            except (ValueError, RecursionError):
                is_whole, broken = True, ("Nested too deep or a number too large", self.position)
            if is_whole or not self._read_on():
                break
        if not broken:
            return item, end
        message, place = broken
        found = self.find(NEXT)
        error = json.JSONDecodeError(message, self.text[self.position :], place - self.position)
        return error, found.end() if found else len(self.text)

    def _read_on(self):
        """Have twice as much of the text, as far as there is as much; returns whether there was any."""
        found, size, wanted = [self.text], 0, len(self.text) - self.position
        for block in self._blocks:
            found.append(block)
            size += len(block)
            if size >= wanted:
                break
        self.text = "".join(found)
        return size > 0


def _wrapped(item):
    """The list of items within Zotero's or Crossref's answer, or None."""
    if not isinstance(item, dict):
        return None
    message = item.get("message", item)
    items = message.get("items") if isinstance(message, dict) else None
    if isinstance(items, list):
        return items
    return [message] if message is not item and isinstance(message, dict) else None
