"""What is to be done: the difference between a day's drafts, the ledger, and what the tracker shows.

Planned again after all of it was done, nothing is left. What staff did to a ticket is respected: only one
that was completed, and whose problem came back, is opened again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace

from sf_handoff.errors import Misconfigured
from sf_handoff.redaction import Scrubbed, Unclean
from sf_handoff.reports import marker, plan_findings
from sf_handoff.reports.checks import Finding
from sf_handoff.reports.marker import Marker
from sf_handoff.reports.plan import (
    RANK,
    Action,
    Does,
    Known,
    Making,
    Plan,
    as_counted,
    body_of,
    tally_of,
)
from sf_handoff.reports.plan_standing import Standing
from sf_handoff.reports.tickets import (
    Moved,
    Place,
    Priority,
    State,
    Step,
    StepState,
    Ticket,
    TicketDraft,
    TrackedIssue,
)

UNCERTAIN, LOCKED = "UNCERTAIN", "LOCKED"
_ON_THE_BOARD = (Step.PLACE, Step.PRIORITISE, Step.ESTIMATE)


def plan(drafts: Sequence[TicketDraft], known: Known, making: Making, missing: Sequence[str] = ()) -> Plan:
    """What is to be done about a day's drafts, and what an earlier run has left.

    `missing` says in words what the maps name and the tracker has not. Raises Misconfigured for it, and for a
    public repository where the map says private.
    """
    _refuse(known, making, missing)
    desk = _Desk(known, making)
    merged, elsewhere = desk.merged(drafts)
    actions, over = desk.bounded([desk.looked_at(each) for each in merged])
    if over:
        summary = making.texts.summary(making.day, over)
        actions.append(desk.looked_at(summary, summary=True))
        desk.findings.append(plan_findings.over(len(over), making.map.a_day))
    drafted = {each.marker.fingerprint for each in actions} | {each.fingerprint for each in (*drafts, *over)}
    actions += elsewhere
    actions += desk.left(drafted)
    return Plan(making.day, tuple(actions), tuple(desk.findings), tuple(over))


def concerned(tickets: Iterable[Ticket], fingerprints: Iterable[str]) -> list[Ticket]:
    """The tickets whose issues a plan must know of."""
    drafted = set(fingerprints)
    return [each for each in tickets if each.fingerprint in drafted or _may_finish(each)]


class _Desk:
    """One plan in the making."""

    def __init__(self, known: Known, making: Making) -> None:
        self._known, self._making = known, making
        self._facts, self._day = known.facts, making.day.date
        self._standing = Standing(known, making.marker)
        self.findings: list[Finding] = []

    # Duplicates

    def merged(self, drafts: Sequence[TicketDraft]) -> tuple[list[TicketDraft], list[Action]]:
        """One draft a fingerprint; those of tickets that are duplicates go to the ticket that counts."""
        groups: dict[str, list[TicketDraft]] = defaultdict(list)
        elsewhere = []
        for each in drafts:
            target = self._standing.counts_at(each.fingerprint)
            rest = each
            if target != each.fingerprint:
                rest = self._not_counted(each)
                elsewhere.append(self._counted_there(each, target))
            if rest.cases:
                groups[target].append(rest)
        return [_merged(target, group) for target, group in groups.items()], elsewhere

    def _not_counted(self, draft: TicketDraft) -> TicketDraft:
        """The draft of a duplicate without the cases that it counted while it was none: they stay there."""
        mine = (each for each in self._known.tickets if each.fingerprint == draft.fingerprint)
        counted = {case for each in mine for case in self._known.counted.get(each.ticket_id, ())}
        rest = tuple(each for each in draft.cases if each not in counted)
        return replace(draft, cases=rest, people=min(draft.people, len(rest)))

    def _counted_there(self, draft: TicketDraft, target: str) -> Action:
        generation, ticket, _ = self._standing.of(draft.fingerprint)
        other = self._standing.of(target)[2]
        there = f"#{other.number}" if isinstance(other, TrackedIssue) else target
        why = f"it was closed as a duplicate, and is counted at {there}"
        token = self._standing.token(draft.fingerprint, generation)
        return Action(Does.NOTHING, self._day, token, why, ticket=ticket, draft=draft)

    # One draft

    def looked_at(self, draft: TicketDraft, *, summary: bool = False) -> Action:
        """What is done about one draft; what cannot be cleaned is not filed."""
        try:
            return self._action(draft, summary=summary)
        except Unclean as error:
            self.findings.append(plan_findings.unclean(draft.fingerprint, error))
        token = Marker(draft.fingerprint, 0, "")
        return Action(Does.HELD, self._day, token, "something personal may be left in its text", draft=draft)

    def _action(self, draft: TicketDraft, *, summary: bool) -> Action:
        generation, ticket, found = self._standing.of(draft.fingerprint)
        strange = self._standing.strange(draft.fingerprint)
        token = self._standing.token(draft.fingerprint, generation)
        base = Action(Does.NOTHING, self._day, token, "", ticket=ticket, draft=draft, summary=summary)
        if ticket and not self._standing.here(ticket):
            return self._only_counted(base, "its ticket is in another repository")
        if ticket is None and found is None:
            return self._strange(base) if strange else self._create(base, 1, "no ticket has it yet")
        if ticket and ticket.number is None and found is None:
            return self._strange(base) if strange else self._resume(base, ticket)
        return self._known_issue(base, found)

    def _known_issue(self, base: Action, found: TrackedIssue | Moved | None) -> Action:
        base = replace(base, asked=True, found=found)
        if found is None:
            return self._only_counted(base, "its ticket is gone")
        if isinstance(found, Moved):
            return self._only_counted(base, "its ticket was moved to another repository")
        base = replace(base, number=found.number)
        if found.state is State.OPEN:
            return self._open(base, found)
        return self._closed(base, found)

    def _open(self, base: Action, issue: TrackedIssue) -> Action:
        changed = self._changed(base)
        steps = self._pending(base.ticket, issue, changed=changed)
        if base.ticket is None:
            steps = (Step.CREATE, Step.TALLY)
            return self._with_steps(base, Does.LINK, f"#{issue.number} has our marker", steps)
        if changed:
            return self._with_steps(base, Does.TALLY, f"#{issue.number} is open", steps)
        if steps:
            return self._with_steps(base, Does.FINISH, "it was not brought to its end", steps)
        return replace(base, why="this day is counted, and all is done")

    def _closed(self, base: Action, issue: TrackedIssue) -> Action:
        """An issue without a reason was closed where none could be given: as completed."""
        draft, closed = base.draft, issue.closed_at
        if draft is None or closed is None or issue.state_reason not in {"completed", None}:
            reason = (issue.state_reason or "a person").replace("_", " ")
            return self._only_counted(base, f"#{issue.number} was closed as {reason}")
        if draft.last_seen <= closed or base.summary:
            return self._only_counted(base, f"#{issue.number} was completed after these cases")
        if closed < self._making.day.start - self._making.map.returns:
            why = f"it is back, and #{issue.number} was completed long ago"
            older = replace(base, ticket=None, number=None, asked=False, follows=issue.number)
            return self._create(older, base.marker.generation + 1, why)
        return self._reopen(base, issue)

    def _reopen(self, base: Action, issue: TrackedIssue) -> Action:
        board = [step for step in self._board_steps(base.draft) if step is not Step.ESTIMATE]
        left = base.ticket.unfinished if base.ticket else ()
        steps = (*_to_link(base.ticket), Step.REOPEN, *board, Step.TALLY, *left)
        why = f"#{issue.number} was completed, and it is back"
        return self._with_steps(base, Does.REOPEN, why, steps)

    def _create(self, base: Action, generation: int, why: str) -> Action:
        assert base.draft
        token = self._standing.token(base.draft.fingerprint, generation)
        tally = () if base.summary else (Step.TALLY,)
        steps = (Step.CREATE, Step.LABEL, *self._board_steps(base.draft), *tally)
        return self._with_steps(replace(base, marker=token, intended=steps), Does.CREATE, why, steps)

    def _resume(self, base: Action, ticket: Ticket) -> Action:
        record = ticket.steps.get(Step.CREATE)
        base = replace(base, follows=ticket.follows)
        if record and record.state is StepState.FAILED and record.code == UNCERTAIN:
            self.findings.append(plan_findings.uncertain(ticket))
            does = Does.COUNT if self._changed(base) else Does.HELD
            return replace(base, does=does, why="it is not known whether it was filed")
        return self._with_steps(base, Does.CREATE, "it was to be filed, and is not", ticket.unfinished)

    def _only_counted(self, base: Action, why: str) -> Action:
        steps = _to_link(base.ticket) if base.found else ()
        does = Does.COUNT if steps or self._changed(base) else Does.NOTHING
        return replace(base, does=does, why=why, steps=steps, intended=steps, labels=self._labels(base))

    def _strange(self, base: Action) -> Action:
        self.findings.append(plan_findings.foreign(base.marker.fingerprint))
        return replace(base, does=Does.HELD, why="an issue of ours has a marker for it that is not ours")

    # What is left of other days

    def left(self, drafted: set[str]) -> list[Action]:
        """Of tickets that today has no cases of: steps that an earlier run has left, and cases that people
        have taken out since they were counted."""
        rest = [each for each in self._known.tickets if each.fingerprint not in drafted]
        emptied = [each for each in rest if self._is_emptied(each)]
        finished = (each for each in rest if each not in emptied and _may_finish(each))
        return [*map(self._emptied, emptied), *(action for each in finished for action in self._finish(each))]

    def _is_emptied(self, ticket: Ticket) -> bool:
        numbers = {each.case_number for each in self._known.counted.get(ticket.ticket_id, ())}
        return bool(numbers) and numbers <= self._making.taken_out

    def _emptied(self, ticket: Ticket) -> Action:
        issue, why = self._standing.issue(ticket), "people took out all of its cases of this day"
        base = Action(Does.COUNT, self._day, marker.of(ticket), why, ticket=ticket, emptied=True)
        if not isinstance(issue, TrackedIssue) or issue.state is not State.OPEN:
            return base
        steps = self._pending(ticket, issue, changed=True)
        return self._with_steps(replace(base, number=issue.number), Does.TALLY, why, steps)

    def _finish(self, ticket: Ticket) -> list[Action]:
        issue = self._standing.issue(ticket)
        base = Action(Does.FINISH, self._day, marker.of(ticket), "an earlier run left it", ticket=ticket)
        if issue is None and ticket.number is None:
            self.findings.append(plan_findings.unfinished(ticket))
            return []
        if (
            not isinstance(issue, TrackedIssue)
            or issue.state is not State.OPEN
            or not self._standing.here(ticket)
        ):
            return []
        steps = self._pending(ticket, issue, changed=False)
        base = replace(base, number=issue.number, summary=ticket.summary)
        return [self._with_steps(base, Does.FINISH, base.why, steps)] if steps else []

    # The bound

    def bounded(self, actions: Sequence[Action]) -> tuple[list[Action], list[TicketDraft]]:
        """The most urgent and the biggest are filed; for the others there is no room today."""
        used = sum(each.day == self._day and not each.summary for each in self._known.tickets)
        room = max(0, self._making.map.a_day - used)
        new = sorted((each for each in actions if _is_new(each)), key=_urgency)
        kept = [each for each in actions if not _is_new(each)]
        return [*kept, *new[:room]], [each.draft for each in new[room:] if each.draft]

    # Parts of an action

    def _with_steps(self, base: Action, does: Does, why: str, steps: Sequence[Step]) -> Action:
        """The action with its steps, and all the texts and settings that they need."""
        draft, ordered = base.draft, tuple(step for step in Step if step in steps)
        made = replace(
            base, does=does, why=why, steps=ordered, intended=base.intended or ordered,
            labels=self._labels(base), place=self._place(base, ordered),
        )  # fmt: skip
        if draft and Step.CREATE in ordered:
            made = replace(made, body=body_of(draft, base.marker, self._making, base.follows))
        if Step.TALLY in ordered:
            made = replace(made, tally=self._tally(made))
        return made

    def _tally(self, action: Action) -> Scrubbed:
        ticket, draft = action.ticket or self._provisional(action), action.draft
        counted = as_counted(ticket, self._day, draft) if draft or action.emptied else ticket
        if draft and action.does is Does.REOPEN:
            counted = replace(counted, priority=draft.priority)
        return tally_of(counted, draft, self._making.texts)

    def _provisional(self, action: Action) -> Ticket:
        """The ticket that an intent would make, for its texts."""
        assert action.draft
        return Ticket(
            ticket_id="", fingerprint=action.marker.fingerprint, generation=action.marker.generation,
            marker=action.marker.token, title=action.draft.title.text, repository=self._facts.repository,
            intended_at=action.draft.last_seen, day=self._day, number=action.number,
            priority=action.draft.priority, follows=action.follows, summary=action.summary,
        )  # fmt: skip

    def _labels(self, base: Action) -> tuple[str, ...]:
        """Those of the draft, and ours; where there is no board, the priority's too."""
        if base.draft is None:
            return base.ticket.labels if base.ticket else ()
        labels = self._making.labels
        names = [labels.ours.name, *base.draft.labels]
        if not self._facts.board:
            names.append(labels.priority_labels[base.draft.priority].name)
        return tuple({name.casefold(): name for name in reversed(names)}.values())[::-1]

    def _place(self, base: Action, steps: Sequence[Step]) -> Place:
        labels, ticket = self._making.labels, base.ticket
        back = Step.REOPEN in steps or (ticket is not None and Step.REOPEN in ticket.steps)
        priority = self._priority(base, steps)
        if not self._facts.board or priority is None:
            return Place()
        column = labels.reopened_column if back else labels.column
        return Place(column, labels.priorities[priority], labels.estimates.get(priority))

    def _priority(self, base: Action, steps: Sequence[Step]) -> Priority | None:
        """Steps of an earlier run are finished as they were begun."""
        anew = base.ticket is None or Step.REOPEN in steps
        if base.draft and anew:
            return base.draft.priority
        return base.ticket.priority if base.ticket else None

    def _board_steps(self, draft: TicketDraft | None) -> tuple[Step, ...]:
        if not self._facts.board or draft is None:
            return ()
        estimated = draft.priority in self._making.labels.estimates
        return _ON_THE_BOARD if estimated else _ON_THE_BOARD[:-1]

    def _pending(self, ticket: Ticket | None, issue: TrackedIssue, *, changed: bool) -> tuple[Step, ...]:
        """What was left, and the tally where it has changed. A locked issue refuses the same tally again."""
        if ticket is None:
            return ()
        left = {*ticket.unfinished, *((Step.TALLY,) if changed else ())}
        tally = ticket.steps.get(Step.TALLY)
        if not changed and issue.locked and tally and tally.code == LOCKED:
            left.discard(Step.TALLY)
        return tuple(step for step in Step if step in left)

    def _changed(self, base: Action) -> bool:
        ticket, draft = base.ticket, base.draft
        if ticket is None or draft is None:
            return draft is not None
        counted = self._known.counted.get(ticket.ticket_id, frozenset())
        day = ticket.days.get(self._day)
        return day is None or counted != frozenset(draft.cases) or day.people != draft.people


def _may_finish(ticket: Ticket) -> bool:
    return bool(ticket.unfinished) and ticket.state in {State.OPEN, State.CLOSED}


def _to_link(ticket: Ticket | None) -> tuple[Step, ...]:
    """The step that notes the number of an issue that was found by its marker."""
    return () if ticket and ticket.number is not None else (Step.CREATE,)


def _merged(target: str, group: Sequence[TicketDraft]) -> TicketDraft:
    """Drafts of one ticket as one: its own, or the biggest, with the cases of all."""
    first = min(group, key=lambda each: (each.fingerprint != target, -len(each.cases), each.fingerprint))
    if len(group) == 1 and first.fingerprint == target:
        return first
    return replace(
        first,
        fingerprint=target,
        cases=tuple(dict.fromkeys(case for each in group for case in each.cases)),
        people=sum(each.people for each in group),
        first_seen=min(each.first_seen for each in group),
        last_seen=max(each.last_seen for each in group),
    )


def _is_new(action: Action) -> bool:
    return action.does is Does.CREATE and action.ticket is None


def _urgency(action: Action) -> tuple[int, int, str]:
    assert action.draft
    return -RANK[action.draft.priority], -len(action.draft.cases), action.marker.fingerprint


def _refuse(known: Known, making: Making, missing: Sequence[str]) -> None:
    if making.map.private and not known.facts.private:
        raise Misconfigured(
            "GITHUB_REPO: the repository is public, and the map says private. Nothing was written.",
            code="REPOSITORY_PUBLIC",
        )
    if missing:
        raise Misconfigured(f"Nothing was written: {'; '.join(missing)}", code="MISSING")
