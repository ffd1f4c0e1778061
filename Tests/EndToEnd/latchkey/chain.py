"""A second implementation of the history's hash chain, and a hand that bends it (Shared/Audit/README.md)."""

import hashlib
import sqlite3
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

HASHED = ["sequence", "at", "kind", "outcome", "actor_kind", "reason", "actor", "subject", "store", "action", "type",
          "operation", "verification", "session", "source", "client", "detail", "origin_service", "origin_sequence"]
CONTENT = HASHED[1:]


def row_hash(service: str, row: dict[str, Any], previous: bytes) -> bytes:
    """SHA-256 over the hash before and the canonical bytes of a row."""
    return hashlib.sha256(previous + b"".join(map(_field, ["latchkey-audit-1", service, *(row[n] for n in HASHED)]))).digest()


def _field(value: str | int | None) -> bytes:
    if value is None:
        return b"\0"
    content = struct.pack(">q", value) if isinstance(value, int) else value.encode()
    return b"\1" + struct.pack(">I", len(content)) + content


class Chain:
    """One service's history in its database file, to be read and bent with plain SQL."""

    def __init__(self, database: Path):
        self.database = database

    @contextmanager
    def open(self) -> Iterator[sqlite3.Connection]:
        connection = sqlite3.connect(self.database, timeout=10)
        connection.row_factory = sqlite3.Row
        try:
            with connection:
                yield connection
        finally:
            connection.close()

    @property
    def last(self) -> int:
        with self.open() as connection:
            return connection.execute("SELECT max(sequence) FROM audit").fetchone()[0] or 0

    @property
    def service(self) -> str:
        with self.open() as connection:
            return connection.execute("SELECT service FROM audit_head").fetchone()[0]

    def rows(self) -> list[dict[str, Any]]:
        with self.open() as connection:
            return [dict(row) for row in connection.execute("SELECT * FROM audit ORDER BY sequence")]

    def change(self, sql: str, *parameters: Any) -> None:
        """Runs one statement, which has to change something."""
        with self.open() as connection:
            assert connection.execute(sql, parameters).rowcount > 0, f"nothing was changed by {sql}"

    def exchange(self, first: int, second: int, columns: list[str]) -> None:
        """Exchanges columns of two rows."""
        names = ", ".join(columns)
        with self.open() as connection:
            one, two = (tuple(connection.execute(f"SELECT {names} FROM audit WHERE sequence = ?", (at,)).fetchone())
                        for at in (first, second))
            # No two rows may copy the same row of another chain, not even on the way.
            connection.execute("UPDATE audit SET origin_service = NULL WHERE sequence = ?", (first,))
            for at, values in ((second, one), (first, two)):
                if at == second:
                    connection.execute("UPDATE audit SET origin_service = NULL WHERE sequence = ?", (second,))
                marks = ", ".join(f"{name} = ?" for name in columns)
                connection.execute(f"UPDATE audit SET {marks} WHERE sequence = ?", (*values, at))

    def cut_after(self, sequence: int) -> None:
        """Cuts the tail and makes the head fit, so that what is left is sound in itself."""
        self.change("DELETE FROM audit WHERE sequence > ?", sequence)
        self.change("UPDATE audit_head SET (sequence, hash) = (SELECT sequence, hash FROM audit WHERE sequence = ?)",
                    sequence)

    def rewrite(self, sequence: int, column: str, value: str) -> None:
        """Alters a row and hashes everything from there on anew, the head included, as somebody with the source would."""
        self.change(f"UPDATE audit SET {column} = ? WHERE sequence = ?", value, sequence)
        self.hash_anew(sequence)

    def hash_anew(self, first: int) -> None:
        service = self.service
        rows = self.rows()
        previous = next((row["hash"] for row in rows if row["sequence"] == first - 1), bytes(32))
        with self.open() as connection:
            for row in rows:
                if row["sequence"] < first:
                    continue
                digest = row_hash(service, row, previous)
                connection.execute("UPDATE audit SET previous_hash = ?, hash = ? WHERE sequence = ?",
                                   (previous, digest, row["sequence"]))
                previous = digest
            connection.execute("UPDATE audit_head SET hash = ?", (previous,))
