"""How somebody is tried: email, email, phone; and when it is over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sf_handoff.reports.notices.values import Attempt, Means, Reached, Waiting

_OVER = frozenset({Reached.REACHED, Reached.REFUSED, Reached.STILL_BROKEN})


@dataclass(frozen=True)
class Next:
    """What is to be tried next, and how often it may still be. Without `means` there is nothing left."""

    means: Means | None
    left: int
    words: str


def next_attempt(attempts: Sequence[Attempt], waiting: Waiting, plan: Sequence[Means]) -> Next:
    """The next of the planned attempts, by a means that there is.

    Who has no email address, or whose mail came back, is called; who has no phone is written to. It ends with
    the plan, or earlier where nothing is left to try by, or the customer was reached or refused.
    """
    if any(each.outcome in _OVER for each in attempts):
        return Next(None, 0, "The customer was reached.")
    if len(attempts) >= len(plan):
        return Next(None, 0, f"All {len(plan)} attempts were made.")
    there = _there(attempts, waiting)
    if not there:
        return Next(None, 0, "No way to reach the customer is left.")
    planned = plan[len(attempts)]
    means = planned if planned in there else there[0]
    left = len(plan) - len(attempts)
    return Next(means, left, f"Attempt {len(attempts) + 1} of {len(plan)}: {means}.")


def _there(attempts: Sequence[Attempt], waiting: Waiting) -> list[Means]:
    bounced = {each.means for each in attempts if each.outcome is Reached.BOUNCED}
    there = {Means.EMAIL: waiting.email_there, Means.PHONE: waiting.phone_there}
    return [means for means, known in there.items() if known and means not in bounced]
