"""Sends many kept handoffs in few calls, and settles each by its own outcome.

A round goes: look up what is needed, write the Cases, then the Tasks, then find by key what was there before.
Who needs another round (a person's link left out, a Case that agents were done with, a lock) is in the next
one with the others who need it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sf_handoff.calls.batch import Draft, by_person, case_draft, joined_draft, task_draft
from sf_handoff.calls.composite import Refusal, Todo, Written
from sf_handoff.calls.settle import Progress, linked_otherwise
from sf_handoff.delivery import Attempt, Pauses, begun, try_to_begin
from sf_handoff.desk import Desk
from sf_handoff.errors import HandoffError, NotKept
from sf_handoff.mapping import MappingSet
from sf_handoff.ports import Row, Store
from sf_handoff.retry import RetryPolicy
from sf_handoff.sender import Sender, by_the_maps
from sf_handoff.settlement import not_noted, settlement

# As for one handoff: the write, once without the link, once for a Case that agents are done with, once for
# a queue made anew.
MOST_ROUNDS = 4


@dataclass
class Item:
    """One handoff of the batch, and how far it has come."""

    row: Row
    progress: Progress
    error: HandoffError | None = None
    notes: tuple[str, ...] = ()

    @property
    def waits(self) -> bool:
        """Whether another round brings it further."""
        return self.error is None and (self.progress.over or self.progress.next_call_helps)

    @property
    def joins(self) -> bool:
        """Whether its Case is there, open, and to be brought up to date."""
        return self.progress.case is Todo.JOIN and not self.progress.over

    @property
    def wants_task(self) -> bool:
        return self.progress.task is Todo.MAKE and self.progress.case is Todo.DONE

    def change(self, **changes: Any) -> None:
        self.progress = replace(self.progress, **changes)


class Batches:
    """Turns rows into as few calls as can be. Safe to share between threads."""

    def __init__(
        self,
        sender: Sender,
        store: Store,
        mappings: MappingSet,
        clock: Callable[[], datetime],
        sleep: Callable[[float], None],
    ) -> None:
        self._sender, self._store, self._mappings = sender, store, mappings
        self._clock, self._sleep = clock, sleep

    @property
    def know_names(self) -> bool:
        """Whether queues and record types were looked up before."""
        return self._sender.knows_names

    def attempt(self, rows: Sequence[Row], policy: RetryPolicy, *, bulk: bool = False) -> list[Attempt]:
        """One attempt for rows that the caller has leased; in their order."""
        desk = Desk(self._sender, self._store, self._mappings, policy, rows, bulk=bulk)
        batch = Round(desk, self._clock)
        items = [Item(row, *try_to_begin(row, self._mappings, self._clock())) for row in rows]
        stopped = self._sent(batch, items, Pauses(policy, self._sleep))
        return self._settled(batch, items, stopped)

    def _sent(self, batch: Round, items: list[Item], pauses: Pauses) -> HandoffError | None:
        """Sends until no further round helps; the error that ended it early, if one did."""
        rounds = 0
        try:
            while rounds < MOST_ROUNDS:
                waiting = [item for item in items if item.waits]
                locked = [item for item in items if item.error is None and item.progress.locked]
                if not waiting and not (locked and pauses.one_more()):
                    break
                rounds += bool(waiting)
                batch.go(waiting or locked)
        except HandoffError as failure:
            return failure
        return None

    def _settled(self, batch: Round, items: list[Item], stopped: HandoffError | None) -> list[Attempt]:
        """The calls of the batch are on the account of its first row."""
        calls, settled = batch.desk.calls, []
        for item in items:
            error = item.error or (stopped if item.waits else None)
            settled.append((item.row, settlement(item.row, item.progress, error, item.notes, calls)))
            calls = 0
        try:
            rows = self._store.settle_all(settled)
        except NotKept:
            rows = [not_noted(*each) for each in settled]
        return [Attempt(row, None if row.settled_at else stopped) for row in rows]


class Round:
    """The steps of one round, for the handoffs that need it."""

    def __init__(self, desk: Desk, clock: Callable[[], datetime]) -> None:
        self.desk, self._clock = desk, clock

    def go(self, items: list[Item]) -> None:
        self.desk.begin_round()
        for item in items:
            self._begin(item)
        self._make_cases([item for item in items if item.progress.case is Todo.MAKE])
        self._find_closed([item for item in items if item.progress.case is Todo.JOIN])
        self._join_cases([item for item in items if item.joins])
        self._make_tasks([item for item in items if item.wants_task])

    def _begin(self, item: Item) -> None:
        """One whose Case agents are done with is the first of an episode of its own now."""
        if item.progress.over:
            item.row = self.desk.store.new_episode(item.row)
            item.progress = begun(item.row, self.desk.maps, self._clock(), item.progress.tap.link)
        item.change(refusal=None)

    def _find_closed(self, items: list[Item]) -> None:
        """A tap whose own Task is there was delivered before; another leaves a Case that is closed."""
        still = self.desk.still_open({item.progress.case_id or "" for item in items})
        closed = [item for item in items if item.progress.case_id not in still]
        there = self.desk.by_key([item.row.handoff_id for item in closed], self.desk.maps.task)
        for item in closed:
            task = there.get(item.row.handoff_id)
            if task:
                item.change(case=Todo.DONE, task=Todo.DONE, task_id=task.record_id)
            else:
                item.change(over=True)

    def _make_cases(self, items: list[Item]) -> None:
        episodes, case_map = _by_episode(items), self.desk.maps.case
        drafts = _drafts(episodes, lambda some: case_draft([item.progress for item in some], case_map))
        for key, wrote in self.desk.made(drafts, case_map).items():
            for item in episodes[key]:
                self._case_made(item, wrote)

    def _case_made(self, item: Item, wrote: Written) -> None:
        """A Case that was there is brought up to date by its newest tap, unless that tap had made it."""
        if wrote.refusal:
            self._refused(item, "Case", wrote.refusal)
            return
        own = item.row.case_key == item.row.handoff_id
        stale = not wrote.made and not own and item.row.newest and not item.progress.tap.late
        item.change(case=Todo.JOIN if stale else Todo.DONE, case_id=wrote.record_id, case_number=wrote.number)

    def _join_cases(self, items: list[Item]) -> None:
        episodes, case_map = _by_episode(items), self.desk.maps.case
        drafts = _drafts(episodes, lambda some: joined_draft(some[-1].progress, case_map))
        for key, wrote in self.desk.written(drafts, case_map).items():
            for item in episodes[key]:
                if wrote.refusal:
                    self._refused(item, "Case", wrote.refusal)
                else:
                    item.change(case=Todo.DONE)

    def _make_tasks(self, items: list[Item]) -> None:
        of, task_map = {item.row.handoff_id: item for item in items}, self.desk.maps.task
        alone = {key: [item] for key, item in of.items()}
        drafts = _drafts(alone, lambda some: task_draft(some[0].progress, task_map))
        for key, wrote in self.desk.made(drafts, task_map).items():
            if wrote.refusal:
                self._refused(of[key], "Task", wrote.refusal)
            else:
                of[key].change(task=Todo.DONE, task_id=wrote.record_id)

    def _refused(self, item: Item, record: str, refusal: Refusal) -> None:
        """Notes a refusal. One of the person's link takes the link out, for the next round; a queue or
        record type may have been made anew under its name."""
        if refusal.code == "INVALID_CROSS_REFERENCE_KEY" and self.desk.doubt_names():
            return
        item.change(tap=linked_otherwise(item.progress.tap, refusal), refusal=refusal, record=record)


def _by_episode(items: Iterable[Item]) -> dict[str, list[Item]]:
    episodes: dict[str, list[Item]] = defaultdict(list)
    for item in items:
        episodes[item.row.case_key].append(item)
    return episodes


def _drafts(groups: Mapping[str, list[Item]], draft: Callable[[list[Item]], Draft]) -> list[Draft]:
    """The drafts, in an order that does not lock. A map that fails stops its own handoffs only."""
    found = []
    for items in groups.values():
        try:
            made = by_the_maps(lambda some=items: draft(some))  # type: ignore[misc]
        except HandoffError as error:
            for item in items:
                item.error = error
        else:
            found.append(made)
            for item in items:
                item.notes = tuple(dict.fromkeys((*item.notes, *made.body.notes)))
    return by_person(found)
