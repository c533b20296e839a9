"""Who the cases that are quoted are about: asked for only to take their names out of the quotes.

One field of a Case after the other, as the map names them, for at most a thousand cases a call.
https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_composite_composite.htm
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from sf_handoff.calls.composite import CompositeRequest, Part
from sf_handoff.calls.lookups import rows_of
from sf_handoff.redaction import People
from sf_handoff.reports.evidence import Evidence
from sf_handoff.reports.reading import at_path
from sf_handoff.reports.texts import A_CALL, by_id
from sf_handoff.reports.ticket_map import TicketMap


def persons_needed(found: Iterable[Evidence]) -> tuple[str, ...]:
    """The Ids of the cases that may be quoted, each once."""
    return tuple(sorted({quote.case.case_id for each in found for quote in each.quotes}))


def asked(sobject: str, declared: TicketMap, case_ids: Sequence[str]) -> tuple[CompositeRequest, ...]:
    """The calls that read who these cases name; none where the map names no fields."""
    if not declared.names:
        return ()
    chunks = (case_ids[at : at + A_CALL] for at in range(0, len(case_ids), A_CALL))
    return tuple(by_id(sobject, declared.names, some, "names") for some in chunks)


def read(parts: Iterable[Part], declared: TicketMap) -> dict[str, People]:
    """By case Id, the people whom the case names. A case that was not found is not in it."""
    return {str(each["Id"]): _people(each, declared) for each in rows_of(parts)}


def _people(record: Mapping[str, object], declared: TicketMap) -> People:
    values = (at_path(record, path) for path in declared.names if not _of_a_queue(record, path))
    return People.of(each for each in values if isinstance(each, str))


def _of_a_queue(record: Mapping[str, object], path: str) -> bool:
    """Whether the path leads to a queue that owns the case: its name is nobody's, and may be any words."""
    return "/Group/" in str(at_path(record, f"{path.partition('.')[0]}.attributes.url"))
