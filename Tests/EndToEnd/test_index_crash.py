"""`latchkey store sync` killed at any moment, over directories that change: the index then is what the directory is."""

import json
import os
import random
import sqlite3
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from latchkey.activedirectory import DomainController
from latchkey.corporation import STORE
from latchkey.crowd import folded
from latchkey.files import replace_text, rows
from latchkey.installation import Installation
from latchkey.moving import MovingPeople, PeopleOfADomain, PeopleOfAFile, PeopleOfOpenLDAP
from latchkey.openldap import OpenLDAP

# People at the start, and kills; a domain controller takes a hundredth of a second for each person that is added.
SIZES = {"embedded": (2_000, 6), "openLDAP": (1_000, 5), "activeDirectory": (300, 5)}


@pytest.fixture
def chance() -> random.Random:
    return random.Random(20_261_121)


@pytest.fixture(params=SIZES)
def kind(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def people(kind: str, installation: Installation, chance: random.Random) -> Iterator[MovingPeople]:
    with ExitStack() as stack:
        if kind == "embedded":
            yield PeopleOfAFile(installation.folder / "staff.db", chance)
            return
        directory = OpenLDAP() if kind == "openLDAP" else DomainController(installation.folder / "domain")
        stack.callback(directory.stop)
        settings = directory.start().settings(STORE, installation.folder / "corp.secret")
        replace_text(installation.folder / "stores.json5", r"stores: \[", f"stores: [\n{json.dumps(settings)},")
        yield PeopleOfOpenLDAP(directory, chance) if kind == "openLDAP" else PeopleOfADomain(directory, chance)


def sync(installation: Installation, store: str) -> list[str]:
    return [str(installation.programs / "latchkey"), "store", "sync", "--store", store, "--folder",
            str(installation.folder)]


class Killer:
    """Starts synchronizations and kills them somewhere between their beginning and their end."""

    def __init__(self, command: list[str], longest: float, chance: random.Random):
        self.command, self.chance, self.killed = command, chance, 0
        # How long the two kinds take: an increment is short, and a second full read has less to write.
        self.longest = {"--full": longest, "--json": longest}

    def strike(self) -> None:
        kind = self.chance.choice(list(self.longest))
        started = time.monotonic()
        process = subprocess.Popen([*self.command, kind], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                   stderr=subprocess.DEVNULL, env={**os.environ, "SWIFT_BACKTRACE": "enable=no"})
        try:
            process.wait(self.chance.uniform(0, self.longest[kind]))
            self.longest[kind] = time.monotonic() - started
        except subprocess.TimeoutExpired:
            process.kill()
            self.longest[kind] *= 1.1
        self.killed += process.wait(20) != 0


def check(installation: Installation, people: MovingPeople) -> None:
    """Entry by entry, then what is counted, by counting."""
    file = installation.folder / "helpdesk/helpdesk.db"
    found = rows(file, "SELECT entry, login, name, first_name, last_name, mail, container, locked, text "
                       "FROM indexed_accounts WHERE store = ? AND present = 1", (people.store,))
    accounts = people.accounts()
    assert {row[0]: shown(row, accounts.get(row[0])) for row in found} == accounts
    for row in found:
        assert row[8].split("\n")[:3] == [folded(row[3]), folded(row[4]), folded(row[5] or "")]
    grams = Counter(gram for row in found for gram in set(grams_of(row[8])))
    assert dict(rows(file, "SELECT gram, accounts FROM index_grams WHERE store = ?", (people.store,))) == grams
    counted = rows(file, "SELECT accounts FROM index_sizes WHERE store = ?", (people.store,))
    assert sum(row[0] for row in counted) == len(found)
    database = sqlite3.connect(file, timeout=20)
    database.execute("INSERT INTO indexed_accounts_text (indexed_accounts_text) VALUES ('integrity-check')")
    database.close()


def shown(row: tuple, account: tuple | None) -> tuple:
    """A row as `MovingPeople.accounts` has it; what is `None` there does not matter."""
    *texts, container, locked = row[1:8]
    place = json.loads(container)[-1].lower() if json.loads(container) else ""
    wanted = account or (None,) * 7
    return (*texts, None if wanted[5] is None else place, None if wanted[6] is None else locked)


def grams_of(text: str) -> list[int]:
    triples = zip(text, text[1:], text[2:])
    return [ord(a) << 42 | ord(b) << 21 | ord(c) for a, b, c in triples
            if "\n" not in (a, b, c) and c != "\x01" and (b != "\x01" or a == "\x01")]


def test_a_synchronization_killed_at_any_moment_leaves_an_index_that_converges(
        installation: Installation, kind: str, people: MovingPeople, chance: random.Random, is_deep: bool):
    """S2"""
    size, kills = SIZES[kind]
    command = sync(installation, people.store)
    people.grow(size)
    started = time.monotonic()
    done = subprocess.run([*command, "--json"], capture_output=True, timeout=300, check=True)
    killer = Killer(command, time.monotonic() - started, chance)
    assert json.loads(done.stdout)["stores"][0]["changed"] == len(people.accounts())
    check(installation, people)
    struck = 0
    while killer.killed < kills * (25 if is_deep else 1):
        people.change(size // 10)
        people.grow(size // 16)
        # After a full read that was cut off comes an increment, and the other way round, or the same again.
        for _ in range(chance.choice([1, 1, 2, 3])):
            killer.strike()
            people.change(30)
        struck += 1
        if struck % 3 == 0:
            subprocess.run(command, capture_output=True, timeout=300, check=True)
            check(installation, people)
    subprocess.run(command, capture_output=True, timeout=300, check=True)
    check(installation, people)
