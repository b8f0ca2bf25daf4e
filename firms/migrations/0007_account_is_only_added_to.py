"""The account is only added to, whoever writes; what was counted before becomes its first lines."""

from django.conf import settings
from django.db import migrations
from django.db.models.functions import Now

FORWARD = """
CREATE FUNCTION firms_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the account is only added to: % on % is refused', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER account_is_only_added_to BEFORE UPDATE OR DELETE ON firms_observation
    FOR EACH ROW EXECUTE FUNCTION firms_refuse_change();
CREATE TRIGGER account_is_not_emptied BEFORE TRUNCATE ON firms_observation
    FOR EACH STATEMENT EXECUTE FUNCTION firms_refuse_change();
"""
BACKWARD = """
DROP TRIGGER account_is_not_emptied ON firms_observation;
DROP TRIGGER account_is_only_added_to ON firms_observation;
DROP FUNCTION firms_refuse_change();
"""
EVIDENCE = {"kept": (1, 0), "late": (0.5, 0.5), "broken": (0, 3)}
MOST = 100  # no more of them would count


def _application(schema_editor):
    role = settings.DATABASES["default"]["USER"]
    owner = schema_editor.connection.settings_dict["USER"]
    return schema_editor.quote_name(role) if role and role != owner else None


def take_rights(apps, schema_editor):
    if role := _application(schema_editor):
        schema_editor.execute(f"REVOKE UPDATE, DELETE, TRUNCATE ON firms_observation FROM {role}")


def give_rights(apps, schema_editor):
    if role := _application(schema_editor):
        schema_editor.execute(f"GRANT UPDATE, DELETE ON firms_observation TO {role}")


def carry_over(apps, schema_editor):
    """Promises were counted without their reasons: each becomes a line without an alliance."""
    observation, now = apps.get_model("firms", "Observation"), Now()
    for firm in apps.get_model("firms", "Firm").objects.iterator():
        lines = [
            observation(
                firm=firm, slot="", dimension="on_time", outcome=outcome, good=good, bad=bad, at=now, filed_at=now
            )
            for outcome, (good, bad) in EVIDENCE.items()
            for _number in range(min(getattr(firm, f"promises_{outcome}"), MOST))
        ]
        observation.objects.bulk_create(lines)


class Migration(migrations.Migration):
    dependencies = [("firms", "0006_reputation")]
    operations = [
        migrations.RunPython(carry_over, migrations.RunPython.noop),
        migrations.RunPython(take_rights, give_rights),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
