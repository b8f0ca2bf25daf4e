"""Tasks keep how long they take, and an alliance what is expected of them."""

from django.db import migrations, models
from django.db.models import F, Q

# of tasks from before only the likely days are known, as their dates were planned with them
KNOWN = """
UPDATE alliances_task SET
    low_days = extract(epoch FROM planned_finish_at - planned_start_at) / 86400.0,
    likely_days = extract(epoch FROM planned_finish_at - planned_start_at) / 86400.0,
    high_days = extract(epoch FROM planned_finish_at - planned_start_at) / 86400.0
WHERE planned_finish_at > planned_start_at
"""


def days(name):
    return migrations.AddField(
        model_name="task", name=name, field=models.FloatField(db_default=0.0, default=0.0)
    )


class Migration(migrations.Migration):
    dependencies = [("alliances", "0010_record")]
    operations = [
        days("low_days"),
        days("likely_days"),
        days("high_days"),
        migrations.AddField(
            model_name="alliance",
            name="forecast",
            field=models.JSONField(null=True, help_text="what is expected of its tasks, as boards show it"),
        ),
        migrations.AddField(
            model_name="alliance",
            name="forecast_at",
            field=models.DateTimeField(null=True, help_text="when its last mandatory task is expected"),
        ),
        migrations.RunSQL(KNOWN, migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name="task",
            constraint=models.CheckConstraint(
                condition=Q(
                    low_days__gte=0, likely_days__gte=F("low_days"), high_days__gte=F("likely_days")
                ),
                name="task_days_rise",
            ),
        ),
    ]
