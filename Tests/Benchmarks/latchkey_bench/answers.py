"""B1: TOTP answers in open verifications, durable before the answer."""

import json
import shutil
import struct
import subprocess
from pathlib import Path
from statistics import median
from typing import Any

from .service import Installation, Process, built
from .table import Table

ACCOUNTS, CONNECTIONS, ROUNDS = 20_000, 32, 3
LOAD_SECONDS = 120


def measure(programs: Path, work: Path, table: Table) -> None:
    commits = commit_loop(work)
    installation = Installation(programs, work / "b1")
    load, counter = built("answer-load.c", work), built("sync-count.c", work, "-shared", "-fPIC")
    counts = work / "sync-count.data"
    counts.unlink(missing_ok=True)
    environment = {"LD_PRELOAD": str(counter), "SYNC_COUNT_FILE": str(counts)}
    with installation.start("auth", environment) as service:
        service.wait_for_answer(installation.auth_port, "/readyz")
        session = installation.sign_in()
        rounds = [one_round(installation, service, load, counts, session, number) for number in range(ROUNDS)]
    shutil.rmtree(installation.folder)
    report(rounds, commits, table)


def commit_loop(work: Path) -> dict[int, dict[str, Any]]:
    """Commits of the same disk by group size."""
    program, file = built("commit-loop.c", work, "-lsqlite3"), work / "commit-loop.db"
    output = subprocess.run(
        [program, file, "2", "1", "8", str(CONNECTIONS)], check=True, capture_output=True, text=True, timeout=60).stdout
    for suffix in ["", "-wal", "-shm"]:
        Path(str(file) + suffix).unlink(missing_ok=True)
    return {line["group"]: line for line in map(json.loads, output.splitlines())}


def one_round(installation: Installation, service: Process, load: Path, counts: Path, session: dict[str, Any],
              number: int) -> dict[str, Any]:
    folder = installation.folder
    seed = [installation.programs / "latchkey-bench-seed", folder, session["account"], session["session"],
            str(number), str(ACCOUNTS), folder / "requests"]
    token = subprocess.run(seed, check=True, capture_output=True, text=True, timeout=120).stdout.strip()
    headers = f"Authorization: Bearer {token}\r\nLatchkey-Operator: {session['accessToken']}\r\n"
    (folder / "headers").write_bytes(headers.encode())
    syncs, cpu = sync_counts(counts), service.cpu_seconds()
    command = [load, str(installation.auth_port), str(CONNECTIONS), folder / "requests", folder / "headers"]
    output = subprocess.run(command, check=True, capture_output=True, text=True, timeout=LOAD_SECONDS)
    result = json.loads(output.stdout)
    if result["right"] != ACCOUNTS:
        raise RuntimeError(f"B1: {result['right']} of {ACCOUNTS} answers were right\n{output.stderr}")
    after = sync_counts(counts)
    result["per_second"] = result["requests"] / result["seconds"]
    result["cpu_micros"] = (service.cpu_seconds() - cpu) / result["requests"] * 1e6
    result["syncs"] = after[0] - syncs[0]
    result["sync_ms"] = (after[1] - syncs[1]) / 1e6 / max(result["syncs"], 1)
    print(f"  {json.dumps(result)}", flush=True)
    return result


def sync_counts(file: Path) -> tuple[int, int]:
    """Calls and nanoseconds, as `sync-count.c` counts them."""
    calls, nanoseconds = struct.unpack("QQ", file.read_bytes()[:16])
    return calls, nanoseconds


def report(rounds: list[dict[str, Any]], commits: dict[int, dict[str, Any]], table: Table) -> None:
    def middle(name: str) -> float:
        return median(one[name] for one in rounds)

    per_second, p99 = middle("per_second"), middle("p99_ms")
    single, group = commits[1], commits[CONNECTIONS]
    table.add(
        "B1", f"TOTP answers, {CONNECTIONS} connections, {ROUNDS} x {ACCOUNTS:,} accounts, all right",
        f"{per_second:,.0f}/s", target=">= 2,000/s", met=per_second >= 2000,
        reference=f"bare commits: {single['commits_per_second']:,}/s singly; {group['rows_per_second']:,} rows/s by "
        f"{CONNECTIONS}")
    table.add(
        "B1", "p50 / p99 / longest", f"{middle('p50_ms'):.1f} / {p99:.1f} / {middle('max_ms'):.1f} ms",
        target="p99 <= 50 ms", met=p99 <= 50,
        reference=f"one bare commit: {1000 / single['commits_per_second']:.1f} ms")
    table.add(
        "B1", "CPU of the service a request", f"{middle('cpu_micros'):.0f} us",
        reference=f"CPU of the load: {median(r['load_cpu_seconds'] / r['requests'] for r in rounds) * 1e6:.0f} us")
    table.add(
        "B1", "syncs to disk", f"{middle('syncs'):,.0f}, {ACCOUNTS / middle('syncs'):.1f} requests each, "
        f"{middle('sync_ms'):.2f} ms each")
