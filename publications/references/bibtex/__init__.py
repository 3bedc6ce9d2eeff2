"""BibTeX and BibLaTeX."""

from publications.references.bibtex.reading import loads, read
from publications.references.bibtex.writing import dump, dumps

__all__ = ["dump", "dumps", "label", "loads", "media_type", "read"]

media_type = "application/x-bibtex"
label = "BibTeX"
