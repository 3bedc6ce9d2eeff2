"""Publications in their neutral form, and the file formats they come in and go out by. Pure Python."""

from publications.references.reading import Loaded, Problem
from publications.references.reference import Date, Name, Reference

__all__ = ["Date", "Loaded", "Name", "Problem", "Reference"]
