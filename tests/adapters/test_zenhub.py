"""Tickets with a place on a ZenHub board: on the embedded tracker, and what it does not do when scripted."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from sf_handoff.adapters.assembly import embedded_tracker, open_tracker, start_embedded
from sf_handoff.adapters.settings import Settings
from sf_handoff.adapters.zenhub import ZenHubTracker
from sf_handoff.embedded import Embedded
from sf_handoff.embedded.tracker import Rules, Tracker, TrackerSeeds
from sf_handoff.errors import HandoffError, Misconfigured, Rejected, Unavailable, Uncertain
from sf_handoff.mapping import MappingSet
from sf_handoff.ports import Tracker as Port
from sf_handoff.redaction import scrub
from sf_handoff.reports.tickets import Place
from tests.adapters.tracking import (
    REPOSITORY,
    ZENHUB_TOKEN,
    TwoClocks,
    embedded,
    made_before,
    naps,
    tracker_of,
    zenhub_on,
)
from tests.conftest import Clock
from tests.scripted import How, Reply, Scripted, Seen, Time, html, scripted

TITLE, BODY = scrub("Sign-in fails"), scrub("It says that it cannot sign in.")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made_before(tmp_path_factory.mktemp("made") / "org")


@pytest.fixture
def org(made: Path, tmp_path: Path, clock: Clock) -> Iterator[Embedded]:
    with embedded(made, tmp_path / "org", clock) as running:
        yield running


@pytest.fixture
def tracker(org: Embedded) -> Tracker:
    return org.tracker


@pytest.fixture
def time(clock: Clock) -> TwoClocks:
    return TwoClocks(wall=clock)


@pytest.fixture
def zenhub(org: Embedded, time: TwoClocks) -> Iterator[ZenHubTracker]:
    with tracker_of(org, time) as opened:
        assert isinstance(opened, ZenHubTracker)
        yield opened


def refused(action: Callable[..., Any], *given: Any) -> HandoffError:
    with pytest.raises(HandoffError) as caught:
        action(*given)
    assert caught.value.__context__ is None
    assert "canary" not in f"{caught.value!r} {vars(caught.value)}"
    return caught.value


def asked(org: Embedded) -> int:
    return sum("zenhub" in each for each in org.requests)


# The board


def test_the_facts(zenhub: ZenHubTracker, tracker: Tracker) -> None:
    facts = zenhub.facts()
    assert facts.board
    assert facts.columns == tuple(tracker.pipelines)
    assert facts.priorities == tuple(TrackerSeeds.priorities)
    assert (facts.private, facts.may_push, facts.login) == (True, True, "handoff-connector")
    assert facts.labels == frozenset(tracker.labels)


def test_a_ticket_from_the_create_to_its_place(zenhub: ZenHubTracker, tracker: Tracker) -> None:
    number = zenhub.create(TITLE, BODY, ["bug"]).number
    assert zenhub.place(number, "Product Backlog") == Place("Product Backlog")
    assert zenhub.prioritise(number, "High priority") == Place("Product Backlog", "High priority")
    full = Place("Product Backlog", "High priority", 5.0)
    assert zenhub.estimate(number, 5.0) == full
    assert zenhub.places([number]) == {number: full}
    shown = tracker.issue(number)
    assert (shown["pipeline"], shown["priority"], shown["estimate"]) == (
        "Product Backlog",
        "High priority",
        5.0,
    )


def test_every_step_on_the_board_may_be_done_twice(zenhub: ZenHubTracker, tracker: Tracker) -> None:
    first, second = tracker.open("One"), tracker.open("Another")
    for _ in range(2):
        zenhub.place(first, "Icebox")
        zenhub.prioritise(first, "Urgent")
        zenhub.estimate(first, 2.0)
    assert zenhub.places([first, second]) == {
        first: Place("Icebox", "Urgent", 2.0),
        second: Place("New Issues"),
    }


def test_a_ticket_that_is_in_its_column_is_left_where_it_is_there(
    zenhub: ZenHubTracker, tracker: Tracker
) -> None:
    from sf_handoff.embedded.tracker import board

    first, second = tracker.open("First"), tracker.open("Second")
    zenhub.place(second, "New Issues")
    with tracker._desk.database.transaction():
        found = board._column(tracker._desk, board.pipelines(tracker._desk)[0].id)
    assert found == [first, second]


@pytest.mark.parametrize("what", ["place", "prioritise"])
def test_a_name_that_the_board_does_not_have(what: str, zenhub: ZenHubTracker, tracker: Tracker) -> None:
    number = tracker.open("An issue")
    raised = refused(getattr(zenhub, what), number, "product backlog")
    assert isinstance(raised, Misconfigured)
    assert raised.code == {"place": "COLUMN", "prioritise": "PRIORITY"}[what]
    assert "mappings/labels.py" in raised.message
    assert "'product backlog'" in raised.message


def test_z03_a_column_that_was_renamed(zenhub: ZenHubTracker, tracker: Tracker) -> None:
    number = tracker.open("An issue")
    tracker.rename_pipeline("Icebox", "Parked")
    assert refused(zenhub.place, number, "Icebox").code == "COLUMN"
    assert zenhub.place(number, "Parked") == Place("Parked")
    tracker.rename_pipeline("Parked", "Icebox")
    zenhub.facts()
    assert zenhub.place(number, "Icebox") == Place("Icebox")


def test_a_name_that_the_board_has_twice(made: Path, tmp_path: Path, clock: Clock, time: TwoClocks) -> None:
    twice = (("New Issues", None), ("Icebox", None), ("Icebox", None))
    with embedded(made, tmp_path / "org", clock, pipelines=twice, priorities=["Urgent"] * 2) as org:
        number = org.tracker.open("An issue")
        with tracker_of(org, time) as zenhub:
            assert zenhub.facts().columns == ("New Issues", "Icebox", "Icebox")
            for raised, what in (
                (refused(zenhub.place, number, "Icebox"), "column"),
                (refused(zenhub.prioritise, number, "Urgent"), "priority"),
            ):
                assert isinstance(raised, Misconfigured)
                assert f"{what} " in raised.message
                assert "2 of this name" in raised.message


def test_a_closed_issue_stands_nowhere(zenhub: ZenHubTracker, tracker: Tracker) -> None:
    number = tracker.open("An issue")
    zenhub.prioritise(number, "Urgent")
    zenhub.estimate(number, 3.0)
    tracker.close(number)
    assert zenhub.places([number]) == {number: Place(estimate=3.0)}
    for raised in (refused(zenhub.place, number, "Icebox"), refused(zenhub.prioritise, number, "Urgent")):
        assert (type(raised), raised.code) == (Rejected, "CLOSED")


def test_many_places_in_few_questions(zenhub: ZenHubTracker, tracker: Tracker, org: Embedded) -> None:
    numbers = [tracker.open(f"Issue {number}") for number in range(65)]
    tracker.move(numbers[64], "Icebox")
    tracker.delete(numbers[3])
    tracker.transfer(numbers[41], "example-agency/elsewhere")
    found = zenhub.places([*numbers, numbers[0], 999])
    gone = {numbers[3], numbers[41]}
    assert found == {
        number: Place("Icebox" if number == numbers[64] else "New Issues")
        for number in numbers
        if number not in gone
    }
    # Four of at most twenty; three of them again without what is gone.
    assert asked(org) == 7
    assert zenhub.places([]) == {}


def test_a_query_that_is_too_dear_is_halved(zenhub: ZenHubTracker, tracker: Tracker, org: Embedded) -> None:
    numbers = [tracker.open(f"Issue {number}") for number in range(8)]
    tracker.rules = Rules(complexity=40)
    assert len(zenhub.places(numbers)) == 8
    assert asked(org) == 3
    assert zenhub.facts().columns == tuple(tracker.pipelines)
    assert asked(org) == 3 + 8
    tracker.rules = Rules(complexity=3)
    for action in (zenhub.facts, lambda: zenhub.places(numbers)):
        raised = refused(action)
        assert (type(raised), raised.code) == (Rejected, "COMPLEXITY")


def test_every_column_is_found(made: Path, tmp_path: Path, clock: Clock, time: TwoClocks) -> None:
    many = [(f"Column {number}", None) for number in range(120)]
    with embedded(made, tmp_path / "org", clock, pipelines=many) as org, tracker_of(org, time) as zenhub:
        assert zenhub.facts().columns == tuple(name for name, _ in many)
        number = org.tracker.open("An issue")
        assert zenhub.place(number, "Column 119") == Place("Column 119")


# The board lags


def test_a_new_issue_is_waited_for(zenhub: ZenHubTracker, tracker: Tracker, time: TwoClocks) -> None:
    tracker.rules = Rules(board_lag=timedelta(seconds=10))
    number = zenhub.create(TITLE, BODY, []).number
    assert zenhub.places([number]) == {}
    assert zenhub.place(number, "Icebox") == Place("Icebox")
    assert naps(time) == [1.0, 2.0, 4.0, 8.0]


def test_an_issue_that_never_comes(zenhub: ZenHubTracker, tracker: Tracker, time: TwoClocks) -> None:
    tracker.rules = Rules(board_lag=timedelta(hours=1))
    number = zenhub.create(TITLE, BODY, []).number
    for action in (
        lambda: zenhub.place(number, "Icebox"),
        lambda: zenhub.prioritise(number, "Urgent"),
        lambda: zenhub.estimate(number, 1.0),
    ):
        raised = refused(action)
        assert (type(raised), raised.code) == (Unavailable, "BOARD_LAG")
        assert isinstance(raised, Unavailable)
        assert raised.retry_after is not None
    assert naps(time) == [1.0, 2.0, 4.0, 8.0, 16.0, 32.0] * 3


# What is not set up


def changed(org: Embedded, time: Time, **changes: Any) -> HandoffError:
    with tracker_of(org, time, **changes) as zenhub:
        return refused(zenhub.facts)


def test_what_is_not_set_up_is_named(org: Embedded, time: TwoClocks) -> None:
    for changes, code, setting in (
        ({"zenhub_token": SecretStr("zh_canary")}, "AUTH", "ZENHUB_TOKEN"),
        ({"zenhub_workspace": "000000000000000000000000"}, "WORKSPACE", "ZENHUB_WORKSPACE"),
        ({"zenhub_url": org.tracker.zenhub + "/none"}, "ADDRESS", "ZENHUB_URL"),
    ):
        raised = changed(org, time, **changes)
        assert (type(raised), raised.code) == (Misconfigured, code)
        assert setting in raised.message


def test_a_repository_that_the_board_does_not_show(org: Embedded, time: TwoClocks) -> None:
    org.tracker.transfer(org.tracker.open("Elsewhere"), "example-agency/elsewhere")
    raised = changed(org, time, github_repo="example-agency/elsewhere")
    assert (type(raised), raised.code) == (Misconfigured, "WORKSPACE")
    assert "GITHUB_REPO" in raised.message


def test_without_a_tracker_nothing_is_opened(org: Embedded) -> None:
    with pytest.raises(Misconfigured, match="TRACKER=embedded"):
        open_tracker(Settings(org="https://veterans.my.salesforce.com"))
    with pytest.raises(Misconfigured, match="not running"):
        open_tracker(Settings(org="embedded"))


def test_the_embedded_tracker_beside_an_org_of_ones_own(org: Embedded) -> None:
    own = Settings(org="https://veterans.my.salesforce.com", tracker="embedded", client_id="ours")
    settings = embedded_tracker(own, org)
    assert (settings.org, settings.client_id, settings.github_pace) == (own.org, "ours", 0.0)
    opened: Port = open_tracker(settings)
    assert opened.facts().board
    opened.close()


def test_the_embedded_tracker_starts_with_the_labels_of_the_maps(
    mappings: MappingSet, tmp_path: Path
) -> None:
    with start_embedded(tmp_path / "org", mappings) as org:
        labels = [each.lower() for each in org.tracker.labels]
    wanted = {each.name.lower() for each in (*mappings.labels.every, *mappings.owners.every)}
    assert wanted | {"bug", "wontfix"} <= set(labels)
    assert len(set(labels)) == len(labels)


# ZenHub answers 200 and means no (row Z05)

KNOWN = Reply(200, REPOSITORY)
OPEN = {"id": "I", "state": "OPEN", "pipelineIssue": {"pipeline": {"name": "Icebox"}, "priority": None}}
LOOKED_UP = Reply(200, {"data": {"issueByInfo": OPEN}})


def board(field: str, *names: str) -> Reply:
    nodes = [{"id": f"id of {name}", "name": name} for name in names]
    connection = {"nodes": nodes, "pageInfo": {"hasNextPage": False, "endCursor": None}}
    return Reply(200, {"data": {"workspace": {field: connection}}})


SHAPE = [board("pipelinesConnection", "Icebox", "Done"), board("prioritiesConnection", "Urgent")]
MOVED = Reply(200, {"data": {"moveIssue": {"issue": {"id": "I"}}}})


def errors(code: str = "", message: str = "canary", **more: Any) -> Reply:
    extensions = {"extensions": {"code": code}} if code else {}
    return Reply(200, {"errors": [{"message": message, "path": ["moveIssue"], **extensions}], **more})


def moving(server: Scripted, folder: Path, time: Time, *answers: Reply) -> HandoffError | Place:
    """What becomes of a move that is answered so."""
    server._script += [*SHAPE, KNOWN, LOOKED_UP, *answers]
    with zenhub_on(server, folder, time) as zenhub:
        try:
            return zenhub.place(7, "Done")
        except HandoffError as error:
            return error


def moves(server: Scripted) -> list[Seen]:
    return [each for each in server.seen if b"mutation Move" in each.body]


@pytest.mark.parametrize(
    ("answer", "kind", "code", "tries"),
    [
        pytest.param(errors("NOT_FOUND", data=None), Rejected, "NOT_FOUND", 1, id="not found"),
        pytest.param(errors("FORBIDDEN", data=None), Misconfigured, "PERMISSION", 1, id="forbidden"),
        pytest.param(errors("UNAUTHENTICATED"), Misconfigured, "PERMISSION", 1, id="unauthenticated"),
        pytest.param(errors("UNPROCESSABLE", data=None), Rejected, "INVALID", 1, id="unprocessable"),
        pytest.param(
            errors(message="Query has complexity of 900, which exceeds"), Rejected, "COMPLEXITY", 1, id="dear"
        ),
        pytest.param(errors("undefinedField"), Misconfigured, "GRAPHQL", 1, id="nothing was executed"),
        pytest.param(errors("INTERNAL", data=None), Uncertain, "GRAPHQL", 4, id="failed amid it"),
        pytest.param(errors(data={"moveIssue": {}}), Uncertain, "GRAPHQL", 4, id="errors beside data"),
        pytest.param(Reply(200, {"errors": "canary", "data": None}), Uncertain, "GRAPHQL", 4, id="strange"),
        pytest.param(Reply(200, {"data": None}), Uncertain, "BAD_ANSWER", 4, id="data: null"),
        pytest.param(Reply(200, {}), Uncertain, "BAD_ANSWER", 4, id="no data"),
        pytest.param(Reply(200, []), Uncertain, "BAD_ANSWER", 4, id="a list"),
        pytest.param(
            Reply(200, {"data": {"moveIssue": None}}), Uncertain, "BAD_ANSWER", 1, id="null payload"
        ),
        pytest.param(Reply(200, {"data": {}}), Uncertain, "BAD_ANSWER", 1, id="empty data"),
        pytest.param(html(), Uncertain, "BAD_ANSWER", 4, id="page"),
        pytest.param(Reply(200, b'{"data": {'), Uncertain, "BAD_ANSWER", 4, id="truncated"),
        pytest.param(Reply(how=How.RESET), Uncertain, "BROKEN_OFF", 4, id="reset"),
        pytest.param(html(502), Uncertain, "HTTP_502", 4, id="502"),
        pytest.param(
            Reply(401, b"Unauthorized", {"Content-Type": "text/plain"}), Misconfigured, "AUTH", 1, id="401"
        ),
        pytest.param(html(403), Misconfigured, "PERMISSION", 1, id="403"),
        pytest.param(html(404), Misconfigured, "ADDRESS", 1, id="404"),
        pytest.param(Reply(301, b"", {"Location": "https://canary"}), Misconfigured, "ADDRESS", 1, id="301"),
        pytest.param(Reply(400, {"message": "canary"}), Rejected, "HTTP_400", 1, id="400"),
    ],
)
def test_z05_a_200_is_no_success(
    answer: Reply, kind: type[HandoffError], code: str, tries: int, tmp_path: Path
) -> None:
    """A move may be repeated, and it is where it may have been lost."""
    with scripted() as server:
        found = moving(server, tmp_path, Time(), *[answer] * tries)
    assert isinstance(found, HandoffError)
    assert (type(found), found.code) == (kind, code)
    assert "canary" not in f"{found!r} {vars(found)}"
    assert len(moves(server)) == tries


def test_a_move_whose_answer_was_lost_is_made_again_and_read_back(tmp_path: Path) -> None:
    done = {**OPEN, "pipelineIssue": {"pipeline": {"name": "Done"}, "priority": {"name": "Urgent"}}}
    back = Reply(200, {"data": {"issueByInfo": done}})
    with scripted() as server:
        found = moving(server, tmp_path, Time(), Reply(how=How.RESET), MOVED, back)
    assert found == Place("Done", "Urgent")
    first, second = moves(server)
    assert first.body == second.body
    given = json.loads(first.body)["variables"]["input"]
    assert given == {"issueId": "I", "pipelineId": "id of Done", "position": 0}
    assert {each.headers["authorization"] for each in server.seen if each.path == "/graphql"} == {
        f"Bearer {ZENHUB_TOKEN}"
    }


def test_what_people_did_meanwhile_is_what_is_told(tmp_path: Path) -> None:
    with scripted() as server:
        found = moving(server, tmp_path, Time(), MOVED, LOOKED_UP)
    assert found == Place("Icebox")


@pytest.mark.parametrize("null", ["workspace", "connection", "page", "cursor"])
def test_z05_half_an_answer_is_none(null: str, tmp_path: Path) -> None:
    whole: Any = board("pipelinesConnection", "Icebox").body
    connection = whole["data"]["workspace"]["pipelinesConnection"]
    if null == "workspace":
        whole["data"]["workspace"] = None
    elif null == "connection":
        whole["data"]["workspace"] = {"pipelinesConnection": None}
    elif null == "page":
        connection["pageInfo"] = None
    else:
        connection["pageInfo"] = {"hasNextPage": True, "endCursor": None}
    with scripted(Reply(200, whole)) as server, zenhub_on(server, tmp_path, Time()) as zenhub:
        raised = refused(zenhub.place, 7, "Icebox")
    assert isinstance(raised, Misconfigured if null == "workspace" else Unavailable)
    assert raised.code == ("WORKSPACE" if null == "workspace" else "BAD_ANSWER")


def test_errors_without_a_path_split_the_question(tmp_path: Path) -> None:
    unknown = Reply(200, {"errors": [{"message": "x", "extensions": {"code": "NOT_FOUND"}}], "data": None})
    known = Reply(200, {"data": {"i0": {"estimate": None, "pipelineIssue": OPEN["pipelineIssue"]}}})
    with scripted(KNOWN, unknown, known, unknown) as server, zenhub_on(server, tmp_path, Time()) as zenhub:
        assert zenhub.places([7, 8]) == {7: Place("Icebox")}


# Its limit is its time (row Z04)


@pytest.mark.parametrize(
    ("answer", "wait"),
    [
        pytest.param(Reply(429, b"slow down", {"Retry-After": "7"}), 7.0, id="429, told"),
        pytest.param(Reply(429, b"slow down"), 60.0, id="429"),
        pytest.param(errors("RATE_LIMITED"), 60.0, id="200, by its code"),
        pytest.param(errors(message="Rate limit exceeded"), 60.0, id="200, by its words"),
    ],
)
def test_z04_zenhubs_limit_is_waited_for(answer: Reply, wait: float, tmp_path: Path) -> None:
    time = Time()
    with scripted() as server:
        found = moving(server, tmp_path, time, answer, MOVED, LOOKED_UP)
    assert isinstance(found, Place)
    assert naps(time) == [wait]


def test_z04_zenhub_is_left_alone_before_its_time_is_used_up(tmp_path: Path) -> None:
    time = Time()
    low = {"X-RateLimit-Limit": "90.00", "X-RateLimit-Remaining": "8.99"}
    fine = {"X-RateLimit-Limit": "90.00", "X-RateLimit-Remaining": "9.00"}
    strange = {"X-RateLimit-Limit": "canary", "X-RateLimit-Remaining": "0"}
    script = [replace(LOOKED_UP, headers=headers) for headers in (low, fine, strange)]
    with scripted() as server:
        server._script += [SHAPE[0], SHAPE[1], KNOWN, script[0], replace(MOVED, headers=fine), script[2]]
        with zenhub_on(server, tmp_path, time) as zenhub:
            zenhub.place(7, "Done")
    assert naps(time) == [6.0]


def test_z04_the_embedded_boards_time(zenhub: ZenHubTracker, tracker: Tracker, time: TwoClocks) -> None:
    """Two seconds a minute are soon used up; each place takes some tenths of one."""
    numbers = [tracker.open(f"Issue {number}") for number in range(9)]
    tracker.rules = Rules(seconds_a_minute=2.0)
    for number in numbers:
        zenhub.place(number, "Icebox")
        zenhub.prioritise(number, "Urgent")
    assert {each["pipeline"] for each in tracker.issues} == {"Icebox"}
    assert 0 < sum(naps(time)) < 600
