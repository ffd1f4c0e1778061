"""Both interfaces, one method a call. A method answers an `Answer` whatever the status; tests say what they expect."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import requests

DEADLINE_SECONDS = 35.0


@dataclass(frozen=True)
class Answer:
    """One response."""

    status: int
    headers: Mapping[str, str]
    content: bytes
    json: Any

    @property
    def code(self) -> str | None:
        """The stable code of a problem (RFC 9457); `None` when the body is no problem."""
        return self.json.get("code") if isinstance(self.json, dict) else None

    def expect(self, status: int, code: str | None = None) -> "Answer":
        """Fails, showing the body, unless this is the status, and the code where one is given."""
        assert self.status == status, f"expected {status}, got {self.status}: {self.content[:2000]!r}"
        if code is not None:
            assert self.code == code, f"expected {code}, got {self.code}: {self.content[:2000]!r}"
        return self

    def __getitem__(self, name: str) -> Any:
        return self.json[name]


def new_key() -> str:
    """A fresh idempotency key."""
    return secrets.token_hex(16)


class Client:
    """A caller of one service, signed in or not."""

    def __init__(self, url: str):
        self.url = url
        self.token: str | None = None
        self.grant: Answer | None = None
        self._http = requests.Session()
        self._http.trust_env = False

    def call(self, method: str, path: str, body: Any = None, *, headers: Mapping[str, str] | None = None,
             query: Mapping[str, Any] | None = None, raw: bytes | None = None) -> Answer:
        """One request. `raw` goes out as it is; `body` as JSON."""
        sent = dict(headers or {})
        if self.token is not None:
            sent.setdefault("Authorization", f"Bearer {self.token}")
        if raw is not None:
            sent.setdefault("Content-Type", "application/json")
        response = self._http.request(
            method, self.url + path, json=body, data=raw, headers=sent, params=query,
            timeout=DEADLINE_SECONDS, allow_redirects=False)
        kind = response.headers.get("Content-Type", "")
        parsed = response.json() if response.content and "json" in kind else None
        return Answer(response.status_code, response.headers, response.content, parsed)

    def get(self, path: str, **options: Any) -> Answer:
        return self.call("GET", path, **options)

    def post(self, path: str, body: Any = None, *, key: str | None = None, **options: Any) -> Answer:
        """`key` is the idempotency key."""
        if key is not None:
            options["headers"] = {**options.get("headers", {}), "Idempotency-Key": key}
        return self.call("POST", path, body, **options)

    def put(self, path: str, body: Any, **options: Any) -> Answer:
        return self.call("PUT", path, body, **options)

    def delete(self, path: str, **options: Any) -> Answer:
        return self.call("DELETE", path, **options)

    def health(self) -> Answer:
        return self.get("/healthz")

    def ready(self) -> Answer:
        return self.get("/readyz")

    def metrics(self) -> Answer:
        return self.get("/metrics")

    def interface(self) -> Answer:
        return self.get("/openapi.json")

    def try_sign_in(self, store: str, login: str, password: str) -> Answer:
        """Signs in and keeps the token when it worked."""
        answer = self.post("/v1/sessions", {"store": store, "login": login, "password": password})
        if answer.status == 201:
            self.grant = answer
            self.token = answer.json.get("accessToken")
        return answer

    def sign_out(self) -> Answer:
        return self.delete("/v1/sessions/current")


class AuthClient(Client):
    """The auth service as a person at the enrollment page sees it."""

    def sign_in(self, store: str, login: str, password: str) -> "AuthClient":
        self.try_sign_in(store, login, password).expect(201)
        return self

    def key_set(self) -> Answer:
        return self.get("/.well-known/jwks.json")

    def refresh(self, refresh_token: str) -> Answer:
        return self.post("/v1/sessions/refresh", {"refreshToken": refresh_token})

    def enrollments(self) -> Answer:
        return self.get("/v1/me/enrollments")

    def questions(self) -> Answer:
        return self.get("/v1/me/questions")

    def enroll_questions(self, answers: Mapping[str, str]) -> Answer:
        """`answers` maps the question's id to the answer."""
        rows = [{"question": question, "answer": answer} for question, answer in answers.items()]
        return self.put("/v1/me/enrollments/securityQuestions", {"answers": rows})

    def enroll_mobile(self, number: str) -> Answer:
        return self.post("/v1/me/enrollments/mobile", {"number": number})

    def enroll_email(self, address: str) -> Answer:
        return self.post("/v1/me/enrollments/email", {"address": address})

    def enroll_authenticator(self) -> Answer:
        return self.post("/v1/me/enrollments/authenticator")

    def confirm(self, kind: str, code: str) -> Answer:
        return self.post(f"/v1/me/enrollments/{kind}/confirmation", {"code": code})

    def remove(self, kind: str) -> Answer:
        return self.delete(f"/v1/me/enrollments/{kind}")


class HelpdeskClient(Client):
    """The helpdesk service as an operator's console sees it."""

    def sign_in(self, store: str, login: str, password: str) -> "HelpdeskClient":
        self.try_sign_in(store, login, password).expect(201)
        return self

    def me(self) -> Answer:
        return self.get("/v1/me")

    def stores(self) -> Answer:
        return self.get("/v1/stores")

    def users(self, **query: Any) -> Answer:
        return self.get("/v1/users", query=query)

    def user(self, account: str) -> Answer:
        return self.get(f"/v1/users/{account}")

    def history(self, account: str | None = None, **query: Any) -> Answer:
        return self.get(f"/v1/users/{account}/history" if account else "/v1/history", query=query)

    def start_verification(self, account: str, action: str, **body: Any) -> Answer:
        return self.post(f"/v1/users/{account}/verifications", {"action": action, **body})

    def verification(self, verification: str) -> Answer:
        return self.get(f"/v1/verifications/{verification}")

    def answer_question(self, verification: str, question: str, answer: str) -> Answer:
        return self.post(f"/v1/verifications/{verification}/questions/{question}/answer", {"answer": answer})

    def send_code(self, verification: str, channel: str) -> Answer:
        return self.post(f"/v1/verifications/{verification}/{channel}/code")

    def answer_code(self, verification: str, kind: str, code: str) -> Answer:
        """`kind` is `mobile`, `email` or `authenticator`."""
        return self.post(f"/v1/verifications/{verification}/{kind}/answer", {"code": code})

    def reset(self, account: str, body: Mapping[str, Any], key: str | None = None) -> Answer:
        return self.post(f"/v1/users/{account}/password-resets", dict(body), key=key or new_key())

    def unlock(self, account: str, body: Mapping[str, Any], key: str | None = None) -> Answer:
        return self.post(f"/v1/users/{account}/unlocks", dict(body), key=key or new_key())

    def unenroll(self, account: str, types: list[str], key: str | None = None) -> Answer:
        return self.post(f"/v1/users/{account}/unenrollments", {"types": types}, key=key or new_key())

    def retry(self, operation: str, body: Mapping[str, Any] | None = None, key: str | None = None) -> Answer:
        return self.post(f"/v1/operations/{operation}/retries", dict(body or {}), key=key or new_key())

    def generated_password(self, store: str) -> Answer:
        return self.post("/v1/passwords", {"store": store})
