"""How a backlog is cut into calls: by fewest calls, or by shortest time.

One handoff costs one Composite; many cost two calls a thousand (their Cases, then their Tasks, in five
collections of 200 each); from about 2,000 records on Salesforce recommends Bulk API 2.0, whose calls hardly
grow with the number. With several calls in flight the backlog is spread over as many lanes, and each lane
goes out whole, as far as a Composite holds it: smaller chunks would cost rounds.
https://developer.salesforce.com/docs/atlas.en-us.api_asynch.meta/api_asynch/asynch_api_intro.htm
"""

from __future__ import annotations

from dataclasses import dataclass

from sf_handoff.calls.batch import PARTS, RECORDS

ONE_BY_ONE = 2  # up to so many go each in a call of its own: a batch costs two
BULK_FROM, BULK_MOST = 2000, 10_000


@dataclass(frozen=True)
class Plan:
    """So many handoffs at a time, in one batch; `bulk`: by Bulk API 2.0."""

    size: int
    bulk: bool = False


def plan(backlog: int, in_flight: int = 1) -> Plan:
    """For so many handoffs, with so many calls in flight at most."""
    if backlog <= ONE_BY_ONE:
        return Plan(ONE_BY_ONE)
    if in_flight == 1 and backlog >= BULK_FROM:
        return Plan(BULK_MOST, bulk=True)
    return Plan(PARTS * RECORDS)
