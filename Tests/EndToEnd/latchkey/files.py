"""The files of an installation: its configuration is changed before it starts, its databases are read and locked."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

Parameters = tuple[Any, ...]


def replace_text(path: Path, pattern: str, replacement: str, count: int = 1) -> None:
    """Replaces what matches, which has to be there this often."""
    text, found = re.subn(pattern, lambda _: replacement, path.read_text(), flags=re.MULTILINE)
    assert found == count, f"{found} matches of {pattern!r} in {path.name}"
    path.write_text(text)


def set_limits(configuration: Path, **limits: int) -> None:
    """Sets limits by their names of SecurityLimits.swift."""
    members = ", ".join(f"{name}: {value}" for name, value in limits.items())
    replace_text(configuration, r"limits: \{.*\}", f"limits: {{ {members} }}")


def rows(database: Path, sql: str, parameters: Parameters = ()) -> list[Parameters]:
    """The rows of a query, from a database that a running service holds open."""
    connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True, timeout=10)
    try:
        return connection.execute(sql, parameters).fetchall()
    finally:
        connection.close()


class WriteLock:
    """Another writer of a SQLite database: whoever wants to write waits. Ends by itself at the end of `with`.

    The connection outlives the lock, because the last one that closes would tidy up after a killed service.
    """

    def __init__(self, database: Path):
        self._connection = sqlite3.connect(database, isolation_level=None, timeout=10, check_same_thread=False)

    def __enter__(self) -> "WriteLock":
        return self

    def __exit__(self, *_: object) -> None:
        self.release()
        self._connection.close()

    def execute(self, sql: str, parameters: Parameters = ()) -> None:
        self._connection.execute(sql, parameters)

    def take(self) -> "WriteLock":
        self._connection.execute("BEGIN IMMEDIATE")
        return self

    def release(self) -> None:
        if self._connection.in_transaction:
            self._connection.execute("ROLLBACK")


@contextmanager
def locked(database: Path) -> Iterator[WriteLock]:
    """A write lock, taken."""
    with WriteLock(database) as lock:
        yield lock.take()
