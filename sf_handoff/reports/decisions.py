"""What a person decides in the workbook: where a case goes, and what becomes of a parked handoff."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from sf_handoff.reports.triage import Flag


class Decision(StrEnum):
    """Of a case that the rules found."""

    FORWARD = "forward"
    RESOLVE_HERE = "resolve here"
    NOT_OURS = "not ours"


class ParkedDecision(StrEnum):
    """Of a handoff that Salesforce refused for good."""

    SEND_AGAIN = "send again"
    DISCARD = "discard"


class NoticeDecision(StrEnum):
    """Of a draft of what a customer is told."""

    APPROVE = "approve"
    HOLD = "hold"
    NO_OUTREACH = "no outreach"


@dataclass(frozen=True)
class NoticeDecided:
    """`digest` is of the text that stood in the workbook."""

    decision: NoticeDecision
    reason: str
    digest: str


@dataclass(frozen=True)
class Decided:
    """`reason` is as the person typed it, and empty where none was given."""

    decision: Decision
    reason: str


@dataclass(frozen=True)
class ParkedDecided:
    decision: ParkedDecision
    reason: str


def proposal(flag: Flag) -> Decision | None:
    """What the tier speaks for, and nothing where only crisis words were found.

    A person decides: it is shown beside the empty cell, never in it.
    """
    if not flag.rules:
        return None
    if flag.technical:
        return Decision.FORWARD
    return Decision.RESOLVE_HERE if flag.tier == 1 else Decision.NOT_OURS
