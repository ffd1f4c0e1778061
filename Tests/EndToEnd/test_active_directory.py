"""The desk on a real domain controller of Active Directory: what it says it did is what the directory then does."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from latchkey.activedirectory import DOMAIN, SERVICE, WRONG_PASSWORDS_THAT_LOCK, DomainController
from latchkey.clients import Answer, AuthClient, HelpdeskClient
from latchkey.company import Person
from latchkey.files import replace_text
from latchkey.installation import Installation
from latchkey.mailbox import Mailbox
from latchkey.scenario import Enrolled, enroll
from latchkey.waiting import until

STORE = "corp"
TYPED = "Quartz-harbor-7-heron!"


def person(login: str) -> Person:
    return Person(STORE, login, login.capitalize(), f"{login}@example.org", "+15550100199",
                  f"Test-only-{login}-4711!", "")


OLGA, PAUL = person("olga"), person("paul")


@dataclass
class Corporation:
    """Both services, and the domain controller behind them."""

    services: Installation
    domain: DomainController
    letters: Mailbox

    def operator(self, who: Person) -> HelpdeskClient:
        return HelpdeskClient(self.services.helpdesk.url).sign_in(STORE, who.login, who.password)

    def caller(self, login: str) -> tuple[str, Enrolled]:
        """Somebody new, enrolled with a mail address; answers the DN too."""
        someone = person(login)
        name = self.domain.add(someone)
        return name, enroll(self.services, someone, ("email",))

    def verify(self, operator: HelpdeskClient, someone: Enrolled, action: str) -> str:
        """The caller reads the code in the mail to the operator."""
        started = operator.start_verification(someone.account, action).expect(201)
        known = self.letters.mark()
        operator.send_code(started["id"], "email").expect(202)
        letter = self.letters.wait(someone.person.mail, "accessCode", since=known)
        assert operator.answer_code(started["id"], "email", letter.code).expect(200)["ok"]
        assert operator.verification(started["id"]).expect(200)["status"] == "satisfied"
        return started["id"]


@pytest.fixture(scope="module")
def corporation(golden: Installation, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Corporation]:
    """Olga's role is for members of `Helpdesk` through `Tier 1`; Paul's passwords need not be changed."""
    folder = tmp_path_factory.mktemp("corporation")
    domain = DomainController(folder / "domain").start()
    services = Installation(golden.programs, folder / "latchkey").copied_from(golden)
    try:
        desk, tier, plain = (domain.add_group(name) for name in ("Helpdesk", "Tier 1", "Plain"))
        domain.join(tier, desk)
        domain.add(OLGA, tier)
        domain.add(PAUL, plain)
        configure(services, domain, desk, plain)
        yield Corporation(services.start(), domain, Mailbox(services.messages))
        services.stop()
    finally:
        services.auth.kill()
        services.helpdesk.kill()
        domain.stop()


def configure(services: Installation, domain: DomainController, desk: str, plain: str) -> None:
    secret = services.folder / "corp.secret"
    secret.touch(mode=0o600)
    secret.write_text(SERVICE[1])
    store = {"id": STORE, "name": "Corporation", "domain": "ad.example.org", "kind": "activeDirectory",
             "servers": [domain.address], "caFile": str(domain.authority), "bindName": SERVICE[0],
             "bindPassword": {"file": str(secret)}, "base": DOMAIN,
             "operationAttribute": "msDS-cloudExtensionAttribute1"}
    replace_text(services.folder / "stores.json5", r"stores: \[", f"stores: [\n{json.dumps(store)},")
    roles = [
        {"name": "helpdesk", "like": "helpdesk", "store": STORE, "scope": [STORE], "priority": 20, "group": desk,
         "helpdesk": {"atLeast": 1}},
        {"name": "plain", "like": "helpdesk", "store": STORE, "scope": [STORE], "priority": 21, "group": plain,
         "helpdesk": {"atLeast": 1, "mustChangeAtNextLogon": False}},
    ]
    replace_text(services.folder / "auth.json5", r"roles: \[", "roles: [\n" + ",".join(map(json.dumps, roles)) + ",")


def outcome(answer: Answer) -> str:
    result, = answer.expect(200)["results"]
    return result["outcome"]


def test_a_restricted_reset_ends_in_a_bind_with_the_new_password_and_none_with_the_old(corporation: Corporation):
    """R2, R13, V5, VS-10"""
    name, someone = corporation.caller("ines")
    for _ in range(WRONG_PASSWORDS_THAT_LOCK):
        corporation.domain.bind(name, "wrong")
    assert corporation.domain.bind(name, someone.person.password) == "775"
    paul = corporation.operator(PAUL)
    body = {"accounts": [someone.account], "method": "newPassword", "password": TYPED}
    paul.reset(someone.account, body).expect(403, "helpdesk.caller_not_verified")
    verification = corporation.verify(paul, someone, "resetPassword")
    assert outcome(paul.reset(someone.account, {**body, "verification": verification})) == "done"
    assert corporation.domain.bind(name, TYPED) == "", "the lock is gone with the reset"
    assert corporation.domain.bind(name, someone.person.password) == "52e"
    AuthClient(corporation.services.auth.url).try_sign_in(STORE, "ines", someone.person.password).expect(401)
    AuthClient(corporation.services.auth.url).try_sign_in(STORE, "ines", TYPED).expect(201)


def test_a_generated_password_arrives_by_mail_and_has_to_be_changed(corporation: Corporation):
    """R2, R13"""
    name, someone = corporation.caller("joao")
    olga = corporation.operator(OLGA)
    facts = olga.user(someone.account).expect(200)
    mail = next(contact["id"] for contact in facts["contacts"]
                if (contact["channel"], contact["source"]) == ("email", "enrolled"))
    verification = corporation.verify(olga, someone, "resetPassword")
    known = corporation.letters.mark()
    body = {"accounts": [someone.account], "method": "newPassword", "generate": True, "deliver": {"email": mail},
            "verification": verification}
    assert outcome(olga.reset(someone.account, body)) == "done"
    letter = corporation.letters.wait(someone.person.mail, "newPassword", since=known)
    password = letter.line_after("has set a new password")
    assert corporation.domain.bind(name, password) == "773", "right, and to be changed first"
    assert corporation.domain.bind(name, someone.person.password) == "52e"
    assert corporation.domain.value(name, "pwdLastSet") == "0"
    after = olga.user(someone.account).expect(200)
    assert after["mustChange"] and after["passwordExpires"] != "never"
    answer = AuthClient(corporation.services.auth.url).try_sign_in(STORE, "joao", password)
    wrong = AuthClient(corporation.services.auth.url).try_sign_in(STORE, "joao", "wrong")
    assert wrong.status == 401 and b"773" not in answer.content and b"data" not in wrong.content


def test_an_account_that_is_really_locked_is_unlocked(corporation: Corporation):
    """R4"""
    name, someone = corporation.caller("klara")
    for _ in range(WRONG_PASSWORDS_THAT_LOCK):
        corporation.domain.bind(name, "wrong")
    assert corporation.domain.bind(name, someone.person.password) == "775"
    olga = corporation.operator(OLGA)
    assert olga.user(someone.account).expect(200)["locked"]
    verification = corporation.verify(olga, someone, "unlockAccount")
    done = olga.unlock(someone.account, {"accounts": [someone.account], "verification": verification})
    assert outcome(done) == "done"
    assert corporation.domain.bind(name, someone.person.password) == ""
    assert corporation.domain.value(name, "lockoutTime") == "0"
    assert not olga.user(someone.account).expect(200)["locked"]
    until("the unlock in the history", lambda: any(
        event["kind"] == "unlock" and event["outcome"] == "success"
        for event in olga.history(someone.account).expect(200)["events"]), 15)


def test_a_password_the_domain_refuses_is_told_in_words_and_changes_nothing(corporation: Corporation):
    """PW-01"""
    name, someone = corporation.caller("lena")
    paul = corporation.operator(PAUL)
    verification = corporation.verify(paul, someone, "resetPassword")
    body = {"accounts": [someone.account], "method": "newPassword", "verification": verification,
            "password": "allofthelettersaresmall"}
    result, = paul.reset(someone.account, body).expect(200)["results"]
    assert result["outcome"] == "failed" and "Active Directory refuses the password" in json.dumps(result)
    assert corporation.domain.bind(name, someone.person.password) == ""
