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


@pytest.mark.parametrize(
    "part",
    [
        "0002_record_is_only_added_to REFUSE ALLOW",
        "0002_record_is_only_added_to ORDER NO_ORDER",
        "0002_record_is_only_added_to ZERO NO_ZERO",
        "0010_record REFUSE ALLOW",
        "0010_record GAPLESS GAPS",
    ],
)
def test_what_is_written_in_sql_goes_back_and_forth(real_database: Clone, part: str) -> None:
    name, *parts = part.split()
    written = import_module(f"alliances.migrations.{name}")
    there, back = (getattr(written, name) for name in parts)
    with connections["owner"].cursor() as cursor:
        cursor.execute(back)
        cursor.execute(there)
    assert dissolved(forming_world()).root_hash
