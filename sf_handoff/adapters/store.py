"""The store: what is kept of handoffs, codes, calls, gates and tickets, in a SQLite file or on PostgreSQL.

Four states, the same words for staff, receipts and the table:

    due        kept, and to be sent; `due` says when it may be taken next (a lease moves it on)
    delivered  its Case and Task are in Salesforce
    parked     Salesforce refused it for good; a person must look
    kept       by policy, or by a person's decision, nothing of it is written to Salesforce
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sf_handoff.adapters import engines
from sf_handoff.adapters.calls import Calls
from sf_handoff.adapters.codes import Codes
from sf_handoff.adapters.days import Days
from sf_handoff.adapters.follow_ups import FollowUps
from sf_handoff.adapters.gates import Gates
from sf_handoff.adapters.hints import Hinted
from sf_handoff.adapters.notices import Notices
from sf_handoff.adapters.resolutions import Resolved
from sf_handoff.adapters.retention import Retention
from sf_handoff.adapters.runs import Nights
from sf_handoff.adapters.seal import Seal
from sf_handoff.adapters.sweeping import Sweeping
from sf_handoff.adapters.tickets import Tickets


class SqlStore(
    FollowUps, Calls, Codes, Gates, Retention, Sweeping, Days, Tickets, Nights, Hinted, Resolved, Notices
):
    """The store as one. Safe to share between threads."""

    @classmethod
    def open(
        cls, url: str, seal: Seal, clock: Callable[[], datetime], *, shared_clock: bool = True
    ) -> SqlStore:
        """Opens the store at a database URL, making its tables on first use, or bringing them up to date."""
        engine = engines.open_engine(url)
        try:
            return cls(engine, seal, clock, shared_clock=shared_clock)
        except Exception:
            engine.dispose()
            raise
