from django.db import migrations


def show_newest(apps, schema_editor):
    """Show the newest publication in a block of its own where it was the first of the selected ones."""
    for look in apps.get_model("profiles", "Look").objects.all():
        if "publications" in look.blocks and "newest" not in look.blocks:
            look.blocks.insert(look.blocks.index("publications"), "newest")
            look.save(update_fields=["blocks"])


class Migration(migrations.Migration):
    dependencies = [("profiles", "0024_maintenance")]

    operations = [migrations.RunPython(show_newest, migrations.RunPython.noop)]
