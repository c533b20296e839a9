"""What an org holds before an exchange, read off the exchange: what is listed, changed or named was there."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import unquote_plus

from sf_handoff.embedded import ids
from tests.replay.alone import RECORD
from tests.replay.readers import Exchange

BLOB = "AA=="
EQUALS = re.compile(r"where (\w+)='(\w+)'", re.IGNORECASE)
ROW = re.compile(r"/services/data/v\d+\.0/sobjects/(\w+)/(\w{15,18})")


@dataclass(frozen=True)
class Record:
    """One row. A parent's id is in its lookup already; `parent` names the list in which it stood."""

    sobject: str
    fields: Mapping[str, Any]
    parent: tuple[str, str] | None = None
    deleted: bool = False


@dataclass(frozen=True)
class World:
    """`org` is one of `sobjects.ORGS`; `first` is asked before, and its `nextRecordsUrl` is the path then."""

    records: tuple[Record, ...] = ()
    org: str = "plain"
    first: str | None = None


def world(exchange: Exchange) -> World:
    if exchange.id in OF_ITS_OWN:
        return OF_ITS_OWN[exchange.id](exchange)
    shown = (_meeting(exchange, each) for each in listed(exchange.answer))
    found = (*named(exchange), *changed(exchange), *counted(exchange), *shown)
    return World(found, "other" if exchange.id in IN_THE_OTHER else "plain")


def _meeting(exchange: Exchange, record: Record) -> Record:
    """`record` with the value that the query's condition wants."""
    asked = EQUALS.search(unquote_plus(exchange.path))
    return replace(record, fields={**record.fields, asked[1]: asked[2]}) if asked else record


def listed(answer: Any, parent: tuple[str, str] | None = None) -> Iterator[Record]:
    """The records in an answer, with their parents and their children, wherever in it."""
    if isinstance(answer, list):
        for each in answer:
            yield from listed(each, parent)
    if not isinstance(answer, dict):
        return
    match = ROW.fullmatch(answer.get("attributes", {}).get("url", ""))
    if match is None:
        for each in answer.values():
            yield from listed(each, parent)
        return
    fields: dict[str, Any] = {"Id": match[2]}
    for name, value in answer.items():
        if isinstance(value, dict) and name != "attributes":
            yield from listed(value, (match[2], name))
            above = ROW.fullmatch(value.get("attributes", {}).get("url", ""))
            fields |= {name: above[2]} if above else {}
        elif name not in {"attributes", "Id"}:
            fields[name] = BLOB if str(value).endswith(f"/{match[2]}/{name}") else value
    yield Record(match[1], fields, parent)


def changed(exchange: Exchange) -> Iterator[Record]:
    """The records that a PATCH or DELETE names, alone, in a Composite, or in a collection."""
    gone = "ENTITY_IS_DELETED" in repr(exchange.answer)
    for method, path in _parts(exchange):
        row = ROW.fullmatch(path)
        if row and ids.normal(row[2]) and method in {"PATCH", "DELETE"}:
            yield Record(row[1], {"Id": row[2]}, deleted=gone)
    if exchange.method == "PATCH" and "/composite/sobjects" in exchange.path:
        yield from _collection(exchange)


def _collection(exchange: Exchange) -> Iterator[Record]:
    key = exchange.path.partition("/composite/sobjects/")[2].partition("/")[2] or "Id"
    for given, result in zip(exchange.body["records"], exchange.answer, strict=True):
        if result.get("created") is not True:
            known_by = {key: given[key]} if key in given else {}
            record_id = result.get("id") or given.get("Id") or given.get("id")
            if record_id:
                yield Record(given["attributes"]["type"], {**known_by, "Id": record_id})


def named(exchange: Exchange) -> Iterator[Record]:
    """The records that lookups in the request name."""
    records = exchange.body.get("records", []) if isinstance(exchange.body, dict) else []
    for name, value in ((name, value) for each in records for name, value in each.items()):
        if name.endswith("Id") and name != "Id" and ids.normal(value):
            yield Record(name.removesuffix("Id"), {"Id": value})


def counted(exchange: Exchange) -> Iterator[Record]:
    """As many records as were counted."""
    if "/limits/recordCount" in exchange.path:
        for each in exchange.answer["sObjects"]:
            yield from blank(each["name"], each["count"])
    elif "count(" in unquote_plus(f"{exchange.path} {exchange.body}").lower():
        yield from blank("Account", _told(exchange.answer))


def _told(answer: Mapping[str, Any]) -> int:
    """The count in the answer to COUNT() or to COUNT(Id), or in the first part of a Composite."""
    if "compositeResponse" in answer:
        return _told(answer["compositeResponse"][0]["body"])
    return int(answer["records"][0]["expr0"] if answer["records"] else answer["totalSize"])


def blank(sobject: str, count: int) -> Iterator[Record]:
    """Records without values; where none is left, there was one."""
    prefix = {"Account": "001", "Contact": "003"}[sobject]
    for number in range(1, max(count, 1) + 1):
        yield Record(sobject, {"Id": ids.make(prefix, number)}, deleted=count == 0)


def _parts(exchange: Exchange) -> Iterator[tuple[str, str]]:
    yield exchange.method, exchange.path
    body = exchange.body if isinstance(exchange.body, dict) else {}
    for request in [body, *body.get("graphs", [])]:
        yield from ((part["method"], part["url"]) for part in request.get("compositeRequest", []))


def _thousands(exchange: Exchange) -> World:
    """The 2,000 that are shown, and as many more as the count tells."""
    shown = tuple(listed(exchange.answer))
    before = 2000 if "/query/" in exchange.path else 0
    after = exchange.answer["totalSize"] - before - len(shown)
    others = [("A", number) for number in range(before)] + [("Z", number) for number in range(after)]
    more = (Record("random__c", {"Id": ids.with_check(f"a01{at}{number:011d}")}) for at, number in others)
    first = "/services/data/v51.0/query?q=SELECT+RANDOM_1__c,+RANDOM_2__c+FROM+Random__c"
    return World((*shown, *more), first=first if before else None)


def _opportunities(exchange: Exchange) -> World:
    """One for each group of the answer, and a second in the first group."""
    groups = exchange.answer["records"]
    amounts = [(each["CampaignId"], each["expr0"]) for each in groups[1:]]
    amounts += [(groups[0]["CampaignId"], groups[0]["expr0"] / 2)] * 2
    return World(
        tuple(
            Record("Opportunity", {"Id": ids.make("006", number), "CampaignId": campaign, "Amount": amount})
            for number, (campaign, amount) in enumerate(amounts)
        )
    )


def _whizbangs(*record_ids: str) -> World:
    return World(tuple(Record("Whizbang", {"Id": each, "External_Field__c": "1234"}) for each in record_ids))


OF_ITS_OWN: dict[str, Callable[[Exchange], World]] = {
    "sf-fx-runtime-nodejs/query-with-next-records-url": _thousands,
    "sf-fx-runtime-nodejs/query-with-next-records-url-2": _thousands,
    "restforce/query_aggregate_success_response": _opportunities,
    "restforce/sobject_select_success_response": lambda _: _whizbangs(RECORD),
    "restforce/upsert_multiple_error_response": lambda _: _whizbangs(RECORD, ids.make("a0W", 1)),
    "restforce/org_query_response": lambda _: World(),
}
GRAPHS = "sf-fx-runtime-nodejs/composite-graph"
IN_THE_OTHER = {f"{GRAPHS}-create", f"{GRAPHS}-single-update", f"{GRAPHS}-single-delete"}
