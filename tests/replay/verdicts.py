"""The table of the replay: every exchange, what became of it, and why."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from tests.replay.readers import Exchange, exchanges
from tests.replay.scope import MAY_DIFFER, left_out
from tests.replay.stage import Stage


@dataclass(frozen=True)
class Verdict:
    source: str
    name: str
    verdict: str
    reason: str = ""


def verdict(stage: Stage, exchange: Exchange) -> Verdict:
    if reason := left_out(exchange):
        return Verdict(exchange.source, exchange.name, "left out", reason)
    if found := stage.differences(exchange):
        return Verdict(exchange.source, exchange.name, "differs", MAY_DIFFER.get(exchange.id, found[0]))
    return Verdict(exchange.source, exchange.name, "agrees")


def verdicts(stage: Stage) -> list[Verdict]:
    return [verdict(stage, each) for each in exchanges()]


def table(rows: list[Verdict]) -> str:
    width = max(len(each.name) for each in rows)
    lines = [f"{each.source:21} {each.name:{width}} {each.verdict:8} {each.reason}".rstrip() for each in rows]
    count = Counter(each.verdict for each in rows)
    in_scope = count["agrees"] + count["differs"]
    told = f"{len(rows)} recorded exchanges, {in_scope} in scope, of which {count['agrees']} agree"
    return "\n".join([*lines, "", told])
