"""Where the files of evidence lie: under names that tell nothing, reached only through a page that asks who it is."""

import secrets

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from alliances.files import Cleaned
from alliances.queries.evidence import small_path


def keep(folder: str, cleaned: Cleaned) -> str:
    """Write a file and its small picture; returns the path."""
    path = default_storage.save(f"evidence/{folder}/{secrets.token_hex(16)}", ContentFile(cleaned.content))
    if cleaned.small:
        default_storage.save(small_path(path), ContentFile(cleaned.small))
    return str(path)


def drop(path: str) -> None:
    """Take a file and its small picture away; what is gone already is no error."""
    if path:
        default_storage.delete(path)
        default_storage.delete(small_path(path))
