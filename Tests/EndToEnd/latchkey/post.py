"""A real mail server and a real SMS gateway of Tests/Kit, each behind a proxy that breaks things."""

import json
import re
import subprocess
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path
from typing import Any

import requests

from .files import replace_text, rows
from .installation import REPOSITORY, Installation
from .mailbox import CODE
from .waiting import Overdue, until

KIT = REPOSITORY / "Tests/Kit"
ACCOUNT = "AC" + "0" * 32


class Post:
    """Where messages go: the sink and the gateway, TLS by one CA, and the switches of their proxies."""

    def __init__(self, folder: Path):
        self.folder = folder
        self._children: list[subprocess.Popen[str]] = []
        self.authority = make_authority(folder / "ca")
        certificate = ["--certificate", str(folder / "ca/server.pem"), "--key", str(folder / "ca/server.key")]
        self.mails = folder / "mails"
        self._gateway = self._start("sms-gateway.py", *certificate)
        self.smtp, self.sms = folder / "smtp.mode", folder / "sms.mode"
        self.heal()
        sink = self._start("smtp-sink.py", str(self.mails), *certificate)
        self.smtp_port = self._start("fault-proxy.py", str(sink), str(self.smtp))
        self.sms_port = self._start("fault-proxy.py", str(self._gateway), str(self.sms))

    def configure(self, installation: Installation, name: str, authority: Path | None = None) -> None:
        """Has a service send by this mail server and this gateway in place of files."""
        folder = installation.folder
        for secret, text in (("smtp.secret", "mail-secret"), ("sms.secret", "sms-secret")):
            (folder / secret).write_text(text + "\n")
            (folder / secret).chmod(0o600)
        trusted = json.dumps(str(authority or self.authority))
        smtp = (f'smtp: {{ host: "127.0.0.1", port: {self.smtp_port}, security: "startTLS", username: "helpdesk", '
                f'password: {{ file: "smtp.secret" }}, caFile: {trusted}, deadlineSeconds: 5 }},')
        sms = (f'sms: {{ from: "+15550100000", countries: ["+1"], caFile: {trusted}, twilio: {{ account: "{ACCOUNT}", '
               f'token: {{ file: "sms.secret" }}, url: "https://127.0.0.1:{self.sms_port}" }} }},')
        file = folder / f"{name}.json5"
        replace_text(file, r"^ *files: \{ folder: .*\},$", smtp)
        replace_text(file, r"^ *sms: \{ .*files: .*\},$", sms)

    def heal(self) -> None:
        for switch in (self.smtp, self.sms):
            switch.write_text("ok")

    def letters(self, to: str) -> list[EmailMessage]:
        """The mails an address got, oldest first, as Python's email module reads them."""
        found = []
        for facts in sorted(self.mails.glob("*.json")):
            if json.loads(facts.read_text())["to"] == [to]:
                content = facts.with_suffix(".eml").read_bytes()
                found.append(BytesParser(policy=policy.default).parsebytes(content))
        return found

    def letter(self, to: str, seconds: float = 20.0) -> EmailMessage:
        return until(f"a mail to {to}", lambda: self.letters(to), seconds)[0]

    def texts(self, to: str) -> list[dict[str, Any]]:
        """The SMS a number got."""
        answer = requests.get(f"https://127.0.0.1:{self._gateway}/_double/messages", timeout=10, verify=self.authority)
        return [message for message in answer.json() if message.get("to") == to]

    def text(self, to: str, seconds: float = 20.0) -> dict[str, Any]:
        return until(f"an SMS to {to}", lambda: self.texts(to), seconds)[0]

    def close(self) -> None:
        for child in self._children:
            child.kill()
            child.wait(10)

    def _start(self, program: str, *arguments: str) -> int:
        child = subprocess.Popen(["/usr/bin/python3", str(KIT / program), *arguments], stdout=subprocess.PIPE,
                                 stdin=subprocess.DEVNULL, text=True)
        self._children.append(child)
        assert child.stdout is not None
        line = child.stdout.readline()
        assert line.strip().isdigit(), f"{program} did not say its port"
        return int(line)


def make_authority(folder: Path) -> Path:
    """A CA of its own; answers its certificate."""
    subprocess.run(["/bin/sh", str(KIT / "make-ca.sh"), str(folder)], check=True, timeout=30, capture_output=True)
    return folder / "ca.pem"


def words(letter: EmailMessage) -> str:
    """What a person reads."""
    body = letter.get_body(("plain",))
    assert body is not None, "a mail without a text"
    return body.get_content()


def code_in(text: str) -> str:
    """The one code of a message."""
    code, = set(CODE.findall(text))
    return code


class Outbox:
    """The queue of one service, from its database file."""

    COLUMNS = ["kind", "channel", "state", "attempts", "last_error", "due_at", "created_at", "sealed", "finished_at"]

    def __init__(self, database: Path):
        self.database = database

    def mark(self) -> int:
        return rows(self.database, "SELECT coalesce(max(rowid), 0) FROM outbox")[0][0]

    def since(self, mark: int, kind: str | None = None) -> list[dict[str, Any]]:
        found = rows(self.database, f"SELECT {', '.join(self.COLUMNS)} FROM outbox WHERE rowid > ? ORDER BY rowid",
                     (mark,))
        messages = [dict(zip(self.COLUMNS, row)) for row in found]
        return [message for message in messages if kind in (None, message["kind"])]

    def only(self, mark: int, kind: str) -> dict[str, Any]:
        message, = self.since(mark, kind)
        return message

    def until(self, mark: int, kind: str, seconds: float = 25.0, **wanted: Any) -> dict[str, Any]:
        """The message, once these columns are so; `attempts` means at least."""
        def look() -> dict[str, Any] | None:
            message = self.only(mark, kind)
            attempts = wanted.get("attempts", 0)
            same = all(message[name] == value for name, value in wanted.items() if name != "attempts")
            return message if same and message["attempts"] >= attempts else None

        try:
            return until(f"{kind} becoming {wanted}", look, seconds)
        except Overdue as overdue:
            raise Overdue(f"{overdue}; it is {self.only(mark, kind)}") from None


def metric(text: str, name: str, **labels: str) -> float:
    """One number of a Prometheus page; 0 when it is not there yet."""
    marks = ",".join(f'{label}="{value}"' for label, value in labels.items())
    found = re.search(rf"^{name}\{{{re.escape(marks)}\}} (\S+)$", text, re.MULTILINE)
    return float(found.group(1)) if found else 0.0
