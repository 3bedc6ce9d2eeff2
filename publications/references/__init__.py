"""Reads and writes publications in the formats of reference managers. Pure Python, without Django."""

from publications.references.reading import Loaded, Problem
from publications.references.reference import Date, Name, Reference
