"""Links of a work in ``extra``, under the names that al-folio's BibTeX gives them: ``code``, ``slides``, ``video`` …

Further links of one kind have numbers: ``code2``. A value that is not a web address ("slides.pdf") is no link.
"""

import re
from itertools import chain, count

# name: (kind of resource, label, other names). Prefixes and suffixes such as in "url_pdf" and "pdf_link" are ignored.
NAMES = {
    "pdf": ("pdf", "", "fulltext paper"),
    "code": ("code", "", "github gitlab repo repository"),
    "dataset": ("data", "", "data datasets"),
    "slides": ("slides", "", "presentation"),
    "poster": ("poster", "", ""),
    "video": ("video", "", "youtube"),
    "talk": ("video", "Talk", ""),
    "demo": ("demo", "", ""),
    "supp": ("supplement", "", "appendix supplement supplemental supplementary"),
    "press": ("press", "", "media"),
    "project": ("webpage", "Project page", "projectpage project_page"),
    "blog": ("webpage", "Blog", "blogpost blog_post"),
    "hal": ("webpage", "HAL", ""),
    "website": ("webpage", "", "html web webpage homepage url_source url_preprint"),
}
_BY_FIELD = {field: name for name, (_, _, others) in NAMES.items() for field in (name, *others.split())}
_BY_KIND = {(kind, label): name for name, (kind, label, _) in NAMES.items()}
LONGEST = 500
ADDRESS = re.compile(r"https?://[^\s/?#@:<>\"]+(?::[0-9]+)?(?:[/?#][^\s<>\"]*)?", re.IGNORECASE)


def name_of(field):
    """Return the name in NAMES of a field: "code" for "github", "url_code" or "code2"; "" if it is no link."""
    bare = re.sub(r"_?[0-9]{0,2}$", "", field.lower().replace("-", "_"))
    return _BY_FIELD.get(bare) or _BY_FIELD.get(re.sub(r"^(?:url|link)_|_?(?:url|link)$", "", bare), "")


def kind_of(name):
    """Return the kind and the label of the resource for a link: ("video", "Talk") for "talk"."""
    return NAMES[_without_number(name)][:2]


def name_for(kind, label):
    """Return the name of the link for a resource: the one with its label, or with its kind only."""
    return _BY_KIND.get((kind, label)) or _BY_KIND[kind, ""]


def is_address(text):
    return isinstance(text, str) and len(text) <= LONGEST and bool(ADDRESS.fullmatch(text))


def links_in(extra):
    """Return {name: address} of the links in a Reference's ``extra``, in the order of NAMES, the PDF first."""
    found = sorted((name for name in extra if is_link(name, extra[name])), key=_place)
    return {name: extra[name] for name in found}


def _place(name):
    return list(NAMES).index(_without_number(name)), len(name), name


def is_link(name, value):
    return _without_number(name) in NAMES and is_address(value)


def _without_number(name):
    return re.sub(r"(?<![0-9])[0-9]{1,2}$", "", name)


def add(extra, name, address):
    """Add a link to ``extra`` under a name, with a number if the name is taken."""
    numbered = (f"{name}{number}" for number in count(2))
    extra[next(free for free in chain([name], numbered) if free not in extra)] = address
