"""What Open CTI's `screenPop()` takes: `SOBJECT` opens the Case, `FLOW` a screen flow.

https://developer.salesforce.com/docs/atlas.en-us.api_cti.meta/api_cti/sforce_api_cti_screenpop_lex.htm
Open CTI retires on 28 February 2028. Never a SEARCH: its page lists all who match.
"""

from __future__ import annotations

import re

from sf_handoff.calls.pop_document import ScreenPop
from sf_handoff.calls.shapes.desktop import Desktop, Flow
from sf_handoff.calls.shapes.facts import Kind, facts, written
from sf_handoff.errors import Rejected

_RECORD_ID = re.compile(r"[A-Za-z0-9]{15}(?:[A-Za-z0-9]{3})?")


def open_cti(pop: ScreenPop, desktop: Desktop) -> dict[str, object] | None:
    """`type` and `params` of the call; None where there is nothing to open, as for a late call."""
    if desktop.flow:
        return {
            "type": "FLOW",
            "params": {"flowDevName": desktop.flow.name, "flowArgs": flow_args(pop, desktop.flow)},
        }
    found = opened_case(pop)
    return {"type": "SOBJECT", "params": {"recordId": found}} if found else None


def flow_args(pop: ScreenPop, flow: Flow) -> list[dict[str, object]]:
    """The flow's arguments. A variable without a value is left to the flow's own default."""
    said = facts(pop)
    return [
        {"name": variable, "type": flow.inputs[variable], "value": _value(said[fact], flow.inputs[variable])}
        for variable, fact in flow.gives.items()
        if fact in said
    ]


def opened_case(pop: ScreenPop) -> str | None:
    """The Id of the Case that may open by itself."""
    if pop.case is None or pop.binding.late:
        return None
    if not _RECORD_ID.fullmatch(pop.case.id):
        raise Rejected(
            "recordId: a Salesforce Id has 15 or 18 letters and digits.", code="POP", fields=("case.id",)
        )
    return pop.case.id


def _value(value: object, kind: Kind) -> object:
    return value if kind in ("Number", "Boolean") else written(value)
