"""How much memory the files of a day take, for 2,000 and for 60,000 rows, each in a process of its own.

    python -m benchmarks.report_files

The peak of the larger day must lie within 40 MB of the smaller one's; otherwise it ends with status 1.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import BinaryIO

from mappings.report import CATEGORIES, PRODUCTS, REPORT
from sf_handoff.adapters.report_files.cells import Found
from sf_handoff.adapters.report_files.csv import write_csv
from sf_handoff.adapters.report_files.jsonl import write_jsonl
from sf_handoff.adapters.report_files.xlsx import About, write_xlsx
from sf_handoff.reports.rows import ReportRow
from sf_handoff.reports.triage import Flag

SMALL, LARGE, MOST_MB = 2_000, 60_000, 40
FLAGGED = 500  # as many on either day: the flags are the caller's
DAY, FIRST = date(2026, 11, 20), datetime(2026, 11, 20, 5, tzinfo=UTC)
NOTES = "Caller says the page keeps loading after sign-in, tried two browsers and the app. " * 8
Write = Callable[[BinaryIO, Iterator[ReportRow], Found], None]


def rows(count: int) -> Iterator[ReportRow]:
    for at in range(count):
        yield ReportRow(
            case_id=f"500{at:012d}AAA",
            case_number=f"{at:08d}",
            opened_at=FIRST + timedelta(seconds=at),
            changed_at=FIRST + timedelta(seconds=at + 60),
            subject=f"T3 page does not load ({at})",
            notes=f"{NOTES}{at}",
            status="New",
            closed=False,
            category=CATEGORIES[at % len(CATEGORIES)],
            product=PRODUCTS[at % len(PRODUCTS)],
        )


def workbook(file: BinaryIO, given: Iterator[ReportRow], found: Found) -> None:
    address = "https://example.lightning.force.com/lightning/r/Case/{}/view"
    write_xlsx(file, given, found, About(day=DAY, made_at=FIRST, case_url=address.format))


WRITERS: dict[str, Write] = {"csv": write_csv, "jsonl": write_jsonl, "xlsx": workbook}


def measure(kind: str, count: int) -> None:
    """In the process that is measured: prints its peak and its time."""
    flags = {f"{at:08d}": Flag(f"{at:08d}", 3, ("t3",), ("Subject has T3",)) for at in range(FLAGGED)}
    with tempfile.TemporaryDirectory() as folder, (Path(folder) / "day").open("w+b") as file:
        began = time.perf_counter()
        WRITERS[kind](file, rows(count), Found(REPORT, flags))
        took = time.perf_counter() - began
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(json.dumps({"peak": peak, "took": took, "bytes": file.seek(0, 2)}))


def main() -> int:
    print("| file | rows | peak, MB | seconds | file, MB |\n| --- | --- | --- | --- | --- |")
    slopes = []
    for kind in WRITERS:
        peaks = []
        for count in (SMALL, LARGE):
            command = [sys.executable, "-m", "benchmarks.report_files", kind, str(count)]
            told = json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout)
            peaks.append(told["peak"])
            size = told["bytes"] / 2**20
            print(f"| {kind} | {count:,} | {told['peak']:.0f} | {told['took']:.1f} | {size:.1f} |")
        slopes.append(peaks[1] - peaks[0])
    print(f"\nThe larger day takes at most {max(slopes):.0f} MB more; {MOST_MB} are allowed.")
    return int(max(slopes) > MOST_MB)


if __name__ == "__main__":
    if len(sys.argv) == 3:
        measure(sys.argv[1], int(sys.argv[2]))
    else:
        sys.exit(main())
