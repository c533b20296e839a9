"""Composite Graph: up to 75 graphs in one call, each of which is written as a whole or not at all.

A node may refer to the nodes before it. Our reading, without a recording: the codes for a request beyond the
limits and the message of a graph that is no longer tried.
https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_composite_graph.htm
https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_composite_graph_limits.htm
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sf_handoff.embedded.composite import Part, Run, halt, repeated, shown, subrequests
from sf_handoff.embedded.http import Answer, Call, Handler
from sf_handoff.embedded.org import Org
from sf_handoff.embedded.references import named
from sf_handoff.embedded.refusals import not_json
from sf_handoff.embedded.router import Router

MOST_GRAPHS, MOST_NODES, MOST_KINDS, DEEPEST, MOST_FAILURES = 75, 500, 15, 15, 14
# Recorded with dashes, which a Composite refuses.
REFERENCE_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")
KIND = re.compile(r"(/services/data/[^/]+/sobjects/[^/?]+)")
HALTED = "The graph was not processed since too many graphs before it failed."


@dataclass(frozen=True)
class _Graph:
    graph_id: str
    nodes: list[Part]

    @property
    def depth(self) -> int:
        """Of the longest chain of nodes that refer to each other."""
        depths: dict[str, int] = {}
        for node in self.nodes:
            before = (depths.get(name, 0) for name in named([node.url, node.body]))
            depths[node.reference_id] = 1 + max(before, default=0)
        return max(depths.values())


def handler(router: Router) -> Handler:
    """The resource `/composite/graph`, whose nodes are those of `router`."""

    def graph(org: Org, call: Call) -> Answer:
        graphs = _graphs(call.json())
        return Answer(200, {"graphs": list(_answers(Run(org, call, router), graphs))})

    return graph


def _answers(run: Run, graphs: list[_Graph]) -> Iterator[dict[str, Any]]:
    failures = 0
    for graph in graphs:
        halted = failures > MOST_FAILURES
        answers = [halt(HALTED)] * len(graph.nodes) if halted else run.all_or_none(graph.nodes)
        successful = not any(each.failed for each in answers)
        failures += not successful
        yield {
            "graphId": graph.graph_id,
            "graphResponse": shown(graph.nodes, answers),
            "isSuccessful": successful,
        }


def _graphs(request: dict[str, Any]) -> list[_Graph]:
    given = request.get("graphs")
    if not isinstance(given, list) or not given:
        raise not_json("graphs must be a list of graphs at [line:1, column:2]")
    if len(given) > MOST_GRAPHS:
        raise not_json(f"A request takes at most {MOST_GRAPHS} graphs")
    graphs = [_graph(each) for each in given]
    if twice := repeated(graph.graph_id for graph in graphs):
        raise not_json(f"Provided graphId ('{min(twice)}') is used by more than one graph")
    _check_limits(graphs)
    return graphs


def _graph(given: Any) -> _Graph:
    if not isinstance(given, dict) or not isinstance(given.get("graphId"), str) or not given["graphId"]:
        raise not_json("A graph needs a graphId")
    return _Graph(given["graphId"], subrequests(given, REFERENCE_ID))


def _check_limits(graphs: list[_Graph]) -> None:
    nodes = [node for graph in graphs for node in graph.nodes]
    if len(nodes) > MOST_NODES:
        raise not_json(f"A request takes at most {MOST_NODES} nodes")
    kinds = {match[1].lower() for node in nodes if (match := KIND.match(node.url))}
    if len(kinds) > MOST_KINDS:
        raise not_json(f"A request takes at most {MOST_KINDS} kinds of nodes")
    if any(graph.depth > DEEPEST for graph in graphs):
        raise not_json(f"A graph is at most {DEEPEST} nodes deep")
