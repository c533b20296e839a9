from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sf_handoff.embedded import Embedded
from tests.embedded.world import JESSE, QUEUE, Api, an_org, refusal

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
        ("SELECT COUNT(Id) FROM Case", "unexpected token: 'Id'"),
        ("SELECT (SELECT Id FROM Tasks) FROM Case", "unexpected token: '('"),
        ("SELECT Status FROM Case GROUP BY Status", "unexpected token: 'GROUP'"),
        ("SELECT Id FROM Case FOR UPDATE", "unexpected token: 'FOR'"),
        ("SELECT Id FROM Case WHERE Filed__c = NEXT_WEEK", "unexpected token: 'NEXT_WEEK'"),
        ("SELECT Id FROM Case WHERE Filed__c = 2026-13-40", "unexpected token: '2026-13-40'"),
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
        ("SELECT Id FROM Case WHERE Seen_At__c = 2026-11-20", "INVALID_FIELD", "of type datetime"),
        ("SELECT Id FROM Case WHERE Subject = TODAY", "INVALID_FIELD", "must be of type string"),
        ("SELECT Id FROM Case WHERE Taps__c LIKE '1'", "INVALID_FIELD", "must be of type double"),
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


@pytest.mark.parametrize(
    "soql", ["select count() from XYZZY", "SELECT Id,Name,BillingCity,IsDeleted FROM Accout"]
)
def test_an_unknown_sobject_is_pointed_at_as_recorded(api: Api, recorded: Path, soql: str) -> None:
    status, code, message = refusal(api.query(soql))
    assert (status, code) == (400, "INVALID_TYPE")
    texts = (
        (recorded / "ampersand-connectors/unknown-object.json").read_text("utf-8"),
        (recorded / "cumulusci/cassettes/TestCountSObjects.test_count_sobjects__errors.yaml").read_text(
            "utf-8"
        ),
    )
    place = message.split("\n")[3]
    assert place in {"ERROR at Row:1:Column:21", "ERROR at Row:1:Column:43"}
    assert any(place in text for text in texts)


def test_long_answers_come_in_pages(api: Api, org: Embedded) -> None:
    for at in range(450):
        org.create("Account", Name=f"Household {at:03}")
    soql = "SELECT Name FROM Account ORDER BY Name DESC LIMIT 440"
    headers = {"Sforce-Query-Options": "batchSize=200"}
    names, page = [], api("GET", "/query", params={"q": soql}, headers=headers).json()
    sizes = []
    while True:
        sizes.append((len(page["records"]), page["totalSize"], page["done"]))
        names += [each["Name"] for each in page["records"]]
        if page["done"]:
            break
        page = api("GET", page["nextRecordsUrl"].removeprefix("/services/data/v66.0")).json()
    assert sizes == [(200, 440, False), (200, 440, False), (40, 440, True)]
    assert names == [f"Household {at:03}" for at in range(449, 9, -1)]
    assert "nextRecordsUrl" not in page
    assert api.query("SELECT Id FROM Account").json()["totalSize"] == 450


def test_a_locator_that_nobody_gave_out(api: Api) -> None:
    for locator in ("01gEO00000zzzzzAAA-2000", "nonsense"):
        assert refusal(api("GET", f"/query/{locator}"))[1] == "INVALID_QUERY_LOCATOR"
