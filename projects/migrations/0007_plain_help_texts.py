
import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('projects', '0006_search'),
    ]

    operations = [
        migrations.AlterField(
            model_name='project',
            name='image_alt',
            field=models.CharField(blank=True, help_text='Describe the image for people who cannot see it.', max_length=200, verbose_name='alternative text'),
        ),
        migrations.AlterField(
            model_name='project',
            name='image_focus',
            field=models.CharField(blank=True, default='50,50', help_text='Click the most important point: it stays visible when the image is cropped.', max_length=7, validators=[django.core.validators.RegexValidator('\\A(?:100|[1-9]?[0-9]),(?:100|[1-9]?[0-9])\\Z', 'Write two numbers from 0 to 100: how far from the left and from the top, in per cent, as in 50,30.')], verbose_name='focal point'),
        ),
        migrations.AlterField(
            model_name='project',
            name='publish_at',
            field=models.DateTimeField(blank=True, help_text='Leave empty to publish at once. A date in the future, such as the end of an embargo, schedules it.', null=True, verbose_name='published from'),
        ),
        migrations.AlterField(
            model_name='project',
            name='state',
            field=models.CharField(choices=[('draft', 'Draft'), ('published', 'Published')], default='draft', help_text='Only editors see drafts.', max_length=10),
        ),
    ]
