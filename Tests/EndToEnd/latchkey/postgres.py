"""A PostgreSQL server of the run's own, in a temporary folder, on a port of its own."""

import os
import pwd
import shutil
import subprocess
import tempfile
from pathlib import Path

from .installation import free_port

PROGRAMS = Path("/usr/lib/postgresql/15/bin")


class PostgresServer:
    """Started with `initdb` and `pg_ctl`; as root it runs as the user `postgres`, which is the only way it runs."""

    def __init__(self):
        self.port = free_port()
        # A short path: the socket's name has to fit into 107 bytes.
        self.folder = Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp"))
        self.user = "postgres" if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name
        if os.geteuid() == 0:
            shutil.chown(self.folder, "postgres", "postgres")

    def start(self) -> "PostgresServer":
        self._run("initdb", "-N", "-A", "trust", "-U", self.user, "-E", "UTF8", "--locale=C.UTF-8", "-D", self._data)
        options = f"-p {self.port} -k {self.folder} -c listen_addresses=127.0.0.1 -c fsync=off"
        self._run("pg_ctl", "-D", self._data, "-o", options, "-l", f"{self.folder}/log", "-w", "-t", "30", "start")
        return self

    def create(self, name: str) -> str:
        """Makes a database; answers its connection string."""
        self._run("createdb", "-h", str(self.folder), "-p", str(self.port), "-U", self.user, name)
        return f"host=127.0.0.1 port={self.port} user={self.user} dbname={name}"

    def stop(self) -> None:
        self._run("pg_ctl", "-D", self._data, "-m", "immediate", "-w", "-t", "30", "stop")
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def _data(self) -> str:
        return f"{self.folder}/data"

    def _run(self, program: str, *arguments: str) -> None:
        prefix = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"] if os.geteuid() == 0 else []
        # pg_ctl's server keeps what it inherits open, so nothing of it may be a pipe that somebody reads to its end.
        with open(os.devnull, "wb") as nowhere:
            done = subprocess.run([*prefix, str(PROGRAMS / program), *arguments], stdin=subprocess.DEVNULL,
                                  stdout=nowhere, stderr=nowhere, timeout=60, cwd="/")
        assert done.returncode == 0, f"{program} ended with {done.returncode}; see {self.folder}/log"
