"""Splits a byline, as people paste it, into names.

Reads BibTeX's "Lovelace, Ada and Luo Mai", APA's "Lovelace, A., & Mai, L.", Vancouver's "Lovelace A, Mai L", a
journal's "Ada Lovelace¹, Luo Mai*", and one name a line, with or without ORCID iDs.
"""

import re
from dataclasses import replace

from profiles.content.patterns import EAST_ASIAN, ORCID
from publications.references.reference import Name
from publications.references.values.east_asian import separated
from publications.references.values.names import SUFFIX, is_initials, parse_name

ORCID_AFTER_NAME = re.compile(rf"\(?\s*(?:https?://)?(?:orcid\.org/)?({ORCID})\s*\)?")
# References to affiliations and footnotes: "Ada Lovelace1,2*", "Luo Mai†", "Yao Fu [3]".
MARKS = re.compile(r"(?<=[^\W\d_.])\s?\d+(?:\s*,\s*\d+)*(?!\d|-)|[¹²³⁰⁴-⁹*†‡§¶✉#]+|\[\d[\d,\s]*\]|\([^()]*\)")
BETWEEN = re.compile(r"[;；\n、]|(?:^|(?<=[\s,]))(?:and|&|und|et)(?=\s|$)", re.IGNORECASE)
OTHERS = re.compile(r"[,;\s]*\b(?:and\s+)?(?:et\.?\s+al\b\.?|others\b)\s*\.?\s*$", re.IGNORECASE)
BODY = re.compile(r"\{([^{}]*)\}")


def read_byline(text):
    """Return the Names in a byline of one or more lines, in order."""
    text = OTHERS.sub("", re.sub(r"^\s*by\s+", "", text.replace("，", ","), flags=re.IGNORECASE))
    found = []
    for chunk in BETWEEN.split(text):
        if body := BODY.fullmatch(chunk.strip(" ,")):
            found.append(Name(literal=" ".join(body[1].split())))
            continue
        found += _names(chunk)
    return [name for name in found if name != Name()]


def _names(chunk):
    """Return the Names in a text whose only separators are commas."""
    orcids = ORCID_AFTER_NAME.findall(chunk)
    if len(orcids) > 1:
        # Each ORCID iD ends a name.
        pieces = ORCID_AFTER_NAME.split(chunk)
        return [name for text, orcid in zip(pieces[::2], [*orcids, ""], strict=True) for name in _with(text, orcid)]
    return _with(ORCID_AFTER_NAME.sub(" ", chunk), orcids[0] if orcids else "")


def _with(text, orcid):
    """Return the Names in a text; the last one gets the ORCID iD."""
    parts = [" ".join(part.split()) for part in MARKS.sub("", text).split(",")]
    names = _grouped([part for part in parts if part.strip(". ")])
    return [*names[:-1], replace(names[-1], orcid=orcid)] if names and orcid else names


def _grouped(parts):
    """Return the Names in the parts of a text that was split at commas. A comma may be inside a name or between two."""
    if EAST_ASIAN.fullmatch("".join(parts).replace(" ", "")):
        return [parse_name(text) for text in separated(parts)]
    if len(parts) == 2 and (_is_one_name(*parts) or SUFFIX.fullmatch(parts[1])):
        return [parse_name(", ".join(parts))]
    if len(parts) == 3 and SUFFIX.fullmatch(parts[1]) and _is_short(parts[0], 1):
        return [parse_name(", ".join(parts))]
    # "Jiang, Yinsicheng, Fu, Yao": family and given names alternate if each part is a single word.
    alternate = len(parts) > 2 and len(parts) % 2 == 0 and all(" " not in part for part in parts)
    found, place = [], 0
    while place < len(parts):
        part, following = parts[place], parts[place + 1] if place + 1 < len(parts) else ""
        if following and (alternate or (is_initials(following) and not is_initials(part))):
            found.append(parse_name(f"{part}, {following}"))
            place += 2
            if place < len(parts) and SUFFIX.fullmatch(parts[place]):
                found[-1] = replace(found[-1], suffix=parts[place])
                place += 1
        elif following and SUFFIX.fullmatch(following):
            found.append(parse_name(f"{part}, {following}"))
            place += 2
        else:
            found.append(_alone(part))
            place += 1
    return found


def _alone(part):
    """Return the Name of a text without a comma: "Ada Lovelace", or Vancouver's "Lovelace A"."""
    family, _, last = part.rpartition(" ")
    if family and 0 < len(last.replace(".", "")) <= 3 and is_initials(last) and not is_initials(family):
        return parse_name(f"{family}, {last}")
    return parse_name(part)


def _is_one_name(first, second):
    """Return whether the texts around a comma are a family name and given names, not two people."""
    if is_initials(second):
        return not is_initials(first)
    return _is_short(first, 1) or (" " not in second and _is_short(first, 2))


def _is_short(text, most):
    """Return whether a text has at most so many words, without particles ("van der")."""
    return sum(not word.islower() for word in text.split()) <= most
