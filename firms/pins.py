"""Short words that people type on phones: codes to join with, and PINs to switch with. Pure."""

from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import pairwise

ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # without what is mistaken for something else
CODE_CHARACTERS = 8
CODE_LIFE = timedelta(minutes=30)
PIN_DIGITS = (4, 8)
TRIES = 5  # wrong PINs until a person has to wait
LOCKED = timedelta(minutes=15)  # at first; then twice as long each time, for four digits are soon tried out
LONGEST = timedelta(hours=4)


def code_of(choose: Callable[[str], str]) -> str:
    """A new code; with 40 bits of chance and half an hour to live it cannot be guessed."""
    return "".join(choose(ALPHABET) for _ in range(CODE_CHARACTERS))


def written(code: str) -> str:
    """A code as it is read to somebody: in two parts."""
    return f"{code[:4]} {code[4:]}"


def understood(typed: str) -> str:
    """What was typed, as codes are kept: without spaces, in capitals."""
    return "".join(typed.split()).replace("-", "").upper()


def is_good_pin(pin: str) -> bool:
    """Whether a PIN may be used: digits, neither all the same nor counted up or down."""
    least, most = PIN_DIGITS
    if not (pin.isascii() and pin.isdigit() and least <= len(pin) <= most):
        return False
    steps = {int(after) - int(before) for before, after in pairwise(pin)}
    return len(steps) > 1 or steps.isdisjoint({0, 1, -1})


def locked_until(failures: int, now: datetime) -> datetime | None:
    """Until when nobody may try again, after so many wrong PINs in a row."""
    if not failures or failures % TRIES:
        return None
    times: int = 2 ** min(failures // TRIES - 1, 10)
    return now + min(LOCKED * times, LONGEST)
