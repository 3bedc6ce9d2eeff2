"""CSL-JSON (schema 1.0.2): the reader accepts what programs write, the writer follows the schema."""

from publications.references.csl.reading import from_csl, from_record, loads, read, without_nocase
from publications.references.csl.variables import NAME_PARTS, OTHER_TYPES, TYPES
from publications.references.csl.writing import difference, dumps, name_to_csl, patched, to_csl, write
from publications.references.extra import EXTRA_NAMES, EXTRA_TEXTS
from publications.references.values.dates import date_from_csl, date_to_csl

media_type = "application/vnd.citationstyles.csl+json"
label = "CSL-JSON"
