"""A PostgreSQL server for the tests: its own cluster in a temporary folder, on loopback, ended by them.

https://www.postgresql.org/docs/current/app-initdb.html
https://www.postgresql.org/docs/current/app-pg-ctl.html
"""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from ctypes.util import find_library
from itertools import count
from pathlib import Path

from tests.needs import needs

USER = "tester"
_NOBODY = 65534
_numbers = count(1)


def programs() -> Path | None:
    """The folder of the newest server installed here. Debian keeps them out of PATH."""
    on_path = shutil.which("initdb")
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=_version)
    found = [*([Path(on_path).resolve()] if on_path else []), *debian]
    return found[-1].parent if found else None


def _version(initdb: Path) -> int:
    return int(re.sub(r"\D", "", initdb.parts[-3]) or 0)


class Server:
    """A cluster that can be started, killed and started again, always on the same port."""

    def __init__(self, folder: Path, bin_folder: Path, *, durable: bool) -> None:
        self._data, self._bin = folder / "data", bin_folder
        # PostgreSQL refuses to run as root.
        self._user = _NOBODY if os.geteuid() == 0 else None
        if self._user:
            os.chown(folder, self._user, self._user)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = int(free.getsockname()[1])
        self._run("initdb", "-D", self._data, "-U", USER, "-A", "trust", "-E", "UTF8", "--no-locale", "-N")
        quick = {} if durable else {"fsync": "off", "full_page_writes": "off"}
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": self.port,
            "unix_socket_directories": "",
            "max_connections": 200,
            "shared_buffers": "16MB",
            **quick,
        }
        self._options = " ".join(f"-c {name}='{value}'" for name, value in settings.items())
        self.start()

    def start(self) -> None:
        self._run("pg_ctl", "-D", self._data, "-w", "-l", self._data / "log", "-o", self._options, "start")

    def stop(self, mode: str = "fast") -> None:
        """`immediate` is a kill: nothing is written any more."""
        self._run("pg_ctl", "-D", self._data, "-w", "-m", mode, "stop")

    def url(self, database: str, port: int | None = None) -> str:
        return f"postgresql+psycopg://{USER}@127.0.0.1:{port or self.port}/{database}"

    def sql(self, statement: str, database: str = "postgres") -> list[tuple[object, ...]]:
        import psycopg

        where = f"host=127.0.0.1 port={self.port} user={USER} dbname={database}"
        with psycopg.connect(where, autocommit=True) as connection:
            # Made here, never of what a user typed.
            cursor = connection.execute(statement.encode())
            return cursor.fetchall() if cursor.description else []

    @contextmanager
    def database(self) -> Iterator[str]:
        """The name of an empty database, dropped in the end."""
        name = f"test_{next(_numbers)}"
        self.sql(f"CREATE DATABASE {name}")
        try:
            yield name
        finally:
            self.sql(f"DROP DATABASE {name} WITH (FORCE)")

    def _run(self, program: str, *arguments: object) -> None:
        done = subprocess.run(
            [self._bin / program, *map(str, arguments)],
            cwd="/",
            env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C"},
            user=self._user,
            group=self._user,
            extra_groups=[] if self._user else None,
            # The server keeps what it inherits: a pipe would never end.
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            stdin=subprocess.DEVNULL,
            check=False,
        )
        assert done.returncode == 0, f"{program} failed; its log is in {self._data.parent}"


@contextmanager
def running(*, durable: bool = False) -> Iterator[Server]:
    """A server for as long as this lasts; skips the test, or fails, where none is installed."""
    bin_folder = programs()
    needs(bin_folder, "no PostgreSQL server is installed (Debian: postgresql)")
    needs(
        importlib.util.find_spec("psycopg") and find_library("pq"),
        "the driver psycopg or the system's libpq is missing (Debian: libpq5)",
    )
    assert bin_folder
    folder = Path(tempfile.mkdtemp(prefix="postgresql-"))
    server: Server | None = None
    try:
        server = Server(folder, bin_folder, durable=durable)
        yield server
    finally:
        if server is not None:
            server.stop("immediate")
        shutil.rmtree(folder)
