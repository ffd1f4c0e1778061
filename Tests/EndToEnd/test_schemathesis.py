"""Both OpenAPI documents are true: schemathesis asks every operation, with all its checks."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from latchkey.clients import AuthClient
from latchkey.company import UMAR, somebody
from latchkey.desk import ServiceKey
from latchkey.installation import Installation

CONFIGURATION = Path(__file__).with_name("schemathesis.toml")
PROGRAM = Path(sys.executable).with_name("schemathesis")
SERVICES = ["auth", "helpdesk"]


@pytest.fixture(scope="module")
def asked(golden: Installation, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """Services that have nobody else: what is asked here uses up limits and changes people."""
    own = Installation(golden.programs, tmp_path_factory.mktemp("asked") / "latchkey").copied_from(golden)
    try:
        yield own.start()
        assert own.auth.stop() == 0 and own.helpdesk.stop() == 0
    finally:
        own.auth.kill()
        own.helpdesk.kill()


def tokens(services: Installation) -> dict[str, str]:
    """The valid credentials of each kind, by the names the configuration gives them."""
    person = somebody()
    return {
        "LATCHKEY_PERSON": AuthClient(services.auth.url).sign_in(person.store, person.login, person.password).token,
        "LATCHKEY_OPERATOR": AuthClient(services.auth.url).sign_in(*UMAR).token,
        "LATCHKEY_SERVICE": ServiceKey(services.folder).token(),
    }


def ask(services: Installation, name: str, folder: Path, *options: str) -> str:
    """One run over a service's own document; fails with what schemathesis found."""
    service = getattr(services, name)
    done = subprocess.run(
        [PROGRAM, "--config-file", CONFIGURATION, "run", f"{service.url}/openapi.json", "--no-color", *options],
        capture_output=True, text=True, timeout=180, cwd=folder, env={**os.environ, **tokens(services)})
    problems = [line for line in service.log_text().splitlines() if '"level":"error"' in line]
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    assert not problems, problems[:5]
    return done.stdout


@pytest.mark.parametrize("name", SERVICES)
def test_every_operation_is_as_its_document_says(asked: Installation, name: str, tmp_path: Path):
    shown = ask(asked, name, tmp_path, "--exclude-operation-id", "endSession")
    paths = AuthClient(getattr(asked, name).url).interface()["paths"].values()
    operations = sum(len(methods) for methods in paths)
    assert f"Tested: {operations - 2}" in shown, shown  # and it has read /openapi.json first


@pytest.mark.parametrize("name", SERVICES)
def test_ending_a_session_is_as_its_document_says(asked: Installation, name: str, tmp_path: Path):
    """By itself: it ends the session it is asked with."""
    assert "Tested: 1" in ask(asked, name, tmp_path, "--include-operation-id", "endSession")
