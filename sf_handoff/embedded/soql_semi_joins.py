"""Where a semi-join may stand: at the top of WHERE, alone or among conditions joined by AND, two at most.

https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql_select_comparisonoperators.htm
"""

from __future__ import annotations

from collections.abc import Iterator

from sf_handoff.embedded.refusals import Refusal
from sf_handoff.embedded.soql_lexer import pointing
from sf_handoff.embedded.soql_tree import Condition, Joined, Not, SemiJoin

MOST = 2


def check(condition: Condition, soql: str) -> None:
    top = condition.parts if isinstance(condition, Joined) else (condition,)
    joins = [each for each in top if isinstance(each, SemiJoin)]
    for each in joins:
        if isinstance(condition, Joined) and condition.word == "OR":
            raise _refusal(soql, each, "Semi join sub-selects are not allowed with the 'OR' operator")
        if each.inner.where and any(_within(each.inner.where)):
            raise _refusal(soql, each, "Nesting of semi join sub-selects is not supported")
    if len(joins) > MOST:
        raise _refusal(soql, joins[MOST], f"Maximum {MOST} semi join sub-selects are allowed")
    for part in top:
        for each in () if isinstance(part, SemiJoin) else _within(part):
            message = (
                "Semi join sub-selects are only allowed at the top level WHERE expressions and not in nested "
                "WHERE expressions."
            )
            raise _refusal(soql, each, message)


def _within(condition: Condition) -> Iterator[SemiJoin]:
    if isinstance(condition, SemiJoin):
        yield condition
    elif isinstance(condition, Not):
        yield from _within(condition.part)
    elif isinstance(condition, Joined):
        for part in condition.parts:
            yield from _within(part)


def _refusal(soql: str, join: SemiJoin, message: str) -> Refusal:
    return pointing(soql, join.column.at, "MALFORMED_QUERY", message)
