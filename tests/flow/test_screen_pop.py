"""A call arrives: what the agent sees, how sure it is, and what it never shows."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from sf_handoff import Connector, IncomingCall, Receipt
from sf_handoff.adapters.assembly import connect
from sf_handoff.adapters.settings import Settings
from sf_handoff.calls.codes import damm
from sf_handoff.calls.samples import sample_handoff
from sf_handoff.embedded import Embedded
from tests.conftest import Clock

JESSE = "+15035550142"


@pytest.fixture
def receipt(connector: Connector, clock: Clock) -> Receipt:
    return connector.hand_off(tap(clock))


@pytest.fixture
def code(receipt: Receipt) -> str:
    assert receipt.dial.code
    return receipt.dial.code


def tap(clock: Clock, **changes: Any) -> dict[str, Any]:
    return sample_handoff(at=clock.now, handoff_id=str(uuid.uuid4()), **changes)


def test_a_code_from_the_number_on_file_is_level_four(
    connector: Connector, receipt: Receipt, code: str
) -> None:
    pop = connector.screen_pop(IncomingCall("c-1", JESSE, "+18008271000", code))
    assert pop.handoff_ref == receipt.handoff_id
    assert (pop.assurance.level, pop.binding.matched_by) == (4, "dialed_code")
    assert pop.assurance.identity == "verified_in_app"
    assert pop.caller and pop.caller.display == "Jesse Gray"
    assert pop.case and (pop.case.id, pop.case.number) == (receipt.case_id, receipt.case_number)


def test_the_pop_says_what_the_veteran_saw_and_when(
    connector: Connector, receipt: Receipt, code: str
) -> None:
    pop = connector.screen_pop(IncomingCall("c-1", JESSE, digits=code))
    assert pop.context and pop.context.claim and pop.freshness
    claim = pop.context.claim
    assert (claim.title, claim.phase) == ("Claim for disability compensation", "GATHERING_OF_EVIDENCE")
    assert (claim.step, claim.steps, claim.heading) == (3, 8, "Evidence gathering")
    assert claim.filed_on is not None
    assert pop.freshness.data_as_of == claim.changed_on
    assert "may not be newer" in pop.freshness.words
    assert "claim for disability compensation" in pop.opening_question
    assert pop.opening_question.endswith("?")
    assert [error.code for error in pop.context.errors_seen] == ["MOBL_502"]


def test_the_document_has_the_published_keys(connector: Connector, receipt: Receipt, code: str) -> None:
    document = connector.screen_pop(IncomingCall("c-1", JESSE, digits=code)).model_dump(mode="json")
    assert list(document) == [
        "schema", "handoff_ref", "case", "issued_at", "expires_at", "call_key", "binding", "assurance", "caller",
        "context", "freshness", "opening_question", "warnings", "routing", "callback", "notes",
    ]  # fmt: skip
    assert document["schema"] == "screen-pop/1"
    assert list(document["binding"]) == ["tried", "matched_by", "candidates", "late"]
    assert list(document["assurance"]) == [
        "level", "identity", "words", "reasons", "caller_number", "attestation", "provider", "ial", "aal",
        "auth_time", "do_not_ask", "must_still_verify", "blocked_actions",
    ]  # fmt: skip
    assert list(document["context"]) == [
        "screen", "reason", "claim", "appeal", "errors_seen", "partial_failures", "app", "language", "accessibility",
    ]  # fmt: skip
    assert list(document["routing"]) == ["queue", "layers_skipped", "rule", "open_now"]
    assert document["assurance"]["do_not_ask"] == []
    assert document["assurance"]["blocked_actions"] == ["change of address", "change of direct deposit"]


def test_the_same_call_gets_the_same_answer(connector: Connector, code: str, clock: Clock) -> None:
    first = connector.screen_pop(IncomingCall("c-1", JESSE, digits=code))
    clock.forward(minutes=30)
    again = connector.screen_pop(IncomingCall("c-1", JESSE, digits=code))
    assert again.model_copy(update={"issued_at": first.issued_at}) == first


def test_a_code_works_for_one_call(connector: Connector, code: str) -> None:
    connector.screen_pop(IncomingCall("c-1", JESSE, digits=code))
    replay = connector.screen_pop(IncomingCall("c-2", "+12025550199", digits=code))
    assert replay.assurance.level == 0
    assert replay.context is None
    assert "used by another call" in replay.assurance.reasons[0]


def test_another_number_is_level_three(connector: Connector, code: str) -> None:
    pop = connector.screen_pop(IncomingCall("c-1", "+12025550199", digits=code))
    assert pop.assurance.level == 3
    assert pop.caller and pop.caller.display == "Jesse Gray"


@pytest.mark.parametrize(
    "sign_in", [{"loa": 3, "aal": 1}, {"loa": 3}, {"loa": 3, "aal": 2, "at": "2026-11-18T00:00:00Z"}]
)
def test_without_a_fresh_second_factor_it_is_level_three(
    connector: Connector, clock: Clock, sign_in: dict[str, Any]
) -> None:
    code = connector.hand_off(tap(clock, sign_in=sign_in)).dial.code
    assert connector.screen_pop(IncomingCall("c-1", JESSE, digits=code)).assurance.level == 3


def test_a_mis_keyed_code_is_told_from_a_guess(connector: Connector, code: str) -> None:
    wrong = code[:-1] + str((int(code[-1]) + 1) % 10)
    guess = "00000000" if not code.startswith("00000000") else "11111111"
    said = [
        connector.screen_pop(IncomingCall(key, "+12025550199", digits=digits)).assurance.reasons[0]
        for key, digits in (("c-1", wrong), ("c-2", guess + damm(guess)), ("c-3", "12ab"))
    ]
    assert said == [
        "the dialled code has a wrong digit",
        "the dialled code is not known",
        "the dialled code has a wrong digit",
    ]


def test_twenty_minutes_late_is_offered_and_not_opened(
    connector: Connector, receipt: Receipt, code: str, clock: Clock
) -> None:
    clock.forward(minutes=20)
    pop = connector.screen_pop(IncomingCall("c-1", JESSE, digits=code))
    assert pop.binding.late
    assert (pop.handoff_ref, pop.assurance.level) == (receipt.handoff_id, 0)
    assert pop.caller is None
    assert pop.context is None
    assert pop.case and pop.case.number == receipt.case_number
    assert any("Possible match" in warning for warning in pop.warnings)


@pytest.mark.parametrize(("attestation", "level"), [("A", 2), ("B", 1), ("C", 1), (None, 1)])
def test_a_caller_number_alone_discloses_nothing(
    connector: Connector, receipt: Receipt, attestation: str | None, level: int
) -> None:
    pop = connector.screen_pop(IncomingCall("c-1", JESSE, attestation=attestation))
    assert (pop.assurance.level, pop.binding.matched_by) == (level, "caller_number")
    assert pop.caller is None
    assert pop.context is None
    assert pop.case is None
    shown = pop.model_dump_json()
    assert "Gray" not in shown
    assert "disability" not in shown


def test_several_people_behind_one_number_show_no_record(
    connector: Connector, receipt: Receipt, clock: Clock
) -> None:
    spouse = {"icn": "1000000001V100001", "first_name": "Ana", "last_name": "Gray", "phone": JESSE}
    connector.hand_off(tap(clock, veteran=spouse))
    pop = connector.screen_pop(IncomingCall("c-1", JESSE, attestation="A"))
    assert (pop.assurance.level, pop.handoff_ref, pop.binding.candidates) == (0, None, 2)
    assert "no record is shown" in pop.assurance.reasons[0]


def test_one_call_is_one_person_whatever_it_dials_next(connector: Connector, clock: Clock, code: str) -> None:
    other = {
        "icn": "1000000001V100001",
        "first_name": "Morgan",
        "last_name": "Reyes",
        "phone": "+13045550117",
    }
    another = connector.hand_off(tap(clock, veteran=other)).dial.code
    for digits in (code, another, None):
        pop = connector.screen_pop(IncomingCall("c-1", JESSE, digits=digits))
        assert pop.caller
        assert pop.caller.display == "Jesse Gray"


def test_one_person_on_two_screens_is_one_candidate(
    connector: Connector, receipt: Receipt, clock: Clock
) -> None:
    connector.hand_off(tap(clock, claim=None, screen="ClaimsList"))
    assert connector.screen_pop(IncomingCall("c-1", JESSE)).binding.candidates == 1


def test_two_taps_of_one_person_are_one_candidate(
    connector: Connector, receipt: Receipt, clock: Clock
) -> None:
    clock.forward(minutes=1)
    connector.hand_off(tap(clock))
    assert connector.screen_pop(IncomingCall("c-1", JESSE)).binding.candidates == 1


@pytest.mark.parametrize("number", ["anonymous", "Restricted", "7378742833", "266696687", "0000000000", "+0"])
def test_a_blocked_number_is_seen_before_it_is_parsed(
    connector: Connector, receipt: Receipt, number: str
) -> None:
    pop = connector.screen_pop(IncomingCall("c-1", number))
    assert (pop.assurance.level, pop.assurance.caller_number) == (0, "blocked")
    assert any("blocked or missing" in warning for warning in pop.warnings)


def test_a_call_that_nobody_announced_is_an_ordinary_call(connector: Connector) -> None:
    pop = connector.screen_pop(IncomingCall("c-1", "+12025550199"))
    assert (pop.handoff_ref, pop.context, pop.assurance.level) == (None, None, 0)
    assert pop.opening_question == "Thank you for calling. How can I help you today?"


def test_a_relay_call_is_not_matched_by_number(connector: Connector, clock: Clock) -> None:
    receipt = connector.hand_off(tap(clock, tty=True))
    assert receipt.dial.link == "tel:+18008271000"
    assert receipt.dial.tty == "tel:711"
    pop = connector.screen_pop(IncomingCall("c-1", JESSE, digits=receipt.dial.code))
    assert pop.assurance.level == 3
    assert pop.context and pop.context.accessibility == ("TTY or relay",)


def test_without_consent_the_pop_knows_the_number_called_and_no_more(
    connector: Connector, clock: Clock
) -> None:
    connector.hand_off(tap(clock, consent=None))
    assert connector.screen_pop(IncomingCall("c-1", JESSE)).handoff_ref is None


def test_codes_can_be_switched_off(settings: Settings, clock: Clock) -> None:
    with connect(settings.model_copy(update={"dial_codes": False}), clock) as connector:
        dial = connector.hand_off(tap(clock)).dial
    assert (dial.link, dial.code, dial.code_spoken) == ("tel:+18008271000", None, None)


def test_a_pop_needs_no_call_to_salesforce(connector: Connector, org: Embedded, code: str) -> None:
    before = org.api_calls
    connector.screen_pop(IncomingCall("c-1", JESSE, digits=code))
    assert org.api_calls == before


def appeal(status: str) -> dict[str, Any]:
    attributes = {"active": True, "status": {"type": status, "details": {}}, "events": []}
    return {"id": "SC0001", "type": "supplementalClaim", "attributes": attributes}


def test_after_a_death_the_greeting_is_neutral(connector: Connector, clock: Clock) -> None:
    payload = tap(clock, claim=None, appeal=appeal("death"), screen="AppealDetailsScreen")
    code = connector.hand_off(payload).dial.code
    pop = connector.screen_pop(IncomingCall("c-1", JESSE, digits=code))
    assert pop.opening_question == "Thank you for calling. How can I help you today?"
    assert any("deceased" in warning for warning in pop.warnings)
    assert pop.caller
    assert pop.caller.display is None


def test_an_unknown_status_is_shown_as_such(connector: Connector, clock: Clock) -> None:
    payload = tap(clock, claim=None, appeal=appeal("brand_new"), screen="AppealDetailsScreen")
    code = connector.hand_off(payload).dial.code
    pop = connector.screen_pop(IncomingCall("c-1", JESSE, digits=code))
    assert pop.context and pop.context.appeal
    assert pop.context.appeal.status_words == "unknown (brand_new)"
