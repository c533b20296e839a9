"""Composite Graph: each graph is written as a whole or not at all, and its answer has the recorded shape."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import requests

from sf_handoff.embedded import Embedded
from tests.embedded.test_composite import ROLLED_BACK, codes, part
from tests.embedded.world import JESSE, Api, refusal

GRAPH = "/composite/graph"
HALTED = [{"message": "The graph was not processed since too many graphs before it failed.",
           "errorCode": "PROCESSING_HALTED"}]  # fmt: skip


def graph(graph_id: str, *nodes: dict[str, Any]) -> dict[str, Any]:
    return {"graphId": graph_id, "compositeRequest": list(nodes)}


def case(reference_id: str, **fields: Any) -> dict[str, Any]:
    return part("POST", "/sobjects/Case", reference_id, fields)


def send(api: Api, *graphs: Any) -> requests.Response:
    return api("POST", GRAPH, {"graphs": list(graphs)})


def answers(answer: requests.Response) -> list[dict[str, Any]]:
    assert answer.status_code == 200, answer.text
    assert list(answer.json()) == ["graphs"]
    found: list[dict[str, Any]] = answer.json()["graphs"]
    assert all(list(each) == ["graphId", "graphResponse", "isSuccessful"] for each in found)
    return found


def nodes(answered: dict[str, Any]) -> list[dict[str, Any]]:
    assert list(answered["graphResponse"]) == ["compositeResponse"]
    found: list[dict[str, Any]] = answered["graphResponse"]["compositeResponse"]
    return found


def test_graphs_stand_and_fall_alone(api: Api, org: Embedded) -> None:
    calls = org.api_calls
    found = answers(
        send(
            api,
            graph("good", case("c", Subject="g1"),
                  part("POST", "/sobjects/Task", "t", {"WhatId": "@{c.id}", "Subject": "g1"})),
            graph("bad", case("c", Subject="g2"), case("d", Subject="x" * 256), case("e", Subject="g2")),
            graph("after", case("c", Subject="g3")),
        )
    )  # fmt: skip
    assert [(each["graphId"], each["isSuccessful"]) for each in found] == [
        ("good", True), ("bad", False), ("after", True)
    ]  # fmt: skip
    assert codes(nodes(found[0])) == [201, 201]
    assert codes(nodes(found[1])) == ["PROCESSING_HALTED", "STRING_TOO_LONG", "PROCESSING_HALTED"]
    assert [each["httpStatusCode"] for each in nodes(found[1])] == [400, 400, 400]
    assert nodes(found[1])[0]["body"] == nodes(found[1])[2]["body"] == [ROLLED_BACK]
    subjects = [each["Subject"] for each in org.records("Case")]
    assert [subjects.count(each) for each in ("g1", "g2", "g3")] == [1, 0, 1]
    assert org.records("Task")[-1]["WhatId"] == nodes(found[0])[0]["body"]["id"]
    assert org.api_calls == calls + 1


def test_every_kind_of_node(api: Api, org: Embedded) -> None:
    person = {"ICN__c": JESSE["ICN__c"]}
    (found,) = answers(
        send(
            api,
            graph(
                "kinds",
                part("PATCH", "/sobjects/Case/Handoff_Id__c/kinds", "up-sert", {"Contact": person},
                     **{"Sforce-Auto-Assign": "FALSE"}),
                part("GET", "/sobjects/Case/@{up-sert.id}?fields=CaseNumber", "read"),
                part("PATCH", "/sobjects/Case/@{up-sert.id}", "update", {"Subject": "@{read.CaseNumber}"}),
                part("GET", "/sobjects/Case/Handoff_Id__c/kinds", "key"),
                part("DELETE", "/sobjects/Case/Handoff_Id__c/kinds", "delete"),
            ),
        )
    )  # fmt: skip
    assert [each["httpStatusCode"] for each in nodes(found)] == [201, 200, 204, 200, 204]
    assert nodes(found)[3]["body"]["Subject"] == nodes(found)[1]["body"]["CaseNumber"]
    assert found["isSuccessful"] is True


@pytest.mark.parametrize(
    ("method", "path", "code"),
    [
        ("GET", "/query?q=SELECT+Id+FROM+Case", "NOT_FOUND"),
        ("GET", "/sobjects/Case", "METHOD_NOT_ALLOWED"),
        ("POST", "/composite/sobjects", "NOT_FOUND"),
        ("GET", "/limits", "NOT_FOUND"),
    ],
)
def test_what_is_no_node(api: Api, org: Embedded, method: str, path: str, code: str) -> None:
    before = len(org.records("Case"))
    (found,) = answers(send(api, graph("g", case("a"), part(method, path, "b", {}))))
    assert codes(nodes(found)) == ["PROCESSING_HALTED", code]
    assert (found["isSuccessful"], len(org.records("Case"))) == (False, before)


def test_no_graph_sees_another_or_what_comes_later(api: Api) -> None:
    found = answers(
        send(
            api,
            graph("one", case("a")),
            graph("two", case("b", ParentId="@{a.id}")),
            graph("three", case("c", ParentId="@{d.id}"), case("d")),
        )
    )
    assert [each["isSuccessful"] for each in found] == [True, False, False]
    message = "Invalid reference specified. No value for a.id found in a."
    assert nodes(found[1])[0]["body"] == [{"message": message, "errorCode": "PROCESSING_HALTED"}]


def test_several_matches_fail_the_graph(api: Api, org: Embedded) -> None:
    for _ in range(2):
        org.create("Contact", LastName="Reyes", ICN__c="66")
    (found,) = answers(send(api, graph("g", part("PATCH", "/sobjects/Contact/ICN__c/66", "twice", {}))))
    assert (found["isSuccessful"], nodes(found)[0]["httpStatusCode"]) == (False, 300)


def test_after_fifteen_failures_the_rest_is_not_tried(api: Api, org: Embedded) -> None:
    """Fourteen may fail. What was written before stays."""
    before = len(org.records("Case"))
    bad, good = case("a", Bacon__c=1), case("a")
    found = answers(
        send(
            api,
            *(graph(f"b{at}", bad) for at in range(14)),
            graph("g", good),
            graph("b", bad),
            graph("h", good),
        )
    )
    assert [each["isSuccessful"] for each in found] == [False] * 14 + [True, False, False]
    assert codes(nodes(found[15])) == ["INVALID_FIELD"]
    assert nodes(found[16])[0]["body"] == HALTED
    assert len(org.records("Case")) == before + 1


def test_the_limits_can_be_reached(api: Api) -> None:
    read = part("GET", "/sobjects/Organization/00DEO0000000001?fields=Name", "0")
    assert len(answers(send(api, *(graph(f"g{at}", read) for at in range(75))))) == 75
    many = [{**read, "referenceId": str(at)} for at in range(500)]
    assert len(nodes(answers(send(api, graph("g", *many)))[0])) == 500
    kinds = [{**read, "referenceId": str(at), "url": f"/services/data/v{50 + at}.0/sobjects/Case/x"}
             for at in range(15)]  # fmt: skip
    assert len(nodes(answers(send(api, graph("g", *kinds)))[0])) == 15
    (found,) = answers(send(api, graph("g", *chain(15))))
    assert found["isSuccessful"] is True


def chain(depth: int) -> list[dict[str, Any]]:
    return [case("n0"), *(case(f"n{at}", ParentId=f"@{{n{at - 1}.id}}") for at in range(1, depth))]


ONE = graph("one", case("a"))


@pytest.mark.parametrize(
    ("graphs", "said"),
    [
        ([], "graphs must be a list of graphs at [line:1, column:2]"),
        ("text", "graphs must be a list of graphs at [line:1, column:2]"),
        (["text"], "A graph needs a graphId"),
        ([{**ONE, "graphId": ""}], "A graph needs a graphId"),
        ([ONE, ONE], "Provided graphId ('one') is used by more than one graph"),
        ([graph("g")], "compositeRequest must be a list of subrequests at [line:1, column:2]"),
        ([graph("g", case("a"), case("a"))], "Provided referenceId ('a') is used by more than one subrequest"),
        ([graph(f"g{at}", case("a")) for at in range(76)], "A request takes at most 75 graphs"),
        ([graph(f"g{at}", *(case(f"n{no}") for no in range(251))) for at in range(2)],
         "A request takes at most 500 nodes"),
        ([graph("g", *(part("POST", f"/sobjects/T{at}__c", f"n{at}") for at in range(16)))],
         "A request takes at most 15 kinds of nodes"),
        ([graph("g", *(
            {**case(f"n{at}"), "url": f"/services/data/v{50 + at}.0/sobjects/Case"} for at in range(16)))],
         "A request takes at most 15 kinds of nodes"),
        ([graph("g", *chain(16))], "A graph is at most 15 nodes deep"),
    ],
)  # fmt: skip
def test_a_malformed_request_is_refused_as_a_whole(api: Api, org: Embedded, graphs: Any, said: str) -> None:
    before = len(org.records("Case"))
    assert refusal(api("POST", GRAPH, {"graphs": graphs})) == (400, "JSON_PARSER_ERROR", said)
    assert len(org.records("Case")) == before


def test_reference_ids_have_their_letters(api: Api) -> None:
    status, code, message = refusal(send(api, graph("g", case("has.dot"))))
    assert (status, code) == (400, "JSON_PARSER_ERROR")
    assert message.startswith("Provided referenceId ('has.dot') must start with a letter or a number")


def test_graphs_came_with_version_50(api: Api) -> None:
    assert api("POST", GRAPH, {"graphs": [ONE]}, version="49.0").status_code == 404
    assert api("POST", GRAPH, {"graphs": [ONE]}, version="50.0").status_code == 200


SHAPES = {
    "create": [case("insert-anh")],
    "create-tree": [case("referenceId0"), *(case(f"referenceId{at}", ParentId="@{referenceId0.id}") for at in (1, 2, 3))],
    "single-create-error": [case("insert-anh", State__c="Amazing")],
    "single-update": [part("PATCH", "/sobjects/Case/{id}", "referenceId0", {"Subject": "x"})],
    "single-delete": [part("DELETE", "/sobjects/Case/{id}", "referenceId0")],
}  # fmt: skip


@pytest.mark.parametrize("name", SHAPES)
def test_answers_have_the_recorded_shape(api: Api, org: Embedded, recorded: Path, name: str) -> None:
    text = (recorded / f"sf-fx-runtime-nodejs/composite-graph-{name}.json").read_text("utf-8")
    real = json.loads(json.loads(text)["response"]["body"])
    made = org.create("Case")
    given = [{**each, "url": each["url"].replace("{id}", made)} for each in SHAPES[name]]
    assert shape(send(api, graph("graph0", *given)).json()) == shape(real)


def shape(given: Any, key: str = "") -> Any:
    """All of an answer but what names our own records, fields and versions."""
    if isinstance(given, dict):
        return [(name, shape(value, name)) for name, value in given.items()]
    if isinstance(given, list):
        return [shape(each, key) for each in given]
    return "…" if key in {"id", "Location", "message", "fields"} else given
