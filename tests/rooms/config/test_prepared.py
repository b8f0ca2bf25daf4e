"""What a connection asks often is prepared by the server, with values beside the statement: 65,535 of them at most."""

import pytest
from django.db import connection
from django.db.models import F

from config.models import Command
from tests.builders.firms import NOW

OFTEN, MANY = 6, 14_000


@pytest.mark.django_db
def test_a_query_that_is_asked_often_is_planned_once() -> None:
    for number in range(OFTEN):
        list(Command.objects.filter(key=str(number)))
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement FROM pg_prepared_statements")
        prepared = [statement for (statement,) in cursor.fetchall()]
    assert any('"config_command"."key" = $1' in statement for statement in prepared)


@pytest.mark.django_db
def test_rows_with_more_values_than_a_statement_takes_are_written_in_several() -> None:
    made = Command.objects.bulk_create(Command(actor="x", key=str(n), verb="v", at=NOW) for n in range(MANY))
    for one in made:
        one.verb, one.target, one.result = "w", one.key, {"ok": True}
    assert Command.objects.bulk_update(made, ["verb", "target", "result"]) == MANY
    assert Command.objects.filter(verb="w", target=F("key")).count() == MANY
