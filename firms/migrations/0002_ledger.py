"""The ledger's sums are kept by the database: nobody can use a week without an entry, or forget one."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION firms_count_reservation() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    was integer := 0;
    is_now integer := 0;
BEGIN
    IF TG_OP <> 'INSERT' AND OLD.state <> 'released' THEN was := OLD.units; END IF;
    IF TG_OP <> 'DELETE' AND NEW.state <> 'released' THEN is_now := NEW.units; END IF;
    IF TG_OP = 'UPDATE' AND NEW.week_id = OLD.week_id THEN
        IF is_now <> was THEN
            UPDATE firms_capacityweek SET used_units = used_units + is_now - was WHERE id = NEW.week_id;
        END IF;
        RETURN NULL;
    END IF;
    IF was <> 0 THEN UPDATE firms_capacityweek SET used_units = used_units - was WHERE id = OLD.week_id; END IF;
    IF is_now <> 0 THEN UPDATE firms_capacityweek SET used_units = used_units + is_now WHERE id = NEW.week_id; END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER firms_count_reservation AFTER INSERT OR UPDATE OR DELETE ON firms_reservation
    FOR EACH ROW EXECUTE FUNCTION firms_count_reservation();

CREATE FUNCTION firms_guard_used_units() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' AND NEW.used_units = 0 THEN RETURN NEW; END IF;
    IF TG_OP = 'UPDATE' AND (NEW.used_units = OLD.used_units OR pg_trigger_depth() > 1) THEN RETURN NEW; END IF;
    RAISE EXCEPTION 'used_units is the sum of the live reservations; only they change it'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'used_is_the_ledgers_sum';
END $$;

CREATE TRIGGER firms_guard_used_units BEFORE INSERT OR UPDATE ON firms_capacityweek
    FOR EACH ROW EXECUTE FUNCTION firms_guard_used_units();
"""

BACKWARD = """
DROP TRIGGER firms_guard_used_units ON firms_capacityweek;
DROP FUNCTION firms_guard_used_units();
DROP TRIGGER firms_count_reservation ON firms_reservation;
DROP FUNCTION firms_count_reservation();
"""


class Migration(migrations.Migration):
    dependencies = [("firms", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
