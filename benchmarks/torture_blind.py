"""A way to Salesforce that is wrong on purpose: it makes records without our key, and repeats what it is not
sure of. With it `torture.py` must find doubles; that proves its books."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from sf_handoff.calls.composite import CompositeRequest, Part, Subrequest
from sf_handoff.errors import Rejected
from sf_handoff.mapping import Json
from sf_handoff.ports import Salesforce
from sf_handoff.retry import Call

KEY = "Handoff_Id__c"


class Blind:
    """Plain creates, as most integrations send them."""

    def __init__(self, org: Salesforce) -> None:
        self._org = org

    def composite(self, request: CompositeRequest, call: Call) -> tuple[Part, ...]:
        return self._org.composite(
            replace(request, subrequests=tuple(map(_plain, request.subrequests))), call
        )

    def bulk_insert(
        self,
        sobject: str,
        records: Sequence[dict[str, Json]],
        key: str,
        call: Call,
        alive: Callable[[], None],
    ) -> dict[str, dict[str, Json]]:
        raise Rejected("A job knows its records by the key.", code="NO_KEY")

    def close(self) -> None:
        self._org.close()


def _plain(part: Subrequest) -> Subrequest:
    """The part without the key. What was just made is read by its own Id instead."""
    if part.reference_id.endswith("_read"):
        made = part.reference_id.removesuffix("_read")
        sobject, fields = part.path.split("/")[1], part.path.partition("?")[2]
        return replace(part, path=f"sobjects/{sobject}/@{{{made}.id}}?{fields}")
    body = part.body or {}
    records = body.get("records")
    if isinstance(records, list):
        return replace(part, body={**body, "records": [_keyless(each) for each in records]})
    return replace(part, body=_keyless(body)) if KEY in body else part


def _keyless(record: object) -> dict[str, Json]:
    return (
        {name: value for name, value in record.items() if name != KEY} if isinstance(record, Mapping) else {}
    )
