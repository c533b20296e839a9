from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from sf_handoff.embedded import Embedded
from tests.embedded.world import JESSE, QUEUE, VERSION, Api, an_org, refusal

NOON = datetime(2026, 11, 20, 17, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def org(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Embedded]:
    """Five Cases, by their subject:

    alpha   High    taps 1   Jesse's    filed today, seen at 04:30 UTC (yesterday in New York)
    beta    Medium  taps 2   Jesse's    filed yesterday, seen at 05:30 UTC (today)
    Gamma   Low     taps -   nobody's   filed three days ago
    100%_x  -       taps 3   nobody's   filed never; owned by the queue
    (none)  Medium  taps 4   nobody's   closed
    """
    with an_org(tmp_path_factory.mktemp("org"), assignment_rule=False, clock=lambda: NOON) as org:
        jesse = org.records("Contact")[0]["Id"]
        queue = next(each["Id"] for each in org.records("Group") if each["DeveloperName"] == QUEUE)
        org.create("Case", Subject="alpha", Priority="High", Taps__c=1, ContactId=jesse,
                   Filed__c="2026-11-20", Seen_At__c="2026-11-20T04:30:00Z")  # fmt: skip
        org.create("Case", Subject="beta", Taps__c=2, ContactId=jesse, TTY__c=True,
                   Filed__c="2026-11-19", Seen_At__c="2026-11-20T05:30:00Z")  # fmt: skip
        org.create("Case", Subject="Gamma", Priority="Low", Filed__c="2026-11-17")
        org.create("Case", Subject="100%_x", Priority=None, Taps__c=3, OwnerId=queue)
        org.create("Case", Taps__c=4, Status="Closed", Description='It\'s "so"\\')
        yield org


@pytest.fixture(scope="module")
def api(org: Embedded) -> Iterator[Api]:
    api = Api(org)
    with api.http:
        yield api


@pytest.mark.parametrize(
    ("where", "subjects"),
    [
        ("Subject = 'ALPHA'", ["alpha"]),
        ("Subject != 'alpha'", ["beta", "Gamma", "100%_x", None]),
        ("Subject <> 'alpha' AND Subject != null", ["beta", "Gamma", "100%_x"]),
        ("Subject = null", [None]),
        ("Subject = ''", [None]),
        ("Subject != '' AND Subject != 'alpha'", ["beta", "Gamma", "100%_x"]),
        ("Subject IN ('', 'BETA')", ["beta", None]),
        ("ContactId = ''", ["Gamma", "100%_x", None]),
        ("Taps__c > 1 AND Taps__c <= 3", ["beta", "100%_x"]),
        ("Taps__c < 2 OR Taps__c >= 4", ["alpha", None]),
        ("NOT Taps__c > 1", ["alpha", "Gamma"]),
        ("NOT (Priority = 'Medium' OR Priority = 'High')", ["Gamma", "100%_x"]),
        ("Priority IN ('High', 'low')", ["alpha", "Gamma"]),
        ("Priority NOT IN ('Medium', 'Low')", ["alpha", "100%_x"]),
        ("Priority IN (null, 'Low')", ["Gamma", "100%_x"]),
        ("TTY__c = true", ["beta"]),
        ("IsClosed = FALSE AND TTY__c = false", ["alpha", "Gamma", "100%_x"]),
        ("Subject LIKE '%A'", ["alpha", "beta", "Gamma"]),
        ("Subject LIKE '_eta'", ["beta"]),
        (r"Subject LIKE '100\%\_x'", ["100%_x"]),
        (r"Subject LIKE '%\_%'", ["100%_x"]),
        (r"(NOT Subject LIKE '%a')", ["100%_x", None]),
        (r"Subject = '\u0061lpha'", ["alpha"]),
        ("Contact.LastName = 'gray'", ["alpha", "beta"]),
        ("Contact.LastName = null", ["Gamma", "100%_x", None]),
        (f"Contact.ICN__c = '{JESSE['ICN__c']}' AND Taps__c = 2", ["beta"]),
        ("Owner.Name = 'App Handoffs'", ["100%_x"]),
        ("Owner.Type = 'Queue'", ["100%_x"]),
        ("Case.Subject = 'beta'", ["beta"]),
        ("ContactPhone LIKE '+1503%'", ["alpha", "beta"]),
        ("Filed__c = 2026-11-20", ["alpha"]),
        ("Filed__c < 2026-11-20", ["beta", "Gamma"]),
        ("Filed__c = TODAY", ["alpha"]),
        ("Filed__c = YESTERDAY", ["beta"]),
        ("Filed__c < TODAY", ["beta", "Gamma"]),
        ("Filed__c >= YESTERDAY", ["alpha", "beta"]),
        ("Filed__c > YESTERDAY", ["alpha"]),
        ("Filed__c <= YESTERDAY", ["beta", "Gamma"]),
        ("Filed__c = LAST_N_DAYS:3", ["alpha", "beta", "Gamma"]),
        ("Filed__c = LAST_N_DAYS:2", ["alpha", "beta"]),
        ("Filed__c != LAST_N_DAYS:3", ["100%_x", None]),
        ("Filed__c = THIS_WEEK", ["alpha", "beta", "Gamma"]),
        ("Filed__c IN (TODAY, N_DAYS_AGO:3)", ["alpha", "Gamma"]),
        ("Filed__c < NEXT_N_DAYS:3 AND Filed__c >= LAST_90_DAYS", ["alpha", "beta", "Gamma"]),
        ("Seen_At__c = LAST_MONTH", []),
        ("Seen_At__c = TODAY", ["beta"]),
        ("Seen_At__c = YESTERDAY", ["alpha"]),
        ("Seen_At__c > 2026-11-20T05:00:00Z", ["beta"]),
        ("Seen_At__c = 2026-11-20T00:30:00-05:00", ["beta"]),
        ("(Taps__c = 1 OR Taps__c = 2) AND (Priority = 'High')", ["alpha"]),
    ],
)
def test_conditions(api: Api, where: str, subjects: list[str | None]) -> None:
    found = api.found(f"select Subject from Case where {where} order by Id")
    assert [each["Subject"] for each in found] == subjects
    count = api.query(f"SELECT COUNT() FROM Case WHERE {where}").json()
    assert count == {"totalSize": len(subjects), "done": True, "records": []}


@pytest.mark.parametrize(
    ("tail", "subjects"),
    [
        ("ORDER BY Taps__c", ["Gamma", "alpha", "beta", "100%_x", None]),
        ("ORDER BY Taps__c DESC NULLS LAST", [None, "100%_x", "beta", "alpha", "Gamma"]),
        ("ORDER BY Subject ASC NULLS FIRST LIMIT 2", [None, "100%_x"]),
        ("ORDER BY Priority DESC, Taps__c DESC LIMIT 3", ["100%_x", None, "beta"]),
        ("ORDER BY Contact.LastName DESC, Id", ["Gamma", "100%_x", None, "alpha", "beta"]),
        ("LIMIT 2 OFFSET 1", ["beta", "Gamma"]),
        ("WHERE Taps__c > 0 ORDER BY Id OFFSET 3", [None]),
        ("LIMIT 0", []),
    ],
)
def test_order_and_bounds(api: Api, tail: str, subjects: list[str | None]) -> None:
    assert [each["Subject"] for each in api.found(f"SELECT Subject FROM Case {tail}")] == subjects


def test_parents_are_nested(api: Api, org: Embedded) -> None:
    jesse = org.records("Contact")[0]["Id"]
    answer = api.query(
        "SELECT Id, Contact.Name, contact.owner.Username, Owner.Name, ContactPhone FROM Case "
        "WHERE Subject IN ('alpha', '100%_x') ORDER BY Subject DESC"
    ).json()
    alpha, queued = answer["records"]
    assert list(alpha) == ["attributes", "Id", "Contact", "Owner", "ContactPhone"]
    assert alpha["attributes"]["url"] == f"/services/data/v66.0/sobjects/Case/{alpha['Id']}"
    assert alpha["Contact"]["attributes"] == {
        "type": "Contact",
        "url": f"/services/data/v66.0/sobjects/Contact/{jesse}",
    }
    assert alpha["Contact"]["Name"] == "Jesse Gray"
    assert alpha["Contact"]["Owner"]["Username"] == org.username
    assert alpha["Owner"]["attributes"]["type"] == "Name"
    assert (alpha["Owner"]["Name"], alpha["ContactPhone"]) == ("Integration User", JESSE["Phone"])
    assert (queued["Contact"], queued["Owner"]["Name"]) == (None, "App Handoffs")


def test_five_parents_up_is_as_far_as_it_goes(api: Api) -> None:
    (found, *_) = api.found(f"SELECT Contact{'.ReportsTo' * 4}.Name FROM Case ORDER BY Id")
    assert found["Contact"]["ReportsTo"] is None


def test_who_and_what_have_a_name_and_a_type(api: Api, org: Embedded) -> None:
    case = org.records("Case")[0]
    org.create("Task", WhoId=case["ContactId"], WhatId=case["Id"])
    (found,) = api.query("SELECT Who.Name, Who.Type, What.Name, What.Type FROM Task").json()["records"]
    assert (found["Who"]["Name"], found["Who"]["Type"]) == ("Jesse Gray", "Contact")
    assert (found["What"]["Name"], found["What"]["Type"]) == (case["CaseNumber"], "Case")


@pytest.mark.parametrize(
    ("soql", "message"),
    [
        ("SELEKT Name FROM Account", "unexpected token: SELEKT"),
        ("SELECT FROM Case", "unexpected token: 'FROM'"),
        ("SELECT Id FROM Case WHERE", "unexpected token: '<EOF>'"),
        ("SELECT Id FROM Case WHERE Id = 'x", "unexpected token: '''"),
        ("SELECT Id FROM Case WHERE Taps__c = 1 AND Taps__c = 2 OR Taps__c = 3", "unexpected token: 'OR'"),
        ("SELECT Id FROM Case WHERE Taps__c = 1 OR Taps__c = 2 AND Taps__c = 3", "unexpected token: 'AND'"),
        ("SELECT Id FROM Case WHERE Taps__c IN ()", "unexpected token: ')'"),
        ("SELECT Id FROM Case WHERE Taps__c = 1.2.3", "unexpected token: '.'"),
        ("SELECT Id FROM Case LIMIT -1", "unexpected token: '-1'"),
        ('SELECT Id FROM Case LIMIT 1; DROP TABLE "Case"', "unexpected token: ';'"),
        ("SELECT CALENDAR_YEAR(CreatedDate) FROM Case", "unexpected token: '('"),
        ("SELECT TYPEOF What WHEN Case THEN Subject END FROM Task", "unexpected token: 'WHEN'"),
        ("SELECT Id FROM Case USING SCOPE mine", "unexpected token: 'USING'"),
        ("SELECT Id FROM Case WITH SECURITY_ENFORCED", "unexpected token: 'WITH'"),
        ("SELECT Id FROM Case FOR VIEW", "unexpected token: 'FOR'"),
        ("SELECT Id FROM Case ALL ROWS", "unexpected token: 'ALL'"),
        ("SELECT Id FROM Case c", "unexpected token: 'c'"),
        ("SELECT Id FROM Case WHERE Priority INCLUDES ('High')", "unexpected token: 'INCLUDES'"),
        ("SELECT Id FROM Case WHERE Subject NOT LIKE 'a%'", "unexpected token: 'LIKE'"),
        ("SELECT Id FROM Case WHERE Id = :id", "unexpected token: ':'"),
        ("SELECT Id FROM Case WHERE COUNT(Id) > 1", "unexpected token: '('"),
        ("SELECT Id FROM Case FOR UPDATE", "unexpected token: 'FOR'"),
        ("SELECT Id FROM Case WHERE Filed__c = THIS_FISCAL_YEAR", "unexpected token: 'THIS_FISCAL_YEAR'"),
        ("SELECT Id FROM Case WHERE Filed__c = LAST_N_DAYS", "unexpected token: '<EOF>'"),
        ("SELECT Id FROM Case WHERE Filed__c = LAST_N_YEARS:9999", "unexpected token: 'LAST_N_YEARS'"),
        ("SELECT Id FROM Case WHERE Filed__c = 2026-13-40", "unexpected token: '2026-13-40'"),
        ("SELECT Id FROM Case WHERE Seen_At__c > 9999-12-31T23:59:59-14:00", "unexpected token: '9999-"),
        ("SELECT Id FROM Case WHERE Taps__c > null", "unexpected token: 'null'"),
        (r"SELECT Id FROM Case WHERE Subject = '\q'", "Invalid string literal"),
        (r"SELECT Id FROM Case WHERE Subject = '\ud800'", "Invalid Unicode in string literal"),
        ("", "SOQL statements cannot be empty or null"),
    ],
)
def test_what_is_no_soql_of_ours_is_malformed(api: Api, soql: str, message: str) -> None:
    status, code, said = refusal(api.query(soql))
    assert (status, code) == (400, "MALFORMED_QUERY")
    assert said.split("\n")[-1].startswith(message)


@pytest.mark.parametrize(
    ("soql", "code", "message"),
    [
        ("SELECT Id FROM Case WHERE Taps__c = '1'", "INVALID_FIELD", "of type double and should not be"),
        ("SELECT Id FROM Case WHERE Subject = 1", "INVALID_FIELD", "of type string and should be enclosed"),
        ("SELECT Id FROM Case WHERE TTY__c = 'true'", "INVALID_FIELD", "of type boolean and should not"),
        ("SELECT Id FROM Case WHERE Seen_At__c = 2026-11-20", "INVALID_FIELD", "of type dateTime"),
        ("SELECT Id FROM Case WHERE Subject = TODAY", "INVALID_FIELD", "must be of type string"),
        (
            "SELECT Id FROM Case WHERE Taps__c LIKE '1'",
            "INVALID_QUERY_FILTER_OPERATOR",
            "invalid operator on double field",
        ),
        (
            "SELECT Id FROM Case WHERE TTY__c > false",
            "INVALID_QUERY_FILTER_OPERATOR",
            "invalid operator on boolean field",
        ),
        ("SELECT Id FROM Case WHERE Errors__c = 'x'", "INVALID_FIELD", "can not be filtered in a query"),
        ("SELECT Id FROM Case ORDER BY Description", "INVALID_FIELD", "can not be sorted in a query"),
        (
            "SELECT Contact.Bacon__c FROM Case",
            "INVALID_FIELD",
            "No such column 'Bacon__c' on entity 'Contact'",
        ),
        ("SELECT Owner.Bacon__c FROM Case", "INVALID_FIELD", "No such column 'Bacon__c' on entity 'Name'"),
        ("SELECT Bacon.Name FROM Case", "INVALID_FIELD", "Didn't understand relationship 'Bacon' in field"),
        (f"SELECT Contact{'.ReportsTo' * 5}.Name FROM Case", "INVALID_FIELD", "understand relationship"),
        ("SELECT Id FROM Case WHERE Id = 'x'", "INVALID_QUERY_FILTER_OPERATOR", "invalid ID field: x"),
        ("SELECT Id FROM Case OFFSET 2001", "NUMBER_OUTSIDE_VALID_RANGE", "Maximum SOQL offset allowed"),
    ],
)
def test_what_makes_no_sense_here(api: Api, soql: str, code: str, message: str) -> None:
    status, found, said = refusal(api.query(soql))
    assert (status, found) == (400, code)
    assert message in said


def test_an_unknown_column_is_pointed_at(api: Api) -> None:
    assert refusal(api.query("SELECT Id,\n  Bacon__c\nFROM Case")) == (
        400,
        "INVALID_FIELD",
        "\n  Bacon__c\n  ^\nERROR at Row:2:Column:3\nNo such column 'Bacon__c' on entity 'Case'. If you are "
        "attempting to use a custom field, be sure to append the '__c' after the custom field name. Please "
        "reference your WSDL or the describe call for the appropriate names.",
    )


RECORDED = [
    ("SELECT Id,Name,BillingCity,IsDeleted FROM Accout", "ampersand-connectors/unknown-object.json"),
    ("SELECT Bacon__c FROM Account LIMIT 2", "sf-fx-runtime-nodejs/query-unknown-column.json"),
    ("SELEKT Name FROM Account", "sf-fx-runtime-nodejs/query-malformed-soql.json"),
]


@pytest.mark.parametrize(("soql", "name"), RECORDED)
def test_refusals_are_those_recorded(api: Api, recorded: Path, soql: str, name: str) -> None:
    found = json.loads((recorded / name).read_text("utf-8"))
    errors = found if isinstance(found, list) else json.loads(found["response"]["body"])
    assert api.query(soql).json() == errors


def test_an_unknown_sobject_is_pointed_at_as_recorded(api: Api, recorded: Path) -> None:
    _, code, message = refusal(api.query("select count() from XYZZY"))
    cassette = recorded / "cumulusci/cassettes/TestCountSObjects.test_count_sobjects__errors.yaml"
    place = message.split("\n")[3]
    assert (code, place) == ("INVALID_TYPE", "ERROR at Row:1:Column:21")
    assert place in cassette.read_text("utf-8")


@pytest.mark.parametrize(
    ("soql", "shown", "caret"),
    [
        ("SELECT Id FROM Case WHERE Taps__c = 'x'", "SELECT Id FROM Case WHERE Taps__c = 'x'", 26),
        (
            "SELECT Id, Subject, SuppliedCompany FROM Case WHERE Description LIKE 'Getty%' ORDER BY Id LIMIT 10",
            "SuppliedCompany FROM Case WHERE Description LIKE 'Getty%' ORDER",
            32,
        ),
        (
            "SELECT Id,Subject,SuppliedCompany,Status,Bacon__c,Priority,SuppliedEmail,Reason,Origin FROM Case",
            "Subject,SuppliedCompany,Status,Bacon__c,Priority,SuppliedEmail",
            31,
        ),
        ("SELECT Id\nFROM Case\n WHERE Bacon__c = 1\n LIMIT 1", " WHERE Bacon__c = 1", 7),
    ],
)
def test_the_words_around_a_mistake_are_shown(api: Api, soql: str, shown: str, caret: int) -> None:
    _, _, message = refusal(api.query(soql))
    _, line, mark, place, _ = message.split("\n")
    assert (line, mark) == (shown, " " * caret + "^")
    at = soql.index(shown) + caret
    row, column = soql[:at].count("\n") + 1, at - soql.rfind("\n", 0, at)
    assert place == f"ERROR at Row:{row}:Column:{column}"


def test_conditions_may_be_many_but_not_deep(api: Api) -> None:
    """In a Composite, where a query may be longer than a URI."""

    def asked(condition: str) -> dict[str, Any]:
        url = f"/services/data/v{VERSION}/query?" + urlencode({"q": f"SELECT Id FROM Case WHERE {condition}"})
        return api.composite({"method": "GET", "url": url, "referenceId": "asked"})[0]

    names = ", ".join(f"'{at}'" for at in range(2000))
    assert asked(f"Subject NOT IN ({names})")["body"]["totalSize"] == 5
    assert asked(" OR ".join(["Taps__c = 1"] * 1500))["body"]["totalSize"] == 1
    for left, right, most in (("NOT ", "", 15), ("(", ")", 15), ("NOT (TTY__c = true OR ", ")", 7)):
        for depth in (most, most + 1, 1000):
            answer = asked(f"{left * depth}Taps__c = 1{right * depth}")
            if depth == most:
                assert answer["httpStatusCode"] == 200, answer
            else:
                assert answer["body"][0]["errorCode"] == "QUERY_TOO_COMPLICATED"
