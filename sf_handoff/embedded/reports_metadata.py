"""The metadata of a run: what the report has saved, changed by what the request sends.

What a run here cannot do is refused: row-limit, cross and standard filters, matrix and joined reports.
https://developer.salesforce.com/docs/atlas.en-us.api_analytics.meta/api_analytics/sforce_analytics_rest_api_getbasic_reportmetadata.htm
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sf_handoff.embedded.describe_fields import NUMBERS
from sf_handoff.embedded.http import Call
from sf_handoff.embedded.refusals import not_json
from sf_handoff.embedded.reports_kept import DATES, Kept, bad_request

LISTS = ("aggregates", "detailColumns", "groupingsDown", "reportFilters", "sortBy")
CHANGES = (*LISTS, "reportBooleanFilter", "reportFormat", "standardDateFilter")
# What a report is called bears on no run.
NAMES = ("currency", "description", "developerName", "folderId", "hasDetailRows", "id", "name")
FORMATS = ("TABULAR", "SUMMARY")
SUMMARIES = {"s": "Sum of", "a": "Average of", "mx": "Largest", "m": "Smallest"}
GRANULARITIES = {"None": "None", "Day": "Day", "Month": "Calendar Month", "Year": "Calendar Year"}
MOST_COLUMNS, MOST_GROUPS = 100, 3
DATA_TYPES = {"reference": "id", "combobox": "picklist"}


def asked(report: Kept, call: Call) -> dict[str, Any]:
    """The metadata that this run goes by."""
    given = call.json().get("reportMetadata") if call.body else None
    if not isinstance(given, dict | None):
        raise not_json("reportMetadata must be an object at [line:1, column:1]")
    metadata = dict(report.metadata)
    for name, value in (given or {}).items():
        if name in CHANGES:
            metadata[name] = value
        elif name not in NAMES and value not in (None, False, "", [], {}, report.metadata.get(name)):
            raise bad_request(f"The report property {name} can't be changed when the report is run.")
    _check_shape(metadata)
    _check_format(metadata)
    _check_columns(report, metadata)
    return metadata


def _check_shape(metadata: dict[str, Any]) -> None:
    for name in LISTS:
        metadata[name] = metadata[name] or []
        fits = _is_text if name in {"aggregates", "detailColumns"} else _is_flat
        if not isinstance(metadata[name], list) or not all(map(fits, metadata[name])):
            raise not_json(f"{name} is not as it should be at [line:1, column:1]")
    if not _is_flat(metadata["standardDateFilter"] or {}):
        raise not_json("standardDateFilter is not as it should be at [line:1, column:1]")


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_flat(value: object) -> bool:
    return isinstance(value, dict) and not any(isinstance(each, dict | list) for each in value.values())


def _check_format(metadata: dict[str, Any]) -> None:
    if metadata["reportFormat"] not in FORMATS:
        raise bad_request(f"Reports of the format {metadata['reportFormat']} can't be run.")
    if metadata["reportFormat"] == "TABULAR" and metadata["groupingsDown"]:
        raise bad_request("A tabular report can't have groupings.")
    if len(metadata["groupingsDown"]) > MOST_GROUPS:
        raise bad_request(f"A summary report can't have more than {MOST_GROUPS} groupings.")
    if len(metadata["detailColumns"]) > MOST_COLUMNS:
        raise bad_request(f"A report can't have more than {MOST_COLUMNS} columns.")
    if len(metadata["sortBy"]) > 1:
        raise bad_request("A report can be sorted by one column only.")


def _check_columns(report: Kept, metadata: dict[str, Any]) -> None:
    for name in metadata["detailColumns"]:
        if name not in report.fields:
            raise bad_request(f"The detail column {name} is invalid.")
    if len(set(metadata["detailColumns"])) < len(metadata["detailColumns"]):
        raise bad_request("A detail column can't be shown twice.")
    for each in metadata["groupingsDown"]:
        _check_sorted(report, each.get("name"), each.get("sortOrder", "Asc"))
        _check_granularity(report, each["name"], each.get("dateGranularity") or "None")
    for each in metadata["sortBy"]:
        _check_sorted(report, each.get("sortColumn"), each.get("sortOrder", "Asc"))
    for name in metadata["aggregates"]:
        kind, _, column = name.partition("!")
        numeric = column in report.fields and report.fields[column].type in NUMBERS
        if name != "RowCount" and not (kind in SUMMARIES and numeric):
            raise bad_request(f"The aggregate {name} is invalid.")


def _check_sorted(report: Kept, name: object, order: object) -> None:
    if name not in report.fields or not report.fields[str(name)]["sortable"]:
        raise bad_request(f"The report can't be sorted or grouped by the column {name}.")
    if order not in {"Asc", "Desc"}:
        raise bad_request(f"The sort order {order} is invalid.")


def _check_granularity(report: Kept, name: str, granularity: str) -> None:
    if granularity not in GRANULARITIES or (granularity != "None" and report.fields[name].type not in DATES):
        raise bad_request(f"The date granularity {granularity} is invalid for the column {name}.")


def extended(report: Kept, metadata: Mapping[str, Any]) -> dict[str, Any]:
    """Labels and types of what `metadata` names."""
    across = {"acrossGroupingContext": None, "downGroupingContext": None}
    return {
        "aggregateColumnInfo": {
            each: {**across, **_summary(report, each)} for each in metadata["aggregates"]
        },
        "detailColumnInfo": {each: info(report, each) for each in metadata["detailColumns"]},
        "groupingColumnInfo": {
            each["name"]: {**info(report, each["name"]), "groupingLevel": level}
            for level, each in enumerate(metadata["groupingsDown"])
        },
    }


def info(report: Kept, name: str) -> dict[str, Any]:
    return {"dataType": data_type(report.fields[name].type), "label": report.label(name)}


def data_type(kind: str) -> str:
    return DATA_TYPES.get(kind, kind)


def _summary(report: Kept, name: str) -> dict[str, Any]:
    if name == "RowCount":
        return {"dataType": "int", "label": "Record Count"}
    kind, _, column = name.partition("!")
    return {"dataType": report.fields[column].type, "label": f"{SUMMARIES[kind]} {report.label(column)}"}
