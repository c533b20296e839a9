"""What cron runs: chores in order, each once a night or once for each report day, and what became of them.

A chore that fails stops those that need it, and no other. A run that died is taken up by the next one: every
chore is safe to do twice. Nights that were missed are made up for, oldest first, a week back at most.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from sf_handoff.errors import HandoffError, Misconfigured, Unavailable
from sf_handoff.ports import Runs
from sf_handoff.reports.day import ReportDay
from sf_handoff.reports.nights import Ended, Result, Run

MOST_DAYS = 7  # so many days are made up for


@dataclass(frozen=True)
class Told:
    """What a chore tells of its work: a sentence, what needs a person, and counts. Nothing personal."""

    words: str
    needs_a_person: tuple[str, ...] = ()
    counts: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Chore:
    """One thing to do. `needs` names the chores without which it is of no use; with `daily` it is done for
    each report day."""

    name: str
    do: Callable[[ReportDay], Told]
    needs: tuple[str, ...] = ()
    daily: bool = False


class Nightly:
    """Runs the chores. `clock` says when it is, `zone` whose midnight ends a day."""

    def __init__(
        self, chores: Sequence[Chore], runs: Runs, clock: Callable[[], datetime], zone: str, run_id: str
    ) -> None:
        self._chores, self._runs, self._clock, self._zone, self._run_id = chores, runs, clock, zone, run_id

    def run(
        self, day: date | None = None, tell: Callable[[Result], None] = lambda result: None
    ) -> Run | None:
        """A whole run, for `day` or for all days that are due; None where another run is at work.

        `tell` hears of each chore as it ends. Raises Misconfigured for a day that is not over.
        """
        yesterday = ReportDay.before(self._clock(), self._zone).date
        if day and day > yesterday:
            raise Misconfigured(
                f"--date: {day} is not over yet; {yesterday} is the last day that is.", code="DAY"
            )
        with self._runs.alone("nightly") as alone:
            return self._run(day, tell) if alone else None

    def _run(self, day: date | None, tell: Callable[[Result], None]) -> Run:
        yesterday = ReportDay.before(self._clock(), self._zone).date
        days, skipped = ((day,), ()) if day else self._due(yesterday)
        before = self._runs.last_run()
        died = before.run_id if before and before.ended_at is None else None
        run = Run(
            self._run_id,
            day or yesterday,
            self._clock(),
            asked_for=day is not None,
            skipped=skipped,
            died=died,
        )
        self._runs.keep_run(run)
        for each in skipped:  # said once
            self._runs.day_done(each, self._run_id)
        for result in self._results(run.day, days):
            run = replace(run, steps=(*run.steps, result))
            self._runs.keep_run(run)
            tell(result)
        run = replace(run, ended_at=self._clock())
        self._runs.keep_run(run)
        return run

    def _due(self, yesterday: date) -> tuple[tuple[date, ...], tuple[date, ...]]:
        """The days to be made, oldest first, and those for which it is too late."""
        first = min(self._runs.first_night() or yesterday, yesterday)
        done = self._runs.days_done(first)
        every = (first + timedelta(days=each) for each in range((yesterday - first).days + 1))
        missed = tuple(each for each in every if each not in done)
        oldest = yesterday - timedelta(days=MOST_DAYS - 1)
        return tuple(each for each in missed if each >= oldest), tuple(
            each for each in missed if each < oldest
        )

    def _results(self, night: date, days: Sequence[date]) -> Iterator[Result]:
        """Chores in their order; the daily ones together, day by day."""
        ended: dict[str, Ended] = {}
        daily = [each for each in self._chores if each.daily]
        for chore in self._chores:
            if not chore.daily:
                yield self._noted(ended, self._done(chore, ReportDay(night, self._zone), ended))
            elif chore is daily[0]:
                for day in days:
                    yield from self._day(daily, ReportDay(day, self._zone), ended)

    def _day(self, daily: Sequence[Chore], day: ReportDay, ended: dict[str, Ended]) -> Iterator[Result]:
        of_day = dict(ended)
        for chore in daily:
            result = replace(self._done(chore, day, of_day), day=day.date)
            of_day[chore.name] = result.ended
            yield self._noted(ended, result)
        if all(of_day[each.name] is Ended.DONE for each in daily):
            self._runs.day_done(day.date, self._run_id)

    def _noted(self, ended: dict[str, Ended], result: Result) -> Result:
        """What is done for several days counts as failed once it did for one of them."""
        if ended.get(result.chore, Ended.DONE) is Ended.DONE:
            ended[result.chore] = result.ended
        return result

    def _done(self, chore: Chore, day: ReportDay, ended: Mapping[str, Ended]) -> Result:
        missing = [name for name in chore.needs if ended.get(name) is not Ended.DONE]
        if missing:
            return Result(chore.name, Ended.SKIPPED, f"Not tried: {', '.join(missing)} did not end well.")
        try:
            told = chore.do(day)
        except HandoffError as error:
            away = isinstance(error, Unavailable)
            setup = isinstance(error, Misconfigured)
            ended_as = Ended.LATER if away else Ended.FAILED
            return Result(chore.name, ended_as, error.message, code=error.code, setup=setup)
        except Exception as error:  # the others must not suffer; its own text may quote a record
            words = f"An error inside the connector ({type(error).__name__}). Please report it."
            return Result(chore.name, Ended.FAILED, words, code="BUG")
        return Result(
            chore.name,
            Ended.DONE,
            told.words,
            needs_a_person=told.needs_a_person,
            counts=told.counts,
        )
