"""What a batch asks of Salesforce: records made, brought up to date and found, in as few calls as can be."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import partial
from typing import TypeVar

from sf_handoff.calls import lookups
from sf_handoff.calls.batch import Draft, outcome, record, writes, written
from sf_handoff.calls.composite import CompositeRequest, Part, Refusal, Written, lookup_key
from sf_handoff.calls.plan import BULK_FROM
from sf_handoff.calls.tap import Tap
from sf_handoff.delivery import lease, lease_lost
from sf_handoff.errors import HandoffError, Misconfigured
from sf_handoff.mapping import Json, MappingSet, RecordMap
from sf_handoff.ports import Row, Store
from sf_handoff.retry import Call, RetryPolicy, Verdict
from sf_handoff.sender import Sender

T = TypeVar("T")


class Desk:
    """For one batch. `calls` counts what it took; before each call the leases of its rows are prolonged."""

    def __init__(
        self,
        sender: Sender,
        store: Store,
        maps: MappingSet,
        policy: RetryPolicy,
        rows: Sequence[Row],
        *,
        bulk: bool,
    ) -> None:
        self._sender, self.store, self.maps = sender, store, maps
        self._policy, self._rows, self._bulk = policy, rows, bulk
        self._old_names, self._in_doubt = bool(sender.names), False
        self.calls = 0

    def made(self, drafts: list[Draft], record_map: RecordMap[Tap]) -> dict[str, Written]:
        """What became of records to be made unless they are there: the ones that were are found by key."""
        found = self.written(drafts, record_map)
        there = [key for key, wrote in found.items() if _is_there(wrote)]
        return found | self.by_key(there, record_map)

    def written(self, drafts: list[Draft], record_map: RecordMap[Tap]) -> dict[str, Written]:
        """What became of each record, by its key."""
        known = self._names_for(drafts)
        ready, found = list[Draft](), dict[str, Written]()
        for draft in drafts:
            if all(lookup_key(name, draft.body) in known for name in draft.body.names):
                ready.append(draft)
            else:
                found[draft.key] = Written(refusal=Refusal(Verdict.SETUP, "NAME_NOT_FOUND", ()))
        if self._bulk and len(ready) >= BULK_FROM and not ready[0].record_id:
            return found | self._by_job(ready, record_map)
        misfit = _misfit if record_map is self.maps.case else _fits
        for group, request in writes(ready, record_map, known):
            wrote = self._sent(request, partial(written, group), misfit)
            found |= wrote
        return found

    def by_key(self, keys: Sequence[str], record_map: RecordMap[Tap]) -> dict[str, Written]:
        """Those of the records that are there, by their keys."""
        return self.fitting(keys, record_map, ("",))[""]

    def fitting(
        self, keys: Sequence[str], record_map: RecordMap[Tap], conditions: Sequence[str]
    ) -> dict[str, dict[str, Written]]:
        """For each condition, the records that fit it, by their keys; Salesforce may spell a key in another
        case. Several under one key are a matter for a person."""
        asked = {key.lower(): key for key in keys}
        fitting: dict[str, dict[str, Written]] = {when: {} for when in conditions}
        for request, whens in lookups.by_key_when(keys, record_map, conditions):
            parts = self._sent(request, lambda parts: [lookups.rows_of([each]) for each in parts], _fits)
            for when, records in zip(whens, parts, strict=True):
                for each in records:
                    number, key = each.get(record_map.number or ""), str(each.get(record_map.key)).lower()
                    found = fitting[when]
                    if asked.get(key) in found:
                        found[asked[key]] = Written(refusal=Refusal(Verdict.REFUSED, "MULTIPLE_MATCH", ()))
                    elif key in asked:
                        found[asked[key]] = Written(str(each["Id"]), number=str(number) if number else None)
        return fitting

    def still_open(self, ids: Collection[str]) -> set[str]:
        """Which of these Cases agents are not done with."""
        return {str(each["Id"]) for each in self._asked(lookups.still_open(list(ids), self.maps.case))}

    def _by_job(self, drafts: list[Draft], record_map: RecordMap[Tap]) -> dict[str, Written]:
        names, call = self._sender.names, Call(self._policy)
        records = [record(draft, record_map, names) for draft in drafts]
        try:
            told = self._sender.bulk_insert(record_map.sobject, records, record_map.key, call, self._alive)
        finally:
            self.calls += call.requests
        return {draft.key: _of_job(told.get(draft.key)) for draft in drafts}

    def doubt_names(self) -> bool:
        """Whether a refusal may be for a name that this batch did not look up itself; the next round does."""
        self._in_doubt = self._in_doubt or self._old_names
        return self._old_names

    def begin_round(self) -> None:
        if self._in_doubt:
            self._sender.forget_names()
            self._old_names = self._in_doubt = False

    def _names_for(self, drafts: list[Draft]) -> dict[str, str]:
        bodies = [draft.body for draft in drafts]
        found = self._asked(lookups.by_name(bodies, self._sender.names))
        self._sender.learn(lookups.named_ids(bodies, found))
        return self._sender.names

    def _asked(self, requests: Iterator[CompositeRequest]) -> list[Mapping[str, Json]]:
        return [each for request in requests for each in self._sent(request, lookups.rows_of, _fits)]

    def _sent(
        self,
        request: CompositeRequest,
        read: Callable[[tuple[Part, ...]], T],
        misfit: Callable[[T], HandoffError | None],
    ) -> T:
        self._alive()
        call = Call(self._policy)
        try:
            return self._sender.composite(request, call, read, misfit)
        finally:
            self.calls += call.requests

    def _alive(self) -> None:
        if not self.store.beat(self._rows, lease(self._policy)):
            raise lease_lost()


def _of_job(result: dict[str, Json] | None) -> Written:
    """A record that the job says nothing of may have been made: it is tried again, under its key."""
    if result is None:
        return Written(refusal=Refusal(Verdict.UNSURE, "NO_RESULT", ()))
    return outcome(Part("bulk", 200, None), result)


def _is_there(wrote: Written) -> bool:
    return wrote.refusal is not None and wrote.refusal.verdict is Verdict.EXISTS


def _fits(found: object) -> None:
    """Says nothing against the set-up."""


def _misfit(found: dict[str, Written]) -> Misconfigured | None:
    """What says that no Case at all would be taken: each was refused, and for the set-up."""
    refused = [each.refusal for each in found.values() if each.refusal]
    if len(refused) < len(found) or any(each.verdict is not Verdict.SETUP for each in refused):
        return None
    return Misconfigured(f"Salesforce refused every record: {refused[0].code}.", code="CONFIG")
