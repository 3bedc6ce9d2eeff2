from django.db import migrations


def delete_restores(apps, schema_editor):
    """Restores are no longer recorded."""
    apps.get_model("profiles", "Safekeeping").objects.using(schema_editor.connection.alias).filter(
        kind="restore"
    ).delete()


class Migration(migrations.Migration):
    dependencies = [("profiles", "0015_plain_help_texts")]

    operations = [
        migrations.RunPython(delete_restores, migrations.RunPython.noop),
        migrations.RemoveIndex("safekeeping", "profiles_safekeeping_latest"),
        migrations.RemoveField("safekeeping", "kind"),
        migrations.RemoveField("safekeeping", "key"),
        migrations.RenameField("safekeeping", "at", "created_at"),
        migrations.RenameModel("Safekeeping", "BackupRecord"),
    ]
