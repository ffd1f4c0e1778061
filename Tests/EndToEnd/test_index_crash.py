"""`latchkey store sync` killed at any moment, over directories that change: the index then is what the directory is."""

import json
import os
import random
import sqlite3
import subprocess
import time
from collections import Counter

from latchkey.crowd import crowd, folded, renamed
from latchkey.files import rows
from latchkey.installation import Installation

PEOPLE, ROUNDS = 2_000, 8


class Directory:
    """The embedded store `staff`, changed past everything under test."""

    def __init__(self, installation: Installation, chance: random.Random):
        self.file = installation.folder / "staff.db"
        self.chance = chance
        self.born = 0

    def grow(self, count: int) -> None:
        """New people, as copies of somebody who is there but for the names."""
        database = sqlite3.connect(self.file, timeout=20)
        names = [row[1] for row in database.execute("PRAGMA table_info(accounts)")]
        model = dict(zip(names, database.execute("SELECT * FROM accounts LIMIT 1").fetchone()))
        with database:
            for person in crowd(count, self.chance):
                self.born += 1
                login = f"born{self.born}"
                row = {**model, "entry": f"{self.chance.getrandbits(64):016x}", "login": login, "login_folded": login,
                       "display_name": person.name or login, "first_name": person.first, "last_name": person.last,
                       "mail": person.mail or None}
                places = ", ".join("?" for _ in names)
                database.execute(f"INSERT INTO accounts ({', '.join(names)}) VALUES ({places})", [row[n] for n in names])
        database.close()

    def change(self, count: int) -> None:
        """Some are renamed, some locked, some deleted."""
        database = sqlite3.connect(self.file, timeout=20)
        born = [row[0] for row in database.execute("SELECT entry FROM accounts WHERE login LIKE 'born%'")]
        with database:
            for entry in self.chance.sample(born, min(count, len(born))):
                kind = self.chance.random()
                other = renamed(crowd(1, self.chance)[0], self.chance)
                if kind < 0.4:
                    database.execute("UPDATE accounts SET first_name = ?, last_name = ?, display_name = ? WHERE entry = ?",
                                     (other.first, other.last, other.name, entry))
                elif kind < 0.7:
                    database.execute("UPDATE accounts SET locked_at = ?, locked_until = NULL WHERE entry = ?", (1, entry))
                else:
                    database.execute("DELETE FROM accounts WHERE entry = ?", (entry,))
        database.close()

    def accounts(self) -> dict[str, tuple]:
        return {row[0]: row[1:] for row in rows(
            self.file, "SELECT entry, login, display_name, first_name, last_name, mail, locked_at IS NOT NULL FROM accounts")}


def sync(installation: Installation, *options: str) -> list[str]:
    return [str(installation.programs / "latchkey"), "store", "sync", "--json", "--store", "staff", "--folder",
            str(installation.folder), *options]


def kill_somewhere(installation: Installation, longest: float, chance: random.Random, *options: str) -> bool:
    """Starts a synchronization and kills it; answers whether it was still at work."""
    process = subprocess.Popen(sync(installation, *options), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL, env={**os.environ, "SWIFT_BACKTRACE": "enable=no"})
    try:
        process.wait(chance.uniform(0, longest))
    except subprocess.TimeoutExpired:
        process.kill()
    return process.wait(20) != 0


def check(installation: Installation, directory: Directory) -> None:
    """Entry by entry, then what is counted, by counting."""
    file = installation.folder / "helpdesk/helpdesk.db"
    found = rows(file, "SELECT entry, login, name, first_name, last_name, mail, locked, text FROM indexed_accounts "
                       "WHERE store = 'staff' AND present = 1")
    assert {row[0]: row[1:7] for row in found} == directory.accounts()
    for row in found:
        assert row[7].split("\n")[:3] == [folded(row[3]), folded(row[4]), folded(row[5] or "")]
    grams = Counter(gram for row in found for gram in set(grams_of(row[7])))
    assert dict(rows(file, "SELECT gram, accounts FROM index_grams WHERE store = 'staff'")) == grams
    assert sum(row[0] for row in rows(file, "SELECT accounts FROM index_sizes WHERE store = 'staff'")) == len(found)
    database = sqlite3.connect(file, timeout=20)
    database.execute("INSERT INTO indexed_accounts_text (indexed_accounts_text) VALUES ('integrity-check')")
    database.close()


def grams_of(text: str) -> list[int]:
    triples = zip(text, text[1:], text[2:])
    return [ord(a) << 42 | ord(b) << 21 | ord(c) for a, b, c in triples
            if "\n" not in (a, b, c) and c != "\x01" and (b != "\x01" or a == "\x01")]


def test_a_synchronization_killed_at_any_moment_leaves_an_index_that_converges(installation: Installation, is_deep: bool):
    """S2"""
    chance = random.Random(20_261_121)
    directory = Directory(installation, chance)
    directory.grow(PEOPLE)
    started = time.monotonic()
    done = subprocess.run(sync(installation), capture_output=True, timeout=300, check=True)
    longest = (time.monotonic() - started) * 1.1
    assert json.loads(done.stdout)["stores"][0]["changed"] == len(directory.accounts())
    check(installation, directory)
    killed = 0
    for number in range(ROUNDS * (25 if is_deep else 1)):
        directory.change(200)
        directory.grow(120)
        # After a full read that was cut off comes an increment, and the other way round, or the same again.
        for _ in range(chance.choice([1, 1, 2, 3])):
            full = chance.random() < 0.5
            killed += kill_somewhere(installation, longest, chance, *(["--full"] if full else []))
            directory.change(30)
        if number % 3 == 2:
            subprocess.run(sync(installation), capture_output=True, timeout=300, check=True)
            check(installation, directory)
    assert killed > ROUNDS // 2
