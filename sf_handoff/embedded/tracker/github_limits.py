"""How often GitHub answers: requests an hour, searches a minute, and what is created (the secondary limit).

Windows start on the hour and on the minute of the tracker's clock.
https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sf_handoff.embedded.tracker import uses
from sf_handoff.embedded.tracker.desk import Desk
from sf_handoff.embedded.tracker.github_call import Refusal, Visit


@dataclass(frozen=True)
class Allowance:
    resource: str
    limit: int
    used: int
    reset: int

    @property
    def left(self) -> int:
        return max(0, self.limit - self.used)

    def headers(self) -> dict[str, str]:
        told = {"limit": self.limit, "remaining": self.left, "used": self.used, "reset": self.reset}
        named = {f"X-RateLimit-{name.title()}": str(value) for name, value in told.items()}
        return {**named, "X-RateLimit-Resource": self.resource}

    def json(self) -> dict[str, Any]:
        return {"limit": self.limit, "used": self.used, "remaining": self.left, "reset": self.reset}


def core(desk: Desk) -> Allowance:
    moment = desk.clock().replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    used = uses.of(desk, "core", uses.hour(desk))
    return Allowance("core", desk.rules.requests_an_hour, used, int(moment.timestamp()))


def search(desk: Desk) -> Allowance:
    moment = desk.clock().replace(second=0, microsecond=0) + timedelta(minutes=1)
    used = uses.of(desk, "search", uses.minute(desk))
    return Allowance("search", desk.rules.searches_a_minute, used, int(moment.timestamp()))


def which(visit: Visit) -> Allowance:
    return search(visit.desk) if visit.path.startswith("/search/") else core(visit.desk)


def check(visit: Visit) -> None:
    """Refuse a request that one of the limits forbids."""
    rules = visit.desk.rules
    allowance = which(visit)
    if allowance.left == 0:
        raise Refusal(rules.limit_status, "API rate limit exceeded for this user.")
    if visit.method == "POST" and _created_too_much(visit.desk):
        wait = {} if rules.retry_after is None else {"Retry-After": str(rules.retry_after)}
        message = "You have exceeded a secondary rate limit. Please wait before you try again."
        raise Refusal(rules.limit_status, message, headers=wait)


def count(visit: Visit) -> None:
    desk = visit.desk
    searched = visit.path.startswith("/search/")
    uses.add(desk, "search" if searched else "core", uses.minute(desk) if searched else uses.hour(desk))
    if visit.method == "POST":
        uses.add(desk, "contents", uses.minute(desk))
        uses.add(desk, "contents", uses.hour(desk))


def _created_too_much(desk: Desk) -> bool:
    this_minute = uses.of(desk, "contents", uses.minute(desk))
    this_hour = uses.of(desk, "contents", uses.hour(desk))
    return this_minute >= desk.rules.contents_a_minute or this_hour >= desk.rules.contents_an_hour
