"""What the migrations write in SQL can be taken back and done again."""

from importlib import import_module

import pytest
from django.db import connections

from firms.models import Line
from tests.builders.firms import maker, person, publish, used


@pytest.mark.parametrize("name", ["0002_ledger", "0003_same_firm", "0007_account_is_only_added_to"])
def test_it_goes_back_and_forth(real_database: object, name: str) -> None:
    written = import_module(f"firms.migrations.{name}")
    with connections["owner"].cursor() as cursor:
        cursor.execute(written.BACKWARD)
        cursor.execute(written.FORWARD)
    publish(maker(person("operator", is_operator=True)), "Again", 5)
    assert used(Line.objects.get(name="Again")) == {}
