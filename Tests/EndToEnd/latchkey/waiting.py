"""Polling with a deadline, in place of sleeping."""

import os
import time
from collections.abc import Callable
from typing import TypeVar

Value = TypeVar("Value")
# How many times as long everything may take: programs with a sanitizer in them are slow (`make test-deep`).
PATIENCE = int(os.environ.get("LATCHKEY_PATIENCE", "1"))


class Overdue(AssertionError):
    """What was waited for did not come."""


def until(what: str, look: Callable[[], Value | None], seconds: float = 10.0, every: float = 0.02) -> Value:
    """Calls `look` until it answers something true, and answers that; `Overdue` after `seconds`."""
    deadline = time.monotonic() + seconds * PATIENCE
    while True:
        found = look()
        if found:
            return found
        if time.monotonic() >= deadline:
            raise Overdue(f"{what} did not happen within {seconds} s")
        time.sleep(every)
