"""What `doctor` finds: everything is well where the org was made from the same maps; else each lack by name."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from typing import Any

import pytest

from sf_handoff.adapters.assembly import embedded_settings, open_salesforce, start_embedded
from sf_handoff.adapters.report_rows import RecordRows
from sf_handoff.adapters.report_runs import ReportRuns
from sf_handoff.adapters.settings import Settings
from sf_handoff.calls import fit
from sf_handoff.calls.changes import Change
from sf_handoff.checkup import POLICY, Check, State, asked, of_org, of_store, of_tracker
from sf_handoff.embedded import Embedded
from sf_handoff.errors import Misconfigured, NotKept, Rejected, Uncertain
from sf_handoff.mapping import Field, MappingSet, Picklist, Text, once
from sf_handoff.ports import StoreSeen, Tracker
from sf_handoff.reports.tickets import TrackerFacts
from sf_handoff.retry import Call
from tests.listed import TellingTracker


def quick(seconds: float) -> None:
    """No waiting."""


def checks(at: Embedded, maps: MappingSet, account: Call | None = None, **settings: Any) -> list[Check]:
    given = embedded_settings(Settings(org="embedded"), at).model_copy(update=settings)
    with closing(open_salesforce(given, quick)) as salesforce:
        records, reports = RecordRows(salesforce, quick), ReportRuns(salesforce, quick)
        report_id, call = given.report_id, account or Call(POLICY)
        return list(asked("Salesforce", lambda: of_org(records, reports, maps, report_id, call)))


def lacking(found: list[Check]) -> dict[str, bool]:
    """The words of what is missing, and whether it stops everything."""
    assert all(each.state is State.OK or each.state is State.MISSING for each in found)
    return {each.words: each.stops for each in found if each.state is State.MISSING}


def test_an_org_made_from_the_maps_has_all_they_need(org: Embedded, mappings: MappingSet) -> None:
    before, account = org.api_calls, Call(POLICY)
    found = checks(org, mappings, account)
    assert lacking(found) == {}
    assert {each.area for each in found} == {"Salesforce", "Report"}
    assert found[0].words == "The sign-in works."
    assert org.api_calls - before == account.requests == 5
    assert not any(each.startswith(("POST /services/data", "PATCH", "DELETE")) for each in org.requests)


def test_without_a_saved_report_the_query_is_checked(org: Embedded, mappings: MappingSet) -> None:
    found = checks(org, mappings, report_id="")
    assert lacking(found) == {}
    assert "REPORT_ID is not set: days are read by the query of mappings/report.py." in {
        each.words for each in found
    }


# An org whose administrator did some things otherwise

Swap = Callable[[Field[Any]], Field[Any] | None]


def swapped(maps: MappingSet, swap: Swap) -> MappingSet:
    """The maps with every declaration put through `swap`, which drops it by giving None."""

    def fields(given: tuple[Field[Any], ...]) -> tuple[Field[Any], ...]:
        return tuple(each for each in map(swap, given) if each)

    def changes(given: tuple[Change[Any], ...]) -> tuple[Change[Any], ...]:
        return tuple(replace(each, fields=fields(each.fields)) for each in given)

    after = maps.follow_ups
    after = replace(
        after,
        called=changes(after.called),
        outcome=changes(after.outcome),
        wrong_person=changes(after.wrong_person),
        callback=replace(after.callback, fields=fields(after.callback.fields)),
    )
    case = replace(maps.case, fields=fields(maps.case.fields))
    return replace(
        maps, case=case, task=replace(maps.task, fields=fields(maps.task.fields)), follow_ups=after
    )


@pytest.fixture(scope="module")
def other_org(tmp_path_factory: pytest.TempPathFactory, mappings: MappingSet) -> Iterator[Embedded]:
    def swap(each: Field[Any]) -> Field[Any] | None:
        match each.api_name:
            case "Handoff_Language__c":
                return None
            case "Handoff_App__c":
                return Text("Handoff_Apps__c", once, lambda tap: None, length=255)
            case "Handoff_Claim_Title__c":
                return replace(each, length=80)  # type: ignore[call-arg]
            case "Handoff_Outcome__c" if isinstance(each, Picklist):
                return replace(each, values=("confirmed", "other_reason", "wrong person", "third_party"))
            case "Handoff_Taps__c":
                return replace(each, digits=2)  # type: ignore[call-arg]
        return each

    ramps = mappings.ramps
    ramps = replace(
        ramps,
        ramps=tuple(
            replace(each, queue="App_Handoff_Generals", record_type="Telephone") for each in ramps.ramps
        ),
        unlisted=replace(ramps.unlisted, queue="App_Handoff_Generals", record_type="Telephone"),
    )
    columns = tuple(
        replace(each, values=("Sign-in", *each.values[1:])) if each.name == "product" else each
        for each in mappings.report.columns
        if each.name not in ("category", "topic")
    )
    maps = swapped(replace(mappings, ramps=ramps, report=replace(mappings.report, columns=columns)), swap)
    with start_embedded(tmp_path_factory.mktemp("other"), maps) as running:
        yield running


def test_each_thing_that_an_org_lacks_is_found(other_org: Embedded, mappings: MappingSet) -> None:
    assert lacking(checks(other_org, mappings)) == {
        "Case.Handoff_Language__c is not there.": True,
        "Case.Handoff_App__c is not there; there is Handoff_Apps__c.": True,
        "Case.Handoff_Claim_Title__c holds 80 characters, and the map writes up to 255: longer ones are refused.": False,
        "Case.Handoff_Outcome__c has no value wrong_person, but wrong person.": True,
        "Case.Handoff_Outcome__c has no value not_useful.": True,
        "Case.Handoff_Taps__c holds 2 digits, and the map writes up to 4.": False,
        "Case has no record type App_Handoff.": True,
        "Case.Product__c has no value Sign in, but Sign-in.": False,
        "There is no queue App_Handoff_Claims.": True,
        "There is no queue App_Handoff_General, but App_Handoff_Generals.": True,
        "The report lacks columns that mappings/report.py requires: Case_Category__c (category). Put them back, or "
        "name them in the map as they are now.": True,
    }


def test_every_lack_says_how_to_mend_it(other_org: Embedded, mappings: MappingSet) -> None:
    found = [each for each in checks(other_org, mappings) if each.state is State.MISSING]
    assert all(each.mend.endswith(".") for each in found if each.area == "Salesforce")


@pytest.mark.parametrize("report_id", ["00O000000000000AAA", "no id"])
def test_a_report_that_is_not_there(org: Embedded, mappings: MappingSet, report_id: str) -> None:
    found = checks(org, mappings, report_id=report_id)
    assert [each.words[:10] for each in found if each.state is State.MISSING] == ["REPORT_ID:"]
    assert [each.area for each in found].count("Report") == 1


def test_a_sign_in_that_is_refused_ends_the_questions(org: Embedded, mappings: MappingSet) -> None:
    (only,) = checks(org, mappings, client_id="another")
    assert (only.area, only.state, only.stops) == ("Salesforce", State.MISSING, True)


def test_an_org_that_is_away_could_not_be_asked(org: Embedded, mappings: MappingSet) -> None:
    (only,) = checks(org, mappings, org="https://127.0.0.1:1")
    assert (only.state, only.stops, only.mend) == (State.UNASKED, False, "Try again later.")


# One describe at a time, changed as an administrator could


@pytest.fixture(scope="module")
def described(tmp_path_factory: pytest.TempPathFactory, mappings: MappingSet) -> dict[str, Any]:
    with start_embedded(tmp_path_factory.mktemp("plain"), mappings) as org:
        settings = embedded_settings(Settings(org="embedded"), org)
        with closing(open_salesforce(settings)) as salesforce:
            records = RecordRows(salesforce, quick)
            return {name: records.describe(name, Call(POLICY)) for name in fit.needed(mappings)}


KEY = "is the key that we find our records by, and is not External ID and Unique."
WRONG: list[tuple[str, str, dict[str, Any], str, bool]] = [
    ("Case", "Handoff_Id__c", {"unique": False}, f"Case.Handoff_Id__c {KEY}", True),
    ("Task", "Handoff_Id__c", {"externalId": False}, f"Task.Handoff_Id__c {KEY}", True),
    ("Case", "Subject", {"createable": False}, "Case.Subject is not createable for the connector's user.", True),
    ("Case", "Handoff_App__c", {"createable": False, "updateable": False},
     "Case.Handoff_App__c is not createable and not updateable for the connector's user.", True),
    ("Case", "Handoff_TTY__c", {"type": "string"}, "Case.Handoff_TTY__c is of the type string, and the map writes boolean.", True),
    ("Case", "OwnerId", {"referenceTo": ["User"]}, "Case.OwnerId cannot name a Group.", True),
    ("Case", "ContactId", {"referenceTo": ["Account"]}, "Case.Contact cannot name a Contact.", True),
    ("Case", "ContactId", {"relationshipName": None}, "Case.Contact is not there.", True),
    ("Task", "WhatId", {"referenceTo": ["Account"]}, "Task.WhatId cannot name a Case.", True),
    ("Contact", "ICN__c", {"externalId": False, "idLookup": False},
     "Contact.ICN__c is no External ID, so nobody is found by it.", True),
    ("Contact", "ICN__c", {"length": 10},
     "Contact.ICN__c holds 10 characters, and the map writes up to 17: longer ones are refused.", False),
    ("Case", "SuppliedEmail", {"nillable": False}, "Case.SuppliedEmail is required, and the map does not write it.", True),
]  # fmt: skip


@pytest.mark.parametrize(("sobject", "field", "changes", "words", "stops"), WRONG)
def test_what_a_field_may_not_be(
    described: dict[str, Any],
    mappings: MappingSet,
    sobject: str,
    field: str,
    changes: dict[str, Any],
    words: str,
    stops: bool,
) -> None:
    changed = copy.deepcopy(described)
    next(each for each in changed[sobject]["fields"] if each["name"] == field).update(changes)
    org = {name: fit.SObject.read(name, each) for name, each in changed.items()}
    found = {each.words: each.stops for each in fit.lacks(mappings, org, sobject)}
    assert found == {words: stops}


@pytest.mark.parametrize(("restricted", "stops"), [(True, True), (False, False)])
def test_a_value_that_is_not_active_is_no_value(
    described: dict[str, Any], mappings: MappingSet, *, restricted: bool, stops: bool
) -> None:
    """Where any value is taken, agents cannot pick it, and nothing is refused."""
    changed = copy.deepcopy(described)
    state = next(each for each in changed["Case"]["fields"] if each["name"] == "Handoff_State__c")
    state["restrictedPicklist"] = restricted
    next(each for each in state["picklistValues"] if each["value"] == "no_call")["active"] = False
    org = {name: fit.SObject.read(name, each) for name, each in changed.items()}
    (lack,) = fit.lacks(mappings, org, "Case")
    assert (lack.words, lack.stops) == ("Case.Handoff_State__c has no value no_call.", stops)


def test_leave_to_make_records(described: dict[str, Any], mappings: MappingSet) -> None:
    document = {**described["Task"], "createable": False}
    org = {"Task": fit.SObject.read("Task", document)}
    assert "may not create and edit Task" in fit.lacks(mappings, org, "Task")[0].words


def test_an_sobject_that_the_user_may_not_see(described: dict[str, Any], mappings: MappingSet) -> None:
    class Blind:
        def describe(self, sobject: str, call: Call) -> Any:
            if sobject == "Contact":
                raise Rejected("The requested resource does not exist", code="NOT_FOUND")
            return described[sobject]

        def pages(self, soql: str, call: Call) -> Any:
            return ({"DeveloperName": each} for each in mappings.ramps.queues)

    found = list(of_org(Blind(), None, mappings, "", Call(POLICY)))  # type: ignore[arg-type]
    assert lacking(found) == {"There is no Contact, or the connector's user may not see it.": True}


def test_what_salesforce_fills_in_by_itself_need_not_be_written(
    described: dict[str, Any], mappings: MappingSet
) -> None:
    changed = copy.deepcopy(described)
    email = next(each for each in changed["Case"]["fields"] if each["name"] == "SuppliedEmail")
    email.update(nillable=False, defaultedOnCreate=True)
    org = {name: fit.SObject.read(name, each) for name, each in changed.items()}
    assert fit.lacks(mappings, org, "Case") == ()


def test_an_answer_that_is_no_describe(described: dict[str, Any]) -> None:
    without = [
        {name: each[name] for name in each if name != "unique"} for each in described["Case"]["fields"]
    ]
    for document in ({}, {"fields": None}, {**described["Case"], "fields": without}):
        with pytest.raises(Uncertain):
            fit.SObject.read("Case", document)


# Store and tracker


@pytest.mark.parametrize(
    ("seen", "states", "words"),
    [
        (StoreSeen(None, 3, has_key=False), ["ok", "ok"], "There is none yet"),
        (StoreSeen(3, 3, has_key=True), ["ok", "ok"], "has schema version 3."),
        (StoreSeen(2, 3, has_key=True), ["ok", "ok"], "on first use it is brought to 3"),
        (StoreSeen(4, 3, has_key=True), ["missing", "ok"], "this release works with 3"),
    ],
)
def test_the_store(seen: StoreSeen, states: list[str], words: str) -> None:
    found = list(of_store(seen))
    assert [each.state for each in found] == states
    assert words in found[0].words


def raising(error: Exception) -> Callable[[], Iterator[Check]]:
    def ask() -> Iterator[Check]:
        yield Check("A", State.OK, "First.")
        raise error

    return ask


@pytest.mark.parametrize(
    ("error", "state", "stops"),
    [
        (Misconfigured("No."), State.MISSING, True),
        (Rejected("No."), State.MISSING, False),
        (NotKept("Not now."), State.UNASKED, False),
    ],
)
def test_what_cannot_be_asked_is_the_last_of_its_area(error: Exception, state: State, *, stops: bool) -> None:
    first, last = asked("A", raising(error))
    assert first.state is State.OK
    assert (last.state, last.words, last.stops) == (state, error.args[0], stops)


FACTS = TrackerFacts(
    "example-agency/hotline-issues", private=True, may_push=True, login="c", labels=frozenset()
)


class Board(TellingTracker):
    def facts(self) -> TrackerFacts:
        return FACTS

    @property
    def port(self) -> Tracker:
        return self  # type: ignore[return-value]


class Lacks:
    code, words = "LABEL_MISSING", "The tracker has no label 'tier-3'. Is it 'tier 3'?"


def test_what_the_tracker_lacks_keeps_tickets_from_being_filed() -> None:
    well, rest = of_tracker(Board().port, lambda facts: ())
    assert well.words == "example-agency/hotline-issues is there, private and without a board."
    assert rest.state is State.OK
    _, lack = of_tracker(Board().port, lambda facts: [Lacks()] if facts is FACTS else [])
    assert (lack.words, lack.stops) == (Lacks.words, True)
    assert lack.mend.startswith("Make the label")
