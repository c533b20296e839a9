"""A claim as VA's services send it, reduced to what may travel.

Three shapes are read: the claim detail of Lighthouse Benefits Claims v2, a member of its claims index, and
a claim (or list item) of the VA mobile API v0. Contentions, documents, tracked-item texts, representatives
and sensitive items are not copied, so nothing after this module can give them away.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date

from pydantic import Field

from sf_handoff.calls import vocabulary as va
from sf_handoff.calls.vocabulary import Frozen
from sf_handoff.errors import InvalidHandoff, Problem

SHAPES = (
    "expected a claim as VA sends it, bare or under `data`: a Lighthouse Benefits Claims v2 claim, a member "
    "of its claims index, or a VA mobile API v0 claim, with `attributes` or at least an `id`"
)


class Phase(Frozen):
    """Where a claim stands. Code, step and heading travel together: one alone would confuse the agent.

    `steps` is 8 where the phase type was sent and 5 where only the rolled-up status was.
    """

    code: str
    heading: str
    step: int | None = None
    steps: int | None = None
    known: bool = True


class Claim(Frozen):
    """What an agent may learn about a claim. None means that the shape received does not say."""

    id: str | None = Field(default=None, repr=False)
    type_code: str | None = None
    type_name: str | None = None
    title: str
    hidden: bool = False
    phase: Phase | None = None
    status: str | None = None
    filed_on: date | None = None
    changed_on: date | None = None
    closed_on: date | None = None
    open: bool | None = None
    moved_back: bool | None = None
    decision_letter_sent: bool | None = None
    development_letter_sent: bool | None = None
    documents_needed: bool | None = None
    open_requests: int | None = None
    partial_failures: tuple[str, ...] = ()
    unreadable: tuple[str, ...] = ()


def read_claim(raw: object) -> Claim:
    """The claim in `raw`. Unknown keys and odd values inside are passed over; no claim at all is refused."""
    found = va.resource(raw)
    if found is None:
        raise _refused(SHAPES)
    if va.code(found.get("type")) in va.APPEAL_KINDS:
        raise _refused("expected a claim; this is an appeal, which belongs under `appeal`")
    attributes = va.fields(found.get("attributes"))
    flat = {**va.fields(attributes.get("claimPhaseDates")), **attributes}
    return _reduced(
        va.identifier(found.get("id")), flat, failures=_failures(attributes, found, va.fields(raw))
    )


def _reduced(id_: str | None, attributes: Mapping[str, object], *, failures: tuple[str, ...]) -> Claim:
    hidden = _is_hidden(attributes)
    type_name = None if hidden else va.line(_first(attributes, "claimType", "subtype"))
    sent = _sent_days(attributes)
    days = {name: va.day(value) for name, value in sent.items()}
    return Claim(
        id=id_,
        type_code=None if hidden else va.code(attributes.get("claimTypeCode")),
        type_name=type_name,
        title="Claim" if hidden else va.line(attributes.get("displayTitle")) or _title(type_name),
        hidden=hidden,
        phase=_phase(attributes),
        status=va.code(attributes.get("status")),
        **days,
        open=_is_open(attributes),
        moved_back=va.flag(attributes.get("currentPhaseBack")),
        decision_letter_sent=va.flag(attributes.get("decisionLetterSent")),
        development_letter_sent=va.flag(attributes.get("developmentLetterSent")),
        documents_needed=va.flag(attributes.get("documentsNeeded")),
        open_requests=_open_requests(attributes),
        partial_failures=failures,
        unreadable=tuple(
            name for name, value in sent.items() if value not in (None, "") and days[name] is None
        ),
    )


def _refused(expected: str) -> InvalidHandoff:
    problem = Problem("claim", expected)
    return InvalidHandoff(str(problem), problems=(problem,))


def _first(source: Mapping[str, object], *names: str) -> object:
    return next((source[name] for name in names if source.get(name) is not None), None)


def _is_hidden(attributes: Mapping[str, object]) -> bool:
    names = ("claimTypeCode", "endProductCode", "baseEndProductCode")
    codes = ((va.code(attributes.get(name)) or "").upper() for name in names)
    return any(code.startswith(va.HIDDEN_PREFIX) or code in va.HIDDEN_CODES for code in codes)


def _title(type_name: str | None) -> str:
    if type_name is None:
        return "Claim"
    return va.TITLES.get(type_name.lower()) or f"Claim for {type_name.lower()}"


def _phase(attributes: Mapping[str, object]) -> Phase | None:
    """By the phase where one was sent, as a type or as the app's number; else by the rolled-up status."""
    sent = va.code(_first(attributes, "latestPhaseType", "phaseType", "phase"))
    types = list(va.PHASE_TYPES)
    if sent is not None and re.fullmatch("[1-8]", sent):
        sent = types[int(sent) - 1]
    if sent is None:
        return _rolled_up(va.code(attributes.get("status")))
    if sent in va.PHASE_TYPES:
        return Phase(code=sent, heading=va.PHASE_TYPES[sent], step=types.index(sent) + 1, steps=len(types))
    return Phase(code=sent, heading=va.unknown(sent), known=False)


def _rolled_up(status: str | None) -> Phase | None:
    if status is None:
        return None
    if status in va.ROLL_UPS:
        step = list(va.ROLL_UPS).index(status) + 1
        return Phase(code=status, heading=va.ROLL_UPS[status], step=step, steps=len(va.ROLL_UPS))
    if status in va.ROLL_UPS_WITHOUT_STEP:
        return Phase(code=status, heading=va.ROLL_UPS_WITHOUT_STEP[status])
    return Phase(code=status, heading=va.unknown(status), known=False)


def _sent_days(attributes: Mapping[str, object]) -> dict[str, object]:
    """The three days as they were sent.

    In the mobile API `updatedAt` is the day of the phase change, but only in its list, where no other is.
    """
    in_list = "phaseChangeDate" not in attributes
    return {
        "filed_on": _first(attributes, "claimDate", "dateFiled"),
        "changed_on": attributes.get("updatedAt" if in_list else "phaseChangeDate"),
        "closed_on": attributes.get("closeDate") or _completed_on(attributes),
    }


def _completed_on(attributes: Mapping[str, object]) -> object:
    events = va.entries(attributes.get("eventsTimeline"))
    return next((event.get("date") for event in events if event.get("type") == "completed"), None)


def _is_open(attributes: Mapping[str, object]) -> bool | None:
    """As the app says, else as the dates and the status say: `closeDate` may be null on a decided claim."""
    if isinstance(attributes.get("open"), bool):
        return va.flag(attributes["open"])
    if isinstance(attributes.get("completed"), bool):
        return not attributes["completed"]
    status = va.code(attributes.get("status"))
    if "closeDate" not in attributes and status is None:
        return None
    return not attributes.get("closeDate") and status != "COMPLETE"


def _open_requests(attributes: Mapping[str, object]) -> int | None:
    """How many requests still wait for the Veteran. Sensitive ones do not count: even a number says much."""
    for name, is_needed in (("trackedItems", _needed), ("eventsTimeline", _needed_in_app)):
        if isinstance(attributes.get(name), Mapping | list):
            return sum(_still_open(item) and is_needed(item) for item in va.entries(attributes[name]))
    return None


def _still_open(item: Mapping[str, object]) -> bool:
    return not item.get("closedDate") and not item.get("isSensitive")


def _needed(item: Mapping[str, object]) -> bool:
    return item.get("status") == va.NEEDED


def _needed_in_app(event: Mapping[str, object]) -> bool:
    return (event.get("type"), event.get("status")) == va.NEEDED_IN_APP


def _failures(
    attributes: Mapping[str, object], found: Mapping[str, object], raw: Mapping[str, object]
) -> tuple[str, ...]:
    """The services that did not answer, by name. What they said about it stays behind."""
    errors = [attributes.get("errors")]
    errors += [va.fields(each.get("meta")).get("errors") for each in (found, raw)]
    services = (va.identifier(each.get("service")) for error in errors for each in va.entries(error))
    return tuple(dict.fromkeys(service or "unknown" for service in services))[:10]
