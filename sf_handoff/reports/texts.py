"""Long texts, whole, from the records of the rows that a report may have cut.

Five queries of 200 Ids each in a Composite: a thousand rows a call.
https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_composite_composite.htm
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from urllib.parse import quote

from sf_handoff.calls.composite import CompositeRequest, Subrequest
from sf_handoff.mapping import Json
from sf_handoff.reports.cells import Plain, plain
from sf_handoff.reports.columns import Kind, ReportColumn, ReportMap
from sf_handoff.reports.reading import at_path

VALUES, QUERIES = 200, 5
A_CALL = VALUES * QUERIES


def asked(sobject: str, columns: Iterable[ReportColumn], case_ids: Sequence[str]) -> CompositeRequest:
    """The call that reads those of `columns` that are long texts, of at most a thousand records."""
    return by_id(sobject, [each.field for each in columns if each.kind is Kind.LONG_TEXT], case_ids, "texts")


def by_id(sobject: str, fields: Iterable[str], case_ids: Sequence[str], name: str) -> CompositeRequest:
    """The call that reads `fields` of at most a thousand records. Its parts are called `name`_0 and so on."""
    listed = ", ".join(["Id", *fields])
    chunks = [case_ids[at : at + VALUES] for at in range(0, len(case_ids), VALUES)]
    return CompositeRequest(
        tuple(
            Subrequest(f"{name}_{at}", "GET", f"query?q={quote(_query(sobject, listed, some), safe='')}")
            for at, some in enumerate(chunks)
        )
    )


def completed(
    report: ReportMap, values: Sequence[Plain], record: Mapping[str, Json]
) -> tuple[tuple[Plain, ...], bool]:
    """The kept values with the record's long texts in place, and whether the report had cut one of them."""
    whole, cut = list(values), False
    for at, each in enumerate(report.columns):
        text = plain(Kind.LONG_TEXT, at_path(record, each.field)) if each.kind is Kind.LONG_TEXT else None
        if isinstance(text, str):
            cut = cut or len(text) > len(str(whole[at] or ""))
            whole[at] = text
    return tuple(whole), cut


def _query(sobject: str, fields: str, case_ids: Sequence[str]) -> str:
    """An Id cannot hold a quote."""
    listed = ", ".join(f"'{each}'" for each in case_ids)
    return f"SELECT {fields} FROM {sobject} WHERE Id IN ({listed})"  # noqa: S608
