"""How a call is matched to a tap, method by method, on a real store; each answer with its reasons."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import jwt
import pytest
from sqlalchemy import event, select, text

from sf_handoff import Connector, IncomingCall, Misconfigured
from sf_handoff.adapters.assembly import connect, open_salesforce, open_store
from sf_handoff.adapters.settings import Settings
from sf_handoff.adapters.store import SqlStore
from sf_handoff.adapters.tables import events, tokens
from sf_handoff.adapters.tokens import token_keys
from sf_handoff.calls.breakers import MOST_OF_ALL, MOST_OF_ONE
from sf_handoff.calls.codes import damm
from sf_handoff.calls.evidence import Asked, Finding, Lookups
from sf_handoff.calls.methods import DialledCode, InAppCall, KnownCaller, PooledNumber
from sf_handoff.calls.pop import ScreenPop
from sf_handoff.calls.samples import sample_handoff
from sf_handoff.calls.shapes.headline import who
from sf_handoff.calls.signed import Parties
from sf_handoff.mapping import MappingSet
from tests.conftest import Clock
from tests.signing import AUDIENCE, ISSUER, Signer

JESSE, STRANGER = "+15035550142", "+12025550199"
BENEFITS, POOL = "+18008271000", ("+18005550101", "+18005550102")
SIGNER = Signer()
ANA = {"icn": "1000000001V100001", "first_name": "Ana", "last_name": "Gray", "phone": JESSE}
MORGAN = {
    "icn": "1000000002V100002",
    "first_name": "Morgan",
    "last_name": "Reyes",
    "phone": "+13045550117",
}


def tap(clock: Clock, **changes: Any) -> dict[str, Any]:
    return sample_handoff(at=clock.now, handoff_id=str(uuid.uuid4()), **changes)


def pooled(mappings: MappingSet, pool: tuple[str, ...] = POOL, **more: Any) -> MappingSet:
    lines = tuple(
        replace(line, pool=pool) if line.number == BENEFITS else line for line in mappings.ramps.lines
    )
    return replace(mappings, ramps=replace(mappings.ramps, lines=lines), **more)


@pytest.fixture
def store(settings: Settings, clock: Clock) -> Iterator[SqlStore]:
    opened = open_store(settings, clock)
    yield opened
    opened.close()


def with_maps(settings: Settings, store: SqlStore, maps: MappingSet, clock: Clock) -> Connector:
    keys = token_keys(SIGNER.keys, Parties(ISSUER, AUDIENCE))
    return Connector(
        salesforce=open_salesforce(settings),
        store=store,
        mappings=maps,
        clock=clock,
        sleep=lambda seconds: None,
        codes=True,
        tokens=keys,
        send_after_pop=False,
    )


@pytest.fixture
def connector(settings: Settings, store: SqlStore, mappings: MappingSet, clock: Clock) -> Connector:
    return with_maps(settings, store, pooled(mappings, ()), clock)


@pytest.fixture
def with_pool(settings: Settings, store: SqlStore, mappings: MappingSet, clock: Clock) -> Connector:
    return with_maps(settings, store, pooled(mappings), clock)


def noted(store: SqlStore, kind: str) -> list[tuple[str | None, str]]:
    query = select(events.c.handoff_id, events.c.detail).where(events.c.kind == kind).order_by(events.c.id)
    with store._transaction() as tx:
        return [(handoff_id, detail) for handoff_id, detail in tx.execute(query)]


def code_of(number: int) -> str:
    return f"{number:08d}{damm(f'{number:08d}')}"


def nothing_shown(pop: ScreenPop) -> bool:
    return (pop.caller, pop.context, pop.case) == (None, None, None)


# Calls from inside the app


def token(clock: Clock, handoff_id: str, *, leave_out: str = "", typ: str = "handoff-call+jwt", **changes: Any) -> str:  # fmt: skip
    now = int(clock.now.timestamp())
    said = {"iss": ISSUER, "aud": AUDIENCE, "sub": handoff_id, "iat": now, "nbf": now, "exp": now + 120, "jti": str(uuid.uuid4())}  # fmt: skip
    said |= changes
    said.pop(leave_out, None)
    return jwt.encode(said, SIGNER.private, "ES256", {"typ": typ, "kid": "app-1"})


def test_a_call_from_inside_the_app_is_level_five(connector: Connector, clock: Clock) -> None:
    receipt = connector.hand_off(tap(clock))
    call = IncomingCall("c-1", None, token=token(clock, receipt.handoff_id.upper()))
    pop = connector.screen_pop(call)
    assert (pop.assurance.level, pop.binding.matched_by) == (5, "in_app_call")
    assert pop.binding.tried == ("in_app_call",)
    assert pop.assurance.words == "Called from inside the signed-in app."
    assert pop.assurance.reasons == (
        "called from inside the app, with a signed token",
        "the app session had a second factor and was fresh",
    )
    assert pop.caller and pop.caller.display == "Jesse Gray"
    clock.forward(hours=1)
    again = connector.screen_pop(call)
    assert again.model_copy(update={"issued_at": pop.issued_at}) == pop


def test_a_call_token_is_good_for_one_call(connector: Connector, store: SqlStore, clock: Clock) -> None:
    receipt = connector.hand_off(tap(clock))
    signed = token(clock, receipt.handoff_id)
    connector.screen_pop(IncomingCall("c-1", token=signed))
    pop = connector.screen_pop(IncomingCall("c-2", token=signed))
    assert pop.assurance.reasons == (
        "the call's token was used by another call",
        "the caller's number is absent",
    )
    assert pop.assurance.level == 0
    assert nothing_shown(pop)
    assert noted(store, "replay") == [(receipt.handoff_id, '{"matched_by": "in_app_call"}')]


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"typ": "handoff+jwt"}, "typ"),
        ({"exp": 1}, "exp, exp"),
        ({"aud": "somebody else"}, "aud"),
        ({"leave_out": "sub"}, "sub"),
        ({"sub": "1; DROP TABLE"}, "sub"),
        ({"leave_out": "jti"}, "jti"),
    ],
)
def test_a_token_that_is_not_good_opens_nothing(
    connector: Connector, clock: Clock, changes: dict[str, Any], wrong: str
) -> None:
    receipt = connector.hand_off(tap(clock))
    pop = connector.screen_pop(IncomingCall("c-1", token=token(clock, receipt.handoff_id, **changes)))
    assert pop.assurance.reasons[0] == f"the call's token was refused ({wrong})"
    assert (pop.assurance.level, pop.handoff_ref) == (0, None)


def test_a_token_over_is_refused_and_the_code_beside_it_still_opens(
    connector: Connector, clock: Clock
) -> None:
    receipt = connector.hand_off(tap(clock))
    signed = token(clock, receipt.handoff_id)
    clock.forward(minutes=4)
    pop = connector.screen_pop(IncomingCall("c-1", JESSE, digits=receipt.dial.code, token=signed))
    assert (pop.assurance.level, pop.binding.matched_by) == (4, "dialed_code")
    assert pop.assurance.reasons[:2] == ("the call's token was refused (exp)", "a valid code was dialled")


def test_a_token_that_nobody_can_check_opens_nothing(settings: Settings, clock: Clock) -> None:
    with connect(settings, clock, sleep=lambda seconds: None) as connector:
        receipt = connector.hand_off(tap(clock))
        pop = connector.screen_pop(IncomingCall("c-1", token=token(clock, receipt.handoff_id)))
    assert pop.assurance.reasons[0] == "the call's token cannot be checked: there is no TOKEN_KEYS"
    assert pop.assurance.level == 0


def test_a_token_for_what_is_not_kept_opens_nothing(connector: Connector, clock: Clock) -> None:
    pop = connector.screen_pop(IncomingCall("c-1", token=token(clock, str(uuid.uuid4()))))
    assert pop.assurance.reasons[0] == "the call's token names no handoff that is kept"


def test_attributes_without_a_signature_are_shown_and_never_used(connector: Connector, clock: Clock) -> None:
    ref = connector.hand_off(tap(clock)).handoff_id
    pop = connector.screen_pop(IncomingCall("c-1", STRANGER, handoff_ref=ref))
    assert pop.assurance.reasons == (
        f"the call's attributes name the handoff {ref} without a signature: it is not used",
        "no recent tap from this number",
    )
    assert (pop.handoff_ref, pop.assurance.level, pop.binding.candidates) == (None, 0, 0)
    assert nothing_shown(pop)
    odd = connector.screen_pop(IncomingCall("c-2", STRANGER, handoff_ref="<b>Jesse</b>"))
    assert odd.assurance.reasons[0] == (
        "the call's attributes name a handoff without a signature: it is not used"
    )


# Codes: replays, tries, breakers


def test_a_replay_is_an_event(connector: Connector, store: SqlStore, clock: Clock) -> None:
    receipt = connector.hand_off(tap(clock))
    connector.screen_pop(IncomingCall("c-1", JESSE, digits=receipt.dial.code))
    for _ in range(2):
        pop = connector.screen_pop(IncomingCall("c-2", STRANGER, digits=receipt.dial.code))
    assert pop.assurance.reasons == (
        "the dialled code was used by another call",
        "no recent tap from this number",
    )
    assert noted(store, "replay") == [
        (receipt.handoff_id, '{"matched_by": "dialed_code", "number_agrees": false}')
    ]


def test_a_fourth_code_in_a_call_is_not_looked_up(connector: Connector, clock: Clock) -> None:
    code = connector.hand_off(tap(clock)).dial.code
    wrong = [code_of(1), code_of(2)[:-1] + "x", code_of(3)]
    for digits in (*wrong, *wrong):
        assert connector.screen_pop(IncomingCall("c-1", STRANGER, digits=digits)).assurance.level == 0
    pop = connector.screen_pop(IncomingCall("c-1", STRANGER, digits=code))
    assert pop.assurance.reasons == (
        "three codes were tried in this call already: this one was not looked up",
        "no recent tap from this number",
    )
    assert nothing_shown(pop)
    assert connector.screen_pop(IncomingCall("c-2", STRANGER, digits=code)).assurance.level == 3


def guess(connector: Connector, times: int, number: str | None) -> None:
    """Codes that nobody has, one a call."""
    for each in range(times):
        connector.screen_pop(IncomingCall(f"guess-{number}-{each}", number, digits=code_of(each)))


HELD = "many wrong codes were dialled lately: a code opens only from the number on file"


def test_after_too_many_guesses_from_a_number_its_codes_are_held(
    connector: Connector, store: SqlStore, clock: Clock
) -> None:
    code = connector.hand_off(tap(clock)).dial.code
    guess(connector, MOST_OF_ONE, STRANGER)
    pop = connector.screen_pop(IncomingCall("c-1", STRANGER, digits=code))
    assert pop.assurance.reasons == (HELD, "no recent tap from this number")
    assert (pop.assurance.level, pop.handoff_ref) == (0, None)
    assert nothing_shown(pop)
    assert noted(store, "breaker_opened") == [(None, '{"breaker": "caller"}')]
    elsewhere = connector.screen_pop(IncomingCall("c-2", "+13045550117", digits=code))
    assert elsewhere.assurance.level == 3, "it was not spent, and other numbers are not held"


def test_after_too_many_guesses_in_all_codes_open_from_the_number_on_file_only(
    connector: Connector, store: SqlStore, clock: Clock
) -> None:
    first, second = (connector.hand_off(tap(clock, veteran=person)) for person in (MORGAN, ANA))
    guess(connector, MOST_OF_ALL, None)
    assert noted(store, "breaker_opened") == [(None, '{"breaker": "all"}')]
    held = connector.screen_pop(IncomingCall("c-1", STRANGER, digits=first.dial.code))
    assert held.assurance.reasons[0] == HELD
    assert nothing_shown(held)
    own = connector.screen_pop(IncomingCall("c-2", JESSE, digits=second.dial.code))
    assert own.assurance.level == 4
    clock.forward(minutes=11)
    late = connector.screen_pop(IncomingCall("c-3", STRANGER, digits=first.dial.code))
    assert late.binding.late, "the breaker has closed again"


def test_a_late_code_is_not_offered_while_codes_are_guessed(connector: Connector, clock: Clock) -> None:
    code = connector.hand_off(tap(clock)).dial.code
    clock.forward(minutes=20)
    guess(connector, MOST_OF_ALL, None)
    pop = connector.screen_pop(IncomingCall("c-1", STRANGER, digits=code))
    assert pop.assurance.reasons[0] == HELD
    assert nothing_shown(pop)


def test_mis_keyed_used_and_late_codes_open_no_breaker(
    connector: Connector, store: SqlStore, clock: Clock
) -> None:
    code = connector.hand_off(tap(clock)).dial.code
    assert code
    wrong = code[:-1] + str((int(code[-1]) + 1) % 10)
    for number in range(MOST_OF_ALL):
        connector.screen_pop(IncomingCall(f"w-{number}", STRANGER, digits=wrong))
        connector.screen_pop(IncomingCall(f"u-{number}", STRANGER, digits=code))
    assert noted(store, "breaker_opened") == []


@dataclass(frozen=True)
class Unguarded:
    """Codes without breakers, to see what an attack gets that they stop."""

    name: str = "dialed_code"

    def given(self, asked: Asked) -> bool:
        return True

    def find(self, asked: Asked, lookups: Lookups) -> Finding:
        known = lookups.code(asked.call.digits or "")
        return Finding(("found",), 3, known.handoff_id, 1, opens=True) if known else Finding()


@pytest.mark.parametrize(("method", "least", "most"), [(DialledCode(), 0, 5), (Unguarded(), 40, 60)])
def test_an_attack_on_the_store(
    settings: Settings,
    store: SqlStore,
    mappings: MappingSet,
    clock: Clock,
    method: DialledCode | Unguarded,
    least: int,
    most: int,
) -> None:
    """Five hundred guesses at codes of which one in ten is live, from blocked numbers."""
    event.listen(
        store._engine, "connect", lambda connection, _: connection.execute("PRAGMA synchronous = OFF")
    )
    store._engine.dispose()
    connector = with_maps(settings, store, replace(mappings, methods=(method,)), clock)
    handoff_id = connector.hand_off(tap(clock, tty=True)).handoff_id
    for number in range(0, 1_000, 10):
        store.reserve_code(handoff_id, code_of(number), expires_at=clock.now.replace(hour=23))
    pops = [
        connector.screen_pop(IncomingCall(f"c-{number}", None, digits=code_of(number * 7 % 1_000)))
        for number in range(1, 500)
    ]
    assert least <= sum(pop.context is not None for pop in pops) <= most


# Pools of numbers


def test_a_tap_is_given_a_number_of_its_own(with_pool: Connector, clock: Clock) -> None:
    receipt = with_pool.hand_off(payload := tap(clock))
    assert receipt.dial.link == "tel:+18005550101"
    assert (receipt.dial.number, receipt.dial.display) == ("+18005550101", "800-555-0101")
    assert (receipt.dial.code, receipt.dial.label) == (None, "Call VA benefits hotline, 800-555-0101")
    assert with_pool.hand_off(payload).dial == receipt.dial


def test_an_exhausted_pool_falls_back_to_the_number_with_a_code(with_pool: Connector, clock: Clock) -> None:
    dials = [with_pool.hand_off(tap(clock, veteran=person)).dial for person in (None, ANA, MORGAN)]
    assert [dial.link for dial in dials[:2]] == ["tel:+18005550101", "tel:+18005550102"]
    assert dials[2].code
    assert dials[2].link == f"tel:{BENEFITS},,{dials[2].code}"


def test_from_the_number_on_file_a_pooled_number_opens(with_pool: Connector, clock: Clock) -> None:
    receipt = with_pool.hand_off(tap(clock))
    call = IncomingCall("c-1", JESSE, receipt.dial.number)
    pop = with_pool.screen_pop(call)
    assert (pop.assurance.level, pop.binding.matched_by) == (3, "number_pool")
    assert pop.assurance.reasons == (
        "the number that was called was given to one tap",
        "the caller's number is the one on file",
    )
    assert pop.caller and pop.caller.display == "Jesse Gray"
    assert with_pool.hand_off(tap(clock, veteran=ANA)).dial.number == "+18005550102"
    assert with_pool.hand_off(tap(clock, veteran=MORGAN)).dial.number == "+18005550101", "free again"
    again = with_pool.screen_pop(call)
    assert again == pop


def test_a_stranger_on_a_pooled_number_sees_nobody_and_takes_nothing(
    with_pool: Connector, clock: Clock
) -> None:
    receipt = with_pool.hand_off(tap(clock))
    pop = with_pool.screen_pop(IncomingCall("c-1", STRANGER, receipt.dial.number))
    assert pop.assurance.reasons == (
        "the number that was called waits for someone with another number",
        "no recent tap from this number",
    )
    assert (pop.handoff_ref, pop.assurance.level) == (None, 0)
    assert nothing_shown(pop)
    assert with_pool.screen_pop(IncomingCall("c-2", JESSE, receipt.dial.number)).assurance.level == 3


def test_with_a_blocked_number_a_pooled_number_is_offered(with_pool: Connector, clock: Clock) -> None:
    receipt = with_pool.hand_off(tap(clock))
    pop = with_pool.screen_pop(call := IncomingCall("c-1", "anonymous", receipt.dial.number))
    assert pop.assurance.reasons == (
        "the number that was called was given to one tap",
        "the caller's number is blocked",
        "offered as a possible match; it does not open by itself",
    )
    assert (pop.handoff_ref, pop.assurance.level) == (receipt.handoff_id, 0)
    assert who(pop) == "Possible match, not opened"
    assert pop.warnings[0] == (
        "Possible match only: the number that was called waits for one tap, but anybody can reach it."
    )
    assert nothing_shown(pop)
    assert with_pool.screen_pop(call) == pop


def test_a_pooled_number_whose_tap_is_over_waits_for_nobody(with_pool: Connector, clock: Clock) -> None:
    receipt = with_pool.hand_off(tap(clock))
    clock.forward(minutes=10)
    pop = with_pool.screen_pop(IncomingCall("c-1", None, receipt.dial.number))
    assert pop.assurance.reasons == (
        "the number that was called waits for nobody",
        "the caller's number is absent",
    )


@pytest.mark.parametrize("pool", [("988",), ("+18008271000",), ("+18005550101", "+18005550101"), ("800",)])
def test_a_pool_that_cannot_be_is_refused(mappings: MappingSet, pool: tuple[str, ...]) -> None:
    with pytest.raises(Misconfigured, match="VA benefits hotline"):
        pooled(mappings, pool)


# The caller's number alone


def test_a_late_tap_is_offered_for_a_day(connector: Connector, clock: Clock) -> None:
    receipt = connector.hand_off(tap(clock))
    clock.forward(hours=24)
    pop = connector.screen_pop(IncomingCall("c-1", JESSE))
    assert (pop.handoff_ref, pop.binding.late) == (receipt.handoff_id, True)
    clock.forward(seconds=1)
    assert connector.screen_pop(IncomingCall("c-2", JESSE)).handoff_ref is None


def test_a_live_tap_comes_before_a_late_one_of_another_person(connector: Connector, clock: Clock) -> None:
    connector.hand_off(tap(clock, veteran=ANA))
    clock.forward(minutes=20)
    receipt = connector.hand_off(tap(clock))
    pop = connector.screen_pop(IncomingCall("c-1", JESSE))
    assert (pop.handoff_ref, pop.assurance.level, pop.binding.late) == (receipt.handoff_id, 1, False)


def test_several_late_taps_on_a_shared_phone_show_nobody(connector: Connector, clock: Clock) -> None:
    for person in (ANA, {**MORGAN, "phone": JESSE}):
        connector.hand_off(tap(clock, veteran=person))
    clock.forward(minutes=20)
    pop = connector.screen_pop(IncomingCall("c-1", JESSE, attestation="A"))
    assert pop.assurance.reasons == ("2 recent taps fit this number: no record is shown",)
    assert (pop.handoff_ref, pop.assurance.level, pop.binding.candidates) == (None, 0, 2)


def test_on_a_shared_phone_the_code_says_who_it_is(connector: Connector, clock: Clock) -> None:
    connector.hand_off(tap(clock))
    code = connector.hand_off(tap(clock, veteran=ANA)).dial.code
    pop = connector.screen_pop(IncomingCall("c-1", JESSE, digits=code))
    assert pop.caller and pop.caller.display == "Ana Gray"
    assert (pop.assurance.level, pop.binding.candidates) == (4, 1)


def test_the_same_call_later_is_matched_as_it_was(connector: Connector, clock: Clock) -> None:
    connector.hand_off(tap(clock))
    first = connector.screen_pop(IncomingCall("c-1", JESSE, attestation="A"))
    clock.forward(hours=2)
    again = connector.screen_pop(IncomingCall("c-1", JESSE, attestation="A"))
    assert again.model_copy(update={"issued_at": first.issued_at}) == first


def test_digits_that_come_after_the_first_answer_still_open(connector: Connector, clock: Clock) -> None:
    """The clock stops when the call comes in, not when the digits are through."""
    code = connector.hand_off(tap(clock)).dial.code
    clock.forward(minutes=9, seconds=55)
    assert connector.screen_pop(IncomingCall("c-1", STRANGER)).assurance.level == 0
    clock.forward(seconds=10)
    assert connector.screen_pop(IncomingCall("c-1", STRANGER, digits=code)).assurance.level == 3


# Transfers


def test_a_transferred_leg_spends_nothing(connector: Connector, clock: Clock) -> None:
    connector.screen_pop(IncomingCall("c-1", STRANGER))
    code = connector.hand_off(tap(clock)).dial.code
    leg = connector.screen_pop(IncomingCall("c-2", JESSE, digits=code, parent_call_key="c-1"))
    assert leg.assurance.reasons == (
        "no recent tap from this number",
        "a transferred call: this is the answer that it had before",
    )
    assert leg.handoff_ref is None
    assert connector.screen_pop(IncomingCall("c-3", STRANGER, digits=code)).assurance.level == 3


def test_a_second_transfer_and_a_second_look_give_the_same(connector: Connector, clock: Clock) -> None:
    code = connector.hand_off(tap(clock)).dial.code
    connector.screen_pop(IncomingCall("c-1", JESSE, digits=code))
    leg = connector.screen_pop(IncomingCall("c-2", STRANGER, parent_call_key="c-1"))
    for call in (
        IncomingCall("c-3", None, parent_call_key="c-2"),
        IncomingCall("c-2", None),
        IncomingCall("c-2", parent_call_key="c-2"),
    ):
        again = connector.screen_pop(call)
        assert again.model_copy(update={"call_key": leg.call_key}) == leg


def test_an_unknown_parent_is_as_none(connector: Connector, clock: Clock) -> None:
    code = connector.hand_off(tap(clock)).dial.code
    pop = connector.screen_pop(IncomingCall("c-2", JESSE, digits=code, parent_call_key="c-9"))
    assert pop.assurance.level == 4


# What a deployment declares


def test_a_deployment_can_leave_a_method_out(
    settings: Settings, store: SqlStore, mappings: MappingSet, clock: Clock
) -> None:
    methods = (InAppCall(), PooledNumber(), KnownCaller())
    connector = with_maps(settings, store, replace(mappings, methods=methods), clock)
    code = connector.hand_off(tap(clock)).dial.code
    pop = connector.screen_pop(IncomingCall("c-1", JESSE, digits=code))
    assert (pop.binding.tried, pop.binding.matched_by) == (("caller_number",), "caller_number")
    assert nothing_shown(pop)


@dataclass(frozen=True)
class Spoken:
    """A method of one's own: an id that the agent typed in, as digits."""

    name: str = "spoken_pin"

    def given(self, asked: Asked) -> bool:
        return asked.call.digits == "pin"

    def find(self, asked: Asked, lookups: Lookups) -> Finding:
        taps = lookups.taps(JESSE) if self.given(asked) else ()
        return (
            Finding(("a PIN was typed in",), 3, taps[0].candidate.handoff_id, 1, opens=True)
            if taps
            else Finding()
        )


def test_a_deployment_can_add_a_method_and_order_them(
    settings: Settings, store: SqlStore, mappings: MappingSet, clock: Clock
) -> None:
    connector = with_maps(settings, store, replace(mappings, methods=(KnownCaller(), Spoken())), clock)
    connector.hand_off(tap(clock))
    pop = connector.screen_pop(IncomingCall("c-1", JESSE, digits="pin"))
    assert pop.binding.tried == ("caller_number", "spoken_pin")
    assert (pop.binding.matched_by, pop.assurance.level) == ("spoken_pin", 3)
    assert pop.assurance.reasons == ("a PIN was typed in",)


def test_two_methods_of_one_name_are_refused(mappings: MappingSet) -> None:
    with pytest.raises(Misconfigured, match="methods: declared twice: dialed_code"):
        replace(mappings, methods=(DialledCode(), DialledCode()))


# Privacy


def test_no_code_number_or_token_is_logged_or_kept_in_clear(
    connector: Connector, store: SqlStore, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    receipt = connector.hand_off(tap(clock))
    signed = token(clock, receipt.handoff_id)
    with caplog.at_level(logging.DEBUG, logger="sf_handoff"):
        for key in ("c-1", "c-2"):
            connector.screen_pop(IncomingCall(key, STRANGER, digits=receipt.dial.code, token=signed))
        connector.screen_pop(IncomingCall("c-3", STRANGER, digits=code_of(1)))
    with store._transaction() as tx:
        tables = ("calls", "codes", "misses", "events", "tokens", "pool_numbers")
        rows = [row for table in tables for row in tx.execute(text(f"SELECT * FROM {table}"))]
        assert tx.execute(select(tokens)).all()
    for said in (caplog.text, str(rows)):
        for secret in (str(receipt.dial.code), code_of(1), STRANGER, STRANGER[2:], signed):
            assert secret not in said
