"""What the platform fills in by itself: names, numbers, closed flags, accounts, and a Case's owner.

A Status is taken as closed when it begins with `Closed` (Case) or is `Completed` (Task); an org may say so
of others. The assignment rule is the plainest there is: every Case goes to the default owner on create and
on update, unless `Sforce-Auto-Assign: FALSE` comes with it.
https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/headers_autoassign.htm
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from sf_handoff.embedded.database import Value
from sf_handoff.embedded.org import Org

Record: TypeAlias = dict[str, Value]


def before_write(org: Org, sobject: str, record: Record, *, creating: bool, assign: bool) -> None:
    """Fill in what follows from the rest of `record`."""
    if sobject == "Case" and assign and org.default_owner:
        record["OwnerId"] = org.default_owner
    if sobject in FOLLOWS:
        FOLLOWS[sobject](org, record, creating)


def _case(org: Org, record: Record, creating: bool) -> None:
    if creating:
        record["CaseNumber"] = f"{1000 + org.database.next('CaseNumber'):08d}"
        if record["ContactId"] and not record["AccountId"]:
            record["AccountId"] = _account_of(org, "Contact", record["ContactId"])
    _close(record, "ClosedDate", str(record["Status"]).startswith("Closed"))


def _task(org: Org, record: Record, creating: bool) -> None:
    _close(record, "CompletedDateTime", record["Status"] == "Completed")
    record["IsHighPriority"] = int(record["Priority"] == "High")
    accounts = [each for each in _accounts_of_task(org, record) if each]
    record["AccountId"] = accounts[0] if accounts else None


def _accounts_of_task(org: Org, record: Record) -> tuple[Value, ...]:
    what, who = str(record["WhatId"] or ""), record["WhoId"]
    if what.startswith("001"):
        return (what,)
    return (_account_of(org, "Case", what), _account_of(org, "Contact", who))


def _person(_: Org, record: Record, creating: bool) -> None:
    record["Name"] = " ".join(str(part) for part in (record["FirstName"], record["LastName"]) if part)


def _group(_: Org, record: Record, creating: bool) -> None:
    record["DeveloperName"] = record["DeveloperName"] or str(record["Name"]).replace(" ", "_")


def _close(record: Record, since: str, closed: bool) -> None:
    record["IsClosed"] = int(closed)
    record[since] = (record[since] or record["LastModifiedDate"]) if closed else None


def _account_of(org: Org, sobject: str, record_id: Value) -> Value:
    found = org.schema.get(sobject)
    record = org.database.read(found, str(record_id)) if found else None
    return record["AccountId"] if record else None


FOLLOWS: dict[str, Callable[[Org, Record, bool], None]] = {
    "Case": _case,
    "Contact": _person,
    "Group": _group,
    "Task": _task,
    "User": _person,
}
