"""Rows of the ground: the market's clock, what a repeated command answers, when periodic jobs were done."""

from django.db import connection, models


class Clock(models.Model):
    """How market time follows the time of day; without a row, it is the time of day.

    `market = anchor_market_at + (time of day - anchor_at) x speed`.
    """

    anchor_at = models.DateTimeField()
    anchor_market_at = models.DateTimeField()
    speed = models.FloatField(default=1.0)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(id=1), name="one_clock"),
            models.CheckConstraint(condition=models.Q(speed__gt=0), name="time_runs_forward"),
        ]

    def __str__(self) -> str:
        return f"x{self.speed:g} from {self.anchor_market_at:%Y-%m-%d}"


# in one statement: a parallel twin waits here until the first one has committed or given up
INSERT_FIRST = """
INSERT INTO config_command (actor, key, verb, target, at) VALUES (%s, %s, %s, %s, %s)
ON CONFLICT DO NOTHING RETURNING id
"""


class Command(models.Model):
    """A command that was carried out, and its answer: repeating it changes nothing."""

    actor = models.CharField(max_length=64)
    key = models.CharField(max_length=64)
    verb = models.CharField(max_length=64)
    target = models.CharField(max_length=64)
    result = models.JSONField(null=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["actor", "key"], name="one_result_a_command")]

    def __str__(self) -> str:
        return f"{self.verb} {self.target} by {self.actor}"

    def insert_first(self) -> bool:
        """Keep this command unless its actor has given one with that key before; tells whether it is the first."""
        with connection.cursor() as cursor:
            cursor.execute(INSERT_FIRST, [self.actor, self.key, self.verb, self.target, self.at])
            row = cursor.fetchone()
        if row:
            self.pk, self._state.adding = row[0], False
        return row is not None


class Round(models.Model):
    """When a periodic job was last done, or last failed, by the time of day of the database.

    `seconds` is how long the last round took; `by` is `host:process`.
    """

    job = models.CharField(max_length=100, primary_key=True)
    done_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)
    seconds = models.FloatField(default=0)
    by = models.CharField(max_length=100)

    def __str__(self) -> str:
        return self.job
