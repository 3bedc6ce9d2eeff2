from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('profiles', '0009_edition'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='person',
            index=models.Index(fields=['family', 'given', 'name'], name='profiles_person_in_order'),
        ),
        migrations.AddIndex(
            model_name='person',
            index=models.Index(fields=['name'], name='profiles_person_by_name'),
        ),
    ]
