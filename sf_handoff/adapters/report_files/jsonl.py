"""The day as JSON Lines: every value in its type, moments as RFC 3339; what our own commands read again.

https://jsonlines.org/
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from datetime import date
from typing import BinaryIO

from sf_handoff.adapters.report_files.cells import Found, value_of
from sf_handoff.mapping import Json
from sf_handoff.reports.rows import ReportRow, Value


def write_jsonl(file: BinaryIO, rows: Iterable[ReportRow], found: Found) -> None:
    for row in rows:
        file.write(json.dumps(_record(row, found), allow_nan=False).encode("ascii") + b"\n")


def _record(row: ReportRow, found: Found) -> dict[str, Json]:
    flag, cluster = found.flags.get(row.case_number), found.cluster_of.get(row.case_number)
    return {
        **{column.name: _json(value_of(row, column)) for column in found.report.columns},
        "notes_cut": row.cut,
        "tier": flag.tier if flag else None,
        "rules": list(flag.rules) if flag else [],
        "why": list(flag.why) if flag else [],
        "crisis": flag.crisis if flag else False,
        "mistagged": flag.mistagged if flag else None,
        "cluster": cluster.fingerprint if cluster else None,
    }


def _json(value: Value) -> Json:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
