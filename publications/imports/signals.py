"""Signals that other apps listen to."""

from django.dispatch import Signal

# An import has added or changed publications, in its transaction. Argument: ``pks``, their primary keys.
publications_imported = Signal()
