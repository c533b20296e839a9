"""What a plan found to say, each with a code and words of its own. All of it is for a person to look at."""

from __future__ import annotations

from sf_handoff.redaction import Unclean
from sf_handoff.reports.checks import Finding
from sf_handoff.reports.tickets import Ticket


def over(count: int, a_day: int) -> Finding:
    words = f"{count} problems are over the {a_day} new tickets of a day: one summary names them."
    return Finding("OVER", words, needs_a_person=True)


def foreign(fingerprint: str) -> Finding:
    words = (
        f"An issue by the connector's account has a marker for {fingerprint} that this store did not make. "
        "Nothing was created for it: does another store file here, or was this one lost?"
    )
    return Finding("FOREIGN_MARKER", words, needs_a_person=True)


def unclean(fingerprint: str, error: Unclean) -> Finding:
    words = f"{fingerprint} is not filed: its text may hold {', '.join(error.kinds) or 'personal data'}."
    return Finding(error.code, words, needs_a_person=True)


def uncertain(ticket: Ticket) -> Finding:
    words = (
        f"Whether {ticket.fingerprint} was filed is not known: look for {ticket.marker} in the tracker. "
        "Nothing is created for it until a person has."
    )
    return Finding("UNCERTAIN", words, needs_a_person=True)


def unfinished(ticket: Ticket) -> Finding:
    words = f"{ticket.fingerprint} was to be filed for {ticket.day}, and was not: file that day again."
    return Finding("UNFINISHED", words, needs_a_person=True)
