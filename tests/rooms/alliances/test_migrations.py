"""What the database itself keeps, whoever writes; and that the migrations fit the models."""

from importlib import import_module

import psycopg
import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, connections, transaction

from alliances.models import Event, Settlement, Share
from tests.builders.alliances import dissolved, forming_world, settling
from tests.databases import Clone

CHANGES = [
    "UPDATE alliances_event SET kind = 'other'",
    "DELETE FROM alliances_event",
    "TRUNCATE alliances_event",
    "TRUNCATE alliances_event CASCADE",
]


def refusal(address: str, statement: str) -> str:
    with psycopg.connect(address) as session:
        try:
            session.execute(statement)
        except psycopg.Error as refused:
            return type(refused).__name__
    return "done"


def test_nobody_changes_the_record(real_database: Clone) -> None:
    dissolved(forming_world())
    before = list(Event.objects.values_list("digest", flat=True))
    app = [refusal(real_database.url, statement) for statement in CHANGES]
    owner = [refusal(real_database.owner_url, statement) for statement in CHANGES]
    assert app == ["InsufficientPrivilege"] * 4
    refused = "IntegrityConstraintViolation"  # or, without CASCADE, because the log refers to it
    assert owner == [refused, refused, "FeatureNotSupported", refused]
    assert list(Event.objects.values_list("digest", flat=True)) == before


@pytest.mark.django_db
def test_shares_that_do_not_sum_to_zero_are_not_kept() -> None:
    alliance = settling(forming_world())
    with pytest.raises(IntegrityError, match="do not sum to zero"), transaction.atomic():
        Share.objects.filter(settlement__alliance=alliance, amount_minor__gt=0).update(amount_minor=1)
        connection.check_constraints()
    assert sum(Settlement.objects.get().shares.values_list("amount_minor", flat=True)) == 0


@pytest.mark.django_db
def test_the_migrations_fit_the_models() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0, skip_checks=True)


IN_SQL = [
    "0002_record_is_only_added_to REFUSE ALLOW",
    "0002_record_is_only_added_to ORDER NO_ORDER",
    "0002_record_is_only_added_to ZERO NO_ZERO",
    "0007_task_templates KEEP LET_GO",
    "0010_record REFUSE ALLOW",
    "0010_record GAPLESS GAPS",
    "0016_counter_offers REFUSE ALLOW",
]


def test_what_is_written_in_sql_goes_back_and_forth(real_database: Clone) -> None:
    """The newest first on the way back, as migrations go."""
    written = [_texts(part) for part in IN_SQL]
    with connections["owner"].cursor() as cursor:
        for _there, back in reversed(written):
            cursor.execute(back)
        for there, _back in written:
            cursor.execute(there)
    assert dissolved(forming_world()).root_hash


def _texts(part: str) -> tuple[str, str]:
    name, there, back = part.split()
    module = import_module(f"alliances.migrations.{name}")
    return getattr(module, there), getattr(module, back)
