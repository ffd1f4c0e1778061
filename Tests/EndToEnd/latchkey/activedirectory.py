"""A domain controller of Active Directory (Samba), filled and asked with the OpenLDAP tools."""

import base64
import subprocess
from pathlib import Path
from typing import Any

from .company import Person
from .installation import REPOSITORY
from .ldaptools import LDAPDirectory
from .waiting import until

DOMAIN = "DC=ad,DC=example,DC=org"
PEOPLE = f"OU=People,{DOMAIN}"
GROUPS = f"OU=Groups,{DOMAIN}"
SERVICE = ("latchkey@ad.example.org", "Test-only-service-5150!")


class DomainController(LDAPDirectory):
    """One of a test's own, on a loopback address of its own; it ends with this process at the latest."""

    administrator = ("administrator@ad.example.org", "Test-only-admin-2931!")
    wrong_passwords_that_lock = 3
    people = PEOPLE

    def __init__(self, folder: Path):
        self.folder = folder
        self.authority = folder / "tls/ca.pem"
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
        self.url = f"ldaps://{self.address}"
        return self

    def stop(self) -> None:
        if self._child is not None:
            self._child.terminate()
            self._child.wait(20)

    def settings(self, store: str, secret: Path) -> dict[str, Any]:
        """What stores.json5 says of it."""
        secret.touch(mode=0o600)
        secret.write_text(SERVICE[1])
        return {"id": store, "name": "Corporation", "domain": "ad.example.org", "kind": "activeDirectory",
                "servers": [self.address], "caFile": str(self.authority), "bindName": SERVICE[0],
                "bindPassword": {"file": str(secret)}, "base": DOMAIN,
                "operationAttribute": "msDS-cloudExtensionAttribute1"}

    def add(self, person: Person, *groups: str, at: str = "") -> str:
        """Puts somebody under `OU=People`, or at a DN; answers the DN."""
        name = at or f"CN={person.login},{PEOPLE}"
        quoted = base64.b64encode(f'"{person.password}"'.encode("utf-16-le")).decode()
        self.write(f"dn: {name}\nchangetype: add\nobjectClass: user\nsAMAccountName: {person.login}\n"
                   f"displayName: {person.display_name}\nmail: {person.mail}\nmobile: {person.mobile}\n"
                   f"userAccountControl: 512\nunicodePwd:: {quoted}\n")
        for group in groups:
            self.join(name, group)
        return name

    def add_group(self, group: str) -> str:
        """Makes a group under `OU=Groups`; answers the DN."""
        self.write(f"dn: CN={group},{GROUPS}\nchangetype: add\nobjectClass: group\nsAMAccountName: {group}\n")
        return f"CN={group},{GROUPS}"

    def bind(self, name: str, password: str) -> str:
        """What the domain controller says of a password: empty when it lets in, else why not, from its sub-codes."""
        done = self.run("ldapsearch", (name, password), "-b", "", "-s", "base", "dnsHostName")
        if done.returncode == 0:
            return ""
        assert done.returncode == 49, done.stderr
        return {"52e": "refused", "773": "must change", "775": "locked"}[
            done.stderr.partition(", data ")[2].partition(",")[0]]

    def is_locked(self, name: str) -> bool:
        """Whether its own attributes say so."""
        return self.value(name, "lockoutTime") not in ("", "0")

    def has_to_change(self, name: str) -> bool:
        """Whether its own attributes say so."""
        return self.value(name, "pwdLastSet") == "0"

    def refused_password(self, name: str) -> tuple[str, str]:
        """One that only the domain's policy refuses, and what the operator reads then."""
        return "allofthelettersaresmall", "Active Directory refuses the password"

    def _address_or_end(self) -> str:
        assert self._child is not None and self._child.poll() is None, self._log.read_text()
        return self._output.read_text().strip()
