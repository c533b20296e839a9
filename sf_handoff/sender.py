"""The one way to Salesforce for everything that is delivered: past the gate, and never a surprise."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from sf_handoff.calls.composite import CompositeRequest, Part
from sf_handoff.errors import HandoffError, Rejected, Uncertain
from sf_handoff.gate import Gate
from sf_handoff.mapping import Json
from sf_handoff.ports import Salesforce
from sf_handoff.retry import Call

_log = logging.getLogger("sf_handoff")
T = TypeVar("T")


class Sender:
    """Sends, tells the gate how it went, and remembers the Ids of queues and record types of this org."""

    def __init__(self, salesforce: Salesforce, gate: Gate) -> None:
        self._salesforce, self._gate = salesforce, gate
        self._names: dict[str, str] = {}

    @property
    def knows_names(self) -> bool:
        return bool(self._names)

    @property
    def names(self) -> dict[str, str]:
        return dict(self._names)

    def learn(self, found: Mapping[str, str | None]) -> None:
        self._names.update({key: record_id for key, record_id in found.items() if record_id})

    def forget_names(self) -> None:
        """A queue or record type may have been made anew under the same name."""
        self._names.clear()

    def composite(
        self,
        request: CompositeRequest,
        call: Call,
        read: Callable[[tuple[Part, ...]], T],
        misfit: Callable[[T], HandoffError | None] = lambda found: None,
    ) -> T:
        """What `read` makes of the answer. `misfit` says what in it stands for a set-up that is wrong."""
        return self._through(call, lambda: read(self._salesforce.composite(request, call)), misfit)

    def bulk_insert(
        self,
        sobject: str,
        records: Sequence[dict[str, Json]],
        key: str,
        call: Call,
        alive: Callable[[], None],
    ) -> dict[str, dict[str, Json]]:
        """What became of each record of one Bulk job, by its key."""
        return self._through(
            call, lambda: self._salesforce.bulk_insert(sobject, records, key, call, alive), lambda found: None
        )

    def _through(
        self,
        call: Call,
        work: Callable[[], T],
        misfit: Callable[[T], HandoffError | None],
    ) -> T:
        """Does `work` if the gate is open. What nobody foresaw must not cost a receipt: it is sent again."""
        entry = self._gate.enter(call.policy)
        error: HandoffError | None = None
        try:
            found = work()
        except HandoffError as failure:
            error = failure
        except Exception as surprise:
            error = _unforeseen(surprise)
        if error:
            self._gate.heard(entry, error)
            raise error
        self._gate.heard(entry, misfit(found))
        return found


def _unforeseen(surprise: Exception) -> Uncertain:
    name = type(surprise).__name__
    _log.error("Sending failed in a way that was not foreseen: %s", name)
    return Uncertain(f"Sending failed in a way that was not foreseen ({name}).", code="UNFORESEEN")


def by_the_maps(write: Callable[[], T]) -> T:
    """What a map writes. A map that fails must cost neither the receipt nor the rows behind it."""
    surprise = ""
    try:
        return write()
    except HandoffError:
        raise
    except Exception as error:
        surprise = type(error).__name__
    raise Rejected(
        f"The maps failed on this handoff ({surprise}). Mend them, then send it again.", code="MAP"
    )
