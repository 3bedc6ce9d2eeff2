import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('profiles', '0013_search_without_triggers'),
        ('publications', '0012_formatted_citations'),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='authorship',
            name='publications_works_of',
        ),
        migrations.RemoveIndex(
            model_name='authorship',
            name='publications_people_of',
        ),
        migrations.RemoveIndex(
            model_name='publication',
            name='publications_newest_first',
        ),
        migrations.RemoveIndex(
            model_name='publication',
            name='publications_gate_of_work',
        ),
        migrations.RemoveIndex(
            model_name='publication',
            name='publications_by_type',
        ),
        migrations.RemoveIndex(
            model_name='publication',
            name='publications_by_status',
        ),
        migrations.RemoveIndex(
            model_name='publication',
            name='publications_by_moment',
        ),
        migrations.RemoveIndex(
            model_name='publication',
            name='publications_by_title',
        ),
        migrations.RemoveIndex(
            model_name='publication',
            name='publications_no_abstract',
        ),
        migrations.RemoveIndex(
            model_name='publication',
            name='publications_lately',
        ),
        migrations.RemoveIndex(
            model_name='taggedpublication',
            name='publications_tags_of',
        ),
        migrations.AlterField(
            model_name='authorship',
            name='person',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='authorships', to='profiles.person'),
        ),
        migrations.AlterField(
            model_name='authorship',
            name='publication',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='authorships', to='publications.publication'),
        ),
        migrations.AlterField(
            model_name='taggedpublication',
            name='content_object',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='publications.publication'),
        ),
        migrations.AddIndex(
            model_name='publication',
            index=models.Index(fields=['-issued', '-id'], name='publications_in_order'),
        ),
    ]
