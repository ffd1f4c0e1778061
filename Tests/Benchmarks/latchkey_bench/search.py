"""B2: searches in the account index of a million accounts in three stores, each with the total; the index's own numbers
beside it: how fast embedded stores are read into it, what it weighs."""

import itertools
import json
import random
import re
import shutil
import sqlite3
import subprocess
import time
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import quote

from .service import Installation, Process, call
from .sync import sync
from .table import Table

SIZES = {"staff": 500_000, "contractors": 300_000, "partners": 200_000}
QUERIES, SECONDS, PAGE = 2_000, 5, 50
TYPES = {"securityQuestions": 1, "mobile": 2, "email": 4, "authenticator": 8, "yubiKey": 32}


def measure(programs: Path, work: Path, table: Table) -> None:
    installation = Installation(programs, work / "b2")
    chance = random.Random(20_261_121)
    people = draw(chance)
    if not installation.is_prepared:
        crowded(installation, people)
        enroll(installation, chance)
        installation.prepared(read_into_index(installation))
    for what, figure in installation.preparation:
        table.add("B2", what, figure)
    chance = random.Random(7)
    with installation.start("auth") as auth, installation.start("helpdesk") as service:
        auth.wait_for_answer(installation.auth_port, "/readyz")
        service.wait_for_answer(installation.helpdesk_port, "/readyz")
        token = installation.sign_in()["accessToken"]
        for what, target, paths in searches(installation, people, token, chance):
            one(installation, service, token, what, target, paths, table, work)
        private, resident = service.memory_mb()
        table.add(
            "B2", "memory of the helpdesk service afterwards: private (resident)", f"{private:.0f} MB ({resident:.0f} MB)")
    reference(installation, people, chance, table)
    installation.remove()


def crowded(installation: Installation, people: list[tuple[str, str]]) -> None:
    """Fills the stores, past everything under test."""
    stores = installation.folder / "stores.json5"
    text = stores.read_text()
    end = text.rindex("  ],")
    stores.write_text(
        text[:end] + '    { id: "partners", name: "Partners", domain: "partners.example.org", kind: "embedded", '
        'path: "partners.db" },\n' + text[end:])
    auth = installation.folder / "auth.json5"
    auth.write_text(
        auth.read_text().replace('scope: ["staff", "contractors"]', 'scope: ["staff", "contractors", "partners"]'))
    shutil.copy(installation.folder / "staff.db", installation.folder / "partners.db")
    remaining = iter(people)
    for store, size in SIZES.items():
        with sqlite3.connect(installation.folder / f"{store}.db") as database:
            database.execute("PRAGMA synchronous = OFF")
            if store == "partners":
                database.execute("DELETE FROM accounts")
                database.execute("UPDATE identity SET text = 'partners'")
            columns = [row[1] for row in database.execute("PRAGMA table_info(accounts)")]
            container = database.execute("SELECT min(id) FROM containers").fetchone()[0]
            database.executemany(
                f"INSERT INTO accounts ({', '.join(columns)}) VALUES ({', '.join('?' for _ in columns)})",
                (person_row(columns, container, number, store, name)
                 for number, name in enumerate(itertools.islice(remaining, size))))
        database.close()


def names(chance: random.Random, count: int) -> list[str]:
    """Names of syllables, the first ones short and, by `draw`, frequent."""
    onset, core, end = "b br c ch d f g h j k kl l m n p r s sch st t v w z".split(), "a e i o u ai ei ie".split(), [
        "", "", "n", "r", "s", "l", "nn", "th", "ck", "m"]
    found: dict[str, None] = {}
    while len(found) < count:
        found["".join(chance.choice(onset) + chance.choice(core) + chance.choice(end)
                      for _ in range(chance.choice([2, 2, 2, 3, 3]))).capitalize()] = None
    return list(found)


def draw(chance: random.Random) -> list[tuple[str, str]]:
    """Names of all people. Frequent ones are a hundred times as frequent as rare ones."""
    first, last = names(chance, 1_500), names(chance, 40_000)
    return [
        (first[int(len(first) * chance.random() ** 2.5)], last[int(len(last) * chance.random() ** 2)])
        for _ in range(sum(SIZES.values()))]


def person_row(columns: list[str], container: int, number: int, store: str, name: tuple[str, str]) -> list:
    known = {
        "entry": f"{store[0]}{number:07d}-bench", "login": f"bench{number}", "login_folded": f"bench{number}",
        "container": container, "version": 1, "display_name": " ".join(name), "first_name": name[0],
        "last_name": name[1], "mail": f"{name[0]}.{name[1]}{number % 97}@example.org".lower(), "never_expires": 0,
        "must_change": 0, "failures": 0, "disabled": 0, "password_set": 1_700_000_000_000_000}
    return [known.get(column) for column in columns]


def enroll(installation: Installation, chance: random.Random) -> None:
    """Half of them are enrolled with something, few with a key; known to the index before the accounts are."""
    subprocess.run([installation.programs / "latchkey", "migrate", "--folder", installation.folder], check=True,
                   stdout=subprocess.DEVNULL, timeout=60)
    with sqlite3.connect(installation.folder / "helpdesk/helpdesk.db") as database:
        for store, size in SIZES.items():
            rows = ((store, f"{store[0]}{number:07d}-bench", bits) for number in range(size)
                    if (bits := some_types(chance)))
            database.executemany(
                "INSERT INTO indexed_accounts (store, entry, types, present, seen, read_at, sort_key, text, login, name, "
                "first_name, last_name, container, locked, disabled, must_change) "
                "VALUES (?, ?, ?, 0, 0, 0, '', '', '', '', '', '', '[]', 0, 0, 0)", rows)
    database.close()


def some_types(chance: random.Random) -> int:
    if chance.random() < 0.5:
        return 0
    bits = sum(bit for name, bit in TYPES.items() if name != "yubiKey" and chance.random() < 0.5)
    return bits | (TYPES["yubiKey"] if chance.random() < 0.001 else 0)


def read_into_index(installation: Installation) -> list[tuple[str, str]]:
    """The whole of each store, then a hundred changes; answers what was measured."""
    figures = []
    for store, size in sorted(SIZES.items(), key=lambda item: item[1]):
        seconds, cpu, memory = sync(installation, store=store)
        figures.append((
            f"index: full read of an embedded store of {size:,} accounts",
            f"{seconds:.1f} s = {size / seconds:,.0f}/s; CPU {cpu:.1f} s; at most {memory:.0f} MB resident"))
    with sqlite3.connect(installation.folder / "partners.db") as database:
        database.execute(
            "UPDATE accounts SET last_name = last_name || 'x' WHERE entry IN (SELECT entry FROM accounts LIMIT 100)")
    database.close()
    seconds, _, _ = sync(installation, store="partners")
    figures.append((
        "index: 100 changed accounts of an embedded store, process start included", f"{seconds * 1000:.0f} ms"))
    size = sum(file.stat().st_size for file in (installation.folder / "helpdesk").glob("helpdesk.db*"))
    return [*figures, ("index: 1,000,000 accounts on disk", f"{size / 1e6:,.0f} MB")]


def searches(installation: Installation, people: list, token: str, chance: random.Random) -> Iterable[tuple]:
    """What is measured: a name, the p99 that is wanted, the paths."""
    sample = [chance.choice(people) for _ in range(QUERIES)]
    yield "selective text (two names)", 10, [f"q={first.lower()}+{last.lower()}" for first, last in sample]
    yield "selective text (a rare last name)", 10, [f"q={name.lower()}" for name in rare(people)[:QUERIES]]
    common = frequent(text[at:at + 3] for first, last in sample for text in (first.lower(), last.lower())
                      for at in range(len(text) - 2))
    yield "common 3-letter text", 50, [f"q={text}" for text in [*common[:150], "exa", "org"]]
    starts = frequent(text.lower()[:2] for person in sample for text in person)
    yield "2-letter text", 50, [f"q={text}" for text in starts[:100]]
    yield "enrolled filter", 20, [
        "enrolledWith=email", "enrolledWith=yubiKey", "enrolledWith=mobile,authenticator&notEnrolledWith=email",
        "notEnrolledWith=securityQuestions", "enrolledWith=email&store=partners", "notEnrolledWith=mobile,email,yubiKey"]
    yield "page 1,000 and its neighbors", 20, deep_pages(installation, token, "")
    yield "page 1,000 of a common text", 20, deep_pages(installation, token, f"&q={common[0]}")


def frequent(texts: Iterable[str]) -> list[str]:
    counts: dict[str, int] = {}
    for text in texts:
        counts[text] = counts.get(text, 0) + 1
    return sorted(counts, key=lambda text: -counts[text])


def rare(people: list) -> list[str]:
    counts: dict[str, int] = {}
    for _, last in people:
        counts[last] = counts.get(last, 0) + 1
    return sorted((name for name, count in counts.items() if len(name) >= 6 and count <= 20), key=lambda name: name[::-1])


def deep_pages(installation: Installation, token: str, query: str) -> list[str]:
    """Walks to page 1,000 and on a little."""
    paths, cursor = [], ""
    for number in range(1_020):
        path = f"limit={PAGE}{query}" + (f"&cursor={cursor}" if cursor else "")
        page = call(installation.helpdesk_port, "GET", f"/v1/users?{path}", headers={"Authorization": f"Bearer {token}"})
        if number > 980:
            paths.append(path)
        cursor = page.get("nextCursor")
        if not cursor:
            break
    return paths[-40:]


def one(installation: Installation, service: Process, token: str, what: str, target: float, paths: list[str],
        table: Table, work: Path) -> None:
    """Latency with 2 connections, and requests a second with 16."""
    script = work / "search.lua"
    script.write_text(
        "local paths = {" + ",".join(f'"/v1/users?{quote(path, safe="=&,+%-_")}"' for path in paths) + "}\n"
        "local next = 0\n"
        f'local headers = {{ Authorization = "Bearer {token}" }}\n'
        "request = function() next = next % #paths + 1; return wrk.format('GET', paths[next], headers) end\n")
    load(installation.helpdesk_port, script, 2, 2)
    quiet = load(installation.helpdesk_port, script, 2, SECONDS)
    cpu = service.cpu_seconds()
    busy = load(installation.helpdesk_port, script, 16, SECONDS)
    spent = (service.cpu_seconds() - cpu) / busy["count"] * 1e6
    is_first = what.startswith("selective")
    table.add("B2", f"{what}: p50 / p99, 2 connections", f"{quiet['50']:.1f} / {quiet['99']:.1f} ms",
              target=f"p99 <= {target} ms", met=quiet["99"] <= target)
    table.add("B2", f"{what}: searches a second, 16 connections", f"{busy['per_second']:,.0f}/s",
              target=">= 1,500/s" if is_first else "", met=busy["per_second"] >= 1_500 if is_first else None,
              reference=f"CPU of the helpdesk service a search: {spent:,.0f} us")
    print(f"  {what}: {json.dumps([quiet, busy])}", flush=True)


def load(port: int, script: Path, connections: int, seconds: int) -> dict[str, float]:
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--latency", "--script", str(script), f"http://127.0.0.1:{port}/"]
    output = subprocess.run(command, check=True, capture_output=True, text=True, timeout=seconds + 60).stdout
    if "Non-2xx" in output or "Socket errors" in output:
        raise RuntimeError(f"B2: {output}")
    units = {"us": 0.001, "ms": 1.0, "s": 1000.0}
    found = {percent: float(number) * units[unit]
             for percent, number, unit in re.findall(r"^\s+(50|99)%\s+([\d.]+)(us|ms|s)", output, re.MULTILINE)}
    count, rate = re.search(r"(\d+) requests in", output), re.search(r"Requests/sec:\s+([\d.]+)", output)
    return {**found, "count": int(count[1]), "per_second": float(rate[1])}


def reference(installation: Installation, people: list, chance: random.Random, table: Table) -> None:
    """The same selective search by SQLite's shell: page and total, one after the other."""
    lines = []
    for _ in range(500):
        first, last = (text.lower() for text in chance.choice(people))
        grams = [text[at:at + 3] for text in (first, last) for at in range(len(text) - 2)][:4]
        match = " AND ".join(f'"{gram}"' for gram in grams)
        where = (f"FROM indexed_accounts_text t CROSS JOIN indexed_accounts a ON a.id = t.rowid WHERE "
                 f"indexed_accounts_text MATCH '{match}' AND instr(a.text, '{first}') > 0 AND instr(a.text, '{last}') > 0")
        lines.append(f"SELECT a.* {where} ORDER BY a.sort_key, a.store, a.entry LIMIT {PAGE};SELECT count(*) {where};")
    started = time.monotonic()
    subprocess.run(["sqlite3", "-readonly", installation.folder / "helpdesk/helpdesk.db"], input="\n".join(lines), check=True,
                   text=True, stdout=subprocess.DEVNULL, timeout=300)
    table.add("B2", "reference: selective text, page and total, by the shell of SQLite, process start included",
              f"{(time.monotonic() - started) * 1000 / len(lines):.2f} ms each")
