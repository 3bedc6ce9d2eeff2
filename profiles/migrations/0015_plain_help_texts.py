
import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('profiles', '0014_activity_names'),
    ]

    operations = [
        migrations.AlterField(
            model_name='activity',
            name='publish_at',
            field=models.DateTimeField(blank=True, help_text='Leave empty to publish at once. A date in the future, such as the end of an embargo, schedules it.', null=True, verbose_name='published from'),
        ),
        migrations.AlterField(
            model_name='activity',
            name='state',
            field=models.CharField(choices=[('draft', 'Draft'), ('published', 'Published')], default='draft', help_text='Only editors see drafts.', max_length=10),
        ),
        migrations.AlterField(
            model_name='person',
            name='citation_style',
            field=models.CharField(blank=True, choices=[('apa', 'APA'), ('ieee', 'IEEE'), ('chicago', 'Chicago'), ('mla', 'MLA'), ('acm', 'ACM'), ('nature', 'Nature'), ('vancouver', 'Vancouver'), ('harvard', 'Harvard')], help_text='The style that “Cite” shows first. Only used for the site’s owner.', max_length=20, verbose_name='favourite citation style'),
        ),
        migrations.AlterField(
            model_name='person',
            name='family',
            field=models.CharField(blank=True, help_text='Citations are sorted by it.', max_length=100, verbose_name='family name'),
        ),
        migrations.AlterField(
            model_name='person',
            name='headline',
            field=models.CharField(blank=True, help_text='Position and institution in one line, for example “Professor, University of Examples”.', max_length=200),
        ),
        migrations.AlterField(
            model_name='person',
            name='is_owner',
            field=models.BooleanField(default=False, help_text='This person is the site’s owner, shown on the home page.', verbose_name='owner of the site'),
        ),
        migrations.AlterField(
            model_name='person',
            name='is_public_page',
            field=models.BooleanField(default=False, help_text='Gives the person a page under “People”. Without it, the name is shown without a link.', verbose_name='has a page'),
        ),
        migrations.AlterField(
            model_name='person',
            name='name',
            field=models.CharField(help_text='As shown on pages, for example “Ada Lovelace”.', max_length=200),
        ),
        migrations.AlterField(
            model_name='person',
            name='other_names',
            field=models.TextField(blank=True, help_text='One per line, for example “A. Lovelace” or a former name. Imports match on them.', verbose_name='other spellings'),
        ),
        migrations.AlterField(
            model_name='person',
            name='photo_alt',
            field=models.CharField(blank=True, help_text='Describe the photo for people who cannot see it.', max_length=200, verbose_name='alternative text'),
        ),
        migrations.AlterField(
            model_name='person',
            name='photo_focus',
            field=models.CharField(blank=True, default='50,50', help_text='Click the face: it stays visible when the photo is cropped.', max_length=7, validators=[django.core.validators.RegexValidator('\\A(?:100|[1-9]?[0-9]),(?:100|[1-9]?[0-9])\\Z', 'Write two numbers from 0 to 100: how far from the left and from the top, in per cent, as in 50,30.')], verbose_name='focal point'),
        ),
        migrations.AlterField(
            model_name='section',
            name='publish_at',
            field=models.DateTimeField(blank=True, help_text='Leave empty to publish at once. A date in the future, such as the end of an embargo, schedules it.', null=True, verbose_name='published from'),
        ),
        migrations.AlterField(
            model_name='section',
            name='state',
            field=models.CharField(choices=[('draft', 'Draft'), ('published', 'Published')], default='draft', help_text='Only editors see drafts.', max_length=10),
        ),
    ]
