"""“Reset Passwords” and “Unlock Accounts” of the operators' manual, step by step, in both modes."""

from collections.abc import Iterator

import pytest
from latchkey.clients import Answer, AuthClient, HelpdeskClient
from latchkey.company import OLIVIA, UMAR, Person, people
from latchkey.contract import checked
from latchkey.files import locked, replace_text, set_limits
from latchkey.installation import Installation, running_copy
from latchkey.mailbox import Mailbox
from latchkey.scenario import Enrolled, early_in_step, enroll
from latchkey.waiting import until

EVERYTHING = ("securityQuestions", "mobile", "email", "authenticator")
TYPED = "Quartz-harbor-7-heron!"


@pytest.fixture(scope="module")
def company(golden: Installation, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """Both services; restricted operators have to verify all four types, and codes may follow each other at once."""
    def prepare(own: Installation) -> None:
        set_limits(own.folder / "auth.json5", codeGapSeconds=0)
        replace_text(own.folder / "auth.json5", r'priority: 20, group: "Helpdesk" \}',
                     'priority: 20, group: "Helpdesk", helpdesk: { atLeast: 4 } }', 2)

    with running_copy(golden, tmp_path_factory.mktemp("company"), prepare) as own:
        yield own


@pytest.fixture
def olivia(company: Installation) -> HelpdeskClient:
    """A restricted operator; every answer she gets is held against the document."""
    return checked(HelpdeskClient(company.helpdesk.url).sign_in(*OLIVIA))


@pytest.fixture
def umar(company: Installation) -> HelpdeskClient:
    """An unrestricted operator, likewise."""
    return checked(HelpdeskClient(company.helpdesk.url).sign_in(*UMAR))


@pytest.fixture
def letters(company: Installation) -> Mailbox:
    return Mailbox(company.messages)


def named(login: str) -> Person:
    return next(person for store in ("staff", "contractors") for person in people(store) if person.login == login)


def accepts(company: Installation, person: Person, password: str) -> bool:
    """Whether the directory lets the person in with a password."""
    answer = AuthClient(company.auth.url).try_sign_in(person.store, person.login, password)
    assert answer.status in (201, 401), answer.content
    return answer.status == 201


def lock_out(company: Installation, person: Person) -> None:
    for _ in range(5):
        assert not accepts(company, person, "Wrong-" + person.password)
    assert not accepts(company, person, person.password), "five wrong passwords did not lock the account"


def row(operator: HelpdeskClient, text: str, login: str) -> dict:
    """Step 2: the user's row, found by a search."""
    users = operator.users(q=text).expect(200)["users"]
    return next(user for user in users if user["login"] == login)


def kinds(operator: HelpdeskClient, account: str) -> list[tuple[str, str]]:
    """The History button: what was done, newest first."""
    events = operator.history(account, limit=200).expect(200)["events"]
    return [(event["kind"], event["outcome"]) for event in events]


def until_enrolled(operator: HelpdeskClient, someone: Enrolled, count: int) -> dict:
    """The row, once enrollments have come by way of the feed."""
    def look() -> dict | None:
        found = row(operator, someone.person.mail, someone.person.login)
        return found if len(found["enrolledWith"]) == count else None

    return until("the enrollments in the list", look)


def authenticate(operator: HelpdeskClient, someone: Enrolled, action: str, letters: Mailbox) -> str:
    """Step 4: the Authenticate page, type by type, each first with something wrong."""
    state = operator.start_verification(someone.account, action).expect(201)
    verification = state["id"]
    assert {kind["type"] for kind in state["types"] if kind["verifiable"]} == set(EVERYTHING)
    assert (state["status"], state["optional"]) == ("created", False)
    questions(operator, someone, state)
    for kind, address in (("mobile", someone.person.mobile), ("email", someone.person.mail)):
        code(operator, verification, kind, address, letters)
    early_in_step()
    now = someone.code()
    assert not operator.answer_code(verification, "authenticator", f"{(int(now) + 1) % 1_000_000:06}").expect(200)["ok"]
    assert operator.verification(verification).expect(200)["status"] == "challenged"
    assert operator.answer_code(verification, "authenticator", now).expect(200)["ok"]
    done = operator.verification(verification).expect(200)
    assert done["status"] == "satisfied" and all(kind["verified"] for kind in done["types"])
    assert done["stillNeeded"] == {"types": [], "further": 0, "of": []}
    return verification


def questions(operator: HelpdeskClient, someone: Enrolled, state: Answer) -> None:
    """Each answer is verified by itself."""
    asked = state["questions"]
    assert len(asked) == state["questionsNeeded"] == 3 and all(question["text"] for question in asked)
    wrong = operator.answer_question(state["id"], asked[0]["id"], "Something else").expect(200)
    assert not wrong["ok"] and wrong["attemptsLeft"] > 0
    for question in asked:
        answer = someone.answers[question["id"]].upper() + " "
        assert operator.answer_question(state["id"], question["id"], answer).expect(200)["ok"]
    rows = operator.verification(state["id"]).expect(200)["questions"]
    assert [question["right"] for question in rows] == [True, True, True]


def code(operator: HelpdeskClient, verification: str, kind: str, address: str, letters: Mailbox) -> None:
    """Send Code, get it from the user, Verify."""
    known = letters.mark()
    sent = operator.send_code(verification, kind).expect(202)
    letter = letters.wait(address, "accessCode", since=known)
    assert "Not you?" in letter.text or "did not call" in letter.text
    assert letter.code not in sent.content.decode() and address not in sent.content.decode()
    wrong = f"{(int(letter.code) + 1) % 10**8:08}"
    assert not operator.answer_code(verification, kind, wrong).expect(200)["ok"]
    assert operator.answer_code(verification, kind, letter.code).expect(200)["ok"]
    shown = next(row for row in operator.verification(verification)["types"] if row["type"] == kind)
    assert shown["verified"] and shown["address"] == address, "her role may see contact details"


def contact(facts: Answer, channel: str, source: str = "enrolled") -> str:
    """An entry of Select Mobile or Select Email."""
    return next(contact["id"] for contact in facts["contacts"]
                if (contact["channel"], contact["source"]) == (channel, source))


def outcomes(answer: Answer) -> dict[str, str]:
    return {result["account"]: result["outcome"] for result in answer.expect(200)["results"]}


def test_reset_in_restricted_mode_of_linked_accounts_with_a_generated_password(
        company: Installation, olivia: HelpdeskClient, letters: Mailbox):
    """P1, P4, R1-R8, V1-V6"""
    someone = enroll(company, named("priya.iyer"), EVERYTHING)
    person, other = someone.person, named("c.priya.iyer")
    shown = until_enrolled(olivia, someone, 4)
    assert shown["name"] == person.display_name and shown["store"]["name"] == "Staff"
    assert not shown["locked"] and shown["lastPasswordSet"] != "never" and shown["passwordExpires"] > "2026"

    facts = olivia.user(someone.account).expect(200)
    action = facts["actions"]["resetPassword"]
    assert action["allowed"] and action["pages"] == ["authenticate", "reset"] and not action["skippable"]
    assert set(facts["enrolledWith"]) == set(EVERYTHING)
    linked, = facts["linkedAccounts"]
    assert linked["login"] == other.login and linked["requiresReset"]
    assert linked["requiresResetBecause"] == "passwordExpired"
    until("the enrollment in the history", lambda: ("enroll", "success") in kinds(olivia, someone.account), 15)

    body = {"accounts": [someone.account, linked["id"]], "method": "newPassword", "generate": True,
            "deliver": {"mobile": contact(facts, "sms"), "email": contact(facts, "email")}}
    olivia.reset(someone.account, body).expect(403, "helpdesk.caller_not_verified")
    verification = authenticate(olivia, someone, "resetPassword", letters)
    assert accepts(company, person, person.password), "nothing may have happened yet"

    known = letters.mark()
    done = olivia.reset(someone.account, {**body, "verification": verification})
    assert outcomes(done) == {someone.account: "done", linked["id"]: "done"}
    mail = [letters.wait(person.mail, "newPassword", since=known)]
    sms = letters.wait(person.mobile, "newPassword", since=known)
    password = mail[0].line_after("has set a new password")
    assert sms.line_after("new password for") == password and len(password) == 16
    letters.wait(person.mail, "passwordReset", since=known)
    for owner in (person, other):
        assert accepts(company, owner, password) and not accepts(company, owner, owner.password)
    after = olivia.user(someone.account).expect(200)
    assert after["mustChange"] and after["requiresResetBecause"] == "mustChange"
    assert after["lastPasswordSet"] > facts["lastPasswordSet"]
    expected = {("reset", "success"), ("authenticate", "success"), ("authenticate", "failure"),
                ("verification", "success"), ("refusal", "failure")}
    until("the auth service's events in the history", lambda: expected <= set(kinds(olivia, someone.account)), 15)
    assert ("reset", "success") in kinds(olivia, linked["id"])


def test_reset_in_restricted_mode_with_a_typed_password(
        company: Installation, olivia: HelpdeskClient, letters: Mailbox):
    """R2, R11, PW-01"""
    someone = enroll(company, named("jurgen.muller"), EVERYTHING)
    person = someone.person
    verification = authenticate(olivia, someone, "resetPassword", letters)
    body = {"accounts": [someone.account], "method": "newPassword", "verification": verification}
    for weak, problem in (("short", "password.too_short"), ("Latchkey-harbor-9-tide!", "password.banned_word")):
        refused = olivia.reset(someone.account, {**body, "password": weak}).expect(422, "helpdesk.password_refused")
        assert any(problem.split(".")[1].replace("_", "") in code.replace("_", "").lower()
                   for code in refused["problems"]), refused.json
    assert accepts(company, person, person.password)
    assert outcomes(olivia.reset(someone.account, {**body, "password": TYPED})) == {someone.account: "done"}
    assert accepts(company, person, TYPED) and not accepts(company, person, person.password)
    olivia.reset(someone.account, {**body, "password": TYPED + "2"}).expect(409, "auth.proof_redeemed")
    assert TYPED not in str(olivia.history(someone.account, limit=200).json)


def test_unenrolled_users_are_refused_in_restricted_mode_and_have_one_page_in_the_other(
        company: Installation, olivia: HelpdeskClient, umar: HelpdeskClient, letters: Mailbox):
    """P1, R12"""
    person = named("greta.muller")
    account = row(olivia, "Greta", person.login)["id"]
    for action in ("resetPassword", "unlockAccount"):
        verdict = olivia.user(account).expect(200)["actions"][action]
        assert (verdict["allowed"], verdict["code"]) == (False, "policy.not_enrolled")
    olivia.start_verification(account, "resetPassword").expect(403, "policy.not_enrolled")
    body = {"accounts": [account], "method": "newPassword", "generate": True}
    olivia.reset(account, body).expect(403, "policy.not_enrolled")
    olivia.unlock(account, {"accounts": [account]}).expect(403, "policy.not_enrolled")
    assert accepts(company, person, person.password)

    facts = umar.user(account).expect(200)
    assert facts["enrolledWith"] == [] and facts["actions"]["resetPassword"]["pages"] == ["reset"]
    assert facts["actions"]["unlockAccount"]["pages"] == ["unlock"]
    known = letters.mark()
    deliver = {"email": contact(facts, "email", "directory")}
    done = umar.reset(account, {**body, "deliver": deliver})
    assert outcomes(done) == {account: "done"}
    password = letters.wait(person.mail, "newPassword", since=known).line_after("has set a new password")
    assert accepts(company, person, password) and not accepts(company, person, person.password)


def test_reset_in_unrestricted_mode_skips_with_a_reason_and_the_owner_is_told(
        company: Installation, umar: HelpdeskClient, letters: Mailbox):
    """P2, VS-11"""
    someone = enroll(company, named("tomas.dvorak"), ("email",))
    person = someone.person
    facts = umar.user(someone.account).expect(200)
    action = facts["actions"]["resetPassword"]
    assert action["pages"] == ["authenticate", "reset"] and action["skippable"]
    generated = umar.generated_password("staff").expect(200)["password"]
    known = letters.mark()
    body = {"accounts": [someone.account], "method": "newPassword", "password": generated,
            "reason": "Stands at my desk", "deliver": {"email": contact(facts, "email")}}
    assert outcomes(umar.reset(someone.account, body)) == {someone.account: "done"}
    for kind in ("verificationSkipped", "passwordReset", "newPassword"):
        letters.wait(person.mail, kind, since=known)
    assert accepts(company, person, generated)
    events = umar.history(someone.account, limit=200).expect(200)["events"]
    assert any("Stands at my desk" in str(event["detail"]) for event in events if "detail" in event), events


def test_unlock_in_restricted_mode(company: Installation, olivia: HelpdeskClient, letters: Mailbox):
    """P1, U1-U4"""
    someone = enroll(company, named("gyorgy.szucs"), EVERYTHING)
    person = someone.person
    lock_out(company, person)
    until("the lock in the list", lambda: row(olivia, person.mail, person.login)["locked"])
    facts = olivia.user(someone.account).expect(200)
    assert facts["locked"] and facts["actions"]["unlockAccount"]["pages"] == ["authenticate", "unlock"]
    body = {"accounts": [someone.account]}
    olivia.unlock(someone.account, body).expect(403, "helpdesk.caller_not_verified")
    verification = authenticate(olivia, someone, "unlockAccount", letters)
    known = letters.mark()
    assert outcomes(olivia.unlock(someone.account, {**body, "verification": verification})) == {someone.account: "done"}
    assert not olivia.user(someone.account)["locked"]
    assert accepts(company, person, person.password), "an unlock leaves the password alone"
    letters.wait(person.mail, "accountUnlocked", since=known)
    assert ("unlock", "success") in kinds(olivia, someone.account)


def test_unlock_in_unrestricted_mode_of_linked_accounts(
        company: Installation, umar: HelpdeskClient, letters: Mailbox):
    """U3, U4"""
    someone, other = enroll(company, named("sato.kenji"), ("email",)), named("c.sato.kenji")
    lock_out(company, someone.person)
    facts = umar.user(someone.account).expect(200)
    linked, = facts["linkedAccounts"]
    assert facts["locked"] and linked["locked"] and linked["login"] == other.login
    assert not accepts(company, other, other.password)
    body = {"accounts": [someone.account, linked["id"]], "reason": "Known by voice"}
    assert outcomes(umar.unlock(someone.account, body)) == {someone.account: "done", linked["id"]: "done"}
    for person in (someone.person, other):
        assert accepts(company, person, person.password)


def test_a_proof_for_one_action_does_not_do_for_the_other(
        company: Installation, umar: HelpdeskClient, letters: Mailbox):
    """VS-02, VS-09"""
    someone = enroll(company, named("oksana.shevchenko"), ("email",))
    lock_out(company, someone.person)
    verification = umar.start_verification(someone.account, "resetPassword").expect(201)["id"]
    code(umar, verification, "email", someone.person.mail, letters)
    body = {"accounts": [someone.account], "verification": verification}
    umar.unlock(someone.account, body).expect(403, "helpdesk.proof_refused")
    assert umar.user(someone.account).expect(200)["locked"]


def test_accounts_of_somebody_else_cannot_be_picked(company: Installation, umar: HelpdeskClient):
    """R6"""
    someone = enroll(company, named("ivan.petrov"), ("email",))
    stranger = row(umar, "Elena", "elena.sokolova")["id"]
    body = {"accounts": [someone.account, stranger], "method": "newPassword", "password": TYPED}
    umar.reset(someone.account, body).expect(403, "policy.accounts_not_linked")
    assert accepts(company, someone.person, someone.person.password)


def test_each_account_has_its_result_and_the_failed_one_alone_is_tried_again(
        company: Installation, umar: HelpdeskClient, letters: Mailbox):
    """R6, R7"""
    someone, other = enroll(company, named("soren.aagaard"), ("email",)), named("c.soren.aagaard")
    facts = umar.user(someone.account).expect(200)
    linked, = facts["linkedAccounts"]
    body = {"accounts": [someone.account, linked["id"]], "method": "newPassword", "generate": True,
            "deliver": {"email": contact(facts, "email")}}
    with locked(company.folder / "contractors.db"):
        first = umar.reset(someone.account, body).expect(200)
    assert outcomes(first) == {someone.account: "done", linked["id"]: "failed"}
    failed = next(result for result in first["results"] if result["account"] == linked["id"])
    assert failed["reason"] and failed["message"]
    since = umar.user(someone.account).expect(200)["lastPasswordSet"]
    again = umar.retry(first["operation"]).expect(200)
    assert again["operation"] == first["operation"]
    assert outcomes(again) == {someone.account: "done", linked["id"]: "done"}
    assert umar.user(someone.account)["lastPasswordSet"] == since, "the account that was done was written again"
    password = letters.wait(someone.person.mail, "newPassword").line_after("has set a new password")
    for person in (someone.person, other):
        assert accepts(company, person, password)
    umar.retry(first["operation"]).expect(409, "helpdesk.nothing_to_retry")
