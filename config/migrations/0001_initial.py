from django.conf import settings
from django.db import migrations, models


def give_the_application_its_rights(apps, schema_editor):
    """Let the application's role read and write all tables to come; the record's migration takes some of it back."""
    role = settings.DATABASES["default"]["USER"]
    owner = schema_editor.connection.settings_dict["USER"]
    if not role or role == owner:
        return
    quoted = schema_editor.quote_name(role)
    rights = "SELECT, INSERT, UPDATE, DELETE"
    schema_editor.execute(f"GRANT USAGE ON SCHEMA public TO {quoted}")
    schema_editor.execute(f"GRANT {rights} ON ALL TABLES IN SCHEMA public TO {quoted}")
    schema_editor.execute(f"ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT {rights} ON TABLES TO {quoted}")
    schema_editor.execute(f"ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO {quoted}")


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    # before every other table, so that the default rights reach them all
    run_before = [("contenttypes", "0001_initial"), ("sessions", "0001_initial")]
    operations = [
        migrations.RunPython(give_the_application_its_rights, migrations.RunPython.noop, elidable=False),
        migrations.CreateModel(
            name="Clock",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("anchor_at", models.DateTimeField()),
                ("anchor_market_at", models.DateTimeField()),
                ("speed", models.FloatField(default=1.0)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("id", 1)), name="one_clock"),
                    models.CheckConstraint(condition=models.Q(("speed__gt", 0)), name="time_runs_forward"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Command",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("actor", models.CharField(max_length=64)),
                ("key", models.CharField(max_length=64)),
                ("verb", models.CharField(max_length=64)),
                ("target", models.CharField(max_length=64)),
                ("result", models.JSONField(null=True)),
                ("at", models.DateTimeField()),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("actor", "key"), name="one_result_a_command")],
            },
        ),
    ]
