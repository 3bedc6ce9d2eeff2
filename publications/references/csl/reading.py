"""Reads CSL-JSON."""

import json
import re
from dataclasses import replace

from profiles.content.patterns import FORBIDDEN, ORCID
from publications.references.csl import crossref, datacite, notes
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
from publications.references.extra import EXTRA_DATES, EXTRA_TEXTS
from publications.references.reading import FieldError, Loaded, Problem, converted, joined
from publications.references.reference import CSL_NAMES, FIELD_NAMES, Name, Reference
from publications.references.values.dates import date_from_csl, date_from_text, date_to_csl
from publications.references.values.identifiers import arxiv_id_of_doi, bare_doi
from publications.references.values.markup import without_entities
from publications.references.values.pages import hyphenated
from publications.references.values.wording import understood, without_placeholders

NOCASE = re.compile(r"<span class=[\"']nocase[\"']>")
EMPTY = (None, "", [], {})
OWN = {CSL_NAMES[name] for name in (*CUSTOM, "arxiv_id")}
ESSENTIAL = {"type", "title", "titles", "types"}  # of the fields of a reference
ITEM_START = re.compile(r"[^\s,\[\]]")
# After an item that is not JSON, the next one starts where a brace opens after one that closed.
MOST_ERRORS = 1000  # of items that are not JSON; the text from there on is one item
NEXT_ITEM = re.compile(r"\}\s*,?\s*(?=\{)")
DECODER = json.JSONDecoder(parse_constant=str)  # NaN and Infinity are not JSON, though Python reads them


def read(blocks):
    """Read a list of items, a single item, one item a line, or the answer of Zotero, Crossref or DataCite.

    ``blocks`` are the parts of a text. Yield a Loaded for each item; an item that cannot be read is a Problem in it.
    """
    for entry, (line, item, raw) in enumerate(_items("".join(blocks)), 1):
        field = ""
        try:
            if isinstance(item, json.JSONDecodeError):
                message = f"This is not JSON: {item.msg[0].lower()}{item.msg[1:]}. Correct the text at this place."
            elif not isinstance(item, dict):
                message = "An item must be a pair of braces with fields in it. Remove this text."
            elif not ESSENTIAL & set(item):
                message = "This item has neither a type nor a title. Check that the file is a list of references."
            else:
                yield Loaded([without_placeholders(_reference(item))], [], 1)
                continue
        except FieldError as error:
            field = str(error)
            message = "The value has a shape that CSL-JSON does not allow. Compare it with an export from Zotero."
        except (AttributeError, KeyError, TypeError, ValueError, RecursionError):
            message = "This item is not CSL-JSON. Compare its fields with an export from Zotero."
        key = re.search(r"\"(?:citation-key|id)\"\s*:\s*\"([^\"\n]*)", raw)
        yield Loaded([], [Problem(message, entry, line, key[1] if key else "", field, raw)], 1)


def loads(text):
    """Return one Loaded with all items of a text."""
    return joined(read([text]))


def _reference(item):
    if datacite.is_record(item):
        return from_csl(datacite.cleaned(item))
    if crossref.is_record(item):
        return from_record(item)
    item = notes.with_fields(_converted(item, without_entities))
    issued = item.get("issued")
    if isinstance(issued, dict) and list(issued) == ["literal"] and date_from_text(str(issued["literal"])).parts:
        item = item | {"issued": {"raw": str(issued["literal"])}}  # "Spring 2020"
    return from_csl(item)


def from_record(item):
    """Return the Reference of a record of Crossref, or of DataCite at doi.org; raise FieldError."""
    return without_placeholders(from_csl(crossref.cleaned(item)))


def _items(text):
    """Yield (line, item, source) of each item. The item is a JSONDecodeError if the source is not JSON."""
    position, line, errors = 0, 1, 0
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
            errors += 1
            if errors == MOST_ERRORS:
                item.msg = f"{MOST_ERRORS} items are not, and the text from here on was not read"
            following = NEXT_ITEM.search(text, start) if errors < MOST_ERRORS else None
            position = following.end() if following else len(text)
            source = text[start:position].rstrip().rstrip("],").rstrip()
        wrapped = _wrapped(item)
        if wrapped is None:
            yield error_line, item, source
        for inner in wrapped or ():
            yield line, inner, json.dumps(inner, ensure_ascii=False)
        line += text.count("\n", start, position)


def _wrapped(item):
    """Return the items in Zotero's {"items": […]}, Crossref's {"message": …} and DataCite's {"data": …}; or None."""
    inner = item
    for name in ("message", "data", "items"):
        if isinstance(inner, dict) and isinstance(inner.get(name), dict | list):
            inner = inner[name]
    if inner is item:
        return None
    inner = inner if isinstance(inner, list) else [inner]
    return [found.get("attributes", found) if isinstance(found, dict) else found for found in inner]


def from_csl(item):
    """Return the Reference of an item of CSL-JSON; raise FieldError for a value that has the wrong shape."""
    item = {OLD_NAMES.get(name, name): _converted(value, _clean) for name, value in item.items()}
    item = {name: value for name, value in item.items() if value not in EMPTY and name != "_graph"}
    custom = item.pop("custom", {})
    custom = custom if isinstance(custom, dict) else {"custom": custom}
    fields, extra = {}, {}
    for name, value in (
        {name: custom[name] for name in custom if name not in FIELD_NAMES or name in OWN} | item
    ).items():
        if name in READERS:
            fields[FIELD_NAMES[name]] = converted(name, READERS[name], value)
        elif name in EXTRA_READERS:
            extra[name] = converted(name, EXTRA_READERS[name], value)
        elif name not in ("id", "type"):
            extra[name] = _lines(value) if isinstance(value, str) else value
    converted("custom", lambda orcids: _set_orcids(fields, orcids), extra.pop("ORCID", {}))
    if isinstance(custom.get("keyword"), list):
        fields["keyword"] = converted("custom", keywords_from_csl, custom["keyword"])
    type_ = converted("type", _text, item.get("type", "document"))
    fields["type"] = type_ if type_ in TYPES else OTHER_TYPES.get(type_.lower(), "document")
    if type_ in ("book", "document") and fields.get("genre") == SOFTWARE and "type" not in custom:
        fields |= {"type": "software", "genre": ""}
    elif fields["type"] == "document" != type_:
        extra["original-type"] = type_
    # Zotero's ids are URLs, and ours are numbers ("#1") where there is no citation key.
    identifier = converted("id", _text, item.get("id", ""))
    if not fields.get("citation_key") and "/" not in identifier and not identifier.startswith("#"):
        fields["citation_key"] = identifier
    _set_identifiers(fields, extra)
    converted("custom", lambda nocase: _separate_nocase(fields, extra, nocase), extra.pop("nocase", {}))
    return understood(Reference(**fields, extra={name: value for name, value in extra.items() if value not in EMPTY}))


def _set_orcids(fields, orcids):
    for csl, found in dict(orcids).items():
        names = zip(fields[FIELD_NAMES[csl]], found, strict=True)
        fields[FIELD_NAMES[csl]] = tuple(replace(name, orcid=_orcid(text)) for name, text in names)


def _set_identifiers(fields, extra):
    """Set the bare DOI and the arXiv identifier."""
    fields["doi"] = bare_doi(fields.get("doi", ""))
    if str(extra.get("archive", "")).lower() == "arxiv" and extra.get("archive_location"):
        del extra["archive"]
        fields["arxiv_id"] = re.sub("^arxiv:", "", str(extra.pop("archive_location")), flags=re.IGNORECASE)
    if not fields.get("arxiv_id"):
        number = re.fullmatch(r"arxiv:\s*(\S+)", fields.get("number", ""), re.IGNORECASE)
        fields["arxiv_id"] = arxiv_id_of_doi(fields["doi"]) or (number[1] if number else "")


def _separate_nocase(fields, extra, nocase):
    """Remove the nocase marks from titles, and store the marked titles in ``extra["nocase"]``."""
    nocase = {csl: _text(title) for csl, title in dict(nocase).items()}
    for csl in CASED:
        place, name = (fields, FIELD_NAMES[csl]) if csl in FIELD_NAMES else (extra, csl)
        value = place.get(name)
        if isinstance(value, str) and NOCASE.search(value):
            nocase[csl] = value
            place[name] = without_nocase(value)
    extra["nocase"] = nocase


def without_nocase(text):
    """Return a text without its nocase marks, which may be nested in each other and in other spans."""
    is_nocase = []

    def kept(mark):
        if mark[0].startswith("</"):
            return "" if is_nocase and is_nocase.pop() else mark[0]
        is_nocase.append(NOCASE.fullmatch(mark[0]) is not None)
        return "" if is_nocase[-1] else mark[0]

    return re.sub(r"<span\b[^<>]*>|</span>", kept, text)


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
    return Name(**parts, orcid=_orcid(value.get("ORCID")))


def _orcid(value):
    found = re.search(ORCID, str(value))
    return found[0] if found else ""


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
    if isinstance(value, dict | list):
        raise TypeError(value)
    lines = str(value).replace("\r\n", "\n").split("\n")
    return "\n".join(line.rstrip() for line in lines).strip()


def _clean(text):
    return FORBIDDEN.sub("", text)


def _converted(value, function):
    """Return a JSON value with the result of a function for each of its texts."""
    if isinstance(value, str):
        return function(value)
    if isinstance(value, list):
        return [_converted(item, function) for item in value]
    if isinstance(value, dict):
        return {function(name): _converted(item, function) for name, item in value.items()}
    return value


def keywords_from_csl(value):
    words = value if isinstance(value, list) else str(value).split(";" if ";" in str(value) else ",")
    return tuple(dict.fromkeys(word for word in map(_text, words) if word))


def _texts(value):
    return list(keywords_from_csl(value if isinstance(value, list) else [value]))


# The functions that read the variables that are fields of Reference, and those in ``extra`` whose shape others rely on.
READERS = (
    {csl: _text for name, csl in CSL_NAMES.items() if name != "type"}
    | dict.fromkeys(NAME_VARIABLES, names_from_csl)
    | {"page": lambda value: hyphenated(_text(value))}
    | {"issued": date_from_csl, "keyword": keywords_from_csl, "abstract": _lines, "note": _lines}
)
EXTRA_READERS = (
    dict.fromkeys(EXTRA_DATES, lambda value: date_to_csl(date_from_csl(value)))
    | dict.fromkeys(EXTRA_TEXTS, lambda value: _lines(value) if isinstance(value, str) else _text(value))
    | dict.fromkeys(("entrytype", "original-type", "ris-type"), _text)
    | dict.fromkeys(("container-titles", "et-al"), _texts)
)
