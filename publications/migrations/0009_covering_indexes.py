import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('profiles', '0009_edition'),
        ('publications', '0008_license'),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='publication',
            name='publications_publication_gate',
        ),
        migrations.RemoveIndex(
            model_name='publication',
            name='publications_newest_first',
        ),
        migrations.RemoveIndex(
            model_name='publication',
            name='publications_year_type',
        ),
        migrations.RemoveIndex(
            model_name='publication',
            name='publications_blind',
        ),
        migrations.AlterField(
            model_name='authorship',
            name='person',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='authorships', to='profiles.person'),
        ),
        migrations.AlterField(
            model_name='authorship',
            name='publication',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='authorships', to='publications.publication'),
        ),
        migrations.AlterField(
            model_name='taggedpublication',
            name='content_object',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, to='publications.publication'),
        ),
        migrations.AddIndex(
            model_name='authorship',
            index=models.Index(fields=['person', 'publication'], name='publications_works_of'),
        ),
        migrations.AddIndex(
            model_name='authorship',
            index=models.Index(fields=['publication', 'person'], name='publications_people_of'),
        ),
        migrations.AddIndex(
            model_name='publication',
            index=models.Index(fields=['-issued', '-id', 'state', 'publish_at', 'version_of'], name='publications_newest_first'),
        ),
        migrations.AddIndex(
            model_name='publication',
            index=models.Index(fields=['year', 'type', 'state', 'publish_at', 'version_of'], name='publications_year_type'),
        ),
        migrations.AddIndex(
            model_name='publication',
            index=models.Index(fields=['work_key', 'state', 'publish_at'], name='publications_gate_of_work'),
        ),
        migrations.AddIndex(
            model_name='publication',
            index=models.Index(condition=models.Q(('featured', True)), fields=['-issued', '-id'], name='publications_featured'),
        ),
        migrations.AddIndex(
            model_name='publication',
            index=models.Index(condition=models.Q(('hides_authors', True)), fields=['authors_from', 'version_of', 'id'], name='publications_blind'),
        ),
        migrations.AddIndex(
            model_name='taggedpublication',
            index=models.Index(fields=['content_object', 'tag'], name='publications_tags_of'),
        ),
    ]
