"""The answer of a report's run, read: its rows by the API names of their columns, and what it counted.

Details of a tabular report stand under `T!T`; those of a summary under its innermost groups (`0!T`, `1_0!T`),
whose own columns are no detail columns: their values are the groups'. Matrix and joined reports are refused.
https://developer.salesforce.com/docs/atlas.en-us.api_analytics.meta/api_analytics/sforce_analytics_rest_api_factmap_example.htm
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sf_handoff.errors import HandoffError, Misconfigured, Uncertain
from sf_handoff.reports.cells import Cell
from sf_handoff.reports.slices import MOST_ROWS, ROW_COUNT

FORMATS = {"TABULAR": "tabular", "SUMMARY": "summary"}
REFUSED = {"MATRIX": "a matrix", "MULTI_BLOCK": "a joined report (MULTI_BLOCK)"}
Answer = Mapping[str, Any]


@dataclass(frozen=True)
class Group:
    """A group of rows and the groups in it; the whole report is one, with the key `T`.

    `cells` are the values of the columns that it and the groups around it are grouped by.
    """

    key: str
    cells: Mapping[str, Cell] = field(repr=False)
    groups: tuple[Group, ...]

    def leaves(self) -> Iterator[Group]:
        if not self.groups:
            yield self
        for each in self.groups:
            yield from each.leaves()

    def around(self) -> Iterator[Group]:
        """Every group that has groups in it."""
        if self.groups:
            yield self
        for each in self.groups:
            yield from each.around()


@dataclass(frozen=True)
class ReportRun:
    """One run. Raises Misconfigured for a format that is not read, Uncertain for an unreadable answer."""

    answer: Answer = field(repr=False)

    @property
    def metadata(self) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self.answer["reportMetadata"]
        return found

    @property
    def total(self) -> int:
        """All rows of the run, those too that it does not show."""
        return self.count("T")

    @property
    def cut_off(self) -> bool:
        return self.answer.get("allData") is not True or self.shown >= MOST_ROWS

    @property
    def shown(self) -> int:
        return sum(len(self._details(each.key)) for each in self._whole.leaves())

    @property
    def adds_up(self) -> bool:
        """Whether each group counts what the groups in it count, and each of the innermost its own rows."""
        sums = all(
            self.count(group.key) == sum(self.count(each.key) for each in group.groups)
            for group in self._whole.around()
        )
        return sums and all(
            self.count(each.key) == len(self._details(each.key)) for each in self._whole.leaves()
        )

    @property
    def names(self) -> frozenset[str]:
        """The API names of the columns that each row has."""
        grouped = self.metadata.get("groupingsDown") or ()
        return frozenset(
            (*self.metadata["detailColumns"], *(each["name"] for each in grouped if exact(each)))
        )

    def rows(self) -> Iterator[Mapping[str, Cell]]:
        """Each row once, by the API names of its columns."""
        names: list[str] = self.metadata["detailColumns"]
        for group in self._whole.leaves():
            for row in self._details(group.key):
                yield {**group.cells, **dict(zip(names, _cells(row, len(names)), strict=True))}

    def count(self, key: str) -> int:
        found = self._fact(key)["aggregates"][list(self.metadata["aggregates"]).index(ROW_COUNT)]["value"]
        if type(found) is not int:
            raise _unreadable()
        return found

    @property
    def _whole(self) -> Group:
        below = (self.answer.get("groupingsDown") or {}).get("groupings") or ()
        names = [each["name"] if exact(each) else "" for each in self.metadata.get("groupingsDown") or ()]
        return Group("T", {}, _groups(below, names, {}))

    def _details(self, key: str) -> Sequence[Any]:
        return self._fact(key).get("rows") or ()

    def _fact(self, key: str) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self.answer["factMap"][f"{key}!T"]
        return found


def checked(answer: Answer) -> ReportRun:
    """A run that can be read in all its parts."""
    problem: HandoffError | None = None
    try:
        check_format(answer["reportMetadata"])
        run = ReportRun(answer)
        run.adds_up, run.cut_off, run.names  # noqa: B018 - they look at every group
        if answer.get("hasDetailRows") is not True:
            problem = Misconfigured("The report shows no details. Save it with them.", code="REPORT_FORMAT")
    except (KeyError, TypeError, ValueError, IndexError, AttributeError):
        problem = _unreadable()
    if problem:
        raise problem
    return run


def check_format(metadata: Mapping[str, Any]) -> None:
    """Refuses by its name a format whose rows are not read."""
    found = str(metadata["reportFormat"])
    if found not in FORMATS:
        raise Misconfigured(
            f"The report is {REFUSED.get(found, 'of an unknown format')}; only tabular and summary reports "
            "are read. Save it as one of those.",
            code="REPORT_FORMAT",
        )


def exact(grouping: Mapping[str, Any]) -> bool:
    """Whether the value of the group is the rows' own, not the day or month around it."""
    return (grouping.get("dateGranularity") or "None") == "None"


def _cells(row: Any, number: int) -> Sequence[Cell]:
    found = row.get("dataCells") if isinstance(row, Mapping) else None
    if not isinstance(found, list) or [isinstance(each, Mapping) for each in found] != [True] * number:
        raise _unreadable()
    return found


def _groups(below: Sequence[Any], names: Sequence[str], around: Mapping[str, Cell]) -> tuple[Group, ...]:
    found = []
    for each in below:
        cells = {**around, **({names[0]: each} if names[0] else {})}
        found.append(Group(each["key"], cells, _groups(each.get("groupings") or (), names[1:], cells)))
    return tuple(found)


def _unreadable() -> Uncertain:
    return Uncertain("Salesforce's answer to the report's run was not readable.", code="BAD_ANSWER")
