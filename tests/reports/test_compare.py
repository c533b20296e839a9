"""What one set of rules catches and another misses."""

from __future__ import annotations

from sf_handoff.mapping import bundled
from sf_handoff.reports.compare import Comparison, compare
from sf_handoff.reports.rows import ReportRow
from sf_handoff.reports.triage import Triage
from tests.reports.labelled import Labelled, row

TRIAGE = Triage(bundled().triage, bundled().report.own_record_types)
SETS = TRIAGE.map.rule_set

# A day of 2019 made by hand: 22 cases under the category and subject that agents were told to use, and many
# more whose notes speak of the site. Two of the 22 quote an address, and the second report loses them.
MARKED = [Labelled("T VA.gov", "Caller cannot open va.gov since this morning")] * 20
QUOTING = [
    Labelled("T VA.gov", "Stuck on va.gov, page is https://www.va.gov/profile"),
    Labelled("t Va.Gov", "va.gov does not load for jesse.gray@va.gov"),
]
UNMARKED = [Labelled("Site", "The letters page on va.gov does not load", category="Benefits")] * 17
MENTIONS = [Labelled("Hello", "Told him to look at va.gov some day", category="Concern")] * 12
NOTHING = [Labelled("Parking", "No parking at the clinic", category="Concern")] * 9


def a_day() -> list[ReportRow]:
    cases = [*MARKED, *QUOTING, *UNMARKED, *MENTIONS, *NOTHING]
    rows = [row(case, number) for number, case in enumerate(cases, 1)]
    return [*rows, row(MARKED[0], 999, record_type="App_Handoff")]


def compared(a: str, b: str) -> Comparison:
    return compare(a_day(), SETS(a), SETS(b), TRIAGE)


def test_22_against_many_and_2_missing() -> None:
    found = compared("2019 report 1", "2019 report 2")
    assert found.words == (
        "2019 report 1 catches 22, 2019 report 2 catches 49; 2 only the first, 29 only the second."
    )
    assert [each.case_number for each in found.only_a] == ["00000021", "00000022"]
    assert {each.rules for each in found.only_a} == {("2019 report 1",)}
    assert found.only_a[0].why == ("category Other, and va.gov in the subject",)
    assert len(found.only_b) == len(UNMARKED) + len(MENTIONS)
    assert (found.rows, found.both) == (60, 20)


def test_ours_finds_both_and_leaves_the_mentions() -> None:
    found = compared("2019", "ours")
    assert [each.case_number for each in found.only_a] == [f"{number:08d}" for number in range(40, 52)]
    assert found.only_b == ()
    assert found.both == 39


def test_t3_finds_none_of_them() -> None:
    found = compared("T3", "ours")
    assert (found.only_a, found.both, len(found.only_b)) == ((), 0, 39)


def test_the_other_way_round_it_is_the_same() -> None:
    there, back = compared("2019", "T3"), compared("T3", "2019")
    assert (there.only_a, there.only_b, there.both) == (back.only_b, back.only_a, back.both)
    assert compared("ours", "ours").only_a == ()


def test_the_rules_of_2019_are_as_the_reports_filtered() -> None:
    """Capitals do not matter to a filter, and it looks inside words."""
    caught = {
        (subject, notes, category): tuple(rule.name for rule in SETS("2019").catches(TRIAGE.hear(row(Labelled(subject, notes, category=category)))))
        for subject, notes, category in (
            ("About nova.gov", "", "other"),
            ("About va.gov", "", "Concern"),
            ("", "see VA.GOV now", None),
            ("", "see va.gov/x and va.gov", None),
            ("", "see www.va.gov", None),
            ("nt va.gov", None, "Benefits"),
            (" T VA.gov", None, "Other"),
            ("Not VA.gov", None, None),
        )
    }  # fmt: skip
    assert list(caught.values()) == [
        ("2019 report 1",), (), ("2019 report 2",), (), (), ("2019 prefix NT",),
        ("2019 report 1", "2019 prefix T"), (),
    ]  # fmt: skip


def test_t3_is_a_word() -> None:
    subjects = ("T3", "t3: letters", "Letters (T3)", "T3-letters", "BT3 letters", "T34", "T 3", None)
    caught = [bool(SETS("T3").catches(TRIAGE.hear(row(Labelled(subject, ""))))) for subject in subjects]
    assert caught == [True, True, True, True, False, False, False, False]
