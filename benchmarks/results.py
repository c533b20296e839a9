"""What the runs found out: as tables, and as a verdict on what is exact."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from benchmarks.one import Measured

MOST_CALLS_RESYNC, MOST_CALLS_BULK = 3, 30


@dataclass(frozen=True)
class Books:
    """What the org's records say of one run's handoffs, a Case of its own and one Task each."""

    cases: int
    tasks: int
    doubled: int
    lost: int


@dataclass(frozen=True)
class Row:
    """All runs of one way in one scenario."""

    way: str
    count: int
    runs: tuple[Measured, ...]
    books: tuple[Books, ...] = ()

    @property
    def ours(self) -> bool:
        return self.way.startswith("ours")

    @property
    def steps(self) -> list[float]:
        return [seconds for run in self.runs for seconds in run.seconds]

    @property
    def time(self) -> float:
        return statistics.median(self.steps)

    @property
    def cpu(self) -> float:
        return statistics.median(run.cpu for run in self.runs)

    @property
    def calls(self) -> int:
        return max(run.calls for run in self.runs)

    @property
    def memory(self) -> float:
        """The peak above what was there before, in MB."""
        return max(run.peak - run.before for run in self.runs) / 1024


@dataclass(frozen=True)
class Scenario:
    """`letter` says how it is shown and judged. `latency` is in seconds; `store` the URL of one."""

    letter: str
    title: str
    count: int
    ways: tuple[str, ...]
    repeats: int
    latency: float = 0.0
    trouble: bool = False
    store: str = ""


@dataclass(frozen=True)
class Result:
    scenario: Scenario
    rows: tuple[Row, ...]


def faults(results: Sequence[Result]) -> list[str]:
    """Why ours did not keep what is promised; nothing if it did. Time is not judged."""
    return [
        f"{result.scenario.title}: {row.way}: {problem}"
        for result in results
        for row in result.rows
        if row.ours
        for problem in _problems(result.scenario, row)
    ]


def _problems(scenario: Scenario, row: Row) -> Iterator[str]:
    most = _most_calls(scenario, row)
    if most is not None and row.calls > most:
        yield f"{row.calls} API calls, {most} at most"
    for books in () if scenario.letter == "L" else row.books:
        if books.lost or books.doubled or books.cases != row.count:
            yield f"{books.lost} lost, {books.doubled} doubled, {books.cases} Cases of {row.count}"


def _most_calls(scenario: Scenario, row: Row) -> int | None:
    if scenario.letter == "A":
        return row.count
    if scenario.letter == "B" and row.way == "ours, resync":
        return MOST_CALLS_RESYNC
    if scenario.letter == "B2":
        return MOST_CALLS_BULK
    return 0 if scenario.letter == "L" else None


def table(result: Result) -> list[str]:
    """As Markdown. The first way is ours, to which the others are in proportion."""
    columns = COLUMNS[result.scenario.letter]
    first = result.rows[0]
    lines = [f"| {result.scenario.title} | {' | '.join(columns)} |", f"|--|{'--:|' * len(columns)}"]
    for row in result.rows:
        name = f"**{row.way}**" if row.ours else row.way
        lines.append(f"| {name} | {' | '.join(show(row, first) for show in columns.values())} |")
    return lines


Show = Callable[[Row, Row], str]


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:,.1f}" if seconds < 0.1 else f"{seconds * 1000:,.0f}"


def _ratio(value: float, ours: float) -> str:
    return f"{value / ours:.2f}" if ours else "-"


def _span(values: Sequence[int]) -> str:
    low, high = min(values), max(values)
    return f"{low:,}" if low == high else f"{low:,} to {high:,}"


CALLS: dict[str, Show] = {
    "API calls": lambda row, first: _span([run.calls for run in row.runs]),
    "calls x": lambda row, first: _ratio(row.calls, first.calls),
}
TIME: dict[str, Show] = {
    "ms, median": lambda row, first: _ms(row.time),
    "least": lambda row, first: _ms(min(row.steps)),
    "time x": lambda row, first: _ratio(row.time, first.time),
}
CPU: dict[str, Show] = {
    "CPU ms each": lambda row, first: f"{row.cpu / row.count * 1000:.2f}",
    "CPU x": lambda row, first: _ratio(row.cpu / row.count, first.cpu / first.count),
}
MEMORY: dict[str, Show] = {"memory": lambda row, first: f"{row.memory:+.0f} MB"}
P95: dict[str, Show] = {
    "p95": lambda row, first: _ms(sorted(row.steps)[int(len(row.steps) * 0.95)]),
}
BOOKS: dict[str, Show] = {
    name: lambda row, first, field=name: _span([getattr(each, field) for each in row.books])  # type: ignore[misc]
    for name in ("cases", "tasks", "doubled", "lost")
}
COLUMNS = {
    "A": {**CALLS, **TIME, **CPU},
    "B": {**CALLS, **TIME, **CPU},
    "B2": {**CALLS, **TIME, **CPU, **MEMORY},
    "D": {**BOOKS, **CALLS},
    "G": {**TIME, **CPU},
    "L": {**CALLS, **TIME, **P95, **CPU},
}
