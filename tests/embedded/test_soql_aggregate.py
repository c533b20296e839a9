from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from sf_handoff.embedded import Embedded
from tests.embedded.world import Api, an_org, refusal


@pytest.fixture(scope="module")
def org(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Embedded]:
    with an_org(tmp_path_factory.mktemp("org"), assignment_rule=False) as org:
        jesse = org.records("Contact")[0]["Id"]
        rows = [("alpha", "High", 1), ("ALPHA", "High", 4), ("beta", "Low", None), (None, "Low", 3)]
        for subject, priority, taps in rows:
            org.create("Case", Subject=subject, Priority=priority, Taps__c=taps, ContactId=jesse,
                       Filed__c=f"2026-11-0{taps}" if taps else None)  # fmt: skip
        org.create("Case", Priority=None)
        yield org


@pytest.fixture(scope="module")
def api(org: Embedded) -> Iterator[Api]:
    api = Api(org)
    with api.http:
        yield api


def results(api: Api, soql: str) -> list[dict[str, Any]]:
    answer = api.query(soql).json()
    assert answer["done"] and answer["totalSize"] == len(answer["records"])
    assert all(each.pop("attributes") == {"type": "AggregateResult"} for each in answer["records"])
    found: list[dict[str, Any]] = answer["records"]
    return found


def test_over_everything(api: Api) -> None:
    (found,) = results(
        api,
        "select count(Id), COUNT(Subject) named, COUNT_DISTINCT(Subject), SUM(Taps__c), AVG(Taps__c), "
        "MIN(Taps__c), MAX(Subject), MAX(Filed__c) FROM Case",
    )
    assert list(found.items()) == [
        ("expr0", 5),
        ("named", 3),
        ("expr1", 2),
        ("expr2", 8.0),
        ("expr3", 8 / 3),
        ("expr4", 1.0),
        ("expr5", "beta"),
        ("expr6", "2026-11-04"),
    ]


def test_over_nothing(api: Api) -> None:
    assert results(api, "SELECT COUNT(Id), SUM(Taps__c) FROM Case WHERE Subject = 'gamma'") == [
        {"expr0": 0, "expr1": None}
    ]


@pytest.mark.parametrize(
    ("soql", "expected"),
    [
        (
            "SELECT Priority, COUNT(Id) FROM Case GROUP BY Priority ORDER BY Priority",
            [(None, 1), ("High", 2), ("Low", 2)],
        ),
        ("SELECT Priority FROM Case GROUP BY Priority ORDER BY Priority DESC LIMIT 1 OFFSET 1", [("Low",)]),
        (
            "SELECT Priority p, MAX(Taps__c) most FROM Case GROUP BY Priority HAVING MAX(Taps__c) > 3",
            [("High", 4.0)],
        ),
        (
            "SELECT Priority FROM Case GROUP BY Priority HAVING COUNT(Subject) = 1 OR Priority = 'high' "
            "ORDER BY COUNT(Subject), Priority",
            [("Low",), ("High",)],
        ),
        (
            "SELECT Priority, COUNT(Id) FROM Case WHERE Taps__c > 0 GROUP BY Priority "
            "HAVING NOT COUNT(Id) IN (1, 7) AND MIN(Subject) = 'Alpha'",
            [("High", 2)],
        ),
        (
            "SELECT Contact.LastName, COUNT(Id) FROM Case GROUP BY Contact.LastName ORDER BY COUNT(Id)",
            [(None, 1), ("Gray", 4)],
        ),
        (
            "SELECT Priority, Contact.LastName n FROM Case GROUP BY Priority, Contact.LastName "
            "ORDER BY Contact.LastName NULLS LAST, Priority DESC",
            [("Low", "Gray"), ("High", "Gray"), (None, None)],
        ),
    ],
)
def test_groups(api: Api, soql: str, expected: list[tuple[Any, ...]]) -> None:
    assert [tuple(each.values()) for each in results(api, soql)] == expected


def test_names_of_columns(api: Api) -> None:
    (found, *_) = results(
        api,
        "SELECT Contact.lastname, MAX(Id), Priority p, MIN(Id) FROM Case GROUP BY Priority, Contact.LastName",
    )
    assert list(found) == ["LastName", "expr0", "p", "expr1"]


@pytest.mark.parametrize(
    ("soql", "code", "message"),
    [
        (
            "SELECT Subject, COUNT(Id) FROM Case",
            "MALFORMED_QUERY",
            "Field must be grouped or aggregated: Subject",
        ),
        (
            "SELECT Subject FROM Case GROUP BY Priority",
            "MALFORMED_QUERY",
            "Field must be grouped or aggregated: Subject",
        ),
        (
            "SELECT Priority FROM Case GROUP BY Priority ORDER BY Subject",
            "MALFORMED_QUERY",
            "Ordered field must be grouped or aggregated: Subject",
        ),
        (
            "SELECT Priority FROM Case GROUP BY Priority HAVING Subject = 'x'",
            "MALFORMED_QUERY",
            "Field must be grouped or aggregated: Subject",
        ),
        (
            "SELECT Id FROM Case ORDER BY COUNT(Id)",
            "MALFORMED_QUERY",
            "Ordered field must be grouped or aggregated: Id",
        ),
        (
            "SELECT COUNT(Id) FROM Case GROUP BY Id",
            "MALFORMED_QUERY",
            "\nSELECT COUNT(Id) FROM Case GROUP BY Id\n             ^\nERROR at Row:1:Column:14\n"
            "Grouped field should not be aggregated: Id",
        ),
        (
            "SELECT CreatedDate FROM Case GROUP BY CreatedDate",
            "INVALID_FIELD",
            "\nCreatedDate FROM Case GROUP BY CreatedDate\n                               ^\n"
            "ERROR at Row:1:Column:39\nfield 'CreatedDate' can not be grouped in a query call",
        ),
        (
            "SELECT SUM(Subject) FROM Case",
            "MALFORMED_QUERY",
            "\nSELECT SUM(Subject) FROM Case\n           ^\nERROR at Row:1:Column:12\n"
            "field Subject does not support aggregate operator SUM",
        ),
        (
            "SELECT COUNT(Id) FROM Case LIMIT 1",
            "MALFORMED_QUERY",
            "Non-grouped query that uses overall aggregate functions cannot also use LIMIT",
        ),
        ("SELECT Subject s FROM Case", "MALFORMED_QUERY", "only aggregate expressions use field aliasing"),
        ("SELECT COUNT(Id) n, MAX(Id) N FROM Case", "MALFORMED_QUERY", "duplicate alias: N"),
    ],
)
def test_refused_in_salesforces_words(api: Api, soql: str, code: str, message: str) -> None:
    assert refusal(api.query(soql)) == (400, code, message)


@pytest.mark.parametrize(
    ("soql", "message"),
    [
        ("SELECT COUNT(TTY__c) FROM Case", "does not support aggregate operator COUNT"),
        ("SELECT AVG(Filed__c) FROM Case", "does not support aggregate operator AVG"),
        ("SELECT COUNT(Id) FROM Case HAVING COUNT(Id) > 1", "unexpected token: 'HAVING'"),
        ("SELECT COUNT() FROM Case GROUP BY Status", "unexpected token: 'GROUP'"),
        ("SELECT COUNT(), Id FROM Case", "unexpected token: ','"),
        ("SELECT Status, COUNT(Id) FROM Case GROUP BY ROLLUP(Status)", "unexpected token: '('"),
        (
            "SELECT COUNT(Id) FROM Case GROUP BY Status HAVING COUNT(Id) > 'x'",
            "must be of type int and should",
        ),
        ("SELECT FIELDS(STANDARD), COUNT(Id) FROM Case", "FIELDS() and queries of children cannot be"),
        (
            "SELECT Status FROM Case GROUP BY Status HAVING Id IN (SELECT WhatId FROM Task)",
            "only supported in WHERE",
        ),
    ],
)
def test_refused(api: Api, soql: str, message: str) -> None:
    status, _, said = refusal(api.query(soql))
    assert status == 400 and message in said


def test_more_groups_than_a_page_holds_are_refused(api: Api, org: Embedded) -> None:
    for at in range(201):
        org.create("Account", Name=f"Household {at:03}")
    soql = "SELECT Name, COUNT(Id) FROM Account GROUP BY Name"
    headers = {"Sforce-Query-Options": "batchSize=200"}
    assert refusal(api("GET", "/query", params={"q": soql}, headers=headers)) == (
        400,
        "EXCEEDED_ID_LIMIT",
        "Aggregate query does not support queryMore(), use LIMIT to restrict the results to a single batch",
    )
    found = api("GET", "/query", params={"q": f"{soql} LIMIT 200"}, headers=headers).json()
    assert found["totalSize"] == 200
