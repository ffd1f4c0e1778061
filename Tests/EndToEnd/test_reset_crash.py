"""`kill -9` of either service at every step of a reset and of an unlock, and at random moments."""

import random
import threading
import time
from contextlib import ExitStack, suppress

import pytest
import requests
from latchkey.acts import Act, standing
from latchkey.callcenter import CallCenter, Caller, reset_body
from latchkey.clients import new_key
from latchkey.files import WriteLock, locked, rows
from latchkey.waiting import until

ACTIONS = ("resetPassword", "unlockAccount")
REDEMPTION = r"/redemption$"


@pytest.fixture(scope="module")
def callers(center: CallCenter) -> list[Caller]:
    return [center.caller() for _ in range(6)]


@pytest.fixture
def caller(callers: list[Caller]) -> Caller:
    """Somebody who has not called for a while: the codes to one address are limited."""
    callers.append(callers.pop(0))
    return callers[-1]


def proved(center: CallCenter, caller: Caller, action: str) -> Act:
    """An act with everything it needs, not sent yet."""
    operator = center.operator()
    if action == "unlockAccount":
        center.lock_out(caller)
    return Act(center, operator, caller, action, center.prove(operator, caller, action))


# Where the helpdesk service dies. Each leaves it at a step that cannot be passed, then kills it.


def before_the_intent(center: CallCenter, act: Act, stack: ExitStack) -> None:
    stack.enter_context(locked(center.databases["helpdesk"]))
    with center.interposer.holding("GET", r"/contacts$", answer=True) as hold:
        act.begin()
        hold.wait()


def intent_recorded(center: CallCenter, act: Act, stack: ExitStack) -> None:
    hold = stack.enter_context(center.interposer.holding("POST", REDEMPTION, answer=False))
    act.begin()
    hold.wait()
    stack.callback(hold.drop)


def proof_redeemed(center: CallCenter, act: Act, stack: ExitStack) -> None:
    hold = stack.enter_context(center.interposer.holding("POST", REDEMPTION, answer=True))
    act.begin()
    hold.wait()
    stack.callback(hold.drop)


def proof_checked(center: CallCenter, act: Act, stack: ExitStack) -> None:
    lock = stack.enter_context(WriteLock(center.databases["helpdesk"]))
    with center.interposer.holding("POST", REDEMPTION, answer=True) as hold:
        act.begin()
        hold.wait()
        lock.take()
    threading.Event().wait(random.uniform(0, 0.2))  # the moment is random, not waited for


def authority_recorded(center: CallCenter, act: Act, stack: ExitStack) -> WriteLock:
    store = stack.enter_context(WriteLock(center.databases["staff"]))
    with center.interposer.holding("POST", REDEMPTION, answer=True) as hold:
        act.begin()
        hold.wait()
        store.take()
    act.until_row("the authority being recorded", "o.authority", "proved")
    return store


def directory_written(center: CallCenter, act: Act, stack: ExitStack) -> None:
    store = authority_recorded(center, act, stack)
    stack.enter_context(locked(center.databases["helpdesk"]))
    store.release()
    operation, = act.row("o.id")
    until("the directory being written", lambda: rows(
        center.databases["staff"], "SELECT 1 FROM operations WHERE operation = ?", (operation,)), 15, every=0.002)


def result_recorded(center: CallCenter, act: Act, stack: ExitStack) -> None:
    act.begin()
    act.until_row("the result being recorded", "o.finished_at IS NOT NULL", 1)


def answered(center: CallCenter, act: Act, stack: ExitStack) -> None:
    assert act.begin().join() is not None


OUTCOMES = {
    before_the_intent: "absent", intent_recorded: "failed", proof_redeemed: "failed", proof_checked: "failed",
    authority_recorded: "failed", directory_written: "done", result_recorded: "done", answered: "done",
}


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("step", OUTCOMES, ids=lambda step: step.__name__)
def test_a_helpdesk_service_killed_at_a_step(center: CallCenter, caller: Caller, step, action: str):
    """CR-01, CR-03, CR-04, CR-05, VS-09, VS-10, AU-02, PW-03"""
    act = proved(center, caller, action)
    with ExitStack() as stack:
        step(center, act, stack)
        center.helpdesk.kill()
    act.join()
    center.start_again(center.helpdesk)
    outcome = act.check()
    assert outcome == OUTCOMES[step]
    act.finish(outcome)


# Where the auth service dies.


def redeeming(center: CallCenter, act: Act) -> None:
    """Before the redemption is on disk."""
    with locked(center.databases["auth"]) as lock:
        with center.interposer.holding("POST", REDEMPTION, answer=False) as hold:
            act.begin()
            hold.wait()
        threading.Event().wait(random.uniform(0, 0.2))
        center.auth.kill()
        lock.release()


def redeemed(center: CallCenter, act: Act) -> None:
    """After it, before anybody has heard of it."""
    with center.interposer.holding("POST", REDEMPTION, answer=True) as hold:
        act.begin()
        hold.wait()
        center.auth.kill()
        hold.drop()


def asked_for_the_role(center: CallCenter, act: Act) -> None:
    """Before the helpdesk service knows what the operator may do."""
    with center.interposer.holding("GET", r"/authority", answer=False) as hold:
        act.begin()
        hold.wait()
        center.auth.kill()


@pytest.mark.parametrize("step", [asked_for_the_role, redeeming, redeemed], ids=lambda step: step.__name__)
def test_an_auth_service_killed_at_a_step(center: CallCenter, caller: Caller, step):
    """ST-02, VS-09, CR-01: nothing was done, the key is free again, and the proof goes to the same operation only."""
    act = proved(center, caller, "resetPassword")
    step(center, act)
    refused = act.join()
    refused.expect(503, "helpdesk.auth_unavailable")
    assert int(refused.headers["Retry-After"]) >= 1
    center.start_again(center.auth)
    outcome = act.check()
    assert outcome in ("absent", "failed")
    act.finish(outcome)


def test_both_services_killed_at_once_between_proof_and_write(center: CallCenter, caller: Caller):
    """CR-01, CR-04: a power cut."""
    act = proved(center, caller, "resetPassword")
    with ExitStack() as stack:
        authority_recorded(center, act, stack)
        center.auth.kill()
        center.helpdesk.kill()
    act.join()
    center.start_again(center.auth, center.helpdesk)
    assert act.check() == "failed"
    act.finish("failed")


def test_a_crash_between_two_accounts_leaves_each_its_own_end(center: CallCenter):
    """R7, CR-04: what was done stays done, what was not is tried again alone, each written once."""
    caller = center.caller(login="priya.iyer")
    operator = center.operator()
    user = operator.user(caller.account).expect(200)
    linked = user["linkedAccounts"][0]["id"]
    verification = center.prove(operator, caller, "resetPassword")
    before = [standing(center, account).version for account in (caller.account, linked)]
    body = reset_body(caller, center.new_password(), verification, accounts=[caller.account, linked])
    key = new_key()

    def send() -> None:
        with suppress(requests.RequestException):
            operator.reset(caller.account, body, key)

    sender = threading.Thread(target=send, daemon=True)
    with locked(center.databases["contractors"]):
        sender.start()
        until("the first account being done", lambda: rows(
            center.databases["helpdesk"], "SELECT 1 FROM intents WHERE account = ? AND state = 'done'",
            (caller.account,)), 15, every=0.002)
        center.helpdesk.kill()
    sender.join(20)
    center.start_again(center.helpdesk)
    answer = operator.reset(caller.account, body, key).expect(200)
    assert {item["account"]: item["outcome"] for item in answer["results"]} == {
        caller.account: "done", linked: "failed"}
    again = operator.retry(answer["operation"]).expect(200)
    assert [item["outcome"] for item in again["results"]] == ["done", "done"]
    after = [standing(center, account).version for account in (caller.account, linked)]
    assert after == [version + 1 for version in before]
    center.verify_history()


@pytest.mark.parametrize("is_committed", [False, True], ids=["before it is on disk", "before it is answered"])
def test_a_code_checked_by_an_auth_service_that_dies_is_good_once(
        center: CallCenter, caller: Caller, is_committed: bool):
    """AC-03, CR-01"""
    operator = center.operator()
    verification = operator.start_verification(caller.account, "resetPassword").expect(201)["id"]
    code = center.code(operator, verification, caller)
    with ExitStack() as stack:
        if not is_committed:
            stack.enter_context(locked(center.databases["auth"]))
        hold = stack.enter_context(center.interposer.holding("POST", r"/email/answer$", answer=is_committed))
        sender = threading.Thread(target=operator.answer_code, args=(verification, "email", code), daemon=True)
        sender.start()
        hold.wait()
        if not is_committed:
            hold.release()
            threading.Event().wait(random.uniform(0, 0.2))
        center.auth.kill()
        hold.drop()
    sender.join(20)
    center.start_again(center.auth)
    now = operator.verification(verification).expect(200)["status"]
    assert now == ("satisfied" if is_committed else "challenged")
    again = operator.answer_code(verification, "email", code)
    if is_committed:
        again.expect(409, "auth.already_verified")
    else:
        assert again.expect(200)["status"] == "satisfied"
    center.verify_history()


def test_a_code_whose_service_died_before_sending_it_still_arrives_once(center: CallCenter, caller: Caller):
    """CR-05"""
    operator = center.operator()
    verification = operator.start_verification(caller.account, "resetPassword").expect(201)["id"]
    known = center.mailbox.mark()
    with center.interposer.holding("POST", r"/email/code$", answer=True) as hold:
        sender = threading.Thread(target=operator.send_code, args=(verification, "email"), daemon=True)
        sender.start()
        hold.wait()
        center.auth.kill()
        hold.drop()
    sender.join(20)
    center.start_again(center.auth)
    letter = center.mailbox.wait(caller.person.mail, "accessCode", since=known)
    assert operator.answer_code(verification, "email", letter.code).expect(200)["status"] == "satisfied"
    fresh = [path for path in center.mailbox.mark() - known if "accessCode" in path.name]
    assert len(fresh) == 1


# At any moment.


def crash_at_random(center: CallCenter, caller: Caller, chance: random.Random, span: float) -> str:
    """One act that takes about this long, a crash somewhere in it; answers what became of it."""
    action = chance.choice(ACTIONS)
    victims = chance.choice([(center.helpdesk,), (center.helpdesk,), (center.auth,), (center.helpdesk, center.auth)])
    act = proved(center, caller, action)
    moment = span * chance.random() ** 2  # early, where most can go wrong
    act.begin()
    threading.Event().wait(moment)
    for victim in victims:
        victim.kill()
    if chance.random() < 0.25:  # and once more, perhaps while the first crash is being settled
        for victim in victims:
            victim.start(wait=False)
        threading.Event().wait(chance.uniform(0, 0.3))
        for victim in victims:
            victim.kill()
    center.start_again(*victims)
    act.join()
    try:
        outcome = act.check()
        act.finish(outcome)
    except AssertionError as error:
        names = " and ".join(victim.name for victim in victims)
        raise AssertionError(f"{action}, {names} killed after {moment:.3f} s: {error}") from error
    return outcome


def run_random_crashes(center: CallCenter, callers: list[Caller], count: int) -> None:
    seed = random.randrange(1_000_000)
    print(f"seed {seed}")
    chance = random.Random(seed)
    undisturbed = proved(center, callers[0], "resetPassword")
    began = time.monotonic()
    undisturbed.begin().join().expect(200)
    span = 1.2 * (time.monotonic() - began)
    undisturbed.finish(undisturbed.check())
    outcomes = [crash_at_random(center, callers[number % len(callers)], chance, span) for number in range(count)]
    print({outcome: outcomes.count(outcome) for outcome in sorted(set(outcomes))})
    assert len(outcomes) == count


def test_services_killed_at_random_moments(center: CallCenter, callers: list[Caller]):
    """CR-01, CR-03, CR-04, CR-05"""
    run_random_crashes(center, callers, 25)


@pytest.mark.deep
def test_services_killed_at_random_moments_many_times(center: CallCenter):
    """CR-01, CR-03, CR-04, CR-05"""
    run_random_crashes(center, [center.caller() for _ in range(40)], 300)
