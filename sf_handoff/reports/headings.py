"""Which columns of the map a source has, by their API names: never by label, never by place.

A column that is required and not there ends the run before anything is read. One that another name has taken
over, under the same label, is said to be renamed; columns that the map does not know are left alone.
https://developer.salesforce.com/docs/atlas.en-us.api_analytics.meta/api_analytics/sforce_analytics_rest_api_getbasic_reportmetadata.htm
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sf_handoff.errors import Misconfigured, Uncertain
from sf_handoff.reports.checks import Finding
from sf_handoff.reports.columns import ReportColumn, ReportMap
from sf_handoff.reports.reading import VITAL
from sf_handoff.reports.runs import ReportRun, check_format


@dataclass(frozen=True)
class Headings:
    """The columns that were found, in the map's order, and what there is to say of the others."""

    columns: tuple[ReportColumn, ...]
    findings: tuple[Finding, ...]


def of_report(described: Mapping[str, Any], report: ReportMap) -> Headings:
    """Those of a saved report, from its describe. Raises Misconfigured where it cannot be used."""
    labels: dict[str, str] = {}
    known: dict[str, str] = {}
    try:
        metadata = described["reportMetadata"]
        check_format(metadata)
        _check_limit(metadata)
        labels, known = _labels(described), _known(described)
    except (KeyError, TypeError, AttributeError):
        raise Uncertain("Salesforce's answer about the report was not readable.", code="BAD_ANSWER") from None
    return _found(report, labels, known, lambda each: each.column)


def of_sobject(described: Mapping[str, Any], report: ReportMap) -> Headings:
    """Those of the records, from the sObject's describe. What it has beside them is no news."""
    labels: dict[str, str] = {}
    try:
        for each in described["fields"]:
            labels[each["name"]] = str(each.get("label") or "")
            if each.get("relationshipName"):
                labels |= {
                    column.field: "" for column in report.columns if _starts(column, each["relationshipName"])
                }
    except (KeyError, TypeError, AttributeError):
        raise Uncertain("Salesforce's answer about the fields was not readable.", code="BAD_ANSWER") from None
    found = _found(report, labels, {}, lambda each: each.field)
    return Headings(found.columns, tuple(each for each in found.findings if each.code != "SURPLUS_COLUMNS"))


def _found(
    report: ReportMap,
    labels: Mapping[str, str],
    known: Mapping[str, str],
    name: Callable[[ReportColumn], str],
) -> Headings:
    there = tuple(each for each in report.columns if name(each) in labels)
    absent = [each for each in report.columns if name(each) not in labels]
    surplus = {each: labels[each] for each in labels if each not in {name(one) for one in report.columns}}
    heirs = {each.name: _heir(each, name(each), known, surplus) for each in absent}
    _refuse([each for each in absent if each.required or each.name in VITAL], name, heirs)
    findings = [_optional(name(each), heirs[each.name]) for each in absent]
    left = sorted(set(surplus) - set(heirs.values()))
    if left:
        words = f"Columns that the map does not know were left out: {', '.join(left)}."
        findings.append(Finding("SURPLUS_COLUMNS", words))
    return Headings(there, tuple(findings))


def _refuse(
    missing: list[ReportColumn], name: Callable[[ReportColumn], str], heirs: Mapping[str, str]
) -> None:
    if not missing:
        return
    said = [
        f"{name(each)} ({f'is called {heirs[each.name]} now' if heirs[each.name] else each.name})"
        for each in missing
    ]
    renamed = any(heirs[each.name] for each in missing)
    raise Misconfigured(
        f"The report lacks columns that mappings/report.py requires: {', '.join(said)}. Put them back, or "
        "name them in the map as they are now.",
        code="RENAMED_COLUMN" if renamed else "MISSING_COLUMN",
        fields=tuple(name(each) for each in missing),
    )


def _optional(name: str, heir: str) -> Finding:
    if heir:
        words = f"The column {name} seems to be called {heir} now; it was left empty. Change the map."
        return Finding("RENAMED_OPTIONAL", words, needs_a_person=True)
    return Finding("MISSING_OPTIONAL", f"The column {name} is not there; it was left empty.")


def _heir(column: ReportColumn, name: str, known: Mapping[str, str], surplus: Mapping[str, str]) -> str:
    """The column that has taken over the label of a missing one, or nothing."""
    spoken = {known.get(name, ""), column.label, _words(column.column), _words(column.field)} - {""}
    wanted = {each.casefold() for each in spoken}
    return next((each for each, label in surplus.items() if label and label.casefold() in wanted), "")


def _words(name: str) -> str:
    """The label that a field of this name has, where nobody gave it another."""
    last = name.rpartition(".")[2].removesuffix("__c").replace("_", " ")
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", last)


def _labels(described: Mapping[str, Any]) -> dict[str, str]:
    """The columns that each row has, with their labels: the details, and the groups by a value."""
    names, info = ReportRun(described).names, described["reportExtendedMetadata"]
    said = {**(info.get("groupingColumnInfo") or {}), **(info.get("detailColumnInfo") or {})}
    return {each: str((said.get(each) or {}).get("label") or "") for each in sorted(names)}


def _known(described: Mapping[str, Any]) -> dict[str, str]:
    """Every column of the report's type."""
    kinds = (described.get("reportTypeMetadata") or {}).get("categories") or ()
    return {name: str(each["label"]) for kind in kinds for name, each in kind["columns"].items()}


def _check_limit(metadata: Mapping[str, Any]) -> None:
    if metadata.get("topRows"):
        raise Misconfigured(
            "The report has a row limit, so it never shows all rows. Save it without.", code="ROW_LIMIT"
        )


def _starts(column: ReportColumn, relationship: str) -> bool:
    return column.field.startswith(f"{relationship}.")
