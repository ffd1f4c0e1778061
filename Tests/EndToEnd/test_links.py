"""Accounts of one person in two stores, linked and parted by an administrator and by import."""

from pathlib import Path

import pytest
from latchkey.clients import AuthClient, HelpdeskClient
from latchkey.company import ADA, OLIVIA, Person, people
from latchkey.contract import checked
from latchkey.installation import Installation
from latchkey.mailbox import Mailbox
from latchkey.scenario import enroll
from latchkey.waiting import until


def named(store: str, login: str) -> Person:
    return next(person for person in people(store) if person.login == login)


@pytest.fixture
def ada(own_services: Installation) -> AuthClient:
    """An administrator; every answer is held against the document."""
    return checked(AuthClient(own_services.auth.url).sign_in(*ADA))


def step_up(client: AuthClient) -> None:
    client.post("/v1/sessions/current/step-up", {"password": ADA[2]}).expect(200)


def test_an_administrator_links_and_parts_accounts_and_their_owners_hear_of_it(own_services: Installation,
                                                                               ada: AuthClient):
    """R1, R8, OP-02"""
    someone = enroll(own_services, named("staff", "li.wei"), ("email",))
    other = named("contractors", "c.li.na")
    account = AuthClient(own_services.auth.url).sign_in(other.store, other.login, other.password).grant["account"]
    letters = Mailbox(own_services.messages)
    wanted = {"master": someone.account, "account": account}

    ada.post("/v1/admin/links", wanted).expect(403, "auth.step_up_required")
    step_up(ada)
    ada.post("/v1/admin/links", wanted).expect(201)
    for address in (someone.person.mail, other.mail):
        letter = letters.wait(address, "accountLinked")
        assert someone.person.login in letter.text and other.login in letter.text

    olivia = HelpdeskClient(own_services.helpdesk.url).sign_in(*OLIVIA)
    shown = olivia.user(account).expect(200)
    assert shown["enrolledWith"] == ["email"]
    assert [linked["id"] for linked in shown["linkedAccounts"]] == [someone.account]
    found = until("the link in the helpdesk's history", lambda: [
        event for event in olivia.history(account).expect(200)["events"] if event["kind"] == "link"])
    assert found[0]["detail"] == {"master": someone.account}

    client = AuthClient(own_services.auth.url).sign_in(other.store, other.login, other.password)
    client.enroll_email(other.mail).expect(409, "auth.account_linked")
    ada.delete(f"/v1/admin/links/{account}").expect(204)
    letters.wait(other.mail, "accountUnlinked")
    assert olivia.user(account).expect(200)["linkedAccounts"] == []
    client.enroll_email(other.mail).expect(202)


def test_an_import_of_links_that_cannot_be_is_refused_line_by_line(own_services: Installation, tmp_path: Path):
    """Whole or not at all, with the rules an administrator has."""
    enroll(own_services, named("contractors", "c.dana.levi"), ("email",))
    file = tmp_path / "links.csv"
    file.write_text("masterStore,masterLogin,store,login\n"
                    "staff,li.wei,contractors,c.dana.levi\n"
                    "staff,li.wei,contractors,c.li.na\n"
                    "staff,wang.fang,contractors,c.hassan.ali\n"
                    "staff,wang.fang,contractors,c.soren.aagaard\n")
    arguments = ("link", "import", str(file), "--folder", str(own_services.folder))
    done = own_services.command(*arguments)
    assert done.returncode == 1
    lines = done.stderr.splitlines()
    assert [line.split(": ")[0] for line in lines] == [f"{file}:2", f"{file}:5"], done.stderr
    assert "enrollments of its own" in lines[0] and "another master" in lines[1]
    good = [line for line in file.read_text().splitlines(True) if "dana" not in line and "soren" not in line]
    file.write_text("".join(good))
    assert own_services.command(*arguments).stdout.strip() == "2 links added, 0 were there."
    again = own_services.command(*arguments)
    assert (again.returncode, again.stdout.strip()) == (0, "0 links added, 2 were there."), again
