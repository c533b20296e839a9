"""A month of nights on an embedded org and tracker: outages, staff, holidays, mishaps; then the books.

Each report day has its invented cases. By day Insights and Analytics works on the tickets, each morning the
contact center on its notices; each night `nightly` runs, or is missed, killed, met by another run, or finds
Salesforce or GitHub away. In the end every case that a resolved ticket ever counted was told once, or is
listed with the reason, or waits for staff; nothing was lost, doubled or leaked. Nothing sleeps: time is the
simulation's.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from benchmarks.month_books import Books, tables
from benchmarks.month_center import Center
from benchmarks.month_nights import GITHUB, KILLED, MISSED, SALESFORCE, TWICE, Nights
from benchmarks.month_staff import Insights
from benchmarks.month_world import Asked, World, world
from benchmarks.torture_crew import store

SHOWN = 20
MISSED_NIGHTS = 3
WITH_TROUBLES = 12  # days


def troubles(asked: Asked) -> dict[date, str]:
    """What goes wrong in which night: three in a row are missed; the first and the last go well.

    A few days are too short for any of it.
    """
    chance, dates = random.Random(asked.seed), asked.dates
    if len(dates) < WITH_TROUBLES:
        return {}
    first = chance.randrange(2, max(3, len(dates) - MISSED_NIGHTS - 2))
    missed = dates[first : first + MISSED_NIGHTS]
    others = [each for each in dates[2:-2] if each not in missed]
    kinds = (SALESFORCE, GITHUB, KILLED, TWICE, *[KILLED] * (len(dates) // 20))
    return dict.fromkeys(missed, MISSED) | dict(zip(chance.sample(others, len(kinds)), kinds, strict=True))


def lived(here: World) -> Books:
    """The month, day by day, and its books."""
    seed = here.asked.seed
    nights = Nights(here, random.Random(seed + 1))
    insights, center = Insights(here, random.Random(seed + 2)), Center(here, random.Random(seed + 3))
    wrong = troubles(here.asked)
    for day in here.asked.dates:
        insights.work(day)
        here.bring(day)
        nights.night(day, wrong.get(day, ""))
        if day != here.asked.dates[-1]:
            center.morning(day)
    return Books(here, nights, insights, center, tables(here))


def report(books: Books) -> list[str]:
    """The findings as lines of text; the last one is the sum."""
    here, nights, insights, center = books.world, books.nights, books.insights, books.center
    counts, calls = nights.counts, nights.calls
    wrong = {"lost": books.lost, "doubled": books.doubled, "leaked": books.leaked, "untrue": books.untrue}
    asked, problems = here.asked, len({each.fingerprint for each in books.ours.tickets})
    actions = Counter({name: counts[f"issues {name}"] for name in ("create", "link", "reopen", "tally")})
    return [
        f"month      {asked.dates[0]} to {asked.dates[-1]}, seed {asked.seed}, on {asked.store}",
        f"nights     {_counted(nights.did)}; {counts['days made up for']} days made up for, "
        f"{counts['runs that took up one that died']} runs took up one that died",
        f"days       {here.rows} rows, {here.outages} outages; {len(books.ours.done)} days done, each once",
        f"problems   {counts['triage problems']} of days, {problems} different ones on "
        f"{len(books.ours.tickets)} tickets",
        f"filed      {_counted(actions)}; {_linked(books)} after an earlier ticket",
        f"insights   {_counted(insights.did)}; {_counted(Counter(insights.away.values()))}",
        f"center     {_counted(center.did)}",
        f"tickets    {_counted(books.tickets)}",
        f"cases      {_counted(books.stands)}",
        f"told by    {_counted(books.routes)}",
        f"no outreach {_counted(books.reasons)}",
        f"API calls  {min(calls)} to {max(calls)} a night, {sum(calls)} in all",
        *(f"{kind:<11}{each}" for kind, some in wrong.items() for each in some[:SHOWN]),
        " ".join(f"{kind} {len(some)}" for kind, some in wrong.items()),
    ]


def _linked(books: Books) -> int:
    return sum(each.follows is not None for each in books.ours.tickets)


def _counted(some: Counter[str]) -> str:
    return ", ".join(f"{times} {name}" for name, times in sorted(some.items()) if times) or "none"


def run(asked: Asked) -> Iterator[Books]:
    """The books of one month, while its world still stands."""
    with tempfile.TemporaryDirectory(prefix="sf-handoff-month-") as name:
        folder = Path(name)
        with store(asked.store, folder) as (url, _), world(asked, folder, url) as here:
            yield lived(here)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, prog="python -m benchmarks.month")
    usual = Asked()
    parser.add_argument("--seed", type=int, default=usual.seed, help="of all that is left to chance")
    parser.add_argument("--days", type=int, default=usual.days, help="from 2025-10-20 on (default: 42)")
    parser.add_argument("--rows", type=int, default=usual.rows, help="cases a day (default: 25)")
    parser.add_argument("--store", default=usual.store, help="sqlite, or postgresql (a server of its own)")
    given = parser.parse_args()
    began = time.monotonic()
    for books in run(Asked(given.seed, given.days, given.rows, given.store)):
        balanced = books.balance()
        print(*report(books), sep="\n")
    print(f"took {time.monotonic() - began:.0f} s", file=sys.stderr)
    return 0 if balanced else 1


if __name__ == "__main__":
    sys.exit(main())
