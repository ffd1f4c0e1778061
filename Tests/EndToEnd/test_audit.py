"""The history cannot be bent unseen: `latchkey audit verify` names every row that is not as it was written (AU-01)."""

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from latchkey.chain import CONTENT, Chain, row_hash
from latchkey.clients import HelpdeskClient
from latchkey.company import UMAR, somebody
from latchkey.installation import Installation
from latchkey.scenario import enroll
from latchkey.waiting import until

SERVICES = ["auth", "helpdesk"]


@dataclass
class History:
    """One service's chain and checkpoint in a stopped installation of the test's own."""

    installation: Installation
    name: str

    @property
    def chain(self) -> Chain:
        return Chain(self.installation.folder / self.name / f"{self.name}.db")

    @property
    def checkpoint(self) -> Path:
        return self.installation.folder / self.name / "checkpoint.json"

    def is_signed(self) -> bool:
        """Whether the checkpoint reaches to the last row."""
        written = self.checkpoint.exists()
        return written and json.loads(self.checkpoint.read_text())["sequence"] >= self.chain.last

    def findings(self) -> list[str]:
        """What `audit verify` finds, in words and in JSON; both have to say the same, with the same exit code."""
        folder = str(self.installation.folder)
        told = self.installation.command("audit", "verify", "--folder", folder)
        spoken = self.installation.command("audit", "verify", "--folder", folder, "--json")
        chains = {chain["service"]: chain for chain in json.loads(spoken.stdout)["chains"]}
        assert set(chains) == {"latchkey-auth", "latchkey-helpdesk"}
        findings = chains.pop(f"latchkey-{self.name}")["findings"]
        other, = chains.values()
        assert other["intact"] and other["findings"] == [], f"the other chain was not touched: {other}"
        assert told.returncode == spoken.returncode == (1 if findings else 0)
        assert told.stderr == "".join(f"latchkey-{self.name}: {finding}\n" for finding in findings)
        return findings


def act(services: Installation) -> None:
    """An enrollment, refusals, a reset and its failure: rows of many kinds in both chains."""
    someone = enroll(services, somebody(), ("email",))
    umar = HelpdeskClient(services.helpdesk.url).sign_in(*UMAR)
    assert HelpdeskClient(services.helpdesk.url).try_sign_in("staff", "nobody.here", "wrong").status == 401
    body = {"accounts": [someone.account], "method": "newPassword", "password": "Quartz-harbor-7-heron!"}
    umar.reset(someone.account, body).expect(200)
    umar.unlock(someone.account, {"accounts": [someone.account], "reason": "Known by voice"}).expect(200)
    umar.unlock(umar.me()["account"], {"accounts": [umar.me()["account"]]}).expect(403)
    umar.unlock(someone.account, {"accounts": [someone.account]}).expect(200)


@pytest.fixture(scope="module")
def acted(golden: Installation, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """An installation with a history, stopped."""
    whole = Installation(golden.programs, tmp_path_factory.mktemp("acted") / "latchkey").copied_from(golden)
    try:
        act(whole.start())
        whole.stop()
        yield whole
    finally:
        whole.auth.kill()
        whole.helpdesk.kill()


@pytest.fixture(params=SERVICES)
def history(request: pytest.FixtureRequest, acted: Installation, tmp_path: Path) -> History:
    own = Installation(acted.programs, tmp_path / "latchkey").copied_from(acted)
    return History(own, request.param)


def test_an_untouched_history_is_intact(history: History):
    assert history.findings() == []
    assert history.chain.last >= 8, "there is not enough history to bend"


def test_a_new_installation_is_intact_before_its_first_start(installation: Installation):
    """AU-01"""
    told = installation.command("audit", "verify", "--folder", str(installation.folder))
    assert told.returncode == 0, told.stdout + told.stderr


def test_a_second_implementation_computes_the_same_chain(history: History):
    """AU-01"""
    service, previous = history.chain.service, bytes(32)
    for number, row in enumerate(history.chain.rows(), start=1):
        assert row["sequence"] == number and row["previous_hash"] == previous
        previous = row["hash"]
        assert previous == row_hash(service, row, row["previous_hash"])


ALTERED = {
    "outcome": "unknown", "kind": "purge", "reason": "altered", "at": 1, "actor": "staff~nobody", "subject": None,
    "detail": '{"bent":true}', "source": "192.0.2.1", "origin_service": "x", "client": "", "actor_kind": "system",
    "hash": bytes(32), "previous_hash": bytes(32),
}


@pytest.mark.parametrize("half", [0, 1])
def test_a_change_to_any_column_names_its_row(history: History, half: int):
    """AU-01"""
    columns = list(ALTERED)[half::2]
    free = history.chain.rows()
    rows = {}
    for column in columns:
        rows[column] = next(row["sequence"] for row in free if row[column] != ALTERED[column])
        free = [row for row in free if row["sequence"] != rows[column]]
        history.chain.change(f"UPDATE audit SET {column} = ? WHERE sequence = ?", ALTERED[column], rows[column])
    assert sorted(history.findings()) == sorted(f"row {at} was altered" for at in rows.values())


@pytest.mark.parametrize("place", ["first", "middle", "last"])
def test_the_altered_row_alone_is_named_wherever_it_stands(history: History, place: str):
    """AU-01"""
    at = {"first": 1, "middle": history.chain.last // 2, "last": history.chain.last}[place]
    history.chain.change("UPDATE audit SET detail = '{\"bent\":true}' WHERE sequence = ?", at)
    assert history.findings() == [f"row {at} was altered"]


def test_a_removed_row_is_named(history: History):
    """AU-01"""
    history.chain.change("DELETE FROM audit WHERE sequence = 4")
    assert history.findings() == ["row 4 was removed"]


def test_removed_rows_are_named(history: History):
    """AU-01"""
    history.chain.change("DELETE FROM audit WHERE sequence BETWEEN 1 AND 3")
    assert history.findings() == ["rows 1 to 3 were removed"]


def test_a_removed_row_is_named_also_when_the_others_moved_up(history: History):
    """AU-01"""
    chain = history.chain
    chain.change("DELETE FROM audit WHERE sequence = 4")
    with chain.open() as connection:
        for sequence in range(5, chain.last + 1):
            connection.execute("UPDATE audit SET sequence = ? WHERE sequence = ?", (sequence - 1, sequence))
    findings = history.findings()
    assert any("row 4" in finding for finding in findings), findings
    assert any("chain ends with row" in finding for finding in findings), findings


@pytest.mark.parametrize("columns", ["everything", "content"])
def test_swapped_rows_are_named_with_their_places(history: History, columns: str):
    """AU-01"""
    chosen = [*CONTENT, "previous_hash", "hash"] if columns == "everything" else CONTENT
    history.chain.exchange(3, 6, chosen)
    findings = history.findings()
    for at, home in ((3, 6), (6, 3)):
        assert any(finding.startswith(f"row {at} ") for finding in findings), findings
        assert columns == "content" or f"row {at} was row {home} when it was written" in findings


def test_a_cut_tail_is_found(history: History):
    """AU-01"""
    last = history.chain.last
    history.chain.change("DELETE FROM audit WHERE sequence > ?", last - 2)
    assert history.findings() == [f"the chain ends with row {last - 2}; it had at least {last} rows"]


def test_a_cut_tail_is_found_also_when_the_head_was_made_to_fit(history: History):
    """AU-01"""
    last = history.chain.last
    history.chain.cut_after(last - 1)
    assert history.findings() == [f"the chain ends with row {last - 1}; it had at least {last} rows"]


def test_an_emptied_history_is_found(history: History):
    """AU-01"""
    last = history.chain.last
    history.chain.change("DELETE FROM audit")
    history.chain.change("DELETE FROM audit_head")
    assert any(f"it had at least {last} rows" in finding for finding in history.findings())


@pytest.mark.parametrize("at", [1, 5])
def test_a_history_written_anew_is_not_the_one_that_was_signed(history: History, at: int):
    """AU-01"""
    history.chain.rewrite(at, "detail", '{"bent":true}')
    assert history.findings() == [f"row {history.chain.last} is not the one that was signed"]


def test_a_row_that_was_hashed_anew_alone_is_named(history: History):
    """AU-01"""
    chain = history.chain
    row = {**chain.rows()[4], "detail": '{"bent":true}'}
    chain.change("UPDATE audit SET detail = ?, hash = ? WHERE sequence = 5", row["detail"],
                 row_hash(chain.service, row, row["previous_hash"]))
    assert history.findings() == ["row 5 was altered"]


def test_a_forged_row_after_the_end_is_named(history: History):
    """AU-01"""
    chain = history.chain
    last = chain.last
    chain.change("INSERT INTO audit (sequence, at, kind, outcome, actor_kind, detail, previous_hash, hash) "
                 "SELECT sequence + 1, at, kind, outcome, actor_kind, '{}', hash, zeroblob(32) FROM audit "
                 "WHERE sequence = ?", last)
    assert history.findings() == [f"row {last + 1} stands after the end of the chain"]


def test_an_altered_head_is_named(history: History):
    """AU-01"""
    history.chain.change("UPDATE audit_head SET hash = zeroblob(32)")
    assert history.findings() == [f"row {history.chain.last}, the last, or audit_head was altered"]


def _sequence(checkpoint: dict) -> None:
    checkpoint["sequence"] -= 1


def _hash(checkpoint: dict) -> None:
    checkpoint["hash"] = "00" * 32


def _time(checkpoint: dict) -> None:
    checkpoint["at"] = "2026-01-01T00:00:00Z"


def _signature(checkpoint: dict) -> None:
    checkpoint["signature"] = checkpoint["signature"][:-8] + "AAAAAAAA"


def _key(checkpoint: dict) -> None:
    checkpoint["kid"] = "A" * len(checkpoint["kid"])


@pytest.mark.parametrize("bend", [_sequence, _hash, _time, _signature, _key], ids=lambda bend: bend.__name__[1:])
def test_a_checkpoint_nobody_signed_is_named(history: History, bend: Callable[[dict], None]):
    """AU-01"""
    checkpoint = json.loads(history.checkpoint.read_text())
    bend(checkpoint)
    history.checkpoint.write_text(json.dumps(checkpoint))
    assert history.findings() == [f"the checkpoint is not signed by a known key ({checkpoint['kid']})"]


def test_the_checkpoint_of_another_service_is_named(history: History):
    """AU-01"""
    other = next(name for name in SERVICES if name != history.name)
    shutil.copy(history.installation.folder / other / "checkpoint.json", history.checkpoint)
    finding, = history.findings()
    assert finding.startswith("the checkpoint is not signed by a known key")


@pytest.mark.parametrize("content", [b"", b"{}", b"\xff\xfe", b'{"sequence": "many"}'])
def test_a_checkpoint_that_cannot_be_read_is_named(history: History, content: bytes):
    """AU-01"""
    history.checkpoint.write_bytes(content)
    finding, = history.findings()
    assert finding.startswith("the checkpoint cannot be read")


def test_a_removed_checkpoint_is_named(history: History):
    """AU-01"""
    history.checkpoint.unlink()
    assert history.findings() == ["the checkpoint is missing"]


def test_bending_is_found_while_the_services_run(own_services: Installation):
    """AU-01"""
    act(own_services)
    histories = [History(own_services, name) for name in SERVICES]
    for history in histories:
        until(f"a checkpoint of {history.name}", history.is_signed)
    for history in histories:
        assert history.findings() == []
        before = history.chain.rows()[4]["detail"]
        history.chain.change("UPDATE audit SET detail = '{\"bent\":true}' WHERE sequence = 5")
        assert history.findings() == ["row 5 was altered"]
        history.chain.change("UPDATE audit SET detail = ? WHERE sequence = 5", before)
        assert history.findings() == []


def test_what_was_bent_while_a_service_was_down_is_still_found_after_it_went_on(history: History):
    """AU-01"""
    last = history.chain.last
    history.chain.change("UPDATE audit SET outcome = 'unknown' WHERE sequence = 5")
    history.installation.start()
    act(history.installation)
    until("more history", lambda: history.chain.last > last)
    history.installation.stop()
    assert history.findings() == ["row 5 was altered"]
