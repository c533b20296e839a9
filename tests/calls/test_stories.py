"""The stories of the agent, 1 to 25, each with the very text that the agent reads.

Some are told elsewhere too: 6, 8, 9, 10 and 16 in tests/flow/test_screen_pop.py, 6, 8, 9 and 22 in
tests/flow/test_binding.py, 11 in test_numbers.py, 12 and 13 in test_dial.py, 9 and 14 in
tests/flow/test_hand_off.py, 24 in tests/flow/test_follow_ups.py.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from sf_handoff import Connector, IncomingCall, NotKept
from sf_handoff.calls.binding import CodeFound
from sf_handoff.calls.cautions import suggests_crisis
from sf_handoff.calls.handoff import Handoff
from sf_handoff.calls.numbers import caller
from sf_handoff.calls.pop import ScreenPop
from sf_handoff.calls.samples import sample_handoff
from sf_handoff.calls.shapes.connect import connect
from sf_handoff.calls.shapes.headline import headline, who
from sf_handoff.calls.shapes.page import page
from sf_handoff.calls.shapes.text import text
from sf_handoff.embedded import Embedded
from sf_handoff.errors import InvalidHandoff
from sf_handoff.mapping import MappingSet, bundled
from tests.calls.pops import JESSE, NOW, POPS, appeal, claim, errors, phase, pop, words
from tests.conftest import Clock

ADDRESS = (
    "A change of address or direct deposit needs the full identification protocol, whatever this page shows."
)
THIRD_PARTY = (
    "Someone else on the line (a relative, a representative, a fiduciary, a survivor)? Disclose nothing until their "
    "authority is confirmed, and mark the call as third party."
)
NEUTRAL = "Thank you for calling. How can I help you today?"
INCOMPLETE = "Not everything had loaded in the app (appeals). What the Veteran saw may have been incomplete."
UNVERIFIED = "Unverified: the app did not prove who this is. Run the full identification protocol."
BLOCKED = "The caller's number is blocked or missing. Offer a callback before any change of record."
NOT_CHECKED = "Could not check who is calling. This does not mean that there is no record: use your full identification protocol."
TTY = "TTY or relay caller: the number is the relay's. Allow more time, and speak to the caller."
CRISIS = (
    "Crisis: something that the app showed points to danger. If the caller may be in danger, stay on the line and "
    "transfer them warmly to the Veterans Crisis Line: 988, then press 1."
)
MERGED = (
    "The claim is closed and no decision letter was sent. It may have been merged into another open claim: look for "
    "that one. The Veteran need not have done anything."
)
UNSEEN = (
    "The app showed no claim, or one without an id. VA may hold one that the app does not show: look it up before "
    "you say that there is none."
)


def own_warnings(found: ScreenPop) -> tuple[str, ...]:
    """What is said about this call, without what is said about all."""
    assert found.warnings[-2:] == (ADDRESS, THIRD_PARTY)
    return found.warnings[:-2]


def test_story_01_who_which_screen_which_claim_what_heading_when_and_one_question() -> None:
    """1. As an agent I see who, which screen, which claim, what heading, when, and one suggested opening question."""
    first = headline(pop())
    assert first.who == "Jesse Gray"
    assert first.saw == "Claim status. Claim for disability compensation. Step 3 of 8: Evidence gathering."
    assert first.when == (
        "The status is from November 8, 2026, seen in the app on November 20, 2026 at 10:03 a.m. ET. The agent's "
        "system may not be newer."
    )
    assert first.ask == (
        "I see that you looked at your claim for disability compensation in the app: it was filed on August 18, 2026 "
        "and at step 3 of 8, Evidence gathering. Is that why you are calling?"
    )
    assert first.ask.count("?") == 1


def test_story_02_the_level_and_the_provider_not_a_bare_verified() -> None:
    """2. I see the verification level and provider, not a bare "verified"; LOA1 is "unverified"."""
    html = page(pop())
    assert "Match level 4 of 5" in html
    assert "<dt>Signed in with</dt><dd>Login.gov</dd>" in html
    assert "<dd>IAL 2, AAL 2; not of this call</dd>" in html
    assert "verified_in_app" not in html
    unverified = POPS["unverified"]()
    assert unverified.assurance.identity == "unverified"
    assert own_warnings(unverified) == (UNVERIFIED,)
    assert who(unverified) == "App user, not verified"
    assert "<dt>App identity</dt><dd>not proved</dd>" in page(unverified)
    assert "Jesse" not in page(unverified)


@pytest.mark.parametrize("number", ["Restricted", "anonymous", "0000000000", "", None])
def test_story_03_the_full_protocol_for_changes_and_blocked_numbers(number: str | None) -> None:
    """3. Address or direct-deposit changes need the full protocol; blocked, restricted, zeros, missing: warned."""
    found = pop(call=IncomingCall("c-1", number, digits="123456786"))
    assert own_warnings(found) == (INCOMPLETE, BLOCKED)
    assert found.assurance.blocked_actions == ("change of address", "change of direct deposit")


@pytest.mark.parametrize("name", POPS)
def test_story_03_and_04_on_every_pop(name: str) -> None:
    """3 and 4. At every level, also where nothing is known."""
    assert POPS[name]().warnings[-2:] == (ADDRESS, THIRD_PARTY)


def test_story_04_third_parties_are_told_nothing() -> None:
    """4. The caller is not the Veteran: I can mark "third party", and nothing is disclosed until then."""
    assert THIRD_PARTY in pop().warnings
    outcome = next(field for field in bundled().case.fields if field.api_name == "Handoff_Outcome__c")
    assert "third_party" in getattr(outcome, "values", ())


def test_story_05_a_death_has_a_neutral_greeting_and_no_name() -> None:
    """5. Appeal status `death`: neutral greeting, no Veteran name, survivor script."""
    found = POPS["death"]()
    assert found.opening_question == NEUTRAL
    assert own_warnings(found)[0] == (
        "The appellant is recorded as deceased. The caller may be a survivor: greet without a name."
    )
    assert who(found) == "Caller, name not shown"
    for shown in (text(found), page(found), str(connect(found)), found.model_dump_json()):
        assert "Jesse" not in shown
        assert "Gray" not in shown


def test_story_06_several_matches_show_nobody() -> None:
    """6. Two Veterans share a phone: "multiple matches", never the first hit."""
    found = POPS["several"]()
    assert own_warnings(found) == (
        "Multiple matches: 2 people tapped to call from this number. Confirm who is calling; no record is shown.",
    )
    assert (found.caller, found.context, found.case, found.handoff_ref) == (None, None, None, None)
    assert found.opening_question == "Are you calling about something that you saw in the VA mobile app?"


class Away:
    """A store whose every method says that it did not answer."""

    def __getattr__(self, name: str) -> Any:
        def fails(*given: Any, **more: Any) -> Any:
            raise NotKept("STORE: the database did not answer.", code="STORE")

        return fails


@pytest.fixture
def without_store(mappings: MappingSet, clock: Clock) -> Connector:
    away: Any = Away()
    return Connector(salesforce=away, store=away, mappings=mappings, clock=clock)


def test_story_07_could_not_check_is_not_no_record(without_store: Connector) -> None:
    """7. Identity service down: "could not check", different from "no record"."""
    found = without_store.screen_pop(IncomingCall("c-1", JESSE, digits="123456786", attestation="A"))
    assert found.assurance.words == NOT_CHECKED
    assert found.assurance.reasons == ("our records could not be reached",)
    assert (found.assurance.level, found.assurance.caller_number, found.assurance.attestation) == (
        0,
        "given",
        "A",
    )
    assert found.binding.tried == ()
    assert found.notes == ("could not check: the store did not answer; ask again with the same call key",)
    assert found.opening_question == NEUTRAL
    assert NOT_CHECKED in page(found)
    no_record = POPS["no-match"]()
    assert no_record.assurance.words == "Not identified: use your full identification protocol."
    assert no_record.notes == ()


def test_story_07_after_the_store_is_back_the_same_call_is_answered(
    connector: Connector, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """7. What could not be checked can be checked later: the code was not spent by asking."""
    receipt = connector.hand_off(sample_handoff(at=clock.now))
    call = IncomingCall("c-1", JESSE, digits=receipt.dial.code)
    with monkeypatch.context() as gone:
        gone.setattr(connector._answering, "_store", Away())
        assert connector.screen_pop(call).assurance.words == NOT_CHECKED
    assert connector.screen_pop(call).assurance.level == 4


def test_story_08_a_late_call_is_offered_and_not_opened() -> None:
    """8. Twenty minutes later: the context has expired and is offered as a possible match."""
    found = POPS["late"]()
    assert own_warnings(found) == ("Possible match only: the call came after the app's code had expired.",)
    assert who(found) == "Possible match, not opened"
    assert (found.caller, found.context) == (None, None)
    assert found.case is not None
    assert found.opening_question == "Are you calling about something that you saw in the VA mobile app?"


def test_story_08_a_late_call_without_a_code_is_offered_too(connector: Connector, clock: Clock) -> None:
    """8. The same from the number on file: a number can be forged, so there is no Case to open."""
    receipt = connector.hand_off(sample_handoff(at=clock.now))
    clock.forward(minutes=20)
    found = connector.screen_pop(IncomingCall("c-1", JESSE, attestation="A"))
    assert own_warnings(found) == (
        "Possible match only: someone with this number tapped earlier, and the time for it was over.",
    )
    assert found.assurance.reasons == (
        "one tap of the last 24 hours fits this number, and its time was over",
        "offered as a possible match; it does not open by itself",
    )
    assert who(found) == "Possible match, not opened"
    assert (found.handoff_ref, found.assurance.level) == (receipt.handoff_id, 0)
    assert (found.caller, found.context, found.case) == (None, None, None)


def test_story_08_from_another_phone_the_code_still_opens(connector: Connector, clock: Clock) -> None:
    """8. Or from another phone: the code says which tap it was, the number does not confirm it."""
    receipt = connector.hand_off(sample_handoff(at=clock.now))
    found = connector.screen_pop(IncomingCall("c-1", "+12025550199", digits=receipt.dial.code))
    assert found.assurance.level == 3
    assert found.assurance.words == (
        "Called with a code from the app. The number or the sign-in does not confirm it: see the reasons."
    )
    assert found.assurance.reasons[:2] == ("a valid code was dialled", "the caller's number is another one")


def test_story_09_a_redial_opens_nothing_again_and_makes_no_case(
    connector: Connector, org: Embedded, clock: Clock
) -> None:
    """9. The phone dials the used code from its history: it is worthless, the number offers the tap."""
    receipt = connector.hand_off(sample_handoff(at=clock.now))
    for call_key in ("c-1", "c-2"):
        found = connector.screen_pop(IncomingCall(call_key, JESSE, digits=receipt.dial.code, attestation="A"))
    assert found.assurance.reasons == (
        "the dialled code was used by another call",
        "the caller's number is the one on file: it may be a redial",
        "one recent tap fits this number",
        "the carrier vouches for it (A)",
    )
    assert (found.assurance.level, found.handoff_ref) == (2, receipt.handoff_id)
    assert (found.caller, found.context, found.case) == (None, None, None)
    assert found.opening_question == "Are you calling about something that you saw in the VA mobile app?"
    assert len(org.records("Case")) == 1


def test_story_10_a_relay_call_is_shown_as_one() -> None:
    """10. 711 relay: the number is the relay's, so no number matching; show "TTY/relay caller"."""
    found = POPS["tty"]()
    assert found.assurance.level == 3
    assert TTY in own_warnings(found)
    assert found.context and found.context.accessibility == ("TTY or relay",)
    assert "<dt>Accessibility</dt><dd>TTY or relay</dd>" in page(found)


def test_story_11_an_odd_number_is_kept_as_given() -> None:
    """11. International, extension or alphanumeric numbers are kept as given, and never rejected."""
    given = "+44 20 7946 0018 ext. 5 (work)"
    found = pop(veteran={"first_name": "Jesse", "last_name": "Gray", "phone": given})
    assert found.caller and found.caller.phone == given
    assert caller("1-800-FLOWERS").e164 == "+18003569377"


def test_story_12_after_hours_nothing_is_promised() -> None:
    """12. After hours: no promise of a live agent."""
    found = pop(at=NOW + timedelta(hours=14))
    assert found.routing and found.routing.open_now is False
    assert "<dt>Line is open</dt><dd>no, closed now</dd>" in page(found)


def test_story_13_a_tap_on_an_error_screen_keeps_its_number(connector: Connector, clock: Clock) -> None:
    """13. From an error screen the call goes to MyVA411; keep the real target number."""
    receipt = connector.hand_off(sample_handoff(at=clock.now, screen="CallHelpCenter", dialed="800-698-2411"))
    assert (receipt.dial.number, receipt.dial.link) == ("+18006982411", "tel:+18006982411")
    assert receipt.dial.label == "Call MyVA411 main information line, 800-698-2411"


@pytest.mark.parametrize(
    "told",
    [
        "Message not sent: I want to die",
        "SUICIDE prevention page could not load",
        "Draft lost: thinking of killing myself",
        "draft lost: self-harm",
        "Veterans Crisis\u00a0Line could not be opened",
    ],
)
def test_story_14_signs_of_a_crisis_remind_of_the_warm_transfer(told: str) -> None:
    """14. If app text suggests crisis, show the warm-transfer reminder, before all else."""
    found = pop(**errors(told))
    assert found.warnings[0] == CRISIS
    assert page(found).index("988, then press 1") < page(found).index(INCOMPLETE)


def test_story_14_so_does_having_opened_the_crisis_line_screen() -> None:
    """14. What the Veteran had opened counts, and is not itself shown."""
    found = pop(recent=[{"at": None, "screen": "VeteransCrisisLine", "event": "opened"}])
    assert found.warnings[0] == CRISIS
    assert "VeteransCrisisLine" not in page(found) + found.model_dump_json()


@pytest.mark.parametrize(
    "told", ["Appeal status is unavailable", "An overdosed retry", "Skill myself up", ""]
)
def test_story_14_other_texts_do_not(told: str) -> None:
    """14. A reminder on every call would be read on none."""
    assert CRISIS not in pop(**errors(told)).warnings


def test_story_14_a_doubtful_match_gives_no_sign_away() -> None:
    """14. The sign belongs to the Veteran, and who is calling is not known there."""
    found = pop(code=CodeFound.LATE, **errors("I want to die"))
    assert CRISIS not in found.warnings


def test_story_14_the_words_are_the_maps() -> None:
    """14. A deployment says which words."""
    kept = Handoff.parse(sample_handoff(at=NOW, **errors("Everything is dark")))
    assert suggests_crisis(kept, ("everything is dark",))
    assert not suggests_crisis(kept, bundled().pop.crisis_words)


@pytest.mark.parametrize("dialed", ["988", "838255", "1-800-273-8255", "tel:988"])
def test_story_14_a_tap_on_the_crisis_line_is_left_alone(
    connector: Connector, clock: Clock, dialed: str
) -> None:
    """14. A tap on 988 is never delayed, blocked or turned into a work ticket."""
    with pytest.raises(InvalidHandoff, match="Let the call go ahead"):
        connector.hand_off(sample_handoff(at=clock.now, dialed=dialed))
    assert connector.outbox() == []


def test_story_15_code_step_heading_and_the_agents_own_words() -> None:
    """15. The agent sees code, step and heading; VBMS words beside them if known."""
    html = page(POPS["policy"]())
    for row in (
        "<dt>Heading they saw</dt><dd>Evidence gathering</dd>",
        "<dt>Step</dt><dd>3 of 8</dd>",
        "<dt>Phase code</dt><dd>GATHERING_<wbr>OF_<wbr>EVIDENCE</dd>",
        "<dt>In your system</dt><dd>Open</dd>",
    ):
        assert row in html
    assert "In your system" not in page(pop())


@pytest.mark.parametrize(
    ("changes", "shown"),
    [
        ({"claim": claim(claimPhaseDates=phase("BRAND_NEW"))}, "unknown (BRAND_NEW)"),
        (appeal("brand_new"), "unknown (brand_new)"),
    ],
)
def test_story_16_an_unknown_code_is_shown_as_such(changes: dict[str, Any], shown: str) -> None:
    """16. Unknown phase or status code renders as "unknown (CODE)" and is flagged, never crashes."""
    found = pop(**changes)
    assert own_warnings(found)[0] == (
        f"The app showed a status that we do not know, {shown}. Look it up before you explain it."
    )
    assert shown in page(found)


def test_story_17_a_claim_that_moved_back_is_explained() -> None:
    """17. Claim moved backward: the pop explains."""
    assert own_warnings(POPS["moved-back"]())[0] == (
        "The claim moved back a step; the Veteran may have seen it further along before."
    )


def test_story_17_a_claim_that_was_merged_and_closed_is_explained() -> None:
    """17. Merged into another and closed: the pop explains."""
    closed = {"status": "COMPLETE", "closeDate": "2026-11-17", "claimPhaseDates": phase("COMPLETE")}
    merged = pop(claim=claim(**closed, decisionLetterSent=False))
    assert own_warnings(merged) == (MERGED, INCOMPLETE)
    assert MERGED not in pop(claim=claim(**closed, decisionLetterSent=True)).warnings
    assert MERGED not in pop().warnings


def test_story_17_a_merged_appeal_is_explained() -> None:
    """17. The same for appeals."""
    assert own_warnings(POPS["merged-appeal"]())[0] == (
        "This appeal was merged with another. Look up that one before you explain it."
    )


@pytest.mark.parametrize("code", ["960CRRC", "290LGYBDD", "130YR100PMC"])
def test_story_18_hidden_codes_are_in_no_text(code: str) -> None:
    """18. Hidden EP codes are suppressed from any text that the Veteran or the agent's opening would say."""
    found = pop(claim=claim(claimTypeCode=code, displayTitle="Correction of a rating"))
    assert found.opening_question.startswith("I see that you looked at your claim in the app: ")
    assert own_warnings(found)[0] == (
        "VA does not show this type of claim to Veterans: call it “your claim”, and do not name the type."
    )
    for shown in (page(found), text(found), str(connect(found)), found.model_dump_json()):
        assert code not in shown
        assert "Correction" not in shown


def test_story_19_what_failed_and_what_the_veteran_saw() -> None:
    """19. Claims loaded but appeals failed: partial failure, and the message the Veteran saw."""
    found = pop()
    assert own_warnings(found) == (INCOMPLETE,)
    assert "Did not load: appeals." in page(found)
    assert "“Appeal status is unavailable”, appeals MOBL_502, November 20, 2026 at 10:02 a.m. ET" in page(
        found
    )


def test_story_19_the_other_way_round() -> None:
    """19. Or the reverse, or both; a long list stays short."""
    seen = [
        {"at": None, "service": name, "code": None, "text": None} for name in ("claims", "b", "c", "d", "e")
    ]
    found = pop(**{**appeal("on_docket"), "errors": seen})
    assert own_warnings(found)[0] == (
        "Not everything had loaded in the app (claims, b, c and 2 more). What the Veteran saw may have been incomplete."
    )
    unnamed = pop(errors=[{"at": None, "service": None, "code": None, "text": "Sorry"}])
    assert own_warnings(unnamed) == (
        "The app showed an error. What the Veteran saw may have been incomplete.",
    )


@pytest.mark.parametrize(
    "changes",
    [{"claim": None, "screen": "NoClaimsAndAppealsAccess"}, {"claim": {**claim()["data"], "id": None}}],
)
def test_story_20_a_claim_that_the_veteran_cannot_see(changes: dict[str, Any]) -> None:
    """20. Claim id null, or invisible to the Veteran but not to VBA: tagged "visibility mismatch"."""
    found = pop(**changes, errors=[])
    assert own_warnings(found) == (UNSEEN,)
    assert found.notes == ("visibility mismatch: the app showed no claim, or one without an id",)


def test_story_20_a_list_of_claims_is_no_mismatch() -> None:
    """20. A screen that is about no single claim is not tagged."""
    assert pop(claim=None, screen="ClaimsList").notes == ()


def test_story_21_the_age_of_the_data() -> None:
    """21. The pop prints data date and observed time, and that the agent's system may not be newer."""
    html = page(pop())
    assert "<dt>Status from</dt><dd>November 8, 2026</dd>" in html
    assert "<dt>Seen in the app</dt><dd>November 20, 2026 at 10:03 a.m. ET</dd>" in html
    assert html.count("may not be newer") == 2


def test_story_22_the_same_reference_number_during_a_transfer(connector: Connector, clock: Clock) -> None:
    """22. Agents in different centers see the same reference number: same call key, and with the contact."""
    receipt = connector.hand_off(sample_handoff(at=clock.now))
    call = IncomingCall("c-1", JESSE, digits=receipt.dial.code)
    first, second = connector.screen_pop(call), connector.screen_pop(IncomingCall("c-1", JESSE))
    assert receipt.case_number
    for shown in (text(first), page(first), text(second), page(second), str(connect(second))):
        assert receipt.case_number in shown


def test_story_22_a_leg_with_a_key_of_its_own_has_the_same_reference_number(
    connector: Connector, clock: Clock
) -> None:
    """22. The transferred leg names its parent, and comes from the first agent's number."""
    receipt = connector.hand_off(sample_handoff(at=clock.now))
    first = connector.screen_pop(IncomingCall("c-1", JESSE, digits=receipt.dial.code))
    clock.forward(minutes=30)
    leg = connector.screen_pop(IncomingCall("c-2", "+12025550199", parent_call_key="c-1"))
    assert (leg.handoff_ref, leg.case, leg.caller) == (first.handoff_ref, first.case, first.caller)
    assert leg.context == first.context
    assert leg.assurance.level == 4
    assert leg.assurance.reasons == (
        *first.assurance.reasons,
        "a transferred call: this is the answer that it had before",
    )
    for shown in (text(leg), page(leg), str(connect(leg))):
        assert receipt.case_number and receipt.case_number in shown


@pytest.mark.parametrize("name", POPS)
def test_story_23_plain_and_short(name: str) -> None:
    """23. Pop text is plain and short; no script is forced on anyone."""
    found = POPS[name]()
    said = (found.opening_question, *found.warnings, found.assurance.words)
    if name != "hostile":
        assert max(map(len, said)) <= 220
        assert max(len(sentence.split()) for text_ in said for sentence in text_.split(". ")) <= 30
    assert len(found.warnings) <= 7
    assert found.opening_question.count("?") == (found.opening_question.rstrip()[-1] == "?")


def test_story_25_what_an_old_app_did_not_send_is_labelled() -> None:
    """25. Old app builds without handoff fields still work; missing metadata is labelled, not guessed."""
    found = POPS["old-app"]()
    assert found.notes == ("not sent by this version of the app: observed_at, app",)
    html = page(found)
    for row in (
        "<dt>Seen in the app</dt><dd>not sent by the app</dd>",
        "<dt>Signed in with</dt><dd>not sent by the app</dd>",
        "<dt>App</dt><dd>not sent by the app</dd>",
    ):
        assert row in html


def test_a_stranger_with_a_code_learns_nothing_from_the_question() -> None:
    """Below level 4 the question names no claim: who is calling has yet to be verified."""
    assert POPS["level-three"]().opening_question == (
        "I see that you looked at a claim in the app. Is that why you are calling?"
    )
    other = IncomingCall("c-1", "+12025550199", digits="123456786")
    assert pop(call=other, **appeal("on_docket")).opening_question == (
        "I see that you looked at an appeal in the app. Is that why you are calling?"
    )


def test_what_need_not_be_asked_is_the_policys() -> None:
    """Empty until a deployment's policy map fills it, and by level."""
    assert pop().assurance.do_not_ask == ()
    policy = words(do_not_ask={4: ("date of birth",)})
    assert pop(says=policy).assurance.do_not_ask == ("date of birth",)
    assert pop(says=policy, call=IncomingCall("c-1", None, digits="123456786")).assurance.do_not_ask == ()
