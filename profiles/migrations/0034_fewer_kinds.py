from django.db import migrations, models

KINDS = [
    ("education", "Education"),
    ("position", "Positions"),
    ("award", "Awards"),
    ("grant", "Grants"),
    ("service", "Service"),
    ("membership", "Memberships"),
    ("travel", "Travel"),
]


class Migration(migrations.Migration):
    """Removes the kinds of activity that have records of their own, and the fields that only they used."""

    dependencies = [("profiles", "0033_activities_move")]

    operations = [
        migrations.RemoveField("activity", "event"),
        migrations.RemoveField("activity", "level"),
        migrations.RemoveField("activity", "term"),
        migrations.AlterField("activity", "kind", models.CharField(choices=KINDS, max_length=20)),
    ]
