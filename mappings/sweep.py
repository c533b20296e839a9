"""What the nightly sweep writes on our Cases, and what it reads from them.

A Case that no call came for is closed, unless an agent has touched it; one that came too late is left as it
is. What the app had shown is taken off both after CRM_CONTEXT_DAYS.
"""

from __future__ import annotations

from sf_handoff.calls.sweep import Rewrite, SweepMap
from sf_handoff.mapping import Field, Picklist, ours

from .case import AWAITING, CONTEXT, HISTORY, STATES, WHO

# The link to the person stays: it says whose Case it is, and nothing of the claim.
SUPPLIED = tuple(each for each in WHO if each.api_name in ("SuppliedName", "SuppliedPhone"))
NO_CALL: tuple[Field[None], ...] = (
    Picklist("Handoff_State__c", ours, lambda _: "no_call", values=STATES),
    Picklist("Status", ours, lambda _: HISTORY, values=(HISTORY,)),
)

SWEEP = SweepMap(
    no_call=Rewrite(
        fields=NO_CALL,
        when=f"Handoff_State__c = 'awaiting' AND Status = '{AWAITING}' AND Handoff_Outcome__c = null",
    ),
    was_no_call="Handoff_State__c = 'no_call'",
    was_late="Handoff_State__c = 'late'",
    emptied=Rewrite(blanks=(*SUPPLIED, *CONTEXT), when="Handoff_State__c IN ('no_call', 'late')"),
    outcome="Handoff_Outcome__c",
)
