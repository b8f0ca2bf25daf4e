from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('alliances', '0017_devices_and_robots'),
    ]

    operations = [
        migrations.AddField(
            model_name='alliance',
            name='title_zh',
            field=models.CharField(blank=True, db_default='', default='', max_length=200, verbose_name='title in Chinese'),
        ),
    ]
