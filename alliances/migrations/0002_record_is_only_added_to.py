"""The database itself keeps the record, the order of tasks and the zero sum, whoever writes."""

from django.conf import settings
from django.db import migrations

REFUSE = """
CREATE FUNCTION alliances_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the record is only added to: % on % is refused', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER record_is_only_added_to BEFORE UPDATE OR DELETE ON alliances_event
    FOR EACH ROW EXECUTE FUNCTION alliances_refuse_change();
CREATE TRIGGER record_is_not_emptied BEFORE TRUNCATE ON alliances_event
    FOR EACH STATEMENT EXECUTE FUNCTION alliances_refuse_change();
"""
ALLOW = """
DROP TRIGGER record_is_not_emptied ON alliances_event;
DROP TRIGGER record_is_only_added_to ON alliances_event;
DROP FUNCTION alliances_refuse_change();
"""

ORDER = """
CREATE FUNCTION alliances_predecessors_first() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.state IN ('started', 'finished') AND NEW.state <> OLD.state AND EXISTS (
        SELECT 1 FROM alliances_task_after link JOIN alliances_task former ON former.id = link.to_task_id
        WHERE link.from_task_id = NEW.id AND former.state NOT IN ('finished', 'cancelled')
    ) AND NOT (NEW.state = 'started' AND OLD.state = 'finished') THEN
        RAISE EXCEPTION 'task % waits for a task that is not finished', NEW.code
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER predecessors_first BEFORE UPDATE OF state ON alliances_task
    FOR EACH ROW EXECUTE FUNCTION alliances_predecessors_first();
"""
NO_ORDER = """
DROP TRIGGER predecessors_first ON alliances_task;
DROP FUNCTION alliances_predecessors_first();
"""

ZERO = """
CREATE FUNCTION alliances_shares_sum_to_zero() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT sum(amount_minor) FROM alliances_share
        WHERE settlement_id = NEW.settlement_id AND currency = NEW.currency) <> 0 THEN
        RAISE EXCEPTION 'the shares of settlement % do not sum to zero in %', NEW.settlement_id, NEW.currency
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER shares_sum_to_zero AFTER INSERT OR UPDATE OF amount_minor, currency ON alliances_share
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION alliances_shares_sum_to_zero();
"""
NO_ZERO = """
DROP TRIGGER shares_sum_to_zero ON alliances_share;
DROP FUNCTION alliances_shares_sum_to_zero();
"""


def _application(schema_editor):
    role = settings.DATABASES["default"]["USER"]
    owner = schema_editor.connection.settings_dict["USER"]
    return schema_editor.quote_name(role) if role and role != owner else None


def take_rights(apps, schema_editor):
    if role := _application(schema_editor):
        schema_editor.execute(f"REVOKE UPDATE, DELETE, TRUNCATE ON alliances_event FROM {role}")


def give_rights(apps, schema_editor):
    if role := _application(schema_editor):
        schema_editor.execute(f"GRANT UPDATE, DELETE ON alliances_event TO {role}")


class Migration(migrations.Migration):
    dependencies = [("alliances", "0001_initial")]
    operations = [
        migrations.RunPython(take_rights, give_rights),
        migrations.RunSQL(REFUSE, ALLOW),
        migrations.RunSQL(ORDER, NO_ORDER),
        migrations.RunSQL(ZERO, NO_ZERO),
    ]
