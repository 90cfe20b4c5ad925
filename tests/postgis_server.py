"""A PostgreSQL with PostGIS of one's own, from the system's packages, on loopback; stopped at the end."""

from __future__ import annotations

import os
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
    password: str = PASSWORD

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
        # The machine's own settings (PGSSLMODE, PGOPTIONS, PGSERVICE) are for other servers.
        plain = {name: held for name, held in os.environ.items() if not name.startswith("PG")}
        done = subprocess.run(
            [*command, "-U", "sig", "-d", database], input=text, env={**plain, "PGPASSWORD": PASSWORD},
            capture_output=True, text=True, check=False, timeout=120,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()


def missing() -> str:
    """Return why there can be no server; empty when there can."""
    if _programs() is None or shutil.which("psql") is None:
        return "PostgreSQL with PostGIS is not installed (scripts/postgis)"
    if _user() == "":
        return "PostgreSQL refuses to run as root, and there is no user postgres"
    return ""


def _programs() -> Path | None:
    """Return the programs of the latest version that has PostGIS."""
    shared = Path("/usr/share/postgresql")
    held = [
        one.parent
        for one in Path("/usr/lib/postgresql").glob("*/bin/initdb")
        if (shared / one.parent.parent.name / "extension" / "postgis.control").exists()
    ]
    return max(held, key=lambda one: float(one.parent.name), default=None)


def _user() -> str | None:
    """Return who runs the server: None for who runs the tests; root may not, so postgres does for it."""
    if os.getuid() != 0:
        return None
    import pwd  # not on every system

    try:
        return pwd.getpwnam("postgres").pw_name
    except KeyError:
        return ""


@contextmanager
def running() -> Iterator[Server]:
    """Run a server in a folder of its own until the block ends."""
    programs = _programs()
    assert programs is not None
    folder = Path(mkdtemp(prefix="renewal-postgis-"))
    user = _user()
    if user is not None:
        shutil.chown(folder, user, user)
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
            timeout=120,
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
