"""Periods of time as text."""


def period(item):
    """Return the dates of an object with ``start`` and ``end`` as precisely as they are known: "2021 – May 2024"."""
    if getattr(item, "is_ongoing", False):
        return ongoing_period(item.start)
    if item.start and item.end and item.start != item.end:
        return f"{item.start.display} – {item.end.display}"
    if item.start:
        return item.start.display
    return f"until {item.end.display}" if item.end else ""


def ongoing_period(start):
    """Return the dates of something without an end: "2023 – present"."""
    if not start:
        return "ongoing"
    return f"from {start.display}" if start.is_future else f"{start.display} – present"
