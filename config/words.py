"""What a person typed to find something: a few words, all of which must be found. Pure but for the query."""

from collections.abc import Iterable

from django.db.models import Q

MOST_WORDS, LONGEST = 6, 80


def words_of(text: str) -> list[str]:
    """The words of a search, in small letters; Chinese is one word as it was typed."""
    return text[:LONGEST].casefold().split()[:MOST_WORDS]


def all_in(words: Iterable[str], *fields: str) -> Q:
    """Rows of which every word stands in one of these fields; without words, all rows."""
    wanted = Q()
    for word in words:
        somewhere = Q()
        for field in fields:
            somewhere |= Q(**{f"{field}__icontains": word})
        wanted &= somewhere
    return wanted


def is_said(words: Iterable[str], *texts: object) -> bool:
    """Whether every word stands in one of these texts."""
    said = [str(text).casefold() for text in texts]
    return all(any(word in text for text in said) for word in words)
