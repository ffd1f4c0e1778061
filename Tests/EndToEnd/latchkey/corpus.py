"""Requests that servers are known to read wrongly; Tests/Fixtures/README.md says how they are written down."""

import json
import re
from dataclasses import dataclass

from .installation import REPOSITORY

FILE = REPOSITORY / "Tests/Fixtures/http-requests.json"


@dataclass(frozen=True)
class CorpusCase:
    """One sequence of bytes, with names in angle brackets still to be replaced."""

    name: str
    status: int
    meanings: list[str]
    bytes: str

    @property
    def is_legal(self) -> bool:
        return self.status == 200


class RequestCorpus:
    """All cases, as one service is to get them."""

    def __init__(self, **names: str):
        content = json.loads(FILE.read_text())
        self.cases = [CorpusCase(**case) for case in content["cases"]]
        self._parts: dict[str, dict] = content["parts"]
        self._names = names

    def text(self, text: str) -> bytes:
        """The bytes a text of the corpus stands for."""
        return self._expand(text).encode("latin-1")

    def _expand(self, text: str) -> str:
        return re.sub("<([^>]*)>", lambda match: self._replacement(match[1]), text)

    def _replacement(self, name: str) -> str:
        if name in self._names:
            return self._names[name]
        part = self._parts[name]
        return self._expand(part["text"]) * part["times"]
