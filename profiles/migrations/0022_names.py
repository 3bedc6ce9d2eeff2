from django.db import migrations, models

from profiles.content.names import split_name


def replace_placeholder_parts(apps, schema_editor):
    """Split the names of people whose placeholder was renamed when its parts did not follow."""
    Person = apps.get_model("profiles", "Person")
    for person in Person.objects.filter(given="Your", family="Name").exclude(name="Your Name"):
        for part, text in split_name(person.name)._asdict().items():
            setattr(person, part, text[: Person._meta.get_field(part).max_length])
        person.save()


class Migration(migrations.Migration):
    dependencies = [
        ("profiles", "0021_links"),
    ]

    operations = [
        migrations.AddField(
            model_name="person",
            name="names_of_others",
            field=models.TextField(
                blank=True,
                help_text="One per line: names on works that look like this person’s, but are someone else’s.",
                max_length=100000,
                verbose_name="names of other people",
            ),
        ),
        migrations.AlterField(
            model_name="person",
            name="particle",
            field=models.CharField(blank=True, help_text="Such as “van der” or “ibn”.", max_length=40),
        ),
        migrations.AlterField(
            model_name="person",
            name="suffix",
            field=models.CharField(blank=True, help_text="Such as “Jr.” or “III”.", max_length=40),
        ),
        migrations.RunPython(replace_placeholder_parts, migrations.RunPython.noop),
    ]
