"""A phone knows whose turn it is, by which session, and which browser subscription is its own."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("firms", "0013_spreadsheets"),
    ]

    operations = [
        migrations.AddField(
            model_name="phone",
            name="session",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                help_text="key of the session that it holds",
                max_length=40,
            ),
        ),
        migrations.AddField(
            model_name="phone",
            name="taken_by",
            field=models.ForeignKey(
                help_text="who had it last",
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="pushsubscription",
            name="phone",
            field=models.ForeignKey(
                help_text="when it is a shared one",
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="firms.phone",
            ),
        ),
    ]
