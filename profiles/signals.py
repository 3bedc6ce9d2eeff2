"""Signals that other apps listen to."""

from django.dispatch import Signal

# A person's name has been saved. Arguments: ``person``, and ``before``, the person as stored until now.
person_renamed = Signal()

# An editor has added a person, or changed how their name is written. Arguments: ``person``, ``request``.
person_edited = Signal()
