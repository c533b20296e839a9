"""The steps of filing one ticket. Each is begun in the ledger, done on the tracker, and noted as done.

What may have been carried out is looked for before it is done again: an issue or a comment is made twice by
nobody, and the other steps may be repeated.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta

from sf_handoff.errors import HandoffError, Misconfigured, Rejected, Unavailable, Uncertain
from sf_handoff.filing_pace import APPEARS, BOARD_LAG, CLOCKS, Later, Patience
from sf_handoff.ports import Ledger, Tracker
from sf_handoff.redaction import Scrubbed
from sf_handoff.reports import marker
from sf_handoff.reports.checks import Finding
from sf_handoff.reports.plan import Action, Does, Texts, tally_of
from sf_handoff.reports.planning import LOCKED, UNCERTAIN
from sf_handoff.reports.ticket_map import LabelMap
from sf_handoff.reports.tickets import (
    Comment,
    Place,
    State,
    Step,
    StepState,
    Ticket,
    TrackedIssue,
    TrackerFacts,
)

GONE = "GONE"


class Steps:
    """One run, by whoever has the ledger for itself."""

    def __init__(
        self,
        tracker: Tracker,
        ledger: Ledger,
        labels: LabelMap,
        texts: Texts,
        patience: Patience,
        clock: Callable[[], datetime],
    ) -> None:
        self._tracker, self._ledger = tracker, ledger
        self._labels, self._texts, self._ask, self._clock = labels, texts, patience, clock
        self._issues: list[TrackedIssue] | None = None
        self._made: dict[str, TrackedIssue] = {}
        self._facts: TrackerFacts | None = None
        self._begun_last: datetime | None = None
        self.tickets: dict[str, Ticket] = {}
        self.findings: list[Finding] = []

    def file(self, action: Action, *, last: bool = False) -> None:
        """Does what is left to do of an action. Raises Later once, where it must be looked at again."""
        ticket = self._prepared(action, last=last)
        try:
            for step in action.steps:
                record = ticket.steps.get(step)
                if record and record.state is StepState.DONE:
                    continue
                ticket = self._step(step, ticket, action, last=last)
                if step in {Step.CREATE, Step.REOPEN} and ticket.steps[step].state is not StepState.DONE:
                    break
        finally:
            self.tickets[ticket.ticket_id] = ticket

    def wait(self) -> None:
        """Until what was begun last must show."""
        passed = self._clock() - self._begun_last if self._begun_last else APPEARS
        left = APPEARS - passed
        if left > timedelta():
            self._ask.sleep(left.total_seconds())
        self._issues = None

    def _prepared(self, action: Action, *, last: bool) -> Ticket:
        """The ticket in the ledger with the day's counts, before anything is asked of the tracker."""
        ticket = action.ticket or self._intended(action)
        if action.asked and ticket.number is not None:
            ticket = self._ledger.seen(ticket.ticket_id, action.found)
        draft = action.draft
        if draft:
            tell = () if action.summary and ticket.number is None else (Step.TALLY,)
            ticket = self._ledger.count(ticket.ticket_id, action.day, draft.cases, draft.people, tell)
        if action.emptied:
            ticket = self._ledger.count(ticket.ticket_id, action.day, (), 0, (Step.TALLY,))
        if draft and action.does is Does.REOPEN and not last:
            anew = [step for step in action.steps if step is not Step.CREATE]
            ticket = self._ledger.again(ticket.ticket_id, anew, priority=draft.priority)
        return ticket

    def _intended(self, action: Action) -> Ticket:
        assert action.draft
        return self._ledger.intend(
            action.marker.fingerprint,
            generation=action.marker.generation,
            day=action.day,
            title=action.draft.title,
            repository=self._known_facts().repository,
            steps=action.intended,
            priority=action.draft.priority,
            labels=action.labels,
            follows=action.follows,
            summary=action.summary,
        )

    # One step

    def _step(self, step: Step, ticket: Ticket, action: Action, *, last: bool) -> Ticket:
        """Does one step; what the tracker refuses for good is noted with its code, and the others go on."""
        before = ticket.steps[step].state if step in ticket.steps else StepState.TO_DO
        unsure = before in {StepState.BEGUN, StepState.FAILED}
        try:
            if step is Step.CREATE:
                return self._create(ticket, action, unsure=unsure, last=last)
            if step is Step.TALLY:
                return self._tally(ticket, action, unsure=unsure, last=last)
            return self._plain(step, ticket, action, unsure=unsure)
        except (Rejected, Misconfigured, Unavailable) as error:
            return self._not_done(step, ticket, action, error)

    def _plain(self, step: Step, ticket: Ticket, action: Action, *, unsure: bool) -> Ticket:
        """A step that may be repeated."""
        number = _number(ticket)
        by_staff = self._set_by_staff(step, ticket, action) if unsure else None
        if by_staff:
            return self._ledger.done(ticket.ticket_id, step, place=by_staff)
        self._begin(ticket, step)
        if step is Step.REOPEN:
            return self._reopened(ticket, number)
        if step is Step.LABEL:
            return self._labelled(ticket, number, action.labels)
        place = self._ask(lambda: self._on_the_board(step, number, action.place))
        return self._ledger.done(ticket.ticket_id, step, place=place)

    def _begin(self, ticket: Ticket, step: Step) -> None:
        begun = self._ledger.begin(ticket.ticket_id, step)
        self._begun_last = begun.steps[step].at

    def _not_done(self, step: Step, ticket: Ticket, action: Action, error: HandoffError) -> Ticket:
        """Notes that a step failed, and says so; raises again what stops the run."""
        code, hint = error.code, ""
        if isinstance(error, Unavailable) and code != BOARD_LAG:
            raise error
        if step in {Step.PLACE, Step.PRIORITISE} and code != BOARD_LAG:
            code, hint = self._renamed(step, action.place) or (code, "")
        if isinstance(error, Misconfigured) and not hint:
            raise error
        return self._failed(step, ticket, code, hint)

    def _failed(self, step: Step, ticket: Ticket, code: str, hint: str = "") -> Ticket:
        where = f"#{ticket.number}" if ticket.number else ticket.fingerprint
        words = f"{where}: {step} failed ({code}).{hint or _HINTS.get(code, _TRIED_AGAIN)}"
        needs = code not in {LOCKED, BOARD_LAG}
        self.findings.append(Finding(code, words, needs_a_person=needs))
        return self._ledger.not_done(ticket.ticket_id, step, code)

    # Create

    def _create(self, ticket: Ticket, action: Action, *, unsure: bool, last: bool) -> Ticket:
        """Looks first, and makes an issue only where none of this marker can be there.

        An answer that was lost is looked for at once, and again when what was made must show.
        """
        try:
            found = self._found(ticket, unsure=unsure, last=last)
        except Unavailable:
            if last:
                return self._failed(Step.CREATE, ticket, UNCERTAIN)
            raise
        if found or action.body is None:
            return self._linked(ticket, found) if found else ticket
        if unsure and not last and self._clock() - ticket.steps[Step.CREATE].at < APPEARS:
            self._begun_last = ticket.steps[Step.CREATE].at
            raise Later
        self._begin(ticket, Step.CREATE)
        try:
            made = self._ask(lambda: self._sent(action))
        except Uncertain:
            found = self._found_now(ticket)
        else:
            self._made[ticket.ticket_id] = made
            return self._linked(ticket, made)
        if found:
            return self._linked(ticket, found)
        if last:
            return self._failed(Step.CREATE, ticket, UNCERTAIN)
        raise Later

    def _sent(self, action: Action) -> TrackedIssue:
        """A label that can't be had keeps no ticket from being filed; the next step says so."""
        draft, body = action.draft, action.body
        assert draft is not None
        assert body is not None
        try:
            return self._tracker.create(draft.title, body, action.labels)
        except Rejected as error:
            if "labels" not in error.fields:
                raise
        return self._tracker.create(draft.title, body, ())

    def _found(self, ticket: Ticket, *, unsure: bool, last: bool) -> TrackedIssue | None:
        """Its issue by the marker. The list is had once; what is unsure is looked for since its intent."""
        if self._issues is None:
            self._issues = self._listed(ticket)
        elif unsure and not last:
            self._issues = [*self._issues, *self._made_since(ticket)]
        return self._marked(ticket)

    def _found_now(self, ticket: Ticket) -> TrackedIssue | None:
        """The same, asked anew; nothing where the list cannot be had."""
        with suppress(Unavailable):
            self._issues = self._listed(ticket)
            return self._marked(ticket)
        return None

    def _listed(self, ticket: Ticket) -> list[TrackedIssue]:
        found = self._ask(lambda: self._tracker.labelled(self._labels.ours.name))
        return [*found, *self._made_since(ticket)]

    def _made_since(self, ticket: Ticket) -> list[TrackedIssue]:
        return self._ask(lambda: self._tracker.made_by_us(ticket.intended_at - CLOCKS))

    def _marked(self, ticket: Ticket) -> TrackedIssue | None:
        return marker.marked_issue(self._issues or (), marker.of(ticket), self._known_facts().login)

    def _linked(self, ticket: Ticket, issue: TrackedIssue) -> Ticket:
        return self._ledger.done(ticket.ticket_id, Step.CREATE, issue=issue)

    # Labels, and the board

    def _reopened(self, ticket: Ticket, number: int) -> Ticket:
        """One that somebody has opened meanwhile stays as it is."""
        issue = self._ask(lambda: self._tracker.issue(number))
        if not isinstance(issue, TrackedIssue):
            return self._failed(Step.REOPEN, ticket, GONE)
        if issue.state is not State.OPEN:
            issue = self._ask(lambda: self._tracker.reopen(number))
        return self._ledger.done(ticket.ticket_id, Step.REOPEN, issue=issue)

    def _labelled(self, ticket: Ticket, number: int, labels: Sequence[str]) -> Ticket:
        made = self._made.get(ticket.ticket_id)
        missing = _without(labels, made.labels if made else ())
        if missing:
            missing = _without(missing, self._labels_set(number, missing))
        if not missing:
            return self._ledger.done(ticket.ticket_id, Step.LABEL)
        hint = f" Filed without: {', '.join(missing)}.{_TRIED_AGAIN}"
        return self._failed(Step.LABEL, ticket, "LABEL", hint)

    def _labels_set(self, number: int, labels: Sequence[str]) -> tuple[str, ...]:
        """Those that the issue has now; where all together are refused, each is tried by itself."""
        try:
            return self._ask(lambda: self._tracker.add_labels(number, labels))
        except Rejected:
            if len(labels) == 1:
                return ()
        return tuple(name for each in labels for name in self._labels_set(number, (each,)))

    def _on_the_board(self, step: Step, number: int, wanted: Place) -> Place:
        if step is Step.PLACE and wanted.column:
            return self._tracker.place(number, wanted.column)
        if step is Step.PRIORITISE and wanted.priority:
            return self._tracker.prioritise(number, wanted.priority)
        if step is Step.ESTIMATE and wanted.estimate is not None:
            return self._tracker.estimate(number, wanted.estimate)
        return self._tracker.places((number,)).get(number, Place())

    def _set_by_staff(self, step: Step, ticket: Ticket, action: Action) -> Place | None:
        """Where it stands, if somebody has moved or prioritised it since the step was tried first."""
        if step not in {Step.PLACE, Step.PRIORITISE} or Step.REOPEN in ticket.steps:
            return None
        number = _number(ticket)
        place = self._ask(lambda: self._tracker.places((number,))).get(number, Place())
        if step is Step.PRIORITISE:
            return place if place.priority and place.priority != action.place.priority else None
        untouched = {None, action.place.column, *self._known_facts().columns[:1]}
        return None if place.column in untouched else place

    def _renamed(self, step: Step, wanted: Place) -> tuple[str, str] | None:
        """Whether the board has no such column or priority any more, and what it has instead."""
        facts = self._facts = self._ask(self._tracker.facts)
        column = step is Step.PLACE
        name, there = (wanted.column, facts.columns) if column else (wanted.priority, facts.priorities)
        if name is None or name in there:
            return None
        near = difflib.get_close_matches(name, there, n=1)
        instead = f' "{near[0]}" is near.' if near else ""
        return "COLUMN" if column else "PRIORITY", f' The board has no "{name}".{instead}'

    # The tally

    def _tally(self, ticket: Ticket, action: Action, *, unsure: bool, last: bool) -> Ticket:
        """Edits the ticket's one comment, or makes it; made anew once where somebody deleted it."""
        number, at = _number(ticket), ticket.steps[Step.TALLY].at if unsure else None
        text = tally_of(ticket, action.draft, self._texts)
        self._begin(ticket, Step.TALLY)
        if ticket.tally_id is not None and self._edited(ticket.tally_id, text):
            return self._ledger.done(ticket.ticket_id, Step.TALLY)
        mine = None if self._is_new(ticket, unsure=unsure) else self._my_comment(ticket, number)
        if mine and self._edited(mine.comment_id, text):
            return self._ledger.done(ticket.ticket_id, Step.TALLY, tally_id=mine.comment_id)
        if at and not last and self._clock() - at < APPEARS:
            raise Later
        try:
            made: Comment | None = self._ask(lambda: self._tracker.comment(number, text))
        except Uncertain:
            made = self._my_comment(ticket, number)
        if made:
            return self._ledger.done(ticket.ticket_id, Step.TALLY, tally_id=made.comment_id)
        if last:
            return self._failed(Step.TALLY, ticket, UNCERTAIN, f" The answer was lost.{_TRIED_AGAIN}")
        raise Later

    def _edited(self, comment_id: int, text: Scrubbed) -> bool:
        try:
            self._ask(lambda: self._tracker.change_comment(comment_id, text))
        except Rejected as error:
            if error.code != GONE:
                raise
            return False
        return True

    def _is_new(self, ticket: Ticket, *, unsure: bool) -> bool:
        """Nobody can have written to an issue that was made just now."""
        return ticket.ticket_id in self._made and not unsure

    def _my_comment(self, ticket: Ticket, number: int) -> Comment | None:
        comments = self._ask(lambda: self._tracker.comments(number))
        return marker.marked_comment(comments, marker.of(ticket), self._known_facts().login)

    def _known_facts(self) -> TrackerFacts:
        if self._facts is None:
            self._facts = self._ask(self._tracker.facts)
        return self._facts


_TRIED_AGAIN = " It is tried again with the next run."
_HINTS = {
    LOCKED: " The conversation is locked: the count stands in the ledger only.",
    UNCERTAIN: " The answer was lost twice, and nothing shows: a person must look. It is not made again.",
}


def _number(ticket: Ticket) -> int:
    assert ticket.number is not None
    return ticket.number


def _without(labels: Sequence[str], there: Sequence[str]) -> tuple[str, ...]:
    has = {each.casefold() for each in there}
    return tuple(each for each in labels if each.casefold() not in has)
