"""Who reported an exception is known; of those that were reported before, it is not."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("alliances", "0018_titles_in_chinese"),
        ("firms", "0014_phones_hold_a_session"),
    ]

    operations = [
        migrations.AddField(
            model_name="task",
            name="reported_by",
            field=models.ForeignKey(
                db_index=False,
                help_text="whose people reported the exception",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="firms.firm",
            ),
        ),
    ]
