"""The messages of the file channel."""

import json
import re
from dataclasses import dataclass
from pathlib import Path

from .waiting import Overdue, until

CODE = re.compile(r"(?<![\d+:.-])\d{6,10}(?![\d:.-])")


@dataclass(frozen=True)
class Letter:
    """One message, a mail or an SMS, as `FileChannel` writes it."""

    path: Path
    id: str
    kind: str
    channel: str
    to: str
    subject: str
    text: str

    @property
    def code(self) -> str:
        """The access code in it."""
        found = CODE.findall(self.text)
        assert len(set(found)) == 1, f"{len(found)} codes in {self.path.name}:\n{self.text}"
        return found[0]

    def line_after(self, words: str) -> str:
        """The first line with text in it that follows the line holding `words`; where templates put passwords."""
        lines = [line.strip() for line in self.text.splitlines()]
        start = next((at for at, line in enumerate(lines) if words in line), None)
        assert start is not None, f"no line with {words!r} in {self.path.name}:\n{self.text}"
        return next(line for line in lines[start + 1:] if line)


class Mailbox:
    """Everything the sample set-up would have sent. Files appear whole (they are renamed into place)."""

    def __init__(self, folder: Path):
        self.folder = folder

    def letters(self, to: str | None = None, kind: str | None = None) -> list[Letter]:
        """The messages so far, oldest first; `to` is a mail address or a number, `kind` a `MessageKind`."""
        found = [self._read(path) for path in self._paths()]
        return [letter for letter in found
                if (to is None or letter.to == to) and (kind is None or letter.kind == kind)]

    def mark(self) -> set[Path]:
        """What is there now, for `wait`."""
        return set(self._paths())

    def wait(self, to: str, kind: str | None = None, since: set[Path] | None = None, seconds: float = 15.0) -> Letter:
        """The first message to an address, of a kind, that was not there at the mark."""
        known = since or set()

        def look() -> Letter | None:
            fresh = (self._read(path) for path in self._paths() if path not in known)
            return next((letter for letter in fresh if letter.to == to and kind in (None, letter.kind)), None)

        try:
            return until(f"a message to {to}", look, seconds)
        except Overdue as overdue:
            there = [letter.path.name for letter in self.letters()]
            raise Overdue(f"{overdue}; there are {there}") from None

    def ids(self) -> set[str]:
        """The ids of all messages, from the names of their files."""
        return {path.stem.rsplit("-", 1)[1] for path in self._paths()}

    @staticmethod
    def _read(path: Path) -> Letter:
        fields = json.loads(path.read_text())
        return Letter(path, *(fields[name] for name in ("id", "kind", "channel", "to", "subject", "text")))

    def _paths(self) -> list[Path]:
        if not self.folder.is_dir():
            return []
        paths = [path for path in self.folder.rglob("*.json") if not path.name.startswith(".")]
        return sorted(paths, key=lambda path: path.name)  # a name begins with the time
