"""The desk on real directories, slapd and a Samba domain controller: what it says it did is what the directory then does."""

import json
from collections.abc import Iterator
from dataclasses import replace

import pytest
from latchkey.activedirectory import DomainController
from latchkey.clients import AuthClient
from latchkey.corporation import STORE, TYPED, Corporation, corporation, outcome, reset_body
from latchkey.installation import Installation
from latchkey.openldap import OpenLDAP
from latchkey.waiting import until


@pytest.fixture(scope="module", params=["openLDAP", "activeDirectory"])
def corp(request: pytest.FixtureRequest, golden: Installation,
         tmp_path_factory: pytest.TempPathFactory) -> Iterator[Corporation]:
    folder = tmp_path_factory.mktemp("corporation")
    directory = OpenLDAP() if request.param == "openLDAP" else DomainController(folder / "domain")
    try:
        with corporation(golden, folder, directory.start()) as whole:
            yield whole
    finally:
        directory.stop()


def test_a_restricted_reset_ends_in_a_bind_with_the_new_password_and_none_with_the_old(corp: Corporation):
    """R2, R13, V5, VS-10"""
    name, someone = corp.caller("ines")
    corp.lock_out(name)
    assert corp.directory.bind(name, someone.person.password) == "locked"
    olivia = corp.olivia()
    olivia.reset(someone.account, reset_body(someone, None)).expect(403, "helpdesk.caller_not_verified")
    assert corp.directory.bind(name, TYPED) == "locked", "without a proof nothing is written"
    verification = corp.verify(olivia, someone)
    assert outcome(olivia.reset(someone.account, reset_body(someone, verification))) == "done"
    assert corp.directory.bind(name, TYPED) == "", "the lock is gone with the reset"
    assert corp.directory.bind(name, someone.person.password) == "refused"
    assert not corp.signs_in("ines", someone.person.password)
    assert corp.signs_in("ines", TYPED)


def test_a_generated_password_arrives_by_mail_and_has_to_be_changed(corp: Corporation):
    """R2, R13"""
    name, someone = corp.caller("joao")
    olga = corp.olga()
    facts = olga.user(someone.account).expect(200)
    mail = next(contact["id"] for contact in facts["contacts"]
                if (contact["channel"], contact["source"]) == ("email", "enrolled"))
    verification = corp.verify(olga, someone)
    known = corp.letters.mark()
    body = {"accounts": [someone.account], "method": "newPassword", "generate": True, "deliver": {"email": mail},
            "verification": verification}
    assert outcome(olga.reset(someone.account, body)) == "done"
    letter = corp.letters.wait(someone.person.mail, "newPassword", since=known)
    password = letter.line_after("has set a new password")
    assert corp.directory.bind(name, password) == "must change"
    assert corp.directory.bind(name, someone.person.password) == "refused"
    assert corp.directory.has_to_change(name)
    after = olga.user(someone.account).expect(200)
    assert after["mustChange"] and after["passwordExpires"] != "never"
    right, wrong = (AuthClient(corp.services.auth.url).try_sign_in(STORE, "joao", text) for text in (password, "wrong"))
    assert wrong.status == 401 and b"773" not in right.content and b"data" not in wrong.content


def test_an_account_that_is_really_locked_is_unlocked(corp: Corporation):
    """R4"""
    name, someone = corp.caller("klara")
    corp.lock_out(name)
    assert corp.directory.bind(name, someone.person.password) == "locked"
    olga = corp.olga()
    assert olga.user(someone.account).expect(200)["locked"]
    verification = corp.verify(olga, someone, "unlockAccount")
    done = olga.unlock(someone.account, {"accounts": [someone.account], "verification": verification})
    assert outcome(done) == "done"
    assert corp.directory.bind(name, someone.person.password) == ""
    assert not corp.directory.is_locked(name)
    assert not olga.user(someone.account).expect(200)["locked"]
    until("the unlock in the history", lambda: any(
        event["kind"] == "unlock" and event["outcome"] == "success"
        for event in olga.history(someone.account).expect(200)["events"]), 15)


def test_a_password_the_directory_refuses_is_told_in_words_and_changes_nothing(corp: Corporation):
    """PW-01"""
    name, someone = corp.caller("lena")
    olivia = corp.olivia()
    verification = corp.verify(olivia, someone)
    password, words = corp.directory.refused_password(name)
    answer = olivia.reset(someone.account, reset_body(someone, verification, password)).expect(200)
    result, = answer["results"]
    assert result["outcome"] == "failed" and words in result["message"] and password not in json.dumps(answer.json)
    assert corp.directory.bind(name, someone.person.password) == ""


def test_an_entry_that_is_moved_and_renamed_between_verify_and_reset_is_the_one_that_is_reset(corp: Corporation):
    """VS-02, VS-10"""
    name, someone = corp.caller("mara")
    olivia = corp.olivia()
    verification = corp.verify(olivia, someone)
    elsewhere = f"OU=Elsewhere,{corp.directory.people}"
    corp.directory.write(f"dn: {elsewhere}\nchangetype: add\nobjectClass: organizationalUnit\nou: Elsewhere\n")
    moved = corp.directory.move(name, "CN=Mara Away", elsewhere)
    corp.directory.add(replace(someone.person, login="mara.two"), at=name)
    assert outcome(olivia.reset(someone.account, reset_body(someone, verification))) == "done"
    assert corp.directory.bind(moved, TYPED) == ""
    assert corp.directory.bind(name, TYPED) == "refused"


def test_an_entry_that_was_deleted_and_made_again_under_its_name_is_somebody_else(corp: Corporation):
    """VS-02"""
    name, someone = corp.caller("nora")
    olivia = corp.olivia()
    verification = corp.verify(olivia, someone)
    corp.directory.remove(name)
    assert corp.directory.add(someone.person) == name
    olivia.reset(someone.account, reset_body(someone, verification)).expect(404, "helpdesk.account_not_found")
    assert corp.directory.bind(name, someone.person.password) == ""
    assert corp.directory.bind(name, TYPED) == "refused"
