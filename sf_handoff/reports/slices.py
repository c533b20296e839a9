"""Narrower runs of a report: shorter windows of time, each asked for by filters that are not saved.

A run shows 2,000 rows at most and then says `allData: false`; exactly 2,000 rows are taken for cut off too.
The bounds are whole minutes in UTC, closed below and open above, so that no row is lost or doubled between
two windows, whatever the precision that an org gives a filter.
https://developer.salesforce.com/docs/atlas.en-us.api_analytics.meta/api_analytics/sforce_analytics_rest_api_filter_reportdata.htm
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from sf_handoff.errors import Misconfigured
from sf_handoff.reports.day import utc_words

MOST_ROWS = 2000
# Fewer than a run can show: cases do not come evenly over the day.
AIM = 1500
FLOOR = timedelta(minutes=1)
MOST_FILTERS = 20
ROW_COUNT = "RowCount"


@dataclass(frozen=True)
class Window:
    """From `start` on, and before `end`."""

    start: datetime
    end: datetime

    def parts(self, rows: int) -> tuple[Window, ...]:
        """Windows that make up this one, short enough for so many rows, at least two; none of a minute."""
        minutes = (self.end - self.start) // FLOOR
        if minutes < 2:
            return ()
        number = min(minutes, max(2, -(-rows // AIM)))
        edges = [self.start + FLOOR * (minutes * at // number) for at in range(number)]
        return tuple(Window(*pair) for pair in pairwise([*edges, self.end]))

    @property
    def words(self) -> str:
        return f"{utc_words(self.start)} to {utc_words(self.end)}"


def narrowed(saved: Mapping[str, Any], column: str, window: Window) -> dict[str, Any]:
    """What differs from the saved `reportMetadata` in a run over `window` of the moments in `column`.

    The saved filters stay in force. The saved date filter does not: its days are the running user's, so it is
    opened wide enough around the window to let all of it through.
    """
    filters = list(saved.get("reportFilters") or ())
    number = len(filters)
    if number + 2 > MOST_FILTERS:
        raise Misconfigured(
            f"The report has {number} filters, and two of the {MOST_FILTERS} that there may be are needed "
            "for the day. Join some of them.",
            code="REPORT_FILTERS",
        )
    logic = saved.get("reportBooleanFilter")
    return {
        "aggregates": _counted(saved.get("aggregates") or ()),
        "hasDetailRows": True,
        "reportFilters": [*filters, *_bounds(column, window)],
        "reportBooleanFilter": f"({logic}) AND {number + 1} AND {number + 2}" if logic else None,
        **({"standardDateFilter": _around(column, window)} if saved.get("standardDateFilter") else {}),
    }


def heeded(asked: Mapping[str, Any], answered: Mapping[str, Any]) -> bool:
    """Whether a run went by the filters that were asked for, as its own metadata say."""
    said = [(each.get("column"), each.get("operator")) for each in answered.get("reportFilters") or ()]
    wanted = [(each["column"], each["operator"]) for each in asked["reportFilters"]]
    dates = answered.get("standardDateFilter") or {}
    return said == wanted and all(
        str(dates.get(key) or "")[: len(value)] == value
        for key, value in asked.get("standardDateFilter", {}).items()
    )


def _counted(aggregates: Any) -> list[str]:
    return [*aggregates, *([] if ROW_COUNT in aggregates else [ROW_COUNT])]


def _bounds(column: str, window: Window) -> list[dict[str, str]]:
    return [
        {"column": column, "operator": "greaterOrEqual", "value": utc_words(window.start)},
        {"column": column, "operator": "lessThan", "value": utc_words(window.end)},
    ]


def _around(column: str, window: Window) -> dict[str, str]:
    """No time zone is a day away."""
    first, last = window.start - timedelta(days=1), window.end + timedelta(days=1)
    return {
        "column": column,
        "durationValue": "CUSTOM",
        "startDate": first.date().isoformat(),
        "endDate": last.date().isoformat(),
    }
