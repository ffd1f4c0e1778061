"""OpenLDAP's slapd with a password policy, filled and asked with its own tools, behind a proxy that breaks things."""

import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

from .company import Person
from .installation import free_port
from .ldaptools import LDAPDirectory
from .post import KIT, make_authority
from .waiting import until

BASE = "dc=example,dc=test"
PEOPLE = f"ou=people,{BASE}"
GROUPS = f"ou=groups,{BASE}"
SERVICE = (f"cn=helpdesk,ou=services,{BASE}", "helpdesk-secret")


class OpenLDAP(LDAPDirectory):
    """One of a test's own; it ends with this process at the latest. The services reach it by the proxy, the test does
    not."""

    administrator = (f"cn=admin,{BASE}", "secret")
    forgets_old_names = False  # the login is in the name
    wrong_passwords_that_lock = 3
    people = PEOPLE

    def __init__(self) -> None:
        # It runs as nobody, who comes into no folder of pytest's.
        self.folder = Path(tempfile.mkdtemp(prefix="latchkey-slapd-"))
        self.folder.chmod(0o711)
        self._certificates = self.folder / "ca"
        self.authority = make_authority(self._certificates)
        self._ports = free_port(), free_port()
        self.url = f"ldaps://127.0.0.1:{self._ports[1]}"
        self._mode = self.folder / "mode"
        self._children: dict[str, subprocess.Popen[bytes]] = {}
        self.port = 0

    def start(self, *options: str, certificates: Path | None = None) -> "OpenLDAP":
        """Starts the server, again on its data; `options` are those of slapd.py."""
        plain, secure = self._ports
        self._launch("slapd.py", str(self.folder / "server"), "--certificates", str(certificates or self._certificates),
                     "--ldap", str(plain), "--ldaps", str(secure), *options)
        if not self.port:
            self.become("ok")
            self.port = self._launch("fault-proxy.py", str(secure), str(self._mode))
        return self

    def halt(self) -> None:
        """Stops the server; the proxy and the data stay."""
        self._end("slapd.py")

    def stop(self) -> None:
        """Stops everything and removes it."""
        for program in list(self._children):
            self._end(program)
        shutil.rmtree(self.folder, ignore_errors=True)

    def writes(self) -> int:
        """How many passwords it was told to set, as its log has it."""
        return (self.folder / "server/slapd.log").read_text(errors="replace").count("MOD attr=userPassword")

    def become(self, words: str) -> None:
        """What the proxy does from now on; see fault-proxy.py."""
        # Renamed into place: the proxy reads while it is written. The time counts, so that the same words begin anew.
        fresh = self._mode.with_suffix(".new")
        fresh.write_text(f"{words} {time.monotonic_ns()}")
        fresh.rename(self._mode)

    def settings(self, store: str, secret: Path) -> dict[str, Any]:
        """What stores.json5 says of it."""
        secret.touch(mode=0o600)
        secret.write_text(SERVICE[1])
        return {"id": store, "name": "Corporation", "domain": "ldap.example.org", "kind": "ldap",
                "servers": [f"127.0.0.1:{self.port}"], "caFile": str(self.authority), "bindName": SERVICE[0],
                "bindPassword": {"file": str(secret)}, "base": BASE,
                "defaultPolicy": f"cn=default,ou=policies,{BASE}", "decoyName": f"cn=decoy,ou=services,{BASE}",
                "connectSeconds": 3, "deadlineSeconds": 4}

    def add(self, person: Person, *groups: str, at: str = "") -> str:
        """Puts somebody under `ou=people`, or at a DN; answers the DN."""
        name = at or f"uid={person.login},{PEOPLE}"
        logins = {person.login, name.partition(",")[0].partition("=")[2]}
        self.write(f"dn: {name}\nchangetype: add\nobjectClass: inetOrgPerson\n"
                   + "".join(f"uid: {login}\n" for login in logins) +
                   f"cn: {person.display_name}\nsn: {person.display_name}\nmail: {person.mail}\n"
                   f"mobile: {person.mobile}\nuserPassword: {person.password}\n")
        for group in groups:
            self.join(name, group)
        return name

    def add_group(self, group: str) -> str:
        """Makes a group under `ou=groups`; answers the DN."""
        name = f"cn={group},{GROUPS}"
        self.write(f"dn: {name}\nchangetype: add\nobjectClass: groupOfNames\ncn: {group}\nmember: cn=nobody\n")
        return name

    def add_policy(self, policy: str, *rules: str) -> None:
        """Makes a password policy with these rules besides the usual ones."""
        self.write("\n".join([
            f"dn: cn={policy},ou=policies,{BASE}", "changetype: add", "objectClass: device", "objectClass: pwdPolicy",
            f"cn: {policy}", "pwdAttribute: userPassword", "pwdCheckQuality: 2", "pwdMustChange: TRUE", *rules]) + "\n")

    def put_under(self, policy: str, name: str) -> None:
        """Has a policy hold for an entry."""
        self.replace(name, "pwdPolicySubentry", f"cn={policy},ou=policies,{BASE}")

    def is_locked(self, name: str) -> bool:
        """Whether its own attributes say so."""
        return self.value(name, "pwdAccountLockedTime") != ""

    def has_to_change(self, name: str) -> bool:
        """Whether its own attributes say so."""
        return self.value(name, "pwdReset") == "TRUE"

    def refused_password(self, name: str) -> tuple[str, str]:
        """One that only the directory's policy refuses, and what the operator reads then."""
        self.add_policy("long", "pwdMinLength: 40")
        self.put_under("long", name)
        return "Quartz-harbor-7-heron!", "too short for the directory's policy"

    def bind(self, name: str, password: str) -> str:
        """What the server says of a password: empty when it lets in, `must change` when it lets in for nothing else,
        `locked`, else `refused`."""
        done = self.run("ldapsearch", (name, password), "-LLL", "-e", "ppolicy", "-b", name, "-s", "base", "1.1")
        if done.returncode == 0:
            return ""
        if done.returncode == 50:
            return "must change"
        assert done.returncode == 49, done.stderr
        return "locked" if "Account locked" in done.stderr else "refused"

    def _launch(self, program: str, *arguments: str) -> int:
        output = self.folder / f"{program}.out"
        with output.open("wb") as written, (self.folder / f"{program}.log").open("ab") as log:
            child = self._children[program] = subprocess.Popen(
                ["/usr/bin/python3", str(KIT / program), *arguments], stdin=subprocess.DEVNULL, stdout=written, stderr=log)

        def port_or_end() -> int:
            assert child.poll() is None, (self.folder / f"{program}.log").read_text()
            text = output.read_text()
            return int(text) if text.endswith("\n") else 0

        return until(f"{program} serving", port_or_end, 60)

    def _end(self, program: str) -> None:
        child = self._children.pop(program)
        child.terminate()
        child.wait(20)
