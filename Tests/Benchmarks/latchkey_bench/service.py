"""Starts installations and services of their own, and looks at their processes from outside."""

import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).resolve().parents[3]
TICKS = os.sysconf("SC_CLK_TCK")
START_SECONDS = 20.0
STOP_SECONDS = 30.0
CALL_SECONDS = 30.0


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


def call(port: int, method: str, path: str, body: Any = None, headers: Mapping[str, str] | None = None) -> Any:
    """One request; the JSON of an answer below 300, otherwise an error that shows it."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=CALL_SECONDS)
    try:
        sent = {"Content-Type": "application/json", **(headers or {})} if body is not None else dict(headers or {})
        connection.request(method, path, None if body is None else json.dumps(body), sent)
        response = connection.getresponse()
        text = response.read()
        if response.status >= 300:
            raise RuntimeError(f"{method} {path}: {response.status} {text[:500]!r}")
        return json.loads(text) if text else None
    finally:
        connection.close()


class Process:
    """A running program, seen from outside."""

    def __init__(self, command: list[str], environment: Mapping[str, str] | None = None, log: Path | None = None):
        self._log = open(log, "ab") if log else None
        self.started = time.monotonic()
        self._child = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=self._log or subprocess.DEVNULL,
            env={**os.environ, "SWIFT_BACKTRACE": "enable=no", **(environment or {})})

    def __enter__(self):
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def wait_for_answer(self, port: int, path: str) -> float:
        """Milliseconds from the start of the process to the first good answer."""
        request = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n".encode()
        while time.monotonic() - self.started < START_SECONDS:
            if self._child.poll() is not None:
                raise RuntimeError(f"{self._child.args} ended with {self._child.returncode}")
            try:
                with socket.create_connection(("127.0.0.1", port), timeout=CALL_SECONDS) as connection:
                    connection.sendall(request)
                    if connection.recv(64).startswith(b"HTTP/1.1 200"):
                        return (time.monotonic() - self.started) * 1000
            except ConnectionError:
                pass
            time.sleep(0.001)
        raise RuntimeError(f"{self._child.args} was not ready within {START_SECONDS} s")

    def cpu_seconds(self) -> float:
        """User and system time so far (proc(5))."""
        fields = Path(f"/proc/{self._child.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def memory_mb(self) -> tuple[float, float]:
        """Private and resident memory (proc(5), smaps_rollup)."""
        sizes = {}
        for line in Path(f"/proc/{self._child.pid}/smaps_rollup").read_text().splitlines()[1:]:
            name, size = line.split()[:2]
            sizes[name.rstrip(":")] = int(size) * 1024 / 1e6
        return sizes["Private_Clean"] + sizes["Private_Dirty"], sizes["Rss"]

    def stop(self) -> None:
        if self._child.poll() is None:
            self._child.send_signal(signal.SIGTERM)
            try:
                self._child.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self._child.kill()
                self._child.wait()
        if self._log:
            self._log.close()


class Installation:
    """A sample company in a folder of its own, on free ports. One that took long to fill may be kept for the next run."""

    keeps = False

    def __init__(self, programs: Path, folder: Path):
        self.programs, self.folder = programs, folder
        self._note = folder / "prepared.json"
        if self.keeps and self._note.exists():
            note = json.loads(self._note.read_text())
            self.auth_port, self.helpdesk_port = note["ports"]
            self.is_prepared, self.preparation = True, note["figures"]
            return
        self.is_prepared, self.preparation = False, []
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        self.auth_port, self.helpdesk_port = free_port(), free_port()
        subprocess.run(
            [programs / "latchkey", "init", "--folder", folder, "--sample", REPOSITORY / "deploy/sample",
             "--auth-port", str(self.auth_port), "--helpdesk-port", str(self.helpdesk_port)],
            check=True, stdout=subprocess.DEVNULL, timeout=120)

    def prepared(self, figures: list[tuple[str, str]]) -> None:
        """Notes that it is filled, and what was measured meanwhile."""
        self.is_prepared, self.preparation = True, figures
        self._note.write_text(json.dumps({"ports": [self.auth_port, self.helpdesk_port], "figures": figures}))

    def remove(self) -> None:
        if not self.keeps:
            shutil.rmtree(self.folder)

    def port(self, service: str) -> int:
        return {"auth": self.auth_port, "helpdesk": self.helpdesk_port}[service]

    def start(self, service: str, environment: Mapping[str, str] | None = None) -> Process:
        """Starts a service; it may not be ready yet."""
        command = [str(self.programs / f"latchkey-{service}"), "--configuration", str(self.folder / f"{service}.json5")]
        return Process(command, environment, self.folder / f"{service}.log")

    def sign_in(self) -> dict[str, Any]:
        """The session of the sample's restricted operator, at the auth service."""
        person = {"store": "staff", "login": "olivia.desk", "password": "Sample-harbor-meadow-2026!"}
        return call(self.auth_port, "POST", "/v1/sessions", person)


def built(source: str, work: Path, *options: str) -> Path:
    """A C program or library of this folder, compiled by the toolchain's clang."""
    target = work / Path(source).stem
    subprocess.run(
        ["clang", "-O2", "-D_GNU_SOURCE", str(REPOSITORY / "Tests/Benchmarks" / source), "-o", str(target), *options],
        check=True, timeout=120)
    return target
