"""Names of people and bodies, taken apart by BibTeX's rules.

The rules are those of BibTeX's own "von Last, Jr, First" and "First von Last", with two differences: a letter such
as Ö counts as upper case, where BibTeX takes any that is not ASCII for a particle, and "Jr." or "III" at the end is a
suffix without a comma too.
"""

import re
from dataclasses import replace
from functools import lru_cache

from publications.references.reference import Name
from publications.references.tex import NOCASE, from_tex

SUFFIX = re.compile(r"(?:Jr|Sr|jr|sr)\.?|I{2,3}|IV|VI{0,3}", re.ASCII)
# BibLaTeX's extended format: "family=Beethoven, given=Ludwig, prefix=van".
EXTENDED = re.compile(r"\s*(?:given|family|prefix|suffix)(?:-i)?\s*=")
PARTS = {"given": "given", "family": "family", "prefix": "non_dropping_particle", "suffix": "suffix"}


def parse_names(source):
    """(names, whether "and others" ends them) of a field of TeX."""
    found, others = [], False
    for one in _authors(source):
        text, et_al = re.subn(r",?\s+et\.?\s+al\.?$", "", " ".join(one.split()))
        others = others or bool(et_al)
        # DBLP numbers people of one name: "Wei Wang 0001".
        text = re.sub(r"\s+\d{4}$", "", text)
        if text.lower().strip("{}.") in ("others", "et al"):
            others = True
        elif text:
            found.append(parse_tex_name(text))
    return tuple(name for name in found if name != Name()), others


def _authors(source):
    parts = split(source, r"\s+and(?:\s+|$)|^and\s+")
    if len(parts) > 1:
        return parts
    # What is not BibTeX, and yet often there: "A. Smith; B. Doe" and "Ada Lovelace, Charles Babbage".
    for separator in (r"\s*;\s*", r"\s*,\s*(?:and\s+)?"):
        several = split(source, separator)
        if len(several) > 1 and (";" in separator or (len(several) > 2 and all(" " in one.strip() for one in several))):
            return several
    return parts


def parse_name(text):
    """The Name of a person as it is printed or sorted, in plain text: "Ludwig van Beethoven", "Babbage, Charles"."""
    return _parsed(text, split(text, r"\s*,\s*", braces=False), str)


@lru_cache(maxsize=16384)  # people write several works
def parse_tex_name(source):
    """The Name of one person in TeX; what is all in braces is the name of a body."""
    if source.startswith("{") and _closes(source) == len(source) - 1 and not re.match(r"\{\\[^a-zA-Z]", source):
        return Name(literal=_text(source[1:-1]))
    if EXTENDED.match(source):
        pairs = [part.partition("=") for part in split(source, r"\s*,\s*")]
        given = {name.strip(): _text(value.strip().strip('"')) for name, _, value in pairs}
        return Name(**{field: given[name] for name, field in PARTS.items() if given.get(name)})
    return _parsed(source, split(source, r"\s*,\s*"), _text)


def _parsed(whole, parts, read):
    parts = [part.strip() for part in parts]
    while len(parts) > 1 and not parts[-1]:
        parts.pop()
    if len(parts) == 1:
        return _first_von_last(_words(parts[0]), read)
    if len(parts) == 2 and SUFFIX.fullmatch(parts[1]):
        return replace(_first_von_last(_words(parts[0]), read), suffix=read(parts[1]))
    if len(parts) > 3:
        return Name(literal=read(whole))
    suffix, given = ("", parts[1]) if len(parts) == 2 else parts[1:]
    if suffix and SUFFIX.fullmatch(read(given)) and not SUFFIX.fullmatch(read(suffix)):
        suffix, given = given, suffix
    if not suffix:
        given, suffix = _without_suffix(_words(given))
    words = _words(parts[0])
    von = _leading(words[:-1], read)
    return Name(
        family=read(" ".join(words[von:])),
        given=read(given),
        non_dropping_particle=read(" ".join(words[:von])),
        suffix=read(suffix),
    )


def _first_von_last(words, read):
    suffix = ""
    if len(words) > 2:
        rest, suffix = _without_suffix(words)
        words = _words(rest)
    if len(words) < 2:
        return Name(family=read(" ".join(words)), suffix=read(suffix)) if words else Name()
    # From the first word in lower case to the last one, never the name's own last word.
    particles = [place for place, word in enumerate(words[:-1]) if _is_particle(word, read)]
    first, last = (particles[0], particles[-1] + 1) if particles else (len(words) - 1, len(words) - 1)
    return Name(
        family=read(" ".join(words[last:])),
        given=read(" ".join(words[:first])),
        non_dropping_particle=read(" ".join(words[first:last])),
        suffix=read(suffix),
    )


def _without_suffix(words):
    if len(words) > 1 and SUFFIX.fullmatch(words[-1]):
        return " ".join(words[:-1]).rstrip(","), words[-1]
    return " ".join(words), ""


def _leading(words, read):
    """How many of the words belong to the particle before a family name: up to the last one in lower case."""
    return max((place + 1 for place, word in enumerate(words) if _is_particle(word, read)), default=0)


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
    """The pieces of TeX between separators (a regular expression) that stand outside of braces."""
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


def _closes(source):
    """Where the brace that opens the text closes, or -1."""
    depth = 0
    for found in re.finditer(r"\\.|[{}]", source):
        depth += {"{": 1, "}": -1}.get(found[0], 0)
        if depth == 0 and found[0] == "}":
            return found.start()
    return -1
