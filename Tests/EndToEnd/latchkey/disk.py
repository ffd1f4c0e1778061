"""A small disk that can be filled (tmpfs; takes root)."""

import os
import shutil
import subprocess
from pathlib import Path


class SmallDisk:
    """Puts a folder onto a disk of its own for the time of `with`."""

    def __init__(self, folder: Path, mebibytes: int = 8):
        self.folder = folder
        self._size = f"{mebibytes}m"
        self._ballast = folder / "ballast"

    def __enter__(self) -> "SmallDisk":
        aside = self.folder.with_name(self.folder.name + ".aside")
        self.folder.rename(aside)
        self.folder.mkdir(mode=0o700)
        self._run("mount", "-t", "tmpfs", "-o", f"size={self._size},mode=0700", "latchkey-test", str(self.folder))
        shutil.copytree(aside, self.folder, dirs_exist_ok=True, copy_function=shutil.copy2)
        return self

    def __exit__(self, *_: object) -> None:
        self._run("umount", "-l", str(self.folder))

    def fill(self) -> None:
        """Takes every byte that is left."""
        with self._ballast.open("wb", buffering=0) as ballast:
            block = b"\0" * 65_536
            while block:
                try:
                    ballast.write(block)
                except OSError:
                    block = block[:len(block) // 2]
        assert os.statvfs(self.folder).f_bavail == 0

    def empty(self) -> None:
        self._ballast.unlink()

    @staticmethod
    def _run(*command: str) -> None:
        done = subprocess.run(command, capture_output=True, text=True, timeout=20)
        assert done.returncode == 0, f"{' '.join(command)}: {done.stderr}"
