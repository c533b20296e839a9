"""Reading back: what came of each ticket, turn by turn, wherever a run dies, and a customer's "no"."""

from __future__ import annotations

import shutil
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pytest

from sf_handoff.adapters.store import SqlStore
from sf_handoff.answers import Sync, Synced
from sf_handoff.answers_reopening import Reopened, Reopening
from sf_handoff.errors import Rejected, Unavailable
from sf_handoff.reports.notices.notice_map import Marks
from sf_handoff.reports.notices.values import NoticeState, Outcome, Resolution, Why
from sf_handoff.reports.tickets import Place, State, Step
from tests.adapters import tracking
from tests.adapters.stored import SEAL
from tests.adapters.test_notices import keep, kept, notice
from tests.conftest import Clock
from tests.flow.tracked import (
    BACK,
    DAY,
    HERE,
    LABELS,
    STAFF,
    US,
    Desk,
    Killed,
    Life,
    Tracked,
    away,
    draft,
    fingerprint,
    limited,
    lost,
    refused,
)

ANALYST, STRANGER = "Insights-Writer", "passer-by"
MARKS = Marks()
WORDS = "Claim status opens again."
SAID = f"Fixed in the app.\n\n## For customers\n{WORDS}"
RETURNS = timedelta(days=14)
NEXT = replace(DAY, date=DAY.date + timedelta(days=1))


class World(Desk):
    """A desk where tickets 1 to 3 are filed, with what staff does and what is read back."""

    def filed(self, *numbers: int) -> World:
        self.file(*(draft(number) for number in numbers))
        self.clock.forward(hours=1)
        self.tracker.log.clear()
        return self

    def id(self, number: int = 1) -> str:
        return f"{fingerprint(number)}/1"

    def sync(
        self,
        numbers: Collection[int] | None = None,
        *,
        life: Life | None = None,
        authors: Collection[str] = (ANALYST.lower(),),
    ) -> Synced:
        self.clock.forward(minutes=1)
        tracker, store = (life.of(each) if life else each for each in (self.tracker, self.store))
        every: tuple[Any, Any] = tracker, store
        sync = Sync(
            every[0], every[1], every[1], every[1],
            labels=LABELS, marks=MARKS, authors=authors, sleep=self.sleep,
        )  # fmt: skip
        return sync.run(numbers)

    def reopen(self, number: int = 1, case: str = "00012345", *, life: Life | None = None) -> Reopened:
        self.clock.forward(minutes=1)
        tracker, store = (life.of(each) if life else each for each in (self.tracker, self.store))
        reopening = Reopening(
            cast("Any", tracker), cast("Any", store), cast("Any", store),
            labels=LABELS, returns=RETURNS, clock=self.clock, sleep=self.sleep,
        )  # fmt: skip
        return reopening.reopen(self.id(number), case)

    def says(self, number: int, body: str = SAID, author: str = ANALYST) -> None:
        self.clock.forward(minutes=1)
        self.tracker.say(number, author, body)
        self.tracker.change(number)

    def edits(self, number: int, body: str) -> None:
        """The last comment of the issue."""
        self.clock.forward(minutes=1)
        said = self.tracker.said[number]
        said[-1] = replace(said[-1], body=body, updated_at=self.clock.now)
        self.tracker.change(number)

    def closes(self, number: int, reason: str | None = "completed", body: str | None = SAID) -> None:
        if body:
            self.says(number, body)
        self.clock.forward(minutes=1)
        self.tracker.close_it(number, reason)

    def opens(self, number: int) -> None:
        self.clock.forward(hours=1)
        self.tracker.change(number, state=State.OPEN, state_reason="reopened", closed_at=None, closed_by=None)

    def held(self, number: int = 1) -> Resolution:
        found = self.store.resolution(self.id(number))
        assert found
        return found[1]

    def turn(self, number: int = 1) -> int | None:
        found = self.store.resolution(self.id(number))
        return found[0] if found else None

    def tell(self, number: int = 1) -> None:
        """With a notice of every case that is counted until now."""
        for each in self.store.cases(self.id(number)):
            said = notice(
                len(self.store.notices()),
                state=NoticeState.TOLD,
                case_id=each.case_id,
                case_number=each.case_number,
            )
            told = replace(kept(), notice=said, ticket_id=self.id(number), turn=self.turn(number) or 0)
            keep(self.store, replace(told, settled_at=self.clock.now))
        self.store.told(self.id(number), self.clock.now)

    def comments_read(self) -> list[Any]:
        return [about for name, about in self.tracker.log if name == "comments"]


@pytest.fixture
def world(tmp_path: Path, clock: Clock) -> Iterator[World]:
    store = SqlStore.open(f"sqlite:///{tmp_path / 's' / 'store.sqlite3'}", SEAL, clock)
    yield World(Tracked(clock), store, clock).filed(1, 2, 3)
    store.close()


def codes(synced: Synced | Reopened) -> list[str]:
    return [each.code for each in synced.findings]


# Resolved


def test_story_60_closed_with_a_reason_and_words_is_resolved(world: World) -> None:
    world.closes(1)
    synced = world.sync()
    assert (synced.seen, synced.resolved, synced.findings) == (3, (world.id(),), ())
    held = world.held()
    assert (held.kind, held.text.text, held.ticket) == (Outcome.COMPLETED, WORDS, 1)
    assert world.store.resolved() == [(world.id(), 1, held)]
    ticket = world.ticket()
    assert (ticket.state, ticket.state_reason) == (State.CLOSED, "completed")
    assert ticket.closed_at == held.closed_at


@pytest.mark.parametrize(
    ("reason", "body", "author", "code"),
    [
        ("completed", None, ANALYST, Why.NO_TEXT),
        ("completed", "Fixed.", ANALYST, Why.NO_TEXT),
        ("completed", SAID, STRANGER, Why.NOT_LISTED),
        ("completed", SAID, US, Why.NOT_LISTED),
        (None, SAID, ANALYST, Why.NO_REASON),
        ("duplicate", "Seen before.", ANALYST, Why.DUPLICATE),
    ],
)
def test_story_60_without_a_reason_or_words_it_stays_on_the_list(
    world: World, reason: str | None, body: str | None, author: str, code: Why
) -> None:
    if body:
        world.says(1, body, author)
    world.closes(1, reason, None)
    for _ in range(2):
        synced = world.sync()
        assert synced.resolved == ()
        assert {key: each.code for key, each in synced.unresolved.items()} == {world.id(): code}
        assert codes(synced) == [code]
        assert synced.needs_a_person
        assert synced.findings[0].words.startswith("#1 is closed, and its callers can't be told yet.")
    assert world.turn() is None


def test_what_is_missing_is_said_with_who_can_give_it(world: World) -> None:
    world.closes(1, body=None)
    (finding,) = world.sync().findings
    assert finding.words.endswith(
        "Nobody has written what customers are told. Somebody of ANSWER_AUTHORS must comment what they are "
        'told, under the heading "For customers".'
    )


@pytest.mark.parametrize(
    ("reason", "labels", "body", "kind"),
    [
        ("not_planned", (), SAID, Outcome.NOT_PLANNED),
        ("completed", (), f"{SAID}\n## Workaround\nUse the app.", Outcome.WORKAROUND),
        ("duplicate", (), SAID, Outcome.DUPLICATE),
    ],
)
def test_each_outcome_is_kept_as_what_it_is(
    world: World, reason: str, labels: tuple[str, ...], body: str, kind: Outcome
) -> None:
    world.closes(1, reason, body)
    world.sync()
    assert world.held().kind is kind


def test_story_59_every_case_that_was_ever_counted_waits_for_a_closed_ticket(world: World) -> None:
    later = replace(draft(1), cases=draft(1, 3).cases[2:])
    world.file(later, day=NEXT)
    world.closes(1)
    world.sync()
    ((ticket_id, _, _),) = world.store.resolved()
    assert world.store.cases(ticket_id) == list(draft(1, 3).cases)


@pytest.mark.parametrize("authors", [(), (US.upper(),)])
def test_nobody_may_write_to_customers_is_said_once(world: World, authors: tuple[str, ...]) -> None:
    world.closes(1)
    world.closes(2)
    synced = world.sync(authors=authors)
    assert codes(synced) == ["NO_AUTHORS"]
    assert set(synced.unresolved) == {world.id(1), world.id(2)}
    assert world.store.resolved() == []


def test_the_connector_itself_never_answers(world: World) -> None:
    world.says(1, SAID, US)
    world.closes(1, body=None)
    assert codes(world.sync(authors=(US, ANALYST))) == [Why.NOT_LISTED]


def test_the_columns_of_open_tickets_are_read_in_one_query(world: World) -> None:
    world.tracker.board[2] = Place("In Progress")
    world.closes(1)
    world.sync()
    assert [about for name, about in world.tracker.log if name == "places"] == [[2, 3]]
    assert world.ticket(2).column == "In Progress"


# Few calls


def test_nothing_new_is_one_list_and_one_query(world: World) -> None:
    world.closes(1)
    world.sync()
    world.tell()
    world.sync()
    world.tracker.log.clear()
    synced = world.sync()
    assert [name for name, _ in world.tracker.log] == ["facts", "labelled", "places"]
    assert (synced.seen, synced.resolved, synced.unresolved, synced.findings) == (3, (), {}, ())


def test_only_what_the_list_lacks_is_read_by_itself(world: World) -> None:
    world.tracker.change(2, labels=())
    synced = world.sync()
    assert [about for name, about in world.tracker.log if name == "issue"] == [2]
    assert synced.seen == 3


def test_until_callers_are_told_the_words_are_read_each_time(world: World) -> None:
    world.closes(1)
    for _ in range(2):
        world.sync()
    assert world.comments_read() == [1, 1]
    world.tell()
    world.sync()
    assert world.comments_read() == [1, 1]
    world.says(1, "Thanks all.", STAFF)
    for _ in range(2):
        assert world.sync().findings == ()
    assert world.comments_read() == [1, 1, 1]


def test_hints_limit_the_look(world: World) -> None:
    world.closes(1)
    world.closes(2)
    world.store.hint("delivery-1", 1)
    world.store.hint("delivery-2", 77)
    synced = world.sync(numbers=world.store.hinted())
    assert (synced.seen, synced.resolved) == (1, (world.id(1),))
    assert [name for name, _ in world.tracker.log] == ["facts", "issue", "comments"]
    assert world.store.hinted() == {}


def test_a_hint_stays_until_somebody_has_looked(world: World) -> None:
    world.closes(1)
    world.store.hint("delivery-1", 1)
    world.store.hint("delivery-2", 2)
    world.sync(numbers=(2,))
    assert list(world.store.hinted()) == [1]
    world.tracker.fault("comments", away)
    with pytest.raises(Unavailable):
        world.sync()
    assert list(world.store.hinted()) == [1]
    world.sync()
    assert world.store.hinted() == {}


def test_a_hint_has_the_words_read_even_where_the_issue_looks_unchanged(world: World) -> None:
    world.closes(1)
    world.sync()
    world.tell()
    said = world.tracker.said[1]
    said[-1] = replace(said[-1], body=SAID + " Really.", updated_at=world.clock.now)
    assert world.sync().findings == ()
    world.store.hint("delivery-1", 1)
    assert codes(world.sync()) == ["CHANGED"]


def test_the_tracker_that_asks_to_wait_is_waited_for(world: World) -> None:
    world.tracker.fault("labelled", limited(40))
    assert world.sync().seen == 3
    assert world.slept == [40]


def test_one_that_is_refused_does_not_stop_the_others(world: World) -> None:
    world.closes(1)
    world.closes(2)
    world.tracker.fault("comments", refused("GONE"))
    synced = world.sync()
    assert (codes(synced), synced.resolved) == (["GONE"], (world.id(2),))
    assert world.sync().resolved == (world.id(1),)


def test_tickets_of_another_repository_are_left_alone(world: World) -> None:
    world.tracker.has = replace(world.tracker.has, repository="example-agency/elsewhere")
    synced = world.sync()
    assert (synced.seen, codes(synced)) == (0, ["ELSEWHERE"])
    assert synced.findings[0].words.startswith("3 tickets are in another repository than GITHUB_REPO")


# Words that change


def test_words_that_change_before_anybody_was_told_take_their_place(world: World) -> None:
    world.closes(1)
    world.sync()
    world.edits(1, "## For customers\nPlease sign in again.")
    assert world.sync().resolved == (world.id(),)
    assert (world.turn(), world.held().text.text) == (1, "Please sign in again.")
    assert world.held().text.edited


def test_words_that_change_after_they_were_told_are_said_once(world: World) -> None:
    world.closes(1)
    world.sync()
    world.tell()
    world.edits(1, "## For customers\nPlease sign in again.")
    assert codes(world.sync()) == ["CHANGED"]
    assert world.sync().findings == ()
    assert world.held().text.text == WORDS
    assert world.store.told_at((world.id(),))


def test_callers_who_come_later_are_told_what_the_others_were(world: World) -> None:
    world.closes(1)
    world.sync()
    world.tell()
    world.file(replace(draft(1), cases=draft(1, 3).cases[2:]), day=NEXT)
    world.edits(1, "## For customers\nPlease sign in again.")
    assert codes(world.sync()) == ["CHANGED"]
    assert [each[2].text.text for each in world.store.resolved()] == [WORDS]


def test_words_that_are_taken_back_are_told_to_nobody(world: World) -> None:
    world.closes(1)
    world.sync()
    world.tracker.said[1].pop()
    synced = world.sync()
    assert (codes(synced), synced.reopened) == ([Why.NO_TEXT], ())
    assert world.store.resolved() == []
    world.says(1)
    assert world.sync().resolved == (world.id(),)
    assert world.turn() == 2


def test_words_that_are_taken_back_after_they_were_told_change_nothing(world: World) -> None:
    world.closes(1)
    world.sync()
    world.tell()
    world.tracker.said[1].pop()
    world.tracker.change(1)
    assert codes(world.sync()) == ["CHANGED"]
    assert world.held().text.text == WORDS


# Opened again


@pytest.mark.parametrize("told", [True, False])
def test_story_62_opened_again_the_turn_is_over_and_the_clocks_restart(world: World, told: bool) -> None:
    world.closes(1)
    world.sync()
    if told:
        world.tell()
    world.opens(1)
    synced = world.sync()
    assert (synced.reopened, synced.resolved, synced.findings) == ((world.id(),), (), ())
    assert (world.turn(), world.store.resolved()) == (None, [])
    assert world.store.told_at((world.id(),)) == {}
    assert world.store.reopened_at((world.id(),)) == {world.id(): world.clock.now}
    assert world.ticket().state is State.OPEN
    assert world.sync().reopened == ()


def test_filing_that_opens_it_again_ends_the_turn_as_staff_does(world: World) -> None:
    world.closes(1)
    world.sync()
    world.tell()
    world.clock.forward(days=1)
    back = replace(draft(1), last_seen=world.clock.now)
    world.file(back, day=NEXT)
    assert world.tracker.count("reopen") == 1
    assert world.sync().reopened == (world.id(),)
    assert world.turn() is None


def test_a_second_answer_is_a_second_turn_with_words_of_its_own(world: World) -> None:
    world.closes(1)
    world.sync()
    world.tell()
    world.opens(1)
    world.sync()
    world.closes(1, body=None)
    synced = world.sync()
    assert (codes(synced), world.turn()) == ([Why.OLD_TEXT], None)
    world.says(1, "## For customers\nIt is mended for good.")
    assert world.sync().resolved == (world.id(),)
    assert (world.turn(), world.held().text.text) == (2, "It is mended for good.")


def test_words_that_were_written_while_it_was_open_again_are_new(world: World) -> None:
    world.closes(1)
    world.sync()
    world.tell()
    world.opens(1)
    world.says(1, "## For customers\nThis time for good.")
    assert world.sync().reopened == (world.id(),)
    world.closes(1, body=None)
    assert world.sync().resolved == (world.id(),)
    assert (world.turn(), world.held().text.text) == (2, "This time for good.")


def test_closed_anew_between_two_looks_is_another_turn(world: World) -> None:
    world.closes(1)
    world.sync()
    world.tell()
    world.opens(1)
    world.closes(1, body="## For customers\nIt is mended for good.")
    synced = world.sync()
    assert (synced.reopened, synced.resolved) == ((world.id(),), (world.id(),))
    assert (world.turn(), world.held().text.text) == (2, "It is mended for good.")


def test_closed_anew_between_two_looks_without_new_words_tells_nobody(world: World) -> None:
    world.closes(1)
    world.sync()
    world.opens(1)
    world.closes(1, body=None)
    assert codes(world.sync()) == [Why.OLD_TEXT]
    assert world.store.resolved() == []


# What can't be mended


@pytest.mark.parametrize("label", ["blocked", "Blocked"])
def test_story_62_what_cannot_be_mended_is_told_and_stays_open(world: World, label: str) -> None:
    world.says(1)
    world.tracker.change(1, labels=(*world.tracker.issues[1].labels, label))
    world.sync()
    assert (world.held().kind, world.held().stays_open) == (Outcome.BLOCKED, True)
    world.tell()
    synced = world.sync()
    assert (synced.reopened, synced.findings, world.turn()) == ((), (), 1)
    assert world.ticket().state is State.OPEN
    world.tracker.log.clear()
    world.sync()
    assert world.comments_read() == []


def test_blocked_without_words_is_said(world: World) -> None:
    world.tracker.change(1, labels=(*world.tracker.issues[1].labels, "blocked"))
    (finding,) = world.sync().findings
    assert finding.words.startswith("#1 can't be mended, and its callers can't be told yet.")


def test_what_was_mended_after_all_is_told_with_new_words(world: World) -> None:
    test_story_62_what_cannot_be_mended_is_told_and_stays_open(world, "blocked")
    world.tracker.change(1, labels=(LABELS.ours.name,))
    world.closes(1, body=None)
    # Callers who heard that it can't be mended must hear otherwise in other words.
    assert codes(world.sync()) == [Why.OLD_TEXT]
    world.says(1, "## For customers\nIt is mended after all.")
    world.sync()
    assert (world.turn(), world.held().kind) == (2, Outcome.COMPLETED)


def test_the_label_taken_off_ends_the_turn(world: World) -> None:
    world.says(1)
    world.tracker.change(1, labels=(*world.tracker.issues[1].labels, "blocked"))
    world.sync()
    world.tracker.change(1, labels=(LABELS.ours.name,))
    assert world.sync().reopened == (world.id(),)
    assert world.turn() is None


# Duplicates


def duplicate(world: World, number: int, of: int) -> None:
    world.closes(number, "duplicate", None)
    world.says(number, f"Duplicate of #{of}", STAFF)


def test_a_duplicate_waits_for_the_other_ticket(world: World) -> None:
    duplicate(world, 2, 1)
    synced = world.sync()
    assert (synced.findings, synced.unresolved[world.id(2)].code) == ((), Why.DUPLICATE)
    world.closes(1)
    assert set(world.sync().resolved) == {world.id(1), world.id(2)}
    held = world.held(2)
    assert (held.kind, held.text.text, held.ticket, held.follows) == (Outcome.COMPLETED, WORDS, 2, 1)


def test_what_keeps_the_other_ticket_from_an_answer_is_said_once(world: World) -> None:
    duplicate(world, 2, 1)
    world.closes(1, body=None)
    synced = world.sync()
    assert codes(synced) == [Why.NO_TEXT]
    assert set(synced.unresolved) == {world.id(1), world.id(2)}


def test_chains_are_followed_and_the_order_of_tickets_does_not_matter(world: World) -> None:
    duplicate(world, 1, 2)
    duplicate(world, 2, 3)
    world.closes(3)
    world.sync()
    assert [world.held(number).follows for number in (1, 2, 3)] == [3, 3, None]


def test_circles_are_said(world: World) -> None:
    for number, of in ((1, 2), (2, 3), (3, 1)):
        duplicate(world, number, of)
    synced = world.sync()
    assert codes(synced) == [Why.DUPLICATE] * 3
    assert all("without an end" in each.words for each in synced.findings)


@pytest.mark.parametrize(("length", "resolved"), [(5, True), (6, False)])
def test_chains_end_somewhere(world: World, length: int, resolved: bool) -> None:
    others = [world.tracker.make(STAFF, "other", "").number for _ in range(length)]
    for number, of in zip([1, *others], others, strict=False):
        duplicate(world, number, of)
    world.closes(others[-1])
    assert (world.id(1) in world.sync().resolved) is resolved


def test_an_issue_that_is_not_ours_answers_by_the_same_list(world: World) -> None:
    other = world.tracker.make(STAFF, "Claim status is down", "").number
    duplicate(world, 1, other)
    assert codes(world.sync()) == []
    world.says(other, SAID, STRANGER)
    world.closes(other, body=None)
    (finding,) = world.sync().findings
    assert (finding.code, f"#{other}, which is closed without an answer" in finding.words) == (
        Why.DUPLICATE,
        True,
    )
    world.says(other)
    world.sync()
    assert (world.held().text.text, world.held().follows) == (WORDS, other)


def test_one_that_is_elsewhere_or_gone_is_said(world: World) -> None:
    world.tracker.moved[88] = "https://tracker.test/elsewhere/1"
    duplicate(world, 1, 77)
    duplicate(world, 2, 88)
    world.closes(3, "duplicate", None)
    world.says(3, "Duplicate of other/repository#5", STAFF)
    synced = world.sync()
    assert codes(synced) == [Why.DUPLICATE] * 3
    assert ["gone, or not in this repository" in each.words for each in synced.findings] == [
        True,
        True,
        False,
    ]


def test_a_stranger_names_no_duplicate(world: World) -> None:
    world.closes(2, "duplicate", None)
    world.says(2, "Duplicate of #1", STRANGER)
    assert codes(world.sync()) == [Why.DUPLICATE]


def test_a_duplicate_with_words_of_its_own_tells_these(world: World) -> None:
    duplicate(world, 2, 1)
    world.says(2, "## For customers\nWe know of it.")
    world.sync()
    assert (world.held(2).kind, world.held(2).follows) == (Outcome.DUPLICATE, None)


def test_the_other_ticket_opened_again_opens_the_question_for_both(world: World) -> None:
    duplicate(world, 2, 1)
    world.closes(1)
    world.sync()
    world.tell(1)
    world.tell(2)
    world.opens(1)
    synced = world.sync()
    assert (synced.reopened, world.turn(1), world.turn(2)) == ((world.id(1),), None, None)
    world.closes(1, body="## For customers\nIt is mended for good.")
    world.sync()
    assert (world.turn(1), world.turn(2)) == (2, 2)
    assert world.held(2).text.text == "It is mended for good."


def test_the_other_ticket_closed_anew_between_two_looks_is_told_to_both(world: World) -> None:
    duplicate(world, 2, 1)
    world.closes(1)
    world.sync()
    world.tell(1)
    world.tell(2)
    world.opens(1)
    world.closes(1, body="## For customers\nIt is mended for good.")
    world.sync()
    assert [(world.turn(each), world.held(each).text.text) for each in (1, 2)] == [
        (2, "It is mended for good.")
    ] * 2


def test_a_list_without_who_closed_it_is_made_up_for(world: World) -> None:
    duplicate(world, 2, 1)
    world.closes(1)
    listed = world.tracker.labelled

    def without(label: str, *, open_only: bool = False) -> list[Any]:
        return [replace(each, closed_by=None) for each in listed(label, open_only=open_only)]

    cast("Any", world.tracker).labelled = without
    assert world.id(2) in world.sync().resolved


def test_a_duplicate_is_not_told_the_words_from_before_the_other_was_opened_again(world: World) -> None:
    duplicate(world, 2, 1)
    world.closes(1)
    world.sync()
    world.tell(1)
    world.tell(2)
    world.opens(1)
    world.closes(1, body=None)
    for _ in range(2):
        assert codes(world.sync()) == [Why.OLD_TEXT]
        assert world.turn(1) is None
        assert world.store.resolved() == []


def test_words_of_the_other_that_change_are_no_news_of_a_duplicate_that_was_told(world: World) -> None:
    duplicate(world, 2, 1)
    world.closes(1)
    world.sync()
    world.tell(2)
    world.edits(1, "## For customers\nOther words.")
    assert world.sync().findings == ()
    assert world.held(2).text.text == WORDS


def test_closed_anew_as_a_duplicate_it_tells_what_the_other_says(world: World) -> None:
    world.closes(1)
    world.sync()
    world.tell()
    world.opens(1)
    duplicate(world, 1, 2)
    world.closes(2, body="## For customers\nIt is mended for good.")
    world.sync()
    assert (world.turn(), world.held().text.text) == (2, "It is mended for good.")


# Gone and moved


def test_gone_and_moved_are_said_once_and_respected(world: World) -> None:
    world.closes(1)
    world.sync()
    world.tracker.issues.pop(1)
    world.tracker.issues.pop(2)
    world.tracker.moved[2] = "https://tracker.test/elsewhere/9"
    synced = world.sync()
    assert (synced.gone, sorted(codes(synced))) == ((world.id(1), world.id(2)), ["GONE", "MOVED"])
    assert (world.ticket(1).state, world.ticket(2).state) == (State.GONE, State.MOVED)
    assert world.ticket(2).url == "https://tracker.test/elsewhere/9"
    assert world.turn(1) == 1  # its callers hear what was found while it was there
    world.tracker.log.clear()
    synced = world.sync()
    assert (synced.gone, synced.findings, world.tracker.count("issue")) == ((), (), 0)
    synced = world.sync(numbers=(1, 2))
    assert (synced.gone, synced.findings, world.tracker.count("issue")) == ((), (), 2)


def test_what_filing_saw_first_is_said_all_the_same(world: World) -> None:
    world.tracker.issues.pop(1)
    world.file(draft(1, 5))
    assert world.ticket().state is State.GONE
    assert codes(world.sync()) == ["GONE"]


def test_what_comes_back_is_read_again_and_can_go_again(world: World) -> None:
    issue = world.tracker.issues.pop(1)
    world.sync()
    world.tracker.issues[1] = issue
    assert world.sync().seen == 3
    assert world.ticket().state is State.OPEN
    world.tracker.issues.pop(1)
    assert codes(world.sync()) == ["GONE"]


# Still broken


def told(world: World) -> World:
    world.closes(1)
    world.sync()
    world.tell()
    return world


def test_story_62_still_broken_opens_the_ticket_again(world: World) -> None:
    told(world)
    assert world.reopen() == Reopened(1, opened=True)
    issue = world.tracker.issues[1]
    assert (issue.state, world.tracker.board[1].column) == (State.OPEN, BACK)
    comment = world.tracker.said[1][-1]
    assert comment.author == US
    assert comment.body.startswith("A customer says that it still does not work (SF 00012345).")
    assert (world.turn(), world.ticket().state) == (None, State.OPEN)
    assert world.store.reopened_at((world.id(),)) == {world.id(): world.clock.now}
    assert world.sync().reopened == ()
    assert (
        world.store.answered()[world.id()].why == "A customer says that it still does not work (SF 00012345)."
    )


def test_a_case_opens_it_once_and_another_case_is_added(world: World) -> None:
    told(world).reopen()
    before = len(world.tracker.said[1])
    world.reopen()
    assert (world.tracker.count("reopen"), len(world.tracker.said[1])) == (1, before)
    world.tracker.board[1] = Place("Done")
    world.reopen(case="00012399")
    assert (world.tracker.count("reopen"), len(world.tracker.said[1])) == (1, before + 1)
    assert world.tracker.board[1].column == "Done"


def test_a_case_that_spoke_does_not_open_what_staff_closed_since(world: World) -> None:
    told(world).reopen()
    world.closes(1, body=None)
    world.sync()
    assert world.reopen() == Reopened(1, opened=False)
    assert world.tracker.count("reopen") == 1


def test_the_same_case_may_say_so_of_the_next_answer_too(world: World) -> None:
    told(world).reopen()
    world.sync()
    world.closes(1, body="## For customers\nIt is mended for good.")
    world.sync()
    assert world.turn() == 2
    world.tell()
    before = len(world.tracker.said[1])
    world.reopen()
    assert (world.tracker.count("reopen"), len(world.tracker.said[1])) == (2, before + 1)


def test_words_from_before_a_customer_said_no_are_not_told_again(world: World) -> None:
    told(world).reopen()
    world.closes(1, body=None)
    (finding,) = world.sync().findings
    assert (finding.code, "(SF 00012345)" in finding.words) == (Why.OLD_TEXT, True)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda world: world.clock.forward(days=15), "it was closed more than 14 days ago"),
        (lambda world: world.tracker.change(1, locked=True), "it is locked"),
        (lambda world: world.tracker.issues.pop(1), "it is gone"),
        (
            lambda world: world.tracker.moved.update({1: "https://tracker.test/x/1"}),
            "it is in another repository now",
        ),
    ],
)
def test_what_is_out_of_reach_is_for_a_person(world: World, change: Callable[[World], Any], why: str) -> None:
    told(world)
    change(world)
    for _ in range(2):
        reopened = world.reopen()
        assert (reopened.opened, codes(reopened)) == (False, ["STILL_BROKEN"])
        assert reopened.findings[0].words.endswith(
            f"The ticket was not opened again: {why}. Open it, or file a new one that links #1."
        )
    assert {"reopen", "comment"} & {name for name, _ in world.tracker.log} == set()
    assert world.turn() is None


def test_what_is_out_of_reach_stays_on_the_list_with_its_reason(world: World) -> None:
    told(world)
    world.clock.forward(days=15)
    world.reopen()
    for _ in range(2):
        (finding,) = world.sync().findings
        assert finding.code == Why.OLD_TEXT
        assert "it was closed more than 14 days ago" in finding.words
    world.tracker.change(1)
    duplicate(world, 1, 2)
    assert world.sync().findings == ()


def test_a_customer_who_says_no_of_what_is_gone_is_heard_of_once_more(world: World) -> None:
    told(world)
    world.tracker.issues.pop(1)
    world.sync()
    world.reopen()
    (finding,) = world.sync().findings
    assert finding.code == "GONE"
    assert "(SF 00012345). The ticket was not opened again: it is gone." in finding.words
    assert world.sync().findings == ()


def test_one_that_is_open_and_locked_is_open(world: World) -> None:
    told(world)
    world.opens(1)
    world.tracker.change(1, locked=True)
    assert world.reopen() == Reopened(1, opened=True)
    assert (world.turn(), world.tracker.count("comment")) == (None, 0)


def test_of_what_cannot_be_mended_it_is_only_noted(world: World) -> None:
    world.says(1)
    world.tracker.change(1, labels=(*world.tracker.issues[1].labels, "blocked"))
    world.sync()
    world.tell()
    assert world.reopen().opened
    assert (world.turn(), world.tracker.count("comment"), world.tracker.count("reopen")) == (1, 1, 0)


@pytest.mark.parametrize("again", [True, False])
def test_a_duplicate_opens_the_ticket_that_answered_it(world: World, again: bool) -> None:
    duplicate(world, 2, 1)
    told(world)
    world.tell(2)
    if again:
        world.reopen(1, "00012300")
        world.sync()
    assert world.reopen(2) == Reopened(1, opened=True)
    assert (world.tracker.issues[1].state, world.tracker.issues[2].state) == (State.OPEN, State.CLOSED)
    world.sync()
    assert (world.turn(1), world.turn(2)) == (None, None)


def test_a_column_that_was_renamed_is_said(world: World) -> None:
    told(world)
    world.tracker.has = replace(world.tracker.has, columns=("Inbox", "Done"))
    reopened = world.reopen()
    assert (reopened.opened, codes(reopened), world.turn()) == (True, ["COLUMN"], None)


def test_without_a_board_it_is_only_opened(world: World) -> None:
    told(world)
    world.tracker.has = replace(world.tracker.has, board=False)
    world.tracker.log.clear()
    assert world.reopen() == Reopened(1, opened=True)
    assert world.tracker.count("place") == 0


def test_what_was_never_filed_cannot_be_opened(world: World) -> None:
    with pytest.raises(Rejected) as error:
        world.reopen(9)
    assert error.value.code == "NO_TICKET"


def test_a_comment_whose_answer_was_lost_is_not_written_twice(world: World) -> None:
    told(world)
    world.tracker.fault("comment", lost)
    with pytest.raises(Unavailable):
        world.reopen()
    world.reopen()
    assert (world.tracker.count("comment"), world.tracker.issues[1].state) == (1, State.OPEN)
    assert world.turn() is None


# Wherever it dies


class Scene:
    """Five tickets, of which 1 was told and 2 is to be; every copy is a world of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.copies = folder, 0
        clock = Clock(datetime.fromisoformat("2026-11-20T15:04:05+00:00"))
        (folder / "first").mkdir()
        store = SqlStore.open(f"sqlite:///{folder / 'first' / 'store.sqlite3'}", SEAL, clock)
        self.first = World(Tracked(clock), store, clock).filed(1, 2, 3, 4, 5)
        for number in (1, 2):
            self.first.closes(number)
        self.first.sync()
        self.first.tell(1)
        store.close()

    @contextmanager
    def copy(self) -> Iterator[World]:
        self.copies += 1
        folder = self.folder / str(self.copies)
        shutil.copytree(self.folder / "first", folder)
        clock, first = Clock(self.first.clock.now), self.first.tracker
        said = defaultdict(list, {number: list(each) for number, each in first.said.items()})
        tracker = Tracked(
            clock,
            issues=dict(first.issues),
            board=dict(first.board),
            said=said,
            comment_ids=first.comment_ids,
        )
        with closing(SqlStore.open(f"sqlite:///{folder / 'store.sqlite3'}", SEAL, clock)) as store:
            yield World(tracker, store, clock)


def outcome(world: World) -> dict[int, tuple[Any, ...]]:
    """What is kept of every ticket, but for the moments."""
    answered = world.store.answered()
    return {
        number: (
            answered[world.id(number)].turn,
            _words(world, number),
            answered[world.id(number)].said,
            world.ticket(number).state,
        )
        for number in range(1, 6)
        if world.id(number) in answered
    }


def _words(world: World, number: int) -> str | None:
    found = world.store.resolution(world.id(number))
    return found[1].text.text if found else None


def much_happens(world: World) -> None:
    world.opens(1)  # told, and opened again
    world.edits(2, "## For customers\nOther words.")  # not told, and changed
    world.closes(3)
    duplicate(world, 4, 3)
    world.tracker.issues.pop(5)
    world.store.hint("delivery-1", 3)


def test_a_sync_that_dies_at_any_point_is_made_up_for(tmp_path: Path) -> None:
    scene = Scene(tmp_path)
    with scene.copy() as world:
        much_happens(world)
        world.sync()
        wanted = outcome(world)
    assert wanted == {
        1: (1, None, None, State.OPEN),
        2: (1, "Other words.", None, State.CLOSED),
        3: (1, WORDS, None, State.CLOSED),
        4: (1, WORDS, None, State.CLOSED),
        5: (0, None, "GONE", State.GONE),
    }
    points, killed = 0, True
    while killed:
        with scene.copy() as world:
            much_happens(world)
            killed = False
            try:
                world.sync(life=Life(points))
            except Killed:
                killed = True
                said = world.store.answered().get(world.id(5))
                # What is gone is said by the run that comes to its end.
                assert bool(world.sync().gone) is not bool(said and said.said)
            assert outcome(world) == wanted, points
            assert world.store.hinted() == {}, points
            assert world.sync() == Synced(seen=4), points
        points += 1
    assert points > 40


@pytest.mark.parametrize("look", [False, True])
def test_a_reopening_that_dies_at_any_point_is_made_up_for(tmp_path: Path, look: bool) -> None:
    """A look in between ends the turn by itself; then it stands where the board puts what is opened."""
    scene = Scene(tmp_path)
    points, killed = 0, True
    while killed:
        with scene.copy() as world:
            killed = False
            try:
                world.reopen(life=Life(points))
            except Killed:
                killed = True
                if look:
                    world.sync()
                world.reopen()
            assert (world.tracker.count("reopen"), world.tracker.count("comment")) == (1, 1), points
            assert (world.tracker.issues[1].state, world.turn()) == (State.OPEN, None), points
            assert look or world.tracker.board[1].column == BACK, points
        points += 1
    assert points > 15


# On the real adapters


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tracking.made_before(tmp_path_factory.mktemp("made") / "org")


def by_hand(store: SqlStore, tracker: Any, number: int, problem: int) -> None:
    """As filing leaves it: the issue `number` is the ticket of that problem."""
    made = draft(problem)
    ticket = store.intend(
        made.fingerprint, generation=1, day=DAY.date, title=made.title, repository=HERE,
        steps=(Step.CREATE,), priority=made.priority, labels=(LABELS.ours.name,),
    )  # fmt: skip
    store.done(ticket.ticket_id, Step.CREATE, issue=tracker.issue(number))
    store.count(ticket.ticket_id, DAY.date, made.cases, made.people)


@pytest.mark.parametrize("board", [True, False])
def test_github_and_zenhub_are_read_back_and_opened_again(made: Path, tmp_path: Path, board: bool) -> None:
    clock = Clock(datetime.fromisoformat("2026-11-20T15:04:05+00:00"))
    time = tracking.TwoClocks(wall=clock)
    store = SqlStore.open(f"sqlite:///{tmp_path / 'store.sqlite3'}", SEAL, clock)
    with tracking.embedded(made, tmp_path / "org", clock) as org, closing(store):
        staff, login = org.tracker, org.tracker.login
        numbers = [staff.open(f"Problem {each}", by=login, label=LABELS.ours.name) for each in range(6)]
        changes: dict[str, Any] = {} if board else {"tracker": "github"}
        with tracking.tracker_of(org, time, **changes) as tracker:
            for problem, number in enumerate(numbers):
                by_hand(store, tracker, number, problem)
            world = World(tracker, store, clock)
            clock.forward(hours=1)
            first, second, third, fourth, fifth, sixth = numbers
            staff.comment(first, SAID, by="avery-analyst")
            staff.close(first, by="robin-engineer")
            staff.close(second, "duplicate", by="robin-engineer")
            staff.comment(second, f"Duplicate of #{first}", by="robin-engineer")
            staff.close(third, "not_planned")
            staff.delete(fourth)
            staff.transfer(fifth, "example-agency/elsewhere")
            staff.move(sixth, "In Progress")
            synced = world.sync(authors=("Avery-Analyst",))
            assert (synced.seen, synced.resolved) == (4, (world.id(0), world.id(1)))
            assert sorted(codes(synced)) == ["GONE", "MOVED", "NO_TEXT"]
            assert (world.held(1).text.text, world.held(1).follows) == (WORDS, first)
            assert world.ticket(5).column == ("In Progress" if board else None)
            assert codes(world.sync(authors=("avery-analyst",))) == ["NO_TEXT"]

            world.tell(0)
            assert world.reopen(0) == Reopened(first, opened=True)
            issue = staff.issue(first)
            assert (issue["state"], issue["state_reason"]) == ("open", "reopened")
            assert issue["pipeline"] == (BACK if board else "New Issues")
            assert world.reopen(0) == Reopened(first, opened=True)
            assert len(staff.issue(first)["comments"]) == 2
            synced = world.sync(authors=("avery-analyst",))
            assert (world.turn(0), world.turn(1)) == (None, None)
            assert synced.unresolved[world.id(1)].code == Why.DUPLICATE
