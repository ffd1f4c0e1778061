"""B6: from the start of a process to ready, and its memory when it is idle."""

import os
import re
import shutil
import subprocess
import time
from pathlib import Path
from statistics import median
from typing import NamedTuple

from .service import Installation, Process
from .table import Table

SERVICES = ["auth", "helpdesk"]
STARTS = 7
IDLE_SECONDS = 2.0


class Figures(NamedTuple):
    start_ms: float
    private_mb: float
    resident_mb: float


def measure(programs: Path, work: Path, table: Table) -> None:
    installation = Installation(programs, work / "b6")
    taken = {service: [] for service in SERVICES}
    for _ in range(STARTS):
        for service, figures in one_start(installation).items():
            taken[service].append(figures)
    shutil.rmtree(installation.folder)
    for service in SERVICES:
        empty = empty_program(programs / f"latchkey-{service}", work)
        report(service, taken[service], [one_empty_start(empty, work) for _ in range(STARTS)], table)


def one_start(installation: Installation) -> dict[str, Figures]:
    """Both services, one after the other, as they are installed: what they share counts for neither (proc(5))."""
    with installation.start("auth") as auth:
        auth_start = auth.wait_for_answer(installation.auth_port, "/readyz")
        with installation.start("helpdesk") as helpdesk:
            helpdesk_start = helpdesk.wait_for_answer(installation.helpdesk_port, "/readyz")
            time.sleep(IDLE_SECONDS)
            return {
                "auth": Figures(auth_start, *auth.memory_mb()),
                "helpdesk": Figures(helpdesk_start, *helpdesk.memory_mb()),
            }


def one_empty_start(program: Path, work: Path) -> Figures:
    file = work / "empty.ready"
    started = time.monotonic()
    with Process([str(program), str(file)]) as process:
        start = wait_for_file(file, started)
        time.sleep(0.2)
        return Figures(start, *process.memory_mb())


def report(service: str, taken: list[Figures], empty: list[Figures], table: Table) -> None:
    start, private, resident = (median(column) for column in zip(*taken))
    empty_start, empty_private, empty_resident = (median(column) for column in zip(*empty))
    table.add(
        "B6", f"{service}: process start to ready, median of {STARTS}", f"{start:.0f} ms", target="<= 200 ms",
        met=start <= 200, reference=f"empty Swift program with the same libraries: {empty_start:.0f} ms")
    table.add(
        "B6", f"{service}: idle private memory (resident), both services running",
        f"{private:.1f} MB ({resident:.1f} MB)", target="<= 20 MB", met=private <= 20,
        reference=f"that program: {empty_private:.1f} MB ({empty_resident:.1f} MB)")


def wait_for_file(file: Path, started: float) -> float:
    """Milliseconds until the empty program has made its file."""
    while not file.exists():
        if time.monotonic() - started > 10:
            raise RuntimeError("the empty program did not start")
        time.sleep(0.0005)
    file.unlink()
    return (time.monotonic() - started) * 1000


def empty_program(service: Path, work: Path) -> Path:
    """A Swift program that links what the service links, makes a file and waits."""
    source, program = work / "empty.swift", work / f"empty-{service.name}"
    source.write_text(
        "import Glibc\nlet file = creat(CommandLine.arguments[1], 0o600)\nclose(file)\npause()\n")
    listing = subprocess.run(["readelf", "-d", service], check=True, capture_output=True, text=True, timeout=60).stdout
    libraries = re.findall(r"\(NEEDED\).*\[(.+)\]", listing)
    swift = Path(shutil.which("swift") or "swift").resolve().parent.parent / "lib/swift/linux"
    links = [option for name in libraries for option in ("-Xlinker", f"-l:{name}")]
    subprocess.run(
        ["swiftc", "-O", source, "-o", program, "-L", swift, "-Xlinker", "--no-as-needed", *links],
        check=True, timeout=300, env={**os.environ, "LANG": "C"})
    return program
