"""Places in the admin: suggestions for the city, which gives the coordinates on the map."""

from django.contrib import messages
from django.urls import reverse_lazy

POINT = ("latitude", "longitude")


def suggest_cities(field):
    """Let a form field for a city suggest names while an editor types (js/admin/cities.js)."""
    field.widget.attrs["data-cities"] = reverse_lazy("admin:cities")
    field.help_text = "Puts it on the map. Cities are from GeoNames, CC BY 4.0."


def update_point(located, initial, where):
    """Set the coordinates to those of the city, unless an editor has entered others.

    ``initial`` are the values that the form had, ``where`` says where it has the coordinates. Return (message, its
    level) for the editor, or None.
    """
    model = type(located)
    before = model(**{name: initial.get(name) or "" for name in ("city", "country")})
    before.locate()
    typed, stored = located.point, model(**{name: initial.get(name) for name in POINT}).point
    if typed and (typed != stored or stored != before.point):
        return None
    found = located.locate()
    if located.point != typed and found:
        message = f"The map shows this at {found[0]}."
        if len(found) > 1:
            message += f" If you mean another city of that name, enter its country, or coordinates {where}."
        return message, messages.INFO
    if located.city and not found:
        message = (
            f"“{located.city}” is not in the site’s list of cities, so the map does not show this. "
            f"To show it, enter coordinates {where}."
        )
        return message, messages.WARNING
    return None
