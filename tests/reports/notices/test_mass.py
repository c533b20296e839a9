"""A banner and a mail when very many wait: drafted, never sent."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from sf_handoff.errors import Rejected
from sf_handoff.reports.notices.mass import Audience, MassDraft, approve_mass, audience, mass_draft
from sf_handoff.reports.notices.values import Waiting
from tests.reports.notices.made import notices, templates, waiting


def crowd(count: int, **changes: Any) -> list[Waiting]:
    return [waiting(f"{number:08}", **changes) for number in range(count)]


def drafted(cases: list[Waiting], text: str = "We work on it.") -> MassDraft | None:
    return mass_draft(
        templates(), cases, ticket_id="t-1", ticket=12, product="Claim status", customer_text=text
    )


def test_story_64_from_the_maps_threshold_on_there_are_drafts_for_approval() -> None:
    most = notices().mass_from
    assert drafted(crowd(most - 1)) is None
    made = drafted(crowd(most))
    assert made is not None and not made.approved
    assert made.banner.subject == "We know about a problem with checking your claim status online"
    assert "We work on it." in made.banner.body and "We work on it." in made.mail.body
    assert made.audience.words == "50 people wait; 50 of them may be written to."


def test_story_64_people_are_counted_and_not_cases() -> None:
    assert drafted([*crowd(30), *crowd(30)]) is None
    assert audience(crowd(3, person=None)).people == 3


def test_story_64_only_who_may_be_written_to_is_in_the_audience_of_the_mail() -> None:
    cases = [
        *crowd(2),
        waiting("00000010", email_there=False),
        waiting("00000011", opted_out=True),
        waiting("00000012", deceased=True),
        waiting("00000013", person="twice"),
        waiting("00000014", person="twice"),
    ]
    assert audience(cases) == Audience(people=6, by_email=3)


def test_story_64_only_what_was_shown_is_approved() -> None:
    made, other = drafted(crowd(60)), drafted(crowd(60), "Something else.")
    assert made and other and made.mass_id == other.mass_id
    with pytest.raises(Rejected) as refused:
        approve_mass(made, other.digest)
    assert refused.value.code == "CHANGED"
    assert approve_mass(made, made.digest) == replace(made, approved=True)


def test_story_64_there_is_no_draft_without_words_for_customers() -> None:
    with pytest.raises(Rejected) as refused:
        drafted(crowd(60), " ")
    assert refused.value.code == "EMPTY"
