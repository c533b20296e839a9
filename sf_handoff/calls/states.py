"""The words for what became of a handoff, and of its person."""

from __future__ import annotations

from enum import StrEnum


class Status(StrEnum):
    """What became of a handoff. The store, the receipts and the staff's list all use these words."""

    DELIVERED = "delivered"
    DUE = "due"
    PARKED = "parked"
    KEPT = "kept"

    @property
    def words(self) -> str:
        return _WORDS[self]


_WORDS = {
    Status.DELIVERED: "its Case and Task are in Salesforce",
    Status.DUE: "kept; Salesforce was not reached in time; it will be sent",
    Status.PARKED: "Salesforce refused it for good; a person must look",
    Status.KEPT: "by policy nothing of it is written to Salesforce",
}


class Linked(StrEnum):
    """Whether the person's record was found by its key: one, none, or several."""

    LINKED = "linked"
    NONE = "none"
    AMBIGUOUS = "ambiguous"
