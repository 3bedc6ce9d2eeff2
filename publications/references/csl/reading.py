"""Reads CSL-JSON."""

import json
import re
from dataclasses import replace

from profiles.content.patterns import FORBIDDEN, ORCID
from publications.references.csl.variables import (
    CASED,
    CUSTOM,
    NAME_PARTS,
    NAME_VARIABLES,
    OLD_NAMES,
    OTHER_TYPES,
    SOFTWARE,
    TYPES,
)  # fmt: skip
from publications.references.dates import date_from_csl
from publications.references.identifiers import arxiv_id_of_doi, bare_doi
from publications.references.reading import Loaded, Problem, joined
from publications.references.reference import CSL_NAMES, FIELD_NAMES, Name, Reference
from publications.references.wording import understood

NOCASE = re.compile(r"<span class=[\"']nocase[\"']>(.*?)</span>", re.DOTALL)
EMPTY = (None, "", [], {})
ITEM_START = re.compile(r"[^\s,\[\]]")
# After an item that is not JSON, the next one starts where a brace opens after one that closed.
NEXT_ITEM = re.compile(r"\}\s*,?\s*(?=\{)")
DECODER = json.JSONDecoder(parse_constant=str)  # NaN and Infinity are not JSON, though Python reads them


def read(blocks):
    """Read a list of items, a single item, the answer of Crossref or Zotero, or one item a line.

    ``blocks`` are the parts of a text. Yield a Loaded for each item; an item that cannot be read is a Problem in it.
    """
    for entry, (line, item, raw) in enumerate(_items("".join(blocks)), 1):
        try:
            if isinstance(item, json.JSONDecodeError):
                message = f"This is not JSON: {item.msg[0].lower()}{item.msg[1:]}. Correct the text at this place."
            elif not isinstance(item, dict):
                message = "An item must be a pair of braces with fields in it. Remove this text."
            else:
                yield Loaded([from_csl(item)], [], 1)
                continue
        except (KeyError, TypeError, ValueError, RecursionError):
            message = "This item is not CSL-JSON. Compare its fields with an export from Zotero."
        key = re.search(r"\"(?:citation-key|id)\"\s*:\s*\"([^\"\n]*)", raw)
        yield Loaded([], [Problem(message, entry, line, key[1] if key else "", text=raw)], 1)


def loads(text):
    """Return one Loaded with all items of a text."""
    return joined(read([text]))


def _items(text):
    """Yield (line, item, source) of each item. The item is a JSONDecodeError if the source is not JSON."""
    position, line = 0, 1
    while found := ITEM_START.search(text, position):
        line += text.count("\n", position, found.start())
        start, error_line = found.start(), line
        try:
            item, position = DECODER.raw_decode(text, start)
            source = text[start:position]
        except (ValueError, RecursionError) as error:
            is_syntax = isinstance(error, json.JSONDecodeError)
            item = error if is_syntax else json.JSONDecodeError("Nested too deep or a number too large", text, start)
            error_line += text.count("\n", start, item.pos)
            following = NEXT_ITEM.search(text, start)
            position = following.end() if following else len(text)
            source = text[start:position].rstrip().rstrip("],").rstrip()
        wrapped = _wrapped(item)
        if wrapped is None:
            yield error_line, item, source
        for inner in wrapped or ():
            yield line, inner, json.dumps(inner, ensure_ascii=False)
        line += text.count("\n", start, position)


def _wrapped(item):
    """Return the items in Crossref's {"message": …} or Zotero's {"items": […]}; None for any other item."""
    if not isinstance(item, dict):
        return None
    message = item.get("message", item)
    if not isinstance(message, dict):
        return None
    if isinstance(message.get("items"), list):
        return message["items"]
    return [message] if message is not item else None


def from_csl(item):
    """Return the Reference of a CSL-JSON item (a dict), which need not be valid against the schema.

    Raise KeyError, TypeError or ValueError if the item is not CSL-JSON at all.
    """
    item = {OLD_NAMES.get(name, name): _clean(value) for name, value in item.items()}
    item = {name: value for name, value in item.items() if value not in EMPTY}
    custom = item.pop("custom", {})
    custom = custom if isinstance(custom, dict) else {"custom": custom}
    fields = {name: _text(custom.get(CSL_NAMES[name], "")) for name in CUSTOM}
    extra = {name: value for name, value in custom.items() if name not in FIELD_NAMES}
    for name, value in item.items():
        if name in READERS:
            fields[FIELD_NAMES[name]] = READERS[name](value)
        elif name not in ("id", "type"):
            extra[name] = _lines(value) if isinstance(value, str) else value
    for csl, orcids in dict(extra.pop("ORCID", {})).items():
        names = zip(fields[FIELD_NAMES[csl]], orcids, strict=True)
        fields[FIELD_NAMES[csl]] = tuple(replace(name, orcid=orcid) for name, orcid in names)
    if isinstance(custom.get("keyword"), list):
        fields["keyword"] = tuple(custom["keyword"])
    type_ = _text(item.get("type", "document"))
    fields["type"] = type_ if type_ in TYPES else OTHER_TYPES.get(type_.lower(), "document")
    if type_ in ("book", "document") and fields.get("genre") == SOFTWARE and "type" not in custom:
        fields |= {"type": "software", "genre": ""}
    elif fields["type"] == "document" != type_:
        extra["original-type"] = type_
    # Zotero's ids are URLs, and ours are numbers ("#1") where there is no citation key.
    identifier = _text(item.get("id", ""))
    if not fields.get("citation_key") and "/" not in identifier and not identifier.startswith("#"):
        fields["citation_key"] = identifier
    _set_identifiers(fields, extra)
    _separate_nocase(fields, extra)
    return understood(Reference(**fields, extra={name: value for name, value in extra.items() if value not in EMPTY}))


def _set_identifiers(fields, extra):
    """Set the bare DOI and the arXiv identifier."""
    fields["doi"] = bare_doi(fields.get("doi", ""))
    if str(extra.get("archive", "")).lower() == "arxiv" and extra.get("archive_location"):
        del extra["archive"]
        fields["arxiv_id"] = re.sub("^arxiv:", "", str(extra.pop("archive_location")), flags=re.IGNORECASE)
    if not fields.get("arxiv_id"):
        number = re.fullmatch(r"arxiv:\s*(\S+)", fields.get("number", ""), re.IGNORECASE)
        fields["arxiv_id"] = arxiv_id_of_doi(fields["doi"]) or (number[1] if number else "")


def _separate_nocase(fields, extra):
    """Remove the nocase marks from titles, and store the marked titles in ``extra["nocase"]``."""
    nocase = dict(extra.pop("nocase", {}))
    for csl in CASED:
        place, name = (fields, FIELD_NAMES[csl]) if csl in FIELD_NAMES else (extra, csl)
        value = place.get(name)
        if isinstance(value, str) and NOCASE.search(value):
            nocase[csl] = value
            place[name] = without_nocase(value)
    extra["nocase"] = nocase


def without_nocase(text):
    """Return a text without its nocase marks, which may be nested."""
    previous = None
    while previous != text:
        previous, text = text, NOCASE.sub(r"\1", text)
    return text


def names_from_csl(value):
    """Return the Names of a CSL-JSON list of names. A text instead of a name is a literal name."""
    return tuple(name for name in map(_name_from_csl, value if isinstance(value, list) else [value]) if name != Name())


def _name_from_csl(value):
    if not isinstance(value, dict):
        return Name(literal=_text(value))
    parts = {field: _text(value[csl]) for csl, field in NAME_PARTS.items() if value.get(csl)}
    if not (parts.get("family") or parts.get("literal")):
        # An organisation in Crossref's form, or a person with a single name.
        parts["literal"] = parts.pop("given", "") or _text(value.get("name", ""))
    orcid = re.search(ORCID, str(value.get("ORCID", "")))
    return Name(**parts, orcid=orcid[0] if orcid else "")


def _text(value):
    """Return a value as one line of text."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, list):
        value = value[0] if value else ""
    if isinstance(value, dict):
        raise TypeError(value)
    return " ".join(str(value).split())


def _lines(value):
    """Return a value as a text that may have several lines."""
    lines = str(value).replace("\r\n", "\n").split("\n")
    return "\n".join(line.rstrip() for line in lines).strip()


def _clean(value):
    """Return a JSON value without forbidden characters in its texts."""
    if isinstance(value, str):
        return FORBIDDEN.sub("", value)
    if isinstance(value, list):
        return [_clean(item) for item in value]
    return {_clean(name): _clean(item) for name, item in value.items()} if isinstance(value, dict) else value


def keywords_from_csl(value):
    words = value if isinstance(value, list) else str(value).split(";" if ";" in str(value) else ",")
    return tuple(dict.fromkeys(word for word in map(_text, words) if word))


# The function that reads each CSL variable that is a field of Reference.
READERS = (
    {csl: _text for name, csl in CSL_NAMES.items() if name not in ("type", "arxiv_id", *CUSTOM)}
    | dict.fromkeys(NAME_VARIABLES, names_from_csl)
    | {"issued": date_from_csl, "keyword": keywords_from_csl, "abstract": _lines, "note": _lines}
)
