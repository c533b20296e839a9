"""The dial plan: safe links only, and a way for everybody."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sf_handoff.calls.dial import dial_link, dial_plan, expires_at
from sf_handoff.calls.handoff import Handoff
from sf_handoff.calls.ramps import Ramps
from sf_handoff.calls.receipt import DialPlan
from sf_handoff.calls.samples import sample_handoff
from sf_handoff.mapping import MappingSet

SAFE = re.compile(r"tel:\+\d{8,15}(,{1,3}\d{6,10})?")
OPEN = datetime(2026, 11, 20, 15, 4, tzinfo=UTC)  # a Friday morning in Washington
CLOSED = datetime(2026, 11, 21, 15, 4, tzinfo=UTC)


@pytest.fixture
def ramps(mappings: MappingSet) -> Ramps:
    return mappings.ramps


def plan(ramps: Ramps, *, code: str | None = "123456786", now: datetime = OPEN, **changes: Any) -> DialPlan:
    handoff = Handoff.parse(sample_handoff(at=OPEN, **changes))
    until = expires_at(handoff, ramps.ramp(handoff.screen), now)
    return dial_plan(handoff, ramps, code=code, now=now, expires_at=until)


def test_link_number_code_and_words(ramps: Ramps) -> None:
    found = plan(ramps)
    assert found.link == "tel:+18008271000,,123456786"
    assert len(found.link) <= 32
    assert (found.number, found.display, found.code_spoken) == ("+18008271000", "800-827-1000", "123 456 786")
    assert found.label == "Call VA benefits hotline, 800-827-1000"
    assert found.tty == "tel:711"
    assert found.expires_at == OPEN + timedelta(minutes=10)


def test_a_relay_caller_gets_a_link_without_tones_and_the_code_to_speak(ramps: Ramps) -> None:
    found = plan(ramps, tty=True)
    assert (found.link, found.code) == ("tel:+18008271000", "123456786")


def test_open_it_needs_no_alternatives(ramps: Ramps) -> None:
    found = plan(ramps)
    assert (found.open_now, found.alternatives) == (True, ())
    assert found.hours == "Monday to Friday, 8:00 a.m. to 9:00 p.m. ET"


def test_closed_it_says_so_and_offers_others_and_a_way_without_voice(ramps: Ramps) -> None:
    found = plan(ramps, now=CLOSED)
    assert found.open_now is False
    assert [each.kind for each in found.alternatives] == ["line", "line", "tty"]
    assert "+18006982411" in [each.number for each in found.alternatives]


def test_the_number_on_the_screen_is_the_one_that_is_dialled(ramps: Ramps) -> None:
    """An error screen names MyVA411; its real number is kept."""
    found = plan(ramps, dialed="1-800-MYVA411", screen="CallHelpCenter", code=None)
    assert (found.link, found.open_now) == ("tel:+18006982411", True)
    assert found.hours == "24 hours a day, 7 days a week"


def test_a_line_that_is_not_in_the_map_has_no_known_hours(ramps: Ramps) -> None:
    found = plan(ramps, dialed="+13045550117", code=None)
    assert (found.link, found.open_now, found.hours) == ("tel:+13045550117", None, None)


@pytest.mark.parametrize("dialed", ["*67", "hello", "123-45-6789"])
def test_nothing_is_repeated_of_what_is_no_number(ramps: Ramps, dialed: str) -> None:
    found = plan(ramps, dialed=dialed, code=None)
    assert (found.link, found.number) == (None, None)
    assert dialed not in found.model_dump_json()


def test_an_app_whose_clock_is_ahead_gets_no_longer_life(ramps: Ramps) -> None:
    handoff = Handoff.parse(sample_handoff(at=OPEN + timedelta(hours=5)))
    assert expires_at(handoff, ramps.ramp("ClaimStatus"), OPEN) == OPEN + timedelta(minutes=10)


@given(st.text(max_size=40))
def test_no_unsafe_link_is_ever_made(dialed: str) -> None:
    from sf_handoff.calls.numbers import e164

    link = dial_link(e164(dialed), "123456786")
    assert link is None or (SAFE.fullmatch(link) and len(link) <= 32)


@pytest.mark.parametrize(
    "written",
    ["988", "tel:988", "988,1", "988;1", " 9-8-8 ", "+1 988", "988 ext 1", "9 8 8", "838255", "8382 55",
     "1-800-273-TALK", "1-800-273-8255", "tel:+18002738255,,1", "800.799.4889", "text 838255", "press 988",
     "Call/Text 988", "988/1", "988-1", "988*1", "9881", "sip:988@example.com", "0018002738255",
     "tel:%2B18002738255", "９８８", "988 press 1"],
)  # fmt: skip
def test_the_crisis_line_is_known_however_it_is_written(ramps: Ramps, written: str) -> None:
    assert ramps.is_crisis(written)


@pytest.mark.parametrize(
    "written",
    [
        "+18008271000",
        "711",
        "",
        "1",
        "9",
        "+19885550142",
        "800-698-2411",
        "abc",
        "+15035550988",
        "1-503-988-0142",
    ],
)
def test_other_lines_are_not_the_crisis_line(ramps: Ramps, written: str) -> None:
    assert not ramps.is_crisis(written)


def test_freshness_tells_the_age_of_the_data_and_when_it_was_seen(ramps: Ramps) -> None:
    said = plan(ramps).freshness
    assert said.startswith(
        "The status is from November 8, 2026, seen in the app on November 20, 2026 at 10:03 a.m."
    )
    without = plan(ramps, claim=None).freshness
    assert without.startswith("Seen in the app on November 20, 2026 at 10:03 a.m. ET.")
