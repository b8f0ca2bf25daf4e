"""Whether the database lacks a migration: file names against the table, so that no migration is imported."""

from pathlib import Path

from django.apps import apps
from django.db import connections


def are_pending(alias: str = "owner") -> bool:
    """Whether a migration on disk was never applied."""
    return bool(missing(_applied(alias)))


def missing(applied: set[tuple[str, str]]) -> set[tuple[str, str]]:
    """The migrations on disk that are not among those applied, as (app, name)."""
    return _on_disk() - applied


def _on_disk() -> set[tuple[str, str]]:
    found = ((app.label, Path(app.path) / "migrations") for app in apps.get_app_configs())
    return {(label, file.stem) for label, folder in found for file in folder.glob("[0-9]*.py")}


def _applied(alias: str) -> set[tuple[str, str]]:
    with connections[alias].cursor() as cursor:
        cursor.execute("SELECT to_regclass('django_migrations') IS NOT NULL")
        if not cursor.fetchone()[0]:
            return set()
        cursor.execute("SELECT app, name FROM django_migrations")
        return set(cursor.fetchall())
