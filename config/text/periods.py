"""Periods of time as text."""


def period(item):
    """Return the dates of an object with ``start`` and ``end`` as precisely as they are known: "2021 – May 2024"."""
    if item.start and item.end and item.start != item.end:
        return f"{item.start.display} – {item.end.display}"
    if item.start and getattr(item, "is_ongoing", False):
        return f"since {item.start.display}"
    if item.start:
        return item.start.display
    return f"until {item.end.display}" if item.end else ""
