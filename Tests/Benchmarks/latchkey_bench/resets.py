"""B3: restricted resets end to end on a real slapd: started, proved by an authenticator's code, redeemed, written, recorded,
the owner's message in the outbox; beside bare changes of the same attributes by OpenLDAP's own tools."""

import http.client
import json
import shutil
import subprocess
import threading
import time
import uuid
from pathlib import Path
from statistics import median

from .directory import SERVICE, STORE, Directory
from .service import Installation, call
from .table import Table

CONNECTIONS, ROUNDS, EACH = 8, 3, 100
PEOPLE = CONNECTIONS * EACH * (ROUNDS + 2)
SINGLY = 100
OPERATOR = {"store": "staff", "login": "olivia.desk", "password": "Sample-harbor-meadow-2026!"}


def measure(programs: Path, work: Path, table: Table) -> None:
    installation = Installation(programs, work / "b3")
    directory = Directory(work / "b3-slapd", PEOPLE)
    directory.join(installation)
    with directory, installation.start("auth") as auth:
        auth.wait_for_answer(installation.auth_port, "/readyz")
        with installation.start("helpdesk") as helpdesk:
            helpdesk.wait_for_answer(installation.helpdesk_port, "/readyz")
            people = iter(range(PEOPLE))
            Round(installation, [next(people) for _ in range(CONNECTIONS * EACH)]).run()  # warm
            cpu = auth.cpu_seconds(), helpdesk.cpu_seconds()
            rounds = [
                Round(installation, [next(people) for _ in range(CONNECTIONS * EACH)]).run() for _ in range(ROUNDS)]
            count = ROUNDS * CONNECTIONS * EACH
            spent = [(process.cpu_seconds() - before) / count * 1e3 for process, before in zip((auth, helpdesk), cpu)]
            bare = modify_loop(directory, list(people))
            singly = password_loop(directory)
    installation.remove()
    shutil.rmtree(directory.folder)
    report(rounds, spent, bare, singly, table)


class Round:
    """Resets of these people, by connections side by side."""

    def __init__(self, installation: Installation, people: list[int]):
        self._installation, self._people = installation, people
        self._token = call(installation.helpdesk_port, "POST", "/v1/sessions", OPERATOR)["accessToken"]
        self._taken: list[float] = []
        self._failed: list[BaseException] = []

    def run(self) -> tuple[float, list[float]]:
        """Resets a second, and milliseconds of each."""
        codes = enroll(self._installation, self._people)
        parts = [self._people[start::CONNECTIONS] for start in range(CONNECTIONS)]
        threads = [threading.Thread(target=self._connection, args=(part, codes)) for part in parts]
        started = time.monotonic()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if self._failed:
            raise self._failed[0]
        return len(self._people) / (time.monotonic() - started), self._taken

    def _connection(self, people: list[int], codes: "Codes") -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self._installation.helpdesk_port, timeout=60)
        try:
            for number in people:
                started = time.monotonic()
                self._reset(connection, number, codes)
                self._taken.append((time.monotonic() - started) * 1000)
        except BaseException as error:  # told where the round ends
            self._failed.append(error)
        finally:
            connection.close()

    def _reset(self, connection: http.client.HTTPConnection, number: int, codes: "Codes") -> None:
        account = Directory.account(number)
        begun = self._post(connection, f"/v1/users/{account}/verifications", {"action": "resetPassword"})
        answer = self._post(
            connection, f"/v1/verifications/{begun['id']}/authenticator/answer", {"code": codes.now(account)})
        if answer["status"] != "satisfied":
            raise RuntimeError(f"not proved: {answer}")
        done = self._post(
            connection, f"/v1/users/{account}/password-resets",
            {"accounts": [account], "method": "newPassword", "password": f"Quartz-{number:05d}-Heron-7tide!",
             "verification": begun["id"]})
        if [result["outcome"] for result in done["results"]] != ["done"]:
            raise RuntimeError(f"not done: {done}")

    def _post(self, connection: http.client.HTTPConnection, path: str, body: dict) -> dict:
        connection.request("POST", path, json.dumps(body), {
            "Content-Type": "application/json", "Authorization": f"Bearer {self._token}",
            "Idempotency-Key": uuid.uuid4().hex})
        response = connection.getresponse()
        text = response.read()
        if response.status >= 300:
            raise RuntimeError(f"{path}: {response.status} {text[:500]!r}")
        return json.loads(text)


class Codes:
    """What each account's authenticator shows, for some steps from when it was enrolled."""

    def __init__(self, text: str):
        lines = text.splitlines()
        self._first = int(lines[0])
        self._codes = {account: codes for account, *codes in map(str.split, lines[1:])}

    def now(self, account: str) -> str:
        return self._codes[account][int(time.time()) // 30 - self._first]


def enroll(installation: Installation, people: list[int]) -> Codes:
    accounts, codes = installation.folder / "accounts", installation.folder / "codes"
    accounts.write_text("".join(Directory.account(number) + "\n" for number in people))
    subprocess.run(
        [installation.programs / "latchkey-bench-seed", "enroll", installation.folder, accounts, codes], check=True,
        timeout=120)
    return Codes(codes.read_text())


def modify_loop(directory: Directory, people: list[int]) -> tuple[float, float]:
    """Changes a second by as many connections, and milliseconds of each: the password and its state, nothing else."""
    parts = [people[start::CONNECTIONS] for start in range(CONNECTIONS)]
    loops = [
        subprocess.Popen(
            ["ldapmodify", *directory.address(), *SERVICE], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True,
            env=directory.environment()) for _ in parts]
    started = time.monotonic()
    for loop, part in zip(loops, parts):
        assert loop.stdin
        loop.stdin.write("".join(
            f"dn: {Directory.name(number)}\nchangetype: modify\nreplace: userPassword\n"
            f"userPassword: Quartz-{number:05d}-Heron-7tide!\n-\nreplace: pwdReset\npwdReset: TRUE\n\n" for number in part))
        loop.stdin.close()
    if any(loop.wait(120) for loop in loops):
        raise RuntimeError("ldapmodify failed")
    rate = len(people) / (time.monotonic() - started)
    return rate, CONNECTIONS / rate * 1000


def password_loop(directory: Directory) -> float:
    """Changes a second by ldappasswd(1), a process each, one after the other."""
    started = time.monotonic()
    for number in range(SINGLY):
        directory.tool(
            "ldappasswd", *directory.address(), *SERVICE, "-s", f"Granite-{number:05d}-Finch-3wind!", Directory.name(number),
            stdout=subprocess.DEVNULL)
    return SINGLY / (time.monotonic() - started)


def report(rounds: list[tuple[float, list[float]]], spent: list[float], bare: tuple[float, float], singly: float,
           table: Table) -> None:
    rate = median(found[0] for found in rounds)
    taken = sorted(each for found in rounds for each in found[1])
    middle, late = median(taken), taken[len(taken) * 99 // 100]
    table.add(
        "B3", f"restricted resets on slapd, {CONNECTIONS} connections, {ROUNDS} x {CONNECTIONS * EACH}, median", f"{rate:,.0f}/s",
        target=">= 100/s", met=rate >= 100,
        reference=f"bare ldapmodify, {CONNECTIONS} connections: {bare[0]:,.0f}/s; ldappasswd loop: {singly:,.0f}/s")
    table.add(
        "B3", "p50 / p99 of a whole reset: start, code, reset", f"{middle:.1f} / {late:.1f} ms",
        target=f"p50 <= {bare[1] + 25:.1f} ms", met=middle <= bare[1] + 25,
        reference=f"one bare change: {bare[1]:.1f} ms (+ 25 ms)")
    table.add("B3", "CPU of a reset, auth and helpdesk service", f"{spent[0]:.1f} + {spent[1]:.1f} ms")
