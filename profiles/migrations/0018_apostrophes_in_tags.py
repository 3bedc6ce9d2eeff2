from django.db import migrations


def give_tags_their_key(apps, schema_editor):
    """A tag whose new key another tag has keeps its old one: an editor can merge the two."""
    Tag = apps.get_model("profiles", "Tag")
    taken = set(Tag.objects.values_list("key", flat=True))
    for tag in Tag.objects.filter(key__regex="[’‘ʼʻʹ′´`]"):
        key = tag.key.translate(dict.fromkeys(map(ord, "’‘ʼʻʹ′´`"), "'"))
        if key not in taken:
            taken.add(key)
            tag.key = key
            tag.save(update_fields=["key"])


class Migration(migrations.Migration):
    dependencies = [("profiles", "0017_plain_texts")]

    operations = [migrations.RunPython(give_tags_their_key, migrations.RunPython.noop)]
