"""Roles read and changed by an administrator while everything runs, and as a file."""

import json
from pathlib import Path

import pytest
from latchkey.clients import AuthClient, HelpdeskClient
from latchkey.company import ADA, OLIVIA, people
from latchkey.contract import checked
from latchkey.installation import Installation
from latchkey.scenario import enroll
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


def run(installation: Installation, *arguments: str):
    return installation.command(*arguments, "--folder", str(installation.folder))


def test_roles_and_questions_go_out_as_a_file_and_come_back_as_a_plan(own_services: Installation, ada: HelpdeskClient,
                                                                      tmp_path: Path):
    """C2"""
    file = tmp_path / "policies.json5"
    assert run(own_services, "config", "export", str(file)).returncode == 0
    again = run(own_services, "config", "apply", str(file))
    assert (again.returncode, again.stdout.strip()) == (0, "Nothing to change.")

    document = json.loads("\n".join(line for line in file.read_text().splitlines() if not line.startswith("//")))
    desk = next(role for role in document["roles"] if (role["store"], role["name"]) == ("staff", "helpdesk"))
    desk["permissions"] = ["searchUsers"]
    desk["helpdesk"]["atLeast"] = 2
    desk["helpdesk"]["requirement"] = "atLeast"
    loose = next(role for role in document["roles"] if role["name"] == "helpdesk-unrestricted")
    document["roles"].remove(loose)
    removed = document["questions"].pop(0)
    document["questions"].append({"id": "first-boss", "store": "staff", "text": "Who was your first boss?"})
    file.write_text("// reviewed\n" + json.dumps(document))

    olivia = HelpdeskClient(own_services.helpdesk.url).sign_in(*OLIVIA)
    person = AuthClient(own_services.auth.url).sign_in(*ADA)
    plan = run(own_services, "config", "apply", str(file))
    assert plan.returncode == 0 and "Nothing was changed" in plan.stdout
    for line in ("~ role helpdesk of store staff", '    /helpdesk/requirement: "usersPolicy" -> "atLeast"',
                 f"- role {loose['name']} of store {loose['store']}", f"- question {removed['id']}",
                 "+ question first-boss: Who was your first boss?"):
        assert line in plan.stdout.splitlines(), plan.stdout
    assert olivia.me().expect(200)["permissions"] != ["searchUsers"]

    done = run(own_services, "config", "apply", str(file), "--yes")
    assert done.returncode == 0 and done.stdout.splitlines()[-1] == "Applied.", done
    assert olivia.me().expect(200)["permissions"] == ["searchUsers"]
    offered = [question["id"] for question in person.questions().expect(200)["questions"]]
    assert removed["id"] not in offered and offered[-1] == "first-boss"
    assert run(own_services, "config", "apply", str(file), "--yes").stdout.strip() == "Nothing to change."

    rows = until("the changes in the helpdesk's history", lambda: [
        event for event in ada.history(kind="configurationChange").expect(200)["events"]
        if event.get("reason") == "applied"])
    assert {"roleChanged", "roleRemoved", "questionRemoved", "questionAdded"} <= {row["action"] for row in rows}
    verified = own_services.command("audit", "verify", "--folder", str(own_services.folder))
    assert verified.returncode == 0, verified


def test_a_file_with_anything_wrong_changes_nothing_and_everything_wrong_is_named(own_services: Installation,
                                                                                 tmp_path: Path):
    """C2"""
    file = tmp_path / "policies.json5"
    assert run(own_services, "config", "export", str(file)).returncode == 0
    original = file.read_text()
    file.write_text(original.replace('"mode": "restricted"', '"mode": "open"', 1).replace('"priority": 99', '"priority": 100', 1))
    done = run(own_services, "config", "apply", str(file), "--yes")
    assert done.returncode == 1
    assert "/helpdesk/mode" in done.stderr and "/priority" in done.stderr, done.stderr
    file.write_text(original.replace('"manageConfiguration",', ""))
    done = run(own_services, "config", "apply", str(file), "--yes")
    assert done.returncode == 1 and "manage the configuration" in done.stderr, done
    checked = run(own_services, "config", "check")
    assert checked.returncode == 0 and "do not count" not in checked.stdout


def test_config_check_says_when_the_file_is_not_what_is_in_force_and_names_the_dangers_of_what_is(
        own_services: Installation, tmp_path: Path):
    file = tmp_path / "policies.json5"
    assert run(own_services, "config", "export", str(file)).returncode == 0
    document = json.loads("\n".join(line for line in file.read_text().splitlines() if not line.startswith("//")))
    user = next(role for role in document["roles"] if (role["store"], role["name"]) == ("staff", "user"))
    user["authentication"]["questionsAlone"] = True
    file.write_text(json.dumps(document))
    assert run(own_services, "config", "apply", str(file), "--yes").returncode == 0
    done = run(own_services, "config", "check")
    assert done.returncode == 0
    lines = [line for line in done.stdout.splitlines() if line.startswith("warning:")]
    assert any("do not count" in line for line in lines), done.stdout
    assert any("role user of store staff lets security questions alone" in line for line in lines), done.stdout


def test_an_administrator_is_told_who_gets_which_role_and_what_an_act_would_take(own_services: Installation,
                                                                                ada: HelpdeskClient):
    """P1, OP-04"""
    olivia = HelpdeskClient(own_services.helpdesk.url).sign_in(*OLIVIA)
    account = olivia.grant["account"]
    standing = ada.get(f"/v1/admin/accounts/{account}/role").expect(200)
    assert standing["role"] == "helpdesk"
    assert [role["role"] for role in standing["roles"] if role["met"]] == ["helpdesk", "user"]
    olivia.get(f"/v1/admin/accounts/{account}/role").expect(403, "policy.permission_missing")

    someone = enroll(own_services, next(person for person in people("staff") if person.login == "li.wei"),
                     ("email", "mobile"))
    other = until("somebody in the list of users", lambda: next(
        (row["id"] for row in olivia.users(q="wang").expect(200)["users"] if row["login"] == "wang.fang"), None))

    def explain(user: str, action: str = "resetPassword") -> dict:
        return ada.get("/v1/admin/explanations", query={"operator": account, "user": user, "action": action}).expect(
            200).json

    allowed = explain(someone.account)
    assert allowed["allowed"] and allowed["needed"]["proof"] and allowed["needed"]["further"] == 2
    started = olivia.start_verification(someone.account, "resetPassword").expect(201)
    assert started["stillNeeded"]["of"] == allowed["needed"]["of"]
    # What is explained is what the operator is told, for everybody else too.
    for user in (other, account, ada.grant["account"]):
        told = explain(user)
        shown = olivia.user(user).expect(200)["actions"]["resetPassword"]
        assert not told["allowed"] and told["code"] == shown["code"] and told["sentence"] == shown["sentence"]
        assert told["rules"][-1]["holds"] or told["decidedBy"] == next(
            rule["rule"] for rule in told["rules"] if not rule["holds"])
        assert told["remedy"]
    assert explain(other)["decidedBy"] == "enrollment"
    assert explain(account)["decidedBy"] == "ownAccount"
    ada.get("/v1/admin/explanations", query={"operator": account}).expect(400, "web.invalid_query")
