"""What stands in a cell: the value of a column, and text that no spreadsheet can mistake for a formula.

https://owasp.org/www-community/attacks/CSV_Injection
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from sf_handoff.reports.clusters import Cluster
from sf_handoff.reports.columns import KNOWN, ReportColumn, ReportMap
from sf_handoff.reports.rows import ReportRow, Value
from sf_handoff.reports.triage import Flag

# A person's record counts people and is read back by us; people and other systems get files without it.
OURS_ALONE = frozenset({"person"})
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
# What XML 1.0 has no way to say, and halves of UTF-16 pairs. https://www.w3.org/TR/xml/#charsets
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True)
class Found:
    """The day's report and what was found in it: the flag of each case that has one, and the clusters."""

    report: ReportMap
    flags: Mapping[str, Flag]
    clusters: Sequence[Cluster] = ()

    @property
    def columns(self) -> tuple[ReportColumn, ...]:
        """The columns of files that others read."""
        return tuple(each for each in self.report.columns if each.name not in OURS_ALONE)

    @cached_property
    def cluster_of(self) -> dict[str, Cluster]:
        return {number: cluster for cluster in self.clusters for number in cluster.cases}


def value_of(row: ReportRow, column: ReportColumn) -> Value:
    if column.name in KNOWN:
        value: Value = getattr(row, column.name)
        return value
    return row.extras.get(column.name)


def printable(text: str) -> str:
    """`text` with a � for each character that a file cannot hold."""
    return _UNPRINTABLE.sub("�", text)


def harmless(text: str) -> str:
    """`text` with a quote before what a spreadsheet would calculate."""
    return f"'{text}" if text.startswith(_FORMULA) else text
