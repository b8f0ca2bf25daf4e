from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("config", "0001_initial")]
    operations = [
        migrations.CreateModel(
            name="Round",
            fields=[
                ("job", models.CharField(max_length=100, primary_key=True, serialize=False)),
                ("done_at", models.DateTimeField(null=True)),
                ("failed_at", models.DateTimeField(null=True)),
                ("seconds", models.FloatField(default=0)),
                ("by", models.CharField(max_length=100)),
            ],
        ),
    ]
