"""A whole installation in a folder of its own."""

import os
import re
import shutil
import socket
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from .process import ServiceProcess

REPOSITORY = Path(__file__).resolve().parents[3]


def find_programs() -> Path:
    """The folder of the three programs: `LATCHKEY_BIN`, or the newer of the release and the debug build."""
    given = os.environ.get("LATCHKEY_BIN")
    folders = [Path(given)] if given else [REPOSITORY / ".build" / kind for kind in ("release", "debug")]
    found = [folder for folder in folders if (folder / "latchkey").is_file()]
    assert found, f"no programs in {', '.join(map(str, folders))}; run `swift build` first"
    return max(found, key=lambda folder: (folder / "latchkey").stat().st_mtime)


def free_port() -> int:
    """A port nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Installation:
    """What `latchkey init` makes, and the two services that run on it."""

    def __init__(self, programs: Path, folder: Path):
        self.programs = programs
        self.folder = folder
        self.auth = self._service("auth", free_port())
        self.helpdesk = self._service("helpdesk", free_port())

    def initialize(self, sample: Path | None = REPOSITORY / "deploy/sample") -> "Installation":
        """Runs `latchkey init`."""
        arguments = ["init", "--folder", str(self.folder),
                     "--auth-port", str(self.auth.port), "--helpdesk-port", str(self.helpdesk.port)]
        if sample is not None:
            arguments += ["--sample", str(sample)]
        done = self.command(*arguments)
        assert done.returncode == 0, f"latchkey init ended with {done.returncode}:\n{done.stdout}{done.stderr}"
        return self

    def copied_from(self, other: "Installation") -> "Installation":
        """Takes over an installation that was never started, in milliseconds; only the ports differ."""
        shutil.copytree(other.folder, self.folder)
        for name in ("auth.json5", "helpdesk.json5"):
            file = self.folder / name
            text = file.read_text()
            for old, new in ((other.auth, self.auth), (other.helpdesk, self.helpdesk)):
                text = re.sub(rf"(?<=[:\s]){old.port}\b", str(new.port), text)
            file.write_text(text)
        return self

    def start(self) -> "Installation":
        """Starts both services and waits until both are ready."""
        self.auth.start(wait=False)
        self.helpdesk.start(wait=False)
        self.auth.wait_until_ready()
        self.helpdesk.wait_until_ready()
        return self

    def stop(self) -> None:
        """Stops both services, the second one even when the first one fails to stop."""
        try:
            self.helpdesk.stop()
        finally:
            self.auth.stop()

    def command(self, *arguments: str, seconds: float = 120.0, **options) -> subprocess.CompletedProcess[str]:
        """Runs `latchkey` with these arguments."""
        environment = {**os.environ, "SWIFT_BACKTRACE": "enable=no"}
        return subprocess.run([str(self.programs / "latchkey"), *arguments], capture_output=True, text=True,
                              stdin=subprocess.DEVNULL, timeout=seconds, env=environment, **options)

    @property
    def messages(self) -> Path:
        """Where the sample set-up's file channel writes."""
        return self.folder / "messages"

    def _service(self, name: str, port: int) -> ServiceProcess:
        return ServiceProcess(
            name, self.programs / f"latchkey-{name}", self.folder / f"{name}.json5", port,
            self.folder.parent / f"{self.folder.name}-{name}.log")


@contextmanager
def running_copy(golden: Installation, folder: Path, prepare: Callable[[Installation], None]) -> Iterator[Installation]:
    """Both services on a copy of an installation that was prepared first. They have to end cleanly."""
    own = Installation(golden.programs, folder / "latchkey").copied_from(golden)
    try:
        prepare(own)
        yield own.start()
        own.stop()
    finally:
        own.auth.kill()
        own.helpdesk.kill()
