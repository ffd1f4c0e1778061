"""B8: a directory of 100,000 people read into the account index, and 100 changes, beside ldapsearch(1)."""

import shutil
import subprocess
import time
from pathlib import Path
from statistics import median

from .directory import BASE, SERVICE, STORE, Directory
from .service import Installation
from .table import Table

PEOPLE, CHANGES, ROUNDS = 100_000, 100, 3
PAGE = 1_000
# What the store reads of an account.
ATTRIBUTES = (
    "entryUUID uid displayName givenName sn mail mobile cn memberOf pwdChangedTime pwdAccountLockedTime pwdReset "
    "pwdPolicySubentry pwdStartTime pwdEndTime").split()


def measure(programs: Path, work: Path, table: Table) -> None:
    installation = Installation(programs, work / "b8")
    directory = Directory(work / "b8-slapd", PEOPLE)
    directory.join(installation)
    with directory:
        search(directory)  # once, so that the server has its data in memory
        reference, full = [], []
        for _ in range(ROUNDS):
            reference.append(search(directory))
            full.append(sync(installation, "--full"))
        report_full(full, median(reference), table)
        report_increment(directory, installation, table)
    installation.remove()
    shutil.rmtree(directory.folder)


def search(directory: Directory) -> float:
    """Seconds of the same read by OpenLDAP's own client."""
    started = time.monotonic()
    directory.tool(
        "ldapsearch", *directory.address(), *SERVICE, "-LLL", "-o", "ldif-wrap=no", "-E", f"pr={PAGE}/noprompt", "-b", BASE,
        "(objectClass=inetOrgPerson)", *ATTRIBUTES, stdout=subprocess.DEVNULL)
    return time.monotonic() - started


def sync(installation: Installation, *options: str, store: str = STORE) -> tuple[float, float, float]:
    """Seconds, seconds of CPU, and the greatest resident memory in MB of one synchronization, by the command line."""
    started = time.monotonic()
    command = [
        "/usr/bin/env", "time", "-f", "%M %U %S", installation.programs / "latchkey", "store", "sync", "--store", store,
        "--folder", installation.folder, *options]
    done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=900)
    memory, user, system = done.stderr.split()[-3:]
    return time.monotonic() - started, float(user) + float(system), int(memory) * 1024 / 1e6


def report_full(full: list[tuple[float, float, float]], reference: float, table: Table) -> None:
    first, later = full[0], median(run[0] for run in full[1:])
    table.add(
        "B8", f"first full read of {PEOPLE:,} LDAP entries into the index", f"{first[0]:.1f} s = {first[0] / reference:.1f} x",
        target="<= 2 x ldapsearch", met=first[0] <= 2 * reference,
        reference=f"ldapsearch, paged, TLS, median of {ROUNDS}: {reference:.1f} s")
    table.add(
        "B8", "the same once more, nothing new", f"{later:.1f} s = {later / reference:.1f} x",
        target="<= 2 x ldapsearch", met=later <= 2 * reference,
        reference=f"CPU of the first: {first[1]:.1f} s; at most {first[2]:.0f} MB resident")


def report_increment(directory: Directory, installation: Installation, table: Table) -> None:
    sync(installation)
    taken = []
    for round_number in range(ROUNDS):
        lines = "".join(
            f"dn: {Directory.name(number * 97 + round_number)}\nchangetype: modify\nreplace: sn\nsn: Changed{number}\n\n"
            for number in range(CHANGES))
        directory.tool(
            "ldapmodify", *directory.address(), "-D", f"cn=admin,{BASE}", "-w", "secret", input=lines, text=True,
            stdout=subprocess.DEVNULL)
        taken.append(sync(installation)[0] * 1000)
    nothing = sync(installation)[0] * 1000
    table.add(
        "B8", f"{CHANGES} changed LDAP entries into the index, process start included, median of {ROUNDS}",
        f"{median(taken):.0f} ms", target="<= 200 ms", met=median(taken) <= 200,
        reference=f"the same command with nothing to do: {nothing:.0f} ms")
