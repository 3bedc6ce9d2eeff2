"""The rows of a table as lines of JSON, the same from every database, and back.

Values are those of the columns themselves: past the fields of models, whose own classes might not give back what they
were given.
"""

import json
from base64 import b64decode, b64encode
from datetime import date, datetime, time
from decimal import Decimal
from uuid import UUID

from django.apps import apps as installed
from django.db import models

from config.upkeep.backups import BackupError

# Who is signed in, and who tried to; what the site notes for itself, each row of which is made anew; what is about
# this place.
LEFT_OUT = {
    *("sessions.Session", "profiles.Safekeeping"),
    *("axes.AccessAttempt", "axes.AccessAttemptExpiration", "axes.AccessFailureLog", "axes.AccessLog"),
}
PARSERS = {
    "DateTimeField": datetime.fromisoformat,
    "DateField": date.fromisoformat,
    "TimeField": time.fromisoformat,
    "DecimalField": Decimal,
    "UUIDField": UUID,
    "BinaryField": b64decode,
}
ROWS, CHARACTERS = 1_000, 2**20  # that are written at once, whichever is reached first


def tables(connection, apps=installed):
    """[Table] of all that is backed up; ``apps`` may be those of an earlier state of the migrations."""
    found = [
        Table(model, connection)
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy and model._meta.label not in LEFT_OUT
    ]
    return sorted(found, key=lambda table: table.name)


class Table:
    def __init__(self, model, connection):
        self.model, self.connection = model, connection
        self.name = model._meta.db_table
        self.fields = [field for field in model._meta.local_concrete_fields if not field.generated]
        self.columns = [field.column for field in self.fields]
        self.files = [field.column for field in self.fields if isinstance(field, models.FileField)]
        quoted = connection.ops.quote_name
        self._table = quoted(self.name)
        self._columns = ", ".join(map(quoted, self.columns))
        self._pk = quoted(model._meta.pk.column)

    def rows(self):
        """Each row as {column: value as JSON takes it}, in order, with no more than a few held at once."""
        readers = [
            (column, reader)
            for column, field in zip(self.columns, self.fields, strict=True)
            if (reader := self._reader(field))
        ]
        with self.connection.chunked_cursor() as cursor:
            cursor.execute(f"SELECT {self._columns} FROM {self._table} ORDER BY {self._pk}")  # noqa: S608 (names)
            for values in cursor:
                row = dict(zip(self.columns, values, strict=True))
                for column, read in readers:
                    row[column] = read(row[column])
                yield row

    def count(self):
        with self.connection.cursor() as cursor:
            cursor.execute(f"SELECT count(*) FROM {self._table}")  # noqa: S608 (a name)
            return cursor.fetchone()[0]

    def clear(self):
        with self.connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {self._table}")  # noqa: S608 (a name)

    def add(self, rows):
        """Write rows as ``rows()`` gave them. Raises BackupError for those of a table with other columns."""
        values = self._values(rows)
        if self.connection.vendor == "postgresql":
            statement = f"COPY {self._table} ({self._columns}) FROM STDIN"
            with (
                self.connection.cursor() as cursor,
                self.connection.wrap_database_errors,
                cursor.copy(statement) as copy,
            ):
                for row in values:
                    copy.write_row(row)
            return
        places = ", ".join(["%s"] * len(self.columns))
        with self.connection.cursor() as cursor:
            for some in _batches(values):
                cursor.executemany(f"INSERT INTO {self._table} ({self._columns}) VALUES ({places})", some)  # noqa: S608

    def last_number(self):
        """The last number that was given to a row, which may be gone since; None where rows have no numbers."""
        if self.model._meta.auto_field is None:
            return None
        with self.connection.cursor() as cursor:
            if self.connection.vendor == "postgresql":
                cursor.execute(f"SELECT pg_sequence_last_value({self._sequence})")
            else:
                cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [self.name])
            return (cursor.fetchone() or [None])[0] or 0

    def go_on_after(self, number):
        """Give new rows numbers after this one: those of rows that are gone still stand in the history."""
        if self.model._meta.auto_field is None:
            return
        number = max(number, self.last_number())
        with self.connection.cursor() as cursor:
            if self.connection.vendor == "postgresql":
                # This is not undone with a transaction, so it never counts down.
                cursor.execute(f"SELECT setval({self._sequence}, greatest(%s, 1), %s)", [number, number > 0])
            else:
                cursor.execute("DELETE FROM sqlite_sequence WHERE name = %s", [self.name])
                cursor.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", [self.name, number])

    @property
    def _sequence(self):
        return f"pg_get_serial_sequence('{self._table}', '{self.model._meta.pk.column}')::regclass"

    def _reader(self, field):
        """What makes a value of the database one of JSON, or None where it is one."""
        field = _target(field)
        column = field.get_col(self.name)
        converters = self.connection.ops.get_db_converters(column)
        if not converters and field.get_internal_type() not in PARSERS:
            return None

        def read(value):
            for convert in converters:
                value = convert(value, column, self.connection)
            return _plain(value)

        return read

    def _writer(self, field):
        """What makes a value of JSON one that the database takes, or None where it is one."""
        field = _target(field)
        parse = PARSERS.get(field.get_internal_type())
        if parse is None:
            return None

        def write(value):
            return None if value is None else field.get_db_prep_value(parse(value), self.connection, prepared=True)

        return write

    def _values(self, rows):
        writers = [(number, write) for number, field in enumerate(self.fields) if (write := self._writer(field))]
        for row in rows:
            try:
                values = [row[column] for column in self.columns]
            except KeyError as error:
                raise BackupError(f"The rows of {self.name} have no column {error}.") from error
            if len(row) > len(values):
                strange = min(row.keys() - set(self.columns))
                raise BackupError(f"The rows of {self.name} have a column “{strange}” that is not known here.")
            for number, write in writers:
                values[number] = write(values[number])
            yield values


def as_line(row):
    return json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _target(field):
    """The field whose values are in a column: a reference holds those of another."""
    while field.is_relation:
        field = field.target_field
    return field


def _plain(value):
    match value:
        case datetime() | date() | time():
            return value.isoformat()
        case Decimal() | UUID():
            return str(value)
        case bytes() | memoryview():
            return b64encode(value).decode()
    return value


def _batches(rows):
    some, size = [], 0
    for row in rows:
        some.append(row)
        size += sum(len(value) for value in row if isinstance(value, str))
        if len(some) == ROWS or size > CHARACTERS:
            yield some
            some, size = [], 0
    if some:
        yield some
