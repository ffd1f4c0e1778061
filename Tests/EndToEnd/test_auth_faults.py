"""The auth service down, slow or talking nonsense; databases locked and disks full: nothing is done by halves."""

import hmac
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt.utils import base64url_encode
from latchkey.acts import Act, standing
from latchkey.callcenter import CallCenter, Caller, reset_body, unlock_body
from latchkey.clients import Answer, AuthClient, HelpdeskClient, new_key
from latchkey.company import OLIVIA, SVEN, UMAR
from latchkey.desk import DeskClient, ServiceKey
from latchkey.disk import SmallDisk
from latchkey.files import locked, rows
from latchkey.installation import Installation
from latchkey.interposer import Dropped, Exchange, Reply
from latchkey.waiting import until

REDEMPTION = r"/redemption$"
HTML = [("Content-Type", "text/html; charset=utf-8")]
JSON = [("Content-Type", "application/json")]


@pytest.fixture(scope="module")
def caller(center: CallCenter) -> Caller:
    return center.caller()


@pytest.fixture(scope="module")
def act(center: CallCenter, caller: Caller) -> Iterator[Act]:
    """One proved reset that every fault gets to refuse; in the end it is done, with the key and the proof it had."""
    operator = center.operator()
    whole = Act(center, operator, caller, "resetPassword", center.prove(operator, caller, "resetPassword"))
    yield whole
    whole.post().expect(200)
    assert whole.check() == "done"
    whole.caller.password = whole.password


def dropped(exchange: Exchange) -> Reply:
    raise Dropped


def swallowed(exchange: Exchange) -> Reply:
    """The auth service does what was asked, and its answer is lost."""
    exchange.forward()
    raise Dropped


def cut(exchange: Exchange) -> Reply:
    reply = exchange.forward()
    return Reply(reply.status, JSON, reply.body[:len(reply.body) // 2])


def cut_short(exchange: Exchange) -> Reply:
    reply = exchange.forward()
    return Reply(reply.status, JSON, reply.body[:-1], announced=len(reply.body))


def doubled(exchange: Exchange) -> Reply:
    """Every member twice."""
    reply = exchange.forward()
    inner = reply.body.strip()[1:-1]
    return Reply(reply.status, JSON, b"{" + inner + b"," + inner + b"}")


def always(status: int, headers: list[tuple[str, str]], body: bytes) -> Callable[[Exchange], Reply]:
    return lambda _: Reply(status, headers, body)


NONSENSE = {
    "a dropped connection": dropped,
    "an answer lost on the way": swallowed,
    "JSON cut in half": cut,
    "a body shorter than announced": cut_short,
    "every member twice": doubled,
    "a page that says 200": always(200, HTML, b"<html><body>It works!</body></html>"),
    "a page that says it is JSON": always(200, JSON, b"<html><body>It works!</body></html>"),
    "nothing at all": always(200, JSON, b""),
    "no content": always(204, JSON, b""),
    "null": always(200, JSON, b"null"),
    "a list": always(200, JSON, b"[]"),
    "members of another kind": always(200, JSON, b'{"proof":17,"account":{},"types":true,"contacts":"all"}'),
    "bytes that are no text": always(200, JSON, b'{"proof":"\xff\xfe"}'),
    "very deep JSON": always(200, JSON, b"[" * 5_000 + b"]" * 5_000),
    "a body without end": always(200, JSON, b'{"proof":"' + b"A" * 5_000_000 + b'"}'),
    "an internal error": always(500, JSON, b'{"status":500}'),
    "a gateway's error page": always(502, HTML, b"<html>Bad Gateway</html>"),
    "a redirect": always(302, [("Location", "http://127.0.0.1:9/elsewhere")], b""),
    "a refusal that is no problem document": always(403, HTML, b"<html>Forbidden</html>"),
    "a success nobody knows": always(299, HTML, b"fine"),
}
CALLS = {
    "authority": ("GET", r"/authority"), "enrollments": ("GET", r"/enrollments$"),
    "contacts": ("GET", r"/contacts$"), "redemption": ("POST", REDEMPTION),
}


def expect_unavailable(answer: Answer) -> None:
    """ST-02: 503, when to come back, and that nothing was done."""
    answer.expect(503, "helpdesk.auth_unavailable")
    assert 1 <= int(answer.headers["Retry-After"]) <= 60
    assert "Nothing was done" in answer["detail"]


@contextmanager
def nothing_done(act: Act) -> Iterator[None]:
    """The directory stays as it is, no message goes out, and the old password is the password."""
    before = standing(act.center, act.caller.account)
    letters = act.center.mailbox.mark()
    yield
    assert standing(act.center, act.caller.account) == before
    fresh = [path.name for path in act.center.mailbox.mark() - letters]
    assert not [name for name in fresh if "passwordReset" in name or "newPassword" in name]


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("fault", NONSENSE)
def test_nonsense_from_the_auth_service_is_no_permission(center: CallCenter, act: Act, fault: str, call: str):
    """ST-02, VS-03: the same request again and again, with the same key, refused each time with the same words."""
    with nothing_done(act), center.interposer.rule(*CALLS[call], NONSENSE[fault]):
        expect_unavailable(act.post())


def test_an_auth_service_that_is_gone_stops_every_act(center: CallCenter, act: Act, caller: Caller):
    """ST-02: no fall-back, neither for the restricted nor for the unrestricted."""
    unrestricted = center.operator(UMAR)
    center.auth.kill()
    try:
        with nothing_done(act):
            expect_unavailable(act.post())
            expect_unavailable(unrestricted.reset(caller.account, reset_body(caller, center.new_password())))
            expect_unavailable(unrestricted.unlock(caller.account, unlock_body(caller)))
            expect_unavailable(act.operator.start_verification(caller.account, "resetPassword"))
            expect_unavailable(act.operator.users())
            expect_unavailable(HelpdeskClient(center.helpdesk.url).try_sign_in(*UMAR))
            assert act.operator.ready().expect(200)["auth"] == "unavailable"
    finally:
        center.auth.start()
    center.operator(fresh=True).me().expect(200)


def test_an_auth_service_that_hangs_is_given_up_in_time(center: CallCenter, act: Act):
    """ST-02: stopped when it is asked for the proof; what it does when it wakes up harms nobody."""
    with nothing_done(act), center.interposer.holding("POST", REDEMPTION, answer=False) as hold:
        began = time.monotonic()
        act_again = Act(center, act.operator, act.caller, "resetPassword", act.verification)
        act_again.key, act_again.password, act_again.contact = act.key, act.password, act.contact
        act_again.begin()
        hold.wait()
        center.auth.pause()
        try:
            hold.release()
            expect_unavailable(act_again.join())
        finally:
            center.auth.resume()
        assert time.monotonic() - began < 10
    center.auth.wait_until_ready()


# A proof that is none, or proves something else.

BINDINGS = ("accounts", "action", "operator", "sid", "operation")


@pytest.fixture(scope="module")
def genuine(center: CallCenter) -> dict:
    """Proofs the auth service has really signed, each for something else than the act at hand in one way."""
    key = ServiceKey(center.installation.folder)
    spare, stranger = center.caller(), center.caller()
    here = center.operator().token

    def redeemed(caller: Caller, token: str, action: str = "resetPassword") -> str:
        desk = DeskClient(center.auth.url, key, token)
        verification = desk.start(caller.account, action).expect(201)["id"]
        known = center.mailbox.mark()
        desk.send_code(verification, "email").expect(202)
        code = center.mailbox.wait(caller.person.mail, "accessCode", since=known).code
        desk.answer(verification, "email", code).expect(200)
        return desk.redeem(verification, new_key()).expect(200)["proof"]

    def elsewhere(operator: tuple[str, str, str]) -> str:
        return AuthClient(center.auth.url).sign_in(*operator).token

    proofs = {
        "accounts": redeemed(stranger, here), "action": redeemed(spare, here, "unlockAccount"),
        "operator": redeemed(spare, elsewhere(SVEN)), "sid": redeemed(spare, elsewhere(OLIVIA)),
        "operation": redeemed(spare, here),
    }
    return {**proofs, "spare": spare}


def by_secret(header: dict, claims: dict, secret: bytes) -> str:
    """HS256, which PyJWT rightly refuses to make with a public key."""
    parts = [{**header, "alg": "HS256"}, claims]
    text = b".".join(base64url_encode(json.dumps(part).encode()) for part in parts)
    return (text + b"." + base64url_encode(hmac.digest(secret, text, "sha256"))).decode()


@pytest.fixture(scope="module")
def forged(center: CallCenter, genuine: dict) -> dict[str, str]:
    """What a liar could hand out. The model is a real proof, made for another verification."""
    model = genuine["operation"]
    claims, header = jwt.decode(model, options={"verify_signature": False}), jwt.get_unverified_header(model)
    stranger = ec.generate_private_key(ec.SECP256R1())
    keys = {key["kid"]: key for key in AuthClient(center.auth.url).key_set().expect(200)["keys"]}
    secret = jwt.PyJWK(keys[header["kid"]]).key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    plain = {"typ": header["typ"], "kid": header["kid"]}
    own_key = json.loads(jwt.algorithms.ECAlgorithm.to_jwk(stranger.public_key()))
    head, body, signature = model.split(".")
    service = ServiceKey(center.installation.folder)

    def signed(**changes: object) -> str:
        return jwt.encode(claims, stranger, "ES256", headers={**plain, **changes})

    return {
        **{f"bound to another {name}": genuine[name] for name in BINDINGS},
        "a stranger's signature": signed(),
        "a stranger's key beside it": signed(jwk=own_key),
        "a key nobody knows": signed(kid="unknown"),
        "no algorithm": jwt.encode(claims, None, "none", headers=plain),
        "the public key as a secret": by_secret(plain, claims, secret),
        "a signature of nothing": f"{head}.{body}.",
        "one bit of the signature": f"{head}.{body}.{'B' if signature[0] == 'A' else 'A'}{signature[1:]}",
        "the operator's own access token": center.operator().token,
        "a service token": service.token(),
        "a service token that says it is a proof": service.token(headers={"typ": header["typ"]}, **claims),
    }


FORGERIES = {  # and why each is refused, as the log has it
    **{f"bound to another {name}": f'bound("{name}")' for name in BINDINGS},
    "a stranger's signature": ".signature", "a stranger's key beside it": '.header("jwk")',
    "a key nobody knows": ".unknownKey", "no algorithm": ".algorithm", "the public key as a secret": ".algorithm",
    "a signature of nothing": ".signature", "one bit of the signature": ".signature",
    "the operator's own access token": ".type", "a service token": ".type",
    "a service token that says it is a proof": ".unknownKey",
}


@pytest.fixture(scope="module")
def spare(center: CallCenter, genuine: dict) -> Act:
    """A proved act whose own proof never comes."""
    caller, operator = genuine["spare"], center.operator()
    return Act(center, operator, caller, "resetPassword", center.prove(operator, caller, "resetPassword"))


@pytest.mark.parametrize("name", FORGERIES)
def test_a_proof_that_proves_something_else_is_refused(center: CallCenter, spare: Act, forged: dict, name: str):
    """VS-09, TK-01, TK-02: refused for good under this key; the operator is told, the history knows."""
    lie = always(200, JSON, json.dumps({"proof": forged[name]}).encode())
    spare.key = new_key()
    with nothing_done(spare), center.interposer.rule("POST", REDEMPTION, lie):
        refused = spare.post().expect(403, "helpdesk.proof_refused")
        assert "Nothing was done" in refused["detail"]
    spare.post().expect(403, "helpdesk.proof_refused")
    told = [json.loads(line) for line in center.helpdesk.log_text().splitlines() if '"proof.refused"' in line]
    assert FORGERIES[name] in told[-1]["why"]
    operation, authority, finished = spare.row("o.id, o.authority, o.finished_at IS NOT NULL AND o.password IS NULL")
    assert (authority, finished) == ("refused", 1)
    recorded = rows(center.databases["helpdesk"], "SELECT kind, outcome, reason FROM audit WHERE operation = ? "
                    "ORDER BY sequence DESC LIMIT 1", (operation,))
    assert recorded == [("refusal", "failure", "helpdesk.proof_refused")]


def test_the_enrollments_of_somebody_else_open_nothing(center: CallCenter, spare: Act, act: Act):
    """ST-02: an answer to another question is no answer."""
    def mixed_up(exchange: Exchange) -> Reply:
        exchange.path = exchange.path.replace(spare.caller.account, act.caller.account)
        return exchange.forward()

    spare.key = new_key()
    with nothing_done(spare), center.interposer.rule("GET", r"/enrollments$", mixed_up):
        expect_unavailable(spare.post())


# Databases.


def test_a_locked_helpdesk_database_is_said_so_and_nothing_is_done(center: CallCenter, act: Act):
    """CR-03: the key is as good as new."""
    with nothing_done(act), locked(center.databases["helpdesk"]):
        refused = act.post().expect(503, "helpdesk.database_unavailable")
        assert int(refused.headers["Retry-After"]) >= 1
    assert act.row("o.finished_at IS NOT NULL") in (None, (1,))


def test_a_locked_auth_database_is_an_auth_service_that_cannot_answer(center: CallCenter, act: Act):
    """ST-02"""
    with nothing_done(act), locked(center.databases["auth"]):
        expect_unavailable(act.post())


def test_a_locked_store_fails_the_account_and_not_the_service(center: CallCenter):
    """R7: told per account, and tried again with the same proof."""
    caller, operator = center.caller(), center.operator()
    whole = Act(center, operator, caller, "resetPassword", center.prove(operator, caller, "resetPassword"))
    with locked(center.databases["staff"]):
        result, = whole.post().expect(200)["results"]
        assert (result["outcome"], result["reason"]) == ("failed", "helpdesk.store_unavailable")
    assert whole.check() == "failed"
    whole.finish("failed")


def test_a_database_that_fails_after_the_write_does_not_lose_the_result(center: CallCenter):
    """CR-04: the directory is written, the result cannot be recorded: it is read and recorded once it can be."""
    caller, operator = center.caller(), center.operator()
    whole = Act(center, operator, caller, "resetPassword", center.prove(operator, caller, "resetPassword"))
    with locked(center.databases["staff"]) as store:
        whole.begin()
        whole.until_row("the authority being recorded", "o.authority", "proved")
        with locked(center.databases["helpdesk"]):
            store.release()
            whole.join().expect(503, "helpdesk.database_unavailable")
    assert whole.check() == "done"
    whole.finish("done")


@pytest.fixture
def on_small_disks(golden: Installation, tmp_path_factory: pytest.TempPathFactory):
    """A call center whose services have a small disk each."""
    folder = tmp_path_factory.mktemp("disk") / "latchkey"
    own = CallCenter(Installation(golden.programs, folder).copied_from(golden)).one_code_is_enough()
    with SmallDisk(folder / "helpdesk") as helpdesk, SmallDisk(folder / "auth") as auth:
        try:
            yield own.start(), helpdesk, auth
        finally:
            own.close()


def test_full_disks_do_nothing_by_halves_and_are_over_when_they_are_empty(on_small_disks):
    """CR-01, CR-03, CR-04"""
    center, helpdesk_disk, auth_disk = on_small_disks
    caller, operator = center.caller(), center.operator()
    whole = Act(center, operator, caller, "resetPassword", center.prove(operator, caller, "resetPassword"))

    auth_disk.fill()  # the proof cannot be spent
    with nothing_done(whole):
        expect_unavailable(whole.post())
    auth_disk.empty()

    helpdesk_disk.fill()  # the intent cannot be recorded
    with nothing_done(whole):
        refused = whole.post().expect(503, "helpdesk.database_unavailable")
        assert int(refused.headers["Retry-After"]) >= 1
        operator.health().expect(200)
    helpdesk_disk.empty()

    with center.interposer.holding("POST", REDEMPTION, answer=True) as hold:  # the authority cannot be recorded
        sender = threading.Thread(target=lambda: setattr(whole, "answer", whole.post()), daemon=True)
        sender.start()
        hold.wait()
        helpdesk_disk.fill()
        hold.release()
        sender.join(30)
    assert whole.answer is not None
    whole.answer.expect(503, "helpdesk.database_unavailable")
    helpdesk_disk.empty()
    until("the operation being settled", lambda: whole.row("o.finished_at IS NOT NULL") == (1,), 20)
    assert whole.check() == "failed"
    whole.finish("failed")
