"""Every route of both services, asked by everybody who may not, and asked wrongly: the rows come from /openapi.json."""

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from latchkey.clients import Answer, AuthClient, Client, HelpdeskClient, new_key
from latchkey.company import ADA, UMAR, somebody
from latchkey.contract import Contract
from latchkey.desk import ServiceKey
from latchkey.files import rows
from latchkey.installation import Installation

SERVICES = ["auth", "helpdesk"]
CODE = re.compile(r"(auth|helpdesk|policy|web)\.[a-z_]+")
PLACES = {
    "account": "staff~nobody", "id": "staff~nobody", "verification": "0" * 32, "operation": "0" * 32,
    "question": "q1", "type": "email", "approval": "0" * 32, "message": "0" * 32, "kind": "newPassword",
    "store": "staff", "role": "helpdesk", "notice": "0" * 32, "link": "0" * 32,
}
PUBLIC = "anybody"


@dataclass(frozen=True)
class Door:
    """One operation of a document."""

    method: str
    path: str
    operation: dict[str, Any]
    opens: frozenset[str]  # which credentials open it

    @property
    def body(self) -> dict[str, Any] | None:
        return self.operation.get("requestBody", {}).get("content", {}).get("application/json")

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


@dataclass
class Building:
    """One service, its document, and everybody who knocks."""

    client: Client
    contract: Contract
    keys: dict[str, dict[str, str]]

    def doors(self) -> list[Door]:
        document = self.contract.document
        found = []
        for template, methods in document["paths"].items():
            path = re.sub(r"\{(\w+)\}", lambda place: PLACES[place.group(1)], template)
            for method, operation in methods.items():
                needed = operation.get("security", document.get("security", []))
                opens = frozenset("+".join(sorted(entry)) for entry in needed) or frozenset({PUBLIC})
                found.append(Door(method.upper(), path, operation, opens))
        return found

    def knock(self, door: Door, who: dict[str, str], **options: Any) -> Answer:
        headers = {**who, "Idempotency-Key": new_key(), **options.pop("headers", {})}
        if door.method == "PUT":  # of the state there is, so that only what is to be refused is wrong
            headers["If-Match"] = self.client.call("GET", door.path, headers=who).headers.get("ETag", '"0"')
        answer = self.client.call(door.method, door.path, headers=headers, **options)
        self.contract.check(door.method, door.path, answer)
        return answer


def refused(answer: Answer, door: Door, statuses: tuple[int, ...], what: str) -> None:
    """A problem with a stable code, a title, a request id, and not a word of the inside."""
    shown = f"{door} with {what}: {answer.status} {answer.content[:300]!r}"
    assert answer.status in statuses, shown
    assert answer.headers["Content-Type"].startswith("application/problem+json"), shown
    assert answer.code and CODE.fullmatch(answer.code), shown
    assert answer["status"] == answer.status and answer["title"] and answer["requestId"], shown


@pytest.fixture(scope="module")
def company(golden: Installation, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """Services of this file's own: it counts what they have recorded."""
    own = Installation(golden.programs, tmp_path_factory.mktemp("company") / "latchkey").copied_from(golden)
    try:
        yield own.start()
        own.stop()
    finally:
        own.auth.kill()
        own.helpdesk.kill()


@pytest.fixture(scope="module")
def keys(company: Installation) -> dict[str, dict[str, str]]:
    """One of each kind of credentials."""
    def bearer(token: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {token}"}

    def signed_in() -> AuthClient:
        person = somebody()
        return AuthClient(company.auth.url).sign_in(person.store, person.login, person.password)

    ended = signed_in()
    ended.sign_out().expect(204)
    umar = AuthClient(company.auth.url).sign_in(*UMAR).token
    ada = AuthClient(company.auth.url).sign_in(*ADA)
    ada.post("/v1/sessions/current/step-up", {"password": ADA[2]}).expect(200)
    service = ServiceKey(company.folder)
    now = int(time.time())
    return {
        "nothing": {}, "person": bearer(signed_in().token), "operator": bearer(umar), "administrator": bearer(ada.token),
        "service": bearer(service.token()), "service and operator": {
            **bearer(service.token()), "Latchkey-Operator": umar},
        "an ended session": bearer(ended.token), "an operator in the other header": {"Latchkey-Operator": umar},
        "an expired service token": bearer(service.token(iat=now - 900, exp=now - 600)),
        "another scheme": {"Authorization": "Basic dW1hcjp1bWFy"}, "no token at all": {"Authorization": "Bearer "},
        "a broken token": bearer(umar[:-4] + "AAAA"),
        "a service token of another issuer": bearer(service.token(iss="latchkey-auth")),
        "a person who calls itself a service": {**bearer(umar), "Latchkey-Operator": umar},
    }


@pytest.fixture(params=SERVICES)
def building(request: pytest.FixtureRequest, company: Installation, keys: dict[str, dict[str, str]]) -> Building:
    client = Client(getattr(company, request.param).url)
    return Building(client, Contract(client.interface().expect(200).json), keys)


STATE = {
    "auth": ["sessions", "enrollments", "verifications", "codes", "outbox"],
    "helpdesk": ["operations", "idempotency", "intents", "outbox"],
}


def state(company: Installation) -> dict[str, list]:
    """What the databases hold but for sessions being used, the history, and failed sign-ins."""
    found = {}
    for name in SERVICES:
        database = company.folder / name / f"{name}.db"
        tables = {row[0] for row in rows(database, "SELECT name FROM sqlite_master WHERE type = 'table'")}
        for table in sorted(tables & set(STATE[name])):
            found[f"{name}.{table}"] = rows(database, f"SELECT count(*) FROM {table}")
        assert len(tables & set(STATE[name])) >= 3, tables
    for store in ("staff", "contractors"):
        found[store] = rows(company.folder / f"{store}.db", "SELECT entry, version FROM accounts ORDER BY entry")
    return found


PERSONS = {"person", "operator", "administrator", "a person who calls itself a service"}
OPENS = {"person": PERSONS, "service": {"service", "service and operator"},
         "operator+service": {"service and operator"}, "bearer": PERSONS}


def test_nobody_gets_in_with_the_wrong_credentials(company: Installation, building: Building):
    """TK-02, ST-01, OP-01"""
    before = state(company)
    doors = [door for door in building.doors() if door.opens != {PUBLIC}]
    assert len(doors) >= 20
    for door in doors:
        welcome = set().union(*(OPENS[kind] for kind in door.opens))
        for who in building.keys.keys() - welcome:
            answer = building.knock(door, building.keys[who], body={} if door.body else None)
            # The helpdesk asks the auth service at every act; before that its reading ends with the token (OP-01).
            late = who == "an ended session" and "bearer" in door.opens
            refused(answer, door, (400, 401, 404) if late else (401,), who)
            assert late or answer.code in ("auth.not_signed_in", "helpdesk.not_signed_in")
    assert state(company) == before


def test_a_person_without_a_role_at_the_desk_gets_nowhere(company: Installation, keys: dict[str, dict[str, str]]):
    """OP-02"""
    before = state(company)
    client = Client(company.helpdesk.url)
    building = Building(client, Contract(client.interface().expect(200).json), keys)
    for door in building.doors():
        if door.opens == {PUBLIC} or door.operation["operationId"] == "endSession":
            continue
        answer = building.knock(door, keys["person"], body={} if door.body else None)
        if answer.status == 200:
            assert door.path == "/v1/me", "only about themselves"
        else:
            refused(answer, door, (400, 403, 404), "a person")
    assert state(company) == before


def entry(building: Building, door: Door) -> dict[str, str]:
    """Credentials that open the door."""
    kind = next(kind for kind in (PUBLIC, "person", "bearer", "service", "operator+service") if kind in door.opens)
    if kind in ("person", "bearer") and door.path.startswith(("/v1/admin/", "/v1/approvals")):
        return building.keys["administrator"]
    return {PUBLIC: {}, "person": building.keys["person"], "bearer": building.keys["operator"],
            "service": building.keys["service"], "operator+service": building.keys["service and operator"]}[kind]


def named_at_once(door: Door, answer: Answer) -> tuple[int, ...]:
    """Roles are settings: everything that is wrong with one is named in one answer, as in a file."""
    return (422,) if "/v1/admin/roles" in door.path and answer.json.get("errors") else ()


BAD_BODIES = {
    "half an object": (b'{"a":', 400), "no JSON": (b"hello", 400), "an array": (b"[]", 400),
    "a number": (b"7", 400), "nothing": (b"", 400), "a duplicate key": (b'{"x":1,"x":2}', 400),
    "an unknown field": (b'{"noSuchField":true}', 400), "bad UTF-8": (b'{"a":"\xff"}', 400),
    "a lone surrogate": (b'{"a":"\\ud800"}', 400), "something after it": (b"{} {}", 400),
    "too deep": (b'{"a":' * 40 + b"1" + b"}" * 40, 400), "too long": (b'{"a":"' + b"x" * 70_000 + b'"}', 413),
}


def test_bad_bodies_are_refused_everywhere_and_change_nothing(company: Installation, building: Building):
    """IN-01"""
    before = state(company)
    doors = [door for door in building.doors() if door.body]
    for door in doors:
        who = entry(building, door)
        optional = not door.operation["requestBody"].get("required", False)
        for what, (content, status) in BAD_BODIES.items():
            if what == "nothing" and optional:
                continue
            answer = building.knock(door, who, raw=content)
            refused(answer, door, (status, *named_at_once(door, answer)), what)
        answer = building.knock(door, who, raw=b"{}", headers={"Content-Type": "text/plain"})
        refused(answer, door, (415,), "another content type")
    assert len(doors) >= 10 and state(company) == before


def wrong_types(schema: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, member in schema.get("properties", {}).items():
        yield name, 7 if member.get("type") != "integer" else "seven"


def test_wrong_types_are_named_with_their_pointer(company: Installation, building: Building):
    """IN-01"""
    before = state(company)
    for door in building.doors():
        if not door.body:
            continue
        schema = building.contract._resolve(door.body["schema"])
        for name, value in wrong_types(schema):
            answer = building.knock(door, entry(building, door), body={name: value})
            refused(answer, door, (400, *named_at_once(door, answer)), f"{name}={value!r}")
            assert answer.json.get("pointer", "").startswith("/"), answer.content
    assert state(company) == before


def test_unknown_and_repeated_query_parameters_are_refused(company: Installation, building: Building):
    """IN-01"""
    before = state(company)
    for door in building.doors():
        for query in ("noSuchParameter=1", "limit=1&limit=2"):
            crooked = Door(door.method, door.path, door.operation, door.opens)
            answer = building.client.call(door.method, f"{door.path}?{query}", {} if door.body else None,
                                          headers={**entry(building, door), "Idempotency-Key": new_key()})
            refused(answer, crooked, (400,), query)
    assert state(company) == before


def test_other_methods_are_answered_with_those_there_are(building: Building):
    paths: dict[str, set[str]] = {}
    for door in building.doors():
        paths.setdefault(door.path, set()).add(door.method)
    for path, methods in paths.items():
        for method in {"GET", "POST", "PUT", "PATCH", "DELETE"} - methods:
            answer = building.client.call(method, path)
            assert answer.status == 405 and answer.code == "web.method_not_allowed", f"{method} {path} {answer.content!r}"
            assert methods <= set(answer.headers["Allow"].replace(" ", "").split(","))
    nowhere = building.client.get("/v1/no/such/place").expect(404)
    assert nowhere.code and CODE.fullmatch(nowhere.code)
