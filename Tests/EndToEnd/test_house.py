"""The scripts around the services."""

import os
import pty
import select
import signal
import subprocess
import time
from pathlib import Path

from latchkey.installation import REPOSITORY, free_port
from latchkey.waiting import until


def test_the_systemd_units_verify_and_are_closed(programs: Path):
    done = subprocess.run([str(REPOSITORY / "deploy/scripts/check-units.sh"), str(programs)],
                          capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr


def test_installing_what_is_installed_does_nothing_and_is_quick():
    began = time.monotonic()
    done = subprocess.run([str(REPOSITORY / "deploy/scripts/install-dependencies.sh"), "build", "run", "test"],
                          capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert time.monotonic() - began < 5


class Terminal:
    """`make run` on a terminal of its own, as a person has it."""

    def __init__(self, folder: Path, programs: Path):
        environment = {**os.environ, "LATCHKEY_BIN": str(programs), "LATCHKEY_FOLDER": str(folder),
                       "LATCHKEY_AUTH_PORT": str(free_port()), "LATCHKEY_HELPDESK_PORT": str(free_port())}
        self.shown = ""
        self.status: int | None = None
        self.pid, self._terminal = pty.fork()
        if self.pid == 0:
            os.chdir(REPOSITORY)
            os.execvpe("deploy/scripts/run.sh", ["run.sh"], environment)

    def read(self) -> str:
        while select.select([self._terminal], [], [], 0)[0]:
            try:
                got = os.read(self._terminal, 65_536)
            except OSError:  # the other side has closed
                got = b""
            if not got:
                break
            self.shown += got.decode(errors="replace")
        return self.shown

    def press_control_c(self) -> None:
        os.write(self._terminal, b"\x03")

    def has_ended(self) -> bool:
        self.read()
        if self.status is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.status = os.waitstatus_to_exitcode(status)
        return self.status is not None

    def end(self) -> None:
        if not self.has_ended():
            os.kill(self.pid, signal.SIGTERM)
            until("the end of make run", self.has_ended, 60)
        os.close(self._terminal)


def service_pid(folder: Path, name: str) -> int | None:
    """The pid supervisor gave a service last, from its log."""
    log = folder / "log/supervisord.log"
    lines = log.read_text().splitlines() if log.exists() else []
    pids = [int(line.rsplit(" ", 1)[1]) for line in lines if f"spawned: '{name}' with pid" in line]
    return pids[-1] if pids else None


def test_make_run_starts_both_brings_a_killed_one_back_and_stops_on_control_c(tmp_path: Path, programs: Path):
    folder = tmp_path / "latchkey"
    terminal = Terminal(folder, programs)
    try:
        until("both services being ready", lambda: "are ready" in terminal.read() or terminal.has_ended(), 120)
        assert terminal.status is None, terminal.shown
        killed = service_pid(folder, "auth")
        assert killed is not None
        os.kill(killed, signal.SIGKILL)
        until("a new auth service", lambda: service_pid(folder, "auth") != killed, 20)
        successor = service_pid(folder, "auth")
        terminal.press_control_c()
        until("the end of make run", terminal.has_ended, 60)
        assert terminal.status == 0, terminal.shown
        for pid in (successor, service_pid(folder, "helpdesk")):
            assert not Path(f"/proc/{pid}").exists()
    finally:
        terminal.end()
