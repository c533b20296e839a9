"""The nights of the month: those that go well, those that go wrong, and what went over the wire in them."""

from __future__ import annotations

import json
import logging
import random
import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from unittest.mock import patch

import requests

from benchmarks.month_world import World, at
from sf_handoff.adapters.opening import open_nightly
from sf_handoff.commands.nightly import closing_words, line, record
from sf_handoff.embedded import Fault
from sf_handoff.reports.marker import markers_in
from sf_handoff.reports.nights import Ended, Result, Run

MISSED, SALESFORCE, GITHUB, KILLED, TWICE = (
    "missed",
    "Salesforce away",
    "GitHub away",
    "killed",
    "two at once",
)
AWAY = {SALESFORCE: "/services/", GITHUB: "/github/|/zenhub/"}
DAILY = ("report", "triage", "issues")
NOT_OPENED = re.compile(r"^#(\d+) .*was not opened again", re.MULTILINE)
KILLS = 3  # in a night
NIGHT = 25.5  # hours after the day began


class Killed(BaseException):
    """As a signal ends a process: nothing catches it."""


@dataclass
class Wire:
    """What the connector sends, below all that tries again. `then` is done at request number `when`."""

    sent: int = 0
    when: int = 0
    then: Any = None
    created: Counter[str] = field(default_factory=Counter)
    texts: list[str] = field(default_factory=list)

    @contextmanager
    def tapped(self) -> Iterator[None]:
        send = requests.Session.send

        def tapped(session: requests.Session, request: Any, **more: Any) -> requests.Response:
            self.sent += 1
            if self.then and self.sent == self.when:
                self.then()
            answer = send(session, request, **more)
            self._note(request, answer)
            return answer

        with patch.object(requests.Session, "send", tapped):
            yield

    def _note(self, request: requests.PreparedRequest, answer: requests.Response) -> None:
        if not any(each in str(request.url) for each in ("/github/", "/zenhub/")) or not request.body:
            return
        body = json.loads(request.body)
        self.texts.append(json.dumps(body, ensure_ascii=False))
        if request.method == "POST" and str(request.url).endswith("/issues") and answer.ok:
            self.created.update(each.token for each in markers_in(body["body"]))


class Lines(logging.Handler):
    """What was logged."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))


@dataclass
class Nights:
    """Runs them. `said` is all that they said and logged, `done` how often each day was made."""

    world: World
    chance: random.Random
    wire: Wire = field(default_factory=Wire)
    said: list[str] = field(default_factory=list)
    did: Counter[str] = field(default_factory=Counter)
    done: Counter[date] = field(default_factory=Counter)
    counts: Counter[str] = field(default_factory=Counter)
    calls: list[int] = field(default_factory=list)
    bugs: list[str] = field(default_factory=list)
    synced: list[date] = field(default_factory=list)
    _requests: list[int] = field(default_factory=list)

    def night(self, day: date, trouble: str = "") -> None:
        """The night after `day`."""
        self.did[trouble or "went well"] += 1
        if trouble == MISSED:
            return
        self.world.clock.to(at(day, NIGHT))
        before = self.world.org.api_calls
        log = Lines()
        logging.getLogger().addHandler(log)
        try:
            with self.wire.tapped():
                self._troubled(day, trouble)
        finally:
            logging.getLogger().removeHandler(log)
        self.said += log.lines
        self.calls.append(self.world.org.api_calls - before)

    def _troubled(self, day: date, trouble: str) -> None:
        if trouble in AWAY:
            self.world.org.faults.add(Fault(path=AWAY[trouble], kind="unavailable", times=None))
            self._run(day)
            self.world.org.faults.clear()
        elif trouble == KILLED:
            for _ in range(KILLS):
                self._arm(self._kill)
                with suppress(Killed):
                    self._run(day)
            self.wire.then = None
            self._run(day)
        else:
            if trouble == TWICE:
                self._arm(lambda: self._second(day))
            self._run(day)

    def _arm(self, then: Callable[[], None]) -> None:
        """At a request that a usual night comes to; the least are signing in, the sweep and the report."""
        usual = sorted(self._requests)[len(self._requests) // 2] if self._requests else 20
        self.wire.when = self.wire.sent + self.chance.randrange(2, usual)
        self.wire.then = then

    def _kill(self) -> None:
        self.wire.then = None
        self.did["processes killed"] += 1
        raise Killed

    def _second(self, day: date) -> None:
        """Another run, while one is at work."""
        self.wire.then = None
        if self._opened([]) is None:
            self.did["second runs that left at once"] += 1
        else:
            self.bugs.append(f"{day}: two runs at once")

    def _run(self, day: date) -> None:
        before, results = self.wire.sent, list[Result]()
        run = None
        try:
            run = self._opened(results)
        finally:
            self._note(day, results)
        if run is None:
            self.bugs.append(f"{day}: the night did not run")
            return
        self._requests.append(self.wire.sent - before)
        self.said += [*closing_words(run), json.dumps(record(run))]
        self.counts["runs that took up one that died"] += bool(run.died)

    def _opened(self, results: list[Result]) -> Run | None:
        world = self.world
        opened = open_nightly(world.settings, world.folder / "out", world.clock, world.clock.sleep)
        with opened as night:
            return night.run(tell=results.append)

    def _note(self, day: date, results: list[Result]) -> None:
        made: Counter[date] = Counter()
        for each in results:
            self.said += [line(each), *each.needs_a_person]
            self.world.out_of_reach.update(
                int(found) for found in NOT_OPENED.findall("\n".join(each.needs_a_person))
            )
            if each.code == "BUG":
                self.bugs.append(f"{day}: {each.chore}: {each.words}")
            if each.day and each.ended is Ended.DONE:
                made[each.day] += 1
            if each.ended is Ended.DONE:
                self.counts.update({f"{each.chore} {name}": number for name, number in each.counts.items()})
                self.synced += [day] if each.chore == "sync" else []
            self.counts[f"{each.chore} {each.ended}"] += 1
        self.done.update(each for each, chores in made.items() if chores == len(DAILY))
        self.counts["days made up for"] += sum(
            1 for each, chores in made.items() if each < day and chores == len(DAILY)
        )
