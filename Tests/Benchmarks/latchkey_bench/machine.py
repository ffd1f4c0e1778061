"""What the figures were taken on."""

import datetime
import os
import platform
import subprocess
from pathlib import Path


def description(work: Path) -> list[str]:
    """Lines for the head of the table."""
    return [
        "- Command: `make bench`, release build; the last column has the commit, the day and the load of the machine when",
        "  the run began (figures of a busy machine are worse)",
        f"- Machine: {os.cpu_count()} cores ({processor()}), {memory_gib()} GiB, Linux {platform.release()}, "
        f"{system_name()}, disk {file_system(work)}",
    ]


def moment() -> str:
    """The commit, the day and how busy the machine is."""
    commit = subprocess.run(
        ["git", "describe", "--always", "--dirty"], capture_output=True, text=True, timeout=20).stdout.strip()
    return f"{commit or 'unknown'}, {datetime.date.today().isoformat()}, {os.getloadavg()[0]:.1f}"


def processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return platform.machine()


def memory_gib() -> int:
    kibibytes = int(Path("/proc/meminfo").read_text().split()[1])
    return round(kibibytes / 1024 / 1024)


def system_name() -> str:
    for line in Path("/etc/os-release").read_text().splitlines():
        if line.startswith("PRETTY_NAME="):
            return line.split("=", 1)[1].strip('"')
    return platform.system()


def file_system(folder: Path) -> str:
    found = subprocess.run(
        ["stat", "--file-system", "--format=%T", str(folder)], capture_output=True, text=True, timeout=20)
    return found.stdout.strip() or "unknown"
