"""sf_handoff moves a Veteran from the VA mobile app to a call-center agent without starting over.

    from sf_handoff import Connector

    connector = Connector.from_env()
    receipt = connector.hand_off(payload)

Importing this package loads no HTTP, database or terminal library; the names below load what they need
when they are first used.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from sf_handoff.errors import (
    Exhausted,
    HandoffError,
    InvalidHandoff,
    Misconfigured,
    NotKept,
    Rejected,
    Unavailable,
    Uncertain,
)

if TYPE_CHECKING:
    from sf_handoff.calls.binding import IncomingCall
    from sf_handoff.calls.handoff import Handoff
    from sf_handoff.calls.pop import ScreenPop
    from sf_handoff.calls.receipt import Receipt
    from sf_handoff.connector import Connector

__all__ = [
    "Connector",
    "Exhausted",
    "Handoff",
    "HandoffError",
    "IncomingCall",
    "InvalidHandoff",
    "Misconfigured",
    "NotKept",
    "Receipt",
    "Rejected",
    "ScreenPop",
    "Unavailable",
    "Uncertain",
]

__version__ = "0.1.0"

logging.getLogger(__name__).addHandler(logging.NullHandler())


def __getattr__(name: str) -> object:
    """The names that need pydantic, loaded on first use (PEP 562)."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from sf_handoff.calls.binding import IncomingCall
    from sf_handoff.calls.handoff import Handoff
    from sf_handoff.calls.pop import ScreenPop
    from sf_handoff.calls.receipt import Receipt
    from sf_handoff.connector import Connector

    globals().update(
        Connector=Connector, Handoff=Handoff, IncomingCall=IncomingCall, Receipt=Receipt, ScreenPop=ScreenPop
    )
    return globals()[name]
