"""BibTeX and BibLaTeX."""

from publications.references.bibtex.reading import loads, read
from publications.references.bibtex.writing import dumps, write

__all__ = ["dumps", "label", "loads", "media_type", "read", "write"]

media_type = "application/x-bibtex"
label = "BibTeX"
