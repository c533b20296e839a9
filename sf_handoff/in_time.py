"""The time budget of the screen pop: an answer in time, or a clear "could not check".

A phone system does not wait: Amazon Connect gives a Lambda three seconds unless it is told otherwise.
https://docs.aws.amazon.com/connect/latest/adminguide/invoke-lambda-function-block.html
"""

from __future__ import annotations

import contextlib
import logging
import time
from collections.abc import Callable
from concurrent.futures import Future, wait
from contextvars import copy_context
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock, Thread
from typing import TYPE_CHECKING

from sf_handoff.calls.binding import IncomingCall
from sf_handoff.calls.pop import ScreenPop, could_not_check
from sf_handoff.errors import NotKept
from sf_handoff.ports import Store

if TYPE_CHECKING:
    from sf_handoff.mapping import MappingSet

_log = logging.getLogger("sf_handoff")
POP_SECONDS = 2.5  # within the three that phone systems wait
MOST_LATE = 8  # about half of a store's connections: the other half is left to taps
LATE = "could not check in time: the look-up goes on; ask again with the same call key"
HANGING = "could not check: too many look-ups hang; ask again with the same call key"


@dataclass(eq=False)
class _LookUp:
    """One search for the handoff of a call. `late`: its caller has been answered without it."""

    call: IncomingCall
    found: Future[ScreenPop] = field(default_factory=Future)
    late: bool = False


class InTime:
    """Gives each look-up, `find`, a thread, and its caller a pop within `seconds`.

    A late look-up goes on and binds its call, so that asking again with the same call key gets the whole
    answer; asked meanwhile, the same look-up serves both. With MOST_LATE of them hanging no other is begun,
    so there are never more threads than those and one for each caller who waits. All are daemons: none keeps
    the interpreter from ending, and what one leaves undone the store takes back.
    """

    def __init__(
        self,
        find: Callable[[IncomingCall], ScreenPop],
        store: Store,
        mappings: MappingSet,
        clock: Callable[[], datetime],
        seconds: float,
    ) -> None:
        self._find, self._store, self._mappings = find, store, mappings
        self._clock, self._seconds = clock, seconds
        self._lock = Lock()
        self._under_way: dict[_LookUp, Thread] = {}

    def pop(self, call: IncomingCall) -> ScreenPop:
        """The pop for this call; what the look-up raises in time comes through as it is."""
        look_up = self._joined_or_begun(call)
        if look_up is None:
            _log.warning("A call was answered without context: %d look-ups hang.", MOST_LATE)
            return self._unchecked(call, HANGING)
        wait((look_up.found,), self._seconds)
        if self._is_late(look_up):
            _log.warning("A call was answered without context: its look-up takes over %g s.", self._seconds)
            return self._unchecked(call, LATE)
        return look_up.found.result()

    def close(self) -> None:
        """Waits for what is under way, but no longer than a caller would."""
        until = time.monotonic() + self._seconds
        with self._lock:
            threads = tuple(self._under_way.values())
        for thread in threads:
            thread.join(max(0.0, until - time.monotonic()))

    # Inside

    def _joined_or_begun(self, call: IncomingCall) -> _LookUp | None:
        """The look-up for this call, if one is under way, else a new one; None where too many hang."""
        with self._lock:
            for each in self._under_way:
                if each.call == call and not each.found.done():
                    return each
            if sum(each.late for each in self._under_way) >= MOST_LATE:
                return None
            look_up = _LookUp(call)
            # What the caller's thread knows, such as the id of a trace, goes with it.
            run = copy_context().run
            thread = Thread(target=run, args=(self._run, look_up), name="screen-pop", daemon=True)
            thread.start()
            self._under_way[look_up] = thread
            return look_up

    def _is_late(self, look_up: _LookUp) -> bool:
        with self._lock:
            late = not look_up.found.done()
            look_up.late |= late
        return late

    def _unchecked(self, call: IncomingCall, note: str) -> ScreenPop:
        maps = self._mappings
        found = could_not_check(call, ramps=maps.ramps, words=maps.pop, now=self._clock())
        return found.model_copy(update={"notes": (note,)})

    # In the look-up's own thread

    def _run(self, look_up: _LookUp) -> None:
        try:
            self._look_up(look_up)
            if look_up.late:
                self._note(look_up)
        finally:
            with self._lock:
                del self._under_way[look_up]

    def _look_up(self, look_up: _LookUp) -> None:
        try:
            pop = self._find(look_up.call)
        except BaseException as error:  # it belongs to the caller who waits
            with self._lock:
                look_up.found.set_exception(error)
        else:
            with self._lock:
                look_up.found.set_result(pop)

    def _note(self, look_up: _LookUp) -> None:
        """Notes for the counts that an answer came too late; a failure that nobody waits for is logged."""
        error = look_up.found.exception()
        if error is not None:
            _log.warning("A look-up that nobody waited for any more failed (%s).", type(error).__name__)
        found = None if error else look_up.found.result().handoff_ref
        with contextlib.suppress(NotKept):
            self._store.event("pop_late", found)
