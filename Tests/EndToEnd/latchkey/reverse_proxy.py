"""nginx with the sample configuration in front of an installation, on free ports, with a test-only certificate."""

import shutil
import socket
import ssl
import subprocess
from pathlib import Path

from .files import replace_text
from .installation import REPOSITORY, Installation, free_port
from .rawhttp import Endpoint
from .waiting import until

SAMPLE = REPOSITORY / "deploy/nginx"


class ReverseProxy:
    """Only ports and folders differ from the sample."""

    def __init__(self, installation: Installation, folder: Path):
        self.folder = folder
        self.port = free_port()
        self.prefix: list[str] = []
        self._child: subprocess.Popen[bytes] | None = None
        folder.mkdir()
        names = "DNS:auth.example.org,DNS:helpdesk.example.org"
        subprocess.run([REPOSITORY / "Tests/Kit/make-ca.sh", folder / "tls", names], check=True, timeout=30)
        for name in ("latchkey.conf", "latchkey-server.conf"):
            shutil.copy(SAMPLE / name, folder)
        for old, new, count in (
                (r"127\.0\.0\.1:8401", f"127.0.0.1:{installation.auth.port}", 1),
                (r"127\.0\.0\.1:8402", f"127.0.0.1:{installation.helpdesk.port}", 1),
                (r"listen 443", f"listen 127.0.0.1:{self.port}", 3),
                (r"listen 80", f"listen 127.0.0.1:{free_port()}", 1),
                (r"/etc/ssl/latchkey", str(folder / "tls"), 2),
                (r"(?<=include )/etc/nginx", str(folder), 2)):
            replace_text(folder / "latchkey.conf", old, new, count)
        temporary = " ".join(
            f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        (folder / "nginx.conf").write_text(
            f"daemon off; worker_processes 1; user root; pid {folder}/pid;\n"
            "events { worker_connections 256; }\n"
            f"http {{ access_log off; {temporary} include {folder}/latchkey.conf; }}\n")

    def endpoint(self, name: str) -> Endpoint:
        """Where the service of this name is reached."""
        context = ssl.create_default_context(cafile=str(self.folder / "tls/ca.pem"))
        return self.port, context, f"{name}.example.org"

    def start(self) -> "ReverseProxy":
        self._child = subprocess.Popen(
            [*self.prefix, "/usr/sbin/nginx", "-c", self.folder / "nginx.conf", "-e", self.folder / "error"],
            stdin=subprocess.DEVNULL)
        until("nginx listening", self._listens, 15)
        return self

    def stop(self) -> None:
        """Asks nginx to end, so that its worker does too."""
        if self._child is not None:
            self._child.terminate()
            self._child.wait(10)

    @property
    def errors(self) -> str:
        """What nginx wrote to its error log."""
        return (self.folder / "error").read_text()

    def _listens(self) -> bool:
        assert self._child is not None and self._child.poll() is None, self.errors
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0
