"""Clusters: what is one issue, what is near, what is trending; in any order of the rows the same."""

from __future__ import annotations

import sys
from dataclasses import replace
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sf_handoff.errors import Misconfigured
from sf_handoff.mapping import bundled
from sf_handoff.reports.clusters import Cluster, alarm
from sf_handoff.reports.fingerprint import Parts
from sf_handoff.reports.near import Face, likeness, near_each_other
from sf_handoff.reports.triage import Flag, Triage
from sf_handoff.reports.triage_map import Trend
from sf_handoff.reports.triaged import TriagedDay, earlier_counts, triage_day
from tests.reports.labelled import ALL, BESIDE, OUTAGE, Labelled, labelled_rows, row

TRIAGE = Triage(bundled().triage, bundled().report.own_record_types)
ROWS = [each for each, _ in labelled_rows(ALL)]


def day(*notes: str, people: tuple[str | None, ...] = (), product: str | None = "Claim status") -> TriagedDay:
    who = people or tuple(str(number) for number in range(len(notes)))
    rows = [
        row(Labelled("T VA.gov", each, product=product), number, person=person)
        for number, (each, person) in enumerate(zip(notes, who, strict=True), 1)
    ]
    return triage_day(rows, TRIAGE)


def only(found: TriagedDay) -> Cluster:
    (cluster,) = found.clusters
    return cluster


def test_an_outage_is_one_cluster_and_what_is_beside_it_stays_out() -> None:
    found = triage_day([each for each, _ in labelled_rows((*OUTAGE, *BESIDE))], TRIAGE)
    biggest, *others = found.clusters
    assert biggest.cases == tuple(f"{number:08d}" for number in range(1, len(OUTAGE) + 1))
    assert (biggest.product, biggest.signature, biggest.symptom) == (
        "Claim status",
        "mobl_502",
        "does not open",
    )
    assert [len(each.cases) for each in others] == [1] * len(BESIDE)
    assert biggest.words == "in common: Claim status, mobl_502; 5 of 12 name no error, and fail the same way"


def test_those_who_name_no_error_stay_alone_where_their_symptom_is_another() -> None:
    found = day("MOBL_502, page does not load", "MOBL_502, page does not load", "Page shows the wrong step")
    assert [len(each.cases) for each in found.clusters] == [2, 1]


def test_or_where_nobody_else_says_what_the_error_is() -> None:
    found = day("MOBL_502, page does not load", "page does not load", "page does not load")
    assert [len(each.cases) for each in found.clusters] == [2, 1]
    assert "only one names an error (mobl_502)" in found.clusters[0].near[0].words


def test_two_errors_are_two_clusters_and_the_nameless_go_with_the_commoner() -> None:
    found = day(
        "MOBL_502, page does not load", "MOBL_502, page does not load", "MOBL_502, page does not load",
        "error 109, page does not load", "error 109, page does not load", "page does not load",
    )  # fmt: skip
    assert [(each.signature, len(each.cases)) for each in found.clusters] == [
        ("mobl_502", 4),
        ("error_109", 2),
    ]
    assert found.clusters[0].near[0].fingerprint == found.clusters[1].fingerprint
    assert (
        found.clusters[0].near[0].words
        == "same product; both: does not open; other errors (error_109 and mobl_502)"
    )


def test_people_are_counted_once_and_nobody_counts_as_one() -> None:
    page = "page does not load"
    assert only(day(page, page, page, page, people=("a", "a", None, None))).people == 3


def test_a_cluster_says_since_when() -> None:
    found = only(day("page does not load", "page does not load"))
    assert found.first_seen < found.last_seen
    assert found.first_seen == row(Labelled("", ""), 1).opened_at


@settings(max_examples=25, deadline=None)
@given(st.randoms(use_true_random=False))
def test_the_order_of_the_rows_changes_nothing(chance: Random) -> None:
    shuffled = list(ROWS)
    chance.shuffle(shuffled)
    assert triage_day(shuffled, TRIAGE) == triage_day(ROWS, TRIAGE)


def test_rows_are_read_once_and_not_kept() -> None:
    found = triage_day(iter(ROWS), TRIAGE)
    assert found.rows == len(ALL)
    assert (
        found.technical
        == sum(found.by_tier[tier] for tier in (2, 3))
        == sum(map(len, (each.cases for each in found.clusters)))
    )
    assert sum(found.counts.values()) == found.technical


def test_a_day_without_rows_is_a_day() -> None:
    assert triage_day([], TRIAGE) == TriagedDay(0, 0, (), ())


def test_own_cases_and_crises_are_counted_apart() -> None:
    rows = [
        row(Labelled("Call from the app", None), 1, record_type="App_Handoff"),
        row(Labelled("Hello", "he wants to die"), 2),
        row(Labelled("T3 travel", "trip of October was not paid by the clerk"), 3),
    ]
    found = triage_day(rows, TRIAGE)
    assert (found.rows, found.own, found.crisis) == (3, 1, ("00000002",))
    assert [number for number, _ in found.training] == ["00000003"]
    assert found.flags[0].crisis


# Trends


@pytest.mark.parametrize(
    ("today", "before", "words"),
    [
        (10, [], "10 cases in a day; from 10 on it is urgent"),
        (9, [], "9 cases in 7 days, 9 of them today; from 5 on it is a trend"),
        (4, [], None),
        (1, [4], "5 cases in 7 days, 1 of them today; from 5 on it is a trend"),
        (1, [9, 0, 0, 0, 0, 0, 3], None),  # too long ago
        (1, [1, 0, 0, 0, 0, 3], "5 cases in 7 days, 1 of them today; from 5 on it is a trend"),
        (0, [9], None),
    ],
)
def test_what_is_trending(today: int, before: list[int], words: str | None) -> None:
    assert alarm(today, before, Trend()) == words


def test_the_map_says_when() -> None:
    assert (
        alarm(2, [50], Trend(window=2, days=1, day=9))
        == "2 cases in 1 days, 2 of them today; from 2 on it is a trend"
    )
    assert alarm(1, [50], Trend(window=2, days=1, day=9)) is None


def test_a_trend_makes_all_its_cases_tier_3_and_says_so() -> None:
    quiet, trending = day(*["page does not load"] * 4), day(*["page does not load"] * 5)
    assert {flag.tier for flag in quiet.flags} == {2} and only(quiet).tier == 2 and only(quiet).alert is None
    assert {flag.tier for flag in trending.flags} == {3} and only(trending).tier == 3
    assert trending.flags[0].rules[0] == "fails"
    assert trending.flags[0].rules[-1] == "trending"
    assert trending.flags[0].why[-1].startswith("trending: 5 cases in 7 days")


def test_earlier_days_count_by_fingerprint() -> None:
    page = "page does not load"
    fingerprint = only(day(page)).fingerprint
    earlier = earlier_counts([{fingerprint: 3}, {}, {"v1-other": 9, fingerprint: 1}])
    assert earlier == {fingerprint: [3, 0, 1], "v1-other": [0, 0, 9]}
    found = triage_day([row(Labelled("T VA.gov", page, product="Claim status"))], TRIAGE, earlier)
    assert only(found).alert == "5 cases in 7 days, 1 of them today; from 5 on it is a trend"


def test_what_is_vague_never_trends() -> None:
    found = only(day(*["VA.gov is acting up, no details"] * 12, product=None))
    assert found.alert is None
    assert "too little is known" in found.words


# Near


def face(product: str = "", signature: str = "", symptom: str = "", quote: str = "") -> Face:
    return Face(Parts(product, "", signature, "" if signature else symptom), symptom, quote)


@pytest.mark.parametrize(
    ("one", "other", "words"),
    [
        (
            face("Letters", "error_1", quote="we can't show your letters right now (ref 12)"),
            face("Letters", "error_2", quote="we cannot show your letters right now (ref 99)"),
            "same product; error texts 97 % alike",
        ),
        (face("Letters", "error_1"), face("Appeals", "error_1"), "same error (error_1), another product"),
        (face("Letters", "error_1"), face("", "error_1"), "one of them names no product; same error (error_1)"),
        (face("Letters", "error_1"), face("Appeals", "error_2"), ""),
        (face("Letters", symptom="does not open"), face("Letters", symptom="data missing"), ""),
        (face("Letters", symptom="does not open"), face("Appeals", symptom="does not open"), ""),
    ],
)  # fmt: skip
def test_near_clusters_are_proposed_with_the_reason(one: Face, other: Face, words: str) -> None:
    likely, said = likeness(one, other, 80)
    assert said == words
    assert bool(likely) == bool(words)
    assert likeness(other, one, 80) == (likely, said)


def test_near_is_mutual_and_limited() -> None:
    many = [face("Letters", f"error_{number}", "does not open") for number in range(100, 110)]
    near = near_each_other(many, 80)
    assert {len(each) for each in near.values()} == {5}
    assert near == near_each_other(many[::-1], 80)
    assert near_each_other([face(symptom="does not open"), face("Letters")], 80) == {}


def test_without_the_extra_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "rapidfuzz", None)
    one, other = face("Letters", "error_1", quote="one text"), face("Letters", "error_2", quote="one text")
    with pytest.raises(Misconfigured, match=r"sf-handoff\[report\]"):
        likeness(one, other, 80)


def test_a_deployments_words_decide() -> None:
    """Words are data: a new one for a symptom is heard, and the cluster follows."""
    declared = bundled().triage
    first, *rest = declared.symptoms
    more = replace(declared, symptoms=(replace(first, phrases=(*first.phrases, "stands on its head")), *rest))
    case = row(Labelled("Hello", "The letters thing stands on its head"))
    assert triage_day([case], TRIAGE).clusters == ()
    assert only(triage_day([case], Triage(more))).symptom == first.name


def test_two_cases_of_one_number_lose_nothing_of_each_other() -> None:
    crisis = Flag("00000001", 0, ("crisis",), ("crisis words",), crisis=True)
    technical = Flag("00000001", 3, ("error code",), ("an error code is quoted",), mistagged="marked NT")
    for flags in ((crisis, technical), (technical, crisis)):
        both = TriagedDay(2, 0, flags, ()).by_case["00000001"]
        assert (both.tier, both.crisis, both.mistagged) == (3, True, "marked NT")
        assert set(both.rules) == {"crisis", "error code"}
