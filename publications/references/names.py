"""Splits the names of people and organisations by BibTeX's rules: "von Last, Jr, First" and "First von Last".

There are two differences. BibTeX treats a word whose first letter is not ASCII as a particle; here "Ö" is upper
case. And "Jr." or "III" at the end is a suffix even without a comma.
"""

import re
from dataclasses import replace
from functools import lru_cache

from publications.references.reference import Name
from publications.references.tex import NOCASE, from_tex, has_balanced_braces
from publications.references.wording import COLLABORATION

SUFFIX = re.compile(r"(?:Jr|Sr|jr|sr)\.?|I{2,3}|IV|VI{0,3}", re.ASCII)
# BibLaTeX's extended format: "family=Beethoven, given=Ludwig, prefix=van".
EXTENDED = re.compile(r"\s*(?:given|family|prefix|suffix)(?:-i)?\s*=")
PARTS = {"given": "given", "family": "family", "prefix": "non_dropping_particle", "suffix": "suffix"}


def parse_names(source):
    """Return the Names in a field of TeX, and whether they end with "and others"."""
    names, has_others = [], False
    for part in _people(source):
        text, et_al = re.subn(r",?\s+et\.?\s+al\.?$", "", " ".join(part.split()))
        text = re.sub(r"\s+\d{4}$", "", text)  # DBLP numbers people with the same name: "Wei Wang 0001"
        is_others = text.lower().strip("{}.") in ("others", "et al")
        has_others = has_others or is_others or bool(et_al)
        if text and not is_others:
            names.append(parse_tex_name(text))
    return tuple(name for name in names if name != Name()), has_others


def _people(source):
    """Split a field at "and"; or, although that is not BibTeX, at semicolons or commas."""
    parts = split(source, r"\s+and(?:\s+|$)|^and\s+")
    if len(parts) == 1:
        by_semicolon, by_comma = split(source, r"\s*;\s*"), split(source, r"\s*,\s*(?:and\s+)?")
        if len(by_semicolon) > 1:
            return by_semicolon
        if len(by_comma) > 2 and all(" " in part.strip() for part in by_comma):
            return by_comma
    return parts


def parse_name(text):
    """Return the Name of a person, "Ludwig van Beethoven" or "Babbage, Charles", or of a group, in plain text."""
    if COLLABORATION.search(text) and "," not in text:
        return Name(literal=text)
    return _name_of_parts(text, split(text, r"\s*,\s*", braces=False), str)


@lru_cache(maxsize=16384)  # people have several publications
def parse_tex_name(source):
    """Return the Name of one person in TeX. A name in braces is that of an organisation."""
    in_braces = source[:1] == "{" and source[-1:] == "}" and has_balanced_braces(source[1:-1])
    if in_braces and not re.match(r"\{\\[^a-zA-Z]", source):
        return Name(literal=_text(source[1:-1]))
    if EXTENDED.match(source):
        pairs = [part.partition("=") for part in split(source, r"\s*,\s*")]
        given = {name.strip(): _text(value.strip().strip('"')) for name, _, value in pairs}
        return Name(**{field: given[name] for name, field in PARTS.items() if given.get(name)})
    return _name_of_parts(source, split(source, r"\s*,\s*"), _text)


def _name_of_parts(source, parts, read):
    """Return the Name of a source that was split at commas; ``read`` makes text of a part."""
    parts = [part.strip() for part in parts]
    while len(parts) > 1 and not parts[-1]:
        parts.pop()
    if len(parts) == 1:
        return _first_von_last(_words(parts[0]), read)
    if len(parts) == 2 and SUFFIX.fullmatch(parts[1]):
        return replace(_first_von_last(_words(parts[0]), read), suffix=read(parts[1]))
    if len(parts) > 3:
        return Name(literal=read(source))
    suffix, given = ("", parts[1]) if len(parts) == 2 else parts[1:]
    if suffix and SUFFIX.fullmatch(read(given)) and not SUFFIX.fullmatch(read(suffix)):
        suffix, given = given, suffix
    if not suffix:
        words, suffix = _split_suffix(_words(given))
        given = " ".join(words)
    words = _words(parts[0])
    particles = [place for place, word in enumerate(words[:-1], 1) if _is_particle(word, read)]
    end = particles[-1] if particles else 0
    return _name(read, given, words[:end], words[end:], suffix)


def _first_von_last(words, read):
    suffix = ""
    if len(words) > 2:
        words, suffix = _split_suffix(words)
    # The particle is everything from the first word in lower case to the last, without the last word of the name.
    particles = [place for place, word in enumerate(words[:-1]) if _is_particle(word, read)]
    start, end = (particles[0], particles[-1] + 1) if particles else (len(words) - 1, len(words) - 1)
    return _name(read, " ".join(words[: max(start, 0)]), words[max(start, 0) : end], words[max(end, 0) :], suffix)


def _name(read, given, particle, family, suffix):
    return Name(
        family=read(" ".join(family)),
        given=read(given),
        non_dropping_particle=read(" ".join(particle)),
        suffix=read(suffix),
    )


def _split_suffix(words):
    """Return the words without "Jr." or the like at the end, and the suffix."""
    if len(words) > 1 and SUFFIX.fullmatch(words[-1]):
        return [*words[:-2], words[-2].rstrip(",")], words[-1]
    return words, ""


def _is_particle(word, read):
    if word.startswith("{") and not word.startswith("{\\"):
        return False
    letter = next((letter for letter in read(word) if letter.isalpha()), "")
    return letter.islower()


def _words(source):
    return [word for word in split(source, r"[\s~]+") if word]


def _text(source):
    return from_tex(source).replace(NOCASE, "").replace("</span>", "")


def split(source, separator, *, braces=True):
    """Split TeX at a separator (a regular expression), but not inside of braces unless ``braces`` is false."""
    if not braces or "{" not in source:
        return re.split(separator, source, flags=re.IGNORECASE)
    pieces, start, depth = [], 0, 0
    for found in re.finditer(rf"(?P<brace>\\.|[{{}}])|{separator}", source, re.IGNORECASE | re.DOTALL):
        if found["brace"]:
            depth += {"{": 1, "}": -1}.get(found["brace"], 0)
        elif depth <= 0:
            pieces.append(source[start : found.start()])
            start = found.end()
    return [*pieces, source[start:]]
