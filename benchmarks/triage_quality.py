"""How good triage is on invented days, without an outage and with one: `python -m benchmarks.triage_quality`.

The words in mappings/triage_words.py were edited with days of the same generator at hand, so these figures
say that the rules hold together, not how they do on a call center's own notes: label a day of yours and
measure that.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from importlib import import_module

from sf_handoff.mapping import bundled
from sf_handoff.reports.quality import Quality, Score, measure
from sf_handoff.reports.triage import Triage

FIRST = date(2026, 11, 2)


def qualities(seeds: Iterable[int], rows: int, *, outage: bool) -> Iterator[tuple[int, Quality]]:
    """The figures of one day for each seed."""
    sample_day = import_module("sf_handoff.reports.sample_day").sample_day
    maps = bundled()
    triage = Triage(maps.triage, maps.report.own_record_types)
    for seed in seeds:
        cases = sample_day(FIRST + timedelta(days=seed), rows, seed, outage)
        yield seed, measure(((case.row, case.truth) for case in cases), triage)


def outage_of(quality: Quality) -> Score:
    """The score of the day's outage: the issue with the most cases."""
    return max(quality.clusters.values(), key=lambda each: each.right + each.missed, default=Score())


def line(name: str, technical: Score, mistagged: Score, tiers: float, outage: Score | None) -> str:
    scores = (technical, mistagged, *((outage,) if outage else ()))
    figures = "  ".join(f"{each.precision:>9.3f} {each.recall:>6.3f}" for each in scores)
    return f"{name:<14}{figures}  {tiers:>5.3f}"


def table(title: str, found: Iterable[tuple[int, Quality]], *, outage: bool) -> Iterator[str]:
    """One line for each day and one for all of them."""
    found = list(found)
    names = ["technical", "mistagged", *(["outage"] if outage else [])]
    yield f"{title:<14}" + "  ".join(f"{name + ' P':>9} {'R':>6}" for name in names) + "   tier"
    for seed, each in found:
        yield line(
            f"seed {seed}",
            each.technical,
            each.mistagged,
            each.tier_share,
            outage_of(each) if outage else None,
        )
    every = [each for _, each in found]
    yield line(
        f"all {sum(each.rows for each in every)} rows",
        sum((each.technical for each in every), Score()),
        sum((each.mistagged for each in every), Score()),
        sum(each.tier for each in every) / max(1, sum(each.rows for each in every)),
        sum((outage_of(each) for each in every), Score()) if outage else None,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=400)
    parser.add_argument("--seeds", type=int, default=10)
    given = parser.parse_args()
    for title, outage in (("usual days", False), ("outage days", True)):
        found = qualities(range(1, given.seeds + 1), given.rows, outage=outage)
        print(*table(title, found, outage=outage), "", sep="\n")


if __name__ == "__main__":
    main()
