"""Precision and recall are counted right, and stay where they are on the labelled cases."""

from __future__ import annotations

from dataclasses import replace

from sf_handoff.mapping import bundled
from sf_handoff.reports.quality import Score, measure
from sf_handoff.reports.triage import Triage
from tests.reports.labelled import ALL, Labelled, labelled_rows

TRIAGE = Triage(bundled().triage)


def test_on_the_labelled_cases() -> None:
    found = measure(labelled_rows(ALL), TRIAGE)
    assert found.rows == len(ALL) >= 80
    assert (found.technical.precision, found.technical.recall) == (1.0, 1.0)
    assert found.tier_share == 1.0
    assert (found.mistagged.precision, found.mistagged.recall) == (1.0, 1.0)
    assert found.clusters == {"claims down": Score(right=14)}
    assert found.misjudged == ()


def test_what_is_wrong_is_counted_as_wrong() -> None:
    """The same cases with other truths: each kind of mistake has its figure."""
    technical = Labelled("T VA.gov", "claim page does not load", 2)
    nothing = Labelled("Parking", "no parking", None)
    cases = (technical, replace(technical, tier=1), replace(nothing, tier=2), nothing)
    found = measure(labelled_rows(cases), TRIAGE)
    assert found.technical == Score(right=1, wrong=1, missed=1)
    assert (found.technical.precision, found.technical.recall) == (0.5, 0.5)
    assert found.tier == 2 and found.tier_share == 0.5
    assert found.misjudged == ("00000002", "00000003")


def test_an_issue_is_measured_against_the_cluster_that_most_of_it_is_in() -> None:
    page, letters = "claim page does not load", "letters page does not load"
    issue = [Labelled("T VA.gov", page, 3, cluster="x")] * 4 + [Labelled("T VA.gov", letters, 2, cluster="x")]
    stray = [Labelled("T VA.gov", page, 3, cluster=None)] * 2
    small = [Labelled("T VA.gov", "appeal page does not load", 2, cluster="y")] * 4
    lost = [Labelled("Parking", "no parking", 2, cluster="z")] * 5
    found = measure(labelled_rows((*issue, *stray, *small, *lost)), TRIAGE)
    assert found.clusters == {"x": Score(right=4, wrong=2, missed=1), "z": Score(missed=5)}


def test_scores_add_up_and_nothing_to_find_is_no_failure() -> None:
    assert Score(1, 2, 3) + Score(1, 1, 1) == Score(2, 3, 4)
    assert (Score().precision, Score().recall) == (1.0, 1.0)
    assert measure([], TRIAGE).tier_share == 1.0
