"""A competency is done on its own firm's line, at its own firm's site; a lane uses its own firm's space."""

from django.db import migrations

FORWARD = """
ALTER TABLE firms_line ADD CONSTRAINT line_of_its_firm UNIQUE (id, firm_id);
ALTER TABLE firms_site ADD CONSTRAINT site_of_its_firm UNIQUE (id, firm_id);
ALTER TABLE firms_competency
    ADD CONSTRAINT competency_on_own_line FOREIGN KEY (line_id, firm_id) REFERENCES firms_line (id, firm_id),
    ADD CONSTRAINT competency_at_own_site FOREIGN KEY (site_id, firm_id) REFERENCES firms_site (id, firm_id);
ALTER TABLE firms_lane
    ADD CONSTRAINT lane_in_own_space FOREIGN KEY (line_id, firm_id) REFERENCES firms_line (id, firm_id);
"""

BACKWARD = """
ALTER TABLE firms_lane DROP CONSTRAINT lane_in_own_space;
ALTER TABLE firms_competency DROP CONSTRAINT competency_at_own_site, DROP CONSTRAINT competency_on_own_line;
ALTER TABLE firms_site DROP CONSTRAINT site_of_its_firm;
ALTER TABLE firms_line DROP CONSTRAINT line_of_its_firm;
"""


class Migration(migrations.Migration):
    dependencies = [("firms", "0002_ledger")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
