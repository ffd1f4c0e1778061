"""A person enrolls, calls, and is verified: the steps most tests begin with."""

import time
from dataclasses import dataclass, field

from .clients import AuthClient
from .company import Person
from .installation import Installation
from .mailbox import Mailbox
from .oath import totp
from .waiting import until

ANSWERS = ["Grandmother's dumplings", "Open air in Øresund", "Little Sparrow", "Sorting the post",
           "The old water tower", "A wooden elephant"]


@dataclass
class Enrolled:
    """Somebody with enrollments, and what only they know."""

    person: Person
    client: AuthClient
    account: str
    answers: dict[str, str] = field(default_factory=dict)
    secret: str = ""

    def code(self) -> str:
        """What the authenticator shows now."""
        return totp(self.secret)


def early_in_step() -> int:
    """The time, at a moment that leaves 20 s of its TOTP step, so that a test's codes stay what they are."""
    until("a fresh TOTP step", lambda: time.time() % 30 < 10, 31)
    return int(time.time())


def enroll(services: Installation, person: Person,
           kinds: tuple[str, ...] = ("securityQuestions", "email", "authenticator")) -> Enrolled:
    """Signs the person in and enrolls these types. The authenticator is confirmed with the step before, so that the
    current one can still be used."""
    client = AuthClient(services.auth.url).sign_in(person.store, person.login, person.password)
    someone = Enrolled(person, client, client.grant["account"])
    mailbox = Mailbox(services.messages)
    for kind in kinds:
        if kind == "securityQuestions":
            offered = client.questions().expect(200)
            chosen = [question["id"] for question in offered["questions"][:offered["count"]]]
            someone.answers = dict(zip(chosen, ANSWERS))
            client.enroll_questions(someone.answers).expect(204)
        elif kind == "authenticator":
            someone.secret = client.enroll_authenticator().expect(201)["secret"]
            now = early_in_step()
            client.confirm("authenticator", totp(someone.secret, now - 30)).expect(204)
        else:
            known = mailbox.mark()
            address = person.mail if kind == "email" else person.mobile
            begun = client.enroll_email(address) if kind == "email" else client.enroll_mobile(address)
            begun.expect(202)
            letter = mailbox.wait(address, "enrollmentCode", since=known)
            client.confirm(kind, letter.code).expect(204)
    return someone
