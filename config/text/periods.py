"""Periods of time as text."""

from profiles.content.dates import display_period


def period(item):
    """Return the dates of an object with ``start`` and ``end`` as precisely as they are known: "2021 – May 2024"."""
    if getattr(item, "is_ongoing", False):
        return ongoing_period(item.start)
    if item.start and item.end and item.start != item.end:
        return display_period(item.start, item.end)
    if item.start:
        return item.start.display
    return f"until {item.end.display}" if item.end else ""


def ongoing_period(start):
    """Return the dates of something without an end: "2023 – present"."""
    if not start:
        return "ongoing"
    return f"from {start.display}" if start.is_future else f"{start.display} – present"


def running(project):
    """Return the dates of a project: "since October 2024" while it has no end, otherwise its period."""
    if project.start and not project.end and project.status != "finished":
        return f"{'from' if project.start.is_future else 'since'} {project.start.display}"
    return period(project)


def years(item):
    """Return the years of an object with ``start`` and ``end``: "2019–2023", "since 2023", "until 2020".

    Without ``is_ongoing``, something is ongoing while it has no end.
    """
    start, end = item.start, item.end
    if start and start.is_future:
        return f"from {start.year}"
    if start and end and not end.is_future:
        return str(start.year) if start.year == end.year else f"{start.year}–{end.year}"
    if start:
        return f"since {start.year}" if end or getattr(item, "is_ongoing", True) else str(start.year)
    return f"until {end.year}" if end else ""
