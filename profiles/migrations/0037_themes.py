from django.db import migrations, models

import profiles.models.look

THEMES = {"source-serif": "classic", "serif": "classic", "inter": "modern", "sans": "modern"}
ACCENTS = {"crimson": 18, "amber": 65, "olive": 115, "green": 155, "teal": 200, "blue": 250, "violet": 300}


def distance(hue, other):
    """Return the degrees between two hues on their circle."""
    return min((hue - other) % 360, (other - hue) % 360)


def choose_theme_and_accent(apps, schema_editor):
    """Choose the theme with the typefaces of each look, and the accent colour nearest to its hue."""
    for look in apps.get_model("profiles", "Look").objects.all():
        look.theme = THEMES.get(look.typefaces, "classic")
        look.accent = min(ACCENTS, key=lambda accent: distance(look.hue, ACCENTS[accent]))
        look.save(update_fields=["theme", "accent"])


class Migration(migrations.Migration):
    dependencies = [
        ("profiles", "0036_plain_page_choice"),
    ]

    operations = [
        migrations.AddField(
            "look",
            "theme",
            models.CharField(
                choices=[
                    ("classic", "Classic: a serif typeface, warm paper and fine lines, like a well-set book"),
                    ("modern", "Modern: a sans-serif typeface, bold headings and soft cards"),
                    ("technical", "Technical: a dense grid with monospaced labels, dates and figures"),
                ],
                default="classic",
                max_length=20,
            ),
        ),
        migrations.AddField(
            "look",
            "accent",
            models.CharField(
                choices=[
                    ("crimson", "Crimson"),
                    ("amber", "Amber"),
                    ("olive", "Olive"),
                    ("green", "Green"),
                    ("teal", "Teal"),
                    ("blue", "Blue"),
                    ("violet", "Violet"),
                    ("graphite", "Graphite"),
                ],
                default="blue",
                help_text="The colour of links and figures: darker on a light page, lighter on a dark one.",
                max_length=20,
                verbose_name="accent colour",
            ),
        ),
        migrations.RunPython(choose_theme_and_accent, migrations.RunPython.noop),
        migrations.RemoveField("look", "hue"),
        migrations.RemoveField("look", "typefaces"),
        migrations.AlterField(
            "look",
            "blocks",
            models.JSONField(
                blank=True,
                default=profiles.models.look.all_blocks,
                help_text="Tick the blocks to show, and put them in order with the arrows. "
                "A block without content is not shown.",
                validators=[profiles.models.look.validate_blocks],
                verbose_name="home page",
            ),
        ),
    ]
