"""What is read of the Cases whose ticket was resolved, and what is written back to them.

A Case of the hotline is not ours: it is found by its Id, and only the fields here are written on it. The
agents' Task is ours, under the notice's id; it stays open until the customer was told. Nothing is written as
a comment on the Case, which may mail the Veteran by itself.
"""

from __future__ import annotations

from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from sf_handoff.mapping import (
    Checkbox,
    Date,
    DateTime,
    LinkByName,
    LinkToPart,
    LongText,
    Number,
    Picklist,
    RecordMap,
    Text,
    once,
    ours,
)
from sf_handoff.reports.notices.answer_map import Answer, AnswerMaps, TaskStatus, WhoWaits
from sf_handoff.reports.notices.values import NoticeState, Outcome, Route

from .task import STATUSES

EASTERN = ZoneInfo("America/New_York")
ON_CASE = {
    NoticeState.DRAFT: "waiting",
    NoticeState.WITHDRAWN: "waiting",
    NoticeState.APPROVED: "to_tell",
    NoticeState.TOLD: "told",
    NoticeState.EXHAUSTED: "exhausted",
    NoticeState.NO_OUTREACH: "no_outreach",
    NoticeState.STILL_BROKEN: "still_broken",
}
ON_TASK = {TaskStatus.OPEN: "Not Started", TaskStatus.OVER: "Completed"}


def approved_on(answer: Answer) -> date | None:
    """The day from which the agents have it, where the contact center is."""
    return answer.approved_at.astimezone(EASTERN).date() if answer.approved_at else None


def nothing(_: object) -> Any:
    return None


TASK: RecordMap[Answer] = RecordMap(
    sobject="Task",
    key="Handoff_Id__c",
    fields=(
        Text("Handoff_Id__c", once, lambda answer: answer.notice.notice_id, length=64, key=True),
        Text("Subject", once, lambda answer: f"Tell the customer what came of ticket {answer.notice.ticket}",
             length=255),
        Picklist("Status", ours, lambda answer: ON_TASK[answer.task] if answer.task else None,
                 values=STATUSES),
        Picklist("Priority", once, lambda answer: "Normal", values=("High", "Normal", "Low")),
        Date("ActivityDate", once, approved_on),
        LinkByName("OwnerId", once, lambda answer: answer.queue, to="Group", where="Type = 'Queue'"),
        LinkToPart("WhatId", once, lambda answer: answer.notice.case_id, to="Case"),
        LongText("Description", ours, lambda answer: answer.text, length=32_000),
    ),
)  # fmt: skip

ANSWERS = AnswerMaps(
    who=WhoWaits(
        email=("SuppliedEmail", "Contact.Email"),
        phone=("SuppliedPhone", "Contact.Phone", "Contact.MobilePhone"),
        product="Product__c",
        no_email=("Contact.HasOptedOutOfEmail", "Contact.IsEmailBounced"),
        no_phone=("Contact.DoNotCall",),
        opted_out=("Contact.No_Outreach__c",),
        deceased=("Contact.Deceased__c",),
    ),
    flags=(
        Checkbox("HasOptedOutOfEmail", ours, nothing, label="Email Opt Out"),
        Checkbox("DoNotCall", ours, nothing, label="Do Not Call"),
        Checkbox("No_Outreach__c", ours, nothing, help="The customer does not want to be contacted at all."),
        Checkbox("Deceased__c", ours, nothing),
    ),
    case=(
        Number("Handoff_Ticket__c", ours, lambda answer: answer.notice.ticket, digits=9,
               help="The number of the ticket that the report of this Case went into."),
        Picklist("Handoff_Answer__c", ours, lambda answer: ON_CASE[answer.notice.state],
                 values=tuple(dict.fromkeys(ON_CASE.values())),
                 help="How far telling the customer has come."),
        Picklist("Handoff_Answer_Outcome__c", ours, lambda answer: answer.notice.outcome.value,
                 values=tuple(each.value for each in Outcome), help="What came of the ticket."),
        Picklist("Handoff_Answer_Route__c", ours, lambda answer: answer.notice.route.value,
                 values=tuple(each.value for each in Route), help="Who tells the customer."),
        Text("Handoff_Answer_Reason__c", ours, lambda answer: answer.notice.reason, length=255),
        Number("Handoff_Answer_Tries__c", ours, lambda answer: len(answer.notice.attempts), digits=2),
        DateTime("Handoff_Answered_At__c", ours, lambda answer: answer.told_at),
    ),
    task=TASK,
    reopened=(Picklist("Status", ours, lambda answer: "Working", values=("Working",)),),
    queues={Route.CONTACT_CENTER: "Contact_Center_Answers", Route.WHH_AGENT: "WHH_Answers"},
)  # fmt: skip
