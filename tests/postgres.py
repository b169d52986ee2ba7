"""Start a real PostgreSQL for tests, in a folder that goes afterwards."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

import pytest

OWNER = "postgres"
SETTINGS = "-c listen_addresses= -c fsync=off -c synchronous_commit=off -c full_page_writes=off"


@dataclass(frozen=True, slots=True)
class Server:
    """A running server, reached by a socket in its own folder."""

    folder: Path
    binaries: Path

    def create(self, name: str) -> str:
        """Make a database and return its address."""
        _run([self.binaries / "createdb", "-h", self.folder, "-U", OWNER, name])
        return f"postgresql://{OWNER}@/{name}?host={self.folder}"

    def stop(self) -> None:
        """End the server and remove its folder."""
        _run([self.binaries / "pg_ctl", "-D", self.folder / "data", "-m", "immediate", "stop"])
        shutil.rmtree(self.folder, ignore_errors=True)


def start() -> Server:
    """Start a server; the test fails with a sentence where PostgreSQL is not installed."""
    binaries = _binaries()
    folder = Path(tempfile.mkdtemp(prefix="wenqu-pg-"))
    if os.geteuid() == 0:
        # PostgreSQL refuses to run as root.
        owner = pwd.getpwnam(OWNER)
        os.chown(folder, owner.pw_uid, owner.pw_gid)
    data = folder / "data"
    _run([binaries / "initdb", "-D", data, "-U", OWNER, "-A", "trust", "-E", "UTF8", "--no-sync"])
    options = f"{SETTINGS} -k {folder}"
    log = folder / "log"
    _run([binaries / "pg_ctl", "-D", data, "-o", options, "-l", log, "-w", "start"])
    return Server(folder, binaries)


def _binaries() -> Path:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if found:
        return found[-1].parent
    on_path = shutil.which("initdb")
    if on_path is None:
        pytest.fail("PostgreSQL is not installed: apt-get install postgresql")
    return Path(on_path).parent


def _run(command: list[Path | str]) -> None:
    words = [str(word) for word in command]
    if os.geteuid() == 0:
        words = ["runuser", "-u", OWNER, "--", *words]
    done = subprocess.run(
        words, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, cwd="/", check=False
    )
    if done.returncode:
        pytest.fail(f"{words}: {done.stderr.decode(errors='replace')}")
