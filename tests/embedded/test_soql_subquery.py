from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from sf_handoff.embedded import Embedded
from tests.embedded.world import Api, an_org, refusal

JOINED = "Id IN (SELECT WhatId FROM Task)"


@pytest.fixture(scope="module")
def org(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Embedded]:
    """Cases `one` with two Tasks and a deleted one, `two` with one Task, `three` with none."""
    with an_org(tmp_path_factory.mktemp("org"), assignment_rule=False) as org:
        jesse = org.records("Contact")[0]["Id"]
        one = org.create("Case", Subject="one", ContactId=jesse)
        two = org.create("Case", Subject="two")
        org.create("Case", Subject="three", ContactId=jesse)
        for parent, subject, who in [(one, "call", jesse), (one, "Again", None), (two, "call", None)]:
            org.create("Task", WhatId=parent, Subject=subject, WhoId=who)
        org.create("Task", Subject="loose")
        lost = org.create("Task", WhatId=one, Subject="lost")
        api = Api(org)
        with api.http:
            assert api("DELETE", f"/sobjects/Task/{lost}").status_code == 204
        yield org


@pytest.fixture(scope="module")
def api(org: Embedded) -> Iterator[Api]:
    api = Api(org)
    with api.http:
        yield api


def subjects(found: dict[str, Any] | None) -> list[str] | None:
    return None if found is None else [each["Subject"] for each in found["records"]]


def test_children_are_answers_within_their_parent(api: Api, org: Embedded) -> None:
    found = api.query(
        "SELECT (SELECT Id, Subject FROM Tasks ORDER BY Subject), Subject FROM Case ORDER BY Id"
    ).json()
    first = found["records"][0]
    assert list(first) == ["attributes", "Tasks", "Subject"]
    assert list(first["Tasks"]) == ["totalSize", "done", "records"]
    assert (first["Tasks"]["totalSize"], first["Tasks"]["done"]) == (2, True)
    again = first["Tasks"]["records"][0]
    assert again["attributes"] == {"type": "Task", "url": f"/services/data/v66.0/sobjects/Task/{again['Id']}"}
    assert [subjects(each["Tasks"]) for each in found["records"]] == [["Again", "call"], ["call"], None]


@pytest.mark.parametrize(
    ("inner", "expected"),
    [
        ("SELECT Subject FROM Tasks WHERE Subject = 'CALL'", [["call"], ["call"], None]),
        ("SELECT Subject FROM Case.Tasks WHERE Who.Name LIKE 'jesse%'", [["call"], None, None]),
        ("SELECT Subject FROM Tasks ORDER BY Subject DESC LIMIT 1", [["call"], ["call"], None]),
        ("SELECT Task.Subject FROM tasks WHERE WhoId IN (SELECT Id FROM Contact)", [["call"], None, None]),
        ("SELECT Subject FROM Tasks LIMIT 0", [None, None, None]),
        ("SELECT FIELDS(STANDARD) FROM Tasks LIMIT 1", [["call"], ["call"], None]),
    ],
)
def test_the_clauses_of_a_query_of_children(api: Api, inner: str, expected: list[list[str] | None]) -> None:
    found = api.query(f"SELECT Id, ({inner}) FROM Case WHERE Subject != 'x' ORDER BY Id").json()
    assert [subjects(each["Tasks"]) for each in found["records"]] == expected


def test_children_of_several_relationships_and_their_parents(api: Api, org: Embedded) -> None:
    household = org.create("Account", Name="Gray")
    jesse = org.records("Contact")[0]["Id"]
    org.update("Contact", jesse, AccountId=household)
    (found,) = api.query(
        "SELECT Account.Name, (SELECT Contact.FirstName, Account.Name FROM Account.Contacts), "
        "(SELECT Id FROM ChildAccounts) FROM Account LIMIT 5"
    ).json()["records"]
    (contact,) = found["Contacts"]["records"]
    assert (contact["FirstName"], contact["Account"]["Name"]) == ("Jesse", "Gray")
    assert found["ChildAccounts"] is None


def test_deleted_children_are_in_query_all_only(api: Api) -> None:
    soql = "SELECT (SELECT Subject FROM Tasks WHERE IsDeleted = true) FROM Case ORDER BY Id LIMIT 1"
    (hidden,) = api.query(soql).json()["records"]
    (shown,) = api("GET", "/queryAll", params={"q": soql}).json()["records"]
    assert hidden["Tasks"] is None
    assert subjects(shown["Tasks"]) == ["lost"]


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        (JOINED, ["one", "two"]),
        ("Id NOT IN (SELECT WhatId FROM Task)", ["three"]),
        ("Id IN (SELECT WhatId FROM Task WHERE Who.LastName = 'Gray' OR Subject = 'again')", ["one"]),
        (f"{JOINED} AND ContactId IN (SELECT Id FROM Contact) AND Subject != 'x'", ["one"]),
        ("ContactId NOT IN (SELECT Id FROM Contact WHERE LastName = 'Gray')", ["two"]),
        ("Id IN (SELECT WhatId FROM Task WHERE Subject = 'lost')", []),
        ("Contact.OwnerId IN (SELECT Id FROM User)", ["one", "three"]),
    ],
)
def test_semi_joins(api: Api, where: str, expected: list[str]) -> None:
    found = api.found(f"SELECT Subject FROM Case WHERE {where} ORDER BY Id")
    assert [each["Subject"] for each in found] == expected


@pytest.mark.parametrize(
    ("where", "message"),
    [
        (f"Subject = 'x' OR {JOINED}", "Semi join sub-selects are not allowed with the 'OR' operator"),
        (f"NOT {JOINED}", "only allowed at the top level WHERE expressions and not in nested"),
        (f"Subject = 'x' AND (Subject = 'y' OR {JOINED})", "only allowed at the top level WHERE expressions"),
        (f"{JOINED} AND {JOINED} AND {JOINED}", "Maximum 2 semi join sub-selects"),
        (
            "Id IN (SELECT WhatId FROM Task WHERE WhoId IN (SELECT Id FROM Contact))",
            "Nesting of semi join sub-selects is not supported",
        ),
        (
            "ParentId IN (SELECT Id FROM Case)",
            "inner and outer selects should not be on the same object type",
        ),
        ("Subject IN (SELECT Subject FROM Task)", "compare an ID or reference field"),
        ("Id IN (SELECT Subject FROM Task)", "compare an ID or reference field"),
        ("Id IN (SELECT What.Id FROM Task)", "compare an ID or reference field"),
        ("Id IN (SELECT WhatId FROM Task LIMIT 1)", "unexpected token: 'LIMIT'"),
        ("Id IN (SELECT COUNT(Id) FROM Task)", "unexpected token: '('"),
        ("Id = (SELECT WhatId FROM Task)", "unexpected token: '('"),
    ],
)
def test_semi_joins_have_their_place(api: Api, where: str, message: str) -> None:
    status, code, said = refusal(api.query(f"SELECT Id FROM Case WHERE {where}"))
    assert (status, code) == (400, "MALFORMED_QUERY")
    assert message in said.split("\n")[-1]


@pytest.mark.parametrize(
    ("soql", "code", "message"),
    [
        (
            "SELECT LastName, (SELECT Subject FROM Foos) FROM Contact",
            "INVALID_TYPE",
            "\nLastName, (SELECT Subject FROM Foos) FROM Contact\n                               ^\n"
            "ERROR at Row:1:Column:39\nDidn't understand relationship 'Foos' in FROM part of query call. If you "
            "are attempting to use a custom relationship, be sure to append the '__r' after the custom "
            "relationship name. Please reference your WSDL or the describe call for the appropriate names.",
        ),
        ("SELECT Id, Name, id FROM Account", "INVALID_FIELD", "duplicate field selected: Id"),
        ("SELECT Id, FIELDS(STANDARD) FROM Case", "INVALID_FIELD", "duplicate field selected: Id"),
        (
            "SELECT (SELECT Id FROM Tasks), (SELECT Id FROM tasks) FROM Case",
            "INVALID_FIELD",
            "duplicate field selected: Tasks",
        ),
    ],
)
def test_refused_in_salesforces_words(api: Api, soql: str, code: str, message: str) -> None:
    assert refusal(api.query(soql)) == (400, code, message)


@pytest.mark.parametrize(
    "inner",
    [
        "SELECT COUNT(Id) FROM Tasks",
        "SELECT COUNT() FROM Tasks",
        "SELECT Id FROM Tasks OFFSET 1",
        "SELECT Id FROM Tasks GROUP BY Id",
        "SELECT Id, (SELECT Id FROM Tasks) FROM Tasks",
        "SELECT FIELDS(ALL) FROM Tasks",
    ],
)
def test_what_a_query_of_children_has_not(api: Api, inner: str) -> None:
    status, code, _ = refusal(api.query(f"SELECT Id, ({inner}) FROM Case"))
    assert (status, code) == (400, "MALFORMED_QUERY")


@pytest.mark.parametrize(
    ("kind", "has", "has_not"),
    [
        ("ALL", {"Id", "Subject", "Taps__c"}, set()),
        ("STANDARD", {"Id", "Subject"}, {"Taps__c"}),
        ("CUSTOM", {"Taps__c", "Note__c"}, {"Id", "Subject"}),
    ],
)
def test_groups_of_fields(api: Api, kind: str, has: set[str], has_not: set[str]) -> None:
    (found,) = api.found(f"SELECT fields({kind.lower()}) FROM Case LIMIT 1")
    assert has <= set(found) and not has_not & set(found)


@pytest.mark.parametrize("tail", ["", " LIMIT 201"])
def test_groups_without_bound_need_a_limit(api: Api, tail: str) -> None:
    message = "The SOQL FIELDS function must have a LIMIT of at most 200"
    for kind in ("ALL", "CUSTOM"):
        assert refusal(api.query(f"SELECT FIELDS({kind}) FROM Case{tail}")) == (
            400,
            "MALFORMED_QUERY",
            message,
        )
    assert api.query(f"SELECT FIELDS(STANDARD) FROM Case{tail}").status_code == 200
