import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """Recreates the table: its rows are formatted again from the publications."""

    dependencies = [("publications", "0011_lately_by_moment")]

    operations = [
        migrations.DeleteModel("FormattedCitations"),
        migrations.CreateModel(
            "FormattedCitations",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("digest", models.CharField(help_text="Hash of the record that was formatted.", max_length=32)),
                ("styles", models.CharField(help_text="Hash of the styles that were available.", max_length=32)),
                ("citations", models.JSONField(default=list)),
                (
                    "publication",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="publications.publication",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=["publication", "digest"], name="publications_citations_once_per_record"
                    )
                ]
            },
        ),
    ]
