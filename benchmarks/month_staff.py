"""Who works on tickets by day: Insights and Analytics at the tracker, the contact center on its notices.

What they do is left to chance, with delays of days; each kind of ending comes once before any comes twice.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import partial
from typing import Any

from benchmarks.month_world import AUTHOR, World, at, returning
from sf_handoff.adapters.assembly import open_tracker
from sf_handoff.reports.marker import markers_in
from sf_handoff.reports.sample_problems import OUTAGES

TEXT = "Please sign out and in again. Reload the page, and try once more."
HELPS = "Use the VA mobile app until then."
ELSEWHERE = "example-agency/another-team"
ENDS = (
    *("complete", "silent", "not planned", "duplicate", "blocked", "workaround"),
    *("transfer", "delete", "lock"),
)
USUAL = ("complete", "complete", "complete", "silent", "not planned", "duplicate", "workaround")
WORKS_AT = 9.0  # o'clock


@dataclass
class Ended:
    """That staff ended a ticket: when, as what, and since when there are words for customers."""

    day: date
    kind: str
    answered: date | None = None
    canonical: int | None = None


@dataclass
class Insights:
    """`ended` has what they did to each issue, the last of it at the end."""

    world: World
    chance: random.Random
    did: Counter[str] = field(default_factory=Counter)
    ended: dict[int, list[Ended]] = field(default_factory=dict)
    away: dict[int, str] = field(default_factory=dict)
    _due: dict[date, list[Callable[[date], None]]] = field(default_factory=dict)
    _busy: set[int] = field(default_factory=set)
    _deck: list[str] = field(default_factory=list)
    _first: bool = True

    def work(self, day: date) -> None:
        """A day's work: what is due, then a look at what is new or open again."""
        self.world.clock.to(at(day, WORKS_AT))
        for each in self._due.pop(day, []):
            each(day)
        self._open_again()
        for issue in self.world.org.tracker.issues:
            mine = issue["author"] == self.world.org.tracker.login and markers_in(issue["body"])
            if mine and issue["state"] == "open" and issue["number"] not in self._busy:
                self._take(day, issue)

    def _open_again(self) -> None:
        """What the nights could not open."""
        tracker, asked = self.world.org.tracker, self.world.out_of_reach
        there = {each["number"] for each in tracker.issues if each["state"] == "closed"}
        for number in sorted(there & asked):
            tracker.reopen(number)
            self.did["opened by hand"] += 1
        asked.clear()

    def _take(self, day: date, issue: dict[str, Any]) -> None:
        number = issue["number"]
        self._busy.add(number)
        how = self._how(issue)
        self.did[how] += 1
        self._plan(day, 0, partial(self._touch, number))
        delay = 0 if self._planned(issue) else 1 + self.chance.randrange(4)
        self._plan(day, delay, partial(self._end, number, how))

    def _how(self, issue: dict[str, Any]) -> str:
        if self._planned(issue) or issue["number"] in self.ended:
            return "complete"
        if not self._deck:
            self._deck = list(ENDS if self._first else USUAL)
            self._first = False
            self.chance.shuffle(self._deck)
        return self._deck.pop()

    def _planned(self, issue: dict[str, Any]) -> bool:
        """Whether it is one whose problem is to come back."""
        products = {each.name: each.product for each in OUTAGES}
        soon, late = (f" {products[each]}:" in issue["title"] for each in returning(self.world.asked.seed))
        if late:
            self.world.mended.add(issue["number"])
        return soon or late

    def _plan(self, day: date, after: int, work: Callable[[date], None]) -> None:
        if after:
            self._due.setdefault(day + timedelta(days=after), []).append(work)
        else:
            work(day)

    # What they do

    def _touch(self, number: int, day: date) -> None:
        tracker = self.world.org.tracker
        tracker.comment(number, "We look into it.", by="robin-engineer")
        tracker.move(number, "In Progress")
        if self.chance.randrange(6) == 0:
            tracker.edit(number, title=tracker.issue(number)["title"] + " (seen)")
            self.did["titles edited"] += 1

    def _end(self, number: int, how: str, day: date) -> None:
        tracker = self.world.org.tracker
        if number in self.away or tracker.issue(number)["state"] != "open":
            self._busy.discard(number)
            return
        {
            "complete": self._complete,
            "silent": self._silent,
            "not planned": self._not_planned,
            "duplicate": self._duplicate,
            "blocked": self._blocked,
            "workaround": self._workaround,
            "transfer": self._transfer,
            "delete": self._delete,
            "lock": self._lock,
        }[how](number, day)

    def _say(self, number: int, *more: str) -> None:
        parts = [f"## For customers\n\n{TEXT}", *more]
        self.world.org.tracker.comment(number, "\n\n".join(parts), by=AUTHOR)

    def _close(
        self, number: int, day: date, reason: str, kind: str, *, answered: bool = True, **more: Any
    ) -> None:
        self.world.org.tracker.close(number, reason, by=AUTHOR)
        made = Ended(day, kind, day if answered else None, **more)
        self.ended.setdefault(number, []).append(made)
        self._busy.discard(number)

    def _complete(self, number: int, day: date) -> None:
        self._say(number)
        self._close(number, day, "completed", "completed")

    def _silent(self, number: int, day: date) -> None:
        self._close(number, day, "completed", "completed", answered=False)

        def later(day: date) -> None:
            self._say(number)
            self.ended[number][-1].answered = day

        self._plan(day, 2 + self.chance.randrange(2), later)

    def _not_planned(self, number: int, day: date) -> None:
        self._say(number)
        self._close(number, day, "not_planned", "not_planned")

    def _workaround(self, number: int, day: date) -> None:
        self._say(number, f"## Workaround\n\n{HELPS}")
        self._close(number, day, "not_planned", "workaround")

    def _duplicate(self, number: int, day: date) -> None:
        others = [
            each for each, ends in self.ended.items() if ends[-1].kind == "completed" and each != number
        ]
        others = [each for each in others if each not in self.away]
        if not others:
            self._complete(number, day)
            return
        canonical = others[-1]
        self.world.org.tracker.comment(number, f"Duplicate of #{canonical}", by=AUTHOR)
        self._close(number, day, "duplicate", "duplicate", canonical=canonical)
        self.did["closed as a duplicate"] += 1

    def _blocked(self, number: int, day: date) -> None:
        with closing(open_tracker(self.world.settings, self.world.clock.sleep)) as tracker:
            tracker.add_labels(number, [self.world.maps.labels.blocked.name])
        self._say(number)
        self.ended.setdefault(number, []).append(Ended(day, "blocked", day))

    def _transfer(self, number: int, day: date) -> None:
        self.world.org.tracker.transfer(number, ELSEWHERE)
        self.away[number] = "transferred"

    def _delete(self, number: int, day: date) -> None:
        self.world.org.tracker.delete(number)
        self.away[number] = "deleted"

    def _lock(self, number: int, day: date) -> None:
        self.world.org.tracker.lock(number)
        self._plan(day, 2, partial(self._complete, number))
