"""Answers held against the OpenAPI document the service itself serves."""

import re
from typing import Any

import jsonschema_rs

from .clients import Answer, Client


class Contract:
    """One service's document."""

    def __init__(self, document: dict[str, Any]):
        self.document = document
        self._operations = [
            (method.upper(), re.compile("/".join("[^/]+" if part.startswith("{") else re.escape(part)
                                                 for part in path.split("/"))), operation)
            for path, methods in document["paths"].items() for method, operation in methods.items()]

    def operation(self, method: str, path: str) -> dict[str, Any]:
        """The operation of a request; a path without parameters wins."""
        found = [(pattern.pattern.count("[^/]+"), operation) for name, pattern, operation in self._operations
                 if name == method and pattern.fullmatch(path)]
        assert found, f"{method} {path} is in no document"
        return min(found, key=lambda pair: pair[0])[1]

    def check(self, method: str, path: str, answer: Answer) -> None:
        """Status, content type and body are documented."""
        response = self.operation(method, path)["responses"].get(str(answer.status))
        assert response is not None, f"{method} {path} answered {answer.status}, which is not documented"
        response = self._resolve(response)
        if not answer.content:
            assert "content" not in response, f"{method} {path} answered {answer.status} with nothing"
            return
        kind = answer.headers["Content-Type"].split(";")[0]
        media = response["content"].get(kind)
        assert media is not None, f"{method} {path} answered {answer.status} as {kind}, which is not documented"
        schema = {**media["schema"], "components": self.document["components"]}
        problem = next(jsonschema_rs.Draft202012Validator(schema).iter_errors(answer.json), None)
        assert problem is None, f"{method} {path} answered {answer.status}: {problem}"

    def _resolve(self, value: dict[str, Any]) -> dict[str, Any]:
        while "$ref" in value:
            place: Any = self.document
            for part in value["$ref"].removeprefix("#/").split("/"):
                place = place[part]
            value = place
        return value


def checked(client: Client) -> Client:
    """The same client; every answer it gets from now on has to be as the document says."""
    contract = Contract(client.interface().expect(200).json)
    call = client.call

    def checking(method: str, path: str, *arguments: Any, **options: Any) -> Answer:
        answer = call(method, path, *arguments, **options)
        contract.check(method, path, answer)
        return answer

    client.call = checking
    return client
