"""How we speak of things to customers and to agents."""

from __future__ import annotations

from sf_handoff.reports.notices.notice_map import AgentWords, prose
from sf_handoff.reports.notices.values import Outcome

# What a product of `report.py` is to customers. It goes on after "a problem with".
ABOUT = {
    "Sign in": "signing in to VA.gov",
    "Claim status": "checking your claim status online",
    "Disability claim form": "the online disability claim form",
    "Appeals": "checking your appeal online",
    "Upload documents": "uploading documents on VA.gov",
    "Letters": "getting your VA letters online",
    "Direct deposit": "your direct deposit information on VA.gov",
    "Profile and address": "your VA.gov profile",
    "Health records": "your health records online",
    "Prescriptions": "refilling prescriptions online",
    "Appointments": "managing appointments online",
    "GI Bill": "GI Bill information on VA.gov",
    "Mobile app": "the VA mobile app",
}
ABOUT_ANYTHING = "VA.gov"

# Which office helps with what is not a matter of the website.
OFFICES = {
    "benefits": (
        "VA benefits hotline at 800-827-1000 (TTY: 711), Monday through Friday, 8:00 a.m. to 9:00 p.m. ET"
    ),
    "any question": "VA main information line at 800-698-2411 (TTY: 711), any time",
    "hotline": "White House VA Hotline at 855-948-2311 (TTY: 711), any time",
}

# Only a template that says that the problem is over may use any of these.
FIXED_WORDS = (
    "fixed",
    "resolved",
    "solved",
    "repaired",
    "corrected",
    "working again",
    "works again",
    "works now",
    "working now",
    "back to normal",
    "no longer a problem",
)

AGENTS = AgentWords(
    happened={
        Outcome.COMPLETED: "The team has fixed the problem that the customer reported.",
        Outcome.WORKAROUND: "The problem is not fixed, but there is another way to do it.",
        Outcome.NOT_PLANNED: "The team has decided not to change this. Do not say that it is fixed.",
        Outcome.BLOCKED: "It can't be fixed for now, and the ticket stays open. Do not promise a date.",
        Outcome.DUPLICATE: "A known problem, handled on another ticket. Do not say that it is fixed.",
    },
    ask=(
        "Did the message make sense? Is there anything you'd like me to explain?",
        "If you try it again, does it work for you? (If not: record “still broken”. The ticket opens again.)",
        "Is it all right if we contact you again about this? (If not: record “refused”.)",
    ),
)

CLOSING = prose("""
    Please don’t send us personal information by email, like a Social Security number. Do you have questions?
    Call us at 800-698-2411 (TTY: 711). We’re here 24/7.

    Thank you,
    the VA contact center
""").replace("Thank you, the", "Thank you,\nthe")


def letter(body: str) -> str:
    """A mail to one person: the greeting, what is said, and how to reach us."""
    return f"Hello,\n\n{prose(body)}\n\n{CLOSING}"
