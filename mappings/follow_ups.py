"""What follows a tap, and what it changes on the Case and its Tasks: a call, its outcome, a callback.

A Case that no agent has touched yet goes live when a call is matched to it. Where agents have set a status
or an outcome themselves, theirs stays. A call that reached the wrong person takes the person and the context
off.
"""

from __future__ import annotations

from zoneinfo import ZoneInfo

from sf_handoff.calls.changes import After, Change, FollowUpMaps
from sf_handoff.calls.follow_ups import MOST_CALLBACK_TRIES, Callback, CallbackTried, Called, Outcome, Reason
from sf_handoff.mapping import (
    Date,
    DateTime,
    Field,
    LinkByKey,
    LinkByName,
    LinkToPart,
    Number,
    Phone,
    Picklist,
    RecordMap,
    Text,
    once,
    ours,
)

from .case import AWAITING, CONTEXT, LIVE, OUTCOMES, STATES, WHO
from .contact import CONTACT
from .task import SCREEN, STATUSES, WHO_OF_TASK

EASTERN = ZoneInfo("America/New_York")
NO_ORDINARY_CALL = {Reason.WRONG_PERSON: "wrong_person", Reason.THIRD_PARTY: "third_party"}

CALLED = (
    Change[Called](
        fields=(Picklist("Handoff_State__c", ours, lambda after: "called", values=STATES),),
        # Not what was told since: that the call was another person's, or a third party's.
        when=lambda called: "(Handoff_State__c = null OR Handoff_State__c IN ('awaiting', 'late', 'called'))",
    ),
    Change[Called](
        fields=(
            Text("Handoff_Call_Key__c", ours, lambda after: after.event.call_key, length=120,
                 help="The telephony vendor's id of the call."),
            DateTime("Handoff_Called_At__c", ours, lambda after: after.event.at),
            Number("Handoff_Match_Level__c", ours, lambda after: after.event.level, digits=1,
                   help="How sure it is that this call belongs to the tap: 0 to 5."),
        ),
    ),
    Change[Called](
        fields=(Picklist("Status", ours, lambda after: LIVE, values=(LIVE,)),),
        when=lambda called: f"Status = '{AWAITING}' AND Handoff_Outcome__c = null",
    ),
)  # fmt: skip

_state = Picklist[After[Outcome]](
    "Handoff_State__c",
    ours,
    lambda after: NO_ORDINARY_CALL.get(after.event.reason, "called"),
    values=STATES,
)
_outcome = Picklist[After[Outcome]](
    "Handoff_Outcome__c", ours, lambda after: after.event.reason.value, values=OUTCOMES
)


def not_set_by_agents(outcome: Outcome) -> str:
    """An outcome that an agent picked on the Case stays, unless it is the one that was told before."""
    ours_before = f" OR Handoff_Outcome__c = '{outcome.instead_of}'" if outcome.instead_of else ""
    return f"(Handoff_Outcome__c = null{ours_before})"


CALLBACK_NUMBER = Phone[After[Callback]]("Handoff_Callback_Number__c", ours, lambda after: after.event.number)
WHEN_AND_WHERE: tuple[Field[After[Callback]], ...] = (
    Date("ActivityDate", ours, lambda after: after.event.not_before.astimezone(EASTERN).date()),
    CALLBACK_NUMBER,
    DateTime("Handoff_Callback_From__c", ours, lambda after: after.event.not_before),
    DateTime("Handoff_Callback_Until__c", ours, lambda after: after.event.not_after),
)

FOLLOW_UPS = FollowUpMaps(
    called=CALLED,
    outcome=(Change(fields=(_state, _outcome), when=not_set_by_agents),),
    wrong_person=(Change(fields=(_state, _outcome), blanks=(*WHO, *CONTEXT)),),
    wrong_person_tasks=Change(fields=(), blanks=(WHO_OF_TASK, SCREEN)),
    wrong_person_callbacks=Change(
        fields=(Picklist("Status", ours, lambda after: "Completed", values=STATUSES),),
        blanks=(WHO_OF_TASK, CALLBACK_NUMBER),
    ),
    callback=RecordMap(
        sobject="Task",
        key="Handoff_Id__c",
        fields=(
            Text("Handoff_Id__c", once, lambda after: after.follow_up_id, length=64, key=True),
            Text("Subject", once, lambda after: f"Call back: {after.tap.ramp.about}", length=255),
            Picklist("Status", once, lambda after: "Not Started", values=STATUSES),
            Picklist("Priority", once, lambda after: "Normal", values=("High", "Normal", "Low")),
            LinkByName("OwnerId", once, lambda after: after.tap.ramp.queue, to="Group",
                       where="Type = 'Queue'"),
            LinkToPart("WhatId", once, lambda after: after.tap.case_key, to="Case"),
            LinkByKey("Who", once, lambda after: after.tap.person_to_link, to=CONTACT.sobject,
                      key=CONTACT.key, polymorphic=True),
            *WHEN_AND_WHERE,
            Number("Handoff_Callback_Tries__c", once, lambda after: 0, digits=2,
                   help=f"How often it was tried; after {MOST_CALLBACK_TRIES} times nobody calls again."),
        ),
    ),
    callback_again=Change[Callback](
        fields=WHEN_AND_WHERE,
    ),
    callback_tried=Change[CallbackTried](
        fields=(
            Number("Handoff_Callback_Tries__c", ours, lambda after: after.event.attempts, digits=2),
            Picklist("Status", ours, lambda after: "Completed" if after.event.over else None,
                     values=STATUSES),
        ),
    ),
)  # fmt: skip
