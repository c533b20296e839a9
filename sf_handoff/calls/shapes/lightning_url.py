"""A relative Lightning address of the Case. Only opaque ids stand in it: addresses are logged everywhere.

https://developer.salesforce.com/docs/platform/lwc/guide/use-navigate-url-addressable.html: parameters of our
own need a namespace, and `c__` is that of an org.
"""

from __future__ import annotations

import re

from sf_handoff.calls.pop_document import ScreenPop
from sf_handoff.calls.shapes.open_cti import opened_case
from sf_handoff.errors import Rejected

_OPAQUE = re.compile(r"[A-Za-z0-9-]{1,64}")


def lightning_url(pop: ScreenPop) -> str | None:
    """Where the agent's browser opens the Case; None where none may open."""
    case, ref = opened_case(pop), pop.handoff_ref or ""
    if case is None:
        return None
    if not _OPAQUE.fullmatch(ref):
        raise Rejected(
            "handoff_ref: only an opaque id may stand in an address.", code="POP", fields=("handoff_ref",)
        )
    return f"/lightning/r/Case/{case}/view?c__handoffRef={ref}"
