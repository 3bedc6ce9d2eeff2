"""Which records a part of a CV shows, and how many it leaves out for which reason."""

from config.cv.records import row_of
from publications.models import Publication
from publications.numbering import letter_of

ALWAYS = 9999  # the year in which something ends that goes on, or appears that is forthcoming


def select(part, records):
    """Return (the records that a part shows, {reason: number left out}) of all records of its kind."""
    offered = [record for record in records if not row_of(record).not_in_cvs]
    selected = list(filter(_test(part, offered), offered))
    if part.chosen:
        selected.sort(key=lambda record: part.chosen.index(row_of(record).pk))
    elif part.only_selected and not is_grouped(part):
        selected.sort(key=lambda record: getattr(record, "featured_position", None) or ALWAYS)
    shown = selected[: part.limit]
    numbers = {
        "hidden": len(records) - len(offered),
        "selection": len(offered) - len(selected),
        "limit": len(selected) - len(shown),
    }
    return shown, {reason: number for reason, number in numbers.items() if number}


def is_grouped(part):
    """Return whether a part has headings for the types of publications."""
    return part.kind == part.Kind.PUBLICATIONS and part.numbering == part.Numbering.TYPE and not part.chosen


def _test(part, offered):
    """Return the function that says whether a part selects a record."""
    tagged = _tagged(part, offered)

    def test(record):
        row = row_of(record)
        return (
            (not part.chosen or row.pk in part.chosen)
            and (tagged is None or row.pk in tagged)
            and (not part.types or type_of(record) in part.types)
            and (not part.only_selected or getattr(row, "featured", True))
            and _is_in_years(part, record)
        )

    return test


def _tagged(part, offered):
    """Return the primary keys of the rows with the part's tag; None if it has none, or its records have no tags."""
    models = {type(row_of(record)) for record in offered}
    if not part.tag_id or not all(hasattr(model, "tags") for model in models):
        return None
    return {pk for model in models for pk in model._base_manager.filter(tags=part.tag_id).values_list("pk", flat=True)}


def type_of(record):
    """Return by what ``types`` of a part select: the letter of a publication's group, the kind of a talk, a role."""
    return letter_of(record.type) if isinstance(record, Publication) else getattr(record, "kind", "")


def _is_in_years(part, record):
    if not part.year_from and not part.year_to:
        return True
    first, last = _years(record)
    return bool(first and last) and last >= (part.year_from or 0) and first <= (part.year_to or ALWAYS)


def _years(record):
    """Return the first and the last year of a record, 0 if they are unknown."""
    if isinstance(record, Publication):
        year = ALWAYS if record.is_forthcoming else record.year or 0
        return year, year
    start, end = getattr(record, "start", "") or getattr(record, "date", ""), getattr(record, "end", "")
    first, last = (moment.year if moment else 0 for moment in (start, end))
    # Without a box “ongoing”, a project goes on until it is finished.
    goes_on = getattr(record, "is_ongoing", hasattr(record, "tagline") and record.status != "finished" and not end)
    return first or last, ALWAYS if goes_on else last or first
