"""Who waits for a ticket, and by which route each hears of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sf_handoff.reports.notices.values import Route, Routed, Waiting

ROUTE_WORDS = {
    Route.CONTACT_CENTER: "The contact center tells the customer directly.",
    Route.WHH_AGENT: "An agent of the White House VA Hotline tells the customer.",
}
TOLD_ALREADY = "The customer has been told already."


def route(waiting: Waiting) -> Routed:
    """The route of one case. Whoever must not, or cannot, be reached is listed with the reason."""
    reason = _no_outreach(waiting)
    if reason:
        return Routed(waiting, Route.NO_OUTREACH, reason)
    way = Route.WHH_AGENT if waiting.whh else Route.CONTACT_CENTER
    return Routed(waiting, way, ROUTE_WORDS[way])


def routes(waiting: Iterable[Waiting]) -> Iterator[Routed]:
    """Every case with its route. Somebody who has several cases hears of it once, for the first of them."""
    first: dict[str, str] = {}
    for each in sorted(waiting, key=lambda case: (case.case_number, case.case_id)):
        found = route(each)
        if each.person is None or found.route is Route.NO_OUTREACH:
            yield found
        elif each.person in first:
            words = f"The same person hears of it for case {first[each.person]}."
            yield Routed(each, Route.NO_OUTREACH, words)
        else:
            first[each.person] = each.case_number
            yield found


def _no_outreach(waiting: Waiting) -> str | None:
    if waiting.deceased:
        return "The customer has died."
    if waiting.opted_out:
        return "The customer has opted out of being contacted."
    if waiting.already_told:
        return TOLD_ALREADY
    if not (waiting.email_there or waiting.phone_there):
        return "There is no email address and no phone number."
    return None
