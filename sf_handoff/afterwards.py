"""Sends what a screen pop has left to be written, once the agent has the pop."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

_log = logging.getLogger("sf_handoff")


class Afterwards:
    """One thread, made when it is first needed. What it could not send stays due, for the next resync."""

    def __init__(self, send: Callable[[Sequence[str]], object]) -> None:
        self._send, self._lock = send, threading.Lock()
        self._waiting: list[str] = []
        self._pool: ThreadPoolExecutor | None = None
        self._closed = False

    def put(self, row_id: str) -> None:
        """Has the row sent soon; those that come while others are sent go together."""
        with self._lock:
            if self._closed:
                return
            self._waiting.append(row_id)
            if self._pool is None:
                self._pool = ThreadPoolExecutor(1, thread_name_prefix="afterwards")
            if len(self._waiting) == 1:
                self._pool.submit(self._run)

    def close(self) -> None:
        """Sends what is waiting, within the time of a live call, and stops."""
        with self._lock:
            self._closed, pool = True, self._pool
        if pool:
            pool.shutdown(wait=True)

    def _run(self) -> None:
        with self._lock:
            ids, self._waiting = self._waiting, []
        try:
            self._send(ids)
        except Exception as error:  # nobody is there to hear of it; the outbox has it
            _log.warning("What a call changed was not sent yet (%s); it stays due.", type(error).__name__)
