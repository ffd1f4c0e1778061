"""Roles read and changed by an administrator while everything runs, and as a file."""

import pytest
from latchkey.clients import AuthClient, HelpdeskClient
from latchkey.company import ADA, OLIVIA
from latchkey.contract import checked
from latchkey.installation import Installation
from latchkey.waiting import until


def step_up(installation: Installation, client: HelpdeskClient) -> None:
    """Proves once more who holds the session of this client."""
    auth = AuthClient(installation.auth.url)
    auth.token = client.token
    auth.post("/v1/sessions/current/step-up", {"password": ADA[2]}).expect(200)


@pytest.fixture
def ada(own_services: Installation) -> HelpdeskClient:
    """An administrator at the helpdesk service; every answer is held against the document."""
    return checked(HelpdeskClient(own_services.helpdesk.url).sign_in(*ADA))


def settings(role: dict) -> dict:
    return {name: value for name, value in role.items() if name not in ("builtIn", "etag", "warnings")}


def test_a_role_changed_by_an_administrator_counts_at_once_and_is_in_the_history(own_services: Installation,
                                                                                 ada: HelpdeskClient):
    """C1, OP-01, OP-02"""
    olivia = HelpdeskClient(own_services.helpdesk.url).sign_in(*OLIVIA)
    olivia.users(limit=1).expect(200)
    olivia.get("/v1/admin/roles").expect(403, "policy.permission_missing")
    path = "/v1/admin/roles/staff/helpdesk"
    role = ada.get(path).expect(200)
    tag = role.headers["ETag"]
    less = {**settings(role.json), "permissions": ["unlockAnyAccount"]}
    ada.put(path, less, headers={"If-Match": tag}).expect(403, "auth.step_up_required")
    step_up(own_services, ada)
    ada.put(path, less).expect(428, "web.precondition_required")
    changed = ada.put(path, less, headers={"If-Match": tag}).expect(200)
    assert changed.headers["ETag"] != tag and changed["permissions"] == ["unlockAnyAccount"]

    # The same session, the same token: what it may do has changed.
    olivia.users(limit=1).expect(403, "policy.permission_missing")
    ada.put(path, less, headers={"If-Match": tag}).expect(412, "auth.role_changed")
    wrong = ada.put(path, {**less, "priority": 1, "helpdesk": {"mode": "open"}},
                    headers={"If-Match": changed.headers["ETag"]}).expect(422, "auth.role_invalid")
    assert [error["pointer"] for error in wrong["errors"]] == ["/helpdesk/mode"]
    ada.delete(path, headers={"If-Match": changed.headers["ETag"]}).expect(409, "auth.role_built_in")

    rows = until("the change in the helpdesk's history", lambda: [
        event for event in ada.history(kind="configurationChange").expect(200)["events"]
        if event.get("action") == "roleChanged"])
    assert rows[0]["detail"]["role"] == "helpdesk"
    assert [(change["setting"], change["to"]) for change in rows[0]["detail"]["changes"]] == [
        ("/permissions", ["unlockAnyAccount"])]


def test_a_role_lives_through_a_restart_whatever_the_configuration_file_says(own_services: Installation,
                                                                            ada: HelpdeskClient):
    """The database is the one truth; the file's roles fill a new one."""
    step_up(own_services, ada)
    made = ada.post("/v1/admin/roles", {"name": "night", "store": "staff", "priority": 30, "group": "Night",
                                        "permissions": ["searchUsers"]}).expect(201)
    own_services.stop()
    own_services.start()
    again = checked(HelpdeskClient(own_services.helpdesk.url).sign_in(*ADA))
    kept = again.get("/v1/admin/roles/staff/night").expect(200)
    assert kept.json == made.json
    step_up(own_services, again)
    again.delete("/v1/admin/roles/staff/night", headers={"If-Match": kept.headers["ETag"]}).expect(204)
    again.get("/v1/admin/roles/staff/night").expect(404, "auth.role_not_found")
