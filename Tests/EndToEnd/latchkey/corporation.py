"""Both services with a directory of a company behind them, its operators and its callers."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from .activedirectory import DomainController
from .clients import Answer, AuthClient, HelpdeskClient
from .company import OLIVIA, Person
from .files import replace_text, set_limits
from .installation import Installation, running_copy
from .mailbox import Mailbox
from .openldap import OpenLDAP
from .scenario import Enrolled, enroll

STORE = "corp"
TYPED = "Quartz-harbor-7-heron!"
Directory = TypeVar("Directory", OpenLDAP, DomainController)


def person(login: str) -> Person:
    """Somebody of the corporation."""
    return Person(STORE, login, login.capitalize(), f"{login}@example.org", "+15550100199",
                  f"Test-only-{login}-4711!", "")


OLGA = person("olga")


@dataclass
class Corporation(Generic[Directory]):
    """Both services, and the directory behind them."""

    services: Installation
    directory: Directory
    letters: Mailbox

    def olga(self) -> HelpdeskClient:
        """An operator who is in the directory herself; whom she resets has to change the password."""
        return HelpdeskClient(self.services.helpdesk.url).sign_in(STORE, OLGA.login, OLGA.password)

    def olivia(self) -> HelpdeskClient:
        """An operator of the sample company, whom the directory's troubles do not touch; no need to change there."""
        return HelpdeskClient(self.services.helpdesk.url).sign_in(*OLIVIA)

    def caller(self, login: str, kinds: tuple[str, ...] = ("email",)) -> tuple[str, Enrolled]:
        """Somebody new, enrolled; answers the DN too."""
        someone = person(login)
        name = self.directory.add(someone)
        return name, enroll(self.services, someone, kinds)

    def lock_out(self, name: str) -> None:
        """Wrong passwords at the directory itself until it locks."""
        for _ in range(self.directory.wrong_passwords_that_lock):
            self.directory.bind(name, "wrong")

    def verify(self, operator: HelpdeskClient, someone: Enrolled, action: str = "resetPassword") -> str:
        """The caller reads a code to the operator: of the authenticator, where there is one, or of a mail."""
        started = operator.start_verification(someone.account, action).expect(201)
        if someone.secret:
            code, kind = someone.code(), "authenticator"
        else:
            known = self.letters.mark()
            operator.send_code(started["id"], "email").expect(202)
            code, kind = self.letters.wait(someone.person.mail, "accessCode", since=known).code, "email"
        assert operator.answer_code(started["id"], kind, code).expect(200)["ok"]
        assert operator.verification(started["id"]).expect(200)["status"] == "satisfied"
        return started["id"]

    def signs_in(self, login: str, password: str) -> bool:
        """Whether the auth service lets somebody in."""
        answer = AuthClient(self.services.auth.url).try_sign_in(STORE, login, password)
        assert answer.status in (201, 401), answer.content
        return answer.status == 201


@contextmanager
def corporation(golden: Installation, folder: Path, directory: Directory) -> Iterator[Corporation[Directory]]:
    """Olga's role is for members of `Helpdesk` through `Tier 1`. One verified type is enough for both operators."""
    desk, tier = (directory.add_group(name) for name in ("Helpdesk", "Tier 1"))
    directory.join(tier, desk)
    directory.add(OLGA, tier)

    def configure(services: Installation) -> None:
        store = directory.settings(STORE, services.folder / "corp.secret")
        replace_text(services.folder / "stores.json5", r"stores: \[", f"stores: [\n{json.dumps(store)},")
        file = services.folder / "auth.json5"
        file.write_text(file.read_text().replace("scope: [", f'scope: ["{STORE}", '))
        replace_text(file, r'priority: 20, group: "Helpdesk" \}', 'priority: 20, group: "Helpdesk", '
                     "helpdesk: { atLeast: 1, mustChangeAtNextLogon: false } }", 2)
        role = {"name": "desk", "like": "helpdesk", "store": STORE, "scope": [STORE], "priority": 20, "group": desk,
                "helpdesk": {"atLeast": 1}}
        replace_text(file, r"roles: \[", f"roles: [\n{json.dumps(role)},")
        set_limits(file, codeGapSeconds=0, codesPerTenMinutes=20, codesPerHour=50, codesPerDay=100)

    with running_copy(golden, folder, configure) as services:
        yield Corporation(services, directory, Mailbox(services.messages))


def outcome(answer: Answer) -> str:
    """What became of the one account of an act."""
    result, = answer.expect(200)["results"]
    return result["outcome"]


def reset_body(someone: Enrolled, verification: str | None, password: str = TYPED, **more: object) -> dict:
    """A reset of the caller's own account to a typed password."""
    proof = {"verification": verification} if verification else {}
    return {"accounts": [someone.account], "method": "newPassword", "password": password, **proof, **more}
