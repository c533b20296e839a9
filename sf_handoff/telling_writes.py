"""Writes notices back to Salesforce: 1,000 Cases in a call, then the agents' Tasks, each under its own key.

What was refused parks its notice; what was locked, or may have happened, is written again the next time. Each
group is noted as soon as its calls are over, so that an end in between costs nothing but a repeated write.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, TypeVar

from sf_handoff.calls import lookups
from sf_handoff.calls.batch import PARTS, Draft, chunks, writes, written
from sf_handoff.calls.composite import CompositeRequest, Part, Refusal, Written, lookup_key
from sf_handoff.errors import HandoffError, Misconfigured, Rejected
from sf_handoff.mapping import RecordMap
from sf_handoff.ports import NoticeStore
from sf_handoff.reports.notices.answer_map import Answer, AnswerMaps
from sf_handoff.reports.notices.kept import KeptNotice
from sf_handoff.reports.notices.notice_map import NoticeMap
from sf_handoff.reports.notices.values import NoticeState
from sf_handoff.reports.notices.writing import answer, apart, case_draft, reopened, reopenings, task_draft
from sf_handoff.retry import OVERNIGHT, Call, Verdict
from sf_handoff.sender import Sender, by_the_maps

T = TypeVar("T")
_AGAIN = frozenset(
    {
        Verdict.CONTENTION,
        Verdict.TRANSIENT,
        Verdict.UNSURE,
        Verdict.SIBLING,
        Verdict.SIGN_IN,
        Verdict.CAPACITY,
    }
)
_GONE = frozenset({"ENTITY_IS_DELETED", "NOT_FOUND", "INVALID_CROSS_REFERENCE_KEY"})


@dataclass(frozen=True)
class _Item:
    """One notice, and what is to be written of it."""

    kept: KeptNotice
    said: Answer
    case: Draft
    task: Draft | None

    @property
    def key(self) -> str:
        return self.kept.notice_id


@dataclass
class Writing:
    """One run of writes. `parked` says why, by notice; `later` are to be written the next time."""

    sender: Sender
    store: NoticeStore
    case_map: RecordMap[Any]
    maps: AnswerMaps
    notices: NoticeMap
    done: list[str] = field(default_factory=list)
    parked: dict[str, str] = field(default_factory=dict)
    later: list[str] = field(default_factory=list)
    calls: int = 0

    def run(self, todo: Sequence[KeptNotice]) -> None:
        """Raises what ends it early; what was written by then is noted."""
        items = [found for each in todo if (found := self._item(each))]
        names = self._names([each.task for each in items if each.task])
        by_key = {each.key: each for each in items}
        for group in apart([each.kept for each in items]):
            self._group([by_key[each.notice_id] for each in group], names)

    def _item(self, kept: KeptNotice) -> _Item | None:
        """A map that fails on a notice parks that notice."""
        try:
            return by_the_maps(lambda: self._made(kept))
        except Rejected as error:
            self._note({kept.notice_id: kept}, {}, {kept.notice_id: Refusal(Verdict.REFUSED, error.code, ())})
        return None

    def _made(self, kept: KeptNotice) -> _Item:
        said = answer(kept, self.maps, self.notices)
        task = task_draft(kept, said, self.maps) if kept.wants_task else None
        return _Item(kept, said, case_draft(kept, said, self.maps), task)

    def _group(self, items: Sequence[_Item], names: Mapping[str, str]) -> None:
        refused = self._cases([each.case for each in items])
        tasks = self._tasks([each for each in items if each.task and each.key not in refused], names)
        refused |= {key: wrote.refusal for key, wrote in tasks.items() if wrote.refusal}
        broken = [each for each in items if each.kept.notice.state is NoticeState.STILL_BROKEN]
        refused |= self._reopened([each for each in broken if each.key not in refused])
        self._note({each.key: each.kept for each in items}, tasks, refused)

    # Calls

    def _names(self, tasks: Sequence[Draft]) -> dict[str, str]:
        """The Ids of the queues. Without one nothing is written: every Task for it would be refused."""
        bodies = [each.body for each in tasks]
        for request in lookups.by_name(bodies, self.sender.names):
            found = self._sent(request, lookups.rows_of)
            self.sender.learn(lookups.named_ids(bodies, found))
        names = self.sender.names
        for body in bodies:
            for name in body.names:
                if lookup_key(name, body) not in names:
                    words = f"The org has no queue {body.values[name.api_name]} (mappings/answers.py)."
                    raise Misconfigured(words, code="NAME_NOT_FOUND", fields=(name.api_name,))
        return names

    def _cases(self, drafts: Sequence[Draft]) -> dict[str, Refusal]:
        wrote = self._written(drafts, self.case_map, {})
        return {key: each.refusal for key, each in wrote.items() if each.refusal}

    def _tasks(self, items: Sequence[_Item], names: Mapping[str, str]) -> dict[str, Written]:
        """Those to be made, unless they are there; what is there is brought up to date."""
        task_map: RecordMap[Any] = self.maps.task
        drafts = [each.task for each in items if each.task]
        found = self._written([each for each in drafts if not each.record_id], task_map, names)
        there = self._there([key for key, wrote in found.items() if _exists(wrote)], task_map)
        again = [self._found(each.kept, there[each.key]) for each in items if each.key in there]
        known = [each for each in drafts if each.record_id]
        return found | self._written([*known, *again], task_map, names)

    def _found(self, kept: KeptNotice, task_id: str) -> Draft:
        """What a Task lacks that was made before, and not noted; an agent may have begun with it."""
        there = replace(kept, task_id=task_id, task_open=True)
        return task_draft(there, answer(there, self.maps, self.notices), self.maps)

    def _there(self, keys: Sequence[str], task_map: RecordMap[Any]) -> dict[str, str]:
        found: dict[str, str] = {}
        for request in lookups.by_key(keys, task_map):
            for each in self._sent(request, lookups.rows_of):
                found[str(each.get(task_map.key))] = str(each["Id"])
        return found

    def _written(
        self, drafts: Sequence[Draft], record_map: RecordMap[Any], names: Mapping[str, str]
    ) -> dict[str, Written]:
        found: dict[str, Written] = {}
        for group, request in writes(drafts, record_map, names):
            wrote: Mapping[str, Written] = self._sent(request, partial(written, group), _misfit)
            found.update(wrote)
        return {
            each.key: replace(found[each.key], record_id=found[each.key].record_id or each.record_id)
            for each in drafts
        }

    def _reopened(self, items: Sequence[_Item]) -> dict[str, Refusal]:
        refused: dict[str, Refusal] = {}
        for some in chunks(items, PARTS):
            request = reopenings([(each.kept, each.said) for each in some], self.case_map.sobject, self.maps)
            for item, refusal in zip(some, self._sent(request, reopened), strict=True):
                refused |= {item.key: refusal} if refusal else {}
        return refused

    def _sent(
        self,
        request: CompositeRequest,
        read: Callable[[tuple[Part, ...]], T],
        misfit: Callable[[T], HandoffError | None] = lambda found: None,
    ) -> T:
        call = Call(OVERNIGHT)
        try:
            found = self.sender.composite(request, call, read, misfit)
        finally:
            self.calls += call.requests
        if problem := misfit(found):
            raise problem
        return found

    # Noting

    def _note(
        self,
        sent: Mapping[str, KeptNotice],
        tasks: Mapping[str, Written],
        refused: Mapping[str, Refusal],
    ) -> None:
        """What became of each, in the light of what is kept now: it may have changed since it was sent."""

        def change(key: str, kept: KeptNotice | None) -> KeptNotice | None:
            return _noted(kept, sent[key], tasks.get(key), refused.get(key)) if kept else None

        self.store.change_notices(list(sent), change)
        for key in sent:
            refusal = refused.get(key)
            if refusal is None:
                self.done.append(key)
            elif refusal.verdict in _AGAIN:
                self.later.append(key)
            else:
                self.parked[key] = refusal.code


def _noted(kept: KeptNotice, sent: KeptNotice, task: Written | None, refusal: Refusal | None) -> KeptNotice:
    if task and task.refusal is None:
        kept = replace(kept, task_id=task.record_id, task_open=sent.notice.state is NoticeState.APPROVED)
    if refusal is None:
        return replace(kept, written=sent.stamp, code=None)
    if task and task.refusal and sent.task_id and task.refusal.code in _GONE:
        kept = replace(kept, task_id=None)  # deleted by somebody: to be made anew, if a person wants it
    parked = refusal.verdict not in _AGAIN and kept.stamp == sent.stamp
    return replace(kept, code=refusal.code) if parked else kept


def _exists(wrote: Written) -> bool:
    return wrote.refusal is not None and wrote.refusal.verdict is Verdict.EXISTS


def _misfit(found: Mapping[str, Written]) -> Misconfigured | None:
    """What says that no record at all would be taken: each was refused, and for the set-up."""
    refused = [each.refusal for each in found.values() if each.refusal]
    if not refused or len(refused) < len(found) or any(each.verdict is not Verdict.SETUP for each in refused):
        return None
    return Misconfigured(f"Salesforce refused every record: {refused[0].code}.", code="CONFIG")
