"""An appeal as Caseflow v2 sends it, reduced to what may travel.

Issues, descriptions, diagnostic codes, evidence and the docket are not copied.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from pydantic import Field

from sf_handoff.calls import vocabulary as va
from sf_handoff.calls.vocabulary import Frozen
from sf_handoff.errors import InvalidHandoff, Problem

SHAPES = (
    "expected an appeal as Caseflow v2 sends it, bare or under `data`, with `attributes` or at least an `id`"
)


class Appeal(Frozen):
    """What an agent may learn about an appeal. `known` says whether its status is one of VA's list."""

    id: str | None = Field(default=None, repr=False)
    kind: str
    kind_words: str
    status: str | None = None
    status_words: str
    known: bool = True
    active: bool | None = None
    aoj: str | None = None
    location: str | None = None
    program_area: str | None = None
    updated: datetime | None = None
    filed_on: date | None = None
    changed_on: date | None = None
    deceased: bool = False


def read_appeal(raw: object) -> Appeal:
    """The appeal in `raw`. Unknown keys and odd values are passed over; no appeal at all is refused."""
    found = va.resource(raw)
    if found is None:
        raise _refused(SHAPES)
    if found.get("type") == "claim":
        raise _refused("expected an appeal; this is a claim, which belongs under `claim`")
    return _reduced(found, va.fields(found.get("attributes")))


def _reduced(found: Mapping[str, object], attributes: Mapping[str, object]) -> Appeal:
    kind = va.listed(found.get("type"), va.APPEAL_KINDS) or va.unknown(None)
    status = va.code(va.fields(attributes.get("status")).get("type"))
    filed_on, changed_on = _days(attributes)
    return Appeal(
        id=va.identifier(found.get("id")),
        kind=kind,
        kind_words=va.APPEAL_KINDS.get(kind, "Appeal"),
        status=status,
        status_words=va.APPEAL_STATUSES.get(status or "") or va.unknown(status),
        known=status in va.APPEAL_STATUSES,
        active=va.flag(attributes.get("active")),
        aoj=va.listed(attributes.get("aoj"), va.AOJS),
        location=va.listed(attributes.get("location"), va.LOCATIONS),
        program_area=va.listed(attributes.get("programArea"), va.PROGRAM_AREAS),
        updated=va.moment(attributes.get("updated")),
        filed_on=filed_on,
        changed_on=changed_on,
        deceased=status == va.DECEASED,
    )


def _days(attributes: Mapping[str, object]) -> tuple[date | None, date | None]:
    """The day of the earliest event that starts an appeal, and the day of the latest event of any kind."""
    dated = [
        (found, event.get("type"))
        for event in va.entries(attributes.get("events"))
        if (found := va.day(event.get("date")))
    ]
    starts = [found for found, kind in dated if isinstance(kind, str) and kind in va.APPEAL_STARTS]
    return min(starts, default=None), max((found for found, _ in dated), default=None)


def _refused(expected: str) -> InvalidHandoff:
    problem = Problem("appeal", expected)
    return InvalidHandoff(str(problem), problems=(problem,))
