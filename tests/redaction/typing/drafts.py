# mypy: ignore-errors
"""Looked at by mypy alone: what it must refuse is marked `refused`."""

from __future__ import annotations

from datetime import datetime

from sf_handoff.ports import Tracker
from sf_handoff.redaction import Scrubbed, compose, scrub
from sf_handoff.reports.tickets import Priority, TicketDraft


def draft(title: Scrubbed, body: Scrubbed, now: datetime) -> TicketDraft:
    return TicketDraft("f", title, body, (), "owner", Priority.LOW, "why", (), 1, now, now)


def right(tracker: Tracker, now: datetime) -> None:
    draft(scrub("a note"), compose("Said: {what}", what=scrub("a note")), now)
    tracker.create(scrub("a note"), compose("Said"), ())


def plain(tracker: Tracker, now: datetime, body: Scrubbed) -> None:
    TicketDraft("f", "plain", body, (), "owner", Priority.LOW, "why", (), 1, now, now)  # refused
    TicketDraft("f", body, body.text, (), "owner", Priority.LOW, "why", (), 1, now, now)  # refused
    tracker.create("plain", body, ())  # refused
    tracker.create(body, f"{body}", ())  # refused
    compose("{what}", what="plain")  # refused
    title: Scrubbed = "plain"  # refused
    draft(title, body, now)
