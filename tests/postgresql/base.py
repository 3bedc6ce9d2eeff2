"""PostgreSQL for tests: Django's backend, which empties tables faster."""

from django.db.backends.postgresql import base
from django.db.backends.postgresql.operations import DatabaseOperations as DjangoDatabaseOperations


class DatabaseOperations(DjangoDatabaseOperations):
    def sql_flush(self, style, tables, *, reset_sequences=False, allow_cascade=False):
        """Delete the rows: TRUNCATE creates a new file for each table and index, which takes a second or two."""
        if reset_sequences or allow_cascade:
            return super().sql_flush(style, tables, reset_sequences=reset_sequences, allow_cascade=allow_cascade)
        return [f"DELETE FROM {self.quote_name(table)}" for table in tables]


class DatabaseWrapper(base.DatabaseWrapper):
    ops_class = DatabaseOperations
