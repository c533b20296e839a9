"""What came of tickets in the store: turn by turn, the words for customers sealed, and told once."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from sf_handoff.adapters.store import SqlStore
from sf_handoff.adapters.tables import ticket_resolutions
from sf_handoff.errors import Misconfigured
from sf_handoff.reports.answers import Answered
from sf_handoff.reports.notices.kept import KeptNotice
from sf_handoff.reports.notices.values import CustomerText, NoticeState, Outcome, Resolution
from sf_handoff.reports.tickets import TicketCase
from tests.conftest import Clock

from .stored import AT, at_once
from .test_notices import keep, kept, notice
from .test_tickets import intend

ID, OTHER = "v1-0123456789abcdef/1", "v1-0123456789abcdef/2"
CASE = "500000000{:06d}AAA"
WORDS = "Claims open again. Thank you for telling us."


def resolution(words: str = WORDS, **changes: Any) -> Resolution:
    text = CustomerText(words, "Insights and Analytics", AT - timedelta(hours=1))
    return replace(Resolution(Outcome.COMPLETED, text, 12, AT), **changes)


def settled(number: int, *, turn: int, told: bool = True) -> KeptNotice:
    state = NoticeState.TOLD if told else NoticeState.APPROVED
    said = notice(10 * number + turn, state=state, case_number=f"{number:08d}", case_id=CASE.format(number))
    return replace(kept(), notice=said, ticket_id=ID, turn=turn, settled_at=AT if told else None)


def test_a_ticket_without_an_answer_has_none(store: SqlStore) -> None:
    assert store.resolution(ID) is None
    assert store.resolved() == []
    assert store.answered() == store.answered((ID,)) == store.told_at((ID,)) == {}


@pytest.mark.parametrize("kept", [
    resolution(),
    resolution(kind=Outcome.BLOCKED, closed_at=None),
    resolution(kind=Outcome.DUPLICATE, follows=7, text=CustomerText("Täglich – 日本", "role", AT, edited=True)),
])  # fmt: skip
def test_an_answer_comes_back_as_it_was_kept(store: SqlStore, kept: Resolution) -> None:
    store.resolve(ID, kept, turn=1)
    assert store.resolution(ID) == (1, kept)
    assert store.resolved() == [(ID, 1, kept)]
    assert store.answered((ID, OTHER)) == {ID: Answered(1, kept, follows=kept.follows)}


def test_the_words_for_customers_are_sealed(store: SqlStore) -> None:
    store.resolve(ID, resolution(), turn=1)
    store.resolve(OTHER, resolution("Other words."), turn=1)
    with store._transaction() as tx:
        found = tx.execute(select(ticket_resolutions).order_by(ticket_resolutions.c.ticket_id)).all()
        assert WORDS.encode() not in found[0].text
        tx.execute(
            update(ticket_resolutions)
            .where(ticket_resolutions.c.ticket_id == OTHER)
            .values(text=found[0].text)
        )
    with pytest.raises(Misconfigured) as refused:
        store.resolution(OTHER)
    assert refused.value.code == "TAMPERED"


def test_what_was_told_to_nobody_gives_way(store: SqlStore) -> None:
    for words in ("First words.", "Second words.", "Second words."):
        store.resolve(ID, resolution(words), turn=1)
    assert store.resolution(ID) == (1, resolution("Second words."))


def test_what_was_told_stays_as_it_was(store: SqlStore, clock: Clock) -> None:
    store.resolve(ID, resolution(), turn=1)
    store.told(ID, AT)
    store.told(ID, AT + timedelta(days=1))
    store.resolve(ID, resolution("Other words."), turn=1)
    assert store.resolution(ID) == (1, resolution())
    assert store.resolved() == []
    assert store.told_at((ID, OTHER)) == {ID: AT}
    assert store.answered()[ID].told_at == AT


@pytest.mark.parametrize("told", [True, False])
def test_callers_who_are_counted_after_the_others_were_told_wait_too(store: SqlStore, told: bool) -> None:
    """What was told before stays as it was, and is told to them as well."""
    intend(store, ID.partition("/")[0])
    store.count(ID, AT.date(), [TicketCase("00000001", CASE.format(1))], 1)
    store.resolve(ID, resolution(), turn=1)
    keep(store, settled(1, turn=1))
    store.told(ID, AT)
    assert (store.resolved(), store.told_at((ID,))) == ([], {ID: AT})
    store.count(ID, AT.date() - timedelta(days=1), [TicketCase("00000002", CASE.format(2))], 1)
    keep(store, settled(2, turn=2), settled(2, turn=1, told=told))
    assert store.resolved() == ([] if told else [(ID, 1, resolution())])
    assert store.told_at((ID,)) == ({ID: AT} if told else {})
    assert store.answered()[ID].told_at == AT


def test_a_turn_ends_and_another_begins(store: SqlStore, clock: Clock) -> None:
    store.resolve(ID, resolution(), turn=1)
    store.told(ID, AT)
    store.unresolve(ID, "It was opened again.", since=AT)
    ended = clock.now
    clock.forward(hours=1)
    store.unresolve(ID, "once more")
    assert store.resolution(ID) is None
    assert (store.resolved(), store.told_at((ID,))) == ([], {})
    assert store.answered()[ID] == Answered(1, None, None, AT, ended, "It was opened again.")
    assert store.reopened_at((ID, OTHER)) == {ID: ended}
    store.resolve(ID, resolution("New words."), turn=2)
    assert store.resolved() == [(ID, 2, resolution("New words."))]
    assert store.answered()[ID] == Answered(2, resolution("New words."), since=AT)


def test_what_was_only_taken_back_starts_no_clock(store: SqlStore) -> None:
    store.resolve(ID, resolution(), turn=1)
    store.unresolve(ID, "The words were taken back.")
    assert store.reopened_at((ID,)) == {}
    assert store.answered()[ID].since is None


@pytest.mark.parametrize("turn", [1, 3])
def test_a_run_that_knows_an_older_state_changes_nothing(store: SqlStore, turn: int) -> None:
    store.resolve(ID, resolution(), turn=1)
    store.unresolve(ID, "It was opened again.", since=AT)
    store.resolve(ID, resolution("Stale words."), turn=turn)
    assert store.resolution(ID) is None


def test_a_turn_that_cannot_begin_yet_does_not(store: SqlStore) -> None:
    store.resolve(ID, resolution(), turn=2)
    assert store.resolution(ID) is None
    store.resolve(ID, resolution(), turn=1)
    store.resolve(ID, resolution("Too early."), turn=2)
    assert store.resolution(ID) == (1, resolution())


def test_runs_at_once_begin_one_turn(store: SqlStore) -> None:
    at_once(8, lambda number: store.resolve(ID, resolution(), turn=1))
    assert store.resolved() == [(ID, 1, resolution())]


def test_what_was_looked_at_is_remembered(store: SqlStore) -> None:
    store.looked(ID, AT)
    store.looked(ID, AT + timedelta(hours=1), said="GONE")
    store.looked(OTHER, None)
    later = AT + timedelta(hours=1)
    assert store.answered() == {ID: Answered(looked=later, said="GONE"), OTHER: Answered()}
