"""Triggers of the database: they follow changes by whatever path these come, where bulk updates send no signals.

They are dropped before each migration and made after it, since SQLite changes a table by making it anew, which loses
its triggers and stumbles over those of others that name it.
"""

from dataclasses import dataclass

from django.apps import apps
from django.db import DEFAULT_DB_ALIAS, connection, transaction

EVENTS = ("insert", "update", "delete")


@dataclass(frozen=True)
class Trigger:
    """SQL that is done after an event for each row of a table that it is about.

    With ``columns`` an update of others is of no concern. On PostgreSQL alone: ``each`` may be STATEMENT, ``when`` is a
    condition on the row, and with ``at_commit`` it is done at the end of the transaction.
    """

    name: str
    table: str
    event: str
    statements: str
    columns: tuple[str, ...] = ()
    each: str = "ROW"
    when: str = ""
    at_commit: bool = False

    @property
    def head(self):
        columns = f" OF {', '.join(self.columns)}" if self.columns and self.event == "update" else ""
        kind, moment = ("CONSTRAINT TRIGGER", " DEFERRABLE INITIALLY DEFERRED") if self.at_commit else ("TRIGGER", "")
        when = f" WHEN ({self.when})" if self.when else ""
        return (
            f"CREATE {kind} {self.name} AFTER {self.event}{columns} ON {self.table}{moment} FOR EACH {self.each}{when}"
        )

    @property
    def definition(self):
        """What the database tells of the trigger once it is made; see ``made()``."""
        if connection.vendor == "postgresql":
            return f"-- {self.head}\nBEGIN {self.statements} RETURN NULL; END"
        return f"{self.head} BEGIN {self.statements} END"

    def make(self):
        self.drop()
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                function = f"CREATE OR REPLACE FUNCTION {self.name}() RETURNS trigger LANGUAGE plpgsql"
                cursor.execute(f"{function} AS $$ {self.definition} $$")
                cursor.execute(f"{self.head} EXECUTE FUNCTION {self.name}()")
            else:
                cursor.execute(self.definition)

    def drop(self):
        with connection.cursor() as cursor:
            on = f" ON {self.table}" if connection.vendor == "postgresql" else ""
            cursor.execute(f"DROP TRIGGER IF EXISTS {self.name}{on}")


SOURCES = []  # functions that give Triggers


def register(source):
    SOURCES.append(source)
    return source


def all_triggers():
    return [trigger for source in SOURCES for trigger in source()]


def made():
    """{name: definition} of the triggers that are there."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT tgname, btrim(prosrc) FROM pg_trigger JOIN pg_proc ON pg_proc.oid = tgfoid")
        else:
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        return dict(cursor.fetchall())


def tables():
    with connection.cursor() as cursor:
        return set(connection.introspection.table_names(cursor))


def before_migrate(sender, using=DEFAULT_DB_ALIAS, plan=(), **kwargs):
    """Signal handler: once, before the first app is migrated, if there is anything to do."""
    if using == DEFAULT_DB_ALIAS and plan and sender is next(iter(apps.get_app_configs())):
        there = tables()
        for trigger in all_triggers():
            if trigger.table in there:
                trigger.drop()


def is_last_app(sender, using):
    """Whether all apps are migrated now, which the last of them tells."""
    return using == DEFAULT_DB_ALIAS and sender is list(apps.get_app_configs())[-1]


def after_migrate(sender, using=DEFAULT_DB_ALIAS, **kwargs):
    """Signal handler."""
    if not is_last_app(sender, using):
        return
    wanted, known = all_triggers(), made()
    if not {trigger.table for trigger in wanted} <= tables():
        return  # not all apps are there yet
    with transaction.atomic():
        for trigger in wanted:
            if known.get(trigger.name) != trigger.definition:
                trigger.make()
