"""The Excel answer of a run: one sheet, a line of labels, then the rows, grouped columns first.

Numbers, dates and yes-or-no are cells of their kind; everything else is text, whatever it begins with.
https://developer.salesforce.com/docs/atlas.en-us.api_analytics.meta/api_analytics/analytics_api_download_excel.htm
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import datetime, time
from itertools import chain, islice
from typing import Any

from sf_handoff.embedded.describe_fields import NUMBERS
from sf_handoff.embedded.http import Answer, Call
from sf_handoff.embedded.reports_cells import shortened
from sf_handoff.embedded.reports_results import walked
from sf_handoff.embedded.reports_rows import Row, Run

EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_ROWS = 100_000


def wanted(call: Call) -> bool:
    return EXCEL in call.headers.get("accept", "")


def answer(run: Run) -> Answer:
    name = run.metadata["developerName"]
    return Answer(
        200, _workbook(run), {"Content-Disposition": f'attachment; filename="{name}.xlsx"'}, media=EXCEL
    )


def _workbook(run: Run) -> bytes:
    import xlsxwriter  # type: ignore[import-untyped]

    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as workbook:
        workbook.set_properties({"created": run.org.clock().replace(tzinfo=None)})
        formats = {
            "date": workbook.add_format({"num_format": "m/d/yyyy"}),
            "datetime": workbook.add_format({"num_format": "m/d/yyyy h:mm AM/PM"}),
        }
        sheet = workbook.add_worksheet("Report")
        names = _names(run)
        for at, name in enumerate(names):
            sheet.write_string(0, at, run.report.label(name))
        for line, row in enumerate(_rows(run), start=1):
            for at, name in enumerate(names):
                _write(run, sheet, (line, at), name, row, formats)
    return file.getvalue()


def _names(run: Run) -> list[str]:
    grouped = [each["name"] for each in run.metadata["groupingsDown"]]
    return list(dict.fromkeys([*grouped, *run.metadata["detailColumns"]]))


def _rows(run: Run) -> Iterator[Row]:
    innermost = (node.rows for _, node in walked(run.tree()) if not node.groups)
    return islice(chain.from_iterable(innermost), MOST_ROWS)


def _write(
    run: Run, sheet: Any, place: tuple[int, int], name: str, row: Row, formats: dict[str, Any]
) -> None:
    own, (value, _) = run.report.fields[name], run.value(row, name)
    if value is None:
        return
    if own.type in NUMBERS:
        sheet.write_number(*place, float(value))
    elif own.type == "boolean":
        sheet.write_boolean(*place, bool(value))
    elif own.type in formats:
        sheet.write_datetime(*place, _local(run, own.type, value), formats[own.type])
    else:
        sheet.write_string(*place, shortened(str(value)))


def _local(run: Run, kind: str, value: Any) -> datetime:
    if kind == "date":
        return datetime.combine(run.cells.day(value), time())
    return datetime.fromisoformat(str(value)).astimezone(run.cells.zone).replace(tzinfo=None)
