"""The plan is a difference: whatever the ledger and the tracker hold, once it is done nothing is left to do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sf_handoff.redaction import scrub
from sf_handoff.reports import marker
from sf_handoff.reports.marker import Marker
from sf_handoff.reports.plan import Action, Does, Known, Making, Plan, as_counted
from sf_handoff.reports.planning import plan
from sf_handoff.reports.tickets import (
    DayCount,
    Moved,
    Priority,
    State,
    Step,
    StepRecord,
    StepState,
    Ticket,
    TicketDraft,
    TrackedIssue,
    TrackerFacts,
)
from tests.flow.tracked import (
    COLUMNS,
    DAY,
    EVERY,
    HERE,
    LABELS,
    NAMES,
    STAFF,
    TEXTS,
    US,
    draft,
    fingerprint,
    ticket_map,
)

NOW = datetime(2026, 11, 20, 15, tzinfo=UTC)
FACTS = TrackerFacts(
    HERE, private=True, may_push=True, login=US, labels=EVERY, board=True, columns=COLUMNS, priorities=tuple(NAMES.values()),
)  # fmt: skip
STEPS = (Step.CREATE, Step.LABEL, Step.PLACE, Step.PRIORITISE, Step.TALLY)


def token(name: str, generation: int) -> str:
    return f"sfh{generation:02}{name[-16:].rjust(16, '0')}{'0' * 14}".replace("-", "0")


MAKING = Making(DAY, ticket_map(a_day=3), LABELS, TEXTS, token)


def issue_of(ticket: Ticket, number: int, **changes: object) -> TrackedIssue:
    body = marker.marked(scrub("text"), marker.of(ticket)).text
    made = TrackedIssue(
        number,
        ticket.title,
        body,
        State.OPEN,
        US,
        NOW,
        NOW,
        "https://tracker.test",
        labels=(LABELS.ours.name,),
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def ticket_of(name: str, generation: int = 1, **changes: object) -> Ticket:
    made = Ticket(
        f"{name}/{generation}", name, generation, token(name, generation), "t", HERE, NOW, day=DAY.date
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def applied(known: Known, planned: Plan) -> Known:
    """What there is once all of it was done, and nothing went wrong."""
    for each in planned.actions:
        if each.acts:
            known = _done(known, each)
    return known


def _done(known: Known, action: Action) -> Known:
    name, generation = action.marker.fingerprint, action.marker.generation
    ticket = action.ticket or ticket_of(
        name, generation, steps={step: StepRecord(StepState.TO_DO, NOW) for step in action.intended}
    )
    counted = dict(known.counted)
    if action.draft:
        before = ticket.days.get(DAY.date)
        ticket = as_counted(ticket, DAY.date, action.draft)
        cases = frozenset(action.draft.cases)
        tells = ticket.number is not None or not action.summary
        if tells and (before, counted.get(ticket.ticket_id, frozenset())) != (ticket.days[DAY.date], cases):
            ticket = replace(ticket, steps={**ticket.steps, Step.TALLY: StepRecord(StepState.TO_DO, NOW)})
        counted[ticket.ticket_id] = cases
    issues = {each.number: each for each in known.issues}
    if Step.CREATE in action.steps and ticket.number is None:
        here = marker.marked_issue(known.issues, action.marker, US)
        number = here.number if here else len(issues) + 100
        issues.setdefault(number, issue_of(ticket, number))
        ticket = replace(ticket, number=number)
    if Step.REOPEN in action.steps and ticket.number:
        issues[ticket.number] = replace(
            issues[ticket.number], state=State.OPEN, state_reason=None, closed_at=None
        )
    done = {step: StepRecord(StepState.DONE, NOW) for step in action.steps}
    ticket = replace(ticket, steps={**ticket.steps, **done})
    tickets = {each.ticket_id: each for each in known.tickets} | {ticket.ticket_id: ticket}
    return replace(known, tickets=tuple(tickets.values()), counted=counted, issues=tuple(issues.values()))


def does(planned: Plan) -> dict[str, Does]:
    return {each.marker.fingerprint: each.does for each in planned.actions}


@st.composite
def worlds(draw: st.DrawFn) -> tuple[Known, list[TicketDraft]]:
    """Tickets in every state that a run, a crash or the staff can leave them in, and a day's drafts."""
    tickets, issues, asked = [], [], {}
    for number in range(1, draw(st.integers(0, 5)) + 1):
        state = draw(
            st.sampled_from(
                ("open", "completed", "not_planned", "duplicate", "gone", "moved", "lost", "begun")
            )
        )
        record = st.sampled_from([StepRecord(each, NOW) for each in StepState])
        steps = {step: draw(record) for step in STEPS} | {Step.CREATE: StepRecord(StepState.DONE, NOW)}
        days = {DAY.date: DayCount(2, 2)} if draw(st.booleans()) else {}
        ticket = ticket_of(
            fingerprint(number), draw(st.integers(1, 2)), steps=steps, days=days, priority=Priority.LOW,
            day=draw(st.sampled_from((DAY.date, date(2026, 11, 1)))), number=number,
        )  # fmt: skip
        if state in {"lost", "begun"}:
            waiting = {step: StepRecord(StepState.TO_DO, NOW) for step in STEPS}
            begun = {**waiting, Step.CREATE: StepRecord(StepState.BEGUN, NOW)}
            ticket = replace(ticket, number=None, steps=begun)
        if state in {"open", "lost"}:
            issues.append(issue_of(ticket, number))
        elif state == "moved":
            asked[number] = Moved("https://tracker.test/other")
        elif state not in {"gone", "begun"}:
            closed = DAY.start - timedelta(days=draw(st.sampled_from((-2, 1, 14, 15))))
            issues.append(issue_of(ticket, number, state=State.CLOSED, state_reason=state, closed_at=closed))
        tickets.append(ticket)
    counted = {
        each.ticket_id: frozenset(draft(int(each.fingerprint[3:], 16)).cases) for each in tickets if each.days
    }
    duplicates = draw(st.dictionaries(st.integers(1, 5), st.integers(1, 6), max_size=3))
    drafts = [draft(number, draw(st.integers(1, 3))) for number in sorted(draw(st.sets(st.integers(1, 9))))]
    kept = tuple(each for each in tickets if draw(st.integers(0, 9)))  # a ledger may have been lost in part
    return Known(FACTS, kept, counted, tuple(issues), asked, duplicates), drafts


@settings(max_examples=200, deadline=None)
@given(worlds())
def test_once_it_is_done_nothing_is_left(world: tuple[Known, list[TicketDraft]]) -> None:
    """R07: and no fingerprint ever has two tickets of one generation, or a second issue."""
    known, drafts = world
    once = applied(known, plan(drafts, known, MAKING))
    left = plan(drafts, once, MAKING)
    assert [(each.does, each.title, each.why) for each in left.actions if each.acts] == []
    named = [each for issue in once.issues for each in marker.markers_in(issue.body)]
    assert len(named) == len(set(named))


@settings(max_examples=100, deadline=None)
@given(worlds())
def test_every_draft_has_one_action(world: tuple[Known, list[TicketDraft]]) -> None:
    known, drafts = world
    planned = plan(drafts, known, MAKING)
    named = [each.marker.fingerprint for each in planned.actions]
    assert len(named) == len(set(named))
    over = {each.fingerprint for each in planned.over}
    assert {each.fingerprint for each in drafts} <= {*named, *over}
    assert not over & set(named)


@settings(max_examples=100, deadline=None)
@given(worlds())
def test_z07_no_more_are_new_than_the_map_says(world: tuple[Known, list[TicketDraft]]) -> None:
    known, drafts = world
    once = applied(known, plan(drafts, known, MAKING))
    before = {each.ticket_id for each in known.tickets}
    made = [
        each for each in once.tickets if each.ticket_id not in before and each.number and each.number >= 100
    ]
    assert len([each for each in made if not each.fingerprint.startswith("summary-")]) <= 3


def test_z07_the_more_urgent_comes_before_the_bigger() -> None:
    drafts = [draft(1, 9), draft(2, 1, priority=Priority.HIGH), draft(3, 8), draft(4, 10), draft(5, 9)]
    planned = plan(drafts, Known(FACTS), MAKING)
    assert list(does(planned)) == [fingerprint(2), fingerprint(4), fingerprint(1), f"summary-{DAY.date}"]
    assert [each.fingerprint for each in planned.over] == [fingerprint(5), fingerprint(3)]
    assert planned.needs_a_person


def known_with(reason: str | None, closed_days: float) -> Known:
    ticket = ticket_of(fingerprint(1), number=5, steps={Step.CREATE: StepRecord(StepState.DONE, NOW)})
    closed_at = DAY.start - timedelta(days=closed_days)
    issue = issue_of(ticket, 5, state=State.CLOSED, state_reason=reason, closed_at=closed_at)
    return Known(FACTS, (ticket,), issues=(issue,))


@pytest.mark.parametrize(
    ("reason", "closed_days", "wanted"),
    [
        ("completed", 0, Does.REOPEN),
        ("completed", 14, Does.REOPEN),
        ("completed", 14.01, Does.CREATE),
        (None, 3, Does.REOPEN),
        ("completed", -1, Does.COUNT),
        ("not_planned", 3, Does.COUNT),
        ("not_planned", 300, Does.COUNT),
        ("duplicate", 3, Does.COUNT),
    ],
)
def test_z06_what_a_closed_ticket_means(reason: str | None, closed_days: float, wanted: Does) -> None:
    planned = plan([draft(1)], known_with(reason, closed_days), MAKING)
    assert does(planned) == {fingerprint(1): wanted}
    (action,) = planned.actions
    assert (action.marker.generation, action.follows) == ((2, 5) if wanted is Does.CREATE else (1, None))


def test_z06_what_is_back_is_said_in_the_new_ticket() -> None:
    (action,) = plan([draft(1)], known_with("completed", 20), MAKING).actions
    assert action.body
    assert "comes after #5" in action.body.text
    assert "completed long ago" in action.words


# Markers

MARK = Marker("v1-0123456789abcdef", 2, token("v1-0123456789abcdef", 2))


def test_i08_a_marker_is_read_back() -> None:
    text = marker.marked(scrub("a\n```\nb\n```"), MARK, said="It is back: this comes after #{n}.\n\n", n=3)
    assert marker.markers_in(text.text) == (MARK,)
    assert marker.markers_in(text.text.replace("\n", "\r\n")) == (MARK,)
    assert text.text.count(MARK.token) == 2
    assert len(text.text) < marker.ROOM


@pytest.mark.parametrize(
    "text",
    [
        "```\n{}\n```", "~~~ html\n{}\n~~~", "````\n```\n{}\n````", "```\n{}", "> {}", "   > {}", "`{}`", "a {}", "{} a", "    {}",
        "\t{}", "- {}", "```\n\u2028```\u2028\n{}\n```",
    ],
)  # fmt: skip
def test_i08_what_is_quoted_or_code_is_no_marker(text: str) -> None:
    """I08"""
    hidden = f"<!-- sf-handoff {MARK.fingerprint} {MARK.generation} {MARK.token} -->"
    assert marker.markers_in(text.format(hidden)) == ()
    assert marker.markers_in(f"{hidden}\n\n" + text.format("x")) == (MARK,)


def test_i08_only_our_own_issue_with_the_true_token_is_found() -> None:
    """I08"""
    ticket = ticket_of(MARK.fingerprint, 2)
    true = issue_of(ticket, 4)
    others: Sequence[TrackedIssue] = (
        replace(true, number=2, author=STAFF),
        issue_of(replace(ticket, marker=token("e", 2)), 3),
    )
    assert marker.marked_issue((*others, replace(true, number=9), true), MARK, US.upper()) == true
    assert marker.marked_issue(others, MARK, US) is None


def test_who_says_duplicate_last_is_believed() -> None:
    from tests.conftest import Clock
    from tests.flow.tracked import Tracked

    tracker = Tracked(Clock(NOW))
    for body in ("Is it one?", "duplicate of #3", "No.\n\nDuplicate of #12\n", "See #4, no Duplicate of #5"):
        tracker.say(1, STAFF, body)
    assert marker.duplicate_of(tracker.comments(1)) == 12
    assert marker.duplicate_of(tracker.comments(2)) is None
