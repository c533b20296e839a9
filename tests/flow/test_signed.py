"""Signed handoffs from end to end: verified, kept once, and answered like any other."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from sf_handoff import Connector, InvalidHandoff, Misconfigured
from sf_handoff.adapters.assembly import connect, open_store
from sf_handoff.adapters.settings import Settings
from sf_handoff.adapters.store import SqlStore
from sf_handoff.adapters.tables import tokens
from sf_handoff.embedded import Embedded
from tests.conftest import Clock
from tests.signing import AUDIENCE, ISSUER, Signer, claims

SIGNER = Signer()


@pytest.fixture
def signing(settings: Settings) -> Settings:
    keys = {"token_keys": SIGNER.keys, "token_issuer": ISSUER, "token_audience": AUDIENCE}
    return Settings(**{**settings.model_dump(), **keys})


@pytest.fixture
def connector(signing: Settings, clock: Clock) -> Iterator[Connector]:
    with connect(signing, clock, sleep=lambda seconds: None) as connected:
        yield connected


@pytest.fixture
def store(signing: Settings, clock: Clock) -> Iterator[SqlStore]:
    opened = open_store(signing, clock)
    yield opened
    opened.close()


def used(store: SqlStore) -> int:
    with store._engine.begin() as tx:
        return int(tx.execute(select(func.count()).select_from(tokens)).scalar_one())


def refusal(connector: Connector, token: str) -> InvalidHandoff:
    with pytest.raises(InvalidHandoff) as refused:
        connector.hand_off_signed(token)
    return refused.value


def test_a_signed_handoff_is_handed_off(connector: Connector, org: Embedded, clock: Clock) -> None:
    said = claims(clock.now)
    receipt = connector.hand_off_signed(SIGNER.token(said))
    assert (receipt.status, receipt.handoff_id) == ("delivered", said["handoff"]["handoff_id"])
    assert len(org.records("Case")) == 1
    assert receipt == connector.hand_off(said["handoff"])


def test_the_same_token_twice_is_one_handoff(
    connector: Connector, org: Embedded, clock: Clock, signing: Settings, store: SqlStore
) -> None:
    """X02: on another host, and after a restart, too."""
    token = SIGNER.token(claims(clock.now))
    first = connector.hand_off_signed(token)
    assert connector.hand_off_signed(token.encode()) == first
    with connect(signing, clock) as other:
        assert other.hand_off_signed(token) == first
    assert (len(org.records("Case")), len(connector.outbox()), used(store)) == (1, 1, 1)


def test_eight_threads_with_one_token(
    connector: Connector, org: Embedded, clock: Clock, store: SqlStore
) -> None:
    token = SIGNER.token(claims(clock.now))
    with ThreadPoolExecutor(8) as pool:
        receipts = list(pool.map(connector.hand_off_signed, [token] * 8))
    assert {receipt.handoff_id for receipt in receipts} == {receipts[0].handoff_id}
    assert {receipt.dial.link for receipt in receipts} == {receipts[0].dial.link}
    assert (len(org.records("Case")), len(connector.outbox()), used(store)) == (1, 1, 1)


@pytest.mark.parametrize("change", ["handoff", "exp", "body"])
def test_a_jti_that_another_token_has_used(
    connector: Connector, clock: Clock, store: SqlStore, change: str
) -> None:
    said = claims(clock.now)
    connector.hand_off_signed(SIGNER.token(said))
    other: dict[str, Any] = {
        "handoff": {"handoff": {**said["handoff"], "handoff_id": str(uuid.uuid4())}},
        "body": {"handoff": {**said["handoff"], "screen": "ClaimsList"}},
        "exp": {"exp": said["exp"] + 1},
    }[change]
    error = refusal(connector, SIGNER.token({**said, **other}))
    assert (error.code, [problem.path for problem in error.problems]) == ("REPLAY", ["jti"])
    assert said["jti"] not in str(error)
    assert (len(connector.outbox()), used(store)) == (1, 1)


def test_a_refused_handoff_leaves_its_token_unused(
    connector: Connector, clock: Clock, store: SqlStore
) -> None:
    """Both are kept or neither: the id that another handoff has takes the use of the token back."""
    said = claims(clock.now)
    connector.hand_off_signed(SIGNER.token(said))
    body = {**said["handoff"], "screen": "ClaimsList"}
    assert refusal(connector, SIGNER.token(claims(clock.now, handoff=body))).code == "KEY_CONFLICT"
    assert used(store) == 1


def test_a_handoff_may_come_again_in_a_new_token(connector: Connector, clock: Clock) -> None:
    said = claims(clock.now)
    first = connector.hand_off_signed(SIGNER.token(said))
    again = claims(clock.now, handoff=said["handoff"])
    assert connector.hand_off_signed(SIGNER.token(again)) == first


def test_the_crisis_line_is_refused_signed_or_not(
    connector: Connector, clock: Clock, store: SqlStore
) -> None:
    said = claims(clock.now)
    said["handoff"]["dialed"] = "988"
    assert refusal(connector, SIGNER.token(said)).code == "CRISIS_LINE"
    assert (connector.outbox(), used(store)) == ([], 0)


def test_a_token_that_is_over_is_refused_used_or_not(connector: Connector, clock: Clock) -> None:
    token = SIGNER.token(claims(clock.now))
    connector.hand_off_signed(token)
    clock.forward(seconds=360)
    assert refusal(connector, token).code == "BAD_TOKEN"


def test_used_tokens_are_forgotten_once_they_are_over(
    connector: Connector, clock: Clock, store: SqlStore
) -> None:
    connector.hand_off_signed(SIGNER.token(claims(clock.now)))
    month = timedelta(days=30)
    clock.forward(seconds=359)
    store.purge(delivered=month, parked=month)
    assert used(store) == 1
    clock.forward(seconds=2)
    store.purge(delivered=month, parked=month)
    assert used(store) == 0


def test_the_log_has_the_reason_and_neither_token_nor_claims(
    connector: Connector, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    """X01."""
    token = SIGNER.token(claims(clock.now, aud=["canary"], sub="canary", iss="canary", jti="canary-canary"))
    with caplog.at_level(logging.DEBUG):
        error = refusal(connector, token)
    assert "A signed handoff was refused (BAD_TOKEN): iss: expected" in caplog.text
    assert error.message in caplog.text
    for piece in ("canary", *token.split(".")):
        assert piece not in caplog.text
    assert connector.outbox() == []


def test_without_the_settings_it_says_which(settings: Settings, clock: Clock) -> None:
    with connect(settings, clock) as connected, pytest.raises(Misconfigured, match="TOKEN_KEYS"):
        connected.hand_off_signed("x")


@pytest.mark.parametrize("missing", ["token_keys", "token_issuer", "token_audience"])
def test_half_of_the_settings_are_none(signing: Settings, clock: Clock, missing: str) -> None:
    empty = Settings.model_fields[missing].default
    with pytest.raises(Misconfigured, match=f"^SF_HANDOFF_{missing.upper()}: not set"):
        connect(signing.model_copy(update={missing: empty}), clock)
