"""“Unenroll a User” of the operators' manual, step by step, and what a reset soon after takes."""

from pathlib import Path

import pytest
from latchkey.clients import HelpdeskClient, new_key
from latchkey.company import ADA, OLIVIA, people
from latchkey.contract import checked
from latchkey.installation import Installation
from latchkey.mailbox import Mailbox
from latchkey.scenario import Enrolled, early_in_step, enroll
from latchkey.waiting import until

NEW = "Quartz-harbor-7-heron!"


def someone_enrolled(services: Installation, login: str, *kinds: str) -> Enrolled:
    person = next(person for person in people() if person.login == login)
    return enroll(services, person, kinds)


@pytest.fixture
def olivia(own_services: Installation) -> HelpdeskClient:
    """A restricted operator; every answer is held against the document."""
    return checked(HelpdeskClient(own_services.helpdesk.url).sign_in(*OLIVIA))


def until_listed(operator: HelpdeskClient, someone: Enrolled, kinds: list[str]) -> None:
    """The types in the user's row, once they have come by way of the feed."""
    def look() -> bool:
        users = operator.users(q=someone.person.mail).expect(200)["users"]
        return next(user for user in users if user["id"] == someone.account)["enrolledWith"] == kinds

    until(f"{kinds} in the list", look)


def filtered(operator: HelpdeskClient, kind: str) -> list[str]:
    """Who is enrolled with a type, as the filter says."""
    return [user["id"] for user in operator.users(enrolledWith=kind).expect(200)["users"]]


def events(operator: HelpdeskClient, someone: Enrolled, kind: str, count: int) -> list[dict]:
    """The history of one kind, newest first, once it has come by way of the feed."""
    def look() -> list[dict] | None:
        found = operator.history(someone.account, kind=kind).expect(200)["events"]
        return found if len(found) == count else None

    return until(f"{count} events {kind}", look)


def import_keys(services: Installation, file: Path, *rows: str) -> str:
    file.write_text("\n".join(["store,login,type,enrolledAt,label", *rows]) + "\n")
    done = services.command("enrollment", "import", str(file), "--folder", str(services.folder))
    return done.stdout.strip() if done.returncode == 0 else done.stderr.strip()


def test_the_manuals_yubikey_example(own_services: Installation, olivia: HelpdeskClient, tmp_path: Path):
    """E2, R8: enrolled with Security Questions, Email and YubiKey; unenrolled for YubiKey; the others stay."""
    someone = someone_enrolled(own_services, "li.wei", "securityQuestions", "email")
    row = f"staff,{someone.person.login},yubiKey,2026-01-31T08:00:00Z,YubiKey 5 NFC"
    assert import_keys(own_services, tmp_path / "keys.csv", row) == "1 enrollments added, 0 were there."
    assert import_keys(own_services, tmp_path / "keys.csv", row) == "0 enrollments added, 1 were there."
    shown = next(kind for kind in someone.client.enrollments()["types"] if kind["type"] == "yubiKey")
    assert (shown["label"], shown["enrolledAt"]) == ("YubiKey 5 NFC", "2026-01-31T08:00:00.000Z")

    # 2. Locate the user. 3. Unenroll Account shows the types the account is enrolled with.
    until_listed(olivia, someone, ["email", "securityQuestions", "yubiKey"])
    assert filtered(olivia, "yubiKey") == [someone.account]
    dialog = olivia.user(someone.account).expect(200)
    assert dialog["enrolledWith"] == ["email", "securityQuestions", "yubiKey"]
    assert dialog["actions"]["unenroll"] == {"allowed": True}
    # 4. Select the type. 5. Unenroll, and again on the confirmation.
    done = olivia.unenroll(someone.account, ["yubiKey"]).expect(200)
    assert (done["removed"], done["remaining"]) == (["yubiKey"], ["email", "securityQuestions"])

    until_listed(olivia, someone, ["email", "securityQuestions"])
    assert filtered(olivia, "yubiKey") == [] and filtered(olivia, "email") == [someone.account]
    event, = events(olivia, someone, "unenroll", 1)
    assert (event["type"], event["performedBy"], event["service"]) == ("yubiKey", "helpdesk", "latchkey-auth")
    letter = Mailbox(own_services.messages).wait(someone.person.mail, "factorUnenrolled")
    assert "YubiKey" in letter.text and someone.person.login in letter.text
    # The desk could never verify with it: a reset takes no second person.
    assert "approval" not in olivia.start_verification(someone.account, "resetPassword").expect(201).json
    olivia.unenroll(someone.account, ["yubiKey"]).expect(404, "auth.not_enrolled")


def test_an_import_names_every_wrong_line_and_takes_over_nothing(own_services: Installation, tmp_path: Path):
    told = import_keys(own_services, tmp_path / "keys.csv", "staff,li.wei,yubiKey,,", "staff,nobody.here,yubiKey,,")
    assert told.endswith(":3: no account nobody.here in store staff"), told
    told = import_keys(own_services, tmp_path / "keys.csv", "staff,li.wei,email,,", "staff,li.wei,yubiKey,tomorrow,")
    assert [line.split(": ")[0].split(":")[-1] for line in told.splitlines()] == ["2", "3"], told
    told = import_keys(own_services, tmp_path / "keys.csv", "contractors,c.soren.aagaard,yubiKey,,")
    assert "another account's enrollment serves this one" in told
    assert import_keys(own_services, tmp_path / "keys.csv", "staff,li.wei,yubiKey,,").startswith("1 enrollments added")


def test_a_reset_after_the_desk_removed_a_factor_waits_for_a_second_person(own_services: Installation,
                                                                           olivia: HelpdeskClient):
    """VS-06: whoever talked the desk into removing a factor calls again for the password."""
    someone = someone_enrolled(own_services, "wang.fang", "securityQuestions", "email", "authenticator")
    olivia.unenroll(someone.account, ["email"]).expect(200)
    state = olivia.start_verification(someone.account, "resetPassword").expect(201)
    assert (state["approval"]["status"], state["approval"]["reason"]) == ("pending", "recentUnenrollment")
    for question in state["questions"]:
        answer = someone.answers[question["id"]]
        assert olivia.answer_question(state["id"], question["id"], answer).expect(200)["ok"]
    early_in_step()
    checked_code = olivia.answer_code(state["id"], "authenticator", someone.code()).expect(200)
    assert checked_code["status"] == "satisfied"
    body = {"accounts": [someone.account], "verification": state["id"], "method": "newPassword", "password": NEW}
    olivia.reset(someone.account, body).expect(403, "policy.second_person_needed")

    olivia.get("/v1/approvals").expect(403, "policy.permission_missing")
    ada = checked(HelpdeskClient(own_services.helpdesk.url).sign_in(*ADA))
    waiting, = ada.get("/v1/approvals").expect(200)["approvals"]
    assert (waiting["account"], waiting["action"]) == (someone.account, "resetPassword")
    decision = f"/v1/approvals/{waiting['id']}/decision"
    assert ada.post(decision, {"decision": "approve"}).expect(200)["status"] == "approved"
    ada.post(decision, {"decision": "decline"}).expect(409, "auth.approval_not_open")
    done = olivia.reset(someone.account, body).expect(200)
    assert [result["outcome"] for result in done["results"]] == ["done"]
    assert [event["reason"] for event in events(olivia, someone, "approval", 3)] == ["used", "approved", "asked"]


def test_a_request_that_got_no_answer_is_done_once(own_services: Installation, olivia: HelpdeskClient):
    """CR-03, ST-02"""
    someone = someone_enrolled(own_services, "chen.jing", "securityQuestions", "email")
    key = new_key()
    own_services.auth.kill()
    olivia.unenroll(someone.account, ["email"], key).expect(503, "helpdesk.auth_unavailable")
    own_services.auth.start()
    first = olivia.unenroll(someone.account, ["email"], key).expect(200)
    own_services.helpdesk.kill()
    own_services.helpdesk.start()
    again = olivia.unenroll(someone.account, ["email"], key).expect(200)
    assert first.json == again.json and first["removed"] == ["email"]
    events(olivia, someone, "unenroll", 1)
    olivia.unenroll(someone.account, ["securityQuestions"], key).expect(422, "helpdesk.idempotency_key_reused")
    olivia.post(f"/v1/users/{someone.account}/unenrollments", {"types": ["email"]}).expect(
        400, "web.idempotency_key_required")
