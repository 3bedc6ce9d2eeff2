"""Marks after names, as in al-folio ("Lovelace*†, Ada*†"), and what explains them ("* Equal contribution")."""

import re
from dataclasses import replace

from publications.references.values.names import distinct, parse_name

SYMBOLS = "*∗⁎†‡§¶‖"
# In rich text: "Ada*", "Ada¹", "Ada<sup>1,*</sup>", "Ada$^\dagger$".
MARKS = (
    rf"(?:[{SYMBOLS}⁰¹²³⁴⁵⁶⁷⁸⁹]|<sup>[^<]*</sup>|\\d?dag(?:ger)?\b"
    r"|\$[^$]{0,40}(?:\^|\\ast|\\d?dag)[^$]{0,40}\$)"
)
BEFORE_NAME, AFTER_NAME = re.compile(rf"^[{SYMBOLS}\s]+"), re.compile(rf"(?:[\s,]*(?:{MARKS}|[&^]))+[\s,]*$")
LONGEST_NAME = 200
SIGN = re.compile(rf"[{SYMBOLS}&]|(?<!\\)\b[a-z0-9]+\b", re.IGNORECASE)
SPELLINGS = {
    "∗": "*", "⁎": "*", r"\ast": "*", r"\star": "*", r"\ddagger": "‡", r"\ddag": "‡", r"\dagger": "†", r"\dag": "†",
    r"\S": "§", r"\P": "¶", "<sup>": " ", "</sup>": " ", **dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789", strict=True)),
}  # fmt: skip
SPELLING = re.compile("|".join(map(re.escape, SPELLINGS)))
# What a mark may mean, by the words that explain it. The names are those of fields of ``extra``.
MEANINGS = {
    "equal-contribution": re.compile(r"equal|co-?first|(?:joint|shared)\s+(?:first|lead)", re.IGNORECASE),
    "corresponding": re.compile(r"correspond", re.IGNORECASE),
    "presenter": re.compile(r"\bpresent(?:er|ing)|\bspeaker", re.IGNORECASE),
}


def without_marks(names, *explanations):
    """Remove the marks at names. Return the names, and for ``extra`` the names of the authors with each meaning.

    The explanations are texts such as "* Equal contribution". Without one, an asterisk means equal contribution.
    Marks without a meaning are listed under "author-marks".
    """
    explained = list(map(meanings, explanations))
    known = next((one for one in explained if any(one.values())), explained[0])
    bare, marks = zip(*map(_separated, names), strict=True) if names else ((), ())
    found = {}
    for name, signs in zip(distinct(bare), marks, strict=True):
        for sign in signs:
            kinds = known.get(sign, known.get("") or ["equal-contribution"] * (sign == "*"))
            for kind in kinds:
                found.setdefault(kind, {})[name] = True
            if not kinds:
                found.setdefault("author-marks", {})[f"{name} {sign}"] = True
    return bare, {kind: "; ".join(people) for kind, people in found.items()}


def meanings(text):
    """Return {mark: names in MEANINGS} of a text that explains marks; "" is for its words without a mark."""
    start, *pieces = re.split(f"({MARKS}+)", text)
    explained = {"": start} if start.strip() else {}
    for signs, words in zip(pieces[::2], pieces[1::2], strict=True):
        explained |= dict.fromkeys(_signs(signs), words)
    return {
        sign: [kind for kind, pattern in MEANINGS.items() if pattern.search(words)] for sign, words in explained.items()
    }


def are_explained(extra):
    """Return whether all that the annotation in ``extra`` says is which authors have which mark."""
    explained = meanings(str(extra.get("annote", "")))
    return all(explained.values()) and all(kind in extra for kinds in explained.values() for kind in kinds)


def _separated(name):
    """Return a Name without its marks, and the marks."""
    signs, parts = [], {}
    for part in ("family", "given", "suffix"):
        text = getattr(name, part)
        for pattern in (BEFORE_NAME, AFTER_NAME) if len(text) <= LONGEST_NAME else ():
            if found := pattern.search(text):
                signs += _signs(found[0])
                parts[part] = text = text[: found.start()] + text[found.end() :]
    bare = replace(name, **parts)
    if not bare.family and bare.given:
        bare = parse_name(bare.given)  # "Ada Lovelace *"
    return (bare, dict.fromkeys(signs)) if str(bare) else (name, ())


def _signs(marks):
    return SIGN.findall(SPELLING.sub(lambda found: SPELLINGS[found[0]], marks))
