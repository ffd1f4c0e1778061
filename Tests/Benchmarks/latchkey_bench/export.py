"""B4: a million users exported as CSV, XML and XLSX, and how much memory the service takes meanwhile."""

import http.client
import json
import subprocess
import threading
import time
from pathlib import Path

from .service import Installation, Process
from .table import Table

USERS = 1_000_000
TARGETS = {"csv": 250_000, "xml": 150_000, "xlsx": 100_000}
GROWTH_MB = 32
DEADLINE_SECONDS = 300.0
STORE = "staff"

# Names of a length people have, a tenth of them locked, enrolled with four different sets of types.
SEED = f"""
    PRAGMA journal_mode = WAL;
    WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < {USERS})
    INSERT INTO indexed_accounts (store, entry, types, present, seen, read_at, sort_key, text, login, name, first_name,
        last_name, mail, container, locked, disabled, must_change, password_expires, last_password_set)
    SELECT '{STORE}', printf('bench-%07d', n), n % 4, 1, (SELECT max(seen) FROM indexed_accounts), 0,
        printf('person %07d benchmark', n), printf('person %07d', n), printf('person.%07d', n),
        printf('Person %07d Bénchmark', n), printf('Person %07d', n), 'Bénchmark', NULL, '[]', n % 10 = 0, 0, 0,
        CASE n % 3 WHEN 0 THEN 9223372036854775807 ELSE 1800000000000000 + n END, 1700000000000000 + n
    FROM numbers;
"""
REFERENCE = f"""
    SELECT name, store, locked, password_expires, last_password_set, types FROM indexed_accounts
    WHERE present = 1 ORDER BY sort_key, store, entry
"""


class Watch:
    """The most resident memory of a process while something runs."""

    def __init__(self, process: Process):
        self._process, self._ends = process, threading.Event()
        self.before = self.most = process.memory_mb()[1]
        self._thread = threading.Thread(target=self._look)

    def __enter__(self) -> "Watch":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ends.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._ends.wait(0.05):
            self.most = max(self.most, self._process.memory_mb()[1])


def measure(programs: Path, work: Path, table: Table) -> None:
    installation = Installation(programs, work / "b4")
    database = installation.folder / "helpdesk/helpdesk.db"
    with installation.start("auth") as auth:
        auth.wait_for_answer(installation.auth_port, "/readyz")
        with installation.start("helpdesk") as helpdesk:
            helpdesk.wait_for_answer(installation.helpdesk_port, "/readyz")
            token = installation.sign_in()["accessToken"]
            wait_for_index(database)
        subprocess.run(["sqlite3", database], input=SEED, text=True, check=True, capture_output=True, timeout=300)
        reference = shell_seconds(database, work / "b4.csv")
        with installation.start("helpdesk") as helpdesk:
            helpdesk.wait_for_answer(installation.helpdesk_port, "/readyz")
            for format, target in TARGETS.items():
                export(installation.helpdesk_port, token, format)  # warm
                with Watch(helpdesk) as watch:
                    seconds, rows, size = export(installation.helpdesk_port, token, format)
                report(format, target, rows / seconds, size, watch.most - watch.before, rows / reference, table)


def report(
    format: str, target: int, rate: float, size: int, growth: float, reference: float, table: Table
) -> None:
    table.add(
        "B4", f"export of {USERS:,} users as {format.upper()} ({size / 1e6:.0f} MB)", f"{rate:,.0f} rows/s",
        target=f">= {target:,}/s", met=rate >= target,
        reference=f"the database's own shell, CSV into a file: {reference:,.0f} rows/s")
    table.add(
        "B4", f"memory growth meanwhile, {format.upper()}", f"{growth:.1f} MB", target=f"<= {GROWTH_MB} MB",
        met=growth <= GROWTH_MB)


def wait_for_index(database: Path) -> None:
    """Until the sample company's people are in the index: what is added afterwards is not taken for gone."""
    started = time.monotonic()
    query = "SELECT count(*) FROM index_stores WHERE finished_at IS NOT NULL"
    while time.monotonic() - started < 30:
        done = subprocess.run(["sqlite3", database, query], capture_output=True, text=True, timeout=30).stdout.strip()
        if done == "2":
            return
        time.sleep(0.1)
    raise RuntimeError("the stores were not read into the index")


def shell_seconds(database: Path, target: Path) -> float:
    started = time.monotonic()
    with open(target, "wb") as file:
        subprocess.run(["sqlite3", "-csv", database, REFERENCE], stdout=file, check=True, timeout=300)
    return time.monotonic() - started


def export(port: int, token: str, format: str) -> tuple[float, int, int]:
    """Seconds, rows and bytes of one export, read to its end."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=DEADLINE_SECONDS)
    started = time.monotonic()
    connection.request(
        "POST", "/v1/users/exports", json.dumps({"format": format, "filter": {"store": [STORE]}}),
        {"Content-Type": "application/json", "Authorization": f"Bearer {token}"})
    response = connection.getresponse()
    if response.status != 200:
        raise RuntimeError(f"{response.status} {response.read()[:500]!r}")
    size = 0
    while piece := response.read(1 << 18):
        size += len(piece)
    seconds = time.monotonic() - started
    connection.close()
    return seconds, USERS, size
