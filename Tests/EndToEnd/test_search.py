"""The list of users beside an oracle of its own, over twenty thousand people of many scripts, on both databases, while the
directories change (S1 to S5)."""

import csv
import random
import sqlite3
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue

import pytest
from latchkey.clients import Answer, HelpdeskClient
from latchkey.company import UMAR
from latchkey.crowd import TYPES, Oracle, Someone, a_query, crowd, renamed
from latchkey.files import replace_text, rows
from latchkey.installation import Installation
from latchkey.postgres import PostgresServer
from latchkey.waiting import until

SIZES = {"staff": 14_000, "contractors": 6_000}
# Queries beside a directory that changes, and then as many again beside one that rests; with each engine.
QUERIES, WALKS, DISTURBED, CLIENTS = 600, 8, 300, 4
BITS = {"securityQuestions": 1, "mobile": 2, "email": 4, "authenticator": 8}


@pytest.fixture(params=["sqlite", "postgres"])
def engine(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def postgres(engine: str) -> Iterator[PostgresServer | None]:
    server = PostgresServer() if engine == "postgres" else None
    try:
        yield server.start() if server else None
    finally:
        if server:
            server.stop()


class Town:
    """An installation with a crowd in its stores, some of it enrolled before anybody reads the directories."""

    def __init__(self, installation: Installation, postgres: PostgresServer | None):
        self.installation = installation
        self.postgres = postgres
        self.chance = random.Random(20_261_121)
        self.types: dict[str, frozenset[str]] = {}
        for store, size in SIZES.items():
            self._import(store, crowd(size, self.chance, store[0]))
        if postgres:
            secret = installation.folder / "helpdesk/postgres.secret"
            self.address = postgres.create("town")
            secret.write_text(self.address)
            secret.chmod(0o600)
            replace_text(installation.folder / "helpdesk.json5", r'\{ sqlite: "helpdesk/helpdesk.db" \}',
                         '{ postgres: { file: "helpdesk/postgres.secret" } }')
        self._enroll()
        installation.start()
        self.desk = HelpdeskClient(installation.helpdesk.url).sign_in(*UMAR)
        until("the index is whole", lambda: set(self.desk.ready().json["index"].values()) == {"ok"}, 240)

    def _import(self, store: str, people: list[Someone]) -> None:
        file = self.installation.folder / f"{store}.csv"
        with file.open("w", newline="", encoding="utf-8") as opened:
            writer = csv.writer(opened)
            writer.writerow(["login", "displayName", "firstName", "lastName", "mail"])
            writer.writerows(person.row() for person in people)
        done = self.installation.command("store", "import", store, str(file), "--folder", str(self.installation.folder))
        assert done.returncode == 0, done.stderr[:2000]

    def _enroll(self) -> None:
        """Types become known before their accounts do, as after the index was begun anew."""
        assert self.installation.command("migrate", "--folder", str(self.installation.folder)).returncode == 0
        statements = []
        for store in SIZES:
            for entry, login, *_ in self.entries(store):
                if self.chance.random() < 0.5:
                    continue
                types = frozenset(self.chance.sample(TYPES, self.chance.choice([1, 1, 2, 4])))
                self.types[f"{store} {login}"] = types
                bits = sum(BITS[kind] for kind in types)
                statements.append(f"('{store}', '{entry}', {bits}, 0, 0, 0, '', '', '', '', '', '', '[]', 0, 0, 0)")
        sql = ("INSERT INTO indexed_accounts (store, entry, types, present, seen, read_at, sort_key, text, login, name, "
               "first_name, last_name, container, locked, disabled, must_change) VALUES " + ",\n".join(statements) + ";")
        if self.postgres:
            subprocess.run(["/usr/lib/postgresql/15/bin/psql", "-q", "-v", "ON_ERROR_STOP=1", self.address], check=True,
                           input=sql, text=True, timeout=60)
        else:
            with sqlite3.connect(self.installation.folder / "helpdesk/helpdesk.db", timeout=20) as database:
                database.executescript(sql)
            database.close()

    def file(self, store: str) -> Path:
        return self.installation.folder / f"{store}.db"

    def entries(self, store: str) -> list[tuple]:
        return rows(self.file(store), "SELECT entry, login, display_name, first_name, last_name, mail FROM accounts")

    def oracle(self, without: set[str] | None = None) -> Oracle:
        people, entries = [], {}
        for store in SIZES:
            for entry, login, name, first, last, mail in self.entries(store):
                if without and login in without:
                    continue
                person = Someone(login, first, last, mail or "", store, self.types.get(f"{store} {login}", frozenset()))
                people.append((person, name))
                entries[login] = entry
        return Oracle(people, entries)


def ask(town: Town, queries: list[tuple[dict[str, str], int]], check: Callable[[dict[str, str], int, Answer], None]) -> None:
    """Sends queries with their limits side by side, each client over a connection it keeps."""
    clients: SimpleQueue[HelpdeskClient] = SimpleQueue()
    for _ in range(CLIENTS):
        clients.put(HelpdeskClient(town.desk.url))

    def send(asked: tuple[dict[str, str], int]) -> None:
        client = clients.get()
        client.token = town.desk.token
        page = client.users(**asked[0], limit=asked[1]).expect(200)
        clients.put(client)
        check(*asked, page)

    with ThreadPoolExecutor(CLIENTS) as pool:
        for _ in pool.map(send, queries):
            pass


def logins(page: Answer) -> list[str]:
    return [user["login"] for user in page["users"]]


def walk(town: Town, query: dict[str, str], limit: int) -> tuple[list[str], list[str]]:
    """Everybody, page by page, forward and then back."""
    pages, cursor = [], None
    while True:
        page = town.desk.users(**query, limit=limit, **({"cursor": cursor} if cursor else {})).expect(200)
        pages.append(page)
        assert page["total"] == pages[0]["total"]
        cursor = page.json.get("nextCursor")
        if not cursor:
            break
    back, cursor = [logins(pages[-1])], pages[-1].json.get("prevCursor")
    while cursor:
        page = town.desk.users(**query, limit=limit, cursor=cursor).expect(200)
        assert page["nextCursor"]
        back.insert(0, logins(page))
        cursor = page.json.get("prevCursor")
    return [login for page in pages for login in logins(page)], [login for page in back for login in page]


class Disturbance:
    """Somebody who renames, deletes and adds people all the time, in the directories' own files."""

    def __init__(self, town: Town):
        self.town = town
        self.logins = set(town.chance.sample([row[1] for row in town.entries("staff") if row[1].startswith("s")
                                              and row[1][1:].isdigit()], DISTURBED))
        self.rounds = 0
        self._ends = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> "Disturbance":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ends.set()
        self._thread.join(30)

    def _run(self) -> None:
        chance = random.Random(1)
        database = sqlite3.connect(self.town.file("staff"), timeout=20)
        while not self._ends.wait(0.1):
            with database:
                for login in chance.sample(sorted(self.logins), 20):
                    other = renamed(Someone(login, "", "", ""), chance)
                    database.execute("UPDATE accounts SET first_name = ?, last_name = ?, display_name = ? WHERE login = ?",
                                     (other.first, other.last, other.name, login))
                    if chance.random() < 0.1:
                        database.execute("DELETE FROM accounts WHERE login = ?", (login,))
            self.rounds += 1
        database.close()


def test_searches_find_what_an_oracle_finds_while_the_directories_change(
        installation: Installation, engine: str, postgres: PostgresServer | None, is_deep: bool):
    """S1, S2, S3, S5"""
    town = Town(installation, postgres)
    people = crowd(2_000, town.chance)
    count = QUERIES * (20 if is_deep else 1)

    def queries(*limits: int) -> list[tuple[dict[str, str], int]]:
        return [(a_query(town.chance, people, list(SIZES)), town.chance.choice(limits)) for _ in range(count)]

    with Disturbance(town) as disturbance:
        oracle = town.oracle(without=disturbance.logins)

        def check_roughly(query: dict[str, str], limit: int, page: Answer) -> None:
            expected = oracle.find(query)
            seen = [login for login in logins(page) if login not in disturbance.logins]
            assert seen == expected[:len(seen)], query
            assert len(expected) <= page["total"] <= len(expected) + DISTURBED, query
            assert len(seen) >= min(limit, len(expected)) - len(disturbance.logins), query

        ask(town, queries(50), check_roughly)
        assert disturbance.rounds > 3
    oracle = town.oracle()
    everybody = oracle.find({})
    until("the index has the last change", lambda: walk(town, {"store": "staff", "q": "s1"}, 500)[0] == oracle.find(
        {"store": "staff", "q": "s1"}) and town.desk.users(limit=1).expect(200)["total"] == len(everybody), 30)

    def check(query: dict[str, str], limit: int, page: Answer) -> None:
        expected = oracle.find(query)
        assert (logins(page), page["total"]) == (expected[:limit], len(expected)), query
        assert ("nextCursor" in page.json, "prevCursor" in page.json) == (len(expected) > limit, False), query

    started = time.monotonic()
    ask(town, queries(1, 7, 20, 20, 20, 50, 100), check)
    print(f"{count} queries in {time.monotonic() - started:.1f} s")
    for _ in range(WALKS):
        query = a_query(town.chance, people, list(SIZES))
        expected = oracle.find(query)
        limit = max(town.chance.choice([1, 13, 100]), len(expected) // 12)
        assert walk(town, query, min(limit, 1_000)) == (expected, expected), query
