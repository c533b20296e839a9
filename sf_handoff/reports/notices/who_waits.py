"""Who waits, as Salesforce says it of the Cases: asked in few calls, and no address is kept.

https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql_relationships.htm
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import quote

from sf_handoff.calls.batch import PARTS, chunks
from sf_handoff.calls.composite import CompositeRequest, Part, Subrequest
from sf_handoff.calls.lookups import VALUES, rows_of
from sf_handoff.mapping import Json
from sf_handoff.reports.notices.answer_map import WhoWaits
from sf_handoff.reports.notices.notice_map import WhhCases
from sf_handoff.reports.notices.routes import routes
from sf_handoff.reports.notices.values import Route, Routed, Waiting
from sf_handoff.reports.tickets import TicketCase

_NOBODY = Waiting("", "")
GONE = "The case was deleted or merged, or must not be seen by this connector."


@dataclass(frozen=True)
class Seen:
    """A Case as it is now. `product` is what the agents chose."""

    waiting: Waiting
    product: str | None


@dataclass(frozen=True)
class Listed:
    """Why somebody is not told, whatever else holds; and by whom, where a lead decided that."""

    reason: str
    decided_by: str | None = None


def questions(case_ids: Iterable[str], sobject: str, who: WhoWaits) -> Iterator[CompositeRequest]:
    """The calls that ask for these Cases. What is no Id is not asked for."""
    columns = ", ".join(("Id", "CaseNumber", *who.paths))
    asked = sorted({each for each in case_ids if each.isascii() and each.isalnum()})
    queries = [_query(columns, sobject, some) for some in chunks(asked, VALUES)]
    for group in chunks(queries, PARTS):
        parts = (
            Subrequest(f"query_{number}", "GET", f"query?q={quote(each, safe='')}")
            for number, each in enumerate(group)
        )
        yield CompositeRequest(tuple(parts))


def answers(parts: Sequence[Part], who: WhoWaits, whh: WhhCases) -> dict[str, Seen]:
    """The Cases that were found, by what `same` makes of their Ids."""
    return {same(str(each["Id"])): _seen(each, who, whh) for each in rows_of(parts)}


def same(case_id: str) -> str:
    """An Id of 15 characters is the beginning of the one of 18."""
    return case_id[:15]


def routed(
    cases: Iterable[TicketCase],
    seen: Mapping[str, Seen],
    heard: Mapping[str, str],
    listed: Mapping[str, Listed],
) -> Iterator[Routed]:
    """Each case, as the ledger calls it, with its route. `heard` says with which case a person is told;
    `listed`, by case or person, who is not to be told."""
    there, others = list[Waiting](), list[Routed]()
    for case in cases:
        found = seen.get(same(case.case_id))
        waiting = replace(
            found.waiting if found else _NOBODY, case_number=case.case_number, case_id=case.case_id
        )
        why = listed.get(same(case.case_id)) or listed.get(same(waiting.person or ""))
        told_with = heard.get(waiting.person or "", case.case_number)
        if found is None:
            others.append(Routed(waiting, Route.NO_OUTREACH, GONE))
        elif why:
            others.append(Routed(waiting, Route.NO_OUTREACH, why.reason, why.decided_by))
        elif told_with != case.case_number:
            words = f"The same person is told with case {told_with}."
            others.append(Routed(waiting, Route.NO_OUTREACH, words))
        else:
            there.append(waiting)
    yield from routes(there)
    yield from others


def _query(columns: str, sobject: str, ids: Sequence[str]) -> str:
    listed = ", ".join(f"'{each}'" for each in ids)
    return f"SELECT {columns} FROM {sobject} WHERE Id IN ({listed})"  # noqa: S608


def _seen(record: Mapping[str, Json], who: WhoWaits, whh: WhhCases) -> Seen:
    def text(path: str) -> str | None:
        found = _at(record, path)
        return str(found) if found else None

    def any_of(paths: Iterable[str]) -> bool:
        return any(_at(record, path) for path in paths)

    waiting = Waiting(
        case_number=str(record.get("CaseNumber")),
        case_id=str(record["Id"]),
        person=text(who.person),
        email_there=any_of(who.email) and not any_of(who.no_email),
        phone_there=any_of(who.phone) and not any_of(who.no_phone),
        opted_out=any_of(who.opted_out),
        deceased=any_of(who.deceased),
        whh=whh.has(origin=text(who.origin), queue=text(who.queue), record_type=text(who.record_type)),
    )
    return Seen(waiting, text(who.product))


def _at(record: Json | Mapping[str, Json], path: str) -> Json:
    found: Json | Mapping[str, Json] = record if path else None
    for name in path.split("."):
        found = found.get(name) if isinstance(found, Mapping) else None
    return found if not isinstance(found, Mapping) else None
