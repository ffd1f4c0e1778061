"""A whole call center on an installation of its own: operators, callers, and the way from one to the other."""

import itertools
import time
from contextlib import ExitStack
from pathlib import Path
from dataclasses import dataclass, field

from .clients import Answer, AuthClient, HelpdeskClient
from .company import OLIVIA, Person, people
from .files import WriteLock, replace_text, set_limits
from .installation import Installation
from .interposer import Interposer
from .mailbox import Mailbox
from .process import ServiceProcess
from .scenario import Enrolled, enroll
from .waiting import PATIENCE, until

# As generous as the legal ranges allow: what is limited is shown elsewhere.
AUTH_LIMITS = {
    "codeGapSeconds": 0, "codesPerTenMinutes": 20, "codesPerHour": 50, "codesPerDay": 100, "failuresPerFactor": 100,
    "failuresPerDay": 100, "signInsPerLogin": 1_000, "failedSignInsPerAddress": 100_000, "accessTokenSeconds": 900,
    "sessionIdleSeconds": 3_600,
}
SESSION_SECONDS = 600
AUTH_DEADLINE = min(3_000 * PATIENCE, 20_000)  # milliseconds
LINKED = ("priya.iyer", "sato.kenji")  # masters of accounts in the other store, callable by name


@dataclass
class Caller:
    """Somebody who calls: enrolled, with a password that changes."""

    someone: Enrolled
    password: str
    codes: list[str] = field(default_factory=list)

    @property
    def account(self) -> str:
        return self.someone.account

    @property
    def person(self) -> Person:
        return self.someone.person


class CallCenter:
    """Both services with an interposer between them, and limits that do not slow a test."""

    def __init__(self, installation: Installation, auth_limits: dict[str, int] | None = None):
        self.installation = installation
        self.auth, self.helpdesk = installation.auth, installation.helpdesk
        self.interposer = Interposer(installation.auth.port)
        set_limits(installation.folder / "auth.json5", **(auth_limits or AUTH_LIMITS))
        set_limits(installation.folder / "helpdesk.json5", resetsPerHour=0)
        replace_text(installation.folder / "helpdesk.json5", r'^  auth: \{ url: "[^"]*" \}',
                     f'  auth: {{ url: "{self.interposer.url}", deadlineMilliseconds: {AUTH_DEADLINE} }}')
        replace_text(installation.folder / "stores.json5", r'path: "(?=staff|contractors)',
                     'busySeconds: 2, path: "', 2)
        self.mailbox = Mailbox(installation.messages)
        self._people = iter(self._callable())
        self._signed_in: dict[tuple[str, str, str], tuple[HelpdeskClient, float]] = {}
        self._numbers = itertools.count(1)

    def one_code_is_enough(self) -> "CallCenter":
        """Restricted operators have to verify one of mobile, email, authenticator."""
        replace_text(self.installation.folder / "auth.json5", r'priority: 20, group: "Helpdesk" \}',
                     'priority: 20, group: "Helpdesk",\n      helpdesk: { requirement: "anyPossession" } }', 2)
        return self

    def start(self) -> "CallCenter":
        self.installation.start()
        return self

    def start_again(self, *services: ServiceProcess) -> None:
        """Starts killed services. What their message workers held is due again at once, not when the lease ends."""
        with ExitStack() as stack:
            for service in services:
                stack.enter_context(WriteLock(self.databases[service.name])).execute(
                    "UPDATE outbox SET due_at = created_at WHERE state = 'sending'")
            for service in services:
                service.start()

    def close(self) -> None:
        self.auth.kill()
        self.helpdesk.kill()
        self.interposer.close()

    @property
    def databases(self) -> dict[str, Path]:
        """The databases of the two services and of the two stores."""
        folder = self.installation.folder
        return {"auth": folder / "auth/auth.db", "helpdesk": folder / "helpdesk/helpdesk.db",
                "staff": folder / "staff.db", "contractors": folder / "contractors.db"}

    def caller(self, kinds: tuple[str, ...] = ("email",), login: str | None = None) -> Caller:
        """The next person, or the one of a login, enrolled with these types."""
        person = next(each for each in (people() if login else self._people) if login in (None, each.login))
        return Caller(enroll(self.installation, person, kinds), person.password)

    def operator(self, who: tuple[str, str, str] = OLIVIA, fresh: bool = False) -> HelpdeskClient:
        """An operator at the helpdesk service, signed in not too long ago."""
        known = self._signed_in.get(who)
        if not fresh and known and time.monotonic() - known[1] < SESSION_SECONDS:
            return known[0]
        client = HelpdeskClient(self.helpdesk.url).sign_in(*who)
        self._signed_in[who] = (client, time.monotonic())
        return client

    def mail_contact(self, operator: HelpdeskClient, caller: Caller) -> str:
        """The opaque id of the mail address the caller enrolled."""
        contacts = operator.user(caller.account).expect(200)["contacts"]
        return next(item["id"] for item in contacts if item["channel"] == "email" and item["source"] == "enrolled")

    def code(self, operator: HelpdeskClient, verification: str, caller: Caller) -> str:
        """Has a code sent to the caller's mail, and reads it there."""
        known = self.mailbox.mark()
        operator.send_code(verification, "email").expect(202)
        code = self.mailbox.wait(caller.person.mail, "accessCode", since=known).code
        caller.codes.append(code)
        return code

    def prove(self, operator: HelpdeskClient, caller: Caller, action: str) -> str:
        """A satisfied verification, where one code is enough."""
        verification = operator.start_verification(caller.account, action).expect(201)["id"]
        code = self.code(operator, verification, caller)
        answered = operator.answer_code(verification, "email", code).expect(200)
        assert answered["status"] == "satisfied", answered.json
        return verification

    def new_password(self) -> str:
        """One that was never used."""
        return f"Quartz-{next(self._numbers):05d}-Heron-7tide!"

    def accepts(self, caller: Caller, password: str) -> bool:
        """Whether the directory signs the caller in with it."""
        answer = AuthClient(self.auth.url).try_sign_in(caller.person.store, caller.person.login, password)
        assert answer.status in (201, 401), answer.content
        return answer.status == 201

    def lock_out(self, caller: Caller) -> None:
        """Wrong passwords until the directory locks the account."""
        for _ in range(5):
            assert not self.accepts(caller, "Wrong-" + caller.password)
        assert not self.accepts(caller, caller.password), "five wrong passwords did not lock the account"

    def settled(self, operator: HelpdeskClient, operation: str, seconds: float = 15.0) -> Answer:
        """An operation once none of its intents is open."""
        def look() -> Answer | None:
            answer = operator.get(f"/v1/operations/{operation}")
            return answer if answer.status == 200 and answer["finished"] else None

        return until(f"operation {operation} being settled", look, seconds)

    def verify_history(self) -> None:
        """`latchkey audit verify` finds both chains whole."""
        done = self.installation.command("audit", "verify", "--folder", str(self.installation.folder))
        assert done.returncode == 0, f"audit verify ended with {done.returncode}:\n{done.stdout}{done.stderr}"

    @staticmethod
    def _callable() -> list[Person]:
        return [person for person in people()[10:]
                if person.login not in LINKED and person.mail and person.mobile
                and person.state in ("", "neverExpires")]


def reset_body(caller: Caller, password: str, verification: str | None = None, **more) -> dict:
    """The body of a reset of the caller's own account to a typed password."""
    body = {"accounts": [caller.account], "method": "newPassword", "password": password, **more}
    return {**body, "verification": verification} if verification else body


def unlock_body(caller: Caller, verification: str | None = None, **more) -> dict:
    """The body of an unlock of the caller's own account."""
    body = {"accounts": [caller.account], **more}
    return {**body, "verification": verification} if verification else body
