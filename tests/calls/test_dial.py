"""The dial plan: safe links only, and a way for everybody."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sf_handoff.calls.codes import LENGTH, new_code
from sf_handoff.calls.dial import dial_link, dial_plan, expires_at
from sf_handoff.calls.dial_lint import lint
from sf_handoff.calls.handoff import Handoff
from sf_handoff.calls.ramps import Line, Ramps
from sf_handoff.calls.receipt import DialPlan
from sf_handoff.calls.samples import sample_handoff
from sf_handoff.errors import Misconfigured
from sf_handoff.mapping import MappingSet, bundled

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


def test_open_it_offers_only_the_way_without_voice(ramps: Ramps) -> None:
    found = plan(ramps)
    assert found.open_now is True
    assert [each.kind for each in found.alternatives] == ["callback", "tty"]
    assert found.hours == "Monday to Friday, 8:00 a.m. to 9:00 p.m. ET"


def test_closed_it_says_so_and_offers_others_and_a_way_without_voice(ramps: Ramps) -> None:
    found = plan(ramps, now=CLOSED)
    assert found.open_now is False
    assert found.hours == (
        "Monday to Friday, 8:00 a.m. to 9:00 p.m. ET. "
        "Closed now; opens Monday, November 23, 2026 at 8:00 a.m. ET"
    )
    assert [each.kind for each in found.alternatives] == ["line", "line", "callback", "tty"]
    assert "+18006982411" in [each.number for each in found.alternatives]


def test_the_number_on_the_screen_is_the_one_that_is_dialled(ramps: Ramps) -> None:
    """An error screen names MyVA411; its real number is kept."""
    found = plan(ramps, dialed="1-800-MYVA411", screen="CallHelpCenter", code=None)
    assert (found.link, found.open_now) == ("tel:+18006982411", True)
    assert found.hours == "24 hours a day, 7 days a week"


def test_a_line_that_is_not_in_the_map_has_no_known_hours(ramps: Ramps) -> None:
    found = plan(ramps, dialed="+13045550117", code=None)
    assert (found.link, found.open_now, found.hours) == ("tel:+13045550117", None, None)
    assert (found.display, found.label) == ("304-555-0117", "Call 304-555-0117")
    assert "line" in [each.kind for each in found.alternatives]


@pytest.mark.parametrize("dialed", ["*67", "hello", "123-45-6789"])
def test_nothing_is_repeated_of_what_is_no_number(ramps: Ramps, dialed: str) -> None:
    found = plan(ramps, dialed=dialed, code=None)
    assert (found.link, found.number) == (None, None)
    assert dialed not in found.model_dump_json()


def test_an_app_whose_clock_is_ahead_gets_no_longer_life(ramps: Ramps) -> None:
    handoff = Handoff.parse(sample_handoff(at=OPEN + timedelta(hours=5)))
    assert expires_at(handoff, ramps.ramp("ClaimStatus"), OPEN) == OPEN + timedelta(minutes=10)


DIALED = st.one_of(
    st.sampled_from(
        ["+18008271000", "800-827-1000", "1-800-MYVA411", "855-948-2311", "+442079460018", "+6834002"]
    ),
    st.from_regex(r"\+[1-9][0-9]{6,14}", fullmatch=True),
    st.text(max_size=40),
)


MOMENTS = st.integers(0, 100 * 366).map(lambda days: OPEN + timedelta(days=days, hours=days % 24))


@given(DIALED, st.integers(0, 10**8 - 1), st.booleans(), MOMENTS)
def test_every_dial_plan_has_safe_links_only(dialed: str, digits: int, tty: bool, now: datetime) -> None:
    ramps = bundled().ramps
    code = new_code(lambda n: digits)
    handoff = Handoff.parse(sample_handoff(at=OPEN, tty=tty)).model_copy(update={"dialed": dialed})
    found = dial_plan(handoff, ramps, code=code, now=now, expires_at=OPEN)
    links = [found.link, *(each.link for each in found.alternatives if each.kind == "line")]
    for link in filter(None, links):
        assert SAFE.fullmatch(link) and len(link) <= 32
        assert lint(link, code_length=LENGTH) == []
    assert "tty" in [each.kind for each in found.alternatives]


@pytest.mark.parametrize("number", [None, "+6834002", "+1234567890123456"])
def test_no_link_is_better_than_an_unsafe_one(number: str | None) -> None:
    assert dial_link(number, None) is None


@pytest.mark.parametrize("dialed", ["855-948-2311", "+13045550117", "+442079460018"])
def test_digits_are_sent_to_no_line_that_does_not_listen(ramps: Ramps, dialed: str) -> None:
    found = plan(ramps, dialed=dialed)
    assert (found.link, found.code_spoken) == (f"tel:{found.number}", "123 456 786")


def test_another_countrys_number_is_not_taken_for_a_line(ramps: Ramps) -> None:
    assert ramps.line("+448008271000") is None
    assert ramps.line("+8008271000") is None
    assert ramps.line("tel:%2B18008271000,,123456786") is ramps.line("800-827-1000") is not None


def test_a_line_that_calls_back_says_so(ramps: Ramps) -> None:
    benefits, *others = ramps.lines
    calls_back = replace(ramps, lines=(replace(benefits, calls_back=True), *others))
    for now in (OPEN, CLOSED):
        (offer,) = [each for each in plan(calls_back, now=now).alternatives if each.kind == "callback"]
        assert (offer.name, offer.number, offer.link) == ("A call back from VA benefits hotline", None, None)
        assert offer.hours == plan(calls_back, now=now).hours


# The stories


def test_story_11_a_foreign_number_is_kept_and_made_readable(ramps: Ramps) -> None:
    found = plan(ramps, dialed="011 44 20 7946 0018", code=None)
    assert (found.link, found.display, found.label) == (
        "tel:+442079460018",
        "+44 20 7946 0018",
        "Call +44 20 7946 0018",
    )
    assert Handoff.parse(sample_handoff(at=OPEN, dialed="call 1-800-X ext 5")).dialed == "call 1-800-X ext 5"


def test_story_12_after_hours_nobody_is_promised(ramps: Ramps) -> None:
    found = plan(ramps, now=datetime(2026, 11, 26, 15, tzinfo=UTC))
    assert found.open_now is False
    assert found.label == (
        "Call VA benefits hotline, 800-827-1000. "
        "Closed today, a federal holiday; opens Friday, November 27, 2026 at 8:00 a.m. ET"
    )
    day_and_night = [each for each in found.alternatives if each.kind == "line"]
    assert day_and_night
    assert {each.hours for each in day_and_night} == {"24 hours a day, 7 days a week"}


def test_story_13_from_an_error_screen_the_call_goes_where_the_screen_says(ramps: Ramps) -> None:
    found = plan(ramps, screen="CallHelpCenter", dialed="800-698-2411")
    assert (found.number, found.link) == ("+18006982411", "tel:+18006982411")
    assert found.label == "Call MyVA411 main information line, 800-698-2411"
    assert "800-827-1000" not in found.model_dump_json()


def test_story_14_no_plan_leads_to_a_short_code_of_the_crisis_line(ramps: Ramps) -> None:
    for dialed in ("988", "838255"):
        found = plan(ramps, dialed=dialed)
        assert (found.link, found.number) == (None, None)


# The maps


@pytest.mark.parametrize(
    ("number", "said"),
    [
        ("800-827-1000", "Leave out all but"),
        ("18008271000", "with + and the country code"),
        ("+10000000000", "Use a number that exists"),
        ("711", "short code"),
        ("988", "Veterans Crisis Line"),
        ("+18002738255", "Veterans Crisis Line"),
    ],
)
def test_a_line_with_a_number_that_cannot_be_dialled_is_refused_by_name(
    ramps: Ramps, number: str, said: str
) -> None:
    line = Line(name="VA test line", number=number, display="")
    with pytest.raises(Misconfigured, match=f"^VA test line .*{re.escape(said)}"):
        replace(ramps, lines=(*ramps.lines, line))


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
