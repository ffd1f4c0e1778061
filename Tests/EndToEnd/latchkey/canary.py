"""Looks for secrets where none may be, in every form they could have been written down."""

import base64
import json
from collections.abc import Iterator
from pathlib import Path

SHORTEST = 6  # bytes of a form that are looked for; anything shorter is found everywhere by chance


def forms(secret: str) -> dict[str, bytes]:
    """The ways a value could have been written."""
    plain = secret.encode()
    escaped = "".join(f"\\u{unit:04x}" for unit in _units(secret))
    found = {
        "plain": plain, "hex": plain.hex().encode(), "HEX": plain.hex().upper().encode(),
        "JSON": json.dumps(secret)[1:-1].encode(), "JSON by numbers": escaped.encode(),
        "UTF-16LE": secret.encode("utf-16-le"), "UTF-16BE": secret.encode("utf-16-be"),
        "reversed": plain[::-1],
    }
    for name, encode in (("base64", base64.b64encode), ("base64url", base64.urlsafe_b64encode)):
        for shift in range(3):  # inside something longer it may begin at any of three places
            text = encode(b"\0" * shift + plain)
            whole = text[(0, 2, 3)[shift]:len(text) - (4 if len(plain) + shift != (len(plain) + shift) // 3 * 3 else 0)]
            found[f"{name} at {shift}"] = whole
    return {name: form for name, form in found.items() if len(form) >= SHORTEST}


def _units(text: str) -> Iterator[int]:
    raw = text.encode("utf-16-be")
    return (int.from_bytes(raw[at:at + 2], "big") for at in range(0, len(raw), 2))


class Canaries:
    """Secrets by name, and the search for them."""

    def __init__(self):
        self._secrets: dict[str, str] = {}

    def add(self, name: str, secret: str) -> str:
        assert len(secret) >= SHORTEST, f"{name} is too short to be looked for"
        self._secrets[name] = secret
        return secret

    def names(self) -> list[str]:
        return list(self._secrets)

    def found_in(self, place: str, content: bytes, *allowed: str) -> list[str]:
        """What was found, in words that do not hold the secret."""
        hits = []
        for name, secret in self._secrets.items():
            if name in allowed:
                continue
            hits += [f"{name} ({form}) in {place}" for form, needle in forms(secret).items() if needle in content]
        return hits

    def found_under(self, folder: Path, *, without: tuple[Path, ...] = ()) -> list[str]:
        """Every file below a folder, databases with their logs and shared memory included."""
        hits = []
        for path in sorted(folder.rglob("*")):
            if path.is_file() and not any(each in path.parents or each == path for each in without):
                hits += self.found_in(str(path.relative_to(folder)), path.read_bytes())
        return hits
