"""Fifty at once: one code, one proof, one key, each with one effect."""

import threading
from collections.abc import Callable

import pytest
from latchkey.acts import standing
from latchkey.callcenter import CallCenter, Caller, reset_body, unlock_body
from latchkey.clients import Answer, HelpdeskClient, new_key
from latchkey.files import rows
from latchkey.oath import totp
from latchkey.scenario import early_in_step

MANY = 50


@pytest.fixture(scope="module")
def caller(center: CallCenter) -> Caller:
    return center.caller()


def at_once(operator: HelpdeskClient, request: Callable[[HelpdeskClient, int], Answer],
            count: int = MANY) -> list[Answer]:
    """Sends that many requests at the same moment, each over a connection of its own; answers in their order."""
    answers: list[Answer | None] = [None] * count
    start = threading.Barrier(count)

    def send(number: int) -> None:
        client = HelpdeskClient(operator.url)
        client.token = operator.token
        client.health().expect(200)  # so that the connection is there
        start.wait(30)
        answers[number] = request(client, number)

    threads = [threading.Thread(target=send, args=(number,), daemon=True) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert all(answers), "a request got no answer"
    return answers


def authentications(operator: HelpdeskClient, center: CallCenter, verification: str) -> list[str]:
    """The outcomes of what was verified in a verification, as the auth service's own history has them."""
    return [row[0] for row in rows(center.databases["auth"], "SELECT outcome FROM audit WHERE kind = 'authenticate' "
                                   "AND verification = ?", (verification,))]


def test_one_right_code_fifty_times_is_right_once(center: CallCenter, caller: Caller):
    """AC-03"""
    operator = center.operator()
    verification = operator.start_verification(caller.account, "resetPassword").expect(201)["id"]
    code = center.code(operator, verification, caller)
    answers = at_once(operator, lambda client, _: client.answer_code(verification, "email", code))
    assert [answer.json.get("ok") for answer in answers].count(True) == 1
    assert {answer.code for answer in answers if answer.status != 200} <= {
        "auth.already_verified", "auth.verification_not_open"}
    assert authentications(operator, center, verification) == ["success"]


def test_fifty_wrong_codes_use_up_no_more_than_the_tries_of_one(center: CallCenter, caller: Caller):
    """AC-03: the attempt is reserved before the code is compared."""
    operator = center.operator()
    verification = operator.start_verification(caller.account, "resetPassword").expect(201)["id"]
    code = center.code(operator, verification, caller)
    wrong = [f"{(int(code) + step) % 10**8:08d}" for step in range(1, MANY + 1)]
    answers = at_once(operator, lambda client, number: client.answer_code(verification, "email", wrong[number]))
    assert not any(answer.json.get("ok") for answer in answers)
    assert authentications(operator, center, verification) == ["failure"] * 3
    assert operator.answer_code(verification, "email", code).expect(200)["ok"] is False, "a code without tries left"


@pytest.mark.deep
def test_one_right_authenticator_code_fifty_times_is_right_once(center: CallCenter):
    """TP-02"""
    caller = center.caller(("authenticator",))
    operator = center.operator()
    verification = operator.start_verification(caller.account, "resetPassword").expect(201)["id"]
    code = totp(caller.someone.secret, early_in_step())
    answers = at_once(operator, lambda client, _: client.answer_code(verification, "authenticator", code))
    assert [answer.json.get("ok") for answer in answers].count(True) == 1


def test_one_proof_for_fifty_resets_is_spent_on_one(center: CallCenter, caller: Caller):
    """VS-09: each of the fifty is a request of its own, with a password of its own."""
    operator = center.operator()
    verification = center.prove(operator, caller, "resetPassword")
    before = standing(center, caller.account)
    passwords = [center.new_password() for _ in range(MANY)]
    answers = at_once(operator, lambda client, number: client.reset(
        caller.account, reset_body(caller, passwords[number], verification)))
    winners = [number for number, answer in enumerate(answers) if answer.status == 200]
    assert len(winners) == 1, [answer.status for answer in answers]
    assert {(answer.status, answer.code) for answer in answers if answer.status != 200} == {
        (409, "auth.proof_redeemed")}
    after = standing(center, caller.account)
    assert after.version == before.version + 1 and after.operations[-1] == answers[winners[0]]["operation"]
    assert center.accepts(caller, passwords[winners[0]])
    loser = next(number for number in range(MANY) if number not in winners)
    assert not center.accepts(caller, passwords[loser])
    caller.password = passwords[winners[0]]


@pytest.mark.parametrize("action", ["resetPassword", "unlockAccount"])
def test_one_key_fifty_times_is_one_act(center: CallCenter, caller: Caller, action: str):
    """CR-03"""
    operator = center.operator()
    if action == "unlockAccount":
        center.lock_out(caller)
    verification = center.prove(operator, caller, action)
    before = standing(center, caller.account)
    key, password = new_key(), center.new_password()

    def send(client: HelpdeskClient, _: int = 0) -> Answer:
        if action == "unlockAccount":
            return client.unlock(caller.account, unlock_body(caller, verification), key)
        return client.reset(caller.account, reset_body(caller, password, verification), key)

    answers = at_once(operator, send)
    done = [answer for answer in answers if answer.status == 200]
    assert done and {(answer.status, answer.code) for answer in answers if answer.status != 200} <= {
        (409, "helpdesk.operation_in_progress")}
    assert len({answer["operation"] for answer in done}) == 1
    assert all(item["outcome"] == "done" for answer in done for item in answer["results"])
    after = standing(center, caller.account)
    assert after.version == before.version + 1 and after.operations[-1] == done[0]["operation"]
    assert send(operator).expect(200)["operation"] == done[0]["operation"]
    opened = rows(center.databases["helpdesk"], "SELECT reason FROM audit WHERE kind = 'operation' AND operation = ?",
                  (done[0]["operation"],))
    assert opened == [("opened",)]
    if action == "resetPassword":
        caller.password = password
    assert center.accepts(caller, caller.password)


def test_one_key_for_fifty_different_requests_belongs_to_one(center: CallCenter, caller: Caller):
    """CR-03"""
    operator = center.operator()
    verification = center.prove(operator, caller, "resetPassword")
    before = standing(center, caller.account)
    key, passwords = new_key(), [center.new_password() for _ in range(MANY)]
    answers = at_once(operator, lambda client, number: client.reset(
        caller.account, reset_body(caller, passwords[number], verification), key))
    winners = [number for number, answer in enumerate(answers) if answer.status == 200]
    assert len(winners) == 1, [answer.status for answer in answers]
    assert {(answer.status, answer.code) for answer in answers if answer.status != 200} <= {
        (409, "helpdesk.operation_in_progress"), (422, "helpdesk.idempotency_key_reused"),
        (409, "auth.proof_redeemed")}
    assert standing(center, caller.account).version == before.version + 1
    caller.password = passwords[winners[0]]
    assert center.accepts(caller, caller.password)


def test_fifty_verifications_of_one_account_leave_one_open(center: CallCenter, caller: Caller):
    """VS-07"""
    operator = center.operator()
    answers = at_once(operator, lambda client, _: client.start_verification(caller.account, "unlockAccount"))
    started = [answer["id"] for answer in answers if answer.status == 201]
    assert len(started) == MANY, {answer.code for answer in answers}
    states = [operator.verification(identity).expect(200)["status"] for identity in started]
    assert sorted(set(states)) == ["canceled", "created"] and states.count("created") == 1
