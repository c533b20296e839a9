"""Labels, columns and priorities, as the repository and the board of Insights and Analytics call them.

`contact center` and `contact-center` are two labels: names must be spelled as they are there, and
`sf-handoff doctor` says which are not.
"""

from __future__ import annotations

from sf_handoff.reports.ticket_map import Label, LabelMap
from sf_handoff.reports.tickets import Priority

LABELS = LabelMap(
    ours=Label("sf-handoff", "0e4f7a", "Filed by the handoff connector"),
    always=(
        Label("contact center", "c2e0c6", "Reported to a contact center"),
        Label("analytics-insights", "bfd4f2", "Insights and Analytics"),
    ),
    tiers={
        2: Label("tier-2", "fbca04", "Maybe technical: follow-up questions come first"),
        3: Label("tier-3", "d93f0b", "Confirmed technical failure, or a trend"),
    },
    products={
        "Appeals": Label("appeals"),
        "Appointments": Label("appointments"),
        "Claim status": Label("claim-status-tool"),
        "Direct deposit": Label("direct-deposit"),
        "Disability claim form": Label("526"),
        "GI Bill": Label("gi-bill"),
        "Health records": Label("health-records"),
        "Letters": Label("letters"),
        "Mobile app": Label("mobile-app"),
        "Prescriptions": Label("prescriptions"),
        "Profile and address": Label("profile"),
        "Sign in": Label("sign-in"),
        "Upload documents": Label("upload"),
    },
    blocked=Label("blocked", "b60205", "It cannot be mended; the callers were told"),
    workaround=Label("workaround", "0e8a16", "Callers can get there in another way"),
    summary=Label("daily-summary", "d4c5f9", "Problems over the number of new tickets of a day"),
    column="New Issues",
    reopened_column="New Issues",
    priorities={
        Priority.URGENT: "Urgent",
        Priority.HIGH: "High priority",
        Priority.MEDIUM: "Medium priority",
        Priority.LOW: "Low priority",
    },
    priority_labels={
        Priority.URGENT: Label("priority-urgent", "b60205"),
        Priority.HIGH: Label("priority-high", "d93f0b"),
        Priority.MEDIUM: Label("priority-medium", "fbca04"),
        Priority.LOW: Label("priority-low", "c2e0c6"),
    },
    estimates={Priority.URGENT: 5, Priority.HIGH: 3, Priority.MEDIUM: 2, Priority.LOW: 1},
)
