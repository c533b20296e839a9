"""For any condition: the records that the org finds are those that plain Python finds."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sf_handoff.embedded import Embedded
from tests.embedded.world import Api, an_org

NOON = datetime(2026, 11, 20, 17, 0, tzinfo=UTC)
Record = dict[str, Any]
Clause = tuple[str, Callable[[Record], bool]]

TEXTS = ["alpha", "Alpha", "beta", "100%", "a_b", "it's", "b\\c", "a"]
NUMBERS = [0, 1, 2, 3]
DATES = ["2026-10-01", "2026-11-15", "2026-11-19", "2026-11-20", "2026-12-31"]
RANGES = {
    "TODAY": ("2026-11-20", "2026-11-20"),
    "YESTERDAY": ("2026-11-19", "2026-11-19"),
    "THIS_WEEK": ("2026-11-15", "2026-11-21"),
    "LAST_MONTH": ("2026-10-01", "2026-10-31"),
    "NEXT_N_DAYS:41": ("2026-11-21", "2026-12-31"),
}
SIGNS: dict[str, Callable[[Any, Any], bool]] = {
    "=": lambda a, b: a == b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    with an_org(tmp_path_factory.mktemp("org"), assignment_rule=False, clock=lambda: NOON) as org:
        _fill(org)
        api = Api(org)
        with api.http:
            yield api


@pytest.fixture(scope="module")
def every(api: Api) -> list[Record]:
    return api.found("SELECT Id, Subject, Taps__c, Filed__c, TTY__c FROM Case ORDER BY Id")


def _fill(org: Embedded) -> None:
    chance = random.Random(7)
    for _ in range(60):
        org.create(
            "Case",
            Subject=chance.choice([*TEXTS, None]),
            Taps__c=chance.choice([*NUMBERS, None]),
            Filed__c=chance.choice([*DATES, None]),
            TTY__c=chance.choice([True, False]),
        )


def quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def folded(value: Any) -> Any:
    return value.lower() if isinstance(value, str) else value


def compared(name: str, sign: str, literal: str, value: Any) -> Clause:
    """`value` is None for null and for the empty string, which are one in SOQL."""

    def holds(record: Record) -> bool:
        own = folded(record[name])
        if sign == "!=":
            return bool(own != folded(value))
        if value is None:
            return own is None
        return own is not None and SIGNS[sign](own, folded(value))

    return f"{name} {sign} {literal}", holds


def listed(name: str, negated: bool, literals: list[tuple[str, Any]]) -> Clause:
    def holds(record: Record) -> bool:
        return (folded(record[name]) in [folded(value) for _, value in literals]) != negated

    return f"{name} {'NOT ' * negated}IN ({', '.join(literal for literal, _ in literals)})", holds


def like(pattern: list[tuple[str, str]]) -> Clause:
    expression = re.compile("".join(part for _, part in pattern), re.IGNORECASE | re.DOTALL)
    text = "".join(mark for mark, _ in pattern)
    return f"Subject LIKE '{text}'", lambda each: bool(
        each["Subject"] and expression.fullmatch(each["Subject"])
    )


def ranged(sign: str, name: str) -> Clause:
    first, last = RANGES[name]

    def holds(record: Record) -> bool:
        own = record["Filed__c"]
        inside = own is not None and first <= own <= last
        if sign in {"=", "!="}:
            return inside == (sign == "=")
        return own is not None and SIGNS[sign](own, last if sign in {">", "<="} else first)

    return f"Filed__c {sign} {name}", holds


def joined(word: str, parts: list[Clause]) -> Clause:
    decide = all if word == "AND" else any
    return f"({f' {word} '.join(text for text, _ in parts)})", lambda each: decide(
        holds(each) for _, holds in parts
    )


def negated(part: Clause) -> Clause:
    return f"NOT ({part[0]})", lambda each: not part[1](each)


signs = st.sampled_from([*SIGNS, "!="])
equal = st.sampled_from(["=", "!="])
texts = st.sampled_from(TEXTS).map(lambda each: (quoted(each), each))
numbers = st.sampled_from(NUMBERS).map(lambda each: (str(each), float(each)))
dates = st.sampled_from(DATES).map(lambda each: (each, each))
nothing = st.just(("null", None))
wildcards = st.sampled_from(
    [("%", ".*"), ("_", "."), ("\\\\%", "%"), ("\\\\_", "_"), ("a", "a"), ("B", "b"), ("0", "0")]
)
wildcards = wildcards.map(lambda each: (each[0].replace("\\\\", "\\"), each[1]))
leaves: st.SearchStrategy[Clause] = st.one_of(
    st.builds(lambda sign, each: compared("Subject", sign, *each), signs, texts),
    st.builds(lambda sign, each: compared("Taps__c", sign, *each), signs, numbers),
    st.builds(lambda sign, each: compared("Filed__c", sign, *each), signs, dates),
    st.builds(lambda name, sign: compared(name, sign, "null", None),
              st.sampled_from(["Subject", "Taps__c", "Filed__c"]), equal),
    st.builds(lambda sign: compared("Subject", sign, "''", None), equal),
    st.builds(lambda sign, each: compared("TTY__c", sign, str(each), each), equal, st.booleans()),
    st.builds(lambda no, each: listed("Subject", no, each), st.booleans(), st.lists(texts | nothing, min_size=1, max_size=4)),
    st.builds(lambda no, each: listed("Taps__c", no, each), st.booleans(), st.lists(numbers | nothing, min_size=1, max_size=4)),
    st.builds(like, st.lists(wildcards, min_size=1, max_size=4)),
    st.builds(ranged, signs, st.sampled_from(list(RANGES))),
)  # fmt: skip
clauses = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.builds(joined, st.sampled_from(["AND", "OR"]), st.lists(inner, min_size=2, max_size=3)),
        st.builds(negated, inner),
    ),
    max_leaves=6,
)


@settings(
    max_examples=250,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(clause=clauses)
def test_the_org_finds_what_python_finds(api: Api, every: list[Record], clause: Clause) -> None:
    where, holds = clause
    found = api.found(f"SELECT Id FROM Case WHERE {where} ORDER BY Id")
    assert [each["Id"] for each in found] == [each["Id"] for each in every if holds(each)]
