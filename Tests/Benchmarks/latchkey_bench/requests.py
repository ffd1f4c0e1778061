"""B7: CPU a request of the least a service does, beside a bare libmicrohttpd loop."""

import re
import shutil
import sqlite3
import subprocess
from collections.abc import Mapping
from pathlib import Path
from statistics import median

from .service import Installation, Process, built, free_port
from .table import Table

CONNECTIONS, SECONDS, ROUNDS = 64, 3, 3
WARM_UP_SECONDS = 1


def measure(programs: Path, work: Path, table: Table) -> None:
    installation = Installation(programs, work / "b7")
    bare_port = free_port()
    with installation.start("auth") as service, Process(
            [str(built("bare-mhd.c", work, "-lmicrohttpd")), str(bare_port)]) as bare:
        bare.wait_for_answer(bare_port, "/healthz")
        service.wait_for_answer(installation.auth_port, "/readyz")
        session = installation.sign_in()
        path, headers = locked_factor(installation, session)
        refused = post_script(work / "refused.lua", headers, '{"code":""}')
        locked = post_script(work / "locked.lua", headers, '{"code":"000000"}')
        cost = {name: [] for name in ["bare get", "get", "bare post", "refused", "locked"]}
        for _ in range(ROUNDS):
            cost["bare get"].append(load(bare, bare_port, "/healthz"))
            cost["get"].append(load(service, installation.auth_port, "/healthz"))
            cost["bare post"].append(load(bare, bare_port, path, locked))
            cost["refused"].append(load(service, installation.auth_port, path, refused, is_refused=True))
            cost["locked"].append(load(service, installation.auth_port, path, locked))
    shutil.rmtree(installation.folder)
    report("GET /healthz", 1.5, cost["get"], cost["bare get"], table)
    report(
        "authenticated POST, JSON in and out, refused by its schema", 3, cost["refused"], cost["bare post"], table)
    report(
        "authenticated POST, JSON in and out, with a transaction that changes nothing", 3, cost["locked"],
        cost["bare post"], table)


def locked_factor(installation: Installation, session: dict) -> tuple[str, Mapping[str, str]]:
    """The path and headers of an answer to a factor that is locked: token, session, body and database are looked at,
    nothing is changed, so that every request does the same."""
    folder = installation.folder
    seed = [installation.programs / "latchkey-bench-seed", folder, session["account"], session["session"], "lock", "1",
            folder / "requests"]
    token = subprocess.run(seed, check=True, capture_output=True, text=True, timeout=60).stdout.strip()
    verification = (folder / "requests").read_text().split()[1]
    with sqlite3.connect(folder / "auth/auth.db", timeout=20) as database:
        database.execute(
            "INSERT INTO factor_failures (account, type, in_a_row, locked_until) "
            "SELECT subject, 'authenticator', 0, expires_at FROM verifications WHERE id = ?", [verification])
    database.close()
    headers = {"Authorization": f"Bearer {token}", "Latchkey-Operator": session["accessToken"]}
    return f"/v1/verifications/{verification}/authenticator/answer", headers


def post_script(script: Path, headers: Mapping[str, str], body: str) -> Path:
    """The request for wrk(1); it is made once, so that Lua costs nothing afterwards."""
    lines = ['wrk.method = "POST"', f"wrk.body = '{body}'"]
    for name, value in {"Content-Type": "application/json", **headers}.items():
        lines.append(f'wrk.headers["{name}"] = "{value}"')
    script.write_text("\n".join(lines) + "\n")
    return script


def load(process: Process, port: int, path: str, script: Path | None = None,
         is_refused: bool = False) -> tuple[float, float]:
    """CPU microseconds of the process a request, and requests a second."""
    options = ["--script", str(script)] if script else []
    run_wrk(port, path, WARM_UP_SECONDS, options, is_refused)
    before = process.cpu_seconds()
    count, per_second = run_wrk(port, path, SECONDS, options, is_refused)
    return (process.cpu_seconds() - before) / count * 1e6, per_second


def run_wrk(port: int, path: str, seconds: int, options: list[str], is_refused: bool) -> tuple[int, float]:
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", *options, f"http://127.0.0.1:{port}{path}"]
    output = subprocess.run(command, check=True, capture_output=True, text=True, timeout=seconds + 20).stdout
    count = re.search(r"(\d+) requests in", output)
    per_second = re.search(r"Requests/sec:\s+([\d.]+)", output)
    refused = re.search(r"Non-2xx or 3xx responses: (\d+)", output)
    is_expected = count and per_second and (refused[1] if refused else "0") == (count[1] if is_refused else "0")
    if not is_expected or "Socket errors" in output:
        raise RuntimeError(f"B7: {path}\n{output}")
    return int(count[1]), float(per_second[1])


def report(what: str, most: float, cost: list, bare: list, table: Table) -> None:
    ratio = median(one[0] / reference[0] for one, reference in zip(cost, bare))
    table.add(
        "B7", f"{what}: CPU a request, {CONNECTIONS} connections, median of {ROUNDS}",
        f"{median(one[0] for one in cost):.1f} us = {ratio:.2f} x ({median(one[1] for one in cost):,.0f}/s)",
        target=f"<= {most} x", met=ratio <= most,
        reference=f"bare libmicrohttpd: {median(one[0] for one in bare):.1f} us "
        f"({median(one[1] for one in bare):,.0f}/s)")
