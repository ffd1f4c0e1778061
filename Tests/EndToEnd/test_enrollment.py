"""A person enrolls and removes, from outside."""

import time

import pytest
from latchkey import oath
from latchkey.clients import AuthClient
from latchkey.company import Person
from latchkey.mailbox import Mailbox

Enrolling = tuple[Person, AuthClient]


def state_of(client: AuthClient, kind: str) -> dict:
    """One row of the person's enrollments."""
    rows = client.enrollments().expect(200)["types"]
    return next(row for row in rows if row["type"] == kind)


def test_an_authenticator_counts_after_a_right_code(enrolling: Enrolling):
    """TP-04"""
    _, client = enrolling
    offer = client.enroll_authenticator().expect(201)
    assert not state_of(client, "authenticator")["enrolled"]
    right = oath.totp(offer["secret"])
    wrong = f"{(int(right) + 1) % 1_000_000:06}"
    assert client.confirm("authenticator", wrong).status in (400, 409, 422)
    assert not state_of(client, "authenticator")["enrolled"]
    client.confirm("authenticator", oath.totp(offer["secret"])).expect(204)
    assert state_of(client, "authenticator")["enrolled"]


def test_a_code_of_an_old_step_does_not_enroll(enrolling: Enrolling):
    _, client = enrolling
    offer = client.enroll_authenticator().expect(201)
    assert client.confirm("authenticator", oath.totp(offer["secret"], time.time() - 90)).status in (400, 409, 422)
    assert not state_of(client, "authenticator")["enrolled"]


@pytest.mark.parametrize("kind", ["email", "mobile"])
def test_an_address_counts_once_its_code_has_come_back(enrolling: Enrolling, mailbox: Mailbox, kind: str):
    """AC-06"""
    person, client = enrolling
    address = person.mail if kind == "email" else person.mobile
    started = client.enroll_email(address) if kind == "email" else client.enroll_mobile(address)
    started.expect(202)
    code = mailbox.wait(address, "enrollmentCode").code
    assert code not in started.content.decode()
    assert not state_of(client, kind)["enrolled"]
    client.confirm(kind, code).expect(204)
    assert state_of(client, kind)["enrolled"]
    assert client.confirm(kind, code).status >= 400


def test_answers_are_enrolled_and_never_shown(enrolling: Enrolling):
    _, client = enrolling
    pool = client.questions().expect(200)
    chosen = [row["id"] for row in pool["questions"]][:pool["count"]]
    answers = {question: f"Something only I know {number}" for number, question in enumerate(chosen)}
    client.enroll_questions(answers).expect(204)
    assert state_of(client, "securityQuestions")["enrolled"]
    shown = client.enrollments().content + client.questions().content
    assert b"Something only I know" not in shown


def test_a_removed_type_is_gone(enrolling: Enrolling, mailbox: Mailbox):
    person, client = enrolling
    client.enroll_email(person.mail).expect(202)
    client.confirm("email", mailbox.wait(person.mail, "enrollmentCode").code).expect(204)
    client.remove("email").expect(204)
    assert not state_of(client, "email")["enrolled"]
