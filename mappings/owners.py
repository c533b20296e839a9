"""Who looks after what: a team, its label, and whom to ask there by role. Never a person.

What is not here goes to triage, which finds the owner.
"""

from __future__ import annotations

from sf_handoff.reports.ticket_map import Label, Owner, OwnerMap

CLAIMS = Owner("Claims and appeals", Label("vsa-claims-appeals", "5319e7"), "the team's product manager")
BENEFITS = Owner("Benefits", Label("vsa-benefits", "5319e7"), "the team's product manager")
TRIAGE = Owner("Back-end tools, triage", Label("triage", "5319e7"), "whoever has triage this week")

OWNERS = OwnerMap(
    products={
        "Appeals": CLAIMS,
        "Claim status": CLAIMS,
        "Disability claim form": CLAIMS,
        "Upload documents": CLAIMS,
        "Direct deposit": BENEFITS,
        "GI Bill": BENEFITS,
        "Letters": BENEFITS,
    },
    triage=TRIAGE,
)
