"""RIS, as the specification of 2011 defines it and as publishers and reference managers write it."""

from publications.references.ris.reading import loads, read
from publications.references.ris.writing import dumps, write

media_type = "application/x-research-info-systems"
label = "RIS"
