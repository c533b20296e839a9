"""What we write on a Case.

`once` fields are set when the Case is made and belong to the agents from then on; `ours` are sent with
every tap. What a call or its outcome changes later is in `follow_ups.py`. No person and none of the words by
which the daily report finds technical cases stand in a Subject. Medical facts, file names and what was asked
of the Veteran are not in the payload that gets here.
"""

from __future__ import annotations

from sf_handoff.calls.handoff import App
from sf_handoff.calls.tap import Tap, of_app, of_appeal, of_claim, of_phase
from sf_handoff.mapping import (
    Checkbox,
    Date,
    DateTime,
    Field,
    LinkByKey,
    LinkByName,
    LongText,
    Number,
    Picklist,
    RecordMap,
    Text,
    once,
    ours,
)

from .contact import CONTACT

AWAITING, LIVE, HISTORY = "Awaiting call", "New", "Closed"
STATES = ("awaiting", "called", "no_call", "late", "wrong_person", "third_party")
OUTCOMES = ("confirmed", "other_reason", "wrong_person", "third_party", "not_useful")


def app_words(app: App) -> str | None:
    """`va-mobile-app 2.37.0 (build 238), iOS 17.5, iPhone 14`."""
    build = f"(build {app.build})" if app.build else None
    name = " ".join(filter(None, (app.name, app.version, build)))
    return ", ".join(filter(None, (name, app.os, app.device))) or None


def errors_seen(tap: Tap) -> str | None:
    """One line for each error that the app showed."""
    lines = (
        "  ".join(filter(None, (f"{error.at:%Y-%m-%d %H:%M} UTC" if error.at else None,
                                error.service, error.code, error.text)))
        for error in tap.handoff.errors
    )  # fmt: skip
    return "\n".join(lines) or None


# Who it was, and what the app had shown: taken off a Case that turns out to be another person's.
WHO: tuple[Field[Tap], ...] = (
    LinkByKey("Contact", once, lambda tap: tap.person_to_link, to=CONTACT.sobject, key=CONTACT.key),
    Text("SuppliedName", once, lambda tap: tap.supplied_name, length=80),
    Text("SuppliedPhone", once, lambda tap: tap.supplied_phone, length=40, exact=True),
)  # fmt: skip
CONTEXT: tuple[Field[Tap], ...] = (
    DateTime("Handoff_Seen_At__c", ours, lambda tap: tap.handoff.observed_at,
             help="When the app had shown its data; the data itself is older."),
    Text("Handoff_Screen__c", ours, lambda tap: tap.handoff.screen, length=80),
    Text("Handoff_App__c", ours, of_app(app_words), length=255),
    Text("Handoff_Language__c", ours, of_app(lambda app: app.language), length=40),
    Checkbox("Handoff_TTY__c", ours, lambda tap: tap.handoff.tty),
    Number("Handoff_LOA__c", ours, lambda tap: tap.handoff.sign_in.loa, digits=1,
           label="Handoff Level of Assurance"),
    Text("Handoff_Claim_Id__c", ours, of_claim(lambda claim: claim.id), length=40, exact=True),
    Text("Handoff_Claim_Title__c", ours, of_claim(lambda claim: claim.title), length=255),
    Text("Handoff_Claim_Type__c", ours, of_claim(lambda claim: claim.type_code), length=80),
    Text("Handoff_Phase_Code__c", ours, of_phase(lambda phase: phase.code), length=80),
    Number("Handoff_Phase_Step__c", ours, of_phase(lambda phase: phase.step), digits=2),
    Text("Handoff_Phase_Heading__c", ours, of_phase(lambda phase: phase.heading), length=120,
         help="The words that the Veteran saw."),
    Date("Handoff_Claim_Filed__c", ours, of_claim(lambda claim: claim.filed_on)),
    Date("Handoff_Claim_Changed__c", ours, of_claim(lambda claim: claim.changed_on)),
    Checkbox("Handoff_Moved_Back__c", ours, of_claim(lambda claim: claim.moved_back)),
    Number("Handoff_Open_Requests__c", ours, of_claim(lambda claim: claim.open_requests), digits=4),
    Text("Handoff_Appeal_Id__c", ours, of_appeal(lambda appeal: appeal.id), length=40, exact=True),
    Text("Handoff_Appeal_Status__c", ours, of_appeal(lambda appeal: appeal.status), length=80),
    LongText("Handoff_Errors__c", ours, errors_seen, length=8000),
)  # fmt: skip

CASE: RecordMap[Tap] = RecordMap(
    sobject="Case",
    key="Handoff_Id__c",
    number="CaseNumber",
    open_when="IsClosed = false AND Handoff_Outcome__c = null",
    fields=(
        Text("Handoff_Id__c", once, lambda tap: tap.case_key, length=64, key=True,
             help="The id of the first tap of the episode. We find our Case by it."),
        # Set when the Case is made, then the agents'.
        Picklist("Status", once, lambda tap: HISTORY if tap.late else AWAITING, values=(AWAITING, HISTORY)),
        Picklist("Priority", once, lambda tap: "Medium", values=("High", "Medium", "Low")),
        Picklist("Origin", once, lambda tap: tap.ramp.origin, values=("Mobile App",)),
        Text("Subject", once, lambda tap: f"Call from the mobile app: {tap.ramp.about}", length=255),
        LinkByName("OwnerId", once, lambda tap: None if tap.late else tap.ramp.queue, to="Group",
                   where="Type = 'Queue'"),
        LinkByName("RecordTypeId", once, lambda tap: tap.ramp.record_type, to="RecordType",
                   where="SobjectType = 'Case'"),
        *WHO,
        Picklist("Handoff_State__c", once, lambda tap: "late" if tap.late else "awaiting", values=STATES),
        Picklist("Handoff_Outcome__c", once, lambda tap: None, values=OUTCOMES,
                 help="Set by the agent: was the call about what the app showed?"),
        # Kept up to date with every tap.
        Number("Handoff_Taps__c", ours, lambda tap: tap.taps, digits=4),
        DateTime("Handoff_Tapped_At__c", ours, lambda tap: tap.handoff.occurred_at),
        *CONTEXT,
    ),
)  # fmt: skip
