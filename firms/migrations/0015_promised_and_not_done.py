"""What a broken promise is called: the work may have been left before it was due, or never been signed for."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("firms", "0014_phones_hold_a_session")]

    operations = [
        migrations.AlterField(
            model_name="observation",
            name="outcome",
            field=models.CharField(
                choices=[
                    ("kept", "finished in time"),
                    ("late", "finished late"),
                    ("broken", "promised and not done"),
                    ("sound", "goods as promised"),
                    ("faulty", "damage or missing units"),
                    ("answered", "answered in time"),
                    ("silent", "not answered"),
                ],
                max_length=8,
            ),
        ),
    ]
