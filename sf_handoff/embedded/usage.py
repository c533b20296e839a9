"""The count of API calls, which every process on the org shares.

https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/headers_api_usage.htm
"""

from __future__ import annotations

from sf_handoff.embedded.org import Org
from sf_handoff.embedded.refusals import Refusal


def count(org: Org) -> None:
    """One more call today (UTC), if the day's allowance has one left."""
    if today(org) >= org.daily_calls:
        raise Refusal("REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.", status=403)
    org.database.execute(
        "INSERT INTO _usage VALUES (?, 1) ON CONFLICT (day) DO UPDATE SET calls = calls + 1", _day(org)
    )


def today(org: Org) -> int:
    row = org.database.row("SELECT calls FROM _usage WHERE day = ?", _day(org))
    return int(row["calls"]) if row else 0


def ever(org: Org) -> int:
    row = org.database.row("SELECT TOTAL(calls) AS calls FROM _usage")
    return int(row["calls"]) if row else 0


def header(org: Org) -> dict[str, str]:
    return {"Sforce-Limit-Info": f"api-usage={today(org)}/{org.daily_calls}"}


def _day(org: Org) -> str:
    return org.now()[:10]
