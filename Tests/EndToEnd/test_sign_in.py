"""Sign-in limits and addresses, through both services."""

import json

from latchkey.clients import AuthClient, HelpdeskClient
from latchkey.company import OLIVIA
from latchkey.desk import ServiceKey
from latchkey.installation import Installation
from latchkey.waiting import until


def test_only_the_helpdesk_service_may_say_where_a_caller_sits(own_services: Installation):
    """RL-01, ST-01"""
    body = {"store": "staff", "login": "nobody.here", "password": "wrong-password-here"}
    said = {"Latchkey-Client-Address": "203.0.113.9"}
    auth = AuthClient(own_services.auth.url)
    service = {"Authorization": "Bearer " + ServiceKey(own_services.folder).token()}
    auth.post("/v1/sessions", body, headers=said).expect(401, "auth.sign_in_rejected")
    auth.post("/v1/sessions", body, headers={**said, **service}).expect(401, "auth.sign_in_rejected")
    sven = HelpdeskClient(own_services.helpdesk.url).sign_in("staff", "ada.admin", "Sample-copper-canyon-2028!")

    def sources() -> list[str] | None:
        events = sven.get("/v1/history", query={"kind": "signIn", "outcome": "failure"}).expect(200)["events"]
        return [event["source"] for event in events] if len(events) >= 2 else None

    assert sorted(until("both refusals in the history", sources, 15)) == ["127.0.0.1", "203.0.113.9"]


def test_every_row_of_the_history_is_a_line_of_the_log(own_services: Installation):
    """AU-04, PR-02"""
    auth = AuthClient(own_services.auth.url).sign_in(*OLIVIA)

    def lines() -> list[dict] | None:
        found = [json.loads(line) for line in own_services.auth.log_text().splitlines() if '"audit.row"' in line]
        return [line for line in found if line["kind"] == "signIn"] or None

    line = until("the sign-in's line", lines, 10)[0]
    assert (line["outcome"], line["actor"], line["source"]) == ("success", auth.grant["account"], "127.0.0.1")
    assert line["hash"] and line["sequence"] > 0 and "olivia" not in json.dumps(line)


def test_guessing_one_operators_password_stops_no_other_operator(own_services: Installation):
    """RL-01, RL-02"""
    for _ in range(21):
        last = HelpdeskClient(own_services.helpdesk.url).try_sign_in("staff", "umar.desk", "not-the-password-1")
    last.expect(429, "auth.too_many_attempts")
    assert int(last.headers["Retry-After"]) > 0
    HelpdeskClient(own_services.helpdesk.url).sign_in(*OLIVIA)
