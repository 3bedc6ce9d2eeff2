"""TeX in bibliographies, which is converted to CSL's rich text in Unicode and back."""

from publications.references.tex.macros import NOCASE
from publications.references.tex.reading import from_tex, left_out
from publications.references.tex.writing import has_balanced_braces, to_tex

__all__ = ["NOCASE", "from_tex", "has_balanced_braces", "left_out", "to_tex"]
