"""Mail and SMS by real servers that refuse, stall, drop and come back: nothing is lost, nobody is left in the dark."""

import itertools
import time
from collections.abc import Iterator
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from pathlib import Path

import pytest
from latchkey.clients import AuthClient, HelpdeskClient
from latchkey.company import UMAR, people
from latchkey.desk import DeskClient, ServiceKey
from latchkey.files import set_limits
from latchkey.installation import Installation
from latchkey.post import Outbox, Post, code_in, make_authority, metric, words
from latchkey.scenario import ANSWERS
from latchkey.waiting import until

callable_people = itertools.cycle(
    person for person in people()[20:] if person.mail and person.mobile and person.state in ("", "neverExpires"))


@pytest.fixture(scope="module")
def post(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Post]:
    servers = Post(tmp_path_factory.mktemp("post"))
    try:
        yield servers
    finally:
        servers.close()


def connected(golden: Installation, folder: Path, post: Post) -> Installation:
    own = Installation(golden.programs, folder).copied_from(golden)
    set_limits(own.folder / "auth.json5", codeGapSeconds=0)
    for name in ("auth", "helpdesk"):
        post.configure(own, name)
    return own


@pytest.fixture(scope="module")
def company(golden: Installation, post: Post, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """Both services with real mail and SMS."""
    own = connected(golden, tmp_path_factory.mktemp("company") / "latchkey", post)
    try:
        yield own.start()
        own.stop()
    finally:
        own.auth.kill()
        own.helpdesk.kill()


@pytest.fixture
def fragile(golden: Installation, post: Post, tmp_path: Path) -> Iterator[Installation]:
    """The same, not started, for a test that kills, reconfigures or shifts the clock."""
    own = connected(golden, tmp_path / "latchkey", post)
    try:
        yield own
    finally:
        own.auth.kill()
        own.helpdesk.kill()


@pytest.fixture(autouse=True)
def healed(post: Post) -> Iterator[None]:
    yield
    post.heal()


def queue(installation: Installation, name: str = "auth") -> Outbox:
    return Outbox(installation.folder / name / f"{name}.db")


def person(installation: Installation) -> AuthClient:
    """Somebody signed in at the auth service."""
    who = next(callable_people)
    return AuthClient(installation.auth.url).sign_in(who.store, who.login, who.password)


def enroll_email(company: Installation, post: Post, address: str) -> AuthClient:
    client = person(company)
    client.enroll_email(address).expect(202)
    client.confirm("email", code_in(words(post.letter(address)))).expect(204)
    return client


def check_letter(letter: EmailMessage, to: str) -> None:
    assert not letter.defects and not any(part.defects for part in letter.walk())
    assert letter["To"] == to and letter["From"] == "helpdesk@example.org"
    assert letter["Subject"] and letter["Auto-Submitted"] == "auto-generated"
    assert letter["Message-ID"].endswith("@example.org>") and letter["MIME-Version"] == "1.0"
    assert abs(parsedate_to_datetime(letter["Date"]).timestamp() - time.time()) < 600
    assert letter.get_content_type() == "multipart/alternative"
    plain, page = letter.iter_parts()
    assert plain.get_content_type() == "text/plain" and page.get_content_type() == "text/html"
    assert plain.get_content_charset() == "utf-8" and page.get_content_charset() == "utf-8"
    assert words(letter).strip()


def test_mail_goes_out_over_tls_signed_in_and_is_whole(company: Installation, post: Post):
    """CR-05, IN-03"""
    address = "whole.letter@example.org"
    enroll_email(company, post, address)
    check_letter(post.letter(address), address)
    for facts in post.mails.glob("*.json"):
        assert '"tls": true' in facts.read_text() and '"user": "helpdesk"' in facts.read_text()


def test_sms_goes_out_and_its_code_is_right(company: Installation, post: Post):
    client = person(company)
    client.enroll_mobile("+15550100201").expect(202)
    message = post.text("+15550100201")
    assert message["from"] == "+15550100000"
    client.confirm("mobile", code_in(message["body"])).expect(204)


@pytest.mark.parametrize("address, error", [
    ("flaky-2@example.org", "smtp_451"), ("flaky-3@example.org", "smtp_451"),
])
def test_a_mail_put_off_is_tried_again_and_arrives(company: Installation, post: Post, address: str, error: str):
    """CR-05: the times between tries grow."""
    outbox, mark = queue(company), queue(company).mark()
    failed = metric(AuthClient(company.auth.url).metrics().content.decode(),
                    "latchkey_messages_failed_total", channel="email")
    client = person(company)
    client.enroll_email(address).expect(202)
    client.confirm("email", code_in(words(post.letter(address)))).expect(204)
    message = outbox.until(mark, "enrollmentCode", state="sent")
    tries = int(address[6]) + 1
    assert message["attempts"] == tries and message["last_error"].startswith(error) and message["sealed"] is None
    seconds = (message["finished_at"] - message["created_at"]) / 1e6
    assert seconds >= sum(max(1.0, 2 ** number / 2) for number in range(tries - 1)), "there was no back-off"
    after = metric(AuthClient(company.auth.url).metrics().content.decode(),
                   "latchkey_messages_failed_total", channel="email")
    assert after >= failed + tries - 1


@pytest.mark.parametrize("address, error", [
    ("defer@example.org", "smtp_451"), ("defer-data@example.org", "smtp_452"), ("drop@example.org", None),
])
def test_a_mail_that_cannot_go_out_stays_queued_and_its_next_try_moves_away(
        company: Installation, post: Post, address: str, error: str | None):
    """CR-05"""
    outbox, mark = queue(company), queue(company).mark()
    person(company).enroll_email(address).expect(202)
    message = outbox.until(mark, "enrollmentCode", attempts=3, state="ready")
    assert message["sealed"] is not None and message["due_at"] > time.time() * 1e6 + 0.5e6
    assert message["last_error"] and (error is None or message["last_error"].startswith(error))
    assert post.letters(address) == []


def test_a_slow_mail_server_gets_the_mail_once(company: Installation, post: Post):
    outbox, mark = queue(company), queue(company).mark()
    person(company).enroll_email("slow@example.org").expect(202)
    assert outbox.until(mark, "enrollmentCode", state="sent")["attempts"] == 1
    assert len(post.letters("slow@example.org")) == 1


def test_a_mail_whose_answer_was_lost_comes_again_under_the_same_id(company: Installation, post: Post):
    """CR-05: at least once, recognizably"""
    person(company).enroll_email("lost-answer@example.org").expect(202)
    until("a second copy", lambda: len(post.letters("lost-answer@example.org")) >= 2, 20)
    letters = post.letters("lost-answer@example.org")
    assert len({letter["Message-ID"] for letter in letters}) == 1
    assert len({words(letter) for letter in letters}) == 1


@pytest.mark.parametrize("address, error", [
    ("reject@example.org", "smtp_550_5.1.1"), ("refuse-data@example.org", "smtp_554_5.7.1"),
])
def test_a_mail_refused_for_good_is_a_dead_letter(company: Installation, post: Post, address: str, error: str):
    """CR-05, PW-03: its content is wiped, and the operators of the service hear of it."""
    outbox, mark = queue(company), queue(company).mark()
    person(company).enroll_email(address).expect(202)
    message = outbox.until(mark, "enrollmentCode", state="dead")
    assert (message["attempts"], message["last_error"], message["sealed"]) == (1, error, None)
    shown = AuthClient(company.auth.url).metrics().content.decode()
    assert metric(shown, "latchkey_messages_dead_total", channel="email", state="dead") >= 1
    assert '"event":"message.not_sent"' in company.auth.log_text() and address not in company.auth.log_text()


@pytest.mark.parametrize("ending, state, error", [
    ("40", "dead", "twilio_21211"), ("41", "ready", "twilio_20003"), ("49", "ready", "twilio_20429"),
    ("50", "ready", "twilio_20500"), ("54", "ready", "twilio_answer_unreadable"), ("66", "ready", None),
])
def test_what_the_sms_gateway_answers_decides_what_becomes_of_the_message(
        company: Installation, post: Post, ending: str, state: str, error: str | None):
    """CR-05"""
    outbox, mark = queue(company), queue(company).mark()
    number = f"+155501003{ending}"
    person(company).enroll_mobile(number).expect(202)
    message = outbox.until(mark, "enrollmentCode", attempts=1, state=state)
    assert error is None or message["last_error"] == error
    assert message["last_error"] and post.texts(number) == []
    if state == "ready":
        assert message["sealed"] is not None and message["due_at"] is not None
    if ending == "49":
        assert message["due_at"] >= (time.time() + 4) * 1e6, "Retry-After: 7 was not honored"


def test_an_operator_sees_how_the_code_is_doing_while_mail_is_down_and_up_again(company: Installation, post: Post):
    """CR-05, V5"""
    address = "down.and.up@example.org"
    client = enroll_email(company, post, address)
    umar = HelpdeskClient(company.helpdesk.url).sign_in(*UMAR)
    verification = umar.start_verification(client.grant["account"], "resetPassword").expect(201)["id"]

    def delivery() -> str | None:
        types = umar.verification(verification).expect(200)["types"]
        return next(row.get("delivery") for row in types if row["type"] == "email")

    post.smtp.write_text("reset")
    outbox, mark = queue(company), queue(company).mark()
    umar.send_code(verification, "email").expect(202)
    message = outbox.until(mark, "accessCode", attempts=2)
    assert message["state"] != "sent" and delivery() not in (None, "sent")
    known = len(post.letters(address))
    post.heal()
    until("the code after all", lambda: len(post.letters(address)) > known, 25)
    until("the operator being told", lambda: delivery() == "sent")
    code = code_in(words(post.letters(address)[-1]))
    assert umar.answer_code(verification, "email", code).expect(200)["status"] == "satisfied"


def test_an_operation_tells_how_its_messages_are_doing(company: Installation, post: Post):
    """CR-05, R8"""
    address = "operation.told@example.org"
    client = enroll_email(company, post, address)
    account = client.grant["account"]
    umar = HelpdeskClient(company.helpdesk.url).sign_in(*UMAR)
    contact = next(row["id"] for row in umar.user(account).expect(200)["contacts"]
                   if row["source"] == "enrolled" and row["channel"] == "email")
    post.smtp.write_text("reset")
    post.sms.write_text("reset")
    body = {"accounts": [account], "method": "newPassword", "generate": True, "deliver": {"email": contact}}
    operation = umar.reset(account, body).expect(200)["operation"]

    def delivery() -> dict[tuple[str, str], dict]:
        shown = umar.get(f"/v1/operations/{operation}").expect(200)
        assert shown["results"][0]["outcome"] == "done", "a message that waits undoes nothing"
        assert address not in shown.content.decode(), "addresses are masked"
        return {(row["kind"], row["channel"]): row for row in shown["delivery"]}

    waiting = until("two tries", lambda: (row := delivery()["newPassword", "email"])["attempts"] >= 2 and row)
    assert waiting["state"] != "sent" and waiting["lastError"]
    assert all(row["state"] != "sent" for row in delivery().values())
    post.heal()
    until("everything being sent", lambda: all(row["state"] == "sent" for row in delivery().values()), 30)
    password = next(letter for letter in post.letters(address) if "new password" in letter["Subject"])
    check_letter(password, address)


@pytest.mark.parametrize("mode", ["reset", "stall", "cut 300", "delay 150"])
def test_a_connection_that_breaks_or_stalls_loses_nothing(company: Installation, post: Post, mode: str):
    """CR-05"""
    address = f"broken.{mode.split()[0]}@example.org"
    outbox, mark = queue(company), queue(company).mark()
    post.smtp.write_text(mode)
    person(company).enroll_email(address).expect(202)
    if mode == "delay 150":
        outbox.until(mark, "enrollmentCode", state="sent", attempts=1)
    else:
        message = outbox.until(mark, "enrollmentCode", attempts=1, state="ready")
        assert message["last_error"] and message["sealed"] is not None
        post.heal()
    assert code_in(words(post.letter(address, 25)))
    assert outbox.until(mark, "enrollmentCode", state="sent")["sealed"] is None


def test_what_was_queued_when_the_service_was_killed_goes_out_after_it(fragile: Installation, post: Post):
    """CR-05"""
    fragile.auth.start()
    post.smtp.write_text("reset")
    client = person(fragile)
    client.enroll_email("after.the.crash@example.org").expect(202)
    fragile.auth.kill()
    post.heal()
    fragile.auth.start()
    letter = post.letter("after.the.crash@example.org", 90)  # the lease of what was under way lapses first
    client.confirm("email", code_in(words(letter))).expect(204)


def test_a_mail_server_with_another_ca_gets_nothing_and_the_log_says_why(
        fragile: Installation, post: Post, tmp_path: Path):
    """CR-05: mended by configuration and a restart, nothing is lost"""
    original = (fragile.folder / "auth.json5").read_text()
    other = make_authority(tmp_path / "other-ca")
    (fragile.folder / "auth.json5").write_text(original.replace(str(post.authority), str(other)))
    fragile.auth.start()
    client = person(fragile)
    outbox = queue(fragile)
    client.enroll_email("other.ca@example.org").expect(202)
    client.enroll_mobile("+15550100202").expect(202)
    for channel in ("email", "sms"):
        row, = (row for row in until("both tries", lambda: outbox.since(0)) if row["channel"] == channel)
        until(f"a try by {channel}", lambda: next(
            row for row in outbox.since(0) if row["channel"] == channel)["last_error"] == "tls_refused", 15)
        assert row["sealed"] is not None
    assert '"event":"message.channel_misconfigured"' in fragile.auth.log_text()
    assert post.letters("other.ca@example.org") == [] and post.texts("+15550100202") == []
    (fragile.folder / "auth.json5").write_text(original)
    fragile.auth.restart()
    client.confirm("email", code_in(words(post.letter("other.ca@example.org", 60)))).expect(204)
    client.confirm("mobile", code_in(post.text("+15550100202", 60)["body"])).expect(204)


@pytest.mark.parametrize("hours, code_state, notice_state", [("+11m", "expired", "sent"), ("+25h", "expired", "dead")])
def test_a_code_is_never_sent_late_and_a_notice_is_given_up_after_a_day(
        fragile: Installation, post: Post, hours: str, code_state: str, notice_state: str):
    """CR-05"""
    address = f"late{hours[1:]}@example.org"
    fragile.auth.start()
    client = enroll_email(fragile, post, address)
    outbox = queue(fragile)
    until("the notice of the enrollment", lambda: all(row["sealed"] is None for row in outbox.since(0)))
    known = len(post.letters(address))
    post.smtp.write_text("reset")
    desk = DeskClient(fragile.auth.url, ServiceKey(fragile.folder),
                      AuthClient(fragile.auth.url).sign_in(*UMAR).token)
    mark = outbox.mark()
    verification = desk.start(client.grant["account"]).expect(201)["id"]
    desk.send_code(verification, "email").expect(202)
    offered = client.questions().expect(200)
    chosen = [question["id"] for question in offered["questions"][:offered["count"]]]
    client.enroll_questions(dict(zip(chosen, ANSWERS))).expect(204)
    for kind in ("accessCode", "factorEnrolled"):
        until(f"a try of {kind}", lambda: all(row["attempts"] for row in outbox.since(mark, kind)))
    assert fragile.auth.stop() == 0
    if notice_state == "sent":
        post.heal()
    # faketime forks: without it, the service would outlive the program that the test kills.
    fragile.auth.prefix = ["faketime", "-f", hours, "setpriv", "--pdeathsig", "KILL"]
    fragile.auth.start()
    code = outbox.until(mark, "accessCode", state=code_state)
    assert code["sealed"] is None
    notices = until("the end of the notices", lambda: (found := [
        row for row in outbox.since(mark, "factorEnrolled") if row["channel"] == "email"]) and all(
            row["state"] == notice_state for row in found) and found, 30)
    assert all(row["sealed"] is None for row in notices)
    post.heal()
    assert not any("code" in letter["Subject"] for letter in post.letters(address)[known:])
