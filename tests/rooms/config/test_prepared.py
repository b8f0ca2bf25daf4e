"""What a connection asks often is prepared by the server, with values beside the statement."""

import pytest
from django.db import connection

from config.models import Command

OFTEN = 6


@pytest.mark.django_db
def test_a_query_that_is_asked_often_is_planned_once() -> None:
    for number in range(OFTEN):
        list(Command.objects.filter(key=str(number)))
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement FROM pg_prepared_statements")
        prepared = [statement for (statement,) in cursor.fetchall()]
    assert any('"config_command"."key" = $1' in statement for statement in prepared)
