"""Both services on PostgreSQL: the same words, the same promises."""

from collections.abc import Iterator

import pytest
from latchkey.clients import AuthClient, HelpdeskClient
from latchkey.company import OLIVIA, somebody
from latchkey.installation import Installation
from latchkey.postgres import PostgresServer
from latchkey.scenario import early_in_step, enroll
from latchkey.waiting import until


@pytest.fixture(scope="module")
def postgres() -> Iterator[PostgresServer]:
    server = PostgresServer()
    try:
        yield server.start()
    finally:
        server.stop()


@pytest.fixture
def on_postgres(installation: Installation, postgres: PostgresServer) -> Installation:
    """An installation whose services keep their data in PostgreSQL."""
    for service in ("auth", "helpdesk"):
        secret = installation.folder / f"{service}/postgres.secret"
        secret.write_text(postgres.create(f"{service}_{installation.auth.port}"))
        secret.chmod(0o600)
        file = installation.folder / f"{service}.json5"
        text = file.read_text()
        kept = f'{{ sqlite: "{service}/{service}.db" }}'
        assert kept in text
        # A history begins anew in a new database; the signed head of the old one's would be an alarm.
        (installation.folder / f"{service}/checkpoint.json").unlink(missing_ok=True)
        file.write_text(text.replace(kept, f'{{ postgres: {{ file: "{service}/postgres.secret" }} }}'))
    return installation.start()


def test_a_restricted_reset_works_on_postgresql_and_survives_a_crash(on_postgres: Installation):
    """CR-01, VS-09, AU-01"""
    person = somebody()
    someone = enroll(on_postgres, person)
    olivia = HelpdeskClient(on_postgres.helpdesk.url).sign_in(*OLIVIA)
    verification = olivia.start_verification(someone.account, "resetPassword").expect(201)
    for question in verification["questions"]:
        olivia.answer_question(verification["id"], question["id"], someone.answers[question["id"]]).expect(200)
    early_in_step()
    checked = olivia.answer_code(verification["id"], "authenticator", someone.code()).expect(200)
    assert (checked["ok"], checked["status"]) == (True, "satisfied")
    on_postgres.auth.kill()
    on_postgres.helpdesk.kill()
    on_postgres.start()
    body = {"verification": verification["id"], "accounts": [someone.account], "method": "newPassword",
            "password": "Quartz-Lantern-2031-Meadow"}
    assert olivia.reset(someone.account, body, key="on-postgres").expect(200)["results"][0]["outcome"] == "done"
    assert olivia.reset(someone.account, body, key="on-postgres").expect(200)["results"][0]["outcome"] == "done"
    olivia.reset(someone.account, body, key="another").expect(409)
    AuthClient(on_postgres.auth.url).sign_in(person.store, person.login, "Quartz-Lantern-2031-Meadow")
    AuthClient(on_postgres.auth.url).try_sign_in(person.store, person.login, person.password).expect(401)

    def resets() -> bool:
        events = olivia.history(someone.account, kind="reset").expect(200)["events"]
        proofs = olivia.history(someone.account, kind="proof").expect(200)["events"]
        return len(events) == 1 and len(proofs) == 1

    until("one reset and one proof in the history", resets, 15)
    verified = on_postgres.command("audit", "verify", "--folder", str(on_postgres.folder))
    assert verified.returncode == 0, verified.stdout + verified.stderr
