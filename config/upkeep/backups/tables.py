"""Rows of tables as JSON, the same from every database, and back.

Column values are read and written without the model fields' own conversions, so that each comes back exactly.
"""

from base64 import b64decode, b64encode
from datetime import date, datetime, time
from decimal import Decimal
from itertools import islice
from uuid import UUID

from django.apps import apps as installed_apps
from django.db import connection, models

# Logins, and records about this copy of the site.
EXCLUDED = {
    *("sessions.Session", "profiles.BackupRecord"),
    *("axes.AccessAttempt", "axes.AccessAttemptExpiration", "axes.AccessFailureLog", "axes.AccessLog"),
}
PARSERS = {
    "DateTimeField": datetime.fromisoformat, "DateField": date.fromisoformat, "TimeField": time.fromisoformat,
    "DecimalField": Decimal, "UUIDField": UUID, "BinaryField": b64decode,
}  # fmt: skip
BATCH_SIZE = 100


def tables(apps=installed_apps):
    """Return a Table for each model that is backed up. ``apps`` may be those of an earlier migration state."""
    found = [
        Table(model)
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy and model._meta.label not in EXCLUDED
    ]
    return sorted(found, key=lambda table: table.name)


class Table:
    """The rows of one model's table in the site's database."""

    def __init__(self, model):
        self.model, self.name = model, model._meta.db_table
        fields = [field for field in model._meta.local_concrete_fields if not field.generated]
        self.file_columns = [field.column for field in fields if isinstance(field, models.FileField)]
        self.fields = {field.column: _value_field(field) for field in fields}

    def rows(self):
        """Yield each row as {column: JSON value}, by primary key, without reading the table into memory."""
        expressions = [field.get_col(field.model._meta.db_table) for field in self.fields.values()]
        converters = [(connection.ops.get_db_converters(expression), expression) for expression in expressions]
        with connection.chunked_cursor() as cursor:
            cursor.execute(self._sql("SELECT {columns} FROM {table} ORDER BY {pk}"))
            for row in cursor:
                yield dict(zip(self.fields, map(_as_json, row, converters), strict=True))

    def execute(self, statement, *parameters):
        """Execute a statement with the table's names in it. Return the first value of its result, if it has one."""
        with connection.cursor() as cursor:
            cursor.execute(self._sql(statement), parameters)
            return (cursor.fetchone() or [None])[0] if cursor.description else None

    def count(self):
        return self.execute("SELECT count(*) FROM {table}")

    def insert(self, rows):
        """Insert rows as ``rows()`` yields them."""
        places = ", ".join(["%s"] * len(self.fields))
        parameters = ([_as_parameter(row[column], field) for column, field in self.fields.items()] for row in rows)
        with connection.cursor() as cursor:
            while batch := list(islice(parameters, BATCH_SIZE)):
                cursor.executemany(self._sql(f"INSERT INTO {{table}} ({{columns}}) VALUES ({places})"), batch)  # noqa: S608

    def last_id(self):
        """Return the last ID given to a row, which may be deleted since; 0 if there was none."""
        if self.model._meta.auto_field is None:
            return 0
        if connection.vendor == "postgresql":
            return self.execute("SELECT pg_sequence_last_value({sequence})") or 0
        return self.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", self.name) or 0

    def continue_ids_after(self, last_id):
        """Give new rows IDs above ``last_id``: revisions refer to deleted rows by ID."""
        last_id = max(last_id, self.last_id())
        if not last_id:
            return
        if connection.vendor == "postgresql":
            self.execute("SELECT setval({sequence}, %s)", last_id)
        else:
            self.execute("DELETE FROM sqlite_sequence WHERE name = %s", self.name)
            self.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", self.name, last_id)

    def _sql(self, statement):
        quote, pk = connection.ops.quote_name, self.model._meta.pk.column
        sequence = f"pg_get_serial_sequence('{quote(self.name)}', '{pk}')::regclass"
        columns = ", ".join(map(quote, self.fields))
        return statement.format(table=quote(self.name), columns=columns, pk=quote(pk), sequence=sequence)


def _value_field(field):
    """Return the field that says what is in a column: a foreign key holds values of another field."""
    while field.is_relation:
        field = field.target_field
    return field


def _as_json(value, conversion):
    converters, expression = conversion
    for convert in converters:
        value = convert(value, expression, connection)
    match value:
        case datetime() | date() | time():
            return value.isoformat()
        case Decimal() | UUID():
            return str(value)
        case bytes() | memoryview():
            return b64encode(value).decode()
    return value


def _as_parameter(value, field):
    parse = PARSERS.get(field.get_internal_type())
    return value if value is None or parse is None else field.get_db_prep_value(parse(value), connection, prepared=True)
