"""The kind of a resource, guessed from its address or from the name of its file."""

import re
from pathlib import PurePosixPath
from urllib.parse import urlsplit

from profiles.content.websites import bare, website_of

PAPER, OTHER_FILE, OTHER_ADDRESS = "pdf", "supplement", "webpage"
BY_EXTENSION = {
    "pdf": PAPER,
    **dict.fromkeys(["ppt", "pptx", "odp", "key"], "slides"),
    **dict.fromkeys(["mp4", "webm"], "video"),
    **dict.fromkeys(["csv", "tsv", "npz", "parquet", "h5", "xls", "xlsx", "ods"], "data"),
    **dict.fromkeys(["py", "r", "jl", "ipynb"], "code"),
}
BY_WORD = [("slide", "slides"), ("talk", "slides"), ("poster", "poster"), ("suppl", "supplement")]
# Patterns of addresses without scheme and "www.", where the website alone does not say it.
BY_ADDRESS = [
    (r"arxiv\.org/pdf/|openreview\.net/pdf\b|aclanthology\.org/[^/]+\.pdf|dl\.acm\.org/doi/pdf/", PAPER),
    (r"huggingface\.co/(?:papers|blog)\b|kaggle\.com/competitions\b", OTHER_ADDRESS),
    (r"huggingface\.co/spaces/|[\w-]+\.(?:hf\.space|streamlit\.app)|colab\.research\.google\.com", "demo"),
    (r"kaggle\.com/code/|paperswithcode\.com|archive\.softwareheritage\.org|codeocean\.com|pypi\.org", "code"),
    (r"datadryad\.org|dataverse\.|[\w.-]*\.dataverse\.|data\.mendeley\.com|openneuro\.org", "data"),
    (r"(?:dx\.)?doi\.org/10\.(?:5281/zenodo|6084/m9\.figshare|5061/dryad|7910/dvn|17605/osf)", "data"),
    (r"docs\.google\.com/presentation/", "slides"),
    (r"(?:slideslive|videolectures)\.(?:com|net)|drive\.google\.com/.*\bvideo", "video"),
]


def guess_kind(address):
    """Return the kind of resource at an address."""
    text = bare(address)
    if found := next((kind for pattern, kind in BY_ADDRESS if re.match(pattern, text, re.IGNORECASE)), ""):
        return found
    site = website_of(address)
    by_name = _by_name(urlsplit(address).path)
    # A file in a repository is code; but a PDF or slides are what they are.
    if by_name and not (site and site.holds == "code" and by_name == "data"):
        return by_name
    return (site and site.holds) or OTHER_ADDRESS


def guess_kind_of_file(name):
    """Return the kind of resource that a file is by its name."""
    return _by_name(name) or OTHER_FILE


def _by_name(name):
    path = PurePosixPath(name.lower())
    by_extension = BY_EXTENSION.get(path.suffix.removeprefix("."), "")
    by_word = next((kind for word, kind in BY_WORD if word in path.stem), "")
    return (by_word if path.suffix else "") or by_extension
