
import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('publications', '0013_fewer_indexes'),
    ]

    operations = [
        migrations.AlterField(
            model_name='publication',
            name='arxiv_class',
            field=models.CharField(blank=True, help_text='For example “cs.LG”.', max_length=30, verbose_name='arXiv class'),
        ),
        migrations.AlterField(
            model_name='publication',
            name='authors_from',
            field=models.DateTimeField(blank=True, help_text='When the names appear. Leave empty to hide them until you untick “hide the authors”.', null=True, verbose_name='authors shown from'),
        ),
        migrations.AlterField(
            model_name='publication',
            name='award',
            field=models.CharField(blank=True, help_text='For example “Best paper award”.', max_length=200, verbose_name='award or note'),
        ),
        migrations.AlterField(
            model_name='publication',
            name='container_title',
            field=models.CharField(blank=True, help_text='The full name, as cited.', max_length=300, verbose_name='journal, proceedings or book'),
        ),
        migrations.AlterField(
            model_name='publication',
            name='container_title_short',
            field=models.CharField(blank=True, max_length=100, verbose_name='abbreviated venue'),
        ),
        migrations.AlterField(
            model_name='publication',
            name='event_place',
            field=models.CharField(blank=True, max_length=200, verbose_name='conference location'),
        ),
        migrations.AlterField(
            model_name='publication',
            name='extra',
            field=models.JSONField(blank=True, default=dict, help_text='Imported fields that have no field above. Exports include them.'),
        ),
        migrations.AlterField(
            model_name='publication',
            name='featured',
            field=models.BooleanField(default=False, help_text='Shows the publication on the home page.', verbose_name='selected'),
        ),
        migrations.AlterField(
            model_name='publication',
            name='genre',
            field=models.CharField(blank=True, help_text='For example “PhD thesis” or “Technical report”.', max_length=100),
        ),
        migrations.AlterField(
            model_name='publication',
            name='hides_authors',
            field=models.BooleanField(default=False, help_text='For blind review: hides all names from visitors, in every version of the work. Check files, links and texts yourself.', verbose_name='hide the authors'),
        ),
        migrations.AlterField(
            model_name='publication',
            name='image_alt',
            field=models.CharField(blank=True, help_text='Describe the image for people who cannot see it.', max_length=200, verbose_name='alternative text'),
        ),
        migrations.AlterField(
            model_name='publication',
            name='image_focus',
            field=models.CharField(blank=True, default='50,50', help_text='Click the most important point: it stays visible when the image is cropped.', max_length=7, validators=[django.core.validators.RegexValidator('\\A(?:100|[1-9]?[0-9]),(?:100|[1-9]?[0-9])\\Z', 'Write two numbers from 0 to 100: how far from the left and from the top, in per cent, as in 50,30.')], verbose_name='focal point'),
        ),
        migrations.AlterField(
            model_name='publication',
            name='language',
            field=models.CharField(blank=True, help_text='Language code of the text, for example “en”, “de” or “zh”.', max_length=20),
        ),
        migrations.AlterField(
            model_name='publication',
            name='license',
            field=models.CharField(blank=True, choices=[('CC-BY-4.0', 'CC BY 4.0'), ('CC-BY-SA-4.0', 'CC BY SA 4.0'), ('CC-BY-NC-4.0', 'CC BY NC 4.0'), ('CC-BY-NC-SA-4.0', 'CC BY NC SA 4.0'), ('CC-BY-ND-4.0', 'CC BY ND 4.0'), ('CC-BY-NC-ND-4.0', 'CC BY NC ND 4.0'), ('CC0-1.0', 'CC0 1.0'), ('Apache-2.0', 'Apache-2.0'), ('BSD-3-Clause', 'BSD-3-Clause'), ('GPL-3.0-or-later', 'GPL-3.0-or-later'), ('MIT', 'MIT')], help_text='What readers may do with the work. Leave empty if unknown.', max_length=40, verbose_name='licence'),
        ),
        migrations.AlterField(
            model_name='publication',
            name='number',
            field=models.CharField(blank=True, help_text='The number of a report or patent.', max_length=50),
        ),
        migrations.AlterField(
            model_name='publication',
            name='page',
            field=models.CharField(blank=True, help_text='For example “1–29”, or an article number.', max_length=50, verbose_name='pages'),
        ),
        migrations.AlterField(
            model_name='publication',
            name='publish_at',
            field=models.DateTimeField(blank=True, help_text='Leave empty to publish at once. A date in the future, such as the end of an embargo, schedules it.', null=True, verbose_name='published from'),
        ),
        migrations.AlterField(
            model_name='publication',
            name='publisher_place',
            field=models.CharField(blank=True, max_length=200, verbose_name='publisher location'),
        ),
        migrations.AlterField(
            model_name='publication',
            name='state',
            field=models.CharField(choices=[('draft', 'Draft'), ('published', 'Published')], default='draft', help_text='Only editors see drafts.', max_length=10),
        ),
        migrations.AlterField(
            model_name='publication',
            name='track',
            field=models.CharField(blank=True, help_text='For example “Datasets and Benchmarks Track”.', max_length=200),
        ),
        migrations.AlterField(
            model_name='publication',
            name='url',
            field=models.URLField(blank=True, max_length=500, verbose_name='publisher’s page'),
        ),
    ]
