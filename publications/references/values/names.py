"""Splits the names of people and organisations by BibTeX's rules: "von Last, Jr, First" and "First von Last".

``profiles.content.names`` splits the words of a name without commas, and says where its rules are not BibTeX's.
"""

import re
from collections import Counter
from dataclasses import replace
from functools import lru_cache
from itertools import takewhile

from profiles.content.names import (
    CERTAIN_SUFFIX,
    SUFFIX,
    is_family,
    is_initials,
    is_particle,
    split_latin,
    split_suffix,
)
from profiles.content.patterns import COLLABORATION, EAST_ASIAN
from publications.references.reference import Name
from publications.references.tex import from_tex, has_balanced_braces
from publications.references.values.east_asian import east_asian_name, separated
from publications.references.values.markup import unescaped

# After a name: DBLP's number for people with the same name, "Wei Wang 0001", and the role, "A. Smith (Ed.)".
AFTER_NAME = re.compile(r" (?:\d{4}|\((?:eds?|editors?|hrsg)\.?\))$", re.IGNORECASE)
# Fonts that mark somebody in a list: r"\textbf{Ada Lovelace}", r"{\bf Ada} Lovelace".
FONT = re.compile(
    r"(?:\\(?:textbf|textit|textsc|emph|underline|uline)\s*\{|\{\\(?:bf|it|em|sc)\s+)((?:[^{}]|\{[^{}]*\})*)\}"
)
# BibLaTeX's extended format: "family=Beethoven, given=Ludwig, prefix=van".
EXTENDED = re.compile(r"\s*(?:given|family|prefix|suffix)(?:-i)?\s*=")
PARTS = {"given": "given", "family": "family", "prefix": "non_dropping_particle", "suffix": "suffix"}


def parse_names(source):
    """Return the Names in a field of TeX, and whether they end with "and others"."""
    names, has_others = [], False
    source = " ".join(unescaped(source).split())
    source = FONT.sub(r"\1", source)
    for part in _people(source):
        text, et_al = re.subn(r"(?:^|,? )(?:et\.? al\.?|(?:(?:an|many|\\?&) )?others)$", "", part.strip())
        text = AFTER_NAME.sub("", text)
        is_others = text.lower().strip("{}.") in ("others", "et al")
        has_others = has_others or is_others or bool(et_al)
        if text and not is_others:
            names.append(parse_tex_name(text))
    return tuple(name for name in names if name != Name()), has_others


def _people(source):
    """Yield the texts of names, which "and" separates; or, although that is not BibTeX, semicolons or commas."""
    for part in split(source, r" \\?and(?: |$)|^and "):
        for text in split(part.replace("，", ","), " ?[;；、] ?"):
            several = split(text, r" \\?& ")
            for name in several if all(" " in name for name in several) else [text]:  # not "Barnes & Noble"
                yield from _separated(name)


def _separated(text):
    """Return the names in a text without "and": one, unless its commas can only be between names."""
    *parts, last = split(text, " ?, ?")
    is_list = bool(parts) and not last  # "Ann Smith, Bob Jones, and Cy Young"
    parts = [part for part in (*parts, last) if part]
    if EAST_ASIAN.fullmatch("".join(parts).replace(" ", "")):
        return separated(parts)
    halves = [part.rpartition(" ") for part in parts]
    if len(parts) > 2 and all(
        re.search("[a-z]", name) and re.fullmatch("[A-Z]{1,3}", last) for name, _, last in halves
    ):
        return [f"{name}, {initials}" for name, _, initials in halves]  # "Lovelace A, Babbage C"
    are_whole = all(" " in part and not is_initials(part) for part in parts)
    if are_whole and (len(parts) > 2 or is_list or all(re.match(r"\w\.", part) for part in parts)):
        return parts
    are_families = not any(" " in part for part in parts[::2]) or all(map(is_initials, parts[1::2]))
    if len(parts) > 3 and len(parts) % 2 == 0 and are_families:
        return [", ".join(pair) for pair in zip(parts[::2], parts[1::2], strict=True)]
    return [text]


def parse_name(text):
    """Return the Name of a person, "Ludwig van Beethoven" or "Babbage, Charles", or of a group, in plain text."""
    return _name_of_parts(text, split(text, r"\s*,\s*", braces=False), str)


@lru_cache(maxsize=16384)  # people have several publications
def parse_tex_name(source):
    """Return the Name of one person in TeX. A name in braces is that of an organisation."""
    in_braces = source[:1] == "{" and source[-1:] == "}" and has_balanced_braces(source[1:-1])
    if in_braces and not re.match(r"\{\\[^a-zA-Z]", source):
        text = _text(source[1:-1])
        name = east_asian_name(text)
        return name if name and is_family(name.family) else Name(literal=text)
    if EXTENDED.match(source):
        pairs = [part.partition("=") for part in split(source, r"\s*,\s*")]
        given = {name.strip(): _text(value.strip().strip('"')) for name, _, value in pairs}
        return Name(**{field: given[name] for name, field in PARTS.items() if given.get(name)})
    return _name_of_parts(source, split(source, r"\s*,\s*"), _text)


def distinct(names):
    """Return Names as texts. One that occurs several times gets its place in the list: "Wei Wang (3)"."""
    texts = list(map(str, names))
    counts = Counter(texts)
    return [f"{text} ({place})" if counts[text] > 1 else text for place, text in enumerate(texts, 1)]


def _name_of_parts(source, parts, read):
    """Return the Name of a source that was split at commas; ``read`` makes text of a part."""
    parts = [part.strip() for part in parts]
    while len(parts) > 1 and not parts[-1]:
        parts.pop()
    if len(parts) == 1:
        whole = read(parts[0])
        if COLLABORATION.search(whole) or " & " in whole:
            return Name(literal=whole)
        return east_asian_name(whole) or _latin_name(parts[0], read)
    if len(parts) == 2 and CERTAIN_SUFFIX.fullmatch(parts[1]):
        return replace(_latin_name(parts[0], read), suffix=read(parts[1]))
    if len(parts) > 3:
        return Name(literal=read(source))
    if len(parts) == 2 and " " in parts[1] and CERTAIN_SUFFIX.fullmatch(parts[0]):
        return replace(_latin_name(parts[1], read), suffix=read(parts[0]))  # "III, Hal Daumé"
    suffix, given = ("", parts[1]) if len(parts) == 2 else parts[1:]
    if suffix and SUFFIX.fullmatch(read(given)) and not SUFFIX.fullmatch(read(suffix)):
        suffix, given = given, suffix
    words, given_words = _words(parts[0]), _words(given)
    if not suffix:
        words, suffix = split_suffix(words)
    if not suffix:
        given_words, suffix = split_suffix(given_words)
    particles = list(takewhile(lambda word: is_particle(word, read), words[:-1]))
    return _name(read, " ".join(given_words), particles, words[len(particles) :], suffix)


def _latin_name(source, read):
    parts = split_latin(_words(source), read)
    return Name(parts.family, parts.given, "", parts.particle, parts.suffix)


def _name(read, given, particle, family, suffix):
    return Name(
        family=read(" ".join(family)),
        given=read(given),
        non_dropping_particle=read(" ".join(particle)),
        suffix=read(suffix),
    )


def _words(source):
    # A space that ends the name of a macro separates no words: r"Il\cprime in".
    source = re.sub(r"(\\[a-zA-Z]+)\s+", "\\1\ue007", source)
    return [word.replace("\ue007", " ").strip() for word in split(source, r"[\s~]+") if word]


def _text(source):
    return unescaped(re.sub(r"</?(?:span|i|b)\b[^<>]*>", "", from_tex(source)))


def split(source, separator, *, braces=True):
    """Split TeX at a separator (a regular expression), but not inside of braces unless ``braces`` is false."""
    if not braces or not ("{" in source or "\\" in source):
        return re.split(separator, source, flags=re.IGNORECASE)
    pieces, start, depth = [], 0, 0
    for found in re.finditer(rf"(?P<brace>\\.|[{{}}])|{separator}", source, re.IGNORECASE | re.DOTALL):
        if found["brace"]:
            depth += {"{": 1, "}": -1}.get(found["brace"], 0)
        elif depth <= 0:
            pieces.append(source[start : found.start()])
            start = found.end()
    return [*pieces, source[start:]]
