from django.db import migrations, models

from publications.references import Date, Reference
from publications.references.values.wording import stage_of, understood


def read_words_as_status(apps, schema_editor):
    """Before, "in press" instead of a date was stored as a date without numbers."""
    Publication = apps.get_model("publications", "Publication")
    rows = Publication.objects.filter(issued="", status="published", extra__has_key="issued")
    for publication in rows.only("extra").iterator():
        stored = publication.extra["issued"]  # which an editor may have changed
        words = stored.get("literal", "") if isinstance(stored, dict) else ""
        reference = understood(Reference(issued=Date(literal=str(words))))
        if stage := stage_of(reference.status):
            publication.status, publication.issued = stage, reference.issued.iso
            del publication.extra["issued"]
            publication.extra["status"] = reference.status
            publication.save(update_fields=["status", "issued", "extra"])


class Migration(migrations.Migration):
    dependencies = [("publications", "0017_sort_date")]

    operations = [
        migrations.AlterField(
            model_name="publication",
            name="extra",
            field=models.JSONField(
                blank=True,
                default=dict,
                help_text="Imported fields that have no field above. Visitors’ exports contain the bibliographic ones only.",
            ),
        ),
        migrations.RunPython(read_words_as_status, migrations.RunPython.noop),
    ]
