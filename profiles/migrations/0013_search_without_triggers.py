from django.db import migrations

TRIGGERS = {
    "sqlite": "SELECT name, tbl_name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'search\\_%' ESCAPE '\\'",
    "postgresql": (
        "SELECT tgname, relname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid WHERE tgname LIKE 'search\\_%'"
    ),
}


def drop_triggers(apps, schema_editor):
    """The search index is now updated by signals. It is rebuilt after the migrations."""
    vendor = schema_editor.connection.vendor
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(TRIGGERS[vendor])
        for trigger, table in cursor.fetchall():
            if vendor == "postgresql":
                cursor.execute(f'DROP TRIGGER "{trigger}" ON "{table}"')
                cursor.execute(f'DROP FUNCTION IF EXISTS "{trigger}"()')
            else:
                cursor.execute(f'DROP TRIGGER "{trigger}"')


class Migration(migrations.Migration):
    dependencies = [("profiles", "0012_remove_edition")]

    operations = [
        migrations.RunPython(drop_triggers, migrations.RunPython.noop),
        migrations.DeleteModel(name="Stale"),
        migrations.RemoveIndex(model_name="person", name="profiles_person_in_order"),
        migrations.RemoveIndex(model_name="person", name="profiles_person_by_name"),
    ]
