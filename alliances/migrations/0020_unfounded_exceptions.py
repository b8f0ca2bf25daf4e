"""Whether an exception was upheld by who answered it; those that were answered before stay as they are."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("alliances", "0019_who_reported")]

    operations = [
        migrations.AddField(
            model_name="task",
            name="is_unfounded",
            field=models.BooleanField(
                db_default=False,
                default=False,
                help_text=(
                    "who answered the exception says that it was not so, or only its reporter says that it was"
                ),
            ),
        ),
    ]
