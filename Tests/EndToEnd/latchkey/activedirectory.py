"""A domain controller of Active Directory (Samba), filled and asked with the OpenLDAP tools."""

import base64
import os
import subprocess
from pathlib import Path

from .company import Person
from .installation import REPOSITORY
from .waiting import until

DOMAIN = "DC=ad,DC=example,DC=org"
PEOPLE = f"OU=People,{DOMAIN}"
GROUPS = f"OU=Groups,{DOMAIN}"
SERVICE = ("latchkey@ad.example.org", "Test-only-service-5150!")
ADMINISTRATOR = ("administrator@ad.example.org", "Test-only-admin-2931!")
WRONG_PASSWORDS_THAT_LOCK = 3


class DomainController:
    """One of a test's own, on a loopback address of its own; it ends with this process at the latest."""

    def __init__(self, folder: Path):
        self.folder = folder
        self._log = folder.with_suffix(".log")
        self._output = folder.with_suffix(".address")
        self._child: subprocess.Popen[bytes] | None = None
        self.address = ""

    def start(self) -> "DomainController":
        with self._output.open("wb") as output, self._log.open("wb") as log:
            self._child = subprocess.Popen(
                ["/usr/bin/python3", str(REPOSITORY / "Tests/Kit/samba-ad.py"), str(self.folder)],
                stdin=subprocess.DEVNULL, stdout=output, stderr=log)
        self.address = until("a domain controller", self._address_or_end, 180)
        return self

    def stop(self) -> None:
        if self._child is not None:
            self._child.terminate()
            self._child.wait(20)

    @property
    def authority(self) -> Path:
        return self.folder / "tls/ca.pem"

    def add(self, person: Person, *groups: str) -> str:
        """Puts somebody under `OU=People`; answers the DN."""
        name = f"CN={person.login},{PEOPLE}"
        quoted = base64.b64encode(f'"{person.password}"'.encode("utf-16-le")).decode()
        self._write(f"dn: {name}\nchangetype: add\nobjectClass: user\nsAMAccountName: {person.login}\n"
                    f"displayName: {person.display_name}\nmail: {person.mail}\nmobile: {person.mobile}\n"
                    f"userAccountControl: 512\nunicodePwd:: {quoted}\n")
        for group in groups:
            self.join(name, group)
        return name

    def add_group(self, group: str) -> str:
        """Makes a group under `OU=Groups`; answers the DN."""
        self._write(f"dn: CN={group},{GROUPS}\nchangetype: add\nobjectClass: group\nsAMAccountName: {group}\n")
        return f"CN={group},{GROUPS}"

    def join(self, member: str, group: str) -> None:
        """Makes an entry a member of a group."""
        self._write(f"dn: {group}\nchangetype: modify\nadd: member\nmember: {member}\n")

    def bind(self, name: str, password: str) -> str:
        """What the domain controller says of a password: empty when it lets in, else the sub-code of its refusal."""
        done = self._run("ldapsearch", (name, password), "-b", "", "-s", "base", "dnsHostName")
        if done.returncode == 0:
            return ""
        assert done.returncode == 49, done.stderr
        return done.stderr.partition(", data ")[2].partition(",")[0]

    def value(self, name: str, attribute: str) -> str:
        """One attribute, as the administrator sees it; empty when it is absent."""
        done = self._run("ldapsearch", ADMINISTRATOR, "-LLL", "-b", name, "-s", "base", attribute)
        assert done.returncode == 0, done.stderr
        return next((line.partition(": ")[2] for line in done.stdout.splitlines()
                     if line.startswith(f"{attribute}: ")), "")

    def _write(self, ldif: str) -> None:
        done = self._run("ldapmodify", ADMINISTRATOR, text=ldif)
        assert done.returncode == 0, done.stderr

    def _run(self, program: str, who: tuple[str, str], *arguments: str,
             text: str = "") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [program, "-x", "-H", f"ldaps://{self.address}", "-D", who[0], "-w", who[1], *arguments], input=text,
            capture_output=True, text=True, timeout=30, env={**os.environ, "LDAPTLS_CACERT": str(self.authority)})

    def _address_or_end(self) -> str:
        assert self._child is not None and self._child.poll() is None, self._log.read_text()
        return self._output.read_text().strip()
