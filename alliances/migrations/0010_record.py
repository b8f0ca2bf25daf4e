"""One log over all streams, and the checkpoints of it that have left; both are only added to, as events are."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

TABLES = ("alliances_logentry", "alliances_checkpoint")
REFUSE = """
CREATE FUNCTION alliances_refuse_log_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the log is only added to: % on % is refused', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation';
END $$;
""" + "".join(
    f"""
CREATE TRIGGER log_is_only_added_to BEFORE UPDATE OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION alliances_refuse_log_change();
CREATE TRIGGER log_is_not_emptied BEFORE TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION alliances_refuse_log_change();
"""
    for table in TABLES
)
ALLOW = "".join(
    f"""
DROP TRIGGER log_is_not_emptied ON {table};
DROP TRIGGER log_is_only_added_to ON {table};
"""
    for table in TABLES
) + "DROP FUNCTION alliances_refuse_log_change();"
# a row's trigger sees the rows of the same statement before it
GAPLESS = """
CREATE FUNCTION alliances_log_without_gaps() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.position <> 0 AND NOT EXISTS (SELECT FROM alliances_logentry WHERE position = NEW.position - 1)
    THEN
        RAISE EXCEPTION 'the log has no entry before %', NEW.position
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER log_without_gaps BEFORE INSERT ON alliances_logentry
    FOR EACH ROW EXECUTE FUNCTION alliances_log_without_gaps();
"""
GAPS = """
DROP TRIGGER log_without_gaps ON alliances_logentry;
DROP FUNCTION alliances_log_without_gaps();
"""


def _application(schema_editor):
    role = settings.DATABASES["default"]["USER"]
    owner = schema_editor.connection.settings_dict["USER"]
    return schema_editor.quote_name(role) if role and role != owner else None


def take_rights(apps, schema_editor):
    if role := _application(schema_editor):
        schema_editor.execute(f"REVOKE UPDATE, DELETE, TRUNCATE ON {', '.join(TABLES)} FROM {role}")


def give_rights(apps, schema_editor):
    if role := _application(schema_editor):
        schema_editor.execute(f"GRANT UPDATE, DELETE ON {', '.join(TABLES)} TO {role}")


class Migration(migrations.Migration):
    dependencies = [("alliances", "0012_living_changes")]
    operations = [
        migrations.CreateModel(
            name="Checkpoint",
            fields=[
                ("size", models.BigIntegerField(primary_key=True, serialize=False)),
                ("root", models.CharField(max_length=64)),
                ("at", models.DateTimeField()),
                ("note", models.TextField()),
            ],
        ),
        migrations.CreateModel(
            name="LogEntry",
            fields=[
                ("position", models.BigIntegerField(primary_key=True, serialize=False)),
                (
                    "hashes",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=64), size=None
                    ),
                ),
                (
                    "event",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="entry",
                        to="alliances.event",
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="stream",
            name="is_logged",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddIndex(
            model_name="stream",
            index=models.Index(
                condition=models.Q(("is_logged", False)), fields=["id"], name="stream_to_log"
            ),
        ),
        migrations.RunPython(take_rights, give_rights),
        migrations.RunSQL(REFUSE, ALLOW),
        migrations.RunSQL(GAPLESS, GAPS),
    ]
