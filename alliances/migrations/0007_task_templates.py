"""Templates of the routes become versions in the database; the first is what the blueprint says."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import Q
from django.db.models.functions import Now

from alliances.playbook import FIRST, first_template, template_body
from matching.blueprint import Route

KEEP = """
CREATE FUNCTION alliances_keep_template() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.approved_at IS NULL
        AND (NEW.route, NEW.version, NEW.body, NEW.made_at, NEW.note)
            IS NOT DISTINCT FROM (OLD.route, OLD.version, OLD.body, OLD.made_at, OLD.note) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'template %/% stays as it is: make a new version', OLD.route, OLD.version
        USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER template_is_kept BEFORE UPDATE OR DELETE ON alliances_tasktemplate
    FOR EACH ROW EXECUTE FUNCTION alliances_keep_template();
"""
LET_GO = """
DROP TRIGGER template_is_kept ON alliances_tasktemplate;
DROP FUNCTION alliances_keep_template();
"""


def seed(apps, schema_editor):
    apps.get_model("alliances", "TaskTemplate").objects.using(schema_editor.connection.alias).bulk_create(
        apps.get_model("alliances", "TaskTemplate")(
            route=route.value,
            version=FIRST,
            body=template_body(first_template(route)),
            made_at=Now(),
            approved_at=Now(),
            note="From the blueprint's table.",
        )
        for route in Route
    )


class Migration(migrations.Migration):
    dependencies = [
        ("alliances", "0003_late_tasks"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.AddField(
            model_name="alliance",
            name="template",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                help_text="planned with, such as B/1",
                max_length=12,
            ),
        ),
        migrations.CreateModel(
            name="TaskTemplate",
            fields=[
                (
                    "id",
                    models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                ("route", models.CharField(max_length=1)),
                ("version", models.PositiveIntegerField()),
                ("body", models.JSONField()),
                ("made_at", models.DateTimeField()),
                ("approved_at", models.DateTimeField(blank=True, null=True)),
                (
                    "approved_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("note", models.CharField(blank=True, help_text="why it was made", max_length=400)),
            ],
            options={
                "ordering": ["route", "-version"],
                "constraints": [
                    models.UniqueConstraint(fields=("route", "version"), name="one_template_a_version"),
                    models.CheckConstraint(
                        condition=Q(approved_by__isnull=True) | Q(approved_at__isnull=False),
                        name="approved_at_some_time",
                    ),
                ],
            },
        ),
        migrations.RunPython(seed, migrations.RunPython.noop),
        migrations.RunSQL(KEEP, LET_GO),
    ]
