"""Many rows at once are written in as many statements as the server's limit of values asks for.

Django 5.2 knows no limit for PostgreSQL, because it usually writes values into the statement.
"""

from collections.abc import Sequence
from typing import Any

from django.db.backends.postgresql import base, features, operations

MOST_VALUES = 2**16 - 1
"""A statement's values are counted in two bytes (PostgreSQL's protocol, message Bind)."""


class DatabaseFeatures(features.DatabaseFeatures):
    """What the server can do."""

    max_query_params = MOST_VALUES


class DatabaseOperations(operations.DatabaseOperations):
    """How it is asked."""

    def bulk_batch_size(self, fields: Sequence[Any], objs: Sequence[Any]) -> int:
        """So many rows fit into a statement; `bulk_update` gives a row's key once more for each field."""
        return MOST_VALUES // (2 * len(fields)) if fields else len(objs)


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection."""

    features_class = DatabaseFeatures
    ops_class = DatabaseOperations
