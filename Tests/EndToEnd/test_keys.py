"""Keys are changed under way: nobody is refused, and everything still opens."""

import threading

import jwt
from latchkey.clients import AuthClient, HelpdeskClient
from latchkey.company import UMAR, somebody
from latchkey.desk import DeskClient, ServiceKey
from latchkey.files import rows, set_limits
from latchkey.installation import Installation
from latchkey.mailbox import Mailbox
from latchkey.scenario import early_in_step, enroll
from latchkey.waiting import until


def key_ids(services: Installation) -> set[str]:
    return {key["kid"] for key in AuthClient(services.auth.url).key_set().expect(200)["keys"]}


def rotate(services: Installation, *options: str) -> str:
    done = services.command("keys", "rotate", "--folder", str(services.folder), *options)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


class Load:
    """Operators who keep asking both services until they are told to stop."""

    def __init__(self, services: Installation, token: str):
        self.answers: list[int] = []
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._ask, args=(services, token), daemon=True) for _ in range(3)]
        for thread in self._threads:
            thread.start()

    def _ask(self, services: Installation, token: str) -> None:
        desk, helpdesk = AuthClient(services.auth.url), HelpdeskClient(services.helpdesk.url)
        desk.token = helpdesk.token = token
        while not self._stop.is_set():
            self.answers += [desk.enrollments().status, helpdesk.me().status]

    def end(self) -> list[int]:
        self._stop.set()
        for thread in self._threads:
            thread.join(40)
            assert not thread.is_alive()
        return self.answers


def test_a_new_signing_key_refuses_no_request(installation: Installation):
    """TK-03"""
    set_limits(installation.folder / "auth.json5", signInsPerLogin=1_000)
    own_services = installation.start()
    old, = key_ids(own_services)
    token = AuthClient(own_services.auth.url).sign_in(*UMAR).token
    load = Load(own_services, token)
    new = rotate(own_services)
    until("both keys being published", lambda: key_ids(own_services) == {old, new}, 20)

    def signed_by_new() -> str | None:
        fresh = AuthClient(own_services.auth.url).sign_in(*UMAR).token
        HelpdeskClient.me(_with(own_services, fresh)).expect(200)
        return fresh if jwt.get_unverified_header(fresh)["kid"] == new else None

    until("tokens of the new key", signed_by_new, 30, every=0.5)
    counted = len(load.answers)
    until("more requests", lambda: len(load.answers) >= counted + 20, 30)
    answers = load.end()
    assert len(answers) >= 40 and set(answers) == {200}, sorted(set(answers))
    assert jwt.get_unverified_header(token)["kid"] == old, "the old token was good all the way"


def _with(services: Installation, token: str) -> HelpdeskClient:
    client = HelpdeskClient(services.helpdesk.url)
    client.token = token
    return client


def test_after_a_new_sealing_key_everything_opens_and_is_sealed_under_it(installation: Installation):
    """TP-03"""
    set_limits(installation.folder / "auth.json5", codeGapSeconds=0)
    installation.auth.start()
    someone = enroll(installation, somebody())
    new = rotate(installation, "--sealing")
    installation.auth.restart()
    folder = str(installation.folder)
    done = installation.command("keys", "reseal", "--folder", folder)
    assert done.returncode == 0 and int(done.stdout.split()[0]) >= 1, done.stdout + done.stderr
    listed = installation.command("keys", "list", "--folder", folder).stdout
    assert new in listed
    again = installation.command("keys", "reseal", "--folder", folder)
    assert again.returncode == 0 and again.stdout.split()[0] == "0", "not everything was under the new key"
    desk = DeskClient(installation.auth.url, ServiceKey(installation.folder),
                      AuthClient(installation.auth.url).sign_in(*UMAR).token)
    state = desk.start(someone.account).expect(201)
    for question in state["questions"]:
        answer = someone.answers[question["id"]]
        assert desk.answer_question(state["id"], question["id"], answer).expect(200)["ok"]
    mailbox = Mailbox(installation.messages)
    known = mailbox.mark()
    state = desk.start(someone.account).expect(201)
    desk.send_code(state["id"], "email").expect(202)
    code = mailbox.wait(someone.person.mail, "accessCode", since=known).code
    assert desk.answer(state["id"], "email", code).expect(200)["ok"]
    state = desk.start(someone.account).expect(201)
    early_in_step()
    assert desk.answer(state["id"], "authenticator", someone.code()).expect(200)["ok"]
