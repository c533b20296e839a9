"""Faults to order, so that a test can see what a client does when the org or the way to it fails."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, Literal

Kind = Literal["answer", "drop_before", "drop_after", "truncate", "html"]
MAINTENANCE = "<html><head><title>Down for maintenance</title></head><body>We are down.</body></html>"


@dataclass(frozen=True)
class Fault:
    """What happens to the next `times` requests whose path `path` (a regular expression) is found in.

    `answer`: this status, body and headers, and nothing is done · `html`: a maintenance page with status
    200, and nothing is done · `drop_before`: nothing is done and the connection closes · `drop_after`: it is
    done and the connection closes · `truncate`: it is done and the connection closes amid the answer.
    """

    path: str
    kind: Kind
    method: str | None = None
    times: int = 1
    status: int = 503
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)

    def meets(self, method: str, path: str) -> bool:
        return self.method in {None, method} and re.search(self.path, path) is not None


class Faults:
    """The faults still to come, in order."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._coming: deque[Fault] = deque()

    def __len__(self) -> int:
        return len(self._coming)

    def add(self, fault: Fault) -> None:
        with self._lock:
            self._coming.extend([fault] * fault.times)

    def clear(self) -> None:
        with self._lock:
            self._coming.clear()

    def take(self, method: str, path: str) -> Fault | None:
        with self._lock:
            found = next((each for each in self._coming if each.meets(method, path)), None)
            if found is not None:
                self._coming.remove(found)
            return found
