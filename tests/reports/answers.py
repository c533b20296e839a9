"""Answers of report runs, made by hand."""

from __future__ import annotations

from typing import Any

NAMES = ("A", "B")


def fact(count: int, *rows: tuple[str, ...]) -> dict[str, Any]:
    cells = [{"dataCells": [{"label": each, "value": each} for each in row]} for row in rows]
    return {"aggregates": [{"label": str(count), "value": count}], "rows": cells}


def group(key: str, value: str, *below: dict[str, Any]) -> dict[str, Any]:
    return {"key": key, "label": value, "value": value, "groupings": list(below)}


def tabular(*rows: tuple[str, ...], **changes: Any) -> dict[str, Any]:
    return answer({"T!T": fact(len(rows), *rows)}, **changes)


def answer(facts: dict[str, Any], groups: tuple[Any, ...] = (), **changes: Any) -> dict[str, Any]:
    by = [{"name": f"G{level}", "dateGranularity": "None"} for level in range(2 if groups else 0)]
    metadata = {
        "reportFormat": "SUMMARY" if groups else "TABULAR",
        "detailColumns": list(NAMES),
        "aggregates": ["RowCount"],
        "groupingsDown": by,
    }
    return {
        "allData": True,
        "hasDetailRows": True,
        "factMap": facts,
        "groupingsDown": {"groupings": list(groups)},
        "reportMetadata": metadata,
        **changes,
    }
