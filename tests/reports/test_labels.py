"""Labels, owners and columns: what the maps declare, and what the tracker lacks of it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sf_handoff.embedded.tracker.seed import TrackerSeeds
from sf_handoff.errors import Misconfigured
from sf_handoff.mapping import bundled
from sf_handoff.reports.label_check import Missing, missing
from sf_handoff.reports.ticket_map import Label, Section
from sf_handoff.reports.tickets import Priority, TrackerFacts

MAPS = bundled()
NAMES = frozenset(each.name for each in (*MAPS.labels.every, *MAPS.owners.every))
SEEDS = TrackerSeeds()
FACTS = TrackerFacts(
    repository="example-agency/hotline-issues",
    private=True,
    may_push=True,
    login="handoff-connector",
    labels=NAMES,
    board=True,
    columns=tuple(name for name, _ in SEEDS.pipelines),
    priorities=tuple(SEEDS.priorities),
)


def lacking(**facts: object) -> Missing:
    (found,) = missing(MAPS, replace(FACTS, **facts))  # type: ignore[arg-type]
    return found


def test_where_all_is_there_nothing_is_missing() -> None:
    assert missing(MAPS, FACTS) == ()


def test_labels_are_the_same_in_upper_and_lower_case() -> None:
    assert missing(MAPS, replace(FACTS, labels=frozenset(each.upper() for each in NAMES))) == ()
    maps = replace(MAPS, labels=replace(MAPS.labels, ours=Label("SF-Handoff")))
    assert missing(maps, FACTS) == ()


def test_a_near_spelling_is_another_label_and_is_suggested() -> None:
    found = lacking(labels=NAMES - {"contact center"} | {"contact-center", "VSP-contact-center", "bug"})
    assert (found.code, found.name) == ("LABEL_MISSING", "contact center")
    assert found.near[0] == "contact-center"
    assert found.words == (
        "The tracker has no label 'contact center'. Is it 'contact-center' or 'VSP-contact-center'?"
    )


def test_a_label_like_no_other_is_missing_without_a_suggestion() -> None:
    found = lacking(labels=NAMES - {"sf-handoff"})
    assert (found.near, found.words) == ((), "The tracker has no label 'sf-handoff'.")


def test_an_owners_label_is_asked_for_as_well() -> None:
    assert lacking(labels=NAMES - {"vsa-benefits"}).name == "vsa-benefits"


def test_labels_for_priorities_are_asked_for_where_there_is_no_board() -> None:
    without = NAMES - {"priority-high"}
    assert missing(MAPS, replace(FACTS, labels=without)) == ()
    assert lacking(labels=without, board=False, columns=(), priorities=()).name == "priority-high"


@pytest.mark.parametrize(
    ("facts", "code", "name", "near"),
    [
        ({"columns": ("New issues", "Done")}, "COLUMN_MISSING", "New Issues", ("New issues",)),
        ({"columns": ("New Issues", "Done", "New Issues")}, "COLUMN_AMBIGUOUS", "New Issues", ()),
        ({"priorities": ("Urgent", "High", "Medium priority", "Low priority")}, "PRIORITY_MISSING", "High priority", ()),
        ({"priorities": (*SEEDS.priorities, "Urgent")}, "PRIORITY_AMBIGUOUS", "Urgent", ()),
        ({"private": False}, "REPOSITORY_PUBLIC", "example-agency/hotline-issues", ()),
        ({"may_push": False}, "NO_PUSH", "example-agency/hotline-issues", ()),
    ],
)  # fmt: skip
def test_what_else_would_go_wrong(
    facts: dict[str, object], code: str, name: str, near: tuple[str, ...]
) -> None:
    found = lacking(**facts)
    assert (found.code, found.name, found.words[-1] in ".?") == (code, name, True)
    assert set(near) <= set(found.near)


def test_a_public_repository_is_well_where_the_map_says_so() -> None:
    maps = replace(MAPS, tickets=replace(MAPS.tickets, private=False))
    assert missing(maps, replace(FACTS, private=False)) == ()


# The bundled maps


def test_story_53_every_product_has_a_label_and_what_nobody_owns_goes_to_triage() -> None:
    products = {each.name for each in MAPS.triage.products}
    assert set(MAPS.labels.products) == products
    assert set(MAPS.owners.products) <= products
    assert MAPS.owners.of("Claim status").label.name == "vsa-claims-appeals"
    assert MAPS.owners.of("Mobile app") == MAPS.owners.of(None) == MAPS.owners.triage


def test_the_bundled_names_are_those_of_the_board() -> None:
    labels = MAPS.labels
    assert {labels.column, labels.reopened_column} <= set(FACTS.columns)
    assert sorted(labels.priorities.values()) == sorted(SEEDS.priorities)
    assert set(labels.priorities) == set(labels.priority_labels) == set(labels.estimates) == set(Priority)


def test_what_the_ticket_map_speaks_of_is_known() -> None:
    assert {each.name for each in MAPS.triage.symptoms} >= MAPS.tickets.blocking
    assert MAPS.labels.ours in MAPS.labels.every
    assert len({each.name.lower() for each in MAPS.labels.every}) == len(MAPS.labels.every)


@pytest.mark.parametrize(
    "change",
    [
        {"sections": (Section("smell", "How it smells"),)},
        {"sections": (Section("trend", "One"), Section("trend", "Two"))},
        {"title": "{product}: {case_id}"},
        {"title": "{product"},
        {"footer": "Written for {name}"},
        {"source": "{0}"},
        {"sections": (Section("trend", "Of {product}"),)},
        {"decided_by": "dice"},
    ],
)
def test_a_map_that_cannot_be_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(Misconfigured, match=r"mappings/ticket\.py"):
        replace(MAPS.tickets, **change)  # type: ignore[arg-type]


def test_a_priority_without_a_name_is_refused() -> None:
    with pytest.raises(Misconfigured, match=r"mappings/labels\.py.*low, medium, high, urgent"):
        replace(MAPS.labels, priorities={Priority.LOW: "Low priority"})


@pytest.mark.parametrize(
    "label", [{"name": ""}, {"name": "x" * 51}, {"name": "x", "color": "#ffffff"}, {"name": "x", "description": "x" * 101}]
)  # fmt: skip
def test_a_label_that_github_would_not_take_is_refused(label: dict[str, str]) -> None:
    with pytest.raises(Misconfigured):
        Label(**label)
