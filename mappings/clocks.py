"""By when somebody must have looked at a ticket, answered, mended it, in working time; and dates of others.

A working day counts 24 hours: 24 hours are the same time on the next working day, 30 days are six weeks.
Where your teams count every day, say business=False.
"""

from __future__ import annotations

from datetime import timedelta

from sf_handoff.reports.clocks import ClockMap, ClockRule, LegalDates, Met
from sf_handoff.reports.tickets import Priority

CLOCKS = ClockMap(
    rules=(
        ClockRule("First look", timedelta(hours=24), (Met.ASSIGNED, Met.MOVED, Met.ANSWERED, Met.CLOSED)),
        ClockRule("Owner's answer", timedelta(hours=48), (Met.ANSWERED, Met.CLOSED)),
        ClockRule("Outstanding", timedelta(days=30)),
    ),
    priorities={
        Priority.LOW: ClockRule("Low priority", timedelta(days=30)),
        Priority.MEDIUM: ClockRule("Medium priority", timedelta(days=15)),
        Priority.HIGH: ClockRule("High priority", timedelta(days=7)),
        Priority.URGENT: ClockRule("Urgent", timedelta(hours=48)),
    },
    # As in `[Congressional] V012345 Due 12/01/2026 Claim status`.
    legal=LegalDates(
        "Due by law",
        labels=("cto-team",),
        titles=(
            r"\bdue:? (?P<month>\d{1,2})/(?P<day>\d{1,2})/(?P<year>\d{4})\b",
            r"\bdue:? (?P<year>\d{4})-(?P<month>\d{2})-(?P<day>\d{2})\b",
        ),
    ),
)
