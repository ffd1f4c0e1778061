"""A directory filled and asked with the OpenLDAP tools, which share nothing with the client under test."""

import base64
import os
import subprocess
from pathlib import Path


class LDAPDirectory:
    """What a test does with any LDAP server. The kind of server sets these."""

    url: str
    authority: Path
    administrator: tuple[str, str]
    forgets_old_names = True

    def write(self, ldif: str, *options: str) -> None:
        """Changes entries as the administrator."""
        done = self.run("ldapmodify", self.administrator, *options, text=ldif)
        assert done.returncode == 0, f"{done.stderr}\n{ldif[:2_000]}"

    def join(self, member: str, group: str) -> None:
        """Makes an entry a member of a group."""
        self.write(f"dn: {group}\nchangetype: modify\nadd: member\nmember: {member}\n")

    def replace(self, name: str, attribute: str, value: str) -> None:
        """Gives an attribute one value."""
        self.write(f"dn: {name}\nchangetype: modify\nreplace: {attribute}\n{attribute}: {value}\n")

    def move(self, name: str, to: str, below: str) -> str:
        """Renames and moves an entry; answers its new DN."""
        self.write(f"dn: {name}\nchangetype: modrdn\nnewrdn: {to}\ndeleteoldrdn: {int(self.forgets_old_names)}\n"
                   f"newsuperior: {below}\n")
        return f"{to},{below}"

    def remove(self, name: str) -> None:
        """Deletes an entry."""
        self.write(f"dn: {name}\nchangetype: delete\n")

    def value(self, name: str, attribute: str) -> str:
        """One attribute, as the administrator sees it; empty when it is absent."""
        return next((entry.get(attribute, "") for entry in self.search(name, "(objectClass=*)", attribute, scope="base")),
                    "")

    def search(self, base: str, condition: str, *attributes: str, scope: str = "sub") -> list[dict[str, str]]:
        """What the administrator finds: the last value of each attribute, as text."""
        return [{name: value.decode(errors="replace") for name, value in entry.items()}
                for entry in self.read(base, condition, *attributes, scope=scope)]

    def read(self, base: str, condition: str, *attributes: str, scope: str = "sub") -> list[dict[str, bytes]]:
        """What the administrator finds: the last value of each attribute."""
        done = self.run("ldapsearch", self.administrator, "-LLL", "-o", "ldif-wrap=no", "-E", "pr=500/noprompt", "-b",
                        base, "-s", scope, condition, *attributes)
        assert done.returncode == 0, done.stderr
        lines = "\n".join(line for line in done.stdout.splitlines() if not line.startswith("#"))
        entries = [entry.split("\n") for entry in lines.split("\n\n")]
        return [dict(_member(line) for line in entry if ":" in line)
                for entry in entries if any(line.startswith("dn:") for line in entry)]

    def run(self, program: str, who: tuple[str, str], *arguments: str,
            text: str = "") -> subprocess.CompletedProcess[str]:
        """One of the tools, as somebody."""
        return subprocess.run(
            [program, "-x", "-H", self.url, "-D", who[0], "-w", who[1], *arguments], input=text, capture_output=True,
            text=True, timeout=60, env={**os.environ, "LDAPTLS_CACERT": str(self.authority)})


def change(name: str, kind: str, *members: tuple[str, str]) -> str:
    """One change in LDIF (RFC 2849), its values in Base64 so that nothing needs to be escaped."""
    lines = [("dn", name), ("changetype", kind), *members]
    return "".join(f"{key}:: {base64.b64encode(value.encode()).decode()}\n" if key not in _PLAIN else f"{key}: {value}\n"
                   for key, value in lines) + "\n"


_PLAIN = {"changetype", "replace", "delete", "add", "deleteoldrdn"}


def _member(line: str) -> tuple[str, bytes]:
    name, _, value = line.partition(":")
    return name, base64.b64decode(value[1:]) if value.startswith(":") else value.strip().encode()
