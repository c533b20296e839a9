"""Invented rows with their flags and a cluster, for the tests of the files."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

from mappings.report import REPORT
from sf_handoff.adapters.report_files.cells import Found
from sf_handoff.adapters.report_files.xlsx import About
from sf_handoff.reports.clusters import Cluster
from sf_handoff.reports.rows import ReportRow
from sf_handoff.reports.triage import Flag

DAY = date(2026, 11, 20)
NOON = datetime(2026, 11, 20, 17, 30, tzinfo=UTC)


def number(at: int) -> str:
    return f"{at:08d}"


def row(at: int = 1, **own: Any) -> ReportRow:
    said: dict[str, Any] = {
        "case_id": f"500{at:012d}AAA", "case_number": number(at), "opened_at": NOON + timedelta(minutes=at), "subject": "T3 sign in",
        "notes": "Caller cannot sign in.\nTried twice.", "status": "New", "closed": False, "category": "Other",
        "product": "Sign in", "person": "003000000000001AAA",
    }  # fmt: skip
    return ReportRow(**{**said, **own})


def rows(count: int) -> Iterator[ReportRow]:
    return map(row, range(1, count + 1))


def flag(at: int, tier: int = 3, **own: Any) -> Flag:
    return Flag(number(at), tier, ("t3-subject", "va.gov-text"), ("Subject has T3",), **own)


def cluster(*at: int) -> Cluster:
    return Cluster(
        fingerprint="v1-abc", product="Sign in", page=None, signature=None, symptom="cannot sign in", cases=tuple(map(number, at)),
        people=len(at), first_seen=NOON, last_seen=NOON + timedelta(hours=2), words="same: product Sign in", alert="10 in a day", tier=3,
    )  # fmt: skip


def found(*flags: Flag, clusters: tuple[Cluster, ...] = ()) -> Found:
    return Found(REPORT, {each.case_number: each for each in flags}, clusters)


def about(**own: Any) -> About:
    said: dict[str, Any] = {
        "day": DAY, "made_at": NOON + timedelta(hours=14),
        "case_url": lambda case_id: f"https://example.lightning.force.com/lightning/r/Case/{case_id}/view",
    }  # fmt: skip
    return About(**{**said, **own})
