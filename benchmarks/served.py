"""`sf-handoff serve` as a process of its own, and what the system tells about it.

https://man7.org/linux/man-pages/man5/proc.5.html
"""

from __future__ import annotations

import json
import os
import re
import signal
import ssl
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPSConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

ROOT = Path(__file__).parents[1]
PATIENCE = 30
RESIDENT = re.compile(r"^VmRSS:\s+(\d+) kB$", re.MULTILINE)


@dataclass(frozen=True)
class Served:
    """A running org: its process, and the settings that reach it."""

    pid: int
    env: dict[str, str]

    @property
    def database(self) -> Path:
        return Path(self.env["EMBEDDED_CA_FILE"]).with_name("org.sqlite3")

    @property
    def headers(self) -> dict[str, str]:
        token = self.env["EMBEDDED_ACCESS_TOKEN"]
        return {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}

    def connection(self) -> HTTPConnection:
        """A connection over TLS, as the connector's, that is opened with the first request and kept."""
        address = urlsplit(self.env["EMBEDDED_HTTPS"])
        trusted = ssl.create_default_context(cafile=self.env["EMBEDDED_CA_FILE"])
        return HTTPSConnection(address.hostname or "", address.port, timeout=PATIENCE, context=trusted)

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        """What the org answers to one request, on a connection of its own."""
        return _answered(self.connection(), method, path, body, self.headers)

    def control(self, method: str, page: str, body: Any = None) -> Any:
        """What the org's control address answers; no call counted."""
        address = urlsplit(self.env["EMBEDDED_CONTROL"])
        connection = HTTPConnection(address.hostname or "", address.port, timeout=PATIENCE)
        return _answered(connection, method, f"{address.path}/{page}", body, {})

    def api_calls(self) -> int:
        """Calls that the org has counted since it was made."""
        return int(self.control("GET", "usage")["apiCalls"])

    def resident(self) -> int | None:
        """Memory in use, in kB; None where the system has no /proc."""
        try:
            found = RESIDENT.search(Path(f"/proc/{self.pid}/status").read_text("ascii"))
        except OSError:
            return None
        return int(found[1]) if found else None

    def processor_seconds(self) -> float | None:
        """Processor time used since the start; None where the system has no /proc."""
        try:
            stat = Path(f"/proc/{self.pid}/stat").read_text("utf-8")
        except OSError:
            return None
        user, system = stat.rpartition(")")[2].split()[11:13]
        return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def _answered(connection: HTTPConnection, method: str, path: str, body: Any, headers: dict[str, str]) -> Any:
    connection.request(method, path, None if body is None else json.dumps(body), headers)
    answer = connection.getresponse()
    content = answer.read()
    connection.close()
    if answer.status >= 300:
        raise SystemExit(f"{method} {path.partition('?')[0]}: HTTP {answer.status}")
    return json.loads(content) if content else None


@contextmanager
def served() -> Iterator[Served]:
    """Runs an empty org on free ports until the block ends."""
    with tempfile.TemporaryDirectory(prefix="sf-handoff-served-") as folder:
        env_file = Path(folder) / "serve.env"
        own = {name: value for name, value in os.environ.items() if not name.startswith("SF_HANDOFF_")}
        process = subprocess.Popen(
            [sys.executable, str(ROOT / "cli.py"), "serve", "--env", str(env_file)],
            cwd=folder,
            env={**own, "XDG_DATA_HOME": folder},
            stdout=subprocess.PIPE,
        )
        try:
            if process.stdout is None or not process.stdout.readline():
                raise SystemExit("The org did not start.")
            lines = env_file.read_text("utf-8").splitlines()
            yield Served(process.pid, dict(line.split("=", 1) for line in lines))
        finally:
            process.send_signal(signal.SIGTERM)
            process.communicate(timeout=PATIENCE)
    if process.returncode:
        raise SystemExit(f"The org ended with status {process.returncode}.")
