"""A PostgreSQL with PostGIS of one's own, from the system's packages, on loopback; stopped at the end."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp

PASSWORD = "s3cret-of-the-tests"


@dataclass(frozen=True)
class Server:
    port: int
    folder: Path

    @property
    def url(self) -> str:
        return f"postgis://sig@127.0.0.1:{self.port}/agence"

    def sql(self, text: str, database: str = "agence") -> str:
        command = [
            "psql",
            "-qAtX",
            "-v",
            "ON_ERROR_STOP=1",
            "-h",
            "127.0.0.1",
            "-p",
            str(self.port),
        ]
        done = subprocess.run(
            [*command, "-U", "sig", "-d", database], input=text, env={**os.environ, "PGPASSWORD": PASSWORD},
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()


def missing() -> str:
    """Return why there can be no server; empty when there can."""
    programs = _programs()
    if programs is None or shutil.which("psql") is None:
        return "PostgreSQL is not installed (Debian: postgresql)"
    if not list(Path("/usr/share/postgresql").glob("*/extension/postgis.control")):
        return "PostGIS is not installed (Debian: postgresql-postgis)"
    return ""


def _programs() -> Path | None:
    held = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return held[-1].parent if held else None


@contextmanager
def running() -> Iterator[Server]:
    """Run a server in a folder of its own until the block ends."""
    programs = _programs()
    assert programs is not None
    folder = Path(mkdtemp(prefix="renewal-postgis-"))
    # PostgreSQL refuses to run as root.
    user = "postgres" if os.getuid() == 0 else None
    if user is not None:
        owner = pwd.getpwnam(user)
        os.chown(folder, owner.pw_uid, owner.pw_gid)
    secret = folder / "secret"
    secret.write_text(PASSWORD)
    secret.chmod(0o644)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    data = folder / "data"

    def do(*command: str) -> None:
        done = subprocess.run(
            [str(programs / command[0]), *command[1:]], user=user, group=user, cwd=folder,
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr.decode()

    settings = (
        f"-c listen_addresses=127.0.0.1 -c port={port} -c unix_socket_directories='' -c fsync=off"
    )
    try:
        do("initdb", "-D", str(data), "-U", "sig", "-A", "scram-sha-256", "--pwfile", str(secret),
           "-E", "UTF8", "--locale", "C", "--no-sync")  # fmt: skip
        do("pg_ctl", "-D", str(data), "-w", "-l", str(folder / "log"), "-o", settings, "start")
        try:
            server = Server(port=port, folder=folder)
            server.sql("CREATE DATABASE agence;", database="postgres")
            server.sql("CREATE EXTENSION postgis;")
            yield server
        finally:
            do("pg_ctl", "-D", str(data), "-w", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
