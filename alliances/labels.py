"""What stands on a task's label, as a QR code and to be typed, and what was meant by what is scanned. Pure."""

import re

LETTER = "T"
PATH = re.compile(r"^https?://[^/\s]+/alliances/[0-9a-f-]{36}/tasks/(\d{1,18})/?(?:[?#]\S*)?$")
NUMBER = re.compile(r"^T?\s*(\d{1,18})$", re.IGNORECASE)


def written(task_id: int) -> str:
    """The number of a task, as people type it."""
    return f"{LETTER}{task_id}"


def understood(scanned: str) -> int | None:
    """The task that a label names; None for what is no label of ours. Whose it is, and where, is asked elsewhere."""
    text = scanned.strip()
    found = PATH.match(text) or NUMBER.match(text)
    return int(found[1]) if found else None
