"""BibTeX and BibLaTeX."""

from publications.references.bibtex.reading import loads, read
from publications.references.bibtex.writing import dumps, write

media_type = "application/x-bibtex"
label = "BibTeX"
