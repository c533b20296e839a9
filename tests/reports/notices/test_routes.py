"""Who waits, by which route, and how often each is tried."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sf_handoff.reports.notices.attempts import next_attempt
from sf_handoff.reports.notices.notice_map import WhhCases
from sf_handoff.reports.notices.routes import route, routes
from sf_handoff.reports.notices.values import Attempt, Means, Reached, Route, Waiting
from tests.reports.notices.made import FRIDAY, notices, waiting

EMAIL, PHONE = Means.EMAIL, Means.PHONE
PLAN = (EMAIL, EMAIL, PHONE)


def tried(*outcomes: Reached, means: Means = EMAIL) -> list[Attempt]:
    return [Attempt(means, FRIDAY + timedelta(days=day), each) for day, each in enumerate(outcomes)]


@pytest.mark.parametrize(
    ("changes", "way", "word"),
    [
        ({}, Route.CONTACT_CENTER, "contact center"),
        ({"whh": True}, Route.WHH_AGENT, "White House"),
        ({"email_there": False}, Route.CONTACT_CENTER, "contact center"),
        ({"email_there": False, "phone_there": False}, Route.NO_OUTREACH, "no email address and no phone"),
        ({"opted_out": True, "whh": True}, Route.NO_OUTREACH, "opted out"),
        ({"deceased": True, "already_told": True}, Route.NO_OUTREACH, "died"),
        ({"already_told": True}, Route.NO_OUTREACH, "told already"),
    ],
)
def test_stories_59_and_66_each_case_has_its_route_with_the_reason(
    changes: dict[str, Any], way: Route, word: str
) -> None:
    found = route(waiting(**changes))
    assert found.route is way
    assert word in found.reason


def test_story_59_every_case_is_listed_and_a_person_hears_of_it_once() -> None:
    cases = [
        waiting("00001003", person="p"),
        waiting("00001001", person="p", opted_out=True),
        waiting("00001002", person="p"),
        waiting("00001004", person=None),
        waiting("00001005", person=None),
    ]
    found = {each.waiting.case_number: each for each in routes(cases)}
    assert len(found) == 5
    assert [number for number, each in found.items() if each.route is Route.CONTACT_CENTER] == [
        "00001002",
        "00001004",
        "00001005",
    ]
    assert found["00001003"].reason == "The same person hears of it for case 00001002."


def test_which_cases_go_to_hotline_agents_is_the_maps_choice() -> None:
    assert notices().whh.has(origin="Phone", queue=None, record_type=None)
    assert not notices().whh.has(origin="Email", queue=None, record_type=None)
    some = WhhCases(queues=frozenset({"WHH"}), record_types=frozenset({"Hotline"}))
    assert some.has(origin=None, queue="WHH", record_type=None)
    assert some.has(origin=None, queue=None, record_type="Hotline")
    assert not some.has(origin="Phone", queue=None, record_type=None)


@pytest.mark.parametrize(
    ("attempts", "case", "means", "left"),
    [
        ([], {}, EMAIL, 3),
        (tried(Reached.NO_ANSWER), {}, EMAIL, 2),
        (tried(Reached.NO_ANSWER, Reached.NO_ANSWER), {}, PHONE, 1),
        (tried(*[Reached.NO_ANSWER] * 3), {}, None, 0),
        ([], {"email_there": False}, PHONE, 3),
        (tried(Reached.NO_ANSWER, Reached.NO_ANSWER), {"phone_there": False}, EMAIL, 1),
        (tried(Reached.BOUNCED), {}, PHONE, 2),
        (tried(Reached.BOUNCED), {"phone_there": False}, None, 0),
        ([], {"email_there": False, "phone_there": False}, None, 0),
        (tried(Reached.REACHED), {}, None, 0),
        (tried(Reached.REFUSED), {}, None, 0),
        (tried(Reached.STILL_BROKEN), {}, None, 0),
    ],
)
def test_story_61_email_email_phone(
    attempts: list[Attempt], case: dict[str, Any], means: Means | None, left: int
) -> None:
    found = next_attempt(attempts, waiting(**case), notices().attempts)
    assert (found.means, found.left) == (means, left)
    assert found.words


@given(
    outcomes=st.lists(st.sampled_from([Reached.NO_ANSWER, Reached.BOUNCED]), max_size=5),
    email=st.booleans(),
    phone=st.booleans(),
)
def test_nobody_is_tried_more_often_than_planned_nor_by_what_is_not_there(
    outcomes: list[Reached], email: bool, phone: bool
) -> None:
    case = Waiting("1", "5", email_there=email, phone_there=phone)
    made: list[Attempt] = []
    for outcome in outcomes:
        following = next_attempt(made, case, PLAN)
        if following.means is None:
            break
        assert email if following.means is EMAIL else phone
        made.append(Attempt(following.means, FRIDAY, outcome))
    assert len(made) <= len(PLAN)
