"""What the flows need from outside, as Protocols, with the values that pass through them."""

from __future__ import annotations

from sf_handoff.ports.handoffs import (
    SALESFORCE,
    Closed,
    Entry,
    KeepFor,
    NewHandoff,
    Records,
    Reports,
    Row,
    Salesforce,
    Settlement,
    Spool,
    Store,
    StoreSeen,
    SweepStore,
    Telling,
    Tokens,
    Waiting,
)
from sf_handoff.ports.tickets import DayBooks, Hints, Ledger, NoticeStore, Resolutions, Runs, Tracker

__all__ = [
    "SALESFORCE",
    "Closed",
    "DayBooks",
    "Entry",
    "Hints",
    "KeepFor",
    "Ledger",
    "NewHandoff",
    "NoticeStore",
    "Records",
    "Reports",
    "Resolutions",
    "Row",
    "Runs",
    "Salesforce",
    "Settlement",
    "Spool",
    "Store",
    "StoreSeen",
    "SweepStore",
    "Telling",
    "Tokens",
    "Tracker",
    "Waiting",
]
