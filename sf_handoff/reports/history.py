"""The counts of each day, and what is usual: kept without a word of any case, so that trends can be seen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from math import sqrt

from sf_handoff.reports.clusters import Cluster
from sf_handoff.reports.columns import ReportMap
from sf_handoff.reports.rows import ReportRow
from sf_handoff.reports.triage import TECHNICAL, Flag
from sf_handoff.worktime import DAYS, federal_holiday

WINDOW = 28  # days before this one: four of each weekday
UNSAID = "not given"  # of a category or a product
UNLISTED = "another value"  # one that the map does not list: whoever typed it may have named somebody
# A ratio or a percentage of fewer cases than these would say more than they can.
FEW_FOR_RATIO, FEW_FOR_SHARE, FEWEST_DAYS = 10, 20, 2
_UNUSUAL = 1.25


@dataclass(frozen=True)
class DayCounts:
    """One report day in numbers. `technical` counts Tier 2 and 3, `clusters` cases by fingerprint."""

    date: date
    rows: int
    by_category: Mapping[str, int] = field(default_factory=dict)
    by_product: Mapping[str, int] = field(default_factory=dict)
    by_tier: Mapping[int, int] = field(default_factory=dict)
    technical: int = 0
    clusters: Mapping[str, int] = field(default_factory=dict)


class Tally:
    """Counts rows while something else reads them; by name only what the map lists."""

    def __init__(self, report: ReportMap) -> None:
        self._listed = {each.name: frozenset(each.values) for each in report.columns}
        self._rows = 0
        self._categories: Counter[str] = Counter()
        self._products: Counter[str] = Counter()

    def counting(self, rows: Iterable[ReportRow]) -> Iterator[ReportRow]:
        for row in rows:
            self._rows += 1
            self._categories[self._named("category", row.category)] += 1
            self._products[self._named("product", row.product)] += 1
            yield row

    def counts(self, day: date, flags: Iterable[Flag], clusters: Iterable[Cluster]) -> DayCounts:
        tiers = Counter(flag.tier for flag in flags if flag.rules)
        return DayCounts(
            date=day,
            rows=self._rows,
            by_category=dict(sorted(self._categories.items())),
            by_product=dict(sorted(self._products.items())),
            by_tier=dict(sorted(tiers.items())),
            technical=sum(count for tier, count in tiers.items() if tier >= TECHNICAL),
            clusters={each.fingerprint: len(each.cases) for each in clusters},
        )

    def _named(self, column: str, value: str | None) -> str:
        if not value:
            return UNSAID
        return value if value in self._listed.get(column, ()) else UNLISTED


@dataclass(frozen=True)
class Usual:
    """What the same weekday had in the weeks before, `days` of them."""

    weekday: str
    days: int
    mean: float
    low: int
    high: int

    @property
    def words(self) -> str:
        """The last 4 Fridays had 180 to 220."""
        if self.days == 1:
            return f"the only earlier {self.weekday} had {self.low:,}"
        span = f"{self.low:,} to {self.high:,}" if self.low != self.high else f"{self.low:,} each"
        return f"the last {self.days} {self.weekday}s had {span}"


def usual(
    history: Iterable[DayCounts], day: date, figure: Callable[[DayCounts], int] = lambda counts: counts.rows
) -> Usual | None:
    """What is usual for `day`, from the same weekdays before it; federal holidays are no usual day."""
    if federal_holiday(day):
        return None
    found = [figure(each) for each in window(history, day) if _same_kind(each.date, day)]
    if not found:
        return None
    return Usual(DAYS[day.weekday()], len(found), sum(found) / len(found), min(found), max(found))


def window(history: Iterable[DayCounts], day: date) -> tuple[DayCounts, ...]:
    """The kept days of the four weeks before `day`, oldest first."""
    first = day - timedelta(days=WINDOW)
    return tuple(sorted((each for each in history if first <= each.date < day), key=lambda each: each.date))


def stands_out(count: int, usually: Usual | None) -> bool:
    """Whether `count` lies outside of what the weeks before had, by more than chance alone would do.

    What comes one by one scatters by the root of its mean: twice that is asked, and a quarter.
    """
    if usually is None or usually.days < FEWEST_DAYS or usually.low <= count <= usually.high:
        return False
    if max(count, usually.mean) < FEW_FOR_RATIO:
        return False
    if abs(count - usually.mean) <= 2 * sqrt(usually.mean):
        return False
    return count >= usually.mean * _UNUSUAL or count * _UNUSUAL <= usually.mean


def against(count: int, usually: Usual | None) -> str:
    """2.1 times a usual Friday (the last 4 Fridays had 90 to 110)."""
    if usually is None:
        return "no usual day to compare it with"
    if usually.days < FEWEST_DAYS:
        return usually.words
    if not stands_out(count, usually):
        near = usually.low <= count <= usually.high
        return f"{'as on' if near else 'much as on'} other {usually.weekday}s ({usually.words})"
    return f"{_ratio(count, usually)} ({usually.words})"


def share(part: int, whole: int) -> str:
    """43% of 200; of fewer cases just 9 of 12, since a percentage of them would say too much."""
    if whole < FEW_FOR_SHARE:
        return f"{part:,} of {whole:,}"
    percent = 100 * part / whole
    return f"{'under 1' if 0 < percent < 1 else format(percent, '.0f')}% of {whole:,}"


def _ratio(count: int, usually: Usual) -> str:
    if not count:
        return f"none, unlike other {usually.weekday}s"
    if min(count, usually.mean) < FEW_FOR_RATIO:
        return f"{'more' if count > usually.mean else 'fewer'} than on other {usually.weekday}s"
    times = count / usually.mean
    if times > 1:
        return f"{times:.1f} times a usual {usually.weekday}"
    return f"{100 * times:.0f}% of a usual {usually.weekday}"


def _same_kind(earlier: date, day: date) -> bool:
    return earlier.weekday() == day.weekday() and not federal_holiday(earlier)
