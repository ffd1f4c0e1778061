"""Independent clients check what we sign, show and accept: PyJWT, oathtool, zbarimg."""

import secrets

import jwt
from latchkey.clients import AuthClient
from latchkey.company import OLIVIA, somebody
from latchkey.desk import DeskClient, ServiceKey
from latchkey.installation import Installation
from latchkey.mailbox import Mailbox
from latchkey.oath import scan, secret_of, totp
from latchkey.scenario import early_in_step, enroll


def published_key(url: str, token: str):
    """The key of the JWKS that a token names."""
    keys = {key["kid"]: key for key in AuthClient(url).key_set().expect(200)["keys"]}
    return jwt.PyJWK(keys[jwt.get_unverified_header(token)["kid"]])


def desk(services: Installation, operator=OLIVIA) -> DeskClient:
    token = AuthClient(services.auth.url).sign_in(*operator).token
    return DeskClient(services.auth.url, ServiceKey(services.folder), token)


def test_pyjwt_verifies_an_access_token_from_the_published_keys(services: Installation):
    """TK-01, TK-02"""
    person = somebody()
    client = AuthClient(services.auth.url).sign_in(person.store, person.login, person.password)
    claims = jwt.decode(client.token, published_key(services.auth.url, client.token), algorithms=["ES256"],
                        audience="latchkey-helpdesk", issuer="latchkey-auth",
                        options={"require": ["exp", "iat", "sub", "sid"]})
    assert jwt.get_unverified_header(client.token)["typ"] == "latchkey-access+jwt"
    assert claims["sub"] == client.grant["account"] and claims["sid"] == client.grant["session"]
    assert set(claims["aud"]) == {"latchkey-auth", "latchkey-helpdesk"}
    assert claims["exp"] - claims["iat"] == 600


def test_zbarimg_reads_the_very_uri_from_the_qr_code(services: Installation):
    """TP-04"""
    person = somebody()
    client = AuthClient(services.auth.url).sign_in(person.store, person.login, person.password)
    offer = client.enroll_authenticator().expect(201)
    assert scan(offer["qrSvg"].encode()) == offer["uri"]
    assert secret_of(offer["uri"]) == offer["secret"]


def test_codes_of_oathtool_are_accepted_once_and_older_steps_never_also_after_a_crash(own_services: Installation):
    """TP-02, CR-01"""
    someone = enroll(own_services, somebody(), ("authenticator", "email"))
    operator = desk(own_services)
    verification = operator.start(someone.account).expect(201)["id"]
    now = early_in_step()
    code, older = totp(someone.secret, now), totp(someone.secret, now - 30)
    assert operator.answer(verification, "authenticator", older).expect(200)["ok"] is False
    assert operator.answer(verification, "authenticator", code).expect(200)["ok"] is True
    own_services.auth.kill()
    own_services.auth.start()
    verification = operator.start(someone.account).expect(201)["id"]
    for used in (code, older):
        assert operator.answer(verification, "authenticator", used).expect(200)["ok"] is False, "a step came back"


def test_pyjwt_verifies_a_proof_and_it_says_what_was_proved(services: Installation):
    """VS-09"""
    someone = enroll(services, somebody(), ("authenticator", "email"))
    operator = desk(services)
    verification = operator.start(someone.account).expect(201)["id"]
    mailbox = Mailbox(services.messages)
    known = mailbox.mark()
    operator.send_code(verification, "email").expect(202)
    letter = mailbox.wait(someone.person.mail, "accessCode", since=known)
    assert operator.answer(verification, "email", letter.code).expect(200)["status"] == "challenged"
    early_in_step()
    assert operator.answer(verification, "authenticator", someone.code()).expect(200)["status"] == "satisfied"
    operation = secrets.token_hex(16)
    proof = operator.redeem(verification, operation).expect(200)["proof"]
    claims = jwt.decode(proof, published_key(services.auth.url, proof), algorithms=["ES256"],
                        audience="latchkey-helpdesk", issuer="latchkey-auth")
    assert jwt.get_unverified_header(proof)["typ"] == "latchkey-proof+jwt"
    assert claims["accounts"] == [someone.account] and claims["action"] == "resetPassword"
    assert claims["operation"] == operation and claims["types"] == ["authenticator", "email"]
    assert claims["exp"] - claims["iat"] == 300
    assert operator.redeem(verification, operation).expect(200)["proof"] == proof
    operator.redeem(verification, secrets.token_hex(16)).expect(409, "auth.proof_redeemed")
