"""The auth service as the helpdesk service sees it: a service token, and the operator's own beside it."""

import json
import re
import secrets
import time
from pathlib import Path
from typing import Any

import jwt

from .clients import Answer, Client


class ServiceKey:
    """The helpdesk service's key of an installation, as PyJWT uses it."""

    def __init__(self, folder: Path):
        self.pem = (folder / "helpdesk/service.pem").read_text()
        text = (folder / "auth.json5").read_text()
        found = re.search(r"helpdeskKeys: \[(\{.*?\})\]", text)
        assert found, "auth.json5 names no helpdesk key"
        self.key_id = json.loads(found.group(1))["kid"]

    def token(self, **changes: Any) -> str:
        """A service token; `changes` overrides claims, `headers` header fields, `key` the signing key."""
        now = int(time.time())
        headers = {"typ": "latchkey-service+jwt", "kid": self.key_id, **changes.pop("headers", {})}
        key = changes.pop("key", self.pem)
        claims = {"iss": "latchkey-helpdesk", "aud": "latchkey-auth", "iat": now, "exp": now + 300,
                  "jti": secrets.token_hex(8), **changes}
        return jwt.encode({name: value for name, value in claims.items() if value is not None}, key,
                          algorithm="ES256", headers=headers)


class DeskClient(Client):
    """Calls the auth service for an operator."""

    def __init__(self, url: str, key: ServiceKey, operator_token: str | None):
        super().__init__(url)
        self.token = key.token()
        self.operator_token = operator_token

    def call(self, method: str, path: str, body: Any = None, **options: Any) -> Answer:
        headers = dict(options.pop("headers", None) or {})
        if self.operator_token is not None:
            headers.setdefault("Latchkey-Operator", self.operator_token)
        return super().call(method, path, body, headers=headers, **options)

    def start(self, account: str, action: str = "resetPassword") -> Answer:
        return self.post("/v1/verifications", {"accounts": [account], "action": action})

    def answer(self, verification: str, kind: str, code: str) -> Answer:
        return self.post(f"/v1/verifications/{verification}/{kind}/answer", {"code": code})

    def send_code(self, verification: str, kind: str) -> Answer:
        return self.post(f"/v1/verifications/{verification}/{kind}/code")

    def answer_question(self, verification: str, question: str, answer: str) -> Answer:
        return self.post(f"/v1/verifications/{verification}/questions/{question}/answer", {"answer": answer})

    def redeem(self, verification: str, operation: str) -> Answer:
        return self.post(f"/v1/verifications/{verification}/redemption", {"operation": operation})
