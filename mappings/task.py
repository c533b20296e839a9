"""What we write on a Task: one completed Task for each tap, on the episode's Case.

In Salesforce the custom fields of a Task are made on Activity.
"""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

from sf_handoff.calls.tap import Tap
from sf_handoff.mapping import (
    Date,
    DateTime,
    LinkByKey,
    LinkToPart,
    Picklist,
    RecordMap,
    Text,
    once,
    ours,
)

from .contact import CONTACT


def tapped_on(tap: Tap) -> date:
    """The day of the tap where the contact center is."""
    return tap.handoff.occurred_at.astimezone(ZoneInfo("America/New_York")).date()


STATUSES = ("Not Started", "In Progress", "Completed", "Waiting on someone else", "Deferred")
# Taken off where the call reached another person.
WHO_OF_TASK = LinkByKey[Tap](
    "Who", once, lambda tap: tap.person_to_link, to=CONTACT.sobject, key=CONTACT.key, polymorphic=True
)
SCREEN = Text[Tap]("Handoff_Screen__c", ours, lambda tap: tap.handoff.screen, length=80)

TASK: RecordMap[Tap] = RecordMap(
    sobject="Task",
    key="Handoff_Id__c",
    fields=(
        Text("Handoff_Id__c", once, lambda tap: tap.handoff_id, length=64, key=True),
        Text("Subject", once, lambda tap: f"Tapped to call from the app: {tap.ramp.about}", length=255),
        Picklist("Status", once, lambda tap: "Completed", values=STATUSES),
        Picklist("Priority", once, lambda tap: "Normal", values=("High", "Normal", "Low")),
        Date("ActivityDate", once, tapped_on),
        LinkToPart("WhatId", once, lambda tap: tap.case_key, to="Case"),
        WHO_OF_TASK,
        DateTime("Handoff_Tapped_At__c", ours, lambda tap: tap.handoff.occurred_at),
        SCREEN,
    ),
)  # fmt: skip
