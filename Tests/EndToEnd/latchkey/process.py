"""One service as a child process."""

import os
import signal
import subprocess
import urllib.error
import urllib.request
from pathlib import Path

from .waiting import until


class ServiceProcess:
    """A program that is started, waited for and stopped by pid. Every wait has a deadline."""

    def __init__(self, name: str, program: Path, configuration: Path, port: int, log: Path):
        self.name = name
        self.program = program
        self.configuration = configuration
        self.port = port
        self.log = log
        self.url = f"http://127.0.0.1:{port}"
        self.prefix: list[str] = []
        self.environment: dict[str, str] = {}
        self._child: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        assert self._child is not None, f"{self.name} was not started"
        return self._child.pid

    @property
    def is_running(self) -> bool:
        return self._child is not None and self._child.poll() is None

    def start(self, wait: bool = True) -> "ServiceProcess":
        """Starts the program; `prefix` goes before it (`faketime ...`), `environment` beside it."""
        assert not self.is_running, f"{self.name} runs already"
        environment = {**os.environ, "SWIFT_BACKTRACE": "enable=no", **self.environment}
        with self.log.open("ab") as log:
            self._child = subprocess.Popen(
                [*self.prefix, str(self.program), "--configuration", str(self.configuration)],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=environment)
        if wait:
            self.wait_until_ready()
        return self

    def wait_until_ready(self, seconds: float = 30.0) -> None:
        until(f"{self.name} getting ready\n{self.log_tail()}", self._ready_or_dead, seconds)
        assert self.is_running, f"{self.name} ended with {self._child.returncode} at start:\n{self.log_tail()}"

    def stop(self, seconds: float = 45.0) -> int:
        """SIGTERM; answers the exit status. A service that does not drain in time is killed and fails the test."""
        if self._child is None:
            return 0
        if self._child.poll() is None:
            self._child.send_signal(signal.SIGTERM)
        try:
            return self._child.wait(seconds)
        except subprocess.TimeoutExpired:
            self._child.kill()
            self._child.wait(10)
            raise AssertionError(f"{self.name} did not end within {seconds} s of SIGTERM:\n{self.log_tail()}")

    def kill(self) -> None:
        """SIGKILL, as a power cut would."""
        if self._child is not None:
            self._child.kill()
            self._child.wait(10)

    def restart(self) -> None:
        assert self.stop() == 0, f"{self.name} did not end cleanly:\n{self.log_tail()}"
        self.start()

    def pause(self) -> None:
        """SIGSTOP: the service neither answers nor refuses."""
        os.kill(self.pid, signal.SIGSTOP)

    def resume(self) -> None:
        os.kill(self.pid, signal.SIGCONT)

    def log_text(self) -> str:
        return self.log.read_text(errors="replace") if self.log.exists() else ""

    def log_tail(self, lines: int = 20) -> str:
        return "\n".join(self.log_text().splitlines()[-lines:])

    def _ready_or_dead(self) -> bool:
        if not self.is_running:
            return True
        try:
            with urllib.request.urlopen(f"{self.url}/readyz", timeout=2) as answer:
                return answer.status == 200
        except (urllib.error.URLError, OSError):
            return False
