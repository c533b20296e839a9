"""How a backlog is cut into calls."""

from __future__ import annotations

import pytest

from sf_handoff.calls.plan import Plan, plan


@pytest.mark.parametrize(
    ("backlog", "in_flight", "expected"),
    [
        (0, 1, Plan(2)),
        (2, 1, Plan(2)),
        (3, 1, Plan(1000)),
        (2, 4, Plan(2)),
        (999, 1, Plan(1000)),
        (1001, 1, Plan(1000)),
        (1999, 1, Plan(1000)),
        (2000, 1, Plan(10_000, bulk=True)),
        (50_000, 1, Plan(10_000, bulk=True)),
        (100, 4, Plan(1000)),
        (50_000, 8, Plan(1000)),
    ],
)
def test_the_plan_for_a_backlog(backlog: int, in_flight: int, expected: Plan) -> None:
    assert plan(backlog, in_flight) == expected
