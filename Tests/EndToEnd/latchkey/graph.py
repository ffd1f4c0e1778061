"""The double of Microsoft Entra ID of Tests/Kit, and an installation with a store on it."""

import json
import subprocess
from pathlib import Path
from typing import Any

import requests

from .files import replace_text
from .installation import Installation
from .post import KIT, make_authority

STORE = "cloud"
DOMAIN = "test.example.org"


class Graph:
    """A tenant of its own. What goes wrong in it is told in the header of graph-double.py."""

    def __init__(self, folder: Path):
        self.authority = make_authority(folder / "graph-ca")
        self._child = subprocess.Popen(
            ["/usr/bin/python3", str(KIT / "graph-double.py"), "--certificate", str(folder / "graph-ca/server.pem"),
             "--key", str(folder / "graph-ca/server.key")], stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True)
        assert self._child.stdout is not None
        line = self._child.stdout.readline()
        assert line.strip().isdigit(), "graph-double.py did not say its port"
        self.url = f"https://127.0.0.1:{int(line)}"

    def add(self, login: str, **more: Any) -> str:
        """Puts somebody into the tenant; answers the object id."""
        return self._tell("POST", "users", {"login": login, "password": "Test-only-quartz-4711!", **more})["id"]

    def fault(self, *faults: dict[str, Any]) -> None:
        self._tell("POST", "faults", list(faults))

    def state(self, **state: Any) -> None:
        self._tell("POST", "state", state)

    def writes(self, user: str) -> list[dict[str, Any]]:
        """The password writes of a user that were carried out."""
        return [write for write in self._tell("GET", "writes") if write["id"] == user]

    def configure(self, installation: Installation, store: str = STORE, **settings: Any) -> None:
        """Adds a store of the tenant, which every operator's role reaches."""
        folder = installation.folder
        secret = folder / "graph.secret"
        secret.write_text("graph-secret\n")
        secret.chmod(0o600)
        entry = {"id": store, "name": "Cloud", "domain": DOMAIN, "kind": "entraID",
                 "tenant": "11111111-1111-4111-8111-111111111111", "clientID": "22222222-2222-4222-8222-222222222222",
                 "clientSecret": {"file": str(secret)}, "loginURL": self.url, "graphURL": self.url,
                 "caFile": str(self.authority), "settlingSeconds": 1, **settings}
        replace_text(folder / "stores.json5", r"stores: \[", f"stores: [{json.dumps(entry)},")
        text = (folder / "auth.json5").read_text()
        (folder / "auth.json5").write_text(text.replace("scope: [", f'scope: ["{store}", '))

    def stop(self) -> None:
        self._child.terminate()
        self._child.wait(10)

    def _tell(self, method: str, path: str, body: Any = None) -> Any:
        answer = requests.request(method, f"{self.url}/_double/{path}", json=body, timeout=20, verify=self.authority)
        assert answer.status_code == 200, answer.content
        return answer.json()
