"""A real slapd (`Tests/Kit/slapd.py`) full of people, and an installation that has it as a store."""

import shutil
import subprocess
import sys
import uuid
from pathlib import Path

from .service import REPOSITORY, Installation, free_port

BASE = "dc=example,dc=test"
PEOPLE = f"ou=people,{BASE}"
ADMINISTRATOR = ["-D", f"cn=admin,{BASE}", "-w", "secret"]
SERVICE = ["-D", f"cn=helpdesk,ou=services,{BASE}", "-w", "helpdesk-secret"]
STORE = "people"
PASSWORD = "Before-this-day-1999!"
LOAD_SECONDS = 300


class Directory:
    """The server; its people are numbered, and their ids are known beforehand."""

    def __init__(self, folder: Path, people: int):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        folder.chmod(0o711)
        self.folder, self.people = folder, people
        self.ldap, self.ldaps = free_port(), free_port()
        kit = REPOSITORY / "Tests/Kit"
        subprocess.run([kit / "make-ca.sh", folder / "ca"], check=True, timeout=60)
        self._command = [
            "/usr/bin/python3", str(kit / "slapd.py"), str(folder / "slapd"), "--certificates", str(folder / "ca"), "--ldap",
            str(self.ldap), "--ldaps", str(self.ldaps)]
        self._server: subprocess.Popen | None = None
        with self:
            pass  # makes configuration and data
        self._load()

    def __enter__(self) -> "Directory":
        self._server = subprocess.Popen(self._command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
        if not (self._server.stdout and self._server.stdout.readline().strip()):
            raise RuntimeError("slapd did not start")
        return self

    def __exit__(self, *_: object) -> None:
        if self._server:
            self._server.terminate()
            self._server.wait(30)

    def _load(self) -> None:
        """Past the server (slapadd(8)), which would take minutes."""
        program = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"] if sys.platform == "linux" else []
        loading = subprocess.Popen(
            [*program, "/usr/sbin/slapadd", "-q", "-f", str(self.folder / "slapd/slapd.conf")], stdin=subprocess.PIPE,
            text=True)
        assert loading.stdin
        with loading.stdin as file:
            for number in range(self.people):
                file.write(self._entry(number))
        if loading.wait(LOAD_SECONDS):
            raise RuntimeError("slapadd failed")

    @staticmethod
    def name(number: int) -> str:
        return f"uid=person{number:06d},{PEOPLE}"

    @staticmethod
    def identity(number: int) -> str:
        return str(uuid.UUID(int=0x6C61_7463_686B_6579_0000_0000_0000_0000 + number))

    @classmethod
    def account(cls, number: int) -> str:
        return f"{STORE}~{cls.identity(number)}"

    def _entry(self, number: int) -> str:
        return (
            f"dn: {self.name(number)}\nobjectClass: inetOrgPerson\nuid: person{number:06d}\ncn: Person {number:06d}\n"
            f"displayName: Person {number:06d} Example\ngivenName: Person\nsn: Number{number * 7919 % 1_000_000:06d}\n"
            f"mail: person{number:06d}@example.org\nentryUUID: {self.identity(number)}\nuserPassword: {PASSWORD}\n\n")

    def address(self) -> list[str]:
        """Of OpenLDAP's own tools, by TLS, as the product comes."""
        return ["-x", "-H", f"ldaps://127.0.0.1:{self.ldaps}"]

    def environment(self) -> dict[str, str]:
        return {"LDAPTLS_CACERT": str(self.folder / "ca/ca.pem"), "PATH": "/usr/bin:/bin"}

    def tool(self, *command: str, **options) -> subprocess.CompletedProcess:
        return subprocess.run(
            command, check=True, env=self.environment(), timeout=LOAD_SECONDS, stdin=options.pop("stdin", None) or (
                None if "input" in options else subprocess.DEVNULL), **options)

    def join(self, installation: Installation) -> None:
        """Makes it a store that the sample's restricted operators reach, where one code is enough."""
        secret = installation.folder / "directory.secret"
        secret.write_text(SERVICE[-1])
        secret.chmod(0o600)
        stores = installation.folder / "stores.json5"
        text = stores.read_text()
        end = text.rindex("  ],")
        stores.write_text(text[:end] + f"""    {{ id: "{STORE}", name: "People", domain: "people.example.org", kind: "ldap",
      servers: ["127.0.0.1:{self.ldaps}"], caFile: "{self.folder / 'ca/ca.pem'}", bindName: "{SERVICE[1]}",
      bindPassword: {{ file: "{secret}" }}, base: "{BASE}", defaultPolicy: "cn=default,ou=policies,{BASE}" }},
""" + text[end:])
        auth = installation.folder / "auth.json5"
        text = auth.read_text().replace('scope: ["staff", "contractors"]', f'scope: ["staff", "contractors", "{STORE}"]')
        text = text.replace('group: "Helpdesk" }', 'group: "Helpdesk", helpdesk: { requirement: "anyPossession" } }')
        auth.write_text(text)
        desk = installation.folder / "helpdesk.json5"
        desk.write_text(desk.read_text().replace("limits: {}", "limits: { resetsPerHour: 0 }"))
