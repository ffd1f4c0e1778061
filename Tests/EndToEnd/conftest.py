"""Fixtures of the end-to-end tests; README.md says which to ask for."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from latchkey.callcenter import CallCenter
from latchkey.clients import AuthClient, HelpdeskClient
from latchkey.company import Person, somebody
from latchkey.installation import Installation, find_programs
from latchkey.mailbox import Mailbox
from latchkey.process import ServiceProcess


@pytest.fixture(scope="session")
def programs() -> Path:
    """The folder of the three programs."""
    return find_programs()


@pytest.fixture(scope="session")
def is_deep() -> bool:
    """Whether loops should be long (`make test-deep`)."""
    return os.environ.get("LATCHKEY_DEEP") == "1"


@pytest.fixture(scope="session")
def golden(programs: Path, tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """The sample company as `latchkey init` makes it, never started; the others are copies of it."""
    return Installation(programs, tmp_path_factory.mktemp("golden") / "latchkey").initialize()


@pytest.fixture(scope="session")
def shared(golden: Installation, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """The installation `services` runs on, with nothing started yet."""
    whole = Installation(golden.programs, tmp_path_factory.mktemp("shared") / "latchkey").copied_from(golden)
    try:
        yield whole
    finally:
        whole.stop()


@pytest.fixture(scope="session")
def auth_service(shared: Installation) -> ServiceProcess:
    """The shared auth service."""
    return shared.auth.start()


@pytest.fixture(scope="session")
def helpdesk_service(shared: Installation, auth_service: ServiceProcess) -> ServiceProcess:
    """The shared helpdesk service, with the shared auth service beside it."""
    return shared.helpdesk.start()


@pytest.fixture(scope="session")
def services(shared: Installation, helpdesk_service: ServiceProcess) -> Installation:
    """Both services on the sample company, shared by the whole run: leave them running and as they are."""
    return shared


@pytest.fixture
def installation(golden: Installation, tmp_path: Path) -> Iterator[Installation]:
    """An installation of the test's own with the sample company, not started."""
    own = Installation(golden.programs, tmp_path / "latchkey").copied_from(golden)
    try:
        yield own
    finally:
        own.auth.kill()
        own.helpdesk.kill()


@pytest.fixture(scope="session")
def center(golden: Installation, tmp_path_factory: pytest.TempPathFactory) -> Iterator[CallCenter]:
    """One call center for all who kill, stop, lock and lie: what one test left behind would show in the next."""
    folder = tmp_path_factory.mktemp("center") / "latchkey"
    own = CallCenter(Installation(golden.programs, folder).copied_from(golden)).one_code_is_enough()
    try:
        yield own.start()
    finally:
        own.close()


@pytest.fixture
def own_services(installation: Installation) -> Iterator[Installation]:
    """Both services of the test's own, to be killed, restarted and reconfigured at will."""
    yield installation.start()


@pytest.fixture
def auth(auth_service: ServiceProcess) -> AuthClient:
    """A caller of the shared auth service who has not signed in."""
    return AuthClient(auth_service.url)


@pytest.fixture
def helpdesk(helpdesk_service: ServiceProcess) -> HelpdeskClient:
    """A caller of the shared helpdesk service who has not signed in."""
    return HelpdeskClient(helpdesk_service.url)


@pytest.fixture
def mailbox(shared: Installation) -> Mailbox:
    """The messages of the shared services."""
    return Mailbox(shared.messages)


@pytest.fixture
def enrolling(auth: AuthClient) -> tuple[Person, AuthClient]:
    """Somebody no other test has, signed in at the shared auth service and enrolled with nothing."""
    person = somebody()
    return person, auth.sign_in(person.store, person.login, person.password)
