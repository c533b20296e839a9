"""The invented days: the same everywhere, of the shape of real ones, and nobody's."""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from sf_handoff.calls.pop_words import PopWords
from sf_handoff.mapping import MappingSet
from sf_handoff.reports.sample_day import SampleCase, sample_day
from sf_handoff.reports.sample_dice import Dice, Sprinkled, Weighted
from sf_handoff.texts import utf16_units
from tests.conftest import ROOT

FRIDAY = date(2026, 11, 20)
EASTERN = ZoneInfo("America/New_York")
DIGITS = re.compile(r"(?<![\dV])(?:\+?1[ .-]?)?\(?([2-9]\d\d)\)?[ .-]?(\d{3})[ .-]?(\d{4})(?![\dV])")


def the_day(day: date = FRIDAY, rows: int = 350, seed: int = 1, outage: bool = False) -> list[SampleCase]:
    return list(sample_day(day, rows, seed, outage))


def digest(cases: list[SampleCase]) -> str:
    """Of all that is in them: repr of a row leaves out what people wrote."""
    whole = "\n".join(
        f"{c.row!r} {c.row.subject!r} {c.row.notes!r} {c.row.person} {c.truth!r}" for c in cases
    )
    return hashlib.sha256(whole.encode()).hexdigest()[:16]


@pytest.fixture(scope="module")
def big() -> list[SampleCase]:
    return the_day(rows=6000)


@pytest.mark.parametrize("rows", [0, 1, 7, 2001])
@pytest.mark.parametrize("outage", [False, True])
def test_a_day_has_as_many_cases_as_it_was_asked_for(rows: int, outage: bool) -> None:
    cases = the_day(rows=rows, outage=outage)
    assert len(cases) == rows
    assert len({each.row.case_number for each in cases}) == rows


def test_the_same_arguments_give_the_same_day_in_every_process() -> None:
    program = (
        "from tests.reports.test_sample_day import *\nprint(digest(the_day(rows=400, seed=7, outage=True)))"
    )
    seen = {
        subprocess.run(
            [sys.executable, "-c", program], cwd=ROOT, env={"PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)},
            capture_output=True, text=True, check=True,
        ).stdout.strip()
        for seed in ("1", "2")
    }  # fmt: skip
    assert seen == {digest(the_day(rows=400, seed=7, outage=True))}


def test_the_dice_fall_as_they_always_did() -> None:
    """On every Python and machine. If this changes, so does every invented day that people know."""
    assert [Dice(1, 2).below(1000), Dice(2, 1).below(1000), Dice(-5).below(1000)] == [900, 565, 676]
    assert Dice(3).pick("abcdef") == Dice(3).pick("abcdef")
    counted = Counter(Dice(each).below(4) for each in range(4000))
    assert all(900 < count < 1100 for count in counted.values())


def test_other_arguments_give_other_days() -> None:
    others = [the_day(seed=2), the_day(FRIDAY + timedelta(days=1)), the_day(rows=351), the_day(outage=True)]
    assert len({digest(each) for each in (the_day(), *others)}) == 5


def test_a_day_is_made_as_it_is_asked_for() -> None:
    first = next(iter(sample_day(FRIDAY, 10**9)))
    assert first.row.case_number == "00000001"


@pytest.mark.parametrize(
    ("day", "hours"), [(date(2026, 3, 8), 23), (date(2026, 11, 1), 25), (FRIDAY, 24)], ids=str
)
def test_every_case_was_opened_between_the_midnights_of_its_day(day: date, hours: int) -> None:
    cases = the_day(day, 2500, outage=True)
    opened = [each.row.opened_at for each in cases]
    assert opened == sorted(opened)
    assert {each.astimezone(EASTERN).date() for each in opened} == {day}
    assert len({each.replace(minute=0, second=0) for each in opened}) == hours
    assert all(each.tzinfo is UTC and not each.microsecond for each in opened)


def test_most_calls_come_about_noon_and_few_at_night(big: list[SampleCase]) -> None:
    hours = Counter(each.row.opened_at.astimezone(EASTERN).hour for each in big)
    assert hours.most_common(1)[0][0] in range(9, 15)
    assert sum(hours[hour] for hour in range(5)) < len(big) * 0.05


def test_some_hundred_cases_have_ten_to_fifteen_technical_ones() -> None:
    for seed in range(20):
        assert 10 <= sum(each.truth.technical for each in the_day(seed=seed)) <= 15
    assert sum(each.truth.technical for each in the_day(rows=7)) == 1


def test_categories_are_skewed_and_fit_the_map(big: list[SampleCase], mappings: MappingSet) -> None:
    counted = Counter(each.row.category for each in big if not each.truth.technical)
    assert counted["Concern"] > 4 * counted["Compliment"] > 8 * counted["Memorial affairs"] > 0
    for name in ("category", "product"):
        listed = mappings.report.column(name).values
        assert {getattr(each.row, name) for each in big} - {None} <= set(listed)


def test_our_own_handoffs_stand_among_them(big: list[SampleCase], mappings: MappingSet) -> None:
    ours = [each for each in big if each.row.record_type in mappings.report.own_record_types]
    assert 0.02 < len(ours) / len(big) < 0.08
    assert all(each.row.notes is None and each.truth.tier is None for each in ours)


def test_cases_are_marked_in_every_way_and_sometimes_wrongly(big: list[SampleCase]) -> None:
    subjects = [(each.row.subject or "").lower() for each in big]
    for mark in ("t va.gov", "nt va.gov", "t3"):
        assert sum(each.startswith(mark) for each in subjects) > 10
    wrong = [each for each in big if each.truth.mistagged]
    assert {each.truth.tier for each in wrong} == {0, 1, 2, 3}
    for each in wrong:
        says_none = (each.row.subject or "").lower().startswith("nt va.gov")
        assert says_none == each.truth.technical
    assert {each.truth.tier for each in big} == {None, 0, 1, 2, 3}
    assert all(each.truth.technical == (each.truth.tier in (2, 3)) for each in big)


def test_notes_quote_addresses_of_the_site_that_are_no_complaint(big: list[SampleCase]) -> None:
    usual = [each.row.notes or "" for each in big if each.truth.tier is None]
    for trap in ("@va.gov", "www.va.gov/", "https://www.va.gov/"):
        assert any(trap in note for note in usual), trap
    technical = [each.row.notes or "" for each in big if each.truth.technical]
    assert any("va.gov/" in note for note in technical)
    assert any(re.search(r"(?<![./@])va\.gov(?!/)", note) for note in technical)


def test_crisis_words_stand_in_a_few_and_are_those_of_the_map(
    big: list[SampleCase], mappings: MappingSet
) -> None:
    words: PopWords = mappings.pop
    wished = re.compile("|".join(rf"\b{re.escape(each)}\b" for each in words.crisis_words), re.IGNORECASE)
    for each in big:
        assert bool(wished.search(each.row.notes or "")) == each.truth.crisis
    assert 0 < sum(each.truth.crisis for each in big) < len(big) * 0.01
    assert any(each.truth.crisis for each in the_day())


def test_notes_have_what_breaks_files(big: list[SampleCase]) -> None:
    notes = [each.row.notes or "" for each in big]
    for start in "=+-@\t":
        assert any(note.startswith(start) for note in notes), repr(start)
    for sign in ("\n", "\r\n", "\x0b", "\x0c", "\u2028", "\u00a0", "👍🏽", "ñ", "//"):
        assert any(sign in note for note in notes), repr(sign)
    longest = [utf16_units(note) for note in notes if utf16_units(note) > 10_000]
    assert set(longest) == {32_000}
    assert 5 <= len(longest) <= 30
    assert max(utf16_units(each.row.subject or "") for each in big) <= 255


def test_all_that_is_personal_is_listed_and_stands_there(big: list[SampleCase]) -> None:
    with_some = [each for each in big if each.truth.personal]
    assert len(with_some) > len(big) / 4
    for each in with_some:
        for given in each.truth.personal:
            assert given in (each.row.notes or "") or given in (each.row.subject or "")
    told = "\n".join(given for each in with_some for given in each.truth.personal)
    for shape in (
        r"^9\d\d-0\d-\d{4}$", r"^9\d{2}0\d{5}$", r"^\d{10}V\d{6}$", r"^0{6}\d{4}$", r"^C\d{8}$",
        r"^\(\d{3}\) 555-01\d\d$", r"^\S+@example\.(com|org)$", r"^\d{4}-\d\d-\d\d$", r"\.pdf$", r" Ln$",
        r"^Juárez-Lyle$", r"^6001\d{5}$",
    ):  # fmt: skip
        assert re.search(shape, told, re.MULTILINE), shape


def test_what_looks_personal_is_listed(big: list[SampleCase]) -> None:
    """Nothing of that kind slips into a note unlisted."""
    shapes = re.compile(r"\d{3}-\d\d-\d{4}|\d{10}V\d{6}|\b\d{8,10}\b|\S+@example\.\w+|555.01\d\d")
    for each in big:
        for found in shapes.findall(each.row.notes or ""):
            assert any(found in given or given in found for given in each.truth.personal), found


def test_every_telephone_number_is_a_made_up_one(big: list[SampleCase]) -> None:
    found = [match for each in big for match in DIGITS.findall(each.row.notes or "")]
    assert len(found) > 100
    assert {middle for _, middle, _ in found} == {"555"}
    assert all(line.startswith("01") for _, _, line in found)


@pytest.mark.parametrize("seed", range(6))
def test_an_outage_hits_many_people_in_a_few_hours(seed: int) -> None:
    cases = the_day(seed=seed, outage=True)
    (name,) = {each.truth.cluster for each in cases if (each.truth.cluster or "").startswith("outage")}
    hit = [each for each in cases if each.truth.cluster == name]
    assert 15 <= len(hit) <= 60
    assert all(each.truth.tier == 3 for each in hit)
    assert hit[-1].row.opened_at - hit[0].row.opened_at <= timedelta(hours=4)
    people = {each.row.person for each in hit}
    assert len(hit) * 0.7 < len(people) <= len(hit)
    assert len({each.row.notes for each in hit}) == len(hit)
    assert {each.truth.cluster for each in cases if each.truth.technical} - {name, None}, "others go on"


def test_outages_have_repeats_by_the_same_person() -> None:
    again = 0
    for seed in range(6):
        hit = [each.row.person for each in the_day(seed=seed, outage=True)
               if (each.truth.cluster or "").startswith("outage")]  # fmt: skip
        again += len(hit) - len(set(hit))
    assert again > 5


def test_days_of_one_seed_share_their_problems() -> None:
    days = [Counter(each.truth.cluster for each in the_day(FRIDAY + timedelta(days=n))) for n in range(14)]
    often = Counter(name for day in days for name in day if name)
    assert often.most_common(1)[0][1] >= 8
    assert not any(name.startswith("outage") for name in often)
    total = Counter[str | None]()
    for day in days:
        total += day
    assert (
        total.most_common(2)[1][0]
        != Counter(
            each.truth.cluster for n in range(14) for each in the_day(FRIDAY + timedelta(days=n), seed=3)
        ).most_common(2)[1][0]
    )


def test_people_call_again_on_other_days() -> None:
    people = [{each.row.person for each in the_day(FRIDAY + timedelta(days=n), 2000)} for n in (0, 1)]
    assert len(people[0] & people[1]) > 100


def test_a_few_were_changed_after_midnight(big: list[SampleCase]) -> None:
    midnight = datetime(2026, 11, 21, tzinfo=EASTERN)
    late = [each for each in big if each.row.changed_at and each.row.changed_at >= midnight]
    assert 0.01 < len(late) / len(big) < 0.06
    assert all(each.row.changed_at and each.row.changed_at > each.row.opened_at for each in big)


def test_a_case_is_sent_by_the_orgs_names(mappings: MappingSet) -> None:
    case = next(each for each in the_day() if each.truth.technical and each.row.product)
    fields = case.fields(mappings.report)
    assert fields["Subject"] == case.row.subject
    assert fields["Product__c"] == case.row.product
    assert datetime.fromisoformat(str(fields["CreatedDate"])) == case.row.opened_at
    assert {"CaseNumber", "Id", "IsClosed", "ContactId"} & set(fields) == set()


def test_what_the_picklist_has_not_is_left_out(mappings: MappingSet) -> None:
    from dataclasses import replace

    short = tuple(
        replace(each, values=("Nothing of ours",)) if each.name == "category" else each
        for each in mappings.report.columns
    )
    report = replace(mappings.report, columns=short)
    assert {each.fields(report)["Case_Category__c"] for each in the_day()} == {None}


def test_sprinkled_places_are_as_many_as_said() -> None:
    for count, total in ((0, 0), (0, 5), (3, 7), (7, 7), (13, 350), (9, 5)):
        assert sum(place in Sprinkled(count, total, 4) for place in range(total)) == min(count, total)


def test_weights_are_kept() -> None:
    dice, weighted = Dice(9), Weighted((("often", 9), ("never", 0), ("seldom", 1)))
    counted = Counter(weighted.pick(dice) for _ in range(5000))
    assert counted["never"] == 0
    assert 400 < counted["seldom"] < 600
