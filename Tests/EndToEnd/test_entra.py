"""Both services with a store on Microsoft Entra ID, on the double of Tests/Kit."""

import json
from collections.abc import Iterator

import pytest
from latchkey.clients import AuthClient, HelpdeskClient
from latchkey.company import OLIVIA, UMAR, Person
from latchkey.contract import checked
from latchkey.files import replace_text
from latchkey.graph import STORE, Graph
from latchkey.installation import Installation, running_copy
from latchkey.mailbox import Mailbox
from latchkey.scenario import enroll

OLD, NEW = "Test-only-quartz-4711!", "Quartz-harbor-7-heron!"
MARK = "extension_22222222222242228222222222222222_latchkeyOperation"
CLOSED = "cloud-closed"


@pytest.fixture(scope="module")
def graph(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Graph]:
    tenant = Graph(tmp_path_factory.mktemp("graph"))
    try:
        yield tenant
    finally:
        tenant.stop()


@pytest.fixture(scope="module")
def company(golden: Installation, graph: Graph, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """The sample company and its tenant, twice: with the password grant and without. One code proves a caller."""
    def prepare(own: Installation) -> None:
        graph.configure(own, signIn="passwordGrant", operationAttribute=MARK)
        graph.configure(own, CLOSED)
        replace_text(own.folder / "auth.json5", r'priority: 20, group: "Helpdesk" \}',
                     'priority: 20, group: "Helpdesk", helpdesk: { requirement: "anyPossession" } }', 2)

    with running_copy(golden, tmp_path_factory.mktemp("entra"), prepare) as own:
        yield own


@pytest.fixture
def olivia(company: Installation) -> HelpdeskClient:
    """A restricted operator."""
    return checked(HelpdeskClient(company.helpdesk.url).sign_in(*OLIVIA))


@pytest.fixture
def umar(company: Installation) -> HelpdeskClient:
    """An unrestricted operator."""
    return checked(HelpdeskClient(company.helpdesk.url).sign_in(*UMAR))


def accepts(company: Installation, login: str, password: str) -> bool:
    answer = AuthClient(company.auth.url).try_sign_in(STORE, login, password)
    assert answer.status in (201, 401), answer.content
    return answer.status == 201


def reset_body(account: str, **more: str) -> dict:
    return {"accounts": [account], "method": "newPassword", "password": NEW, **more}


def test_a_user_nobody_enrolled_is_reset_by_an_unrestricted_operator(company, graph, umar):
    """CR-04: one write, with the operation's id on it."""
    user = graph.add("vera", displayName="Vera Cloud", mail="vera@example.org")
    account = f"{STORE}~{user}"
    facts = umar.user(account).expect(200)
    assert facts["login"] == "vera@test.example.org" and facts["actions"]["resetPassword"]["allowed"]
    done = umar.reset(account, reset_body(account)).expect(200)
    assert [result["outcome"] for result in done["results"]] == ["done"]
    assert [write["operation"] for write in graph.writes(user)] == [done["operation"]]
    assert not accepts(company, "vera", OLD)


def test_a_caller_is_proved_and_reset_by_a_restricted_operator(company, graph, olivia):
    user = graph.add("wanda", displayName="Wanda Cloud", mail="wanda@example.org")
    account = f"{STORE}~{user}"
    assert olivia.reset(account, reset_body(account)).status == 403, "not enrolled, not verified"
    wanda = enroll(company, Person(STORE, "wanda", "Wanda Cloud", "wanda@example.org", "", OLD, ""), ("email",))
    assert wanda.account == account
    letters = Mailbox(company.messages)
    verification = olivia.start_verification(account, "resetPassword").expect(201)["id"]
    known = letters.mark()
    olivia.send_code(verification, "email").expect(202)
    code = letters.wait("wanda@example.org", "accessCode", since=known).code
    assert olivia.answer_code(verification, "email", code).expect(200)["status"] == "satisfied"
    done = olivia.reset(account, reset_body(account, verification=verification)).expect(200)
    assert [result["outcome"] for result in done["results"]] == ["done"]
    assert [write["operation"] for write in graph.writes(user)] == [done["operation"]]


def test_an_unlock_is_refused_with_the_reason(graph, umar):
    """R5"""
    user = graph.add("xenia")
    account = f"{STORE}~{user}"
    verdict = umar.user(account).expect(200)["actions"]["unlockAccount"]
    assert verdict["code"] == "policy.unlock_unsupported" and "smart lockout" in verdict["sentence"]
    umar.unlock(account, {"accounts": [account]}).expect(403, "policy.unlock_unsupported")
    assert graph.writes(user) == []


def test_what_the_store_cannot_do_is_told_with_reasons(umar):
    stores = {store["id"]: store for store in umar.stores().expect(200)["stores"]}
    cloud, closed = stores[STORE], stores[CLOSED]
    assert cloud["kind"] == "entraID" and cloud["reset"]["supported"] and cloud["signIn"]["supported"]
    for name in ("unlock", "lockState", "resetUnlocks", "containers"):
        assert not cloud[name]["supported"] and " " in cloud[name]["reason"]
    assert "password grant" in closed["signIn"]["reason"]
    assert all(stores["staff"][name]["supported"] for name in ("unlock", "signIn", "lockState", "containers"))


def test_nobody_signs_in_with_a_store_that_checks_no_passwords(company, graph):
    """RL-03: whoever it is."""
    graph.add("yara")
    answers = [client(url).try_sign_in(CLOSED, login, OLD)
               for client, url in ((AuthClient, company.auth.url), (HelpdeskClient, company.helpdesk.url))
               for login in ("yara", "nobody")]
    for answer in answers:
        answer.expect(403, "auth.sign_in_unsupported")
        assert "password grant" in answer["detail"]


def test_a_lost_answer_is_settled_by_reading(company, graph, umar):
    """CR-04"""
    user = graph.add("zoe")
    account = f"{STORE}~{user}"
    graph.fault({"match": "PATCH", "drop": "after"})
    done = umar.reset(account, reset_body(account)).expect(200)
    assert [result["outcome"] for result in done["results"]] == ["done"]
    assert len(graph.writes(user)) == 1


def test_entras_refusal_is_told_in_words(graph, umar):
    """PW-01"""
    user = graph.add("amir")
    account = f"{STORE}~{user}"
    sentence = "The specified password does not comply with password complexity requirements."
    graph.fault({"match": "PATCH", "status": 400, "code": "Request_BadRequest", "message": sentence})
    result, = umar.reset(account, reset_body(account)).expect(200)["results"]
    assert (result["outcome"], result["reason"]) == ("failed", "directoryPolicy") and sentence in result["message"]
    assert graph.writes(user) == []


def test_while_graph_throttles_nothing_is_done_and_said_so(graph, umar):
    user = graph.add("bela")
    account = f"{STORE}~{user}"
    graph.fault({"match": "batch", "status": 429, "retryAfter": "600", "times": 1000})
    assert umar.reset(account, reset_body(account)).status == 503
    graph.fault()
    assert graph.writes(user) == []
    umar.user(account).expect(200)


def test_the_secret_and_the_password_are_in_no_log(company):
    """PW-03"""
    for service in (company.auth, company.helpdesk):
        text = service.log.read_text()
        assert text and not [word for word in ("graph-secret", OLD, NEW, "Bearer ", "app-") if word in text]


def test_config_check_and_doctor_know_the_store(golden: Installation, graph: Graph, tmp_path):
    own = Installation(golden.programs, tmp_path / "latchkey").copied_from(golden)
    graph.configure(own)
    replace_text(own.folder / "auth.json5", r"roles: \[",
                 f'roles: [{{ name: "tree", like: "user", store: "{STORE}", scope: [], priority: 3, container: "Staff" }},')
    wrong = own.command("config", "check", "--folder", str(own.folder))
    assert wrong.returncode == 1 and "Use a group." in wrong.stderr and "/roles/0/container" in wrong.stderr
    for expired in (False, True):
        graph.state(secretExpired=expired)
        checks = json.loads(own.command("doctor", "--folder", str(own.folder), "--json").stdout)["checks"]
        check = next(check for check in checks if check["name"] == f"store {STORE}")
        assert check["ok"] != expired
    graph.state(secretExpired=False)
    assert "the client secret has expired" in check["problem"]
