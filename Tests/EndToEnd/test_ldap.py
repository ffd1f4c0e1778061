"""What is OpenLDAP's own, and what becomes of an act when the directory or the way to it is broken: a clear outcome,
nothing half done, and nobody has to help afterwards."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from latchkey.clients import Answer, HelpdeskClient
from latchkey.company import Person, somebody
from latchkey.corporation import STORE, TYPED, Corporation, corporation, outcome, person, reset_body
from latchkey.installation import Installation
from latchkey.openldap import OpenLDAP
from latchkey.post import make_authority
from latchkey.scenario import Enrolled
from latchkey.waiting import until

OTHER = "Quartz-meadow-8-heron!"


@pytest.fixture(scope="module")
def slapd() -> Iterator[OpenLDAP]:
    server = OpenLDAP()
    try:
        yield server.start()
    finally:
        server.stop()


@pytest.fixture(scope="module")
def shared(slapd: OpenLDAP, golden: Installation, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Corporation]:
    with corporation(golden, tmp_path_factory.mktemp("openldap"), slapd) as whole:
        yield whole


@pytest.fixture
def corp(shared: Corporation) -> Iterator[Corporation]:
    """Every test begins and ends with a directory that works."""
    yield shared
    shared.directory.become("ok")


@pytest.fixture
def olivia(corp: Corporation) -> HelpdeskClient:
    return corp.olivia()


def refusal(answer: Answer) -> tuple[str, str]:
    """Why the one account of an act was not written: the code, and what the operator reads."""
    result, = answer.expect(200)["results"]
    assert result["outcome"] == "failed"
    return result["reason"], result["message"]


def test_the_directorys_refusals_are_told_in_words(corp: Corporation, olivia: HelpdeskClient):
    """PW-01"""
    corp.directory.add_policy("strict", "pwdMinLength: 24", "pwdInHistory: 3")
    corp.directory.add_policy("slow", "pwdMinAge: 86400")
    name, someone = corp.caller("anton")
    corp.directory.put_under("strict", name)

    def attempt(password: str) -> Answer:
        return olivia.reset(someone.account, reset_body(someone, corp.verify(olivia, someone), password))

    assert refusal(attempt(TYPED)) == ("password.too_short", "The password is too short for the directory's policy.")
    assert corp.directory.bind(name, someone.person.password) == ""
    longer = TYPED + TYPED
    assert outcome(attempt(longer)) == "done"
    assert refusal(attempt(longer)) == (
        "password.in_history", "The password was used before; the directory wants a new one.")
    corp.directory.put_under("slow", name)
    assert refusal(attempt(OTHER)) == (
        "password.too_young", "The password was changed a short while ago; the directory does not take another yet.")
    assert corp.directory.bind(name, longer) == ""


def test_one_act_on_linked_accounts_of_two_stores_and_the_failed_one_alone_again(corp: Corporation, olivia: HelpdeskClient):
    """R1, R7"""
    name, someone = corp.caller("boris")
    other = somebody()
    link(corp, someone, other)
    facts = olivia.user(someone.account).expect(200)
    linked, = facts["linkedAccounts"]
    assert linked["login"] == other.login and linked["store"]["id"] == "staff"
    accounts = [someone.account, linked["id"]]
    body = {**reset_body(someone, corp.verify(olivia, someone)), "accounts": accounts}
    corp.directory.halt()
    olivia.reset(someone.account, body).expect(503, "helpdesk.store_unavailable")
    assert olivia.user(linked["id"]).expect(200)["lastPasswordSet"] == linked["lastPasswordSet"]
    corp.directory.start("--read-only")
    first = until("the directory being found again", lambda: answered(olivia.reset(someone.account, body)))
    assert outcomes(first) == {someone.account: "failed", linked["id"]: "done"}
    assert corp.directory.bind(name, someone.person.password) == "" and signs_in(corp, other, TYPED)
    since = olivia.user(linked["id"]).expect(200)["lastPasswordSet"]
    corp.directory.halt()
    corp.directory.start()
    again = until("the directory being found again", lambda: answered(olivia.retry(first["operation"])))
    assert outcomes(again) == {someone.account: "done", linked["id"]: "done"}
    assert corp.directory.bind(name, TYPED) == "" and signs_in(corp, other, TYPED)
    assert olivia.user(linked["id"])["lastPasswordSet"] == since, "what was done was written again"
    olivia.retry(first["operation"]).expect(409, "helpdesk.nothing_to_retry")


def link(corp: Corporation, master: Enrolled, other: Person) -> None:
    file = corp.services.folder / "links.csv"
    file.write_text(f"masterStore,masterLogin,store,login\n{STORE},{master.person.login},{other.store},{other.login}\n")
    done = corp.services.command("link", "import", str(file), "--folder", str(corp.services.folder))
    assert done.returncode == 0, done.stderr


def outcomes(answer: Answer) -> dict[str, str]:
    return {result["account"]: result["outcome"] for result in answer["results"]}


def answered(answer: Answer) -> Answer | None:
    return answer if answer.status != 503 else None


def signs_in(corp: Corporation, someone: Person, password: str) -> bool:
    return HelpdeskClient(corp.services.auth.url).try_sign_in(someone.store, someone.login, password).status == 201


@pytest.mark.parametrize("fault", ["reset", "stall", "down", "foreign authority"])
def test_while_the_directory_cannot_be_asked_nothing_is_done_and_then_the_same_act_is(
        corp: Corporation, olivia: HelpdeskClient, fault: str, tmp_path: Path):
    """ST-02, VS-10"""
    login = "carla." + fault.replace(" ", "")
    name, someone = corp.caller(login)
    verification = corp.verify(olivia, someone)
    break_it(corp.directory, fault, tmp_path)
    answer = olivia.reset(someone.account, reset_body(someone, verification)).expect(503, "helpdesk.store_unavailable")
    assert int(answer.headers["Retry-After"]) > 0
    listed = olivia.users(q=login).expect(200)
    assert [user["login"] for user in listed["users"]] in ([], [login]), "the list does without the directory"
    mend(corp.directory, fault)
    assert corp.directory.bind(name, someone.person.password) == "" and corp.directory.bind(name, TYPED) == "refused"
    done = until("the directory being found again",
                 lambda: answered(olivia.reset(someone.account, reset_body(someone, verification))))
    assert outcome(done) == "done" and corp.directory.bind(name, TYPED) == ""


def break_it(directory: OpenLDAP, fault: str, folder: Path) -> None:
    if fault in ("down", "foreign authority"):
        directory.halt()
    else:
        directory.become(fault)
    if fault == "foreign authority":
        make_authority(folder / "foreign")
        directory.start(certificates=folder / "foreign")


def mend(directory: OpenLDAP, fault: str) -> None:
    if fault == "foreign authority":
        directory.halt()
    if fault in ("down", "foreign authority"):
        directory.start()
    directory.become("ok")


def test_a_lost_answer_is_settled_by_reading_and_nothing_is_written_twice(corp: Corporation, olivia: HelpdeskClient):
    """CR-04: wherever the answers of the directory end, what is said in the end is what became of the password."""
    name, someone = corp.caller("dmitri")
    current, seen = someone.person.password, set()
    for number in range(1, 16):
        password = f"Quartz-{number:02}-harbor-heron!"
        verification = corp.verify(olivia, someone)
        before = corp.directory.writes()
        corp.directory.become(f"answers {number}")
        answer = olivia.reset(someone.account, reset_body(someone, verification, password))
        corp.directory.become("ok")
        first, last = ending(olivia, answer)
        is_new = corp.directory.bind(name, password) == ""
        assert (last == "done") == is_new, (number, first, last)
        assert corp.directory.writes() - before <= 1
        assert is_new or corp.directory.bind(name, current) == ""
        current = password if is_new else current
        seen.add((first, last))
        if (first, last) == ("done", "done"):
            break  # there are no more answers to lose
    assert ("done", "done") in seen and ("503", "failed") in seen
    assert ("unknown", "done") in seen, seen


def ending(operator: HelpdeskClient, answer: Answer) -> tuple[str, str]:
    """What the operator was told first, and in the end."""
    if answer.status == 503:
        return "503", "failed"
    first = outcome(answer)
    if first != "unknown":
        return first, first
    settled = until("the operation being settled", lambda: finished(operator, answer["operation"]), 30)
    return first, outcome(settled)


def finished(operator: HelpdeskClient, operation: str) -> Answer | None:
    answer = operator.get(f"/v1/operations/{operation}").expect(200)
    return answer if answer["finished"] else None


def test_a_slow_directory_is_waited_for(corp: Corporation, olivia: HelpdeskClient):
    name, someone = corp.caller("elif")
    verification = corp.verify(olivia, someone)
    corp.directory.become("delay 60")
    assert outcome(olivia.reset(someone.account, reset_body(someone, verification))) == "done"
    assert corp.directory.bind(name, TYPED) == ""


def test_the_password_of_the_service_account_and_those_that_were_set_are_in_no_log(corp: Corporation):
    """PW-03"""
    for service in (corp.services.auth, corp.services.helpdesk):
        text = service.log_text()
        assert text and not [word for word in ("helpdesk-secret", TYPED, OTHER, person("anton").password) if word in text]
