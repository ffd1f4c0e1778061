"""Start, readiness and stop of both services."""

import pytest
from latchkey.clients import AuthClient, HelpdeskClient
from latchkey.installation import Installation


def test_both_services_are_alive_and_ready(auth: AuthClient, helpdesk: HelpdeskClient):
    for client in (auth, helpdesk):
        client.health().expect(200)
        client.ready().expect(200)


def test_both_services_describe_their_interface_and_their_metrics(auth: AuthClient, helpdesk: HelpdeskClient):
    for client in (auth, helpdesk):
        assert client.interface().expect(200)["openapi"].startswith("3.1")
        assert b"# HELP" in client.metrics().expect(200).content


@pytest.mark.parametrize("name", ["auth", "helpdesk"])
def test_a_service_that_is_told_to_stop_drains_and_ends_with_0(own_services: Installation, name: str):
    assert getattr(own_services, name).stop() == 0


@pytest.mark.parametrize("name", ["auth", "helpdesk"])
def test_a_killed_service_starts_again_on_the_same_data(own_services: Installation, name: str):
    service = getattr(own_services, name)
    service.kill()
    service.start()


def test_the_helpdesk_service_starts_without_the_auth_service(installation: Installation):
    installation.helpdesk.start()


def test_a_second_init_changes_nothing(installation: Installation):
    before = {path: path.read_bytes() for path in installation.folder.rglob("*") if path.is_file()}
    again = installation.command("init", "--folder", str(installation.folder))
    assert again.returncode in (0, 1), again.stderr
    after = {path: path.read_bytes() for path in installation.folder.rglob("*") if path.is_file()}
    assert after == before


def test_keys_are_readable_by_their_owner_only(installation: Installation):
    keys = [path for path in installation.folder.rglob("*") if path.suffix in (".key", ".pem")]
    assert keys
    for path in keys:
        assert path.stat().st_mode & 0o077 == 0, f"{path} can be read by others"
